//! What was fed at once or corrected, in SQLite.

use dmp_client::Hidden;
use rusqlite::{OptionalExtension, Row, params};

use super::cause::CorrectionCause;
use super::publication::{Publication, PublicationState};
use super::store::CorrectionStore;
use crate::context::{PatientKey, ProfessionalKey};
use crate::store::{Database, StoreError, instant, kept, named, word_of};

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS publication (
    unique_id TEXT NOT NULL PRIMARY KEY, patient TEXT NOT NULL, hash TEXT NOT NULL, set_id TEXT, version INTEGER,
    professional TEXT, structure TEXT, hidden TEXT NOT NULL, replaces TEXT, cause TEXT, replaced_by TEXT,
    state TEXT NOT NULL, since TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS publication_patient ON publication (patient);
CREATE INDEX IF NOT EXISTS publication_replaces ON publication (replaces, state);
";

const COLUMNS: &str = "unique_id, patient, hash, set_id, version, professional, structure, hidden, replaces, cause, \
                       replaced_by, state, since";

impl CorrectionStore for Database {
    async fn publication(&self, unique_id: String) -> Result<Option<Publication>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM publication WHERE unique_id = ?1");
        self.read(move |base| Ok(base.query_row(&query, [unique_id], publication).optional()?)).await
    }

    async fn publications(&self, patient: PatientKey) -> Result<Vec<Publication>, StoreError> {
        self.read(move |base| {
            let query = format!("SELECT {COLUMNS} FROM publication WHERE patient = ?1 ORDER BY since, unique_id");
            let mut statement = base.prepare_cached(&query)?;
            let rows = statement.query_map([patient.as_str()], publication)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn pending(&self, replaced: String) -> Result<Option<Publication>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM publication WHERE replaces = ?1 AND state = 'pending' LIMIT 1");
        self.read(move |base| Ok(base.query_row(&query, [replaced], publication).optional()?)).await
    }

    async fn save(&self, publications: Vec<Publication>) -> Result<(), StoreError> {
        self.write(move |base| {
            for one in &publications {
                let hidden: Vec<&str> = one.hidden.iter().map(|hidden| hidden.code()).collect();
                let query =
                    "INSERT OR REPLACE INTO publication VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, \
                             ?13)";
                base.prepare_cached(query)?.execute(params![
                    one.unique_id,
                    one.patient.as_str(),
                    one.hash,
                    one.set_id,
                    one.version.map(crate::store::whole),
                    one.professional.as_ref().map(ProfessionalKey::as_str),
                    one.structure,
                    hidden.join(" "),
                    one.replaces,
                    one.cause.map(|cause| word_of(&CorrectionCause::ALL, cause)),
                    one.replaced_by,
                    word_of(&PublicationState::ALL, one.state),
                    one.since.to_string(),
                ])?;
            }
            Ok(())
        })
        .await
    }

    async fn forget(&self, unique_id: String) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute("DELETE FROM publication WHERE unique_id = ?1 AND state = 'pending'", [unique_id])?;
            Ok(())
        })
        .await
    }
}

fn publication(row: &Row<'_>) -> rusqlite::Result<Publication> {
    let text = |index: usize| row.get::<_, String>(index);
    let (version, cause) = (row.get::<_, Option<i64>>(4)?, row.get::<_, Option<String>>(9)?);
    Ok(Publication {
        unique_id: text(0)?,
        patient: PatientKey::stored(text(1)?),
        hash: text(2)?,
        set_id: row.get(3)?,
        version: version.map(|version| kept(4, u64::try_from(version).ok())).transpose()?,
        professional: row.get::<_, Option<String>>(5)?.map(ProfessionalKey::stored),
        structure: row.get(6)?,
        hidden: text(7)?.split_whitespace().map(|code| kept(7, Hidden::from_code(code))).collect::<Result<_, _>>()?,
        replaces: row.get(8)?,
        cause: cause.map(|cause| kept(9, named(&CorrectionCause::ALL, &cause))).transpose()?,
        replaced_by: row.get(10)?,
        state: kept(11, named(&PublicationState::ALL, &text(11)?))?,
        since: instant(row, 12)?,
    })
}
