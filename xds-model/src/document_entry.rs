//! Metadata of one document (fiche, XDSDocumentEntry).

use std::fmt;

use serde::Serialize;

use crate::{Author, AvailabilityStatus, CodedValue, Cx, Dtm, Extras, SourcePatientInfo, Xcn, scheme};

/// classCode of what the patient writes.
const PATIENT_CLASS: &str = "90";

/// Types of what the patient writes, or puts in the record from elsewhere.
fn is_patient_type(code: &str) -> bool {
    code.starts_with("DOCPAT") || code.starts_with("EXPPAT") || code == "74465-6"
}

/// Metadata of one document: `rim:ExtrinsicObject`.
///
/// Attributes that the model makes mandatory are optional here when a producer may have left them out:
/// cardinalities are a rule of the receiver (X03), not of the reader.
#[derive(Clone, PartialEq, Eq, Default, Serialize)]
pub struct DocumentEntry {
    /// `@id`: symbolic in a request (`Document01`), given by the registry in an answer; opaque, compared exactly.
    pub entry_uuid: String,
    /// `@lid`: entryUUID of the first metadata version. Absent in a submission, present in an update.
    pub logical_id: Option<String>,
    /// `@status`. Written in answers only.
    pub status: Option<AvailabilityStatus>,
    /// `VersionInfo/@versionName`: number of the metadata version, from 1. Written in answers only.
    pub version: Option<u32>,
    /// uniqueId of the document, an OID. Empty when the producer left it out.
    pub unique_id: String,
    /// patientId: the INS. Empty when the producer left it out.
    pub patient_id: Cx,
    /// `@mimeType`. Empty when the producer left it out.
    pub mime_type: String,
    /// `@objectType` when it is not that of a stable document (on-demand entries exist in XDS, not in the DMP).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_type: Option<String>,
    /// SHA-1 of the bytes, hexadecimal, as received. Compare with [`DocumentEntry::same_hash`].
    pub hash: Option<String>,
    /// Bytes of the document. `0` also occurs for unknown.
    pub size: Option<u64>,
    /// Language of the document (`fr-FR`; `art` on a signature).
    pub language_code: Option<String>,
    /// Creation of the document, UTC.
    pub creation_time: Option<Dtm>,
    /// Start of the act, UTC.
    pub service_start_time: Option<Dtm>,
    /// End of the act, UTC.
    pub service_stop_time: Option<Dtm>,
    /// OID of the repository. Absent in a submission.
    pub repository_unique_id: Option<String>,
    /// Who answers for the document.
    pub legal_authenticator: Option<Xcn>,
    /// Identifier of the patient at the producer, else the INS.
    pub source_patient_id: Option<Cx>,
    /// Patient data at submission; `Some` without fields is an empty slot.
    pub source_patient_info: Option<SourcePatientInfo>,
    /// Title, at most 128 characters when built.
    pub title: Option<String>,
    /// Comments.
    pub comments: Option<String>,
    /// Authors, at least one.
    pub authors: Vec<Author>,
    /// classCode.
    pub class_code: Option<CodedValue>,
    /// typeCode.
    pub type_code: Option<CodedValue>,
    /// formatCode.
    pub format_code: Option<CodedValue>,
    /// One of N, R, V and up to three visibility flags.
    pub confidentiality_codes: Vec<CodedValue>,
    /// eventCodeList.
    pub event_codes: Vec<CodedValue>,
    /// healthcareFacilityTypeCode.
    pub healthcare_facility_type_code: Option<CodedValue>,
    /// practiceSettingCode.
    pub practice_setting_code: Option<CodedValue>,
    /// referenceIdList.
    pub reference_ids: Vec<Cx>,
    /// What no field above holds.
    #[serde(skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

impl DocumentEntry {
    /// Whether this is the entry of the signature of a submission set, by its classCode.
    pub fn is_signature(&self) -> bool {
        self.class_code.as_ref().is_some_and(|class| class.code == scheme::SIGNATURE_CLASS_CODE)
    }

    /// Whether the patient put it there: classCode 90 (`EX_3.1-1040`), or a type that only patients have.
    #[must_use]
    pub fn is_patient_document(&self) -> bool {
        let class = self.class_code.as_ref().is_some_and(|class| class.code == PATIENT_CLASS);
        class || self.type_code.as_ref().is_some_and(|kind| is_patient_type(&kind.code))
    }

    /// Whether both are about the same order, imaging study or accession.
    #[must_use]
    pub fn shares_reference_with(&self, other: &Self) -> bool {
        self.reference_ids.iter().any(|id| other.reference_ids.iter().any(|known| known.same_identifier(id)))
    }

    /// Whether the confidentiality codes contain `code` (`N`, `MASQUE_PS`…), whatever its system.
    pub fn has_confidentiality(&self, code: &str) -> bool {
        self.confidentiality_codes.iter().any(|confidentiality| confidentiality.code == code)
    }

    /// Whether the hash of the entry equals `hexadecimal`, whatever the case; `None` when the entry has no hash.
    pub fn same_hash(&self, hexadecimal: &str) -> Option<bool> {
        self.hash.as_ref().map(|hash| hash.eq_ignore_ascii_case(hexadecimal))
    }
}

/// Prints technical attributes only: no patient, no person, no title, no code that tells a diagnosis.
impl fmt::Debug for DocumentEntry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DocumentEntry")
            .field("entry_uuid", &self.entry_uuid)
            .field("unique_id", &self.unique_id)
            .field("status", &self.status)
            .field("version", &self.version)
            .field("mime_type", &self.mime_type)
            .field("size", &self.size)
            .field("authors", &self.authors.len())
            .field("extras", &self.extras)
            .finish_non_exhaustive()
    }
}
