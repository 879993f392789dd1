//! One line of the register of errors.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::{InternalUserId, PatientKey};

/// In which time the CNIL is told of a breach (GDPR art. 33).
const NOTIFICATION: SignedDuration = SignedDuration::from_hours(72);

/// Identifies a line of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorRecordId(pub(super) Uuid);

impl ErrorRecordId {
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4())
    }

    /// From its text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for ErrorRecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An error that was found.
#[derive(Clone)]
pub struct NewError {
    /// uniqueId of the wrong document.
    pub document: String,
    /// In whose record it is.
    pub wrong_patient: PatientKey,
    /// In whose record it belongs; `None` when its content is wrong.
    pub right_patient: Option<PatientKey>,
    /// When it was found, UTC.
    pub detected_at: Timestamp,
    /// Who found it.
    pub by: InternalUserId,
}

/// What was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorAction {
    /// The document was taken out of the DMP.
    Removed,
    /// It was replaced by a correct version.
    Replaced,
    /// It was fed to the record where it belongs.
    FedToRightPatient,
}

/// Something that was done, when and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneAction {
    /// What.
    pub action: ErrorAction,
    /// When, UTC.
    pub at: Timestamp,
    /// By which user.
    pub by: String,
}

/// Somebody who was told: the patient, a colleague, the data protection officer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who, as the user writes it.
    pub who: String,
    /// When, UTC.
    pub at: Timestamp,
    /// By which user.
    pub by: String,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").field("at", &self.at).finish_non_exhaustive()
    }
}

/// What the responsable de traitement decided (GDPR art. 33, 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachAssessment {
    /// No risk for the persons: the register alone.
    NoRisk,
    /// A risk: the CNIL is told.
    Risk,
    /// A high risk: the CNIL and the persons are told.
    HighRisk,
}

/// A line of the register. `Debug` shows no identity.
#[derive(Clone, PartialEq, Eq)]
pub struct ErrorRecord {
    /// Its identifier.
    pub id: ErrorRecordId,
    /// uniqueId of the wrong document.
    pub document: String,
    /// In whose record it was.
    pub wrong_patient: PatientKey,
    /// In whose record it belongs.
    pub right_patient: Option<PatientKey>,
    /// When the error was found, UTC.
    pub detected_at: Timestamp,
    /// Who found it.
    pub by: InternalUserId,
    /// What was done, in order.
    pub actions: Vec<DoneAction>,
    /// Who was told, in order.
    pub told: Vec<Told>,
    /// What was decided, when and by whom.
    pub assessment: Option<(BreachAssessment, Timestamp, String)>,
    /// Number in the register of breaches of the establishment.
    pub register_number: Option<String>,
    /// Counts the writes of this line: a store writes back only what nobody else has written since it was read.
    pub revision: u64,
}

impl ErrorRecord {
    pub(super) fn of(new: NewError) -> Self {
        Self {
            id: ErrorRecordId::new(),
            document: new.document,
            wrong_patient: new.wrong_patient,
            right_patient: new.right_patient,
            detected_at: new.detected_at,
            by: new.by,
            actions: Vec::new(),
            told: Vec::new(),
            assessment: None,
            register_number: None,
            revision: 0,
        }
    }

    /// Until when the CNIL is told, if there is a risk: 72 hours after the error was found.
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        self.detected_at.saturating_add(NOTIFICATION).unwrap_or(Timestamp::MAX)
    }

    /// Whether it was done.
    #[must_use]
    pub fn did(&self, action: ErrorAction) -> bool {
        self.actions.iter().any(|done| done.action == action)
    }
}

impl fmt::Debug for ErrorRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorRecord")
            .field("id", &self.id)
            .field("detected_at", &self.detected_at)
            .field("actions", &self.actions)
            .field("assessment", &self.assessment.as_ref().map(|(assessment, at, _)| (assessment, at)))
            .finish_non_exhaustive()
    }
}
