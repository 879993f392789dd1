//! The queue in SQLite: one file, one process.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};
use uuid::Uuid;

use super::settings::LARGEST_LOT;
use super::sql::{self, Columns};
use super::{Act, Claim, FeedFilter, FeedId, FeedItem, FeedStore, Lane, State, Tally};
use crate::context::PatientKey;
use crate::store::{Database, StoreError};

impl FeedStore for Database {
    async fn add(&self, item: FeedItem) -> Result<(), StoreError> {
        self.write(move |base| {
            let row = Columns::of(&item)?;
            base.prepare_cached(sql::ADD)?.execute(params![
                row.id,
                item.patient.as_str(),
                item.unique_id,
                item.set_id,
                item.hash,
                item.lane.as_kept(),
                row.state,
                row.not_before,
                row.lot_key,
                row.attempts,
                row.sent_at,
                row.item,
            ])?;
            Ok(())
        })
        .await
    }

    async fn get(&self, id: FeedId) -> Result<Option<FeedItem>, StoreError> {
        self.read(move |base| Ok(select(base, sql::GET, [text(id.to_string())])?.pop().map(|(item, _)| item))).await
    }

    async fn list(&self, filter: FeedFilter) -> Result<Vec<FeedItem>, StoreError> {
        self.read(move |base| {
            let key = sql::filter(&filter).map(|value| value.map_or(Value::Null, |value| text(value.to_owned())));
            Ok(select(base, sql::LIST, key)?.into_iter().map(|(item, _)| item).collect())
        })
        .await
    }

    async fn replace(&self, item: FeedItem) -> Result<bool, StoreError> {
        self.write(move |base| put(base, &item, None)).await
    }

    async fn claim(&self, claim: Claim) -> Result<Vec<FeedItem>, StoreError> {
        self.write(move |base| {
            let lane = text(claim.lane.as_kept().to_owned());
            let due = [lane.clone(), Value::Integer(claim.now.as_millisecond())];
            let Some((first, _)) = select(base, sql::DUE, due)?.pop() else { return Ok(Vec::new()) };
            let lot = match first.lot_key() {
                Some(key) => {
                    let tries = Value::Integer(i64::from(first.attempts));
                    select(base, sql::LOT, [lane, text(key), tries, Value::Integer(LARGEST_LOT)])?
                }
                None => vec![(first, String::new())],
            };
            take(base, lot, claim, State::Sending)
        })
        .await
    }

    async fn claim_ambiguous(&self, claim: Claim) -> Result<Vec<FeedItem>, StoreError> {
        self.write(move |base| {
            let lane = text(claim.lane.as_kept().to_owned());
            let now = Value::Integer(claim.now.as_millisecond());
            let first = select(base, sql::LOST, [lane.clone(), now.clone()])?.pop();
            let Some((first, _)) = first else { return Ok(Vec::new()) };
            let key = [lane, now, text(first.patient.as_str().to_owned()), Value::Integer(LARGEST_LOT)];
            take(base, select(base, sql::LOST_OF_PATIENT, key)?, claim, State::Ambiguous)
        })
        .await
    }

    async fn settle(&self, items: Vec<FeedItem>) -> Result<Vec<FeedId>, StoreError> {
        self.write(move |base| {
            let mut written = Vec::new();
            for item in &items {
                if put(base, item, None)? {
                    written.push(item.id);
                }
            }
            Ok(written)
        })
        .await
    }

    /// One process owns the file: what a worker of another was sending, nobody sends now.
    async fn recover(&self, alive: Vec<Uuid>, now: Timestamp) -> Result<usize, StoreError> {
        self.write(move |base| {
            let alive: Vec<String> = alive.iter().map(Uuid::to_string).collect();
            let rows = select(base, sql::ON_THE_WAY, [Value::Integer(now.as_millisecond())])?;
            let mut recovered = 0;
            for (mut item, _) in rows.into_iter().filter(|(_, worker)| !alive.contains(worker)) {
                item.state = item.state.after(Act::Lose).unwrap_or(item.state);
                item.not_before = now;
                recovered += usize::from(put(base, &item, None)?);
            }
            Ok(recovered)
        })
        .await
    }

    async fn tag_removed(&self, patient: PatientKey, unique_id: String, hash: String) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute(sql::TAG, [patient.as_str(), unique_id.as_str(), hash.as_str()])?;
            let key = [text(patient.as_str().to_owned()), text(unique_id)];
            for (mut item, _) in
                select(base, sql::OF_UNIQUE_ID, key)?.into_iter().filter(|(item, _)| item.is_published())
            {
                item.removed = true;
                put(base, &item, None)?;
            }
            Ok(())
        })
        .await
    }

    async fn is_removed(&self, patient: PatientKey, unique_id: String, hash: String) -> Result<bool, StoreError> {
        self.read(move |base| {
            let key = [patient.as_str(), unique_id.as_str(), hash.as_str()];
            Ok(base.query_row(sql::TAGGED, key, |row| row.get::<_, i64>(0))? > 0)
        })
        .await
    }

    async fn next_due(&self, lane: Lane) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |base| {
            let due: Option<i64> = base.query_row(sql::NEXT_DUE, [lane.as_kept()], |row| row.get(0))?;
            due.map(sql::instant).transpose()
        })
        .await
    }

    async fn tally(&self, lane: Lane, since: Timestamp) -> Result<Tally, StoreError> {
        self.read(move |base| {
            let mut statement = base.prepare_cached(sql::TALLY)?;
            let rows =
                statement.query_map([lane.as_kept()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
            let mut tally = Tally::default();
            for row in rows {
                let (state, count) = row?;
                tally.states.insert(sql::state(&state)?, count.unsigned_abs());
            }
            let key = params![lane.as_kept(), since.as_millisecond()];
            let sent: i64 = base.query_row(sql::SENT_SINCE, key, |row| row.get(0))?;
            tally.sent_since = sent.unsigned_abs();
            Ok(tally)
        })
        .await
    }

    async fn turn(&self, structure: String, now: Timestamp, pace: Duration) -> Result<Timestamp, StoreError> {
        self.write(move |base| {
            let pace = i64::try_from(pace.as_millis()).unwrap_or(i64::MAX);
            let key = params![structure, now.as_millisecond(), pace];
            sql::instant(base.query_row(sql::TURN, key, |row| row.get(0))?)
        })
        .await
    }

    async fn pause(&self, lane: Lane, paused: bool) -> Result<(), StoreError> {
        let query = if paused { sql::PAUSE } else { sql::RESUME };
        self.write(move |base| Ok(base.execute(query, [lane.as_kept()]).map(drop)?)).await
    }

    async fn is_paused(&self, lane: Lane) -> Result<bool, StoreError> {
        self.read(move |base| Ok(base.query_row(sql::PAUSED, [lane.as_kept()], |row| row.get::<_, i64>(0))? > 0)).await
    }
}

fn text(value: String) -> Value {
    Value::Text(value)
}

/// Documents, and the workers that have them.
fn select<const N: usize>(
    base: &Connection,
    query: &str,
    key: [Value; N],
) -> Result<Vec<(FeedItem, String)>, StoreError> {
    let mut statement = base.prepare_cached(query)?;
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?));
    let rows = statement.query_map(params_from_iter(key), row)?;
    rows.map(|row| {
        let (text, revision, worker) = row?;
        Ok((sql::item(&text, revision)?, worker))
    })
    .collect()
}

/// Writes documents as taken.
fn take(
    base: &Connection,
    rows: Vec<(FeedItem, String)>,
    claim: Claim,
    state: State,
) -> Result<Vec<FeedItem>, StoreError> {
    let mut taken = Vec::new();
    for (mut item, _) in rows {
        item.state = state;
        if put(base, &item, Some(claim))? {
            item.revision += 1;
            taken.push(item);
        }
    }
    Ok(taken)
}

/// Writes a document if nobody has since it was read; says whether it did.
fn put(base: &Connection, item: &FeedItem, claim: Option<Claim>) -> Result<bool, StoreError> {
    let row = Columns::of(item)?;
    let worker = claim.map(|claim| claim.worker.to_string()).unwrap_or_default();
    let lease = claim.map_or(0, |claim| claim.lease.as_millisecond());
    let changed = base.prepare_cached(sql::PUT)?.execute(params![
        row.state,
        row.not_before,
        row.lot_key,
        row.attempts,
        row.sent_at,
        row.item,
        worker,
        lease,
        row.id,
        row.revision,
    ])?;
    Ok(changed > 0)
}
