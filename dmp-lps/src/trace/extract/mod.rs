//! Which lines somebody asks for, and who may see them.

mod columns;
mod cursor;
mod write;

use std::fmt;

pub(super) use cursor::{Cursor, TraceLine};
use jiff::Timestamp;
pub use write::{ExtractSinks, Manifest, ManifestSigner};

use super::journal::{DOCUMENT, Journal, PATIENT, PROFESSIONAL, USER};
use super::line::Note;
use super::store::Selection;
use super::{AccessTrace, Action, AirTrace, TraceActor, TraceError, Tracer};
use crate::context::{InternalUserId, PatientKey, ProfessionalKey};

/// Who reads traces. Each reading is itself traced, under this name.
#[derive(Debug, Clone)]
pub struct TraceReader {
    pub(super) actor: TraceActor,
    /// Sees what was done in connexion secrète.
    pub(super) restricted: bool,
}

impl TraceReader {
    /// Somebody who may read traces, but not those of a connexion secrète (project default).
    #[must_use]
    pub fn ordinary(actor: impl Into<TraceActor>) -> Self {
        Self { actor: actor.into(), restricted: false }
    }

    /// One of the few roles that may read every trace. The software answers for giving it.
    #[must_use]
    pub fn restricted(actor: impl Into<TraceActor>) -> Self {
        Self { actor: actor.into(), restricted: true }
    }
}

/// Which lines to extract. `Debug` shows nobody.
#[derive(Clone)]
pub struct TraceExtract {
    of: Of,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

#[derive(Clone)]
enum Of {
    All,
    Professionals(Vec<ProfessionalKey>),
    Users(Vec<InternalUserId>),
    Patient(PatientKey),
    Document(String),
}

impl TraceExtract {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self::of(Of::All)
    }

    /// What some professionals did in a period, both ends included (`EX_AIR-120`).
    #[must_use]
    pub fn by_ps_and_period(
        professionals: impl IntoIterator<Item = ProfessionalKey>,
        from: Timestamp,
        to: Timestamp,
    ) -> Self {
        Self::of(Of::Professionals(professionals.into_iter().collect())).between(from, to)
    }

    /// What some users of the software did, whether a directory knows them or not.
    #[must_use]
    pub fn by_users(users: impl IntoIterator<Item = InternalUserId>) -> Self {
        Self::of(Of::Users(users.into_iter().collect()))
    }

    /// What was done about a patient.
    #[must_use]
    pub fn by_patient(patient: &PatientKey) -> Self {
        Self::of(Of::Patient(patient.clone()))
    }

    /// What was done with a document, by its uniqueId.
    #[must_use]
    pub fn by_document(unique_id: impl Into<String>) -> Self {
        Self::of(Of::Document(unique_id.into()))
    }

    /// Only in a period, both ends included.
    #[must_use]
    pub fn between(self, from: Timestamp, to: Timestamp) -> Self {
        Self { from: Some(from), to: Some(to), ..self }
    }

    fn of(of: Of) -> Self {
        Self { of, from: None, to: None }
    }

    pub(super) fn selection(&self, journal: &Journal) -> Option<Selection> {
        let tags = match &self.of {
            Of::All => Vec::new(),
            Of::Professionals(keys) => keys.iter().flat_map(|key| journal.about(PROFESSIONAL, key.as_str())).collect(),
            Of::Users(users) => users.iter().flat_map(|user| journal.about(USER, user.as_str())).collect(),
            Of::Patient(patient) => journal.about(PATIENT, patient.as_str()),
            Of::Document(unique_id) => journal.about(DOCUMENT, unique_id),
        };
        // Nobody asked for is nobody, not everybody.
        let nobody = tags.is_empty() && !matches!(self.of, Of::All);
        let (from, to) = (self.from, self.to);
        (!nobody).then_some(Selection { tags, from, to, ended_once: true, readable: true })
    }

    /// The reading, as it is traced.
    pub(super) fn note(&self, action: Action, words: &str) -> Note {
        let list = |values: Vec<&str>| values.join(",");
        let note = Note::of(action);
        let (note, of) = match &self.of {
            Of::All => (note, "all".to_owned()),
            Of::Professionals(keys) => {
                (note, format!("professionals {}", list(keys.iter().map(ProfessionalKey::as_str).collect())))
            }
            Of::Users(users) => (note, format!("users {}", list(users.iter().map(InternalUserId::as_str).collect()))),
            Of::Patient(patient) => (note.patient(patient), "patient".to_owned()),
            Of::Document(unique_id) => (note.document(unique_id, None), "document".to_owned()),
        };
        let bound = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
        note.detail(format!("{words} | {of} | {}..{}", bound(self.from), bound(self.to)))
    }

    /// What is asked for, without names.
    pub(super) fn kind(&self) -> &'static str {
        match self.of {
            Of::All => "all",
            Of::Professionals(_) => "professionals",
            Of::Users(_) => "users",
            Of::Patient(_) => "patient",
            Of::Document(_) => "document",
        }
    }
}

impl fmt::Debug for TraceExtract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceExtract")
            .field("of", &self.kind())
            .field("from", &self.from)
            .field("to", &self.to)
            .finish()
    }
}

impl Tracer {
    /// Lines of the local trace, oldest first, in memory: for a screen. An act on the DMP is one line, that of its end;
    /// one whose end is not known has that of its beginning. The reading is traced.
    ///
    /// # Errors
    /// [`TraceError`].
    pub async fn read(&self, extract: &TraceExtract, reader: &TraceReader) -> Result<Vec<AccessTrace>, TraceError> {
        self.collect(&self.inner.access, extract, reader, "local trace").await
    }

    /// The same, of the trace of AIR: each event of each assertion.
    ///
    /// # Errors
    /// [`TraceError`].
    pub async fn read_air(&self, extract: &TraceExtract, reader: &TraceReader) -> Result<Vec<AirTrace>, TraceError> {
        self.collect(&self.inner.air, extract, reader, "trace of AIR").await
    }

    async fn collect<T: TraceLine>(
        &self,
        journal: &Journal,
        extract: &TraceExtract,
        reader: &TraceReader,
        words: &str,
    ) -> Result<Vec<T>, TraceError> {
        self.note_reading(&reader.actor, extract.note(Action::ReadTraces, words)).await?;
        let mut cursor = Cursor::over(journal, extract, reader.restricted);
        let mut lines = Vec::new();
        while let Some(page) = cursor.next().await? {
            lines.extend(page);
        }
        Ok(lines)
    }
}
