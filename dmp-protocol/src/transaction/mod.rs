//! The table of transactions: path, actions, bodies, carrier of refusals and what may be repeated.
//!
//! A transaction not in [`Transaction`] is not implemented; those that the DMP has withdrawn or never offers to new
//! software are in [`Withdrawn`], so that a server can name what it refuses.

mod service;
mod table;
mod withdrawn;

use std::fmt;

pub use service::Service;
use table::Row;
pub use withdrawn::{WITHDRAWN, Withdrawn};

/// XML namespace and local name of a message body.
pub type BodyName = (&'static str, &'static str);

/// A transaction of the DMP that both ends implement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Transaction {
    /// TD0.2: does this patient have a DMP, in which state, and is the caller authorised on it.
    Existence,
    /// TD0.3: adds or removes the authorisation of the caller.
    SetAuthorization,
    /// TD0.4: lists the DMP on which the caller is authorised.
    ListAuthorised,
    /// TD0.5: searches a patient by traits, in régulation only.
    SearchPatient,
    /// TD1.3a: reads address, contacts, legal representative and oppositions.
    AdministrativeData,
    /// TD1.3b: replaces these data, on a record outside Mon espace santé.
    UpdateAdministrativeData,
    /// TD1.4: closes a record outside Mon espace santé.
    CloseRecord,
    /// TD1.6: lists who is authorised on a DMP, or blocked.
    ListAuthorisations,
    /// TD2.1: submits documents (2.1a) or replaces one (2.1b).
    Submit,
    /// TD2.2: the messages of TD2.1, from the holder of a CPE card.
    SubmitByCpe,
    /// TD3.1: searches documents and returns their metadata.
    Search,
    /// TD3.1b: turns a uniqueId into the technical entryUUID (`returnType="ObjectRef"`).
    Locate,
    /// TD3.2: retrieves documents.
    Retrieve,
    /// TD3.3a: hides a document from professionals, or shows it again.
    Mask,
    /// TD3.3b: makes a document visible to the patient or the legal representatives; irreversible.
    Reveal,
    /// TD3.3c: deletes a document and the versions it replaced.
    Delete,
    /// TD3.3d: archives a document, or takes it out of the archive.
    Archive,
}

/// How the answer of a processed request carries a business refusal (errors.md §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseCarrier {
    /// C4: HL7 V3 acknowledgement.
    Acknowledgement,
    /// C5: status and context.
    Status,
    /// C6: ebRS `RegistryResponse`.
    Registry,
}

/// Whether a request may be sent again when nobody knows what became of the first (transactions.md §9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetrySafety {
    /// A pure read, or a write that answers the same the second time.
    Safe,
    /// Technically safe, but traced and possibly notified to the patient: one automatic repeat at most.
    OnceOnly,
    /// Only with the same uniqueIds and bytes; confirm with TD3.1b first.
    SameBytes,
    /// The state must be read again (TD3.1b; TD0.2 for TD1.3b and TD1.4) before deciding.
    ReadStateFirst,
}

impl Transaction {
    /// Every transaction, in TD order.
    pub const ALL: [Self; 17] = [
        Self::Existence,
        Self::SetAuthorization,
        Self::ListAuthorised,
        Self::SearchPatient,
        Self::AdministrativeData,
        Self::UpdateAdministrativeData,
        Self::CloseRecord,
        Self::ListAuthorisations,
        Self::Submit,
        Self::SubmitByCpe,
        Self::Search,
        Self::Locate,
        Self::Retrieve,
        Self::Mask,
        Self::Reveal,
        Self::Delete,
        Self::Archive,
    ];

    fn row(self) -> &'static Row {
        table::row(self)
    }

    /// Identifier of the integration contract, `TD3.3b`.
    #[must_use]
    pub fn td(self) -> &'static str {
        self.row().td
    }

    /// The transaction of that identifier, with or without the `TD` prefix, case ignored.
    #[must_use]
    pub fn from_td(td: &str) -> Option<Self> {
        let bare = |s: &str| s.trim().to_ascii_lowercase().trim_start_matches("td").to_owned();
        Self::ALL.into_iter().find(|t| bare(t.td()) == bare(td))
    }

    /// French name of the contract.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// The standard it profiles.
    #[must_use]
    pub fn standard(self) -> &'static str {
        self.row().standard
    }

    /// The service it is posted to.
    #[must_use]
    pub fn service(self) -> Service {
        self.row().service
    }

    /// `wsa:Action` of the request.
    #[must_use]
    pub fn request_action(self) -> &'static str {
        self.row().request_action
    }

    /// `wsa:Action` of the answer. Never decide on it: the body's name decides.
    #[must_use]
    pub fn response_action(self) -> &'static str {
        self.row().response_action
    }

    /// Expanded name of the request body.
    #[must_use]
    pub fn request_body(self) -> BodyName {
        self.row().request_body
    }

    /// Expanded name of the response body.
    #[must_use]
    pub fn response_body(self) -> BodyName {
        self.row().response_body
    }

    /// How a processed request is refused.
    #[must_use]
    pub fn response_carrier(self) -> ResponseCarrier {
        self.row().carrier
    }

    /// What may be done after an unknown outcome.
    #[must_use]
    pub fn retry_safety(self) -> RetrySafety {
        self.row().retry
    }
}

impl fmt::Display for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.td())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn td_round_trips() {
        for transaction in Transaction::ALL {
            assert_eq!(Transaction::from_td(transaction.td()), Some(transaction));
        }
        assert_eq!(Transaction::from_td("3.3B"), Some(Transaction::Reveal));
        assert_eq!(Transaction::from_td("td2.1"), Some(Transaction::Submit));
        assert_eq!(Transaction::from_td("TD9"), None);
    }

    #[test]
    fn actions_follow_the_table() {
        assert_eq!(Transaction::Delete.response_action(), "urn:ihe:iti:2010:UpdateDocumentSet-Response");
        assert_eq!(Transaction::Locate.request_action(), Transaction::Search.request_action());
        assert_eq!(Transaction::Submit.service(), Service::Repository);
        assert_eq!(Transaction::Locate.retry_safety(), RetrySafety::Safe);
    }

    #[test]
    fn urls_tolerate_a_trailing_slash() {
        let expected = "https://dmp.exemple.test/001/si-dmp-server/v2/services/habilitations";
        for base in [
            "https://dmp.exemple.test/001/si-dmp-server/v2/services",
            "https://dmp.exemple.test/001/si-dmp-server/v2/services/",
        ] {
            assert_eq!(Service::Habilitations.url(base), expected);
        }
        for service in Service::ALL {
            assert_eq!(Service::from_path_segment(service.path_segment()), Some(service));
        }
        assert_eq!(Service::from_path_segment("patientspdq"), None);
    }
}
