//! What users do with a document that waits: validate, hold, release, hide, cancel, send after all.

use dmp_client::Hidden;

use super::queue::Inner;
use super::{
    Act, FeedEvent, FeedFilter, FeedId, FeedItem, FeedStore, Lane, Outbox, OutboxError, PatientRegister, State,
    Warning, What,
};
use crate::consent::StanceLedger;
use crate::context::PatientKey;
use crate::store::StoreError;
use crate::trace::Action;

impl<S: FeedStore, L: StanceLedger, P: PatientRegister> Outbox<S, L, P> {
    /// The professional validated the document: the delay begins, unless a reason speaks against it (rule 2). Versions of it
    /// that wait give way (rule 6).
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn validated(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        let item = self.step(id, |_| Act::Validate).await?;
        self.inner.supersede(&item).await?;
        self.trace(Action::Validate, &item).await?;
        Ok(item)
    }

    /// Holds a document back, validated or not. [`Warning::MandatoryTypeHeld`] is among its warnings when the regulation wants
    /// such documents fed.
    ///
    /// # Errors
    /// [`OutboxError`]: it is on the way, or further.
    pub async fn hold(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.traced_step(Action::Hold, id, |_| Act::Hold).await
    }

    /// Lets a held document go on; the delay of a validated one begins again.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn release(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        let release = |item: &FeedItem| if item.validated { Act::ReleaseValidated } else { Act::ReleaseDraft };
        self.traced_step(Action::Release, id, release).await
    }

    /// Withdraws a document before it is sent.
    ///
    /// # Errors
    /// [`OutboxError`]: it is on the way, or further.
    pub async fn cancel(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.traced_step(Action::Cancel, id, |_| Act::Cancel).await
    }

    /// Sends a failed, excluded or cancelled document after all; the reasons are looked at again.
    ///
    /// # Errors
    /// [`OutboxError`]: a reason that never disappears, or a newer version took its place.
    pub async fn retry(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.traced_step(Action::Retry, id, |_| Act::Resume).await
    }

    /// Chooses from whom a document that waits is hidden (F08 rule V7); the delay goes on.
    ///
    /// # Errors
    /// [`OutboxError`]: it is on the way, or further.
    pub async fn hide(&self, id: FeedId, hidden: &[Hidden]) -> Result<FeedItem, OutboxError> {
        loop {
            let before = self.get(id).await?;
            if before.is_on_the_way() || before.state == State::Sent {
                before.state.after(Act::Hold)?;
            }
            let mut item = FeedItem { hidden: hidden.to_vec(), ..before };
            let content = self.inner.content(&mut item).await?;
            self.inner.judge(&mut item, content).await?;
            if self.inner.put(&item).await? {
                item.revision += 1;
                self.trace(Action::Hide, &item).await?;
                return Ok(item);
            }
        }
    }

    /// Looks again at what waits for a patient, after a change of stance or of identity (F01 rule 9): what must not be fed is
    /// excluded at once, and what was excluded for reasons about the patient that are gone is planned again. How many changed.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn reevaluate(&self, patient: &PatientKey) -> Result<usize, OutboxError> {
        let mut changed = 0;
        for mut item in self.list(FeedFilter::of(patient)).await? {
            let what = match item.state {
                State::Scheduled => {
                    self.inner.judge(&mut item, Vec::new()).await?;
                    if item.reasons.is_empty() {
                        continue;
                    }
                    What::Excluded(item.reasons.clone())
                }
                State::Excluded if item.superseded_by.is_none() => {
                    let about_the_patient = item.reasons.iter().all(|reason| reason.is_about_the_patient());
                    if !about_the_patient || !self.inner.standing_reasons(&item).await?.is_empty() {
                        continue;
                    }
                    item.state = item.state.after(Act::Resume)?;
                    item.reasons.clear();
                    self.inner.plan(&mut item);
                    What::Resumed
                }
                _ => continue,
            };
            // Somebody else was faster: it is looked at before it is sent.
            let event = FeedEvent { id: item.id, state: item.state, what };
            if self.inner.store.replace(item).await? {
                self.inner.tell(event);
                changed += 1;
            }
        }
        Ok(changed)
    }

    /// Whether these are the bytes that wait for an item.
    pub(crate) async fn holds_bytes(&self, id: FeedId, bytes: &[u8]) -> bool {
        tokio::fs::read(self.inner.spool.path(id)).await.is_ok_and(|kept| kept == bytes)
    }

    /// As [`Self::retry`], in the historical queue.
    pub(crate) async fn retry_as_history(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.step_in(Some(Lane::Historical), id, |_| Act::Resume).await
    }

    async fn traced_step(
        &self,
        action: Action,
        id: FeedId,
        act: impl Fn(&FeedItem) -> Act,
    ) -> Result<FeedItem, OutboxError> {
        let item = self.step(id, act).await?;
        self.trace(action, &item).await?;
        Ok(item)
    }

    async fn step(&self, id: FeedId, act: impl Fn(&FeedItem) -> Act) -> Result<FeedItem, OutboxError> {
        self.step_in(None, id, act).await
    }

    async fn step_in(
        &self,
        lane: Option<Lane>,
        id: FeedId,
        act: impl Fn(&FeedItem) -> Act,
    ) -> Result<FeedItem, OutboxError> {
        loop {
            let before = self.get(id).await?;
            let act = act(&before);
            let mut item = before.clone();
            item.lane = lane.unwrap_or(item.lane);
            item.state = before.state.after(act)?;
            resumable(&before, act)?;
            if item.state == State::Scheduled || act == Act::Validate {
                item.validated = true;
                item.attempts = 0;
                self.inner.plan(&mut item);
                self.inner.inherit(&mut item).await?;
                let content = self.inner.content(&mut item).await?;
                self.inner.judge(&mut item, content).await?;
            }
            self.warn(&mut item);
            // Somebody else was faster: look again.
            if self.inner.put(&item).await? {
                item.revision += 1;
                return Ok(item);
            }
        }
    }

    fn warn(&self, item: &mut FeedItem) {
        item.warnings.retain(|warning| *warning != Warning::MandatoryTypeHeld);
        if item.state == State::Held && self.inner.settings.warnings.is_mandatory(&item.type_code) {
            item.warnings.push(Warning::MandatoryTypeHeld);
        }
    }
}

/// Whether a document that is at an end may be sent after all.
fn resumable(before: &FeedItem, act: Act) -> Result<(), OutboxError> {
    if act != Act::Resume {
        return Ok(());
    }
    if let Some(by) = before.superseded_by {
        return Err(OutboxError::Superseded { by });
    }
    let for_good = before.reasons.iter().find(|reason| !reason.may_disappear());
    match (before.state, for_good) {
        (State::Excluded, Some(reason)) => Err(OutboxError::ExcludedForGood { code: reason.code() }),
        _ => Ok(()),
    }
}

impl<S: FeedStore, L, P> Inner<S, L, P> {
    /// Writes a document back if nobody else has, and tells.
    async fn put(&self, item: &FeedItem) -> Result<bool, StoreError> {
        let done = self.store.replace(item.clone()).await?;
        if done {
            self.tell(self.user_event(item));
        }
        Ok(done)
    }

    /// A user took a document out of the DMP: it and the versions that it replaced are not fed again (F12 rules 3, 9).
    pub(super) async fn mark_removed(&self, patient: &PatientKey, unique_id: &str) -> Result<(), StoreError> {
        let mut removed = vec![unique_id.to_owned()];
        let mut seen = 0;
        while let Some(unique_id) = removed.get(seen).cloned() {
            let same = FeedFilter { unique_id: Some(unique_id.clone()), ..FeedFilter::of(patient) };
            let published = self.store.list(same).await?.into_iter().rfind(FeedItem::is_published);
            let (hash, replaced) = published.map(|item| (item.hash, item.replaces)).unwrap_or_default();
            let replaced = replaced.filter(|replaced| !removed.contains(replaced));
            removed.extend(replaced);
            self.store.tag_removed(patient.clone(), unique_id, hash).await?;
            seen += 1;
        }
        Ok(())
    }
}
