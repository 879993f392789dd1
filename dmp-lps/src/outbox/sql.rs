//! What the two SQL stores have in common: the row of a document, and statements that both bases understand. Parameters are
//! written `?1`; PostgreSQL wants `$1`.
//!
//! A document is one JSON text; beside it stand the columns that it is looked for by. Instants are milliseconds since 1970,
//! so that they compare.

use jiff::Timestamp;

use super::{FeedFilter, FeedItem, State};
use crate::context::PatientKey;
use crate::store::StoreError;

/// The tables, as SQLite makes them.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, patient TEXT NOT NULL, unique_id TEXT NOT NULL, set_id TEXT, hash TEXT NOT NULL,
    lane TEXT NOT NULL, state TEXT NOT NULL, not_before BIGINT NOT NULL, lot_key TEXT, attempts BIGINT NOT NULL,
    sent_at BIGINT, item TEXT NOT NULL, revision BIGINT NOT NULL, worker TEXT NOT NULL, lease BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS feed_due ON feed (lane, state, not_before, seq);
CREATE INDEX IF NOT EXISTS feed_lot ON feed (lot_key, state);
CREATE INDEX IF NOT EXISTS feed_patient ON feed (patient, unique_id);
CREATE INDEX IF NOT EXISTS feed_set ON feed (patient, set_id);
CREATE INDEX IF NOT EXISTS feed_hash ON feed (patient, hash);
CREATE TABLE IF NOT EXISTS feed_pace (structure TEXT PRIMARY KEY, next BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS feed_removed (
    patient TEXT NOT NULL, unique_id TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (patient, unique_id)
);
CREATE TABLE IF NOT EXISTS feed_pause (lane TEXT PRIMARY KEY);
";

pub(super) const ADD: &str = "INSERT INTO feed (id, patient, unique_id, set_id, hash, lane, state, not_before, lot_key, \
                              attempts, sent_at, item, revision, worker, lease) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \
                              ?10, ?11, ?12, 0, '', 0)";
pub(super) const GET: &str = "SELECT item, revision, worker FROM feed WHERE id = ?1";
pub(super) const LIST: &str = "SELECT item, revision, worker FROM feed WHERE (CAST(?1 AS TEXT) IS NULL OR patient = ?1) AND \
                               (CAST(?2 AS TEXT) IS NULL OR state = ?2) AND (CAST(?3 AS TEXT) IS NULL OR lane = ?3) AND \
                               (CAST(?4 AS TEXT) IS NULL OR unique_id = ?4) AND (CAST(?5 AS TEXT) IS NULL OR set_id = ?5) \
                               AND (CAST(?6 AS TEXT) IS NULL OR hash = ?6) ORDER BY seq";
/// Nobody writes over what was written since: the revision tells.
pub(super) const PUT: &str = "UPDATE feed SET state = ?1, not_before = ?2, lot_key = ?3, attempts = ?4, sent_at = ?5, item = \
                              ?6, worker = ?7, lease = ?8, revision = revision + 1 WHERE id = ?9 AND revision = ?10";
pub(super) const DUE: &str = "SELECT item, revision, worker FROM feed WHERE lane = ?1 AND state = 'scheduled' AND not_before \
                              <= ?2 ORDER BY not_before, seq LIMIT 1";
pub(super) const LOT: &str = "SELECT item, revision, worker FROM feed WHERE lane = ?1 AND state = 'scheduled' AND lot_key = \
                              ?2 AND attempts = ?3 ORDER BY not_before, seq LIMIT ?4";
pub(super) const LOST: &str = "SELECT item, revision, worker FROM feed WHERE lane = ?1 AND (state = 'sending' OR (state = \
                               'ambiguous' AND not_before <= ?2)) AND lease <= ?2 ORDER BY not_before, seq LIMIT 1";
pub(super) const LOST_OF_PATIENT: &str = "SELECT item, revision, worker FROM feed WHERE lane = ?1 AND (state = 'sending' OR \
                                          (state = 'ambiguous' AND not_before <= ?2)) AND lease <= ?2 AND patient = ?3 \
                                          ORDER BY seq LIMIT ?4";
pub(super) const ON_THE_WAY: &str = "SELECT item, revision, worker FROM feed WHERE (state = 'sending' OR state = 'ambiguous') AND lease > ?1 ORDER BY seq";
#[cfg(feature = "postgresql")]
pub(super) const LAPSED: &str =
    "SELECT item, revision, worker FROM feed WHERE state = 'sending' AND lease <= ?1 ORDER BY seq";
pub(super) const NEXT_DUE: &str = "SELECT MIN(CASE WHEN state = 'sending' OR lease > not_before THEN lease ELSE not_before \
                                   END) FROM feed WHERE lane = ?1 AND state IN ('scheduled', 'ambiguous', 'sending')";
pub(super) const TALLY: &str = "SELECT state, COUNT(*) FROM feed WHERE lane = ?1 GROUP BY state";
pub(super) const SENT_SINCE: &str = "SELECT COUNT(*) FROM feed WHERE lane = ?1 AND state = 'sent' AND sent_at >= ?2";
/// A turn more than a minute and its pace ahead was reserved before the clock was put back.
pub(super) const TURN: &str = "INSERT INTO feed_pace (structure, next) VALUES (?1, CAST(?2 AS BIGINT) + CAST(?3 AS BIGINT)) \
                               ON CONFLICT (structure) DO UPDATE SET next = CASE WHEN feed_pace.next > ?2 AND feed_pace.next \
                               < CAST(?2 AS BIGINT) + 60000 + ?3 THEN feed_pace.next ELSE ?2 END + ?3 RETURNING next - ?3";
/// What is known of the bytes stays known.
pub(super) const TAG: &str = "INSERT INTO feed_removed (patient, unique_id, hash) VALUES (?1, ?2, ?3) ON CONFLICT (patient, \
                              unique_id) DO UPDATE SET hash = CASE WHEN ?3 = '' THEN feed_removed.hash ELSE ?3 END";
pub(super) const TAGGED: &str = "SELECT COUNT(*) FROM feed_removed WHERE patient = ?1 AND (unique_id = ?2 OR (hash = ?3 AND \
                                 hash <> ''))";
pub(super) const OF_UNIQUE_ID: &str = "SELECT item, revision, worker FROM feed WHERE patient = ?1 AND unique_id = ?2";
pub(super) const PAUSE: &str = "INSERT INTO feed_pause (lane) VALUES (?1) ON CONFLICT (lane) DO NOTHING";
pub(super) const RESUME: &str = "DELETE FROM feed_pause WHERE lane = ?1";
pub(super) const PAUSED: &str = "SELECT COUNT(*) FROM feed_pause WHERE lane = ?1";

/// The columns of a document, from the document.
pub(super) struct Columns {
    pub(super) id: String,
    pub(super) state: &'static str,
    pub(super) not_before: i64,
    pub(super) lot_key: Option<String>,
    pub(super) attempts: i64,
    pub(super) sent_at: Option<i64>,
    pub(super) item: String,
    pub(super) revision: i64,
}

impl Columns {
    pub(super) fn of(item: &FeedItem) -> Result<Self, StoreError> {
        Ok(Self {
            id: item.id.to_string(),
            state: item.state.as_kept(),
            not_before: item.not_before.as_millisecond(),
            lot_key: item.lot_key(),
            attempts: i64::from(item.attempts),
            sent_at: item.sent_at.map(Timestamp::as_millisecond),
            item: serde_json::to_string(item).map_err(|_| unreadable())?,
            revision: i64::try_from(item.revision).unwrap_or(i64::MAX),
        })
    }
}

/// The document of a row. A text that this version does not write is an error of the store, never a guess.
pub(super) fn item(text: &str, revision: i64) -> Result<FeedItem, StoreError> {
    let mut item: FeedItem = serde_json::from_str(text).map_err(|_| unreadable())?;
    item.revision = u64::try_from(revision).map_err(|_| unreadable())?;
    Ok(item)
}

/// The parameters of [`LIST`].
pub(super) fn filter(filter: &FeedFilter) -> [Option<&str>; 6] {
    [
        filter.patient.as_ref().map(PatientKey::as_str),
        filter.state.map(State::as_kept),
        filter.lane.map(super::Lane::as_kept),
        filter.unique_id.as_deref(),
        filter.set_id.as_deref(),
        filter.hash.as_deref(),
    ]
}

/// An instant of the base.
pub(super) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| unreadable())
}

/// A state of the base.
pub(super) fn state(text: &str) -> Result<State, StoreError> {
    State::from_kept(text).ok_or_else(unreadable)
}

pub(super) fn unreadable() -> StoreError {
    StoreError::Unreadable { what: "queued document" }
}
