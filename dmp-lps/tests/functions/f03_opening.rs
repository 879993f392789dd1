//! F03, the tests of its page by number, and the scenarios of the acceptance book that wait for it.

use std::time::Duration;

use crate::support::{acceptance_world, clock, consulting, context, count, role};
use dmp_client::*;
use dmp_lps::consent::{ConsentGate, Scope, Stance, StanceChange};
use dmp_lps::opening::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_mock::world::{Grant, GrantHolder};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::BirthDate;
use dmp_vocabulary::identity::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTrait, StrictTraits};
use futures_util::StreamExt;
use jiff::Span;

type Gate = ConsentGate<Database>;

fn gate() -> Gate {
    ConsentGate::new(Database::in_memory().unwrap(), clock()).with_sentence("Texte du guide.")
}

async fn informed(gate: &Gate, ctx: &AccessContext, patient: &QualifiedPatient) {
    let change = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed);
    let _ = gate.record(ctx, &PatientKey::from(patient), change).await.unwrap();
}

/// Opens the record of a role, informed; the badge, what entering gives, and how often TD0.3 was sent before and after.
async fn opened(label: &str) -> (RecordBadge, Entry, [usize; 2], RecordBadge) {
    let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
    let patient = role(&mock, label);
    informed(&gate, &ctx, &patient).await;
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), ctx, &patient);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    let (badge, before) = (opened.badge(), count(&mock, "TD0.3"));
    let entry = opened.enter().await.unwrap();
    (badge, entry, [before, count(&mock, "TD0.3")], opened.badge())
}

#[tokio::test]
async fn f03_t1_and_f03_t2_and_f03_t3_and_f03_t4_each_state_has_its_badge_and_its_entry() {
    use Authorisation::{Expire, Interdit, NonExiste, Valide};
    let cases = [
        ("P-OPEN", Some(NonExiste), false, Entry::Entered { authorised_now: true }, 1),
        ("P-AUTH", Some(Valide), false, Entry::Entered { authorised_now: false }, 0),
        ("P-MT", Some(Valide), true, Entry::Entered { authorised_now: false }, 0),
        ("P-EXP", Some(Expire), false, Entry::Entered { authorised_now: true }, 1),
        ("P-BLOCK", Some(Interdit), false, Entry::Stopped, 0),
        ("P-NODMP", None, false, Entry::Stopped, 0),
        ("P-CLOSED", None, false, Entry::Stopped, 0),
    ];
    for (label, authorisation, medecin_traitant, expected, added) in cases {
        let (badge, entry, sent, after) = opened(label).await;
        assert_eq!((badge.authorisation.clone(), badge.medecin_traitant), (authorisation, medecin_traitant), "{label}");
        assert_eq!((entry.clone(), sent), (expected, [0, added]), "{label}");
        match label {
            "P-NODMP" => assert_eq!(badge.existence, BadgeExistence::NoDmp),
            "P-CLOSED" => assert!(matches!(badge.existence, BadgeExistence::Closed { on: Some(_), reason: Some(_) })),
            _ => assert_eq!(badge.existence, BadgeExistence::Open, "{label}"),
        }
        if let Entry::Entered { authorised_now } = entry {
            assert_eq!(after.authorisation, Some(Valide), "{label}");
            assert_eq!(after.expected_end.is_some(), authorised_now, "{label}");
        }
    }
}

#[tokio::test]
async fn f03_t6_an_uninformed_or_opposed_patient_is_left_alone() {
    let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
    let patient = role(&mock, "P-AUTH");
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), ctx.clone(), &patient);
    for stance in [None, Some(Stance::InformedOpposed)] {
        if let Some(stance) = stance {
            let change = StanceChange::new(Scope::Consultation, stance);
            let _ = gate.record(&ctx, &PatientKey::from(&patient), change).await.unwrap();
        }
        assert!(opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().is_none());
        let badge = opening.refusal().await.unwrap().unwrap();
        assert!(matches!(badge.existence, BadgeExistence::NotQueried(NotQueried::Gate(_))));
    }
    assert_eq!(mock.journal().exchanges().len(), 0);
}

#[tokio::test]
async fn f03_t7_a_nia_opens_nothing() {
    let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
    let patient = role(&mock, "P-NIA");
    informed(&gate, &ctx, &patient).await;
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), ctx, &patient);
    let refused = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap_err();
    assert_eq!((refused.rule(), refused.outcome()), (Some("0.2-080"), Outcome::NotSent));
    assert_eq!(mock.journal().exchanges().len(), 0);
}

#[tokio::test]
async fn f03_t5_an_authorisation_of_six_months_and_a_day_is_given_anew() {
    for (days_over, sent) in [(-1, 0), (1, 1)] {
        let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
        let (patient, id) = (role(&mock, "P-OPEN"), mock.labelled("P-OPEN").unwrap());
        informed(&gate, &ctx, &patient).await;
        let age = Span::new().months(6).days(days_over);
        let given = mock.clock().now().to_zoned(dmp_protocol::paris()).checked_sub(age).unwrap().timestamp();
        let holder = GrantHolder::Person("899999000013".to_owned());
        mock.with_world(|world| world.patient_mut(&id).unwrap().grants.insert(holder, Grant::Since(given)));
        let session = consulting(&mock);
        let opening = Opening::new(&gate, clock(), ctx, &patient);
        let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
        assert_eq!(opened.badge().is_authorised(), sent == 0);
        assert_eq!(opened.enter().await.unwrap(), Entry::Entered { authorised_now: sent == 1 });
        assert_eq!(count(&mock, "TD0.3"), sent);
        assert!(opened.badge().is_authorised());
    }
}

#[tokio::test]
async fn f03_t8_what_is_not_known_of_a_record_stops_there() {
    let cases = [("<statusCode code=\"active\"/>", "<statusCode code=\"suspended\"/>"), ("VALIDE", "A_VERIFIER")];
    for (written, edited) in cases {
        let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
        let patient = role(&mock, "P-AUTH");
        informed(&gate, &ctx, &patient).await;
        let edits = vec![(written.to_owned(), edited.to_owned())];
        mock.faults().add(Fault::new(Effect::Rewrite { edits }).on(Transaction::Existence)).unwrap();
        let session = consulting(&mock);
        let opening = Opening::new(&gate, clock(), ctx, &patient);
        let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
        let badge = opened.badge();
        match edited {
            "A_VERIFIER" => assert_eq!(badge.authorisation, Some(Authorisation::Other(edited.to_owned()))),
            _ => assert_eq!(badge.existence, BadgeExistence::Unknown("suspended".to_owned())),
        }
        assert_eq!(opened.enter().await.unwrap(), Entry::Stopped);
        assert_eq!(count(&mock, "TD0.3"), 0);
    }
}

#[tokio::test]
async fn f03_t9_an_opening_waits_for_nobody() {
    assert_eq!(BADGE_WAIT, Duration::from_secs(10));
    let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
    let patient = role(&mock, "P-AUTH");
    informed(&gate, &ctx, &patient).await;
    // The DMP does not answer before the test ends.
    mock.faults().add(Fault::new(Effect::Hold { gate: "t9".to_owned() })).unwrap();
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), ctx, &patient).wait(Duration::from_millis(500));
    let mut events = std::pin::pin!(opening.events(|consent| session.record(patient.clone(), consent)));
    // At once, before anything is sent.
    assert!(matches!(events.next().await, Some(OpeningEvent::Checking)));
    assert_eq!(count(&mock, "TD0.2"), 0);
    // The thread of the screen goes on while the DMP keeps silent: this runtime has no other.
    let (event, ()) = tokio::join!(events.next(), mock.faults().reached("t9"));
    let Some(OpeningEvent::Opened(opened)) = event else { panic!("{event:?}") };
    assert_eq!(opened.badge().existence, BadgeExistence::NotQueried(NotQueried::Timeout));
    assert_eq!(opened.enter().await.unwrap(), Entry::Stopped);
    assert_eq!(count(&mock, "TD0.3"), 0);
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn f03_the_stream_tells_a_record_kept_closed_and_a_failure() {
    let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
    let (patient, nia) = (role(&mock, "P-AUTH"), role(&mock, "P-NIA"));
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), ctx.clone(), &patient);
    let events: Vec<_> = opening.events(|consent| session.record(patient.clone(), consent)).collect().await;
    let [OpeningEvent::Checking, OpeningEvent::KeptClosed(badge)] = &events[..] else { panic!("{events:?}") };
    let not_informed = NotQueried::Gate(consent::GateRefusal::NotInformed);
    assert_eq!(badge.existence, BadgeExistence::NotQueried(not_informed));
    informed(&gate, &ctx, &nia).await;
    let opening = Opening::new(&gate, clock(), ctx, &nia);
    let events: Vec<_> = opening.events(|consent| session.record(nia.clone(), consent)).collect().await;
    assert!(matches!(&events[..], [OpeningEvent::Checking, OpeningEvent::Failed(_)]), "{events:?}");
    assert_eq!(mock.journal().exchanges().len(), 0);
}

/// K04.
#[tokio::test]
async fn f03_opening_may_be_the_wish_to_consult() {
    for (label, sent, authorised) in [("P-OPEN", 1, true), ("P-AUTH", 0, true), ("P-BLOCK", 0, false)] {
        let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
        let patient = role(&mock, label);
        informed(&gate, &ctx, &patient).await;
        let session = consulting(&mock);
        let opening = Opening::new(&gate, clock(), ctx, &patient).authorise_on(AuthoriseOn::RecordOpening);
        let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
        assert_eq!((count(&mock, "TD0.2"), count(&mock, "TD0.3")), (1, sent), "{label}");
        assert_eq!(opened.badge().is_authorised(), authorised, "{label}");
    }
}

#[tokio::test]
async fn f03_traits_that_differ_from_those_of_insi_are_named() {
    let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
    let patient = role(&mock, "P-AUTH");
    informed(&gate, &ctx, &patient).await;
    let ins = StrictTraits {
        birth_name: BirthName::parse("EXEMPLE").unwrap(),
        given_names: GivenNames::parse("CAMILLE").unwrap(),
        birth_date: BirthDate::parse_hl7("19800515").unwrap(),
        sex: Sex::Female,
        birth_place: BirthPlace::unknown(),
    };
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), ctx, &patient).ins_traits(ins);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    assert_eq!(opened.badge().gap, [StrictTrait::BirthDate]);
    assert!(opened.badge().traits.is_none());
}

/// F01 rule 9: TD0.3 acts only for its caller.
#[tokio::test]
async fn f03_what_a_patient_took_back_is_given_back_at_the_next_session() {
    let (mock, gate) = (acceptance_world().await, gate());
    let patient = role(&mock, "P-OPEN");
    let second = context("sacha", "team-1", "visit-1");
    informed(&gate, &second, &patient).await;
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), second.clone(), &patient);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    assert_eq!(opened.enter().await.unwrap(), Entry::Entered { authorised_now: true });
    // Somebody of the team who holds no authorisation writes the opposition down.
    let mut first = context("alix", "team-1", "visit-1");
    first.professional = Some(crate::support::professional("899999000021"));
    let opposed = StanceChange::new(Scope::Consultation, Stance::InformedOpposed);
    let recorded = gate.record(&first, &PatientKey::from(&patient), opposed).await.unwrap();
    assert_eq!((recorded.withdraw_now, recorded.others), (false, 1));
    // A DMP that fails leaves it to be done.
    mock.faults().add(Fault::http(503).on(Transaction::SetAuthorization).times(1)).unwrap();
    let failed = give_back_pending(&gate, &second, &session).await.unwrap();
    assert_eq!((failed.done, failed.failed.len()), (0, 1));
    let done = give_back_pending(&gate, &second, &session).await.unwrap();
    assert_eq!((done.done, done.failed.len()), (1, 0));
    let id = mock.labelled("P-OPEN").unwrap();
    assert!(mock.with_world(|world| world.patient(&id).unwrap().grants.is_empty()));
    let before = count(&mock, "TD0.3");
    let _ = give_back_pending(&gate, &second, &session).await.unwrap();
    assert_eq!(count(&mock, "TD0.3"), before, "once");
}

#[tokio::test]
async fn f03_who_opened_before_an_opposition_does_not_enter_after_it() {
    let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
    let patient = role(&mock, "P-OPEN");
    let key = PatientKey::from(&patient);
    informed(&gate, &ctx, &patient).await;
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), ctx.clone(), &patient);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    assert_eq!(opened.enter().await.unwrap(), Entry::Entered { authorised_now: true });
    let mut colleague = context("sacha", "team-1", "visit-1");
    colleague.professional = Some(crate::support::professional("899999000021"));
    let opposed = StanceChange::new(Scope::Consultation, Stance::InformedOpposed);
    let _ = gate.record(&colleague, &key, opposed).await.unwrap();
    let before = mock.journal().exchanges().len();
    assert_eq!(opened.enter().await.unwrap_err().rule(), Some("OPPOSED"));
    assert_eq!(mock.journal().exchanges().len(), before, "nothing was sent");
    let kept_closed = NotQueried::Gate(consent::GateRefusal::Opposed);
    assert_eq!(opened.badge().existence, BadgeExistence::NotQueried(kept_closed));
    let professional = ctx.professional_key().unwrap();
    assert_eq!(gate.pending_withdrawals(&professional).await.unwrap(), [key]);
}

#[tokio::test]
async fn f03_an_authorisation_that_was_there_already_is_given_back_on_opposition() {
    for authorise_on in [AuthoriseOn::DmpView, AuthoriseOn::RecordOpening] {
        let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
        let patient = role(&mock, "P-AUTH");
        informed(&gate, &ctx, &patient).await;
        let session = consulting(&mock);
        let opening = Opening::new(&gate, clock(), ctx.clone(), &patient).authorise_on(authorise_on);
        let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
        if authorise_on == AuthoriseOn::DmpView {
            assert_eq!(opened.enter().await.unwrap(), Entry::Entered { authorised_now: false });
        }
        assert_eq!(count(&mock, "TD0.3"), 0);
        let opposed = StanceChange::new(Scope::Consultation, Stance::InformedOpposed);
        let recorded = gate.record(&ctx, &PatientKey::from(&patient), opposed).await.unwrap();
        assert_eq!((recorded.withdraw_now, recorded.others), (true, 0));
    }
}

#[tokio::test]
async fn a_0_2_040_the_state_is_asked_again_before_each_act_and_traits_stay_hidden() {
    let (mock, gate, ctx) = (acceptance_world().await, gate(), context("alix", "team-1", "visit-1"));
    let patient = role(&mock, "P-AUTH");
    informed(&gate, &ctx, &patient).await;
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), ctx.clone(), &patient);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    let badge = opened.badge();
    assert_eq!((badge.authorisation, badge.medecin_traitant), (Some(Authorisation::Valide), false));
    assert!(badge.traits.is_none());
    // A search, with the state asked again; then a feeding, whose queue asks by itself.
    assert_eq!(opened.enter().await.unwrap(), Entry::Entered { authorised_now: false });
    opened.record().find(Search::approved()).await.unwrap();
    assert_eq!(count(&mock, "TD0.2"), 2);
    let scene = crate::support::queue::Scene::new();
    let mut letter = crate::support::documents::letter();
    letter.patient.ins = Some(patient.ins().clone());
    let feed = dmp_lps::outbox::NewFeed::of(ctx.clone(), PatientKey::from(&patient)).validated();
    let id = scene.queue.enqueue_bytes(feed, crate::support::documents::bytes(&letter)).await.unwrap();
    scene.pass_delay();
    crate::support::queue::work(&scene.queue.worker(crate::support::feeding(&mock)).await.unwrap()).await;
    assert_eq!((scene.state(id).await, count(&mock, "TD0.2")), (outbox::State::Sent, 3));
    // The setting is on.
    let opening = Opening::new(&gate, clock(), ctx, &patient).show_traits();
    let shown = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    assert!(shown.badge().traits.is_some());
}

#[tokio::test]
async fn a_0_3_100_and_f03_t10_a_team_consents_once_and_each_member_is_authorised_at_the_first_consultation() {
    let (mock, gate) = (acceptance_world().await, gate());
    let patient = role(&mock, "P-OPEN");
    let key = PatientKey::from(&patient);
    // A member writes the consent down, and nothing is sent.
    informed(&gate, &context("alix", "team-1", "visit-1"), &patient).await;
    assert_eq!(mock.journal().exchanges().len(), 0);
    // Another one consults first.
    let second = context("sacha", "team-1", "visit-1");
    let session = consulting(&mock);
    let opening = Opening::new(&gate, clock(), second.clone(), &patient);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    assert_eq!(opened.enter().await.unwrap(), Entry::Entered { authorised_now: true });
    assert_eq!(count(&mock, "TD0.3"), 1);
    // The patient changes their mind: what was given is taken back, once.
    let opposed = StanceChange::new(Scope::Consultation, Stance::InformedOpposed);
    let recorded = gate.record(&second, &key, opposed).await.unwrap();
    assert!(recorded.withdraw_now);
    opened.withdraw().await.unwrap();
    assert_eq!(count(&mock, "TD0.3"), 2);
    assert_eq!(opened.badge().authorisation, Some(Authorisation::NonExiste));
    let professional = second.professional_key().unwrap();
    assert!(gate.pending_withdrawals(&professional).await.unwrap().is_empty());
    let left = session.withdraw(patient.clone()).unwrap().remove_authorisation().await.unwrap();
    assert_eq!(left, Change::Unchanged, "the DMP has nothing left to remove");
}

/// A queue and an opening over one register of consents.
async fn view(scene: &crate::support::queue::Scene, mock: &MockDmp, ctx: &AccessContext) -> Result<Entry, NotQueried> {
    let (session, patient) = (consulting(mock), crate::support::qualified());
    let opening = Opening::new(&scene.gate, scene.clock.clone(), ctx.clone(), &patient);
    match opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap() {
        Some(opened) => Ok(opened.enter().await.unwrap()),
        None => match opening.refusal().await.unwrap().unwrap().existence {
            BadgeExistence::NotQueried(cause) => Err(cause),
            other => panic!("{other:?}"),
        },
    }
}

fn denied(refusal: consent::GateRefusal) -> Result<Entry, NotQueried> {
    Err(NotQueried::Gate(refusal))
}

async fn say(scene: &crate::support::queue::Scene, ctx: &AccessContext, scope: Scope, stance: Stance) {
    let _ = scene.gate.record(ctx, &crate::support::patient(), StanceChange::new(scope, stance)).await.unwrap();
}

#[tokio::test]
async fn s_01_in_a_new_episode_reports_go_and_the_record_stays_closed() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), crate::support::queue::Scene::new());
    let ctx = context("alix", "team-1", "visit-1");
    assert_eq!(view(&scene, &mock, &ctx).await, denied(consent::GateRefusal::NotInformed));
    assert_eq!(mock.journal().exchanges().len(), 0);
    let (report, _) = scene.letter("visit-1").await;
    scene.pass_delay();
    crate::support::queue::work(&scene.queue.worker(crate::support::feeding(&mock)).await.unwrap()).await;
    assert_eq!(scene.state(report).await, outbox::State::Sent);
}

#[tokio::test]
async fn s_03_opposition_to_both_then_to_feeding_only() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), crate::support::queue::Scene::new());
    let ctx = context("alix", "team-1", "visit-1");
    for change in StanceChange::opposed_to_both() {
        let _ = scene.gate.record(&ctx, &crate::support::patient(), change).await.unwrap();
    }
    assert_eq!(view(&scene, &mock, &ctx).await, denied(consent::GateRefusal::Opposed));
    let (report, _) = scene.letter("visit-1").await;
    assert_eq!(scene.state(report).await, outbox::State::Excluded);
    assert_eq!(mock.journal().exchanges().len(), 0);
    say(&scene, &ctx, Scope::Consultation, Stance::InformedNotOpposed).await;
    assert_eq!(view(&scene, &mock, &ctx).await, Ok(Entry::Entered { authorised_now: false }));
    assert!(matches!(scene.queue.retry(report).await.unwrap().state, outbox::State::Excluded));
}

#[tokio::test]
async fn s_04_a_notice_of_a_month_ago_counts_from_the_check_in() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), crate::support::queue::Scene::new());
    let mut ctx = context("alix", "team-1", "planned");
    let notice = consent::NoticeEvidence {
        mode: consent::NoticeMode::Asynchronous,
        channel: consent::Channel::Paper,
        given_by: InternalUserId::new("admissions").unwrap(),
        given_at: scene.clock.now() - jiff::SignedDuration::from_hours(24 * 30),
        text_version: "2026-1".to_owned(),
        contact_resumed_at: None,
    };
    let change = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed).informed_by(notice);
    let _ = scene.gate.record(&ctx, &crate::support::patient(), change).await.unwrap();
    assert_eq!(view(&scene, &mock, &ctx).await, denied(consent::GateRefusal::NoticeNotAcquired));
    assert_eq!(mock.journal().exchanges().len(), 0);
    ctx.episode.started_at = Some(scene.clock.now());
    assert_eq!(view(&scene, &mock, &ctx).await, Ok(Entry::Entered { authorised_now: false }));
}
