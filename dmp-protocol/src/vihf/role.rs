//! `subject:role`: profession, savoir-faire, role, genre d'activité. The code system tells which, never the position.

use std::fmt;

/// One occurrence of `subject:role`.
#[derive(Clone, PartialEq, Eq)]
pub struct Role {
    /// Code, for instance `10` or `SM26`.
    pub code: String,
    /// Dotted OID of the nomenclature.
    pub code_system: String,
    /// Name of the nomenclature; usually absent.
    pub code_system_name: Option<String>,
    /// Text for people; not checked by the DMP.
    pub display: String,
}

/// What a role says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoleKind {
    /// First occurrence: who the person is.
    Profession(Profession),
    /// Only and always with the professions 10 and 21: TRE_R01, TRE_G05.
    SavoirFaire,
    /// TRE_R85, for professionals characterised by their role.
    RoleInStructure,
    /// TRE_R22, for the same persons.
    GenreActivite,
    /// Another nomenclature.
    Unknown,
}

/// Families of professions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profession {
    /// TRE_G15: professionnel de santé.
    Sante,
    /// TRE_G16: professionnel de santé en formation.
    EnFormation,
    /// TRE_A00: secretariat, automaton…
    Structure,
    /// TRE_R95.
    UsagerDeTitre,
    /// TRE_R94.
    Social,
    /// TRE_R291: `99`, characterised by a role of TRE_R85.
    Autre,
}

/// TRE_G15-ProfessionSante.
pub(crate) const TRE_G15: &str = "1.2.250.1.71.1.2.7";
/// TRE_G16-ProfessionFormation.
pub(crate) const TRE_G16: &str = "1.2.250.1.71.1.2.8";
/// Professions that must name a savoir-faire: médecin and pharmacien.
const WITH_SAVOIR_FAIRE: [&str; 2] = ["10", "21"];

impl Role {
    /// A role without the name of its nomenclature, as the DMP expects it.
    pub fn new(code: impl Into<String>, code_system: impl Into<String>, display: impl Into<String>) -> Self {
        Self { code: code.into(), code_system: code_system.into(), code_system_name: None, display: display.into() }
    }

    /// What this role says, by its code system.
    pub fn kind(&self) -> RoleKind {
        match self.code_system.as_str() {
            TRE_G15 => RoleKind::Profession(Profession::Sante),
            TRE_G16 => RoleKind::Profession(Profession::EnFormation),
            "1.2.250.1.213.1.1.4.6" => RoleKind::Profession(Profession::Structure),
            "1.2.250.1.213.1.6.1.109" => RoleKind::Profession(Profession::UsagerDeTitre),
            "1.2.250.1.213.1.6.1.4" => RoleKind::Profession(Profession::Social),
            "1.2.250.1.213.1.6.1.140" => RoleKind::Profession(Profession::Autre),
            "1.2.250.1.71.4.2.5" | "1.2.250.1.71.4.2.6" => RoleKind::SavoirFaire,
            "1.2.250.1.213.1.6.1.107" => RoleKind::RoleInStructure,
            "1.2.250.1.213.1.6.1.19" => RoleKind::GenreActivite,
            _ => RoleKind::Unknown,
        }
    }

    /// Whether this names a professionnel de santé, en formation included.
    pub fn is_professionnel_de_sante(&self) -> bool {
        matches!(self.kind(), RoleKind::Profession(Profession::Sante | Profession::EnFormation))
    }

    /// Médecin and pharmacien, en formation included, name a savoir-faire (V39).
    pub fn needs_savoir_faire(&self) -> bool {
        self.is_professionnel_de_sante() && WITH_SAVOIR_FAIRE.contains(&self.code.as_str())
    }

    /// `99` of TRE_R291 names a role of TRE_R85 (V39).
    pub fn needs_role_in_structure(&self) -> bool {
        self.kind() == RoleKind::Profession(Profession::Autre)
    }
}

impl fmt::Debug for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Role({} of {})", self.code, self.code_system)
    }
}
