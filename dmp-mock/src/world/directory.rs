//! What the DMP knows of professionals and structures (its copy of the national directory).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A professional of the national directory.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Professional {
    /// PS_IdNat: `8` + RPPS, `0` + ADELI.
    pub id: String,
    /// Nom d'exercice.
    pub name: String,
    /// Prénom d'exercice.
    pub given_name: String,
    /// Profession, savoir-faire, role, activity: (code, code system OID) in order of meaning.
    pub roles: Vec<(String, String)>,
    /// Structures where the professional works (V37).
    pub structures: Vec<String>,
    /// A number that stands for no particular person: refused in AIR simplifié (V74, EXI 24).
    pub generic: bool,
}

impl std::fmt::Debug for Professional {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Professional").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A structure of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structure {
    /// Struct_IdNat: `1` + FINESS, `3` + SIRET…
    pub id: String,
    /// Raison sociale.
    pub name: String,
    /// Secteur d'activité, `SA01`.
    pub sector: String,
    /// Entité juridique (EJ) above, when this is an entité géographique (EG).
    pub legal_entity: Option<String>,
    /// Whether the structure is active (V33).
    pub active: bool,
    /// Whether the structure is a centre de régulation (V44).
    pub centre_15: bool,
}

/// One line of the white list of AIR simplifié (V72, EXI 27).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhiteListEntry {
    /// Legal identifier of the certificates (their OU).
    pub certificate: String,
    /// FINESS établissement (EG) as Struct_IdNat.
    pub structure: String,
    /// End of the authorisation, UTC; `None` has no end.
    pub valid_to: Option<Timestamp>,
    /// When the authorisation was withdrawn, UTC.
    pub withdrawn_at: Option<Timestamp>,
}

impl WhiteListEntry {
    /// Whether the entry lets this pair in at `now`.
    #[must_use]
    pub fn admits(&self, certificate: &str, structure: &str, now: Timestamp) -> bool {
        self.certificate == certificate
            && self.structure == structure
            && self.valid_to.is_none_or(|end| now < end)
            && self.withdrawn_at.is_none_or(|end| now < end)
    }
}
