//! The queue in PostgreSQL: several processes, on several machines, share it (feature `postgresql`).
//!
//! A worker locks the rows that it takes and passes over the ones that others have locked; every write names the revision
//! that it read. Nobody can tell whether the worker of another process is dead before its lease has passed: the clocks of the
//! machines must agree, and the lease be longer than any request. The bytes stay in the spool: a folder that all processes
//! see.

mod connection;
mod tls;

use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::{GenericClient, Row, Transaction};
use uuid::Uuid;

pub use self::connection::PostgresQueue;
use self::connection::{dialect, refused};
pub use self::tls::PostgresTls;
use super::settings::LARGEST_LOT;
use super::sql::{self, Columns};
use super::{Act, Claim, FeedFilter, FeedId, FeedItem, FeedStore, Lane, State, Tally};
use crate::context::PatientKey;
use crate::store::StoreError;

/// A parameter of a statement.
type Parameter<'a> = &'a (dyn tokio_postgres::types::ToSql + Sync);

/// Rows that another worker has in hand are passed over.
const LOCKED: &str = " FOR UPDATE SKIP LOCKED";

impl FeedStore for PostgresQueue {
    async fn add(&self, item: FeedItem) -> Result<(), StoreError> {
        let row = Columns::of(&item)?;
        let (patient, lane) = (item.patient.as_str(), item.lane.as_kept());
        let values: [Parameter<'_>; 12] = [
            &row.id,
            &patient,
            &item.unique_id,
            &item.set_id,
            &item.hash,
            &lane,
            &row.state,
            &row.not_before,
            &row.lot_key,
            &row.attempts,
            &row.sent_at,
            &row.item,
        ];
        self.client().await?.execute(&dialect(sql::ADD), &values).await.map_err(refused).map(drop)
    }

    async fn get(&self, id: FeedId) -> Result<Option<FeedItem>, StoreError> {
        let client = self.client().await?;
        Ok(select(&*client, sql::GET, &[&id.to_string()]).await?.pop())
    }

    async fn list(&self, filter: FeedFilter) -> Result<Vec<FeedItem>, StoreError> {
        let client = self.client().await?;
        let values = sql::filter(&filter);
        let values: Vec<Parameter<'_>> = values.iter().map(|value| value as Parameter<'_>).collect();
        select(&*client, sql::LIST, &values).await
    }

    async fn replace(&self, item: FeedItem) -> Result<bool, StoreError> {
        let client = self.client().await?;
        put(&*client, &item, None).await
    }

    async fn claim(&self, claim: Claim) -> Result<Vec<FeedItem>, StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(refused)?;
        let (lane, now) = (claim.lane.as_kept(), claim.now.as_millisecond());
        let due = format!("{}{LOCKED}", sql::DUE);
        let Some(first) = select(&transaction, &due, &[&lane, &now]).await?.pop() else { return Ok(Vec::new()) };
        let lot = match first.lot_key() {
            Some(key) => {
                let query = format!("{}{LOCKED}", sql::LOT);
                select(&transaction, &query, &[&lane, &key, &i64::from(first.attempts), &LARGEST_LOT]).await?
            }
            None => vec![first],
        };
        take(transaction, lot, claim, State::Sending).await
    }

    async fn claim_ambiguous(&self, claim: Claim) -> Result<Vec<FeedItem>, StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(refused)?;
        let (lane, now) = (claim.lane.as_kept(), claim.now.as_millisecond());
        let lost = format!("{}{LOCKED}", sql::LOST);
        let Some(first) = select(&transaction, &lost, &[&lane, &now]).await?.pop() else { return Ok(Vec::new()) };
        let query = format!("{}{LOCKED}", sql::LOST_OF_PATIENT);
        let rows = select(&transaction, &query, &[&lane, &now, &first.patient.as_str(), &LARGEST_LOT]).await?;
        take(transaction, rows, claim, State::Ambiguous).await
    }

    async fn settle(&self, items: Vec<FeedItem>) -> Result<Vec<FeedId>, StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(refused)?;
        let mut written = Vec::new();
        for item in &items {
            if put(&transaction, item, None).await? {
                written.push(item.id);
            }
        }
        transaction.commit().await.map_err(refused)?;
        Ok(written)
    }

    /// The workers of other processes are not known here: only leases tell.
    async fn recover(&self, _alive: Vec<Uuid>, now: Timestamp) -> Result<usize, StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(refused)?;
        let query = format!("{}{LOCKED}", sql::LAPSED);
        let mut recovered = 0;
        for mut item in select(&transaction, &query, &[&now.as_millisecond()]).await? {
            item.state = item.state.after(Act::Lose).unwrap_or(item.state);
            item.not_before = now;
            recovered += usize::from(put(&transaction, &item, None).await?);
        }
        transaction.commit().await.map_err(refused)?;
        Ok(recovered)
    }

    async fn tag_removed(&self, patient: PatientKey, unique_id: String, hash: String) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(refused)?;
        let patient = patient.as_str();
        transaction.execute(&dialect(sql::TAG), &[&patient, &unique_id, &hash]).await.map_err(refused)?;
        let query = format!("{} FOR UPDATE", sql::OF_UNIQUE_ID);
        let rows = select(&transaction, &query, &[&patient, &unique_id]).await?;
        for mut item in rows.into_iter().filter(FeedItem::is_published) {
            item.removed = true;
            put(&transaction, &item, None).await?;
        }
        transaction.commit().await.map_err(refused)
    }

    async fn is_removed(&self, patient: PatientKey, unique_id: String, hash: String) -> Result<bool, StoreError> {
        let count: i64 = self.value(sql::TAGGED, &[&patient.as_str(), &unique_id, &hash]).await?;
        Ok(count > 0)
    }

    async fn next_due(&self, lane: Lane) -> Result<Option<Timestamp>, StoreError> {
        let due: Option<i64> = self.value(sql::NEXT_DUE, &[&lane.as_kept()]).await?;
        due.map(sql::instant).transpose()
    }

    async fn tally(&self, lane: Lane, since: Timestamp) -> Result<Tally, StoreError> {
        let lane = lane.as_kept();
        let rows = self.client().await?.query(&dialect(sql::TALLY), &[&lane]).await.map_err(refused)?;
        let mut tally = Tally::default();
        for row in rows {
            let state: String = row.try_get(0).map_err(refused)?;
            let count: i64 = row.try_get(1).map_err(refused)?;
            tally.states.insert(sql::state(&state)?, count.unsigned_abs());
        }
        let sent: i64 = self.value(sql::SENT_SINCE, &[&lane, &since.as_millisecond()]).await?;
        tally.sent_since = sent.unsigned_abs();
        Ok(tally)
    }

    async fn turn(&self, structure: String, now: Timestamp, pace: Duration) -> Result<Timestamp, StoreError> {
        let pace = i64::try_from(pace.as_millis()).unwrap_or(i64::MAX);
        sql::instant(self.value(sql::TURN, &[&structure, &now.as_millisecond(), &pace]).await?)
    }

    async fn pause(&self, lane: Lane, paused: bool) -> Result<(), StoreError> {
        let query = if paused { sql::PAUSE } else { sql::RESUME };
        self.client().await?.execute(&dialect(query), &[&lane.as_kept()]).await.map_err(refused).map(drop)
    }

    async fn is_paused(&self, lane: Lane) -> Result<bool, StoreError> {
        let count: i64 = self.value(sql::PAUSED, &[&lane.as_kept()]).await?;
        Ok(count > 0)
    }
}

impl PostgresQueue {
    /// The value of a statement that gives one.
    async fn value<T>(&self, query: &str, values: &[Parameter<'_>]) -> Result<T, StoreError>
    where
        T: for<'a> tokio_postgres::types::FromSql<'a>,
    {
        let row = self.client().await?.query_one(&dialect(query), values).await.map_err(refused)?;
        row.try_get(0).map_err(refused)
    }
}

async fn select(
    client: &impl GenericClient,
    query: &str,
    values: &[Parameter<'_>],
) -> Result<Vec<FeedItem>, StoreError> {
    let rows = client.query(&dialect(query), values).await.map_err(refused)?;
    rows.iter().map(document).collect()
}

fn document(row: &Row) -> Result<FeedItem, StoreError> {
    let text: String = row.try_get(0).map_err(refused)?;
    sql::item(&text, row.try_get(1).map_err(refused)?)
}

/// Writes documents as taken, and ends the transaction.
async fn take(
    transaction: Transaction<'_>,
    rows: Vec<FeedItem>,
    claim: Claim,
    state: State,
) -> Result<Vec<FeedItem>, StoreError> {
    let mut taken = Vec::new();
    for mut item in rows {
        item.state = state;
        if put(&transaction, &item, Some(claim)).await? {
            item.revision += 1;
            taken.push(item);
        }
    }
    transaction.commit().await.map_err(refused)?;
    Ok(taken)
}

/// Writes a document if nobody has since it was read; says whether it did.
async fn put(client: &impl GenericClient, item: &FeedItem, claim: Option<Claim>) -> Result<bool, StoreError> {
    let row = Columns::of(item)?;
    let worker = claim.map(|claim| claim.worker.to_string()).unwrap_or_default();
    let lease = claim.map_or(0, |claim| claim.lease.as_millisecond());
    let values: [Parameter<'_>; 10] = [
        &row.state,
        &row.not_before,
        &row.lot_key,
        &row.attempts,
        &row.sent_at,
        &row.item,
        &worker,
        &lease,
        &row.id,
        &row.revision,
    ];
    Ok(client.execute(&dialect(sql::PUT), &values).await.map_err(refused)? > 0)
}
