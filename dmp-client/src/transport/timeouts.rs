//! How long the client waits.

use std::time::Duration;

/// Time limits of a call (`transactions.md` §4; the DMP publishes none, so all are configurable).
///
/// The total covers everything after the decision to call: connection, request, answer read to its end,
/// redirects and the one retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// TCP connection and TLS handshake together. Default 10 s.
    pub connect: Duration,
    /// Total of a transaction that carries no document: TD0.x, TD3.1, TD3.3. Default 30 s.
    pub message: Duration,
    /// Total of a transaction that carries documents: TD2.1, TD3.2. Default 120 s.
    pub document: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), message: Duration::from_secs(30), document: Duration::from_secs(120) }
    }
}
