//! Where things are kept: one SQLite file, one writer, what was acknowledged survives a crash.
//!
//! Each function of this crate has its store trait, so that a software may keep things in a base of its own; [`Database`]
//! implements all of them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// What could not be kept or read. Never tells what was to be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The base refused.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// What the base holds is not what this version writes.
    #[error("the store holds an unreadable {what}: it was written by another version, or damaged")]
    Unreadable {
        /// Kind of the row.
        what: &'static str,
    },
    /// The base is of another version.
    #[error("the store is of version {found}, this software reads up to {expected}: upgrade the software")]
    Version {
        /// Version of the file.
        found: u32,
        /// Newest that is known.
        expected: u32,
    },
    /// The act was done and could not be traced, where the establishment asks for every trace (F14).
    #[error("F14: an act of the software could not be traced: {0}")]
    Untraced(String),
    /// PostgreSQL refused, or cannot be reached.
    #[cfg(feature = "postgresql")]
    #[error("the PostgreSQL base failed (SQLSTATE: {code}); its log tells more")]
    Postgres {
        /// SQLSTATE, or `no answer`.
        code: String,
    },
    /// The settings of a connection to PostgreSQL cannot be read. They are not told: a password may be among them.
    #[cfg(feature = "postgresql")]
    #[error("the settings of the PostgreSQL base cannot be read; expected host=… user=… dbname=…, or postgresql://…")]
    Settings,
    /// Health data would cross a network in clear.
    #[cfg(feature = "postgresql")]
    #[error("the PostgreSQL base is on another machine and TLS is off; give the certificate of its authority")]
    Plaintext,
    /// The certificate of the authority of a PostgreSQL base cannot be read.
    #[cfg(feature = "postgresql")]
    #[error("the certificates of the authority of the PostgreSQL base cannot be read; expected PEM")]
    Authority,
    /// The work was cut short.
    #[error("the store's work was interrupted")]
    Interrupted,
}

/// A table that a module needs, made when the base is opened.
pub(crate) const TABLES: &[&str] = &[
    crate::atna::TABLES,
    crate::consent::TABLES,
    crate::correction::TABLES,
    crate::counter::TABLES,
    crate::import::TABLES,
    crate::error_record::TABLES,
    crate::outbox::TABLES,
    crate::poller::TABLES,
    crate::rights_request::TABLES,
    crate::supervision::TABLES,
    crate::trace::DRILL_TABLES,
    crate::trace::TABLES,
    crate::two_factor::TABLES,
    crate::vaccination::TABLES,
    crate::validation::TABLES,
    crate::visibility::TABLES,
];

/// Version of the tables; each change adds a step to [`Database::open`].
const VERSION: u32 = 1;

/// One SQLite base. Cheap to clone; clones share the connection.
///
/// The file holds health data: it is made readable by its owner only, and belongs on an encrypted volume (EXI 12).
#[derive(Clone)]
pub struct Database {
    connection: Arc<Mutex<Connection>>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

impl Database {
    /// Opens or makes the base. Blocks on the file: call it at start-up.
    ///
    /// # Errors
    /// The file cannot be opened, or is of a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let connection = Connection::open(path.as_ref())?;
        owner_only(path.as_ref());
        // A commit is on the disk when it returns.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Self::prepared(connection)
    }

    /// A base in memory, for tests.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepared(Connection::open_in_memory()?)
    }

    fn prepared(connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > VERSION {
            return Err(StoreError::Version { found, expected: VERSION });
        }
        for table in TABLES {
            connection.execute_batch(table)?;
        }
        connection.pragma_update(None, "user_version", VERSION)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs `work` in one transaction, off the async threads: all of it is kept, or nothing.
    ///
    /// Once begun it ends, even when the future is dropped.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = Arc::clone(&self.connection);
        let ran = tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        });
        ran.await.map_err(|_| StoreError::Interrupted)?
    }

    /// Reads, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = Arc::clone(&self.connection);
        let ran = tokio::task::spawn_blocking(move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner)));
        ran.await.map_err(|_| StoreError::Interrupted)?
    }
}

#[cfg(unix)]
fn owner_only(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // A base that was given other rights on purpose is left alone where the system refuses.
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
}

#[cfg(not(unix))]
fn owner_only(_: &Path) {}

/// A column that holds an instant, as RFC 3339.
pub(crate) fn instant(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<jiff::Timestamp> {
    let text: String = row.get(column)?;
    text.parse()
        .map_err(|_| rusqlite::Error::InvalidColumnType(column, "no instant".to_owned(), rusqlite::types::Type::Text))
}

/// As [`instant`], of a column that may be empty.
pub(crate) fn optional_instant(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<jiff::Timestamp>> {
    row.get::<_, Option<String>>(column)?.map(|_| instant(row, column)).transpose()
}

/// A value that this version does not write is an error of the store, never a guess.
pub(crate) fn kept<T>(column: usize, value: Option<T>) -> rusqlite::Result<T> {
    value.ok_or(rusqlite::Error::InvalidColumnType(column, "an unknown value".to_owned(), rusqlite::types::Type::Text))
}

/// A column that holds a number that is never negative.
pub(crate) fn natural(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    kept(column, u64::try_from(row.get::<_, i64>(column)?).ok())
}

/// A number as SQLite keeps one. None of those kept comes near its end.
pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The word under which a value is kept.
pub(crate) fn word_of<T: Copy + PartialEq>(words: &[(T, &'static str)], value: T) -> &'static str {
    words.iter().find(|(known, _)| *known == value).map_or("", |(_, word)| word)
}

/// The value that is kept under a word.
pub(crate) fn named<T: Copy>(words: &[(T, &'static str)], word: &str) -> Option<T> {
    words.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
}
