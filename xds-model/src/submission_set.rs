//! Metadata of one submission (lot de soumission, XDSSubmissionSet).

use std::fmt;

use serde::Serialize;

use crate::{Author, AvailabilityStatus, CodedValue, Cx, Dtm, Extras};

/// Metadata of one submission: `rim:RegistryPackage`. Exactly one per request.
#[derive(Clone, PartialEq, Eq, Default, Serialize)]
pub struct SubmissionSet {
    /// `@id`: symbolic in a request (`SubmissionSet01`), given by the registry in an answer.
    pub entry_uuid: String,
    /// `@lid`. Answers only.
    pub logical_id: Option<String>,
    /// `@status`. Written in answers only.
    pub status: Option<AvailabilityStatus>,
    /// uniqueId of the submission, an OID; the same when it is sent again. Empty when the producer left it out.
    pub unique_id: String,
    /// sourceId: OID of the instance of the sending software. Empty when the producer left it out.
    pub source_id: String,
    /// patientId: the same as on the documents. Empty when the producer left it out.
    pub patient_id: Cx,
    /// Time of submission, UTC, 14 digits.
    pub submission_time: Option<Dtm>,
    /// Title.
    pub title: Option<String>,
    /// Comments.
    pub comments: Option<String>,
    /// The sender, exactly one (rule X11).
    pub authors: Vec<Author>,
    /// contentTypeCode: the activity that produced the submission.
    pub content_type_code: Option<CodedValue>,
    /// What no field above holds.
    #[serde(skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

/// Prints technical attributes only.
impl fmt::Debug for SubmissionSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SubmissionSet")
            .field("entry_uuid", &self.entry_uuid)
            .field("unique_id", &self.unique_id)
            .field("source_id", &self.source_id)
            .field("status", &self.status)
            .field("submission_time", &self.submission_time)
            .field("authors", &self.authors.len())
            .field("extras", &self.extras)
            .finish_non_exhaustive()
    }
}
