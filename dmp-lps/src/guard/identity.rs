//! The INS is qualified now, and not only when the record was opened (`EX_GEN-1530`, EXI 06).

use std::fmt;

use dmp_client::watch::{Act, Step};
use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;

use super::consent::judged_as;
use super::{Asked, Guard, Place};
use crate::outbox::PatientRegister;

/// The identity of the patient before each transaction, but deletion, which corrects what was fed under a wrong one.
pub struct IdentityGuard<P> {
    register: P,
}

impl<P: PatientRegister> IdentityGuard<P> {
    /// Asks the register of patients of the software.
    #[must_use]
    pub fn new(register: P) -> Self {
        Self { register }
    }

    async fn decide(&self, asked: Asked<'_>) -> Result<(), DmpError> {
        let Some(patient) = asked.patient else { return Ok(()) };
        let deletes = judged_as(asked.attempt) == Act::Delete;
        if deletes || self.register.facts(patient).await.qualified {
            return Ok(());
        }
        let refusal = LocalRefusal::new("INS_NOT_QUALIFIED")
            .kind(ErrorKind::Validation)
            .meaning("the INS is not qualified (EX_GEN-1530)", "l'INS n'est pas qualifiée (EX_GEN-1530)")
            .remedy("qualify the identity, then ask again", "qualifier l'identité, puis redemander");
        Err(DmpError::local(refusal))
    }
}

impl<P: PatientRegister> Guard for IdentityGuard<P> {
    fn place(&self) -> Place {
        Place::PatientIdentity
    }

    fn check<'a>(&'a self, asked: Asked<'a>) -> Step<'a, Result<(), DmpError>> {
        Box::pin(self.decide(asked))
    }
}

impl<P> fmt::Debug for IdentityGuard<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityGuard")
    }
}
