//! Who acts: from an assertion to the column of the rights tables (access-rules.md §2, ACT-01…07).

use std::collections::HashMap;
use std::sync::LazyLock;

use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::{AuthenticationMode, Purpose};

use super::denial::breach;
use super::table;
use crate::world::Patient;

pub(super) const TRE_G15: &str = "1.2.250.1.71.1.2.7";
const TRE_G16: &str = "1.2.250.1.71.1.2.8";

/// Column family of the rights tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorClass {
    /// Professionnel de santé other than a physician.
    PsNonMedecin,
    /// Physician.
    Medecin,
    /// Occupational physician.
    MedecinDuTravail,
    /// The record's médecin traitant DMP.
    MedecinTraitant,
    /// Holder of a CPE card, or another non-PS in DIRECTE.
    CpeNonPs,
    /// Non-PS professional in AIR.
    PeNonPs,
    /// A structure by its certificate.
    StructureCertificate,
}

impl ActorClass {
    pub(super) fn column_prefix(self) -> &'static str {
        match self {
            ActorClass::PsNonMedecin => "ps_non_medecin",
            ActorClass::Medecin => "medecin",
            ActorClass::MedecinDuTravail => "medecin_du_travail",
            ActorClass::MedecinTraitant => "medecin_traitant",
            ActorClass::CpeNonPs => "cpe_non_ps",
            ActorClass::PeNonPs => "pe_non_ps",
            ActorClass::StructureCertificate => "structure_cert",
        }
    }

    /// Whether only the structure's authorisation counts for this actor (access-rules.md §7.1).
    #[must_use]
    pub fn acts_as_structure(self) -> bool {
        matches!(self, ActorClass::CpeNonPs | ActorClass::PeNonPs | ActorClass::StructureCertificate)
    }
}

/// The caller of one request, read from a verified assertion.
#[derive(Clone)]
pub struct Caller {
    /// `NameID`.
    pub name_id: String,
    /// `Identifiant_Structure`.
    pub structure: String,
    /// How the caller authenticated.
    pub mode: AuthenticationMode,
    /// Why the caller comes.
    pub purpose: Purpose,
    /// `subject:role` occurrences: (code, code system OID).
    pub roles: Vec<(String, String)>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("mode", &self.mode).field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

/// What a role says by itself.
struct RoleRow {
    class: &'static str,
    column: &'static str,
}

static ROLES: LazyLock<HashMap<(&str, &str), RoleRow>> = LazyLock::new(|| {
    table::rows(include_str!("../../data/roles.tsv"))
        .filter_map(|row| {
            let key = (*row.get("code")?, *row.get("code_system_oid")?);
            Some((key, RoleRow { class: row.get("actor_class")?, column: row.get("matrix_column")? }))
        })
        .collect()
});

/// Class that a role gives by itself: `medecin`, `ps_non_medecin`, `non_ps`, `refused`, `medecin_du_travail` or `-`.
#[must_use]
pub fn class_of_role(code: &str, system: &str) -> Option<&'static str> {
    ROLES.get(&(code, system)).map(|row| row.class)
}

/// Whether the value set of roles (JDV_J65) has this role.
#[must_use]
pub fn is_known_role(code: &str, system: &str, nomenclatures: &Nomenclatures) -> bool {
    // TRE_R01 has hundreds of savoir-faire, of which the table keeps those that rules need.
    class_of_role(code, system).is_some() || nomenclatures.contains("TRE_R01", code, system)
}

impl Caller {
    /// Class of this caller on this record; the first row of access-rules.md §2 that matches decides.
    ///
    /// # Errors
    /// ACT-02: roles that never use these interfaces, ACT-07: a first role that gives no class.
    pub fn class(&self, patient: Option<&Patient>) -> Result<ActorClass, Refusal> {
        if self.mode == AuthenticationMode::Indirecte {
            return Ok(ActorClass::StructureCertificate);
        }
        let first = self.roles.first().map(|(code, system)| (code.as_str(), system.as_str()));
        let class = first.and_then(|(code, system)| class_of_role(code, system));
        match class {
            Some("refused") => Err(breach(
                "ACT-02",
                "DMPInvalidData",
                "Le champ subject:role est incorrect : rôle non autorisé",
                "a role of a producer that does not use these interfaces",
                "a professional or a structure",
            )),
            Some("non_ps") if self.mode.is_air() => Ok(ActorClass::PeNonPs),
            Some("non_ps") => Ok(ActorClass::CpeNonPs),
            Some("medecin" | "ps_non_medecin") if self.holds_a_cpe() => Ok(ActorClass::CpeNonPs),
            Some("medecin") => Ok(self.physician_class(patient)),
            Some("ps_non_medecin") => Ok(ActorClass::PsNonMedecin),
            _ => Err(breach(
                "ACT-07",
                "DMPInvalidData",
                "Le champ subject:role est incorrect : la première valeur n'est pas une profession",
                "a first role that is not a profession",
                "a profession of TRE_G15, TRE_G16, TRE_A00, TRE_R94, TRE_R95 or TRE_R291",
            )),
        }
    }

    /// Column of the reading matrix (access-rules.md §2): the profession, else the section of a pharmacist, the role or
    /// the activity of a non-PS. A médecin du travail and many roles have none.
    #[must_use]
    pub fn matrix_column(&self, class: ActorClass) -> Option<&'static str> {
        if matches!(class, ActorClass::MedecinDuTravail | ActorClass::StructureCertificate) {
            return None;
        }
        let mut columns = self
            .roles
            .iter()
            .filter_map(|(code, system)| ROLES.get(&(code.as_str(), system.as_str())).map(|row| row.column));
        match columns.next()? {
            "-" | "by_section" | "by_activity" => columns.find(|column| *column != "-" && !column.starts_with("by_")),
            column => Some(column),
        }
    }

    /// ACT-03: in DIRECTE an internal number of a structure is that of an employee's card, whatever the role says.
    fn holds_a_cpe(&self) -> bool {
        self.mode == AuthenticationMode::Directe && self.name_id.contains('/')
    }

    fn physician_class(&self, patient: Option<&Patient>) -> ActorClass {
        let treats = patient.and_then(|patient| patient.medecin_traitant.as_deref()) == Some(self.name_id.as_str());
        let occupational =
            || self.roles.iter().any(|(code, system)| class_of_role(code, system) == Some("medecin_du_travail"));
        if treats && self.purpose != Purpose::Centre15 {
            ActorClass::MedecinTraitant
        } else if occupational() {
            ActorClass::MedecinDuTravail
        } else {
            ActorClass::Medecin
        }
    }

    /// Whether the first role is a health profession (TRE_G15, TRE_G16).
    #[must_use]
    pub fn is_health_professional(&self) -> bool {
        self.roles.first().is_some_and(|(_, system)| system == TRE_G15 || system == TRE_G16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{PatientId, World, seed};

    fn caller(mode: AuthenticationMode, purpose: Purpose, roles: &[(&str, &str)]) -> Caller {
        Caller {
            name_id: seed::MEDECIN.into(),
            structure: seed::STRUCTURE_EG.into(),
            mode,
            purpose,
            roles: roles.iter().map(|(code, system)| ((*code).into(), (*system).into())).collect(),
        }
    }

    #[test]
    fn the_column_of_the_matrix_is_that_of_the_profession_the_section_or_the_activity() {
        use ActorClass::{Medecin, MedecinDuTravail, PeNonPs, PsNonMedecin};
        const SECTION: &str = "1.2.250.1.71.4.2.6";
        const R291: &str = "1.2.250.1.213.1.6.1.140";
        const R85: &str = "1.2.250.1.213.1.6.1.107";
        const R22: &str = "1.2.250.1.213.1.6.1.19";
        let cases = [
            (&[("10", TRE_G15), ("SM26", "1.2.250.1.71.4.2.5")][..], Medecin, Some("medecin")),
            (&[("10", TRE_G15)], MedecinDuTravail, None),
            (&[("60", TRE_G15)], PsNonMedecin, Some("infirmier")),
            (&[("21", TRE_G15), ("A", SECTION)], PsNonMedecin, Some("pharmacien_officine")),
            (&[("21", TRE_G15), ("G", SECTION)], PsNonMedecin, Some("pharmacien_biologiste")),
            (&[("99", R291), ("301", R85), ("GENR08", R22)], PeNonPs, Some("coordination_orientation")),
            (&[("99", R291), ("316", R85)], PeNonPs, Some("pharmacien_officine")),
            (&[("99", R291), ("331", R85)], PeNonPs, None),
        ];
        for (roles, class, expected) in cases {
            let caller = caller(AuthenticationMode::AirSimplifie, Purpose::Normal, roles);
            assert_eq!(caller.matrix_column(class), expected, "{roles:?}");
        }
    }

    #[test]
    fn the_first_row_that_matches_decides() {
        let world = World::seeded();
        let followed = world.patient(&PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID));
        let other = world.patient(&PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID));
        let medecin = [("10", TRE_G15), ("SM26", "1.2.250.1.71.4.2.5")];
        let travail = [("10", TRE_G15), ("SM25", "1.2.250.1.71.4.2.5")];
        let secretary = [("99", "1.2.250.1.213.1.6.1.140"), ("331", "1.2.250.1.213.1.6.1.107")];
        use AuthenticationMode::{AirSimplifie, Directe, Indirecte};
        use Purpose::{Centre15, Normal};
        let cases: [(Caller, Option<&Patient>, Result<ActorClass, &str>); 9] = [
            (caller(Indirecte, Normal, &medecin), followed, Ok(ActorClass::StructureCertificate)),
            (caller(AirSimplifie, Normal, &medecin), followed, Ok(ActorClass::MedecinTraitant)),
            (caller(AirSimplifie, Centre15, &medecin), followed, Ok(ActorClass::Medecin)),
            (caller(AirSimplifie, Normal, &medecin), other, Ok(ActorClass::Medecin)),
            (caller(Directe, Normal, &travail), other, Ok(ActorClass::MedecinDuTravail)),
            (caller(Directe, Normal, &[("60", TRE_G15)]), other, Ok(ActorClass::PsNonMedecin)),
            (caller(AirSimplifie, Normal, &secretary), other, Ok(ActorClass::PeNonPs)),
            (caller(Directe, Normal, &[("EXP_PATIENT", "1.2.250.1.213.1.1.4.6")]), other, Err("ACT-02")),
            (caller(Directe, Normal, &[("SM26", "1.2.250.1.71.4.2.5")]), other, Err("ACT-07")),
        ];
        for (caller, patient, expected) in cases {
            assert_eq!(caller.class(patient).map_err(|refusal| refusal.rule), expected, "{caller:?}");
        }
    }
}
