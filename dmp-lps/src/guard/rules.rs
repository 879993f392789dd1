//! F21, F22: what an access mode does not have, and what a software is not licensed for.

use std::future::ready;

use dmp_client::watch::{Act, Attempt, Step};
use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::vihf::Purpose;

use super::{Asked, Guard, Place};
use crate::centre15::not_regulation;
use crate::software::SoftwareKind;

/// The rules of the access mode before each transaction.
#[derive(Debug, Clone, Copy)]
pub struct AccessRules {
    software: SoftwareKind,
}

impl AccessRules {
    /// Of a software.
    #[must_use]
    pub fn new(software: SoftwareKind) -> Self {
        Self { software }
    }

    /// Whether the access mode of a transaction has it.
    ///
    /// # Errors
    /// `LDRM-01`: a regulation software in another mode than centre 15; `NOT_REGULATION`: centre 15, or TD0.5, in another
    /// software; `EMERGENCY`: TD0.3, TD1.6, TD3.3a or TD3.3b in bris de glace or centre 15, TD0.5 in bris de glace.
    pub fn judge(self, attempt: &Attempt) -> Result<(), DmpError> {
        let purpose = attempt.access.purpose();
        match (self.software, purpose) {
            (SoftwareKind::Regulation, Purpose::Normal | Purpose::BrisDeGlace) => return Err(only_centre_15()),
            (SoftwareKind::Care, Purpose::Centre15) => return Err(not_regulation()),
            _ => {}
        }
        match attempt.act {
            Act::SearchPatients if purpose == Purpose::Normal => Err(not_regulation()),
            act if purpose != Purpose::Normal && !is_in_emergency(act, purpose) => Err(not_in_emergency()),
            _ => Ok(()),
        }
    }
}

/// Whether an emergency access has this (F21, F22).
fn is_in_emergency(act: Act, purpose: Purpose) -> bool {
    match act {
        Act::Authorise
        | Act::RemoveAuthorisation
        | Act::ListAuthorisations
        | Act::Mask
        | Act::Unmask
        | Act::RevealToPatient
        | Act::RevealToRepresentatives => false,
        Act::SearchPatients => purpose == Purpose::Centre15,
        _ => true,
    }
}

fn only_centre_15() -> DmpError {
    let refusal = LocalRefusal::new("LDRM-01")
        .kind(ErrorKind::Authorisation)
        .meaning(
            "a regulation software has one access mode, centre 15 (LDRM-01)",
            "un logiciel de régulation n'a qu'un mode d'accès, le centre 15 (LDRM-01)",
        )
        .remedy("use Regulation", "utiliser Regulation");
    DmpError::local(refusal)
}

fn not_in_emergency() -> DmpError {
    let refusal = LocalRefusal::new("EMERGENCY")
        .kind(ErrorKind::Authorisation)
        .meaning(
            "an emergency access does not authorise, list authorisations, nor change what others see",
            "un accès d'urgence n'autorise pas, ne liste pas les autorisations et ne change pas ce que voient les autres",
        )
        .remedy("do it in normal access", "le faire en accès normal");
    DmpError::local(refusal)
}

impl Guard for AccessRules {
    fn place(&self) -> Place {
        Place::Rules
    }

    fn check<'a>(&'a self, asked: Asked<'a>) -> Step<'a, Result<(), DmpError>> {
        Box::pin(ready(self.judge(asked.attempt)))
    }
}
