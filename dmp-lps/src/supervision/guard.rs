//! The block before each transaction.

use dmp_client::DmpError;
use dmp_client::watch::{Act, Step};
use dmp_protocol::vihf::Purpose;

use super::{SupervisionStore, Supervisor, Surroundings};
use crate::consent::Scope;
use crate::guard::{Asked, Guard, Place, judged_as, scope_of};

/// Refuses the consultations of somebody who is blocked. Feeding, deletion, bris de glace and régulation always pass.
#[derive(Debug)]
pub struct SupervisionGuard<S, W> {
    supervisor: Supervisor<S, W>,
}

impl<S: SupervisionStore, W: Surroundings> SupervisionGuard<S, W> {
    /// Asks this supervision.
    #[must_use]
    pub fn new(supervisor: Supervisor<S, W>) -> Self {
        Self { supervisor }
    }

    async fn decide(&self, asked: Asked<'_>) -> Result<(), DmpError> {
        let emergency = asked.ctx.purpose != Purpose::Normal || judged_as(asked.attempt) == Act::BrisDeGlace;
        if emergency || scope_of(asked.attempt, asked.intent) != Some(Scope::Consultation) {
            return Ok(());
        }
        self.supervisor.check(&asked.ctx.user, asked.ctx.professional_key().as_ref()).await
    }
}

impl<S: SupervisionStore, W: Surroundings> Guard for SupervisionGuard<S, W> {
    fn place(&self) -> Place {
        Place::Block
    }

    fn check<'a>(&'a self, asked: Asked<'a>) -> Step<'a, Result<(), DmpError>> {
        Box::pin(self.decide(asked))
    }
}
