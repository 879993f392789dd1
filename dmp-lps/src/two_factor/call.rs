//! What is asked in AIR.

use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::Purpose;

use super::AirRefusal;

/// A request of AIR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AirCall {
    /// A message.
    Message(Transaction),
    /// A form of the Web-PS (TD0.10).
    WebPs,
}

impl From<Transaction> for AirCall {
    fn from(transaction: Transaction) -> Self {
        Self::Message(transaction)
    }
}

impl AirCall {
    /// Rule 8: AIR consults, and never feeds.
    pub(super) fn check(self, purpose: Purpose) -> Result<(), AirRefusal> {
        use Transaction::{
            AdministrativeData, Archive, Delete, Existence, ListAuthorisations, ListAuthorised, Locate, Mask, Retrieve,
            Reveal, Search, SearchPatient, SetAuthorization, Submit, SubmitByCpe,
        };
        match self {
            Self::WebPs => Ok(()),
            Self::Message(Submit | SubmitByCpe) => Err(AirRefusal::FeedingForbidden),
            Self::Message(SearchPatient) if purpose == Purpose::Centre15 => Ok(()),
            Self::Message(
                Existence | SetAuthorization | ListAuthorised | AdministrativeData | ListAuthorisations | Search
                | Locate | Retrieve | Mask | Reveal | Delete | Archive,
            ) => Ok(()),
            Self::Message(_) => Err(AirRefusal::NotInAir),
        }
    }
}
