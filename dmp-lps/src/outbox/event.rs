//! What the queue tells, for progress and supervision.

use super::{FeedId, Reason, State};

/// Something happened to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// The document.
    pub id: FeedId,
    /// Where it stands now.
    pub state: State,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// It was queued, validated, held, released, cancelled or resumed.
    ByUser,
    /// A newer version took its place before it was sent.
    Superseded,
    /// Its request is being written.
    Started,
    /// The DMP has it; a deletion: has it no longer.
    Stored,
    /// It will be tried again.
    PutOff,
    /// The answer was lost: the DMP will be asked.
    Lost,
    /// Refused; a user decides. The error is kept with the document.
    Refused,
    /// It must not be fed.
    Excluded(Vec<Reason>),
    /// What spoke against it is gone: it is planned again.
    Resumed,
}
