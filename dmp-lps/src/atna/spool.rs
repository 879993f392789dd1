//! What waits for the sink.

use std::future::Future;

use rusqlite::params;

use crate::store::{Database, StoreError, natural, whole};

/// One line per message that no sink has taken yet, and how far the traces were read.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS atna_spool (seq INTEGER PRIMARY KEY, message TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS atna_taken (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
";

/// An audit message under the number of its trace.
#[derive(Clone, PartialEq, Eq)]
pub struct Spooled {
    /// Number of the trace.
    pub seq: u64,
    /// The RFC 5424 message.
    pub message: String,
}

impl std::fmt::Debug for Spooled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spooled").field("seq", &self.seq).finish_non_exhaustive()
    }
}

/// Keeps messages until a sink has taken them.
pub trait AuditSpool: Send + Sync + 'static {
    /// Adds messages and remembers that the traces were read up to that number, all or none. A message whose number was
    /// taken before is left out: nothing is queued twice.
    fn put(&self, messages: Vec<Spooled>, up_to: u64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How far the traces were read, 0 at first.
    fn taken(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The oldest messages that wait.
    fn oldest(&self, at_most: u32) -> impl Future<Output = Result<Vec<Spooled>, StoreError>> + Send;

    /// Forgets the messages up to that number: a sink has them.
    fn delivered(&self, up_to: u64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many messages wait.
    fn waiting(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

impl AuditSpool for Database {
    async fn put(&self, messages: Vec<Spooled>, up_to: u64) -> Result<(), StoreError> {
        self.write(move |base| {
            let taken = taken(base)?;
            for Spooled { seq, message } in messages.into_iter().filter(|message| message.seq > taken) {
                base.execute("INSERT INTO atna_spool (seq, message) VALUES (?1, ?2)", params![whole(seq), message])?;
            }
            let taken = taken.max(up_to);
            base.execute("INSERT OR REPLACE INTO atna_taken (one, seq) VALUES (1, ?1)", [whole(taken)])?;
            Ok(())
        })
        .await
    }

    async fn taken(&self) -> Result<u64, StoreError> {
        self.read(taken).await
    }

    async fn oldest(&self, at_most: u32) -> Result<Vec<Spooled>, StoreError> {
        self.read(move |base| {
            let mut statement = base.prepare("SELECT seq, message FROM atna_spool ORDER BY seq LIMIT ?1")?;
            let rows =
                statement.query_map([at_most], |row| Ok(Spooled { seq: natural(row, 0)?, message: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn delivered(&self, up_to: u64) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute("DELETE FROM atna_spool WHERE seq <= ?1", [whole(up_to)])?;
            Ok(())
        })
        .await
    }

    async fn waiting(&self) -> Result<u64, StoreError> {
        self.read(|base| Ok(base.query_row("SELECT count(*) FROM atna_spool", [], |row| natural(row, 0))?)).await
    }
}

fn taken(base: &rusqlite::Connection) -> Result<u64, StoreError> {
    let query = "SELECT coalesce(max(seq), 0) FROM atna_taken";
    Ok(base.query_row(query, [], |row| natural(row, 0))?)
}
