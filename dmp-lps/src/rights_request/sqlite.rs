//! The log of requests in SQLite.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::log::{RequestId, RequestKind, RequestOutcome, RequestStore, RightsRequest};
use crate::context::{InternalUserId, PatientKey, ServiceId};
use crate::store::{Database, StoreError, instant, kept, named, word_of};

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS rights_request (
    id TEXT NOT NULL PRIMARY KEY, patient TEXT NOT NULL, kind TEXT NOT NULL, received_at TEXT NOT NULL,
    due_at TEXT NOT NULL, service TEXT NOT NULL, outcome TEXT, answered_at TEXT, answered_by TEXT
);
CREATE INDEX IF NOT EXISTS rights_request_patient ON rights_request (patient);
";

impl RequestStore for Database {
    async fn add_request(&self, request: RightsRequest) -> Result<(), StoreError> {
        self.write(move |base| {
            let query = "INSERT INTO rights_request (id, patient, kind, received_at, due_at, service) VALUES (?1, ?2, ?3, \
                         ?4, ?5, ?6)";
            base.execute(
                query,
                params![
                    request.id.to_string(),
                    request.patient.as_str(),
                    word_of(&RequestKind::ALL, request.kind),
                    request.received_at.to_string(),
                    request.due_at.to_string(),
                    request.service.as_str(),
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn requests(&self, patient: Option<PatientKey>) -> Result<Vec<RightsRequest>, StoreError> {
        let mut requests: Vec<RightsRequest> = self
            .read(move |base| {
                let query = "SELECT id, patient, kind, received_at, due_at, service, outcome, answered_at, answered_by FROM \
                             rights_request WHERE ?1 IS NULL OR patient = ?1";
                let mut statement = base.prepare_cached(query)?;
                let rows = statement.query_map([patient.as_ref().map(PatientKey::as_str)], request)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await?;
        requests.sort_by_key(|request| request.due_at);
        Ok(requests)
    }

    async fn answer(
        &self,
        id: RequestId,
        (outcome, at, by): (RequestOutcome, Timestamp, InternalUserId),
    ) -> Result<bool, StoreError> {
        self.write(move |base| {
            let query = "UPDATE rights_request SET outcome = ?1, answered_at = ?2, answered_by = ?3 WHERE id = ?4 AND \
                         outcome IS NULL";
            let outcome = word_of(&RequestOutcome::ALL, outcome);
            Ok(base.execute(query, params![outcome, at.to_string(), by.as_str(), id.to_string()])? > 0)
        })
        .await
    }
}

fn request(row: &Row<'_>) -> rusqlite::Result<RightsRequest> {
    let text = |index: usize| row.get::<_, String>(index);
    let outcome = match row.get::<_, Option<String>>(6)? {
        None => None,
        Some(outcome) => Some((
            kept(6, named(&RequestOutcome::ALL, &outcome))?,
            instant(row, 7)?,
            kept(8, InternalUserId::new(text(8)?))?,
        )),
    };
    Ok(RightsRequest {
        id: kept(0, RequestId::parse(&text(0)?))?,
        patient: PatientKey::stored(text(1)?),
        kind: kept(2, named(&RequestKind::ALL, &text(2)?))?,
        received_at: instant(row, 3)?,
        due_at: instant(row, 4)?,
        service: kept(5, ServiceId::new(text(5)?))?,
        outcome,
    })
}
