//! What stands between a session and the network: it may refuse a call, writes down that it happens, learns how it ended.
//!
//! Every transaction of a session passes (TD0.2 to TD3.3d, and the entries into the Web-PS), each once, whatever is tried
//! again inside. Guards and traces are watches: [`crate::Session::watched`] adds one to a session,
//! [`crate::DmpClientBuilder::watch`] to all sessions of a client.
//!
//! What the session itself refuses before a transaction begins (a patient who does not agree, a DMP known to be closed, a
//! coherence rule) is an error of the method that was called: no transaction, and nothing to watch.

mod attempt;
mod ended;
pub(crate) mod label;
pub(crate) mod span;
mod transfer;

use std::pin::Pin;

pub use attempt::{Act, Attempt, Issued, WatchedDocument};
pub use ended::{AssertionUse, End, Ended, Failure};
pub use transfer::{Direction, Transfer};

use crate::DmpError;

/// What a watch does at one step.
pub type Step<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Watches the transactions of sessions. Each step does nothing unless it is written.
///
/// Several watches are asked in the order in which they were added, and told the end in the reverse order. The first that
/// refuses stops the call: those before it are told, it and those after it are not. Put a trace first: it then sees what
/// the others refuse.
pub trait Watch: Send + Sync {
    /// A transaction is about to begin.
    ///
    /// # Errors
    /// Whatever it refuses with ([`DmpError::local`]): nothing is sent, and the caller gets that error.
    fn before<'a>(&'a self, attempt: &'a Attempt) -> Step<'a, Result<(), DmpError>> {
        let _ = attempt;
        Box::pin(std::future::ready(Ok(())))
    }

    /// An assertion was signed for one request of the transaction, and is about to be written to the connection: each
    /// attempt, redirection and reconnection has its own, and outside AIR one may be sent again ([`Issued::reused`]).
    ///
    /// # Errors
    /// As [`Self::before`]: the request is not written.
    fn assertion<'a>(&'a self, attempt: &'a Attempt, issued: &'a Issued) -> Step<'a, Result<(), DmpError>> {
        let _ = (attempt, issued);
        Box::pin(std::future::ready(Ok(())))
    }

    /// Bytes of documents went or came, 64 KiB or so at a time: for the progress of a long submission or retrieval. It must
    /// not wait.
    fn transferred(&self, attempt: &Attempt, transfer: Transfer) {
        let _ = (attempt, transfer);
    }

    /// The transaction is over; the caller gets its result afterwards.
    fn after<'a>(&'a self, attempt: &'a Attempt, ended: &'a Ended) -> Step<'a, ()> {
        let _ = (attempt, ended);
        Box::pin(std::future::ready(()))
    }

    /// The caller dropped the future: in [`End::Abandoned`] while it was under way, otherwise while [`Self::after`] was
    /// running, which may then have done its work or not. Called where the drop happens: it must not wait.
    fn abandoned(&self, attempt: &Attempt, ended: &Ended) {
        let _ = (attempt, ended);
    }
}
