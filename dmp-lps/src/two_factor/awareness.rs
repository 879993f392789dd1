//! EXI 25: the professional knows that their identifier is sent, for national traces and access control.

use std::future::Future;

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use crate::context::ProfessionalKey;
use crate::store::{Database, StoreError, instant};

/// A professional read the text, and accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsAwareness {
    /// Who.
    pub professional: ProfessionalKey,
    /// Version of the text.
    pub text_version: String,
    /// When, UTC.
    pub at: Timestamp,
}

/// Keeps who is aware; only added to.
pub trait AwarenessStore: Send + Sync + 'static {
    /// Adds one line.
    fn keep_awareness(&self, awareness: PsAwareness) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The last line of a professional.
    fn awareness_of(
        &self,
        professional: ProfessionalKey,
    ) -> impl Future<Output = Result<Option<PsAwareness>, StoreError>> + Send;
}

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS ps_awareness (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    professional TEXT NOT NULL, text_version TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ps_awareness_key ON ps_awareness (professional, seq);
CREATE TRIGGER IF NOT EXISTS ps_awareness_append_only BEFORE UPDATE ON ps_awareness
    BEGIN SELECT RAISE(ABORT, 'the register of awareness is append-only'); END;
";

impl AwarenessStore for Database {
    async fn keep_awareness(&self, awareness: PsAwareness) -> Result<(), StoreError> {
        self.write(move |base| {
            let PsAwareness { professional, text_version, at } = awareness;
            base.execute(
                "INSERT INTO ps_awareness (professional, text_version, at) VALUES (?1, ?2, ?3)",
                [professional.as_str(), &text_version, &at.to_string()],
            )?;
            Ok(())
        })
        .await
    }

    async fn awareness_of(&self, professional: ProfessionalKey) -> Result<Option<PsAwareness>, StoreError> {
        self.read(move |base| {
            let query = "SELECT text_version, at FROM ps_awareness WHERE professional = ?1 ORDER BY seq DESC LIMIT 1";
            let found = base.query_row(query, [professional.as_str()], |row| Ok((row.get(0)?, instant(row, 1)?)));
            Ok(found.optional()?.map(|(text_version, at)| PsAwareness { professional, text_version, at }))
        })
        .await
    }
}
