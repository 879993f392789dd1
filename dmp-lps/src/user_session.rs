//! The session of a user in the software: what the evidence of a login, and an emergency access, end with.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::context::InternalUserId;

/// One session of one user, from login to logout. Cheap to clone; clones are the same session.
#[derive(Clone)]
pub struct UserSession {
    inner: Arc<Inner>,
}

struct Inner {
    id: String,
    user: InternalUserId,
    began_at: Timestamp,
    open: watch::Sender<bool>,
}

impl UserSession {
    /// The user logged in. `id` is the software's own name of the session, for the traces: no secret, not the cookie.
    #[must_use]
    pub fn begin(id: impl Into<String>, user: InternalUserId, began_at: Timestamp) -> Self {
        Self { inner: Arc::new(Inner { id: id.into(), user, began_at, open: watch::Sender::new(true) }) }
    }

    /// The software's name of it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.inner.id
    }

    /// Whose it is.
    #[must_use]
    pub fn user(&self) -> &InternalUserId {
        &self.inner.user
    }

    /// Since when, UTC.
    #[must_use]
    pub fn began_at(&self) -> Timestamp {
        self.inner.began_at
    }

    /// Whether the user is still logged in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self.inner.open.borrow()
    }

    /// Logout, lock, timeout: for good.
    pub fn end(&self) {
        self.inner.open.send_replace(false);
    }

    /// Waits for [`Self::end`].
    pub async fn ended(&self) {
        // The sender lives as long as this value.
        let _ = self.inner.open.subscribe().wait_for(|open| !open).await;
    }
}

/// The same session, not an equal one.
impl PartialEq for UserSession {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for UserSession {}

impl fmt::Debug for UserSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserSession").field("open", &self.is_open()).finish_non_exhaustive()
    }
}
