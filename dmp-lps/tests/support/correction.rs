//! Corrections over a mock: what the software knows, and what the DMP has.

use cda::n1::N1Builder;
use dmp_client::*;
use dmp_lps::acts::Deletion;
use dmp_lps::consent::ConsentGate;
use dmp_lps::correction::*;
use dmp_lps::error_record::ErrorRegister;
use dmp_lps::outbox::Badge;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;

use super::documents::{document, letter, random_oid, unique_id};
use super::{clock, context, feeding, patient, qualified};

pub(crate) type Flow = Corrections<Database, Database, Database>;

/// Corrections over an empty base.
pub(crate) struct Scene {
    pub(crate) flow: Flow,
    pub(crate) gate: ConsentGate<Database>,
    pub(crate) register: ErrorRegister<Database>,
    pub(crate) clock: ManualClock,
    pub(crate) base: Database,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(CorrectionSettings::default())
    }

    pub(crate) fn with(settings: CorrectionSettings) -> Self {
        Self::over(Database::in_memory().unwrap(), settings)
    }

    pub(crate) fn over(base: Database, settings: CorrectionSettings) -> Self {
        let clock = clock();
        let gate = ConsentGate::new(base.clone(), clock.clone());
        let ledger = PublicationLedger::new(base.clone(), base.clone());
        let flow = Corrections::new(ledger, gate.clone(), clock.clone(), settings);
        let register = ErrorRegister::new(base.clone(), clock.clone());
        Self { flow, gate, register, clock, base }
    }

    /// Feeds a letter at once, by the structure; the software knows it.
    pub(crate) async fn fed(&self, mock: &MockDmp) -> N1Builder {
        let builder = letter();
        self.feed(mock, &builder).await;
        builder
    }

    pub(crate) async fn feed(&self, mock: &MockDmp, builder: &N1Builder) {
        let document = document(builder).await;
        record(mock).submit(&Submission::of(document.clone())).await.unwrap();
        self.flow.fed(&ctx(), &patient(), &document).await.unwrap();
    }

    pub(crate) async fn replace(
        &self,
        mock: &MockDmp,
        former: &N1Builder,
        new: &N1Builder,
    ) -> Result<Replaced, CorrectionError> {
        let document = document(new).await;
        let (record, former) = (record(mock), unique_id(former));
        self.flow.replace(&ctx(), &record, CorrectionCause::ContentError, former, document).await
    }

    pub(crate) async fn delete(&self, mock: &MockDmp, unique_id: &str) -> Result<Removed, CorrectionError> {
        self.flow.delete(&ctx(), &record(mock), CorrectionCause::PatientRequest, unique_id, self.confirmed()).await
    }

    pub(crate) fn confirmed(&self) -> Confirmed<Deletion> {
        let user = InternalUserId::new("alix").unwrap();
        Confirmed::by(UserAction { user, screen: "correction".to_owned(), at: self.clock.now() })
    }

    pub(crate) async fn badge(&self, unique_id: &str) -> Badge {
        self.flow.ledger().badge(&patient(), unique_id).await.unwrap().badge
    }

    pub(crate) async fn next(&self, builder: &N1Builder) -> Option<u64> {
        let next = self.flow.ledger().next_version(&patient(), &unique_id(builder)).await.unwrap();
        next.map(|next| next.number)
    }
}

pub(crate) fn ctx() -> AccessContext {
    context("alix", "team-1", "visit-1")
}

pub(crate) fn record(mock: &MockDmp) -> IndirectRecord {
    feeding(mock).record(qualified(), Consent::given()).unwrap()
}

/// The next version of a letter.
pub(crate) fn successor(of: &N1Builder) -> N1Builder {
    N1Builder {
        unique_id: Some(random_oid()),
        version: Some(of.version.unwrap_or(1) + 1),
        replaces: of.unique_id.clone(),
        ..of.clone()
    }
}

pub(crate) fn status(mock: &MockDmp, builder: &N1Builder) -> AvailabilityStatus {
    mock.with_world(|world| world.registry.last_version(&unique_id(builder)).unwrap().entry.status.clone().unwrap())
}

/// Which documents the mock has as current ones.
pub(crate) fn current(mock: &MockDmp) -> usize {
    let id = dmp_mock::world::PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    mock.with_world(|world| {
        let entries = world.registry.entries_of(&id);
        entries
            .filter(|one| one.entry.status == Some(AvailabilityStatus::Approved) && !one.entry.is_signature())
            .count()
    })
}

pub(crate) fn transactions(mock: &MockDmp, since: usize) -> Vec<String> {
    mock.journal().exchanges().into_iter().skip(since).filter_map(|one| one.transaction).collect()
}
