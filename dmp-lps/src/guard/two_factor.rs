//! F02 before each transaction of AIR.

use std::fmt;

use dmp_client::DmpError;
use dmp_client::watch::Step;

use super::{Asked, Guard, Place};
use crate::two_factor::{AirCall, AwarenessStore, PrimaryAuthEvidence, TwoFactorGate};

/// The evidence of one login, before the transactions of its sessions. The session that
/// [`TwoFactorGate::session`] makes looks at it again for each assertion.
pub struct TwoFactorGuard<S> {
    gate: TwoFactorGate<S>,
    evidence: PrimaryAuthEvidence,
}

impl<S: AwarenessStore> TwoFactorGuard<S> {
    /// Over the login of the user of the context.
    #[must_use]
    pub fn new(gate: TwoFactorGate<S>, evidence: PrimaryAuthEvidence) -> Self {
        Self { gate, evidence }
    }

    async fn decide(&self, asked: Asked<'_>) -> Result<(), DmpError> {
        if !asked.attempt.mode.is_air() {
            return Ok(());
        }
        let call = asked.attempt.transaction.map_or(AirCall::WebPs, AirCall::Message);
        self.gate.permit(asked.ctx, &self.evidence, call).await.map(drop).map_err(|refusal| refusal.error())
    }
}

impl<S: AwarenessStore> Guard for TwoFactorGuard<S> {
    fn place(&self) -> Place {
        Place::TwoFactor
    }

    fn check<'a>(&'a self, asked: Asked<'a>) -> Step<'a, Result<(), DmpError>> {
        Box::pin(self.decide(asked))
    }
}

impl<S> fmt::Debug for TwoFactorGuard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwoFactorGuard").field("evidence", &self.evidence).finish_non_exhaustive()
    }
}
