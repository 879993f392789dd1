//! HL7 V3 patient messages, both ways: TD0.2 (existence and authorisation), TD1.3a (administrative data), TD0.5
//! (search by traits, in régulation), TD1.3b and TD1.4 (change of a record outside Mon espace santé).
//!
//! Requests are written strictly (schema-valid, no filler). Reading is lenient (patient-and-rights-messages.md §1):
//! expanded names only, any order of siblings, `xsi:nil` fillers treated as absent, unknown codes kept.

mod acknowledgement;
mod administrative_data;
mod answer;
mod answer_read;
mod answer_write;
mod civil;
mod codes;
mod element;
mod identifier;
mod query;
mod query_head;
mod registration;
mod search;
mod traits;
mod wire_time;
mod wrapper;

pub use acknowledgement::{Acknowledgement, AcknowledgementDetail, AcknowledgementKind};
pub use administrative_data::AdministrativeData;
pub use answer::{Answer, Closing, Dmp, Existence, Observation, PatientQueryResponse};
pub use civil::{Address, CivilData, LegalRepresentative};
pub use codes::{Authorisation, Gender, ProcessingCode, Question};
pub use identifier::InstanceIdentifier;
pub use query::PatientQuery;
pub use query_head::QueryHead;
pub use registration::{
    AdministrativeUpdate, MessageHead, RegistrationAnswer, RegistrationAuthor, RegistrationChange, RegistrationReason,
    RegistrationRequest, RegistrationResponse,
};
pub use search::{
    AnswerForm, Candidate, Candidates, CriteriaError, PatientCriteria, PatientSearch, PatientSearchResponse,
};
pub use traits::{PatientTraits, Telecom};
pub use wire_time::WireTime;
pub use wrapper::Lps;

/// Namespace of every element of these messages.
pub const HL7: &str = "urn:hl7-org:v3";

/// OID of the DMP as a device and as custodian.
pub const DMP_DEVICE: &str = "1.2.250.1.213.4.1.1.1";

/// OID of the INS-C, read only, never a DMP identifier today.
pub const INS_C: &str = "1.2.250.1.213.1.4.2";

/// A message that lacks what makes it one. Texts never hold values of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The body is another element.
    #[error("found body {found}, expected {{{HL7}}}{expected}")]
    Body {
        /// Local name found.
        found: String,
        /// Local name expected.
        expected: &'static str,
    },
    /// An element or attribute that the transaction cannot do without.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// `reasonCode` of another transaction on the same message.
    #[error("reasonCode is not {expected}: another transaction of the same message type")]
    Reason {
        /// Code found; empty when absent.
        found: String,
        /// Code expected.
        expected: &'static str,
    },
}
