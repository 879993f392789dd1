//! The invented clinic of the reference integrations: its stores, its guards and traces, and a DMP that runs in the same
//! process. In a software all of this exists already: stores are its base, users are logged in, the DMP is the real one.

use dmp_client::watch::Watch;
use dmp_client::{AirSession, Document, IndirectSession, QualifiedPatient};
use dmp_lps::consent::{ConsentGate, Scope, Stance, StanceChange};
use dmp_lps::guard::{AccessRules, ConsentGuard, Guards, Intent};
use dmp_lps::trace::{
    KEY_LENGTH, SqliteTraces, TraceActor, TraceExtract, TraceKeys, TraceReader, TraceSettings, Tracer,
};
use dmp_lps::{
    AccessContext, CareRole, CareTeamId, Clock, Database, Episode, EpisodeId, InternalUserId, ManualClock, PatientKey,
    SoftwareKind, UserAction,
};
use dmp_mock::world::seed;
use dmp_protocol::vihf::Purpose;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{Ins, ProfessionalId, StructureId};
use jiff::Timestamp;
use std::sync::Arc;
use tempfile::TempDir;

use crate::bare::Failure;
use crate::letter;
use crate::tour::Tour;

/// The sentence of the integration guide that the patient is read; the vendor's text goes here.
const SENTENCE: &str = "Texte du guide d'intégration, lu au patient.";

/// A clinic, its software and a DMP.
pub struct Clinic {
    tour: Tour,
    folder: TempDir,
    /// The base of the software: consents, queue, imports, lists.
    pub base: Database,
    /// The clock of the software. It begins now; an example moves it instead of waiting.
    pub clock: ManualClock,
    /// The register of consents (F01).
    pub gate: ConsentGate<Database>,
    /// The traces (F14).
    pub tracer: Tracer,
}

impl std::fmt::Debug for Clinic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clinic")
    }
}

impl Clinic {
    /// Starts a DMP where any patient has a record, open to Alix, and opens the stores, in a folder that goes with the
    /// value.
    ///
    /// # Errors
    /// A port or a file that cannot be opened.
    pub async fn open() -> Result<Self, Failure> {
        Self::before(Tour::start(None).await?)
    }

    /// The same before a DMP that knows three patients, and rights.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn in_closed_world() -> Result<Self, Failure> {
        Self::before(Tour::with(dmp_mock::MockDmp::start().await?)?)
    }

    fn before(tour: Tour) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let store = |name: &str| Database::open(folder.path().join(name));
        let (base, clock) = (store("software.db")?, ManualClock::at(Timestamp::now()));
        let gate = ConsentGate::new(base.clone(), clock.clone()).with_sentence(SENTENCE);
        // Each trace in a base of its own. The key belongs in the vault of the establishment, not in the program.
        let (access, air) = (SqliteTraces::access(store("traces.db")?), SqliteTraces::air(store("traces-air.db")?));
        let keys = TraceKeys::new(1, &[7; KEY_LENGTH])?;
        let tracer = Tracer::new(access, air, keys, clock.clone(), TraceSettings::default()).at_workstation("poste-12");
        Ok(Self { tour, folder, base, clock, gate, tracer })
    }

    /// Médecin MODELE ALIX, logged in, in charge of an episode that has begun.
    ///
    /// # Errors
    /// The constants of the seeded world no longer parse.
    pub fn alix(&self, episode: &str) -> Result<AccessContext, Failure> {
        Ok(AccessContext {
            user: InternalUserId::new("alix").ok_or("no user")?,
            professional: Some(ProfessionalId::parse(seed::MEDECIN, Realm::Test)?.value),
            structure: StructureId::parse(seed::STRUCTURE_EG, Realm::Test)?.value,
            role: CareRole::TeamMember,
            purpose: Purpose::Normal,
            secret: false,
            episode: Episode { id: EpisodeId::new(episode).ok_or("no episode")?, started_at: Some(self.clock.now()) },
            team: CareTeamId::new("cardiologie").ok_or("no team")?,
        })
    }

    /// Her session, after two factors (AIR simplifié), traced and guarded.
    ///
    /// # Errors
    /// What the SDK refuses.
    pub fn consulting(&self, ctx: &AccessContext) -> Result<AirSession, Failure> {
        let session = self.tour.consulting()?;
        Ok(session.watched(self.tracer.of(ctx)).watched(self.guards(ctx, Intent::Consulting)))
    }

    /// The session of the structure, which feeds (INDIRECTE), traced and guarded.
    ///
    /// # Errors
    /// What the SDK refuses.
    pub fn feeding(&self, ctx: &AccessContext) -> Result<IndirectSession, Failure> {
        let session = self.tour.feeding()?;
        Ok(session.watched(self.tracer.of(ctx)).watched(self.guards(ctx, Intent::Feeding)))
    }

    /// What stands before every transaction, whoever makes it.
    fn guards(&self, ctx: &AccessContext, intent: Intent) -> Arc<dyn Watch> {
        let guards = Guards::new().with(ConsentGuard::new(self.gate.clone()));
        guards.with(AccessRules::new(SoftwareKind::Care)).of(ctx.clone(), intent)
    }

    /// Writes down that the patient was informed and did not oppose, to feeding and to consultation.
    ///
    /// # Errors
    /// The register failed.
    pub async fn inform(&self, ctx: &AccessContext, patient: &PatientKey) -> Result<(), Failure> {
        for scope in [Scope::Feeding, Scope::Consultation] {
            let change = StanceChange::new(scope, Stance::InformedNotOpposed);
            let _ = self.gate.record(ctx, patient, change).await?;
        }
        Ok(())
    }

    /// The user presses a button on that screen, now.
    #[must_use]
    pub fn click(&self, ctx: &AccessContext, screen: &str) -> UserAction {
        UserAction { user: ctx.user.clone(), screen: screen.to_owned(), at: self.clock.now() }
    }

    /// A document that another structure put into the DMP.
    ///
    /// # Errors
    /// The DMP refuses it.
    pub async fn fed_elsewhere(&self, document: Document) -> Result<(), Failure> {
        let record = self.tour.feeding_of(&document)?;
        record.submit(&dmp_client::Submission::of(document)).await?;
        Ok(())
    }

    /// The traces, one `action: outcome` a line; reading them is itself traced.
    ///
    /// # Errors
    /// The traces cannot be read.
    pub async fn traced(&self) -> Result<Vec<String>, Failure> {
        let archivist = InternalUserId::new("archiviste").ok_or("no user")?;
        let reader = TraceReader::ordinary(TraceActor::user(archivist));
        let lines = self.tracer.read(&TraceExtract::all(), &reader).await?;
        let line = |line: &dmp_lps::trace::AccessTrace| {
            let transaction = line.transaction.as_deref().unwrap_or("-");
            let code = line.code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
            format!("{transaction:6} {}: {}{code}", line.action, line.outcome.as_str())
        };
        Ok(lines.iter().map(line).collect())
    }

    /// The folder of the stores.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The DMP of this process, for tests that make it fail.
    ///
    /// # Errors
    /// There is none.
    pub fn dmp(&self) -> Result<&dmp_mock::MockDmp, Failure> {
        Ok(self.tour.mock_in_process().ok_or("no DMP in this process")?)
    }
}

/// Camille EXEMPLE, whom the clinic follows; her INS was qualified with INSi.
///
/// # Errors
/// The constant no longer parses.
pub fn camille() -> Result<QualifiedPatient, Failure> {
    Ok(QualifiedPatient::declared(letter::camille()?.ins.ok_or("no INS")?))
}

/// Another patient, by the 13 digits of an invented number.
///
/// # Errors
/// Not 13 digits.
pub fn somebody(digits: u64) -> Result<QualifiedPatient, Failure> {
    let matricule = format!("{digits}{:02}", 97 - digits % 97);
    Ok(QualifiedPatient::declared(Ins::parse(&matricule, seed::TEST_NIR_OID, Realm::Test)?.value))
}
