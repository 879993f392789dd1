//! F01 by transaction.

use dmp_client::DmpError;
use dmp_client::watch::{Act, Attempt, Step};
use dmp_protocol::vihf::{AuthenticationMode, Purpose};

use super::{Asked, Guard, Place};
use crate::consent::{Asker, ConsentGate, Scope, StanceLedger, unusable};
use crate::context::AccessContext;

/// What the TD0.2 of a session are for: nothing in the message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Intent {
    /// By the authentication: INDIRECTE and a CPE feed, everybody else opens to consult.
    #[default]
    ByMode,
    /// To open a record.
    Consulting,
    /// Before a feeding.
    Feeding,
    /// Before the deletion of a document, which is always possible; or before its replacement, whatever the patient said
    /// of feeding since, where the establishment allows it (F12 rule 7): F12 asks for it, nobody else should.
    Correcting,
}

/// What a transaction is judged as. Only TD0.2, and the TD3.1b before a replacement or a deletion, are what they prepare; any
/// other one is what it does, whatever its record says that it is [toward](dmp_client::Record::toward).
pub(crate) fn judged_as(attempt: &Attempt) -> Act {
    match (attempt.act, attempt.toward) {
        (Act::Existence, Some(toward)) | (Act::Locate, Some(toward @ (Act::Submit | Act::Delete))) => toward,
        (act, _) => act,
    }
}

/// Which question the patient must have been asked for a transaction (table of F01); `None`: neither.
#[must_use]
pub fn scope_of(attempt: &Attempt, intent: Intent) -> Option<Scope> {
    match judged_as(attempt) {
        Act::Existence => existence(attempt.mode, intent),
        // TD0.2 and TD3.1b only prepare the replacement: the request that follows is looked at itself.
        Act::Submit if intent == Intent::Correcting && (attempt.act != Act::Submit || only_replaces(attempt)) => None,
        Act::Submit => Some(Scope::Feeding),
        // A record in bris de glace, and all that reads, shows, hides or files.
        Act::BrisDeGlace
        | Act::Authorise
        | Act::AdministrativeData
        | Act::UpdateAdministrativeData
        | Act::ListAuthorisations
        | Act::Search
        | Act::Retrieve
        | Act::Mask
        | Act::Unmask
        | Act::RevealToPatient
        | Act::RevealToRepresentatives
        | Act::Archive
        | Act::Unarchive => Some(Scope::Consultation),
        Act::WebPs(_) => attempt.subject.as_ref().map(|_| Scope::Consultation),
        // TD3.1b alone tells a technical identifier: what became of a document that was sent.
        Act::RemoveAuthorisation
        | Act::Delete
        | Act::Locate
        | Act::ListAuthorised
        | Act::SearchPatients
        | Act::Close => None,
        // What a later version adds is consultation until its page says otherwise.
        _ => Some(Scope::Consultation),
    }
}

fn existence(mode: AuthenticationMode, intent: Intent) -> Option<Scope> {
    let feeds = matches!(mode, AuthenticationMode::Indirecte | AuthenticationMode::DirecteCpe);
    match intent {
        Intent::Feeding => Some(Scope::Feeding),
        Intent::ByMode if feeds => Some(Scope::Feeding),
        Intent::Consulting | Intent::ByMode => Some(Scope::Consultation),
        Intent::Correcting => None,
    }
}

fn only_replaces(attempt: &Attempt) -> bool {
    !attempt.documents.is_empty() && attempt.documents.iter().all(|document| document.replaces.is_some())
}

/// F01 before each transaction. A patient found by traits is in no register: an emergency lifts the consultation, and the
/// consent that the record was opened with says whether it is fed.
#[derive(Debug)]
pub struct ConsentGuard<L> {
    gate: ConsentGate<L>,
}

impl<L: StanceLedger> ConsentGuard<L> {
    /// Over the register of the software.
    #[must_use]
    pub fn new(gate: ConsentGate<L>) -> Self {
        Self { gate }
    }

    async fn decide(&self, asked: Asked<'_>) -> Result<(), DmpError> {
        let (Some(scope), Some(patient)) = (scope_of(asked.attempt, asked.intent), asked.patient) else {
            return Ok(());
        };
        // The TD0.2 that opens a bris de glace is asked in normal access; what it is for counts (rule 7).
        let purpose = match judged_as(asked.attempt) {
            Act::BrisDeGlace => Purpose::BrisDeGlace,
            _ => asked.ctx.purpose,
        };
        let ctx = AccessContext { purpose, ..asked.ctx.clone() };
        // The watch that traces the session tells the refusal: the gate does not tell it again.
        let decision = self.gate.decide(scope, &Asker::from(&ctx), patient).await.map_err(unusable)?;
        decision.refusal().map_or(Ok(()), |refusal| Err(refusal.error(scope)))
    }
}

impl<L: StanceLedger> Guard for ConsentGuard<L> {
    fn place(&self) -> Place {
        Place::Consent
    }

    fn check<'a>(&'a self, asked: Asked<'a>) -> Step<'a, Result<(), DmpError>> {
        Box::pin(self.decide(asked))
    }
}
