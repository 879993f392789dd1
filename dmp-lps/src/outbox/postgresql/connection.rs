//! The connection to the base: made again when it is lost.

use std::fmt;
use std::str::FromStr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, Connection, NoTls};

use super::super::sql;
use super::tls::{PostgresTls, RustlsConnector};
use crate::store::StoreError;

/// Serialises the making of the tables by processes that start together.
const SETUP: &str = "SELECT pg_advisory_xact_lock(7265736861)";

/// A queue in a PostgreSQL base, version 12 or later, over one connection. `Debug` shows nothing of the base.
pub struct PostgresQueue {
    config: Config,
    tls: PostgresTls,
    client: Mutex<Option<Client>>,
}

impl fmt::Debug for PostgresQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresQueue")
    }
}

impl PostgresQueue {
    /// Connects, and makes the tables if they are not there.
    ///
    /// `settings` is a connection string of libpq (`host=… user=… dbname=…`) or a `postgresql://` address; what it says of
    /// `sslmode` is replaced by `tls`.
    ///
    /// # Errors
    /// [`StoreError`]: the settings cannot be read, the base cannot be reached or refuses, or it is on another machine and
    /// `tls` is off.
    pub async fn connect(settings: &str, tls: PostgresTls) -> Result<Self, StoreError> {
        let mut config = Config::from_str(settings).map_err(|_| StoreError::Settings)?;
        // The connection goes to `hostaddr` where there is one, whatever `host` says.
        let local =
            config.get_hosts().iter().all(is_local) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
        if matches!(tls, PostgresTls::Off) && !local {
            return Err(StoreError::Plaintext);
        }
        config.ssl_mode(match tls {
            PostgresTls::Off => SslMode::Disable,
            PostgresTls::Verified(_) => SslMode::Require,
        });
        let queue = Self { config, tls, client: Mutex::new(None) };
        let mut client = queue.open().await?;
        let setup = client.transaction().await.map_err(refused)?;
        setup.batch_execute(SETUP).await.map_err(refused)?;
        setup.batch_execute(&dialect(sql::TABLES)).await.map_err(refused)?;
        setup.commit().await.map_err(refused)?;
        *queue.client.lock().await = Some(client);
        Ok(queue)
    }

    /// The connection, alone.
    pub(super) async fn client(&self) -> Result<MappedMutexGuard<'_, Client>, StoreError> {
        let mut guard = self.client.lock().await;
        if guard.as_ref().is_none_or(Client::is_closed) {
            *guard = Some(self.open().await?);
        }
        MutexGuard::try_map(guard, Option::as_mut).map_err(|_| StoreError::Interrupted)
    }

    async fn open(&self) -> Result<Client, StoreError> {
        match &self.tls {
            PostgresTls::Off => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(refused)?;
                drive(connection);
                Ok(client)
            }
            PostgresTls::Verified(roots) => {
                let connector = RustlsConnector::trusting(roots)?;
                let (client, connection) = self.config.connect(connector).await.map_err(refused)?;
                drive(connection);
                Ok(client)
            }
        }
    }
}

/// Whether no network lies between.
fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// Moves the bytes of a connection until it ends.
fn drive<S, T>(connection: Connection<S, T>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(code = code(&error), "the connection to the base of the queue ended");
        }
    });
}

/// Parameters as PostgreSQL writes them, and its serial numbers.
pub(super) fn dialect(statement: &str) -> String {
    statement.replace('?', "$").replace("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGSERIAL PRIMARY KEY")
}

/// The words of the base may hold values: its code is enough.
pub(super) fn refused(error: tokio_postgres::Error) -> StoreError {
    StoreError::Postgres { code: code(&error).to_owned() }
}

fn code(error: &tokio_postgres::Error) -> &str {
    error.code().map_or("no answer", |state| state.code())
}
