//! How long traces are kept: two stores, two purges.

use jiff::Timestamp;

use super::journal::{ANCHOR, Journal, PATIENT};
use super::line::Note;
use super::store::{SealedLine, Selection};
use super::{Action, TraceActor, TraceError, Tracer};
use crate::clock::months_before;
use crate::context::PatientKey;

/// What a purge removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PurgedTraces {
    /// Lines of the local trace.
    pub access: u64,
    /// Lines of the trace of AIR.
    pub air: u64,
}

impl Tracer {
    /// Removes what has been kept long enough: run it once a day. The purge is traced.
    ///
    /// Local lines go after [`super::TraceSettings::access_months`]. Lines of AIR go ten years after the closure of their
    /// DMP ([`Self::dmp_closed`]); those of a DMP that is not known as closed, and those about nobody, stay. A period longer than any calendar removes nothing.
    ///
    /// # Errors
    /// [`TraceError`]; what was removed before stays removed, and the next purge goes on.
    pub async fn purge(&self) -> Result<PurgedTraces, TraceError> {
        let (now, settings) = (self.inner.clock.now(), &self.inner.settings);
        let access = match months_before(now, settings.access_months) {
            Some(limit) => self.inner.access.forget_before(limit).await?,
            None => 0,
        };
        let air = match months_before(now, settings.air_years.saturating_mul(12)) {
            Some(limit) => self.inner.air.destroy_closed_until(limit).await?,
            None => 0,
        };
        let purged = PurgedTraces { access, air };
        if purged != PurgedTraces::default() {
            let words = format!("local trace {access}, trace of AIR {air}");
            self.note(TraceActor::software(), Note::of(Action::Purge).detail(words)).await?;
        }
        Ok(purged)
    }

    /// A DMP was closed at that time (TD1.4, or TD0.2 said so): the ten years of its traces of AIR begin. Told
    /// several times, the earliest counts. After a change of keys tell it again: lines are looked up by key.
    ///
    /// # Errors
    /// [`TraceError`].
    pub async fn dmp_closed(&self, patient: &PatientKey, at: Timestamp) -> Result<(), TraceError> {
        self.closure(patient, Some(at)).await
    }

    /// A DMP that was closed is open again: its traces of AIR stay.
    ///
    /// # Errors
    /// [`TraceError`].
    pub async fn dmp_reopened(&self, patient: &PatientKey) -> Result<(), TraceError> {
        self.closure(patient, None).await
    }

    async fn closure(&self, patient: &PatientKey, at: Option<Timestamp>) -> Result<(), TraceError> {
        let air = &self.inner.air;
        for tag in air.about(PATIENT, patient.as_str()) {
            air.store.closed(tag, at).await?;
        }
        Ok(())
    }
}

impl Journal {
    /// Removes the lines from the first on that were written before that time.
    async fn forget_before(&self, limit: Timestamp) -> Result<u64, TraceError> {
        let last = match self.store.first_since(limit).await? {
            Some(first) => first.saturating_sub(1),
            None => self.store.head().await?.map_or(0, |head| head.seq),
        };
        self.forget_up_to(last).await
    }

    async fn forget_up_to(&self, seq: u64) -> Result<u64, TraceError> {
        let Some(before) = seq.checked_sub(1) else { return Ok(0) };
        let lines = self.store.page(Selection::default(), before, 1).await?;
        match lines.first().filter(|line| line.seq == seq) {
            Some(line) => Ok(self.store.forget(self.mark(ANCHOR, line)?).await?),
            // Removed before.
            None => Ok(0),
        }
    }

    /// Destroys the lines of the DMP that were closed at that time or earlier; others stay in the chain around them.
    async fn destroy_closed_until(&self, limit: Timestamp) -> Result<u64, TraceError> {
        let mut destroyed = 0;
        for patient in self.store.closed_until(limit).await? {
            let lines = Selection { tags: vec![patient], readable: true, ..Selection::default() };
            loop {
                // What was destroyed no longer answers: each page is the first.
                let page = self.page(&lines, 0).await?;
                if page.is_empty() {
                    break;
                }
                destroyed += page.len() as u64;
                let proofs = page.iter().map(|line| Ok((line.seq, self.destruction_of(line)?)));
                self.store.destroy(proofs.collect::<Result<_, TraceError>>()?).await?;
            }
            self.store.closed(patient, None).await?;
        }
        if destroyed > 0 {
            self.forget_destroyed().await?;
        }
        Ok(destroyed)
    }

    /// Destroyed lines at the beginning need not be kept.
    async fn forget_destroyed(&self) -> Result<(), TraceError> {
        let mut last: Option<SealedLine> = None;
        loop {
            let after = last.as_ref().map_or(0, |line| line.seq);
            let page = self.page(&Selection::default(), after).await?;
            let whole = page.len();
            let gone: Vec<SealedLine> = page.into_iter().take_while(|line| line.body.is_none()).collect();
            let stop = gone.len() < whole || whole == 0;
            last = gone.into_iter().last().or(last);
            if stop {
                break;
            }
        }
        match last {
            Some(line) => self.store.forget(self.mark(ANCHOR, &line)?).await.map(drop).map_err(TraceError::from),
            None => Ok(()),
        }
    }
}
