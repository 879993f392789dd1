//! The mark beside a document in the lists of the software.

use super::State;

/// What a list of documents shows beside each (EXI 05: a visible mark).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Badge {
    /// Not in the queue.
    NeverSent,
    /// Will be sent.
    Planned,
    /// Held back, or not validated.
    Held,
    /// In the DMP.
    Sent,
    /// In the DMP, as a former version.
    Replaced,
    /// Taken out of the DMP (F12): not fed again.
    RemovedFromDmp,
    /// Refused; a user decides.
    Failed,
    /// Must not be fed.
    Excluded,
    /// Withdrawn by a user.
    Cancelled,
}

impl From<State> for Badge {
    fn from(state: State) -> Self {
        match state {
            State::Draft | State::Held => Self::Held,
            State::Scheduled | State::Sending | State::Ambiguous => Self::Planned,
            State::Sent => Self::Sent,
            State::Failed => Self::Failed,
            State::Excluded => Self::Excluded,
            State::Cancelled => Self::Cancelled,
        }
    }
}
