//! The table of transactions: path, actions, bodies, carrier of refusals and what may be repeated.
//!
//! A transaction not in [`Transaction`] is not implemented; those that the DMP has withdrawn or never offers to new
//! software are in [`Withdrawn`], so that a server can name what it refuses.

use std::fmt;

/// XML namespace and local name of a message body.
pub type BodyName = (&'static str, &'static str);

const HL7: &str = "urn:hl7-org:v3";
const HABILITATIONS: &str = "urn:si-dmp-habilitations";
const PATIENTS: &str = "urn:si-dmp-patients";
const XDSB: &str = "urn:ihe:iti:xds-b:2007";
const QUERY: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0";
const RS: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0";
const LCM: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";

/// A transaction of the DMP that both ends implement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Transaction {
    /// TD0.2: does this patient have a DMP, in which state, and is the caller authorised on it.
    Existence,
    /// TD0.3: adds or removes the authorisation of the caller.
    SetAuthorization,
    /// TD2.1: submits documents (2.1a) or replaces one (2.1b).
    Submit,
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

/// A service path of the DMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Service {
    /// `patients`: HL7 V3 patient messages.
    Patients,
    /// `patientsPDQ`: search of a patient by traits.
    PatientsPdq,
    /// `patientsSpecific`: lists of patients.
    PatientsSpecific,
    /// `patientCertif`: withdrawn.
    PatientCertif,
    /// `habilitations`: authorisations.
    Habilitations,
    /// `registry`: XDS.b registry.
    Registry,
    /// `repository`: XDS.b repository.
    Repository,
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
    /// The state must be read again (TD3.1b) before deciding.
    ReadStateFirst,
}

struct Row {
    td: &'static str,
    title: &'static str,
    standard: &'static str,
    service: Service,
    request_action: &'static str,
    response_action: &'static str,
    request_body: BodyName,
    response_body: BodyName,
    carrier: ResponseCarrier,
    retry: RetrySafety,
}

const EXISTENCE: Row = Row {
    td: "TD0.2",
    title: "Test d'existence et vérification de l'autorisation",
    standard: "HL7 V3 Patient Registry, reason TEST_EXST",
    service: Service::Patients,
    request_action: "urn:hl7-org:v3:PRPA_IN201307UV02",
    response_action: "urn:hl7-org:v3:PRPA_IN201308UV02",
    request_body: (HL7, "PRPA_IN201307UV02"),
    response_body: (HL7, "PRPA_IN201308UV02"),
    carrier: ResponseCarrier::Acknowledgement,
    retry: RetrySafety::Safe,
};

const SET_AUTHORIZATION: Row = Row {
    td: "TD0.3",
    title: "Mise à jour de l'autorisation",
    standard: "DMP service",
    service: Service::Habilitations,
    request_action: "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization",
    response_action: "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorizationResponse",
    request_body: (HABILITATIONS, "setAuthorization"),
    response_body: (HABILITATIONS, "setAuthorizationResponse"),
    carrier: ResponseCarrier::Status,
    // Already present or absent answers DMPOk.
    retry: RetrySafety::Safe,
};

const SUBMIT: Row = Row {
    td: "TD2.1",
    title: "Alimentation par un PS ou une structure",
    standard: "IHE XDS.b ITI-41, XDS-DSG signature",
    service: Service::Repository,
    request_action: "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
    response_action: "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse",
    request_body: (XDSB, "ProvideAndRegisterDocumentSetRequest"),
    response_body: (RS, "RegistryResponse"),
    carrier: ResponseCarrier::Registry,
    retry: RetrySafety::SameBytes,
};

const SEARCH: Row = Row {
    td: "TD3.1",
    title: "Recherche de documents",
    standard: "IHE XDS.b ITI-18",
    service: Service::Registry,
    request_action: "urn:ihe:iti:2007:RegistryStoredQuery",
    response_action: "urn:ihe:iti:2007:RegistryStoredQueryResponse",
    request_body: (QUERY, "AdhocQueryRequest"),
    response_body: (QUERY, "AdhocQueryResponse"),
    carrier: ResponseCarrier::Registry,
    retry: RetrySafety::OnceOnly,
};

const LOCATE: Row =
    Row { td: "TD3.1b", title: "Recherche de l'identifiant technique", retry: RetrySafety::Safe, ..SEARCH };

const RETRIEVE: Row = Row {
    td: "TD3.2",
    title: "Consultation d'un document",
    standard: "IHE XDS.b ITI-43",
    service: Service::Repository,
    request_action: "urn:ihe:iti:2007:RetrieveDocumentSet",
    response_action: "urn:ihe:iti:2007:RetrieveDocumentSetResponse",
    request_body: (XDSB, "RetrieveDocumentSetRequest"),
    response_body: (XDSB, "RetrieveDocumentSetResponse"),
    carrier: ResponseCarrier::Registry,
    retry: RetrySafety::OnceOnly,
};

const MASK: Row = Row {
    td: "TD3.3a",
    title: "Masquer ou démasquer aux professionnels",
    standard: "IHE XDS Metadata Update ITI-57",
    service: Service::Registry,
    request_action: "urn:ihe:iti:2010:UpdateDocumentSet",
    // With the hyphen, unlike the other response actions.
    response_action: "urn:ihe:iti:2010:UpdateDocumentSet-Response",
    request_body: (LCM, "SubmitObjectsRequest"),
    response_body: (RS, "RegistryResponse"),
    carrier: ResponseCarrier::Registry,
    retry: RetrySafety::ReadStateFirst,
};

const REVEAL: Row = Row { td: "TD3.3b", title: "Rendre visible au patient ou aux représentants légaux", ..MASK };
const DELETE: Row = Row { td: "TD3.3c", title: "Supprimer", ..MASK };
const ARCHIVE: Row = Row { td: "TD3.3d", title: "Archiver ou désarchiver", ..MASK };

impl Transaction {
    /// Every transaction, in TD order.
    pub const ALL: [Self; 10] = [
        Self::Existence,
        Self::SetAuthorization,
        Self::Submit,
        Self::Search,
        Self::Locate,
        Self::Retrieve,
        Self::Mask,
        Self::Reveal,
        Self::Delete,
        Self::Archive,
    ];

    fn row(self) -> &'static Row {
        match self {
            Self::Existence => &EXISTENCE,
            Self::SetAuthorization => &SET_AUTHORIZATION,
            Self::Submit => &SUBMIT,
            Self::Search => &SEARCH,
            Self::Locate => &LOCATE,
            Self::Retrieve => &RETRIEVE,
            Self::Mask => &MASK,
            Self::Reveal => &REVEAL,
            Self::Delete => &DELETE,
            Self::Archive => &ARCHIVE,
        }
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

impl Service {
    /// Every service of the DMP.
    pub const ALL: [Self; 7] = [
        Self::Patients,
        Self::PatientsPdq,
        Self::PatientsSpecific,
        Self::PatientCertif,
        Self::Habilitations,
        Self::Registry,
        Self::Repository,
    ];

    /// Last segment of the URL, appended to the configured base.
    #[must_use]
    pub fn path_segment(self) -> &'static str {
        match self {
            Self::Patients => "patients",
            Self::PatientsPdq => "patientsPDQ",
            Self::PatientsSpecific => "patientsSpecific",
            Self::PatientCertif => "patientCertif",
            Self::Habilitations => "habilitations",
            Self::Registry => "registry",
            Self::Repository => "repository",
        }
    }

    /// The service of that path segment, compared exactly.
    #[must_use]
    pub fn from_path_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.path_segment() == segment)
    }

    /// URL of the service below a base, with or without a trailing slash (transactions.md §2).
    #[must_use]
    pub fn url(self, base: &str) -> String {
        format!("{}/{}", base.trim_end_matches('/'), self.path_segment())
    }
}

/// A transaction that the DMP no longer offers, or offers only to DMP not linked to Mon espace santé.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// Identifiers that share this request body, `TD1.1`.
    pub td: &'static str,
    /// Where it was posted.
    pub service: Service,
    /// Expanded name of its request body.
    pub request_body: BodyName,
}

/// The rows W and L of transactions.md §1; 201314 carries TD1.2, TD1.3b and TD1.4, told apart by `reasonCode`.
pub const WITHDRAWN: [Withdrawn; 6] = [
    Withdrawn { td: "TD0.0", service: Service::PatientCertif, request_body: (PATIENTS, "identityCertification") },
    Withdrawn { td: "TD1.1", service: Service::Patients, request_body: (HL7, "PRPA_IN201311UV02") },
    Withdrawn { td: "TD1.2, TD1.3b, TD1.4", service: Service::Patients, request_body: (HL7, "PRPA_IN201314UV02") },
    Withdrawn { td: "TD1.5a", service: Service::PatientsSpecific, request_body: (PATIENTS, "createPatientAccess") },
    Withdrawn { td: "TD1.5b", service: Service::PatientsSpecific, request_body: (PATIENTS, "patientOTPUpdate") },
    Withdrawn { td: "TD1.5d", service: Service::PatientsSpecific, request_body: (PATIENTS, "updatePatientAccess") },
];

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
