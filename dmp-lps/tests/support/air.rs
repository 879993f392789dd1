//! A login with two factors, and the gate before AIR.

use std::sync::{Arc, Mutex};

use dmp_client::watch::{Attempt, Issued, Step, Watch};
use dmp_client::*;
use dmp_lps::two_factor::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::{GenericNumbers, Rpps};
use jiff::{SignedDuration, Timestamp};

use super::{clinic, context, medecin, professional};

pub(crate) const GENERIC: &str = "99999000039";
pub(crate) const TEXT: &str = "2026-1";

/// Médecin MODELE ALIX logged in an hour ago, with a password and a one-time password, and is aware.
pub(crate) struct Air {
    pub(crate) gate: TwoFactorGate<Database>,
    pub(crate) ctx: AccessContext,
    pub(crate) evidence: PrimaryAuthEvidence,
    pub(crate) professional: Professional,
    pub(crate) clock: ManualClock,
}

pub(crate) fn settings() -> AirSettings {
    let generic = Rpps::parse(GENERIC, Realm::Test).unwrap().value;
    let mode = AirMode::Simplifie { homologated_until: "2099-12-31".parse().unwrap() };
    AirSettings::new(mode, [clinic()], GenericNumbers::declared([generic]), TEXT)
}

pub(crate) fn factor(kind: FactorKind, verified_at: Timestamp) -> Factor {
    Factor { kind, label: "facteur".to_owned(), verified_at }
}

/// The login of the user `alix`.
pub(crate) fn evidence(now: Timestamp) -> PrimaryAuthEvidence {
    let at = now - SignedDuration::from_mins(59);
    PrimaryAuthEvidence {
        professional: professional("899999000013"),
        factors: vec![factor(FactorKind::Knowledge, at), factor(FactorKind::Possession, at)],
        place: LoginPlace::Application,
        session: UserSession::begin("s-1", InternalUserId::new("alix").unwrap(), now - SignedDuration::from_hours(1)),
        authenticated_at: at,
        class: AuthenticationClass::TimeSyncToken,
    }
}

impl Air {
    pub(crate) async fn of(client: DmpClient) -> Self {
        Self::with(client, settings()).await
    }

    pub(crate) async fn with(client: DmpClient, settings: AirSettings) -> Self {
        let air = Self::unaware(client, settings);
        air.gate.acknowledge(&air.evidence.professional).await.unwrap();
        air
    }

    pub(crate) fn unaware(client: DmpClient, settings: AirSettings) -> Self {
        let clock = ManualClock::at(Timestamp::now());
        let gate = TwoFactorGate::new(client, settings, Database::in_memory().unwrap(), clock.clone());
        let (ctx, evidence) = (context("alix", "team-1", "visit-1"), evidence(clock.now()));
        Self { gate, ctx, evidence, professional: medecin(), clock }
    }

    pub(crate) async fn session(&self) -> Result<AirSession, DmpError> {
        self.gate.session(&self.ctx, &self.evidence, self.professional.clone()).await
    }

    /// The code of the refusal, the same from a permit and from the door; nothing reached the mock.
    pub(crate) async fn refusal(&self, mock: &MockDmp) -> AirRefusal {
        let existence = dmp_protocol::transaction::Transaction::Existence;
        let refusal = self.gate.permit(&self.ctx, &self.evidence, existence).await.unwrap_err();
        let error = self.session().await.unwrap_err();
        assert_eq!((error.rule(), error.outcome()), (Some(refusal.code()), Outcome::NotSent));
        assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
        refusal
    }
}

/// What a session began, and the assertions that it signed.
#[derive(Clone, Default)]
pub(crate) struct Notebook {
    pub(crate) begun: Arc<Mutex<Vec<Attempt>>>,
    pub(crate) issued: Arc<Mutex<Vec<String>>>,
}

impl Notebook {
    pub(crate) fn assertions(&self) -> Vec<String> {
        self.issued.lock().unwrap().clone()
    }
}

impl Watch for Notebook {
    fn before<'a>(&'a self, attempt: &'a Attempt) -> Step<'a, Result<(), DmpError>> {
        self.begun.lock().unwrap().push(attempt.clone());
        Box::pin(async { Ok(()) })
    }

    fn assertion<'a>(&'a self, _: &'a Attempt, issued: &'a Issued) -> Step<'a, Result<(), DmpError>> {
        self.issued.lock().unwrap().push(issued.assertion.clone());
        Box::pin(async { Ok(()) })
    }
}
