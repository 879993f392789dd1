//! How far the bytes of a long transaction are.

/// Bytes of one request or answer, so far. A request that is tried again begins at 0 again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Which way.
    pub direction: Direction,
    /// Bytes that were given to the connection, or to the sinks of the documents.
    pub bytes: u64,
    /// Of how many; `None` when a document was asked for without its entry.
    pub of: Option<u64>,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A submission (TD2.1, TD2.2), with its message.
    Sent,
    /// Documents (TD3.2), without the message around them.
    Received,
}
