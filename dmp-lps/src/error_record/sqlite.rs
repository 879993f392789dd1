//! The register of errors in SQLite.

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::{ErrorRecord, ErrorRecordId};
use super::register::ErrorStore;
use crate::context::{InternalUserId, PatientKey};
use crate::store::{Database, StoreError, instant, kept, natural, whole};

/// Lines are never removed: a trigger refuses it, whoever opens the file.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS error_record (
    id TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, wrong_patient TEXT NOT NULL, right_patient TEXT,
    detected_at TEXT NOT NULL, found_by TEXT NOT NULL,
    -- What changes; lists are JSON.
    actions TEXT NOT NULL, told TEXT NOT NULL, assessment TEXT NOT NULL, register_number TEXT,
    revision INTEGER NOT NULL,
    UNIQUE (document, wrong_patient)
);
CREATE TRIGGER IF NOT EXISTS error_record_kept BEFORE DELETE ON error_record
    BEGIN SELECT RAISE(ABORT, 'lines of the register of errors are not removed'); END;
";

const COLUMNS: &str = "id, document, wrong_patient, right_patient, detected_at, found_by, actions, told, assessment, \
                       register_number, revision";

impl ErrorStore for Database {
    async fn open(&self, record: ErrorRecord) -> Result<ErrorRecordId, StoreError> {
        self.write(move |base| {
            let query = "INSERT OR IGNORE INTO error_record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
            base.execute(
                query,
                params![
                    record.id.to_string(),
                    record.document,
                    record.wrong_patient.as_str(),
                    record.right_patient.as_ref().map(PatientKey::as_str),
                    record.detected_at.to_string(),
                    record.by.as_str(),
                    json(&record.actions)?,
                    json(&record.told)?,
                    json(&record.assessment)?,
                    record.register_number,
                    whole(record.revision),
                ],
            )?;
            let query = "SELECT id FROM error_record WHERE document = ?1 AND wrong_patient = ?2";
            let key = [record.document.as_str(), record.wrong_patient.as_str()];
            let id: String = base.query_row(query, key, |row| row.get(0))?;
            ErrorRecordId::parse(&id).ok_or(StoreError::Unreadable { what: "error record" })
        })
        .await
    }

    async fn record(&self, id: ErrorRecordId) -> Result<Option<ErrorRecord>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM error_record WHERE id = ?1");
        self.read(move |base| Ok(base.query_row(&query, [id.to_string()], record).optional()?)).await
    }

    async fn records(&self) -> Result<Vec<ErrorRecord>, StoreError> {
        self.read(move |base| {
            let mut statement =
                base.prepare(&format!("SELECT {COLUMNS} FROM error_record ORDER BY detected_at, id"))?;
            let rows = statement.query_map([], record)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn put_record(&self, record: ErrorRecord) -> Result<bool, StoreError> {
        self.write(move |base| {
            let query = "UPDATE error_record SET actions = ?1, told = ?2, assessment = ?3, register_number = ?4, revision = \
                         revision + 1 WHERE id = ?5 AND revision = ?6";
            let changed = base.execute(
                query,
                params![
                    json(&record.actions)?,
                    json(&record.told)?,
                    json(&record.assessment)?,
                    record.register_number,
                    record.id.to_string(),
                    whole(record.revision),
                ],
            )?;
            Ok(changed > 0)
        })
        .await
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<ErrorRecord> {
    let text = |index: usize| row.get::<_, String>(index);
    Ok(ErrorRecord {
        id: kept(0, ErrorRecordId::parse(&text(0)?))?,
        document: text(1)?,
        wrong_patient: PatientKey::stored(text(2)?),
        right_patient: row.get::<_, Option<String>>(3)?.map(PatientKey::stored),
        detected_at: instant(row, 4)?,
        by: kept(5, InternalUserId::new(text(5)?))?,
        actions: from_json(row, 6)?,
        told: from_json(row, 7)?,
        assessment: from_json(row, 8)?,
        register_number: row.get(9)?,
        revision: natural(row, 10)?,
    })
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable { what: "error record" })
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    kept(column, serde_json::from_str(&row.get::<_, String>(column)?).ok())
}
