//! What the stores of the SDK tell.

use std::future::Future;

use jiff::Timestamp;

use super::IndicatorError;
use crate::context::{EpisodeId, InternalUserId};
use crate::outbox::{FeedFilter, FeedItem, FeedStore, Order, State};
use crate::store::StoreError;

/// A document whose feeding has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feeding {
    /// Its episode.
    pub episode: EpisodeId,
    /// typeCode.
    pub type_code: String,
    /// When the DMP had it, or refused it for good.
    pub at: Timestamp,
    /// Whether the DMP has it.
    pub succeeded: bool,
    /// It replaces another: a correction, which no indicator counts.
    pub correction: bool,
    /// Its date, when it is older than the episode that sent it (F11).
    pub historical: Option<Timestamp>,
    /// Struct_IdNat of the structure that answers for it: its site when no episode tells one.
    pub structure: String,
}

/// Every document whose feeding has ended.
pub trait FeedingHistory: Send + Sync {
    /// Those that stand at a final outcome now: tries and what waits are not told.
    fn ended(&self) -> impl Future<Output = Result<Vec<Feeding>, StoreError>> + Send;
}

impl<S: FeedStore> FeedingHistory for S {
    async fn ended(&self) -> Result<Vec<Feeding>, StoreError> {
        let mut ended = Vec::new();
        for state in [State::Sent, State::Failed] {
            let items = self.list(FeedFilter { state: Some(state), ..FeedFilter::default() }).await?;
            ended.extend(items.into_iter().filter_map(feeding));
        }
        Ok(ended)
    }
}

fn feeding(item: FeedItem) -> Option<Feeding> {
    if item.order != Order::Feed {
        return None;
    }
    let succeeded = item.state == State::Sent;
    Some(Feeding {
        at: if succeeded { item.sent_at? } else { item.failed_at? },
        episode: item.episode,
        type_code: item.type_code,
        succeeded,
        correction: item.replaces.is_some(),
        historical: item.documented_at.filter(|_| item.historical),
        structure: item.structure,
    })
}

/// A consultation of the DMP that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub user: InternalUserId,
    /// In which episode.
    pub episode: EpisodeId,
    /// What was done.
    pub what: Accessed,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accessed {
    /// Documents were searched (TD3.1).
    Searched,
    /// Documents were brought (TD3.2): their typeCodes, one for each document.
    Retrieved(Vec<String>),
    /// Documents were kept in the local record: their typeCodes.
    Integrated(Vec<String>),
}

/// The consultations of a period.
pub trait AccessHistory: Send + Sync {
    /// Those from an instant, included, to another, excluded.
    fn accesses(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<Vec<Access>, IndicatorError>> + Send;
}
