//! The states of a document in the queue, and every step between them.

use serde::{Deserialize, Serialize};

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It exists, and is not medically validated.
    Draft,
    /// Somebody holds it back, before or after validation.
    Held,
    /// Validated; the delay runs.
    Scheduled,
    /// The request is being written: no cancel any more.
    Sending,
    /// Nobody knows whether the DMP has it.
    Ambiguous,
    /// The DMP has it. The end: corrections are another matter.
    Sent,
    /// Refused for good; a user decides.
    Failed,
    /// It must not be fed, for reasons of its own.
    Excluded,
    /// A user withdrew it; kept for the traces.
    Cancelled,
}

/// What happens to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// The professional validates it.
    Validate,
    /// A user holds it.
    Hold,
    /// A user lets a held document that is not validated go on.
    ReleaseDraft,
    /// A user lets a held document that is validated go on.
    ReleaseValidated,
    /// A user withdraws it, or a newer version takes its place.
    Cancel,
    /// A worker takes it.
    Claim,
    /// The DMP stored it.
    Store,
    /// It was not processed, and may be tried again later.
    PutOff,
    /// It was refused for good.
    Refuse,
    /// The answer was lost.
    Lose,
    /// The DMP was asked, and has it not.
    Miss,
    /// A reason speaks against it.
    Exclude,
    /// A user wants it sent after all, or the reason disappeared.
    Resume,
}

/// A step that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("F09: a document that is {state:?} cannot take the step {act:?}{}", self.hint())]
pub struct Forbidden {
    /// Where it stands.
    pub state: State,
    /// What was asked.
    pub act: Act,
}

impl Forbidden {
    fn hint(&self) -> &'static str {
        match (self.state, self.act) {
            (State::Sending | State::Ambiguous, Act::Cancel | Act::Hold) => {
                ": its request is on the way; when it is sent, delete or replace it in the DMP (F12)"
            }
            (State::Sent, _) => ": the DMP has it; delete or replace it there (F12)",
            _ => "",
        }
    }
}

impl State {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Held,
        Self::Scheduled,
        Self::Sending,
        Self::Ambiguous,
        Self::Sent,
        Self::Failed,
        Self::Excluded,
        Self::Cancelled,
    ];

    /// Where a step leads.
    ///
    /// # Errors
    /// [`Forbidden`].
    pub fn after(self, act: Act) -> Result<Self, Forbidden> {
        Ok(match (self, act) {
            (Self::Draft, Act::Validate) => Self::Scheduled,
            // Held stays held when it is validated: releasing it is another act.
            (Self::Held, Act::Validate) => Self::Held,
            (Self::Draft | Self::Scheduled, Act::Hold) => Self::Held,
            (Self::Held, Act::ReleaseDraft) => Self::Draft,
            (Self::Held, Act::ReleaseValidated) => Self::Scheduled,
            (Self::Draft | Self::Held | Self::Scheduled | Self::Failed, Act::Cancel) => Self::Cancelled,
            (Self::Scheduled, Act::Claim) => Self::Sending,
            (Self::Sending | Self::Ambiguous, Act::Store) => Self::Sent,
            (Self::Sending, Act::PutOff) => Self::Scheduled,
            // Sent again and again without a trace of it: a user decides.
            (Self::Sending | Self::Ambiguous, Act::Refuse) => Self::Failed,
            (Self::Sending, Act::Lose) => Self::Ambiguous,
            (Self::Ambiguous, Act::Miss) => Self::Scheduled,
            (Self::Draft | Self::Scheduled | Self::Sending, Act::Exclude) => Self::Excluded,
            (Self::Failed | Self::Excluded | Self::Cancelled, Act::Resume) => Self::Scheduled,
            (state, act) => return Err(Forbidden { state, act }),
        })
    }

    pub(super) fn as_kept(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Held => "held",
            Self::Scheduled => "scheduled",
            Self::Sending => "sending",
            Self::Ambiguous => "ambiguous",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Excluded => "excluded",
            Self::Cancelled => "cancelled",
        }
    }

    pub(super) fn from_kept(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_kept() == text)
    }
}
