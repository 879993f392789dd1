//! EXI 18: what the establishment lets each user do.

use std::fmt;
use std::future::Future;

use dmp_client::watch::{Act, Step};
use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;

use super::{Asked, Guard, Place};
use crate::context::{AccessContext, PatientKey};

/// The rights of users in the software: strict, documented, reviewed (EXI 18). The software decides.
pub trait LocalRights: Send + Sync + 'static {
    /// Whether this user may do that, about that patient; `None` when it is about nobody.
    fn may(
        &self,
        actor: &AccessContext,
        action: Act,
        patient: Option<&PatientKey>,
    ) -> impl Future<Output = bool> + Send;
}

/// The rights of users before each transaction.
pub struct RightsGuard<R> {
    rights: R,
}

impl<R: LocalRights> RightsGuard<R> {
    /// Asks these rights.
    #[must_use]
    pub fn new(rights: R) -> Self {
        Self { rights }
    }

    async fn decide(&self, asked: Asked<'_>) -> Result<(), DmpError> {
        if self.rights.may(asked.ctx, asked.attempt.act, asked.patient).await {
            return Ok(());
        }
        let refusal = LocalRefusal::new("LOCAL_RIGHTS")
            .kind(ErrorKind::Authorisation)
            .meaning(
                "the establishment does not let this user do it (EXI 18)",
                "l'établissement ne permet pas cette action à cet utilisateur (EXI 18)",
            )
            .remedy(
                "ask somebody who takes part in the care, or whoever manages the rights",
                "s'adresser à une personne qui prend en charge le patient, ou à qui gère les habilitations",
            );
        Err(DmpError::local(refusal))
    }
}

impl<R: LocalRights> Guard for RightsGuard<R> {
    fn place(&self) -> Place {
        Place::LocalRights
    }

    fn check<'a>(&'a self, asked: Asked<'a>) -> Step<'a, Result<(), DmpError>> {
        Box::pin(self.decide(asked))
    }
}

impl<R> fmt::Debug for RightsGuard<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RightsGuard")
    }
}
