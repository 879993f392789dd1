//! What the DMP keeps to reach a patient, and who answers for a minor: shown by TD1.3a.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Contacts, addresses and legal representatives.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Administrative {
    /// `M`, `Mme`.
    pub civility: Option<String>,
    /// URLs: `tel:` for a telephone (mobile after 06 and 07), `mailto:` for an e-mail.
    pub telecoms: Vec<String>,
    /// Where the patient lives.
    pub address: Option<PostalAddress>,
    /// Where the patient was born.
    pub birth_place: Option<PostalAddress>,
    /// Représentants légaux.
    pub representatives: Vec<Representative>,
}

/// A postal address.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostalAddress {
    /// Street and number.
    pub lines: Vec<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country, in words.
    pub country: Option<String>,
}

/// A représentant légal.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Representative {
    /// `MTH`, `FTH`, `RESPRSN`…
    pub relationship: String,
    /// `M`, `Mme`.
    pub civility: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub name: Option<String>,
    /// URLs, as those of the patient.
    pub telecoms: Vec<String>,
    /// Where the representative lives.
    pub address: Option<PostalAddress>,
}

impl fmt::Debug for Administrative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Administrative").finish_non_exhaustive()
    }
}

impl fmt::Debug for PostalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostalAddress").finish_non_exhaustive()
    }
}

impl fmt::Debug for Representative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Representative").finish_non_exhaustive()
    }
}
