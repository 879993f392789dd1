//! What the client refuses to sign: everything the DMP would refuse that is known before the network.

use secrecy::ExposeSecret;

use super::assertion::CONF_EXI_PGSSIS;
use super::{Access, AuthenticationMode, Profession, RoleKind, Stamp, Vihf};
use crate::certificate::Certificate;
use crate::identity::{InsKind, ProfessionalIdKind, StructureIdKind};
use crate::switches::Switches;

/// A promise of the client that the content would break, with the rule the DMP would answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Guarantee {
    /// No role, or the first is no profession.
    #[error("V38: the first role must be a profession (TRE_G15, G16, A00, R94, R95 or R291)")]
    Profession,
    /// Profession 10 or 21 without savoir-faire, or another with one.
    #[error("V39: a savoir-faire (TRE_R01 or TRE_G05) goes with the professions 10 and 21, always and only")]
    SavoirFaire,
    /// Profession 99 of TRE_R291 without role, or a professionnel de santé with one.
    #[error("V39: a role of TRE_R85 goes with the profession 99 of TRE_R291, never with a professionnel de santé")]
    RoleInStructure,
    /// An empty mandatory field.
    #[error("V30: {0} is empty")]
    Empty(&'static str),
    /// No name of the person in a mode that asks for one.
    #[error("V30: subject-id (name and given name) is mandatory in this mode")]
    HolderName,
    /// A `NameID` that the mode does not allow.
    #[error("V35: NameID must be {expected} in this mode")]
    Holder {
        /// What the mode asks for.
        expected: &'static str,
    },
    /// A patient known by a NIA.
    #[error("V43: an INS of kind NIA opens no DMP: the identity must be qualified with a NIR")]
    Nia,
    /// Bris de glace without a reason of the right length.
    #[error("V45: bris de glace needs a reason of 1 to {max} characters")]
    Reason {
        /// Longest reason.
        max: usize,
    },
    /// An access mode that the authentication mode excludes.
    #[error(
        "V44: this access mode is not open to this authentication mode (INDIRECTE: no bris de glace; CPE: normal only)"
    )]
    Access,
    /// A login stamped after the assertion.
    #[error("V53: the login (AuthnInstant) is later than the assertion (IssueInstant): check the clocks")]
    LoginAfterIssue,
    /// A non-professional in AIR.
    #[error("EX_AIR-020: AIR is for a professionnel de santé of the national directory, never for an automaton")]
    AirProfession,
    /// The primary authentication method of AIR simplifié in plain AIR.
    #[error("V73: {CONF_EXI_PGSSIS} is the method of AIR simplifié and of no other mode: change air_method_value")]
    Method,
    /// A one-factor login in AIR simplifié.
    #[error("EXI 21: AIR simplifié needs two authentication factors; {class} is a single one")]
    SecondFactor {
        /// Name of the class.
        class: &'static str,
    },
    /// A structure that is no FINESS in AIR simplifié.
    #[error("EXI 24: AIR simplifié needs the FINESS of the établissement (entité géographique) as structure")]
    Etablissement,
    /// A certificate without a FINESS in AIR simplifié.
    #[error("EXI 22, V71: the certificate of AIR simplifié must carry 1 + FINESS in its OU")]
    CertificateFiness,
    /// The mode asks for a signature and there is none.
    #[error("V10: an assertion of this mode must be signed")]
    Unsigned,
    /// The certificate is of the other kind of holder.
    #[error("V02, V21: this mode needs the certificate of {expected}")]
    CertificateHolder {
        /// A card holder or an organisation.
        expected: &'static str,
    },
    /// The card belongs to someone else.
    #[error("V36: NameID is not the CN of the card certificate")]
    CardHolder,
}

impl Vihf {
    /// Whether an assertion of this content, stamped so, could be accepted.
    ///
    /// # Errors
    /// The first promise that would be broken.
    pub fn check(&self, stamp: &Stamp, switches: &Switches) -> Result<(), Guarantee> {
        self.check_fields()?;
        self.check_roles(switches)?;
        self.check_holder(switches)?;
        self.check_access(switches)?;
        ensure(self.patient.as_ref().is_none_or(|ins| ins.kind() != InsKind::Nia), || Guarantee::Nia)?;
        ensure(self.authenticated_at <= stamp.issued_at(), || Guarantee::LoginAfterIssue)?;
        if self.mode == AuthenticationMode::Air {
            let simplifie = switches.air_method_value.as_deref() == Some(CONF_EXI_PGSSIS);
            ensure(!simplifie, || Guarantee::Method)?;
        }
        if self.mode == AuthenticationMode::AirSimplifie {
            let class = self.authentication;
            ensure(!class.is_one_factor(), || Guarantee::SecondFactor { class: class.name() })?;
            ensure(self.structure.kind() == StructureIdKind::Finess, || Guarantee::Etablissement)?;
        }
        Ok(())
    }

    /// Whether this certificate may issue the assertion.
    pub(super) fn check_issuer(&self, certificate: &Certificate) -> Result<(), Guarantee> {
        let person = certificate.names_a_person();
        match self.mode {
            AuthenticationMode::Directe | AuthenticationMode::DirecteCpe => {
                ensure(person, || Guarantee::CertificateHolder { expected: "a card holder" })?;
                ensure(certificate.holder_id() == Some(self.holder.as_str()), || Guarantee::CardHolder)?;
                let named = certificate.subject().names_a_person() || self.holder_name.is_some();
                ensure(named, || Guarantee::HolderName)
            }
            AuthenticationMode::AirSimplifie => {
                ensure(!person, || Guarantee::CertificateHolder { expected: "an organisation" })?;
                let finess = certificate.structure_id().is_some_and(|structure| structure.starts_with('1'));
                ensure(finess, || Guarantee::CertificateFiness)
            }
            AuthenticationMode::Indirecte | AuthenticationMode::Air | AuthenticationMode::ProSanteConnect => {
                ensure(!person, || Guarantee::CertificateHolder { expected: "an organisation" })
            }
        }
    }

    fn check_fields(&self) -> Result<(), Guarantee> {
        let software = &self.software;
        let fields = [
            ("Secteur_Activite", self.sector.as_str()),
            ("LPS_Nom", &software.name),
            ("LPS_Version", &software.version),
            ("LPS_ID_HOMOLOGATION_DMP", software.homologation.expose_secret()),
            ("LPS_ID", software.instance.as_deref().unwrap_or("absent")),
            ("subject-id", self.holder_name.as_deref().unwrap_or("absent")),
        ];
        match fields.iter().find(|(_, value)| value.trim().is_empty()) {
            Some((field, _)) => Err(Guarantee::Empty(field)),
            None => Ok(()),
        }
    }

    fn check_roles(&self, switches: &Switches) -> Result<(), Guarantee> {
        let profession = self.roles.first().ok_or(Guarantee::Profession)?;
        let RoleKind::Profession(family) = profession.kind() else { return Err(Guarantee::Profession) };
        let has = |kind: RoleKind| self.roles.iter().any(|role| role.kind() == kind);
        ensure(profession.needs_savoir_faire() == has(RoleKind::SavoirFaire), || Guarantee::SavoirFaire)?;
        if profession.needs_role_in_structure() {
            ensure(has(RoleKind::RoleInStructure), || Guarantee::RoleInStructure)?;
        }
        if profession.is_professionnel_de_sante() {
            let characterised = has(RoleKind::RoleInStructure) || has(RoleKind::GenreActivite);
            ensure(!characterised, || Guarantee::RoleInStructure)?;
        }
        if self.mode.is_air() {
            let allowed = profession.is_professionnel_de_sante()
                || switches.air_allow_non_ps && family == Profession::Autre && self.mode == AuthenticationMode::Air;
            ensure(allowed, || Guarantee::AirProfession)?;
        }
        Ok(())
    }

    fn check_holder(&self, switches: &Switches) -> Result<(), Guarantee> {
        let kind = self.holder.kind();
        let national = matches!(kind, ProfessionalIdKind::Rpps | ProfessionalIdKind::Adeli);
        let (allowed, expected) = match self.mode {
            AuthenticationMode::Directe | AuthenticationMode::ProSanteConnect => (national, "8 + RPPS or 0 + ADELI"),
            AuthenticationMode::DirecteCpe => {
                let same = self.holder.structure().is_some_and(|structure| structure == self.structure);
                (same, "the CN of a CPE of this structure, prefix + structure / internal id")
            }
            AuthenticationMode::Indirecte => {
                let same = self.holder.structure().is_none_or(|structure| structure == self.structure);
                (same, "8 + RPPS, 0 + ADELI, or an internal id of the same structure")
            }
            AuthenticationMode::Air => {
                let adeli = kind == ProfessionalIdKind::Adeli && switches.air_allow_adeli;
                (kind == ProfessionalIdKind::Rpps || adeli, "8 + RPPS (or 0 + ADELI where allowed)")
            }
            AuthenticationMode::AirSimplifie => (kind == ProfessionalIdKind::Rpps, "8 + RPPS of a named person"),
        };
        ensure(allowed, || Guarantee::Holder { expected })?;
        let optional = matches!(self.mode, AuthenticationMode::Directe | AuthenticationMode::DirecteCpe);
        ensure(optional || self.holder_name.is_some(), || Guarantee::HolderName)
    }

    fn check_access(&self, switches: &Switches) -> Result<(), Guarantee> {
        match (&self.access, self.mode) {
            (Access::Normal, _) => Ok(()),
            (_, AuthenticationMode::DirecteCpe) => Err(Guarantee::Access),
            (Access::BrisDeGlace { .. }, AuthenticationMode::Indirecte) => Err(Guarantee::Access),
            (Access::BrisDeGlace { reason }, _) => {
                let length = reason.chars().count();
                let fits = !reason.trim().is_empty() && length <= switches.bdg_reason_max;
                ensure(fits, || Guarantee::Reason { max: switches.bdg_reason_max })
            }
            (Access::Centre15, _) => Ok(()),
        }
    }
}

fn ensure(kept: bool, broken: impl FnOnce() -> Guarantee) -> Result<(), Guarantee> {
    if kept { Ok(()) } else { Err(broken()) }
}
