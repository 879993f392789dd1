//! One record, while the emergency lasts.

use std::fmt;
use std::sync::Arc;

use dmp_client::{DmpError, Record, mode};
use futures_util::stream::{self, Stream, StreamExt};

use super::life::{EndCause, Life};

/// One record in bris de glace. It ends with this value, and with the patient, the user session or the longest duration
/// before it.
pub struct BrisDeGlaceGuard<A> {
    record: Record<A, mode::BrisDeGlace>,
    life: Arc<Life>,
}

impl<A> BrisDeGlaceGuard<A> {
    pub(super) fn new(record: Record<A, mode::BrisDeGlace>, life: Arc<Life>) -> Self {
        Self { record, life }
    }

    /// The record. A clone kept beyond the end is refused each transaction.
    ///
    /// # Errors
    /// `BRIS_DE_GLACE_ENDED`, with the cause.
    pub fn record(&self) -> Result<&Record<A, mode::BrisDeGlace>, DmpError> {
        self.life.require().map(|()| &self.record)
    }

    /// What the screen shows all the time (`EX_0.2-1050`).
    #[must_use]
    pub fn banner(&self) -> Banner {
        Banner { life: Arc::clone(&self.life) }
    }

    /// The user closes the record.
    pub fn end(self) {
        drop(self);
    }
}

impl<A> Drop for BrisDeGlaceGuard<A> {
    fn drop(&mut self) {
        self.life.end(EndCause::Closed);
    }
}

impl<A> fmt::Debug for BrisDeGlaceGuard<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrisDeGlaceGuard").field("over", &self.life.over()).finish_non_exhaustive()
    }
}

/// The permanent banner of a bris de glace; it does not keep it open.
#[derive(Clone)]
pub struct Banner {
    life: Arc<Life>,
}

impl Banner {
    /// Whether the bris de glace is active now.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.life.over().is_none()
    }

    /// Why it is over, or `None`.
    #[must_use]
    pub fn over(&self) -> Option<EndCause> {
        self.life.over()
    }

    /// What the banner shows: `true` while it is active, then `false` at the end, which closes the stream.
    pub fn changes(&self) -> impl Stream<Item = bool> + Send + use<> {
        let (now, life) = (self.is_active(), Arc::clone(&self.life));
        let end = stream::once(async move {
            life.ended().await;
            false
        });
        stream::iter(now.then_some(true)).chain(end)
    }
}

impl fmt::Debug for Banner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Banner").field("active", &self.is_active()).finish()
    }
}
