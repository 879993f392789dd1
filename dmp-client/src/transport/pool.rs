//! Connections kept open between calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::connection::{Authority, Connection};

/// Kept per host; more are closed.
const MAX_IDLE: usize = 8;
/// Shorter than the idle cut of the DMP (60 s, probable).
const IDLE_FOR: Duration = Duration::from_secs(50);

/// Idle connections by host.
#[derive(Clone, Default)]
pub(crate) struct Pool {
    idle: Arc<Mutex<HashMap<Authority, Vec<Idle>>>>,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// A connection that was still alive a moment ago, the latest used first.
    pub(crate) fn take(&self, authority: &Authority) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.get_mut(authority)?;
        while let Some(Idle { connection, since }) = connections.pop() {
            if since.elapsed() < IDLE_FOR && connection.sender.is_ready() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose last answer was read to its end.
    pub(crate) fn put(&self, connection: Connection) {
        if connection.sender.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.entry(connection.authority.clone()).or_default();
        if connections.len() < MAX_IDLE {
            connections.push(Idle { connection, since: Instant::now() });
        }
    }
}
