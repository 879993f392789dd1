//! The file: its tables, transactions and their durability.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::bytes::{self, Fault};
use super::{APPLICATION, FORMAT_VERSION, StateError};
use crate::admission::Used;
use crate::world::{Item, Saved, World};

const TABLES: &str = "
    CREATE TABLE item (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
    CREATE TABLE used_assertion (key TEXT PRIMARY KEY, until TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE content (sha256 TEXT PRIMARY KEY, sha1 BLOB NOT NULL, length INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE piece (sha256 TEXT NOT NULL, rank INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (sha256, rank));
";
const CLOCK: &str = "clock";
const OFFSET: &str = "offset";
const TAKEN_AT: &str = "taken_at";

/// Everything that a file holds.
pub(crate) struct Whole {
    pub(crate) world: World,
    /// Milliseconds that the clock of the mock is ahead of the machine's.
    pub(crate) clock_offset: i64,
    /// The time of a snapshot.
    pub(crate) taken_at: Option<Timestamp>,
    /// Assertions already used, and until when that is remembered.
    pub(crate) used: Vec<(Used, Timestamp)>,
}

/// What one transaction writes.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) saved: Saved,
    pub(crate) clock_offset: Option<i64>,
    pub(crate) taken_at: Option<Timestamp>,
    pub(crate) used: Vec<(Used, Timestamp)>,
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        let Saved { everything, items, .. } = &self.saved;
        !everything && items.is_empty() && self.clock_offset.is_none() && self.used.is_empty()
    }
}

/// An open state file. One writer; another process is refused.
pub(crate) struct StateFile {
    path: PathBuf,
    connection: Connection,
}

impl StateFile {
    /// Opens a file, made if it does not exist; the second value is false when it holds nothing yet.
    pub(crate) fn open(path: &Path) -> Result<(Self, bool), StateError> {
        let opened = || {
            let connection = Connection::open(path)?;
            // The lock goes with the process, however it ends.
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // A commit returns when its bytes are on the disk.
            connection.pragma_update(None, "synchronous", "FULL")?;
            let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            Ok((connection, tables))
        };
        let (connection, tables) = opened().map_err(|error| refused(path, "opened", &error))?;
        let file = StateFile { path: path.to_owned(), connection };
        if tables == 0 {
            file.create().map_err(|error| refused(path, "written", &error))?;
        } else {
            file.check_format()?;
        }
        let filled: i64 = file
            .connection
            .query_row("SELECT count(*) FROM item WHERE kind = ?1", [CLOCK], |row| row.get(0))
            .map_err(|error| refused(path, "read", &error))?;
        Ok((file, filled > 0))
    }

    /// Opens a file that exists, to read it only.
    pub(crate) fn open_to_read(path: &Path) -> Result<Self, StateError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(|error| refused(path, "opened", &error))?;
        // Whoever made the file, it runs nothing here.
        connection.pragma_update(None, "trusted_schema", "OFF").map_err(|error| refused(path, "opened", &error))?;
        let file = StateFile { path: path.to_owned(), connection };
        file.check_format()?;
        Ok(file)
    }

    fn check_format(&self) -> Result<(), StateError> {
        let pragma = |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let read = |name: &str| pragma(name).map_err(|error| refused(&self.path, "read", &error));
        if read("application_id")? != APPLICATION {
            return Err(StateError::NotAState { path: self.path.clone() });
        }
        match read("user_version")? {
            FORMAT_VERSION => Ok(()),
            found => Err(StateError::Version { path: self.path.clone(), found }),
        }
    }

    fn create(&self) -> rusqlite::Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", FORMAT_VERSION)?;
        transaction.commit()
    }

    /// Writes batches in their order, all of them or none; they are on the disk when this returns.
    pub(crate) fn write(&self, batches: &[Batch]) -> Result<(), StateError> {
        self.try_write(batches).map_err(|fault| match fault {
            Fault::Store(error) => refused(&self.path, "written", &error),
            Fault::System(error) => {
                StateError::Store { path: self.path.clone(), action: "written", reason: error.to_string() }
            }
        })
    }

    fn try_write(&self, batches: &[Batch]) -> Result<(), Fault> {
        let transaction = self.connection.unchecked_transaction()?;
        let put = "INSERT OR REPLACE INTO item (kind, key, value) VALUES (?1, ?2, ?3)";
        for batch in batches {
            if batch.saved.everything {
                transaction.execute_batch("DELETE FROM item; DELETE FROM used_assertion;")?;
            }
            for content in &batch.saved.contents {
                bytes::write(&transaction, content)?;
            }
            let mut put = transaction.prepare_cached(put)?;
            for item in &batch.saved.items {
                put.execute(params![item.kind, item.key, item.value])?;
            }
            if let Some(offset) = batch.clock_offset {
                put.execute(params![CLOCK, OFFSET, offset.to_string()])?;
            }
            if let Some(taken_at) = batch.taken_at {
                put.execute(params![CLOCK, TAKEN_AT, taken_at.to_string()])?;
            }
            let mut remember =
                transaction.prepare_cached("INSERT OR REPLACE INTO used_assertion (key, until) VALUES (?1, ?2)")?;
            for (used, until) in &batch.used {
                // Two texts, or 32 numbers: such a value always serialises.
                if let Ok(key) = serde_json::to_string(used) {
                    remember.execute(params![key, until.to_string()])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// Reads everything.
    pub(crate) fn read(&self) -> Result<Whole, StateError> {
        let damaged = |what: String| StateError::Damaged { path: self.path.clone(), what };
        let unread = |error| refused(&self.path, "read", &error);
        let (items, used) = (self.items().map_err(unread)?, self.used().map_err(unread)?);
        let clock = |key: &str| items.iter().find(|item| item.kind == CLOCK && item.key == key).map(|item| &item.value);
        let clock_offset = clock(OFFSET).and_then(|offset| offset.parse().ok());
        let clock_offset = clock_offset.ok_or_else(|| damaged("no clock".to_owned()))?;
        let taken_at = clock(TAKEN_AT).and_then(|taken_at| taken_at.parse().ok());
        let mut fault = None;
        let content = |sha256: &str| match bytes::read(&self.connection, sha256) {
            Ok(content) => content,
            Err(error) => {
                fault = Some(error.to_string());
                None
            }
        };
        let world = World::from_saved(items.into_iter(), content);
        if let Some(reason) = fault {
            return Err(StateError::Store { path: self.path.clone(), action: "read", reason });
        }
        let used = used.into_iter().map(|(key, until)| Some((serde_json::from_str(&key).ok()?, until.parse().ok()?)));
        let used = used.collect::<Option<_>>().ok_or_else(|| damaged("the memory of used assertions".to_owned()))?;
        let world = world.map_err(|error| StateError::unreadable(&self.path, &error))?;
        Ok(Whole { world, clock_offset, taken_at, used })
    }

    fn items(&self) -> rusqlite::Result<Vec<Item>> {
        let mut items = self.connection.prepare("SELECT kind, key, value FROM item ORDER BY kind, key")?;
        let items = items.query_map([], |row| Ok(Item { kind: row.get(0)?, key: row.get(1)?, value: row.get(2)? }))?;
        items.collect()
    }

    fn used(&self) -> rusqlite::Result<Vec<(String, String)>> {
        let mut used = self.connection.prepare("SELECT key, until FROM used_assertion")?;
        let used = used.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        used.collect()
    }

    /// Leaves one plain file without journal beside it, to be copied or sent.
    pub(crate) fn close(self) -> Result<(), StateError> {
        let done = self.connection.pragma_update(None, "journal_mode", "DELETE");
        let done = done.and_then(|()| self.connection.close().map_err(|(_, error)| error));
        done.map_err(|error| refused(&self.path, "written", &error))
    }
}

fn refused(path: &Path, action: &'static str, error: &rusqlite::Error) -> StateError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StateError::NotAState { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StateError::InUse { path },
        Some(ErrorCode::DatabaseCorrupt) => StateError::Damaged { path, what: error.to_string() },
        _ => StateError::Store { path, action, reason: error.to_string() },
    }
}
