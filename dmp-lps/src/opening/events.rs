//! An opening as a screen follows it.

use dmp_client::mode::Consults;
use dmp_client::{Consent, DmpError, Record};
use futures_util::stream::{self, Stream, StreamExt};

use super::Opening;
use super::badge::{NotQueried, RecordBadge};
use super::opened::Opened;
use crate::consent::StanceLedger;

/// What happens while a record opens. `Checking` comes at once, then one of the others, and nothing after it.
#[derive(Debug)]
pub enum OpeningEvent<'a, A, L> {
    /// The DMP is being asked; the local record is usable.
    Checking,
    /// The gate keeps the record closed: nothing was sent, the badge says why.
    KeptClosed(Box<RecordBadge>),
    /// The state is known, or the DMP did not answer in time: the badge says which.
    Opened(Box<Opened<'a, A, L>>),
    /// The DMP, or the register of consents, failed.
    Failed(Box<DmpError>),
}

impl<L: StanceLedger> Opening<L> {
    /// As [`Self::open`], as a stream. Dropping it stops waiting.
    pub fn events<'a, A: Consults>(
        &'a self,
        record: impl FnOnce(Consent) -> Result<Record<A>, DmpError> + 'a,
    ) -> impl Stream<Item = OpeningEvent<'a, A, L>> + 'a {
        let checking = stream::once(async { OpeningEvent::Checking });
        checking.chain(stream::once(async move {
            match self.open_or_refuse(record).await {
                Ok(Ok(opened)) => OpeningEvent::Opened(Box::new(opened)),
                Ok(Err(refusal)) => OpeningEvent::KeptClosed(Box::new(self.not_queried(NotQueried::Gate(refusal)))),
                Err(error) => OpeningEvent::Failed(Box::new(error)),
            }
        }))
    }
}
