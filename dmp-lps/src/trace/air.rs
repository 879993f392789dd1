//! One event of one assertion of AIR (`EX_AIR-070`, `EX_AIR-090`).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened to an assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AirEvent {
    /// It was signed.
    Generated,
    /// It left: given to the connection, or to the browser.
    Used,
    /// It was thrown away unread.
    Discarded,
}

impl AirEvent {
    /// `Generated`, `Used`, `Discarded`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generated => "Generated",
            Self::Used => "Used",
            Self::Discarded => "Discarded",
        }
    }
}

/// One line of the trace of AIR; the names on file are those of the guide (the list of fields is (probable)). Never the
/// assertion itself. `Debug` shows no identity.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AirTrace {
    /// Rank in its store, from 1, without gap.
    #[serde(skip)]
    pub seq: u64,
    /// When the line was written, UTC.
    #[serde(skip)]
    pub at: Timestamp,
    /// Identifier of the assertion.
    pub vihf_id: String,
    /// When the assertion was issued, UTC; when the event happened, for the others.
    pub date_time: Timestamp,
    /// Struct_IdNat.
    pub id_nat_struct: String,
    /// PS_IdNat.
    pub id_nat_ps: String,
    /// The event, and the end of the call: `Used`, and `done` or what became of it.
    pub statut: AirEvent,
    /// What the call came to; `None` as long as it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// `TD3.1`.
    pub transaction_id: String,
    /// URN of the authentication class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saml_auth_context: Option<String>,
    /// The patient: the CX of the INS; looked up by a keyed hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ins: Option<String>,
    /// Serial number of the certificate that signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_serial: Option<String>,
    /// In connexion secrète: read by restricted roles only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

impl fmt::Debug for AirTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AirTrace")
            .field("seq", &self.seq)
            .field("vihf_id", &self.vihf_id)
            .field("statut", &self.statut)
            .finish_non_exhaustive()
    }
}
