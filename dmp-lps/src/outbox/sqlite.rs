//! The queue in SQLite.

use dmp_client::Hidden;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::settings::LARGEST_LOT;
use super::{FeedFilter, FeedId, FeedItem, FeedStore, Grouping, LastError, Reason, State};
use crate::context::{CareRole, CareTeamId, EpisodeId, InternalUserId, PatientKey, ProfessionalKey};
use crate::store::{Database, StoreError, kept};

/// Instants are milliseconds since 1970, so that they compare.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    patient TEXT NOT NULL, episode TEXT NOT NULL, team TEXT NOT NULL, role TEXT NOT NULL, professional TEXT,
    user TEXT NOT NULL, unique_id TEXT NOT NULL, hash TEXT NOT NULL, type_code TEXT NOT NULL, hidden TEXT NOT NULL,
    replaces TEXT, queued_at INTEGER NOT NULL,
    -- What changes: written by one statement, also right after the row is made.
    state TEXT NOT NULL DEFAULT 'draft', validated INTEGER NOT NULL DEFAULT 0, alone INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, lot TEXT, sent_at INTEGER,
    failed_at INTEGER,
    reasons TEXT NOT NULL DEFAULT '', error_kind TEXT, error_code TEXT, error_line TEXT,
    lease INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS feed_due ON feed (state, not_before, seq);
CREATE INDEX IF NOT EXISTS feed_patient ON feed (patient, hash);
CREATE TABLE IF NOT EXISTS feed_removed (
    patient TEXT NOT NULL, unique_id TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (patient, unique_id)
);
";

const COLUMNS: &str = "id, patient, episode, team, role, professional, user, unique_id, hash, type_code, hidden, replaces, \
                       state, validated, alone, not_before, attempts, lot, queued_at, sent_at, reasons, error_kind, \
                       error_code, error_line, failed_at";

impl FeedStore for Database {
    async fn add(&self, item: FeedItem) -> Result<(), StoreError> {
        self.write(move |base| {
            let query = "INSERT INTO feed (id, patient, episode, team, role, professional, user, unique_id, hash, type_code, \
                         hidden, replaces, queued_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
            base.prepare_cached(query)?.execute(params![
                item.id.to_string(),
                item.patient.as_str(),
                item.episode.as_str(),
                item.team.as_str(),
                item.role.as_kept(),
                item.professional.as_ref().map(ProfessionalKey::as_str),
                item.user.as_str(),
                item.unique_id,
                item.hash,
                item.type_code,
                joined(item.hidden.iter().map(|hidden| hidden.code())),
                item.replaces,
                item.queued_at.as_millisecond(),
            ])?;
            put(base, &item, None).map(drop)
        })
        .await
    }

    async fn get(&self, id: FeedId) -> Result<Option<FeedItem>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM feed WHERE id = ?1");
        self.read(move |base| Ok(base.query_row(&query, [id.to_string()], item).optional()?)).await
    }

    async fn list(&self, filter: FeedFilter) -> Result<Vec<FeedItem>, StoreError> {
        self.read(move |base| {
            let query = "(?1 IS NULL OR patient = ?1) AND (?2 IS NULL OR state = ?2) ORDER BY seq";
            let patient = filter.patient.as_ref().map(PatientKey::as_str);
            select(base, query, params![patient, filter.state.map(State::as_kept)])
        })
        .await
    }

    async fn replace(&self, item: FeedItem, expected: State) -> Result<bool, StoreError> {
        self.write(move |base| put(base, &item, Some(expected))).await
    }

    async fn claim(&self, now: Timestamp, lease: Timestamp, grouping: Grouping) -> Result<Vec<FeedItem>, StoreError> {
        self.write(move |base| {
            let due = "state = 'scheduled' AND not_before <= ?1 ORDER BY not_before, seq LIMIT 1";
            let Some(first) = select(base, due, params![now.as_millisecond()])?.pop() else { return Ok(Vec::new()) };
            let mut lot = match grouping {
                Grouping::Episode if !first.alone => {
                    let others = "state = 'scheduled' AND patient = ?1 AND episode = ?2 AND team = ?3 AND alone = 0 \
                                  AND attempts = ?4 ORDER BY not_before, seq LIMIT ?5";
                    let (patient, episode) = (first.patient.as_str(), first.episode.as_str());
                    let key = params![patient, episode, first.team.as_str(), first.attempts, LARGEST_LOT];
                    select(base, others, key)?
                }
                _ => vec![first],
            };
            for item in &mut lot {
                item.state = State::Sending;
                put(base, item, None)?;
                let lease = params![lease.as_millisecond(), item.id.to_string()];
                base.execute("UPDATE feed SET lease = ?1 WHERE id = ?2", lease)?;
            }
            Ok(lot)
        })
        .await
    }

    async fn claim_ambiguous(&self, now: Timestamp, lease: Timestamp) -> Result<Vec<FeedItem>, StoreError> {
        self.write(move |base| {
            let now = now.as_millisecond();
            let first = "state = 'ambiguous' AND not_before <= ?1 AND lease <= ?1 ORDER BY not_before, seq LIMIT 1";
            let Some(first) = select(base, first, params![now])?.pop() else { return Ok(Vec::new()) };
            let others =
                "state = 'ambiguous' AND patient = ?1 AND not_before <= ?2 AND lease <= ?2 ORDER BY seq LIMIT ?3";
            let lost = select(base, others, params![first.patient.as_str(), now, LARGEST_LOT])?;
            for item in &lost {
                let lease = params![lease.as_millisecond(), item.id.to_string()];
                base.execute("UPDATE feed SET lease = ?1 WHERE id = ?2", lease)?;
            }
            Ok(lost)
        })
        .await
    }

    async fn settle(&self, items: Vec<FeedItem>) -> Result<(), StoreError> {
        self.write(move |base| {
            for item in &items {
                put(base, item, None)?;
                base.execute("UPDATE feed SET lease = 0 WHERE id = ?1", [item.id.to_string()])?;
            }
            Ok(())
        })
        .await
    }

    /// One process owns the file: what it was sending, nobody sends now.
    async fn recover(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.write(move |base| {
            base.execute("UPDATE feed SET lease = 0 WHERE state = 'ambiguous'", [])?;
            let query = "UPDATE feed SET state = 'ambiguous', lease = 0, not_before = ?1 WHERE state = 'sending'";
            Ok(base.execute(query, [now.as_millisecond()])?)
        })
        .await
    }

    async fn fed(&self, patient: PatientKey, hash: String) -> Result<Option<FeedId>, StoreError> {
        self.read(move |base| {
            let query = "SELECT id FROM feed WHERE patient = ?1 AND hash = ?2 AND state IN ('sent', 'sending', \
                         'ambiguous') ORDER BY seq LIMIT 1";
            let id =
                base.query_row(query, [patient.as_str(), hash.as_str()], |row| row.get::<_, String>(0)).optional()?;
            Ok(id.as_deref().and_then(FeedId::parse))
        })
        .await
    }

    async fn tag_removed(&self, patient: PatientKey, unique_id: String, hash: String) -> Result<(), StoreError> {
        self.write(move |base| {
            let query = "INSERT OR REPLACE INTO feed_removed VALUES (?1, ?2, ?3)";
            base.execute(query, [patient.as_str(), unique_id.as_str(), hash.as_str()])?;
            Ok(())
        })
        .await
    }

    async fn is_removed(&self, patient: PatientKey, unique_id: String, hash: String) -> Result<bool, StoreError> {
        self.read(move |base| {
            let query = "SELECT EXISTS (SELECT 1 FROM feed_removed WHERE patient = ?1 AND (unique_id = ?2 OR (hash = ?3 \
                         AND hash <> '')))";
            let key = [patient.as_str(), unique_id.as_str(), hash.as_str()];
            Ok(base.query_row(query, key, |row| row.get(0))?)
        })
        .await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|base| {
            let query = "SELECT MIN(MAX(not_before, lease)) FROM feed WHERE state IN ('scheduled', 'ambiguous')";
            let due: Option<i64> = base.query_row(query, [], |row| row.get(0))?;
            Ok(due.and_then(|due| Timestamp::from_millisecond(due).ok()))
        })
        .await
    }
}

fn select(base: &Connection, condition: &str, key: &[&dyn rusqlite::ToSql]) -> Result<Vec<FeedItem>, StoreError> {
    let mut statement = base.prepare_cached(&format!("SELECT {COLUMNS} FROM feed WHERE {condition}"))?;
    let rows = statement.query_map(key, item)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes what may change, if the document still stands at `expected`.
fn put(base: &Connection, item: &FeedItem, expected: Option<State>) -> Result<bool, StoreError> {
    let query = "UPDATE feed SET state = :state, validated = :validated, alone = :alone, not_before = :not_before, \
                 attempts = :attempts, lot = :lot, sent_at = :sent_at, reasons = :reasons, error_kind = :error_kind, \
                 failed_at = :failed_at, error_code = :error_code, error_line = :error_line WHERE id = :id AND (:expected IS NULL OR state = \
                 :expected)";
    let changed = base.prepare_cached(query)?.execute(named_params! {
        ":id": item.id.to_string(),
        ":expected": expected.map(State::as_kept),
        ":state": item.state.as_kept(),
        ":validated": item.validated,
        ":alone": item.alone,
        ":not_before": item.not_before.as_millisecond(),
        ":attempts": item.attempts,
        ":lot": item.lot,
        ":sent_at": item.sent_at.map(Timestamp::as_millisecond),
        ":failed_at": item.failed_at.map(Timestamp::as_millisecond),
        ":reasons": joined(item.reasons.iter().map(|reason| reason.code())),
        ":error_kind": item.error.as_ref().map(|error| error.kind.as_str()),
        ":error_code": item.error.as_ref().and_then(|error| error.code.as_deref()),
        ":error_line": item.error.as_ref().map(|error| error.line.as_str()),
    })?;
    Ok(changed > 0)
}

fn item(row: &Row<'_>) -> rusqlite::Result<FeedItem> {
    let text = |index: usize| row.get::<_, String>(index);
    Ok(FeedItem {
        id: kept(0, FeedId::parse(&text(0)?))?,
        patient: PatientKey::stored(text(1)?),
        episode: kept(2, EpisodeId::new(text(2)?))?,
        team: kept(3, CareTeamId::new(text(3)?))?,
        role: kept(4, CareRole::from_kept(&text(4)?))?,
        professional: row.get::<_, Option<String>>(5)?.map(ProfessionalKey::stored),
        user: kept(6, InternalUserId::new(text(6)?))?,
        unique_id: text(7)?,
        hash: text(8)?,
        type_code: text(9)?,
        hidden: list(10, &text(10)?, hidden_from_kept)?,
        replaces: row.get(11)?,
        state: kept(12, State::from_kept(&text(12)?))?,
        validated: row.get(13)?,
        alone: row.get(14)?,
        not_before: instant(row, 15)?,
        attempts: row.get(16)?,
        lot: row.get(17)?,
        queued_at: instant(row, 18)?,
        sent_at: row.get::<_, Option<i64>>(19)?.map(|_| instant(row, 19)).transpose()?,
        reasons: list(20, &text(20)?, Reason::from_code)?,
        error: match row.get(21)? {
            Some(kind) => Some(LastError { kind, code: row.get(22)?, line: row.get(23)? }),
            None => None,
        },
        failed_at: row.get::<_, Option<i64>>(24)?.map(|_| instant(row, 24)).transpose()?,
    })
}

fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    kept(column, Timestamp::from_millisecond(row.get(column)?).ok())
}

fn list<T>(column: usize, text: &str, parse: impl Fn(&str) -> Option<T>) -> rusqlite::Result<Vec<T>> {
    text.split_whitespace().map(|word| kept(column, parse(word))).collect()
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn hidden_from_kept(code: &str) -> Option<Hidden> {
    let kinds = [Hidden::FromProfessionals, Hidden::FromPatient, Hidden::FromRepresentatives];
    kinds.into_iter().find(|hidden| hidden.code() == code)
}
