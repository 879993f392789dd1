//! The software that speaks.

use secrecy::SecretString;

/// Name, version and certification of the LPS.
#[derive(Debug, Clone)]
pub struct Software {
    /// `LPS_Nom`: the same as on its "À propos" screen (EX_GEN-1180).
    pub name: String,
    /// `LPS_Version`: same rule.
    pub version: String,
    /// `LPS_ID`: OID of this installed instance.
    pub instance: Option<String>,
    /// `LPS_ID_HOMOLOGATION_DMP`: secret (EX_GEN-1490), never shown.
    pub homologation: SecretString,
}

impl Software {
    /// A software whose installed instances have no OID.
    pub fn new(name: impl Into<String>, version: impl Into<String>, homologation: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            instance: None,
            homologation: SecretString::from(homologation.into()),
        }
    }

    /// The same, with the OID of this installed instance.
    #[must_use]
    pub fn with_instance(mut self, oid: impl Into<String>) -> Self {
        self.instance = Some(oid.into());
        self
    }
}
