//! The constants of the XDS model: object types, classification schemes, identification schemes, nodes.

/// `ExtrinsicObject/@objectType` of a stable document entry.
pub const DOCUMENT_ENTRY: &str = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1";
/// `Classification/@classificationNode` that makes a `RegistryPackage` a submission set.
pub const SUBMISSION_SET_NODE: &str = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd";
/// `Classification/@classificationNode` that makes a `RegistryPackage` a folder. No DMP transaction uses folders.
pub const FOLDER_NODE: &str = "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2";
/// `@objectType` of a `RegistryPackage`.
pub const REGISTRY_PACKAGE: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage";
/// `@objectType` of an `Association`.
pub const ASSOCIATION: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Association";

/// Classification of an author of a document.
pub const ENTRY_AUTHOR: &str = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d";
/// Classification classCode.
pub const ENTRY_CLASS_CODE: &str = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a";
/// Classification typeCode.
pub const ENTRY_TYPE_CODE: &str = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983";
/// Classification formatCode.
pub const ENTRY_FORMAT_CODE: &str = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d";
/// Classification confidentialityCode, repeated.
pub const ENTRY_CONFIDENTIALITY_CODE: &str = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f";
/// Classification eventCodeList, repeated.
pub const ENTRY_EVENT_CODE: &str = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4";
/// Classification healthcareFacilityTypeCode.
pub const ENTRY_HEALTHCARE_FACILITY_TYPE_CODE: &str = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1";
/// Classification practiceSettingCode.
pub const ENTRY_PRACTICE_SETTING_CODE: &str = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead";
/// Identifier XDSDocumentEntry.patientId.
pub const ENTRY_PATIENT_ID: &str = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427";
/// Identifier XDSDocumentEntry.uniqueId.
pub const ENTRY_UNIQUE_ID: &str = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab";

/// Classification of the author of a submission set.
pub const SET_AUTHOR: &str = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d";
/// Classification contentTypeCode.
pub const SET_CONTENT_TYPE_CODE: &str = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500";
/// Identifier XDSSubmissionSet.patientId.
pub const SET_PATIENT_ID: &str = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446";
/// Identifier XDSSubmissionSet.sourceId.
pub const SET_SOURCE_ID: &str = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832";
/// Identifier XDSSubmissionSet.uniqueId.
pub const SET_UNIQUE_ID: &str = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8";

/// Code of the classCode of a signature entry (codingScheme `URN`).
pub const SIGNATURE_CLASS_CODE: &str = "urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1";

/// Slot names of entries, submission sets, authors and associations.
pub mod slot_name {
    /// Creation time of the document, DTM in UTC.
    pub const CREATION_TIME: &str = "creationTime";
    /// SHA-1 of the document, 40 lower-case hexadecimal digits.
    pub const HASH: &str = "hash";
    /// Language of the document.
    pub const LANGUAGE_CODE: &str = "languageCode";
    /// Legal authenticator, XCN.
    pub const LEGAL_AUTHENTICATOR: &str = "legalAuthenticator";
    /// Repository that holds the document, OID.
    pub const REPOSITORY_UNIQUE_ID: &str = "repositoryUniqueId";
    /// Start of the act, DTM in UTC.
    pub const SERVICE_START_TIME: &str = "serviceStartTime";
    /// End of the act, DTM in UTC.
    pub const SERVICE_STOP_TIME: &str = "serviceStopTime";
    /// Bytes of the document, decimal.
    pub const SIZE: &str = "size";
    /// Patient id of the producer, CX.
    pub const SOURCE_PATIENT_ID: &str = "sourcePatientId";
    /// Patient data at submission, `PID-n|value`.
    pub const SOURCE_PATIENT_INFO: &str = "sourcePatientInfo";
    /// Orders, accession numbers, studies: CX, one per value.
    pub const REFERENCE_ID_LIST: &str = "urn:ihe:iti:xds:2013:referenceIdList";
    /// Time of submission of a submission set, DTM in UTC.
    pub const SUBMISSION_TIME: &str = "submissionTime";
    /// Institution of an author, XON.
    pub const AUTHOR_INSTITUTION: &str = "authorInstitution";
    /// Author, XCN.
    pub const AUTHOR_PERSON: &str = "authorPerson";
    /// Role of an author, text.
    pub const AUTHOR_ROLE: &str = "authorRole";
    /// Speciality of an author, `code^display^OID`.
    pub const AUTHOR_SPECIALTY: &str = "authorSpecialty";
    /// Code system of a classification.
    pub const CODING_SCHEME: &str = "codingScheme";
    /// `Original` on HasMember.
    pub const SUBMISSION_SET_STATUS: &str = "SubmissionSetStatus";
    /// Metadata version that an update replaces.
    pub const PREVIOUS_VERSION: &str = "PreviousVersion";
    /// Status before a status update.
    pub const ORIGINAL_STATUS: &str = "OriginalStatus";
    /// Status after a status update.
    pub const NEW_STATUS: &str = "NewStatus";
}
