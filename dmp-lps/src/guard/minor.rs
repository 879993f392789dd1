//! F20: in a connexion secrète every request of the user on that patient says so, and no other request does.

use std::future::ready;

use dmp_client::DmpError;
use dmp_client::watch::Step;

use super::{Asked, Guard, Place};
use crate::minors::SecretSessions;

/// The connexions secrètes before each transaction.
#[derive(Debug)]
pub struct MinorGuard {
    sessions: SecretSessions,
}

impl MinorGuard {
    /// Over those of the software.
    #[must_use]
    pub fn new(sessions: SecretSessions) -> Self {
        Self { sessions }
    }
}

impl Guard for MinorGuard {
    fn place(&self) -> Place {
        Place::Minor
    }

    fn check<'a>(&'a self, asked: Asked<'a>) -> Step<'a, Result<(), DmpError>> {
        let Some(subject) = &asked.attempt.subject else { return Box::pin(ready(Ok(()))) };
        let checked = self.sessions.check(&asked.ctx.user, subject, asked.ctx.secret);
        Box::pin(ready(checked.map_err(|refusal| refusal.error())))
    }
}
