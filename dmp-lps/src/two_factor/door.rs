//! The door to AIR.

use std::sync::Arc;

use dmp_client::watch::{Attempt, Issued, Step, Watch};
use dmp_client::{AirSession, DmpError, PrimaryAuthentication, Professional, SecondFactor};
use dmp_protocol::transaction::Transaction;

use super::gate::Origin;
use super::{AirCall, AirMode, AirRefusal, AwarenessStore, PrimaryAuthEvidence, TwoFactorGate};
use crate::context::AccessContext;

impl<S: AwarenessStore> TwoFactorGate<S> {
    /// A session of AIR, or the first element that is missing: nothing is sent. The gate decides again for each
    /// assertion that the session signs, before it is written.
    ///
    /// # Errors
    /// [`AirRefusal`], as an error of a call that was never sent; and as
    /// [`DmpClient::air_simplifie`](dmp_client::DmpClient::air_simplifie).
    pub async fn session(
        &self,
        ctx: &AccessContext,
        evidence: &PrimaryAuthEvidence,
        professional: Professional,
    ) -> Result<AirSession, DmpError> {
        let opened = self.open(ctx, evidence, professional, Origin::User).await;
        self.notes.refused(ctx, None, opened).await
    }

    pub(super) async fn open(
        &self,
        ctx: &AccessContext,
        evidence: &PrimaryAuthEvidence,
        professional: Professional,
        origin: Origin,
    ) -> Result<AirSession, DmpError> {
        // What every request needs: TD0.2 stands for all.
        let first = self.decide(ctx, evidence, &origin, Transaction::Existence.into()).await;
        drop(first.map_err(AirRefusal::error)?);
        if ctx.professional.as_ref() != Some(professional.id()) {
            return Err(AirRefusal::OtherProfessional.error());
        }
        if ctx.structure != *professional.establishment().id() {
            return Err(AirRefusal::FinessNotListed.error());
        }
        let (at, class) = (evidence.authenticated_at, evidence.class);
        let client = &self.inner.client;
        let session = match self.inner.settings.mode {
            AirMode::Simplifie { .. } => client.air_simplifie(professional, SecondFactor::passed_at(at, class))?,
            AirMode::Air => client.air(professional, PrimaryAuthentication::passed_at(at, class))?,
        };
        let permits = Permits { gate: self.clone(), ctx: ctx.clone(), evidence: evidence.clone(), origin };
        Ok(session.watched(Arc::new(permits)))
    }
}

/// Rule 9: one permit for each assertion.
struct Permits<S> {
    gate: TwoFactorGate<S>,
    ctx: AccessContext,
    evidence: PrimaryAuthEvidence,
    origin: Origin,
}

impl<S: AwarenessStore> Permits<S> {
    async fn spend_one(&self, attempt: &Attempt) -> Result<(), DmpError> {
        let ctx =
            AccessContext { purpose: attempt.access.purpose(), secret: attempt.connexion_secrete, ..self.ctx.clone() };
        let call = attempt.transaction.map_or(AirCall::WebPs, AirCall::Message);
        let permit = self.gate.decide(&ctx, &self.evidence, &self.origin, call).await;
        permit.and_then(|permit| permit.spend(self.gate.inner.clock.now())).map_err(AirRefusal::error)
    }
}

impl<S: AwarenessStore> Watch for Permits<S> {
    fn assertion<'a>(&'a self, attempt: &'a Attempt, _: &'a Issued) -> Step<'a, Result<(), DmpError>> {
        Box::pin(self.spend_one(attempt))
    }
}
