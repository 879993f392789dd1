//! Status of an identity: how far a record of the local file is known to be one real person (identities §2.5).
//!
//! Only a *qualifiée* identity feeds or reads the DMP \[EXI 06\] \[EX_GEN-1530\]: [`PatientIdentity::qualify`] is the
//! only way to a [`QualifiedIdentity`].
//!
//! ```
//! use dmp_vocabulary::Realm;
//! use dmp_vocabulary::identity::status::{IdentityEvidence, IdentityStatus, Obstacle, PatientIdentity};
//! use dmp_vocabulary::identity::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTraits};
//! use dmp_vocabulary::identity::{BirthDate, Ins};
//!
//! let traits = StrictTraits {
//!     birth_name: BirthName::parse("EXEMPLE")?,
//!     given_names: GivenNames::parse("CAMILLE ANNE")?,
//!     birth_date: BirthDate::parse_insi("1980-05-14")?,
//!     sex: Sex::Female,
//!     birth_place: BirthPlace::parse("75999")?,
//! };
//! let ins = Ins::parse("280057599900151", "1.2.250.1.213.1.4.10", Realm::Test)?.value;
//! let mut patient = PatientIdentity::new(traits).with_ins(ins);
//! patient.evidence.obtained_from_insi = Some("2026-03-02T08:00:00Z".parse()?);
//! assert_eq!(patient.status(), IdentityStatus::Recuperee);
//! assert_eq!(patient.qualify(Realm::Test).unwrap_err().obstacles, [Obstacle::NoDocumentChecked]);
//!
//! patient.evidence.document_checked = Some("2026-03-02T08:05:00Z".parse()?);
//! let qualified = patient.qualify(Realm::Test)?.value;
//! assert_eq!(qualified.ins().oid(), "1.2.250.1.213.1.4.10");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod not_qualified;
mod patient_identity;
mod qualified_identity;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use not_qualified::{NotQualified, Obstacle};
pub use patient_identity::PatientIdentity;
pub use qualified_identity::{IdentityMatch, QualifiedIdentity};

/// What an identity rests on: the two proofs, each with the instant (UTC) it was obtained, declared by the LPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityEvidence {
    /// INS and traits answered by the téléservice INSi, or received as such from the identity server of the structure.
    pub obtained_from_insi: Option<Timestamp>,
    /// A document of high confidence (identity card, passport…) compared with the person and the traits.
    pub document_checked: Option<Timestamp>,
}

impl IdentityEvidence {
    /// The status that the evidence gives.
    #[must_use]
    pub fn status(&self) -> IdentityStatus {
        match (self.obtained_from_insi, self.document_checked) {
            (None, None) => IdentityStatus::Provisoire,
            (Some(_), None) => IdentityStatus::Recuperee,
            (None, Some(_)) => IdentityStatus::Validee,
            (Some(_), Some(_)) => IdentityStatus::Qualifiee,
        }
    }
}

/// Status of an identity, shown without a click (DPI.DMP/UX.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityStatus {
    /// Neither obtained from INSi nor checked on a document.
    Provisoire,
    /// Obtained from INSi, no document checked.
    Recuperee,
    /// Document checked, not obtained from INSi.
    Validee,
    /// Both: the only one that opens the DMP.
    Qualifiee,
}

/// The French label, as shown to a user.
impl fmt::Display for IdentityStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Provisoire => "identité provisoire",
            Self::Recuperee => "identité récupérée",
            Self::Validee => "identité validée",
            Self::Qualifiee => "identité qualifiée",
        })
    }
}

/// Attributes of an identity, beside its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityAttributes {
    /// Another patient has very close traits: to be shown, forbids nothing.
    pub homonyme: bool,
    /// Doubt on who the person is: forbids INSi and the DMP.
    pub douteuse: bool,
    /// Invented traits, for a test or an anonymous stay: forbids INSi and the DMP.
    pub fictive: bool,
}
