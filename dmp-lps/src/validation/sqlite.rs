//! Reports in SQLite.

use rusqlite::{OptionalExtension, params};

use super::{ReportStore, ValidationReport};
use crate::store::{Database, StoreError};

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS validation_report (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL, checked_at TEXT NOT NULL, accepted INTEGER NOT NULL, report TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS validation_report_document ON validation_report (sha256, seq);
";

const UNREADABLE: StoreError = StoreError::Unreadable { what: "report of a validation" };

impl ReportStore for Database {
    async fn keep(&self, report: ValidationReport) -> Result<(), StoreError> {
        let text = serde_json::to_string(&report).map_err(|_| UNREADABLE)?;
        self.write(move |base| {
            base.execute(
                "INSERT INTO validation_report (sha256, checked_at, accepted, report) VALUES (?1, ?2, ?3, ?4)",
                params![report.sha256, report.checked_at.to_string(), report.is_accepted(), text],
            )?;
            Ok(())
        })
        .await
    }

    async fn last(&self, sha256: String) -> Result<Option<ValidationReport>, StoreError> {
        self.read(move |base| {
            let query = "SELECT report FROM validation_report WHERE sha256 = ?1 ORDER BY seq DESC LIMIT 1";
            let text: Option<String> = base.query_row(query, [sha256], |row| row.get(0)).optional()?;
            text.map(|text| serde_json::from_str(&text).map_err(|_| UNREADABLE)).transpose()
        })
        .await
    }
}
