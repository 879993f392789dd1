//! How far historical feeding is.

use jiff::Timestamp;

use super::{Archive, History};
use crate::clock;
use crate::consent::StanceLedger;
use crate::outbox::{FeedStore, Lane, PatientRegister, State, Tally};
use crate::store::StoreError;

/// More documents on one day than the operator of the DMP wants without being told before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyVolume {
    /// Documents sent today and documents that wait.
    pub found: u64,
    /// As the settings say.
    pub limit: u64,
}

/// How far historical feeding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryProgress {
    /// Documents by state, and how many were sent since midnight (Europe/Paris).
    pub tally: Tally,
    /// A user stopped it.
    pub paused: bool,
    /// Out of its hours: when it goes on.
    pub closed_until: Option<Timestamp>,
    /// Too much for one day.
    pub warning: Option<DailyVolume>,
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister, A: Archive> History<S, L, P, A> {
    /// How far it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn progress(&self) -> Result<HistoryProgress, StoreError> {
        let now = self.outbox.now();
        let midnight = clock::day(now).to_zoned(dmp_protocol::paris()).map_or(now, |midnight| midnight.timestamp());
        let tally = self.outbox.tally(Lane::Historical, midnight).await?;
        let found = tally.sent_since + tally.of(State::Scheduled);
        let limit = self.settings.daily_volume;
        Ok(HistoryProgress {
            paused: self.outbox.is_paused(Lane::Historical).await?,
            closed_until: self.settings.window.closed_until(now),
            warning: (found > limit).then_some(DailyVolume { found, limit }),
            tally,
        })
    }
}
