//! F21, the tests of its page by number.

use std::sync::Arc;

use crate::support::air::Notebook;
use crate::support::minor::{self, action};
use crate::support::{acceptance_world, client, consulting, context, count, role, traces};
use dmp_client::watch::Act;
use dmp_client::*;
use dmp_lps::bris_de_glace::*;
use dmp_lps::guard::AccessRules;
use dmp_lps::minors::SecretScope;
use dmp_lps::supervision::Supervisor;
use dmp_lps::*;
use dmp_mock::MockDmp;
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

const REASON: &str = "Patient inconscient, antécédents inconnus";

struct Scene {
    mock: MockDmp,
    clock: ManualClock,
    emergencies: BrisDeGlace,
    login: UserSession,
    ctx: AccessContext,
    /// Nobody is authorised on the record.
    patient: QualifiedPatient,
}

impl Scene {
    async fn new() -> Self {
        Self::with(BrisDeGlaceSettings::default()).await
    }

    async fn with(settings: BrisDeGlaceSettings) -> Self {
        let (mock, clock) = (acceptance_world().await, ManualClock::at(Timestamp::now()));
        let ctx = context("alix", "team-1", "visit-1");
        let login = UserSession::begin("s-1", ctx.user.clone(), clock.now());
        let (emergencies, patient) = (BrisDeGlace::new(clock.clone(), settings), role(&mock, "P-OPEN"));
        Self { mock, clock, emergencies, login, ctx, patient }
    }

    async fn open_on(&self, patient: &QualifiedPatient, reason: &str) -> Result<BrisDeGlaceGuard<mode::Air>, DmpError> {
        let (session, confirmed) = (consulting(&self.mock), Confirmed::by(action(self.clock.now())));
        let feeding = Consent::expressed(false, true);
        self.emergencies.open(&self.ctx, &self.login, &session, patient, feeding, reason, confirmed).await
    }

    async fn open(&self) -> Result<BrisDeGlaceGuard<mode::Air>, DmpError> {
        self.open_on(&self.patient, REASON).await
    }

    fn sent(&self) -> usize {
        self.mock.journal().exchanges().len()
    }

    fn accesses(&self) -> Vec<String> {
        self.mock.journal().exchanges().iter().filter_map(|one| one.access.clone()).collect()
    }
}

fn rule(error: &DmpError) -> (&str, Outcome) {
    (error.rule().unwrap_or_default(), error.outcome())
}

#[tokio::test]
async fn f21_t1_no_reason_opens_nothing() {
    let scene = Scene::new().await;
    for reason in ["", "          ", "urgence"] {
        let error = scene.open_on(&scene.patient, reason).await.unwrap_err();
        assert_eq!(rule(&error), ("V45", Outcome::NotSent), "{reason:?}");
        assert!(reason.is_empty() || !format!("{error:?} {error}").contains("urgence"));
    }
    assert_eq!(scene.sent(), 0, "nothing was sent");
}

#[tokio::test]
async fn f21_t2_the_mode_ends_with_the_guard() {
    let scene = Scene::new().await;
    let guard = scene.open().await.unwrap();
    let (banner, kept) = (guard.banner(), guard.record().unwrap().clone());
    assert!(banner.is_active());
    guard.record().unwrap().find(Search::approved()).await.unwrap();
    assert_eq!(scene.accesses(), ["normal", "bris_de_glace"]);
    drop(guard);
    assert_eq!((banner.is_active(), banner.over()), (false, Some(EndCause::Closed)));
    let normal = consulting(&scene.mock).record(scene.patient.clone(), Consent::given()).unwrap();
    normal.existence().await.unwrap();
    assert_eq!(scene.accesses(), ["normal", "bris_de_glace", "normal"]);
    // A clone of the record that outlived the guard is refused.
    let error = kept.find(Search::approved()).await.unwrap_err();
    assert_eq!((rule(&error), scene.sent()), (("BRIS_DE_GLACE_ENDED", Outcome::NotSent), 3));
}

#[tokio::test]
async fn f21_t3_the_mode_ends_when_another_patient_is_shown() {
    let scene = Scene::new().await;
    let (guard, other) = (scene.open().await.unwrap(), role(&scene.mock, "P-NODMP"));
    scene.emergencies.patient_shown(&scene.login, &scene.patient);
    assert!(guard.banner().is_active(), "the same patient");
    let elsewhere = UserSession::begin("s-2", scene.ctx.user.clone(), scene.clock.now());
    scene.emergencies.patient_shown(&elsewhere, &other);
    assert!(guard.banner().is_active(), "another session");
    scene.emergencies.patient_shown(&scene.login, &other);
    assert_eq!(guard.banner().over(), Some(EndCause::PatientChanged));
    assert_eq!(rule(&guard.record().unwrap_err()), ("BRIS_DE_GLACE_ENDED", Outcome::NotSent));
    // Another one in the same session ends the first, too.
    let first = scene.open().await.unwrap();
    let second = scene.open().await.unwrap();
    assert_eq!((first.banner().is_active(), second.banner().is_active()), (false, true));
}

/// Shows another patient while the DMP is asked.
struct Turning(BrisDeGlace, UserSession, QualifiedPatient);

impl dmp_client::watch::Watch for Turning {
    fn after<'a>(
        &'a self,
        _: &'a dmp_client::watch::Attempt,
        _: &'a dmp_client::watch::Ended,
    ) -> dmp_client::watch::Step<'a, ()> {
        self.0.patient_shown(&self.1, &self.2);
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_patient_shown_while_the_dmp_answers_ends_what_was_not_open_yet() {
    let scene =
        Scene::with(BrisDeGlaceSettings { max_duration: SignedDuration::MAX, ..BrisDeGlaceSettings::default() });
    let scene = scene.await;
    let turning = Turning(scene.emergencies.clone(), scene.login.clone(), role(&scene.mock, "P-NODMP"));
    let session = consulting(&scene.mock).watched(std::sync::Arc::new(turning));
    let (confirmed, consent) = (Confirmed::by(action(scene.clock.now())), Consent::expressed(false, true));
    let opened = scene.emergencies.open(&scene.ctx, &scene.login, &session, &scene.patient, consent, REASON, confirmed);
    assert_eq!(rule(&opened.await.unwrap_err()).0, "BRIS_DE_GLACE_ENDED");
}

#[tokio::test]
async fn f21_t4_an_opposed_holder_is_respected_and_not_asked_twice() {
    let scene = Scene::new().await;
    let id = scene.mock.labelled("P-OPEN").unwrap();
    scene.mock.with_world(|world| world.patient_mut(&id).unwrap().opposes_bris_de_glace = true);
    let patient = scene.patient.clone();
    let retrying =
        crate::support::builder(scene.mock.pki(), &scene.mock.url()).retry(RetryPolicy::default()).build().unwrap();
    let factor = SecondFactor::passed_at(Timestamp::now(), AuthenticationClass::TimeSyncToken);
    let session = retrying.air_simplifie(crate::support::medecin(), factor).unwrap();
    let (confirmed, consent) = (Confirmed::by(action(scene.clock.now())), Consent::expressed(false, true));
    let opened = scene.emergencies.open(&scene.ctx, &scene.login, &session, &patient, consent, REASON, confirmed).await;
    let guard = opened.unwrap();
    let error = guard.record().unwrap().find(Search::approved()).await.unwrap_err();
    assert_eq!(error.code().map(Code::as_str), Some("DMPAccessForbidden"));
    assert_eq!((error.kind(), count(&scene.mock, "TD3.1")), (ErrorKind::Authorisation, 1));
    assert!(error.explain(Language::French).to_string().contains("oppos"), "{}", error.explain(Language::French));
}

#[tokio::test]
async fn f21_t5_td0_3_and_what_changes_for_others_are_refused() {
    // The compile-fail test of `bris_de_glace` is the other half: the record has no such method.
    let scene = Scene::new().await;
    let (guard, notebook) = (scene.open().await.unwrap(), Arc::new(Notebook::default()));
    drop(guard);
    let session = consulting(&scene.mock).watched(notebook.clone());
    let record = session.bris_de_glace(scene.patient.clone(), Consent::given(), REASON).await.unwrap();
    record.existence().await.unwrap();
    let mut attempt = notebook.begun.lock().unwrap().last().unwrap().clone();
    let rules = AccessRules::new(SoftwareKind::Care);
    let refused = [
        Act::Authorise,
        Act::RemoveAuthorisation,
        Act::ListAuthorisations,
        Act::Mask,
        Act::Unmask,
        Act::RevealToPatient,
        Act::RevealToRepresentatives,
        Act::SearchPatients,
    ];
    for act in refused {
        attempt.act = act;
        assert_eq!(rule(&rules.judge(&attempt).unwrap_err()), ("EMERGENCY", Outcome::NotSent), "{act:?}");
    }
    let allowed =
        [Act::Existence, Act::AdministrativeData, Act::Search, Act::Retrieve, Act::Submit, Act::Delete, Act::Archive];
    for act in allowed {
        attempt.act = act;
        assert!(rules.judge(&attempt).is_ok(), "{act:?}");
    }
}

#[tokio::test]
async fn f21_t6_more_than_three_uses_a_week_alert_the_supervision() {
    let scene = Scene::new().await;
    let tracer = traces::tracer(&scene.clock);
    let supervisor = Supervisor::new(Database::in_memory().unwrap(), scene.clock.clone());
    let mut lines = tracer.listen();
    let session = consulting(&scene.mock).watched(tracer.of(&scene.ctx));
    // The opening alone counts: nothing is read afterwards.
    let emergencies = scene.emergencies.clone().traced(tracer.clone());
    let mut alerts = Vec::new();
    for use_of_it in 1..=4 {
        let (confirmed, consent) = (Confirmed::by(action(scene.clock.now())), Consent::expressed(false, true));
        let opened =
            emergencies.open(&scene.ctx, &scene.login, &session, &scene.patient, consent, REASON, confirmed).await;
        opened.unwrap();
        while let Ok(line) = lines.try_recv() {
            // The trace of the use has its reason, which the alert does not show.
            let in_emergency = line.access == "bris_de_glace";
            assert_eq!(line.reason.as_deref(), in_emergency.then_some(REASON));
            alerts.extend(supervisor.feed(&line).await.unwrap().into_iter().map(|alert| (use_of_it, alert.rule)));
        }
        // A use is a record on a day.
        scene.clock.advance(SignedDuration::from_hours(24));
    }
    let expected: Vec<_> = alerts.iter().filter(|(_, rule)| rule.as_str() == "SV05").map(|(used, _)| *used).collect();
    assert_eq!(expected, [4], "{alerts:?}");
}

#[tokio::test]
async fn f21_t7_a_valid_authorisation_leaves_no_emergency() {
    let scene = Scene::new().await;
    let error = scene.open_on(&role(&scene.mock, "P-AUTH"), REASON).await.unwrap_err();
    assert_eq!(rule(&error).0, "EMG-05");
    assert_eq!(scene.accesses(), ["normal"], "nothing was asked in emergency");
    for (label, expected) in [("P-CLOSED", "EX_0.2"), ("P-NODMP", "EX_0.2")] {
        let error = scene.open_on(&role(&scene.mock, label), REASON).await.unwrap_err();
        assert_eq!(rule(&error).0, expected, "{label}");
    }
    assert!(scene.accesses().iter().all(|access| access == "normal"));
}

#[tokio::test]
async fn it_is_for_a_professional_of_care_logged_in() {
    let scene = Scene::new().await;
    let open = async |ctx: &AccessContext, login: &UserSession, emergencies: &BrisDeGlace, at: Timestamp| {
        let (session, consent) = (consulting(&scene.mock), Consent::given());
        let confirmed = Confirmed::by(action(at));
        emergencies.open(ctx, login, &session, &scene.patient, consent, REASON, confirmed).await.unwrap_err()
    };
    let (now, mut secretary, mut nobody) = (scene.clock.now(), scene.ctx.clone(), scene.ctx.clone());
    secretary.role = CareRole::UnderResponsibility;
    nobody.professional = None;
    let over = UserSession::begin("s-2", scene.ctx.user.clone(), now);
    over.end();
    let other = UserSession::begin("s-3", InternalUserId::new("sacha").unwrap(), now);
    for (ctx, login) in [(&secretary, &scene.login), (&nobody, &scene.login), (&scene.ctx, &over), (&scene.ctx, &other)]
    {
        assert_eq!(rule(&open(ctx, login, &scene.emergencies, now).await), ("BRIS_DE_GLACE", Outcome::NotSent));
    }
    let settings = BrisDeGlaceSettings { software: SoftwareKind::Regulation, ..BrisDeGlaceSettings::default() };
    let regulation = BrisDeGlace::new(scene.clock.clone(), settings);
    assert_eq!(rule(&open(&scene.ctx, &scene.login, &regulation, now).await), ("BRIS_DE_GLACE", Outcome::NotSent));
    let old = now - SignedDuration::from_mins(3);
    assert_eq!(rule(&open(&scene.ctx, &scene.login, &scene.emergencies, old).await), ("F26", Outcome::NotSent));
    assert_eq!(scene.sent(), 0, "nothing was sent");
}

#[tokio::test]
async fn the_banner_tells_each_end() {
    let scene = Scene::new().await;
    let guard = scene.open().await.unwrap();
    let mut changes = Box::pin(guard.banner().changes());
    assert_eq!(changes.next().await, Some(true));
    scene.login.end();
    assert_eq!((changes.next().await, changes.next().await), (Some(false), None));
    assert_eq!(guard.banner().over(), Some(EndCause::SessionEnded));

    let scene = Scene::new().await;
    let guard = scene.open().await.unwrap();
    scene.clock.advance(SignedDuration::from_mins(59));
    assert!(guard.banner().is_active());
    scene.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(guard.banner().over(), Some(EndCause::TooLong));
    assert_eq!(guard.banner().changes().collect::<Vec<_>>().await, [false]);
    let guard = scene.open().await.unwrap();
    let changes = guard.banner().changes();
    guard.end();
    assert_eq!(changes.collect::<Vec<_>>().await, [true, false]);
}

#[tokio::test]
async fn a_minor_in_danger_keeps_the_secret() {
    let scene = Scene::new().await;
    let (patient, birth) = minor::minor(&scene.mock);
    let id = scene.mock.labelled("P-MINOR").unwrap();
    scene.mock.with_world(|world| world.patient_mut(&id).unwrap().grants.clear());
    let guard = scene.open_on(&patient, REASON).await.unwrap();
    let (sessions, _) = minor::sessions(&client(scene.mock.pki(), &scene.mock.url()));
    let confirmed = Confirmed::by(action(scene.clock.now()));
    let record = guard.record().unwrap();
    let secret = sessions.open(&scene.ctx, record, Some(&birth), SecretScope::Visit, confirmed).await.unwrap();
    secret.record().unwrap().find(Search::approved()).await.unwrap();
    let last = scene.mock.journal().last().unwrap();
    assert_eq!((last.access.as_deref(), last.connexion_secrete), (Some("bris_de_glace"), true));
}
