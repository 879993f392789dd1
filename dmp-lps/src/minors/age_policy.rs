//! `EX_0.1-1115`: the « âge minimum », set by professionals under their responsibility.

use dmp_client::MinimumAge;
use dmp_vocabulary::identity::BirthDate;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::context::InternalUserId;

/// From which age the software proposes a connexion secrète by itself, and who decided so. It never forbids one:
/// [`SecretSessions::open`](super::SecretSessions::open) does not look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgePolicy {
    minimum: MinimumAge,
    set_by: InternalUserId,
    set_at: Timestamp,
}

impl AgePolicy {
    /// A user decides, now.
    #[must_use]
    pub fn set(years: u16, set_by: InternalUserId, clock: &impl Clock) -> Self {
        let set_at = clock.now();
        Self { minimum: MinimumAge::years(years, set_at), set_by, set_at }
    }

    /// Who decided.
    #[must_use]
    pub fn set_by(&self) -> &InternalUserId {
        &self.set_by
    }

    /// When, UTC.
    #[must_use]
    pub fn set_at(&self) -> Timestamp {
        self.set_at
    }

    /// Whether the software proposes a connexion secrète for a minor of that birth date.
    #[must_use]
    pub fn proposes(&self, birth: &BirthDate, clock: &impl Clock) -> bool {
        self.minimum.proposes(birth, clock.now())
    }

    /// Whether the decision is more than six months old (project default): ask a professional for it again.
    #[must_use]
    pub fn to_be_reviewed(&self, clock: &impl Clock) -> bool {
        self.minimum.to_be_reviewed(clock.now())
    }
}
