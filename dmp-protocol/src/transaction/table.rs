//! One row per transaction (transactions.md §1).

use super::{BodyName, ResponseCarrier, RetrySafety, Service, Transaction};

pub(super) const HL7: &str = "urn:hl7-org:v3";
const HABILITATIONS: &str = "urn:si-dmp-habilitations";
pub(super) const PATIENTS: &str = "urn:si-dmp-patients";
const XDSB: &str = "urn:ihe:iti:xds-b:2007";
const QUERY: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0";
const RS: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0";
const LCM: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";

/// What is known of a transaction.
pub(super) struct Row {
    pub(super) td: &'static str,
    pub(super) title: &'static str,
    pub(super) standard: &'static str,
    pub(super) service: Service,
    pub(super) request_action: &'static str,
    pub(super) response_action: &'static str,
    pub(super) request_body: BodyName,
    pub(super) response_body: BodyName,
    pub(super) carrier: ResponseCarrier,
    pub(super) retry: RetrySafety,
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

const LIST_AUTHORISED: Row = Row {
    td: "TD0.4",
    title: "Liste des DMP autorisés",
    standard: "DMP service",
    service: Service::PatientsSpecific,
    request_action: "urn:si-dmp-patients:PatientSpecificEndPoint:patientList",
    response_action: "urn:si-dmp-patients:PatientSpecificEndPoint:patientListResponse",
    request_body: (PATIENTS, "patientList"),
    response_body: (PATIENTS, "patientListResponse"),
    carrier: ResponseCarrier::Status,
    retry: RetrySafety::Safe,
};

const SEARCH_PATIENT: Row = Row {
    td: "TD0.5",
    title: "Recherche d'un patient sans INS",
    standard: "HL7 V3 PDQv3, IHE ITI-47",
    service: Service::PatientsPdq,
    request_action: "urn:hl7-org:v3:PRPA_IN201305UV02",
    response_action: "urn:hl7-org:v3:PRPA_IN201306UV02",
    request_body: (HL7, "PRPA_IN201305UV02"),
    response_body: (HL7, "PRPA_IN201306UV02"),
    carrier: ResponseCarrier::Acknowledgement,
    retry: RetrySafety::OnceOnly,
};

/// The messages of TD0.2: `reasonCode` tells them apart.
const ADMINISTRATIVE_DATA: Row = Row {
    td: "TD1.3a",
    title: "Consultation des données administratives",
    standard: "HL7 V3 Patient Registry, reason CNSLT_DATA",
    ..EXISTENCE
};

const UPDATE_ADMINISTRATIVE_DATA: Row = Row {
    td: "TD1.3b",
    title: "Modification des données administratives",
    standard: "HL7 V3 Patient Registry, reason MODIF_DATA",
    service: Service::Patients,
    request_action: "urn:hl7-org:v3:PRPA_IN201314UV02",
    response_action: "urn:hl7-org:v3:PRPA_IN201314ResponseUV02",
    request_body: (HL7, "PRPA_IN201314UV02"),
    response_body: ("asip:ci-sis:gdp:2010", "PRPA_IN201314UV02_Response"),
    carrier: ResponseCarrier::Acknowledgement,
    retry: RetrySafety::ReadStateFirst,
};

/// The messages of TD1.3b: `reasonCode` tells them apart.
const CLOSE_RECORD: Row = Row {
    td: "TD1.4",
    title: "Fermeture d'un DMP",
    standard: "HL7 V3 Patient Registry, reason FERM",
    ..UPDATE_ADMINISTRATIVE_DATA
};

const LIST_AUTHORISATIONS: Row = Row {
    td: "TD1.6",
    title: "Liste des PS autorisés ou bloqués",
    request_action: "urn:si-dmp-habilitations:HabilitationsEndPoint:listAuthorizationByPatient",
    response_action: "urn:si-dmp-habilitations:HabilitationsEndPoint:listAuthorizationByPatientResponse",
    request_body: (HABILITATIONS, "listAuthorizationByPatient"),
    response_body: (HABILITATIONS, "listAuthorizationByPatientResponse"),
    ..SET_AUTHORIZATION
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

/// The messages of TD2.1: who sends tells them apart.
const SUBMIT_BY_CPE: Row = Row { td: "TD2.2", title: "Alimentation par un non-PS avec une CPE", ..SUBMIT };

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

/// The row of a transaction.
pub(super) fn row(transaction: Transaction) -> &'static Row {
    match transaction {
        Transaction::Existence => &EXISTENCE,
        Transaction::SetAuthorization => &SET_AUTHORIZATION,
        Transaction::ListAuthorised => &LIST_AUTHORISED,
        Transaction::SearchPatient => &SEARCH_PATIENT,
        Transaction::AdministrativeData => &ADMINISTRATIVE_DATA,
        Transaction::UpdateAdministrativeData => &UPDATE_ADMINISTRATIVE_DATA,
        Transaction::CloseRecord => &CLOSE_RECORD,
        Transaction::ListAuthorisations => &LIST_AUTHORISATIONS,
        Transaction::Submit => &SUBMIT,
        Transaction::SubmitByCpe => &SUBMIT_BY_CPE,
        Transaction::Search => &SEARCH,
        Transaction::Locate => &LOCATE,
        Transaction::Retrieve => &RETRIEVE,
        Transaction::Mask => &MASK,
        Transaction::Reveal => &REVEAL,
        Transaction::Delete => &DELETE,
        Transaction::Archive => &ARCHIVE,
    }
}
