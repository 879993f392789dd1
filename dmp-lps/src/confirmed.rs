//! F26: an act that cannot be undone, or that is chosen document by document, needs a user who meant it.

use std::fmt;
use std::marker::PhantomData;

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::context::InternalUserId;

/// A confirmation older than this confirms nothing (project default).
pub const CONFIRMATION_LIVES: SignedDuration = SignedDuration::from_mins(2);

/// What a user did on a screen: the only source of a [`Confirmed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAction {
    /// Who.
    pub user: InternalUserId,
    /// On which screen of the software, for the traces.
    pub screen: String,
    /// When, UTC.
    pub at: Timestamp,
}

/// The user confirmed `A`. Used once: it is neither `Clone` nor `Copy`, and what needs it takes it.
///
/// ```compile_fail
/// # use dmp_lps::{Confirmed, UserAction};
/// # struct Delete;
/// fn twice(confirmed: Confirmed<Delete>) -> (Confirmed<Delete>, Confirmed<Delete>) {
///     (confirmed.clone(), confirmed)
/// }
/// ```
pub struct Confirmed<A> {
    action: UserAction,
    what: PhantomData<fn() -> A>,
}

/// The user confirmed too long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("F26: the confirmation is {seconds} s old; ask the user again, it lives {} s", CONFIRMATION_LIVES.as_secs())]
pub struct ConfirmationExpired {
    /// Its age.
    pub seconds: i64,
}

impl<A> Confirmed<A> {
    /// The user pressed the button that says what will happen.
    #[must_use]
    pub fn by(action: UserAction) -> Self {
        Self { action, what: PhantomData }
    }

    /// What the user did, for the traces.
    #[must_use]
    pub fn action(&self) -> &UserAction {
        &self.action
    }

    /// Spends the confirmation.
    ///
    /// # Errors
    /// It is older than [`CONFIRMATION_LIVES`], or of the future.
    pub fn spend(self, now: Timestamp) -> Result<UserAction, ConfirmationExpired> {
        let age = now.duration_since(self.action.at);
        match age >= SignedDuration::ZERO && age <= CONFIRMATION_LIVES {
            true => Ok(self.action),
            false => Err(ConfirmationExpired { seconds: age.as_secs() }),
        }
    }
}

impl<A> fmt::Debug for Confirmed<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmed").field("action", &self.action).finish()
    }
}

/// Spends a confirmation for an act of this crate.
pub(crate) fn spent<A>(confirmed: Confirmed<A>, clock: &(impl Clock + ?Sized)) -> Result<UserAction, DmpError> {
    confirmed.spend(clock.now()).map_err(|expired| {
        let refusal = LocalRefusal::new("F26")
            .kind(ErrorKind::Validation)
            .meaning("the confirmation of the user is too old", "la confirmation de l'utilisateur est trop ancienne")
            .found(expired.to_string())
            .remedy("ask the user again", "redemander à l'utilisateur");
        DmpError::local(refusal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f26_a_confirmation_lives_two_minutes() {
        let at: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let action = UserAction { user: InternalUserId::new("u1").unwrap(), screen: "deletion".to_owned(), at };
        let spend =
            |seconds: i64| Confirmed::<()>::by(action.clone()).spend(at + SignedDuration::from_secs(seconds)).is_ok();
        assert!(spend(0) && spend(120));
        assert!(!spend(121) && !spend(-1));
    }
}
