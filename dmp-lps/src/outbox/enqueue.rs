//! Into the queue: documents, and orders to delete documents.

use std::path::Path;
use std::sync::PoisonError;

use dmp_client::{DocumentError, Hidden};

use super::content::{Examined, Source, examine};
use super::queue::{Inner, foremost};
use super::{
    Act, FeedFilter, FeedId, FeedItem, FeedStore, NewFeed, Order, Outbox, OutboxError, PatientRegister, Reason, State,
};
use crate::acts::Deletion;
use crate::clock;
use crate::confirmed::Confirmed;
use crate::consent::StanceLedger;
use crate::context::{AccessContext, PatientKey};
use crate::store::StoreError;
use crate::trace::{Action, TraceActor};

impl<S: FeedStore, L: StanceLedger, P: PatientRegister> Outbox<S, L, P> {
    /// Queues a CDA document that is in a file; its bytes are copied, so the file is no longer needed.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn enqueue_file(&self, feed: NewFeed, path: impl AsRef<Path>) -> Result<FeedId, OutboxError> {
        let id = FeedId::new();
        self.inner.spool.keep_file(id, path.as_ref()).await?;
        self.enqueue(feed, id).await
    }

    /// Queues a CDA document that is in memory.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn enqueue_bytes(&self, feed: NewFeed, bytes: impl Into<Vec<u8>>) -> Result<FeedId, OutboxError> {
        let id = FeedId::new();
        self.inner.spool.keep_bytes(id, bytes.into()).await?;
        self.enqueue(feed, id).await
    }

    async fn enqueue(&self, feed: NewFeed, id: FeedId) -> Result<FeedId, OutboxError> {
        let inner = &*self.inner;
        let actor = TraceActor::from(&feed.context);
        let item = match inner.judged(feed, id).await {
            Ok(item) => item,
            Err(error) => {
                inner.spool.forget(id).await?;
                return Err(error);
            }
        };
        let event = inner.user_event(&item);
        inner.store.add(item.clone()).await?;
        inner.tell(event);
        if item.validated {
            inner.supersede(&item).await?;
        }
        inner.trace(actor, Action::Queue, &item).await?;
        Ok(id)
    }

    /// What speaks against a document; nothing is queued.
    pub(crate) async fn assess(&self, feed: NewFeed, bytes: Vec<u8>) -> Result<Vec<Reason>, OutboxError> {
        let (mut item, content) = self.inner.read(feed, FeedId::new(), Source::Bytes(bytes.into())).await?;
        self.inner.inherit(&mut item).await?;
        self.inner.judge(&mut item, content).await?;
        Ok(item.reasons)
    }

    /// Queues the deletion of a document from the DMP (TD3.3c), with the versions that it replaced. It goes as soon as
    /// possible, alone, whatever the patient's stance; asked twice, it is one order.
    ///
    /// # Errors
    /// [`OutboxError`]: the confirmation is too old, the document waits in the queue itself, or a newer version of it is in
    /// the DMP.
    pub async fn order_deletion(
        &self,
        context: &AccessContext,
        patient: &PatientKey,
        unique_id: &str,
        confirmed: Confirmed<Deletion>,
    ) -> Result<FeedId, OutboxError> {
        let inner = &*self.inner;
        confirmed.spend(inner.clock.now())?;
        let same = FeedFilter { unique_id: Some(unique_id.to_owned()), ..FeedFilter::of(patient) };
        let known = inner.store.list(same).await?;
        let ends = [State::Sent, State::Failed, State::Excluded, State::Cancelled];
        if let Some(order) = known.iter().find(|item| item.order == Order::Delete && !ends.contains(&item.state)) {
            return Ok(order.id);
        }
        let document = foremost(&known);
        if let Some(waits) = document.filter(|item| item.state != State::Sent && !item.is_on_the_way()) {
            return Err(OutboxError::NotSent(waits.id));
        }
        // Alone it would leave its newer version without a former one.
        let all = inner.store.list(FeedFilter::of(patient)).await?;
        let newer = all.iter().find(|item| item.is_published() && item.replaces.as_deref() == Some(unique_id));
        if let Some(newer) = newer {
            return Err(OutboxError::Obsolete { by: newer.id });
        }
        let feed = NewFeed::of(context.clone(), patient.clone()).validated();
        let mut item = inner.new_item(feed, FeedId::new());
        item.order = Order::Delete;
        item.unique_id = unique_id.to_owned();
        item.type_code = document.map(|document| document.type_code.clone()).unwrap_or_default();
        item.set_id = document.and_then(|document| document.set_id.clone());
        inner.plan(&mut item);
        inner.judge(&mut item, Vec::new()).await?;
        let (id, event) = (item.id, inner.user_event(&item));
        inner.store.add(item.clone()).await?;
        inner.tell(event);
        inner.trace(TraceActor::from(context), Action::Queue, &item).await?;
        Ok(id)
    }
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister> Inner<S, L, P> {
    /// A new document whose bytes are in the spool, and what speaks against it.
    async fn judged(&self, feed: NewFeed, id: FeedId) -> Result<FeedItem, OutboxError> {
        let (mut item, content) = self.read(feed, id, Source::File(self.spool.path(id))).await?;
        if item.validated {
            self.inherit(&mut item).await?;
        }
        self.judge(&mut item, content).await?;
        Ok(item)
    }

    /// Reads the bytes of a new document; what speaks against them.
    async fn read(&self, feed: NewFeed, id: FeedId, source: Source) -> Result<(FeedItem, Vec<Reason>), OutboxError> {
        let (chosen, started) = (feed.hidden.clone(), feed.context.episode.started_at);
        let mut item = self.new_item(feed, id);
        let document = source.document().await?;
        item.type_code = document.entry().type_code.as_ref().map(|code| code.code.clone()).unwrap_or_default();
        self.plan(&mut item);
        item.hidden = chosen.unwrap_or_else(|| self.proposed_visibility(&item));
        let refused = self.validate(&source).await?;
        let Examined { entry, set_id, version, parent, documented_at, substance, mut reasons, warnings } =
            examine(document, source, &item.patient, &item.hidden, &self.settings).await?;
        reasons.extend(refused);
        item.unique_id = entry.unique_id;
        item.hash = entry.hash.unwrap_or_default();
        item.historical = matches!((documented_at, started), (Some(documented), Some(started))
            if clock::day(documented) < clock::day(started));
        (item.set_id, item.version, item.parent, item.documented_at) = (set_id, version, parent, documented_at);
        (item.substance, item.warnings) = (substance, warnings);
        Ok((item, reasons))
    }

    /// F08 rule V7.
    fn proposed_visibility(&self, item: &FeedItem) -> Vec<Hidden> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.of(item).map(|rule| rule.visibility.clone()).unwrap_or_default()
    }

    /// A document of which nothing is known yet.
    fn new_item(&self, feed: NewFeed, id: FeedId) -> FeedItem {
        let (now, ctx) = (self.clock.now(), &feed.context);
        FeedItem {
            id,
            lane: feed.lane,
            order: Order::Feed,
            episode: ctx.episode.id.clone(),
            team: ctx.team.clone(),
            role: ctx.role,
            professional: ctx.professional_key(),
            user: ctx.user.clone(),
            structure: ctx.structure.as_str().to_owned(),
            patient: feed.patient,
            service: feed.service,
            unique_id: String::new(),
            set_id: None,
            version: None,
            parent: None,
            hash: String::new(),
            substance: String::new(),
            type_code: String::new(),
            documented_at: None,
            historical: false,
            hidden: Vec::new(),
            replaces: feed.replaces,
            state: if feed.validated { State::Scheduled } else { State::Draft },
            validated: feed.validated,
            alone: false,
            rule: None,
            not_before: now,
            attempts: 0,
            lot: None,
            queued_at: now,
            sent_at: None,
            failed_at: None,
            removed: false,
            superseded_by: None,
            reasons: Vec::new(),
            warnings: Vec::new(),
            error: None,
            revision: 0,
        }
    }

    /// Writes down what speaks against a document: one that would be sent is excluded.
    pub(super) async fn judge(&self, item: &mut FeedItem, content: Vec<Reason>) -> Result<(), StoreError> {
        item.reasons = self.standing_reasons(item).await?;
        item.reasons.extend(content);
        item.reasons.sort_unstable();
        item.reasons.dedup();
        if item.state == State::Scheduled && !item.reasons.is_empty() {
            item.state = item.state.after(Act::Exclude).unwrap_or(item.state);
        }
        Ok(())
    }

    /// Reads the bytes of a document that waits again; what speaks against them.
    pub(super) async fn content(&self, item: &mut FeedItem) -> Result<Vec<Reason>, OutboxError> {
        if item.order == Order::Delete {
            return Ok(Vec::new());
        }
        let source = Source::File(self.spool.path(item.id));
        let document = source.document().await?;
        let refused = self.validate(&source).await?;
        let mut examined = examine(document, source, &item.patient, &item.hidden, &self.settings).await?;
        (item.substance, item.warnings) = (examined.substance, examined.warnings);
        examined.reasons.extend(refused);
        Ok(examined.reasons)
    }

    /// What the validators of the software say, if it has any (F28).
    async fn validate(&self, source: &Source) -> Result<Option<Reason>, OutboxError> {
        let Some(validation) = self.validation.get() else { return Ok(None) };
        let accepted = validation.accepts(source.bytes().await.map_err(DocumentError::from)?).await?;
        Ok((!accepted).then_some(Reason::CdaInvalid))
    }
}
