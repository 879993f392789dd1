//! F09 rule 6: a new validated version replaces the one that waits; after sending it is a replacement (F12).

use std::collections::BTreeSet;

use super::queue::Inner;
use super::{Act, FeedEvent, FeedFilter, FeedItem, FeedStore, Order, State, What};
use crate::store::StoreError;

impl<S: FeedStore, L, P> Inner<S, L, P> {
    /// What a version takes from the ones that it will supersede: what they were to replace, and that a user holds them.
    pub(super) async fn inherit(&self, item: &mut FeedItem) -> Result<(), StoreError> {
        let mut replaced = None;
        for former in self.former_versions(item).await? {
            if gives_way(&former, item) {
                replaced = former.replaces.or(replaced);
                if former.state == State::Held {
                    item.state = item.state.after(Act::Hold).unwrap_or(item.state);
                }
            } else if is_another(&former, item) {
                replaced = Some(former.unique_id);
            }
        }
        item.replaces = item.replaces.take().or(replaced);
        Ok(())
    }

    /// Withdraws the versions that wait and that this one, validated and kept, takes the place of.
    pub(super) async fn supersede(&self, item: &FeedItem) -> Result<(), StoreError> {
        for former in self.former_versions(item).await? {
            if gives_way(&former, item) {
                self.withdraw(former, item).await?;
            }
        }
        Ok(())
    }

    /// Whether an order may go now: nothing about the same document is on the way before it.
    pub(super) async fn may_go(&self, item: &mut FeedItem) -> Result<bool, StoreError> {
        if item.order == Order::Delete {
            let same = FeedFilter { unique_id: Some(item.unique_id.clone()), ..FeedFilter::of(&item.patient) };
            let others = self.store.list(same).await?;
            return Ok(!others.iter().any(|other| other.order == Order::Feed && other.is_on_the_way()));
        }
        let mut published = None;
        for former in self.former_versions(item).await? {
            let before = former.is_on_the_way() || former.state == State::Scheduled;
            if gives_way(&former, item) {
                self.withdraw(former, item).await?;
            } else if before {
                return Ok(false);
            } else if is_another(&former, item) {
                published = Some(former.unique_id);
            }
        }
        item.replaces = item.replaces.take().or(published);
        Ok(true)
    }

    /// The versions of a document that were queued before this one and are not newer, oldest first.
    async fn former_versions(&self, item: &FeedItem) -> Result<Vec<FeedItem>, StoreError> {
        let mut former = Vec::new();
        let of_patient = || FeedFilter::of(&item.patient);
        let same = FeedFilter { unique_id: Some(item.unique_id.clone()), ..of_patient() };
        let versions = item.set_id.clone().map(|set_id| FeedFilter { set_id: Some(set_id), ..of_patient() });
        let replaced = item.replaces.clone().map(|replaced| FeedFilter { unique_id: Some(replaced), ..of_patient() });
        for filter in [Some(same), versions, replaced].into_iter().flatten() {
            let listed = self.store.list(filter).await?.into_iter().take_while(|other| other.id != item.id);
            former.extend(listed.filter(|other| {
                let newer = matches!((other.version, item.version), (Some(other), Some(own)) if other > own);
                other.order == Order::Feed && other.superseded_by.is_none() && !newer
            }));
        }
        let mut seen = BTreeSet::new();
        former.retain(|other| seen.insert(other.id));
        former.sort_by_key(|other| other.queued_at);
        Ok(former)
    }

    async fn withdraw(&self, mut former: FeedItem, by: &FeedItem) -> Result<(), StoreError> {
        loop {
            let mut withdrawn = former.clone();
            withdrawn.superseded_by = Some(by.id);
            // What is excluded stays so, and cannot be resumed behind the newer version's back.
            withdrawn.state = former.state.after(Act::Cancel).unwrap_or(former.state);
            let state = withdrawn.state;
            if self.store.replace(withdrawn).await? {
                self.tell(FeedEvent { id: former.id, state, what: What::Superseded });
                return Ok(());
            }
            // Somebody was faster: what a worker has taken goes first.
            match self.store.get(former.id).await? {
                Some(now) if gives_way(&now, by) => former = now,
                _ => return Ok(()),
            }
        }
    }
}

/// Whether the DMP has another version than this one.
fn is_another(former: &FeedItem, item: &FeedItem) -> bool {
    former.is_published() && former.unique_id != item.unique_id
}

/// Whether a version that waits is no longer wanted. One that replaces a published version, and that the header of the newer
/// one names, goes first: a header is not rewritten, and the DMP wants it to name what is replaced (X14).
fn gives_way(former: &FeedItem, by: &FeedItem) -> bool {
    let waits = matches!(former.state, State::Draft | State::Held | State::Scheduled | State::Failed | State::Excluded);
    let link = former.replaces.is_some() && by.parent.as_ref() == Some(&former.unique_id);
    waits && former.superseded_by.is_none() && !link
}
