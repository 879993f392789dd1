//! F01, the tests of its page by number.

use std::sync::Arc;

use crate::support::air::Notebook;
use crate::support::documents::{document, letter, unique_id};
use crate::support::{acceptance_world, clock, consulting, context, count, patient, professional, role};
use dmp_client::watch::Act;
use dmp_client::{Change, Consent, Outcome, Search, Submission};
use dmp_lps::consent::*;
use dmp_lps::guard::{ConsentGuard, Guards, Intent};
use dmp_lps::opening::{Entry, Opening, give_back_pending};
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_protocol::vihf::Purpose;
use jiff::SignedDuration;

type Gate = ConsentGate<Database>;

fn gate() -> (Gate, ManualClock) {
    let clock = clock();
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock.clone());
    (gate.with_sentence("Texte du guide."), clock)
}

async fn say(gate: &Gate, ctx: &AccessContext, scope: Scope, stance: Stance) -> Recorded {
    gate.record(ctx, &patient(), StanceChange::new(scope, stance)).await.unwrap()
}

async fn refusal(gate: &Gate, ctx: &AccessContext, scope: Scope) -> Option<GateRefusal> {
    gate.check(scope, ctx, &patient()).await.unwrap().refusal()
}

fn notice(mode: NoticeMode, contact_resumed_at: Option<jiff::Timestamp>) -> NoticeEvidence {
    NoticeEvidence {
        mode,
        channel: Channel::Paper,
        given_by: InternalUserId::new("admissions").unwrap(),
        given_at: clock().now(),
        text_version: "2026-1".to_owned(),
        contact_resumed_at,
    }
}

#[tokio::test]
async fn f01_t1_each_cell_of_the_stance_table() {
    use Scope::{Consultation, Feeding};
    let cases = [
        (Stance::NotRecorded, None, None, Some(GateRefusal::NotInformed)),
        (Stance::InformedNotOpposed, Some(NoticeMode::Synchronous), None, None),
        (Stance::InformedNotOpposed, Some(NoticeMode::Asynchronous), None, Some(GateRefusal::NoticeNotAcquired)),
        (Stance::InformedOpposed, None, Some(GateRefusal::Opposed), Some(GateRefusal::Opposed)),
    ];
    for (stance, mode, feeding, consultation) in cases {
        let (gate, _) = gate();
        let ctx = context("alix", "team-1", "planned");
        for scope in [Feeding, Consultation] {
            let change = StanceChange::new(scope, stance);
            let change = mode.map_or(change.clone(), |mode| change.informed_by(notice(mode, None)));
            let _ = gate.record(&ctx, &patient(), change).await.unwrap();
        }
        assert_eq!(refusal(&gate, &ctx, Feeding).await, feeding, "{stance:?} {mode:?}");
        assert_eq!(refusal(&gate, &ctx, Consultation).await, consultation, "{stance:?} {mode:?}");
    }
    // A register that holds nothing is the first line of the table.
    let (gate, _) = gate();
    let ctx = context("alix", "team-1", "visit-1");
    assert_eq!(refusal(&gate, &ctx, Feeding).await, None);
    assert_eq!(refusal(&gate, &ctx, Consultation).await, Some(GateRefusal::NotInformed));
}

#[tokio::test]
async fn f01_t2_a_new_episode_knows_nothing() {
    let (gate, _) = gate();
    let first = context("alix", "team-1", "visit-1");
    let _ = say(&gate, &first, Scope::Consultation, Stance::InformedNotOpposed).await;
    let _ = say(&gate, &first, Scope::Feeding, Stance::InformedOpposed).await;
    let second = context("alix", "team-1", "visit-2");
    assert_eq!(gate.current(Scope::Feeding, &second, &patient()).await.unwrap(), Stance::NotRecorded);
    assert_eq!(refusal(&gate, &second, Scope::Consultation).await, Some(GateRefusal::NotInformed));
    assert_eq!(refusal(&gate, &second, Scope::Feeding).await, None);
}

#[tokio::test]
async fn f01_t4_a_stance_serves_the_team_and_no_other() {
    let (gate, _) = gate();
    let _ = say(&gate, &context("alix", "team-1", "visit-1"), Scope::Consultation, Stance::InformedNotOpposed).await;
    assert_eq!(refusal(&gate, &context("sacha", "team-1", "visit-1"), Scope::Consultation).await, None);
    let other = context("sacha", "team-2", "visit-1");
    assert_eq!(refusal(&gate, &other, Scope::Consultation).await, Some(GateRefusal::NotInformed));
}

#[tokio::test]
async fn f01_t5_time_never_makes_a_notice_effective() {
    let (gate, clock) = gate();
    let ctx = context("alix", "team-1", "planned");
    let change = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed);
    let _ = gate
        .record(&ctx, &patient(), change.clone().informed_by(notice(NoticeMode::Asynchronous, None)))
        .await
        .unwrap();
    clock.advance(SignedDuration::from_hours(24 * 366));
    assert_eq!(refusal(&gate, &ctx, Scope::Consultation).await, Some(GateRefusal::NoticeNotAcquired));
    // The episode that begins tomorrow has not begun; the one that began has.
    let mut begun = ctx.clone();
    begun.episode.started_at = Some(clock.now() + SignedDuration::from_hours(24));
    assert_eq!(refusal(&gate, &begun, Scope::Consultation).await, Some(GateRefusal::NoticeNotAcquired));
    begun.episode.started_at = Some(clock.now());
    assert_eq!(refusal(&gate, &begun, Scope::Consultation).await, None);
    let resumed = notice(NoticeMode::Asynchronous, Some(clock.now()));
    let _ = gate.record(&ctx, &patient(), change.informed_by(resumed)).await.unwrap();
    assert_eq!(refusal(&gate, &ctx, Scope::Consultation).await, None);
}

/// A register over the time of the machine, which the mock also has.
fn gate_of_today() -> Gate {
    ConsentGate::new(Database::in_memory().unwrap(), SystemClock).with_sentence("Texte du guide.")
}

#[tokio::test]
async fn f01_t3_opposed_to_feeding_a_patient_is_still_consulted() {
    let (mock, gate, ctx) = (MockDmp::start().await.unwrap(), gate_of_today(), context("alix", "team-1", "visit-1"));
    let _ = say(&gate, &ctx, Scope::Feeding, Stance::InformedOpposed).await;
    let _ = say(&gate, &ctx, Scope::Consultation, Stance::InformedNotOpposed).await;
    let guards = Guards::new().with(ConsentGuard::new(gate)).of(ctx, Intent::ByMode);
    let submission = Submission::of(document(&letter()).await);
    let card = crate::support::cards::card_of_alix(&mock).watched(Arc::clone(&guards));
    // Whatever consent the program pretends.
    let by_card = card.record(crate::support::qualified(), Consent::given()).unwrap();
    let by_structure =
        crate::support::feeding(&mock).watched(guards).record(crate::support::qualified(), Consent::given()).unwrap();
    for refused in [by_card.submit(&submission).await, by_structure.submit(&submission).await] {
        let error = refused.unwrap_err();
        assert_eq!((error.rule(), error.td(), error.outcome()), (Some("OPPOSED"), "TD2.1", Outcome::NotSent));
    }
    assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
    by_card.find(Search::approved()).await.unwrap();
    assert_eq!(count(&mock, "TD3.1"), 1);
}

#[tokio::test]
async fn f01_t6_nothing_has_a_place_for_a_reason() {
    let (gate, ctx) = (gate_of_today(), context("alix", "team-1", "visit-1"));
    let opposed = StanceChange::new(Scope::Feeding, Stance::InformedOpposed);
    let _ = gate.record(&ctx, &patient(), opposed.informed_by(notice(NoticeMode::Synchronous, None))).await.unwrap();
    // These patterns name every field: one more does not compile.
    let StanceRecord { key, stance: _, notice, recorded_by: _, recorded_at: _, provenance: _, collected_at: _ } =
        gate.history(&patient()).await.unwrap().remove(0);
    let LedgerKey { patient: _, episode: _, team: _, scope: _ } = key;
    let NoticeEvidence { mode: _, channel: _, given_by: _, given_at: _, text_version: _, contact_resumed_at: _ } =
        notice.unwrap();
    let no_consent: Option<ExpressConsent> = None;
    if let Some(consent) = no_consent {
        let ExpressConsent { patient: _, professional: _, collected_by: _, collected_at: _, text_version: _, given: _ } =
            consent;
    }
}

#[tokio::test]
async fn f01_t7_a_withdrawal_is_one_td0_3_suppression() {
    let (mock, gate) = (acceptance_world().await, gate_of_today());
    let (ctx, patient, notebook) = (context("alix", "team-1", "visit-1"), role(&mock, "P-OPEN"), Notebook::default());
    let suppressions = || {
        let begun = notebook.begun.lock().unwrap();
        begun.iter().filter(|attempt| attempt.act == Act::RemoveAuthorisation).count()
    };
    let key = PatientKey::from(&patient);
    let informed = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed);
    let _ = gate.record(&ctx, &key, informed).await.unwrap();
    let guards = Guards::new().with(ConsentGuard::new(gate.clone())).of(ctx.clone(), Intent::ByMode);
    let session = consulting(&mock).watched(Arc::new(notebook.clone())).watched(guards);
    let opening = Opening::new(&gate, SystemClock, ctx.clone(), &patient);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    assert_eq!(opened.enter().await.unwrap(), Entry::Entered { authorised_now: true });

    let opposed = StanceChange::new(Scope::Consultation, Stance::InformedOpposed);
    let recorded = gate.record(&ctx, &key, opposed.clone()).await.unwrap();
    assert_eq!((recorded.withdraw_now, recorded.others), (true, 0));
    opened.withdraw().await.unwrap();
    assert_eq!(suppressions(), 1);
    // Told again, and at the next session: there is nothing left to give back.
    assert!(!gate.record(&ctx, &key, opposed).await.unwrap().withdraw_now);
    assert_eq!(give_back_pending(&gate, &ctx, &session).await.unwrap().done, 0);
    assert_eq!((suppressions(), count(&mock, "TD0.3")), (1, 2), "one AJOUT, one SUPPRESSION");
    // And the record stays closed.
    assert_eq!(opened.enter().await.unwrap_err().rule(), Some("OPPOSED"));
}

#[tokio::test]
async fn f01_t11_deletion_passes_when_the_patient_opposed() {
    let (mock, gate, ctx) = (MockDmp::start().await.unwrap(), gate_of_today(), context("alix", "team-1", "visit-1"));
    let letters = [letter(), letter()];
    for letter in &letters {
        let record = crate::support::feeding(&mock).record(crate::support::qualified(), Consent::given()).unwrap();
        record.submit(&Submission::of(document(letter).await)).await.unwrap();
    }
    for change in StanceChange::opposed_to_both() {
        let _ = gate.record(&ctx, &patient(), change).await.unwrap();
    }
    let guards = Guards::new().with(ConsentGuard::new(gate));
    let (of, refused) = (crate::support::qualified, Consent::refused());
    // By a card and by the structure; the TD0.2 before a deletion says what it is for.
    let card = crate::support::cards::card_of_alix(&mock).watched(guards.of(ctx.clone(), Intent::Correcting));
    let by_card = card.record(of(), refused).unwrap();
    by_card.existence().await.unwrap();
    assert_eq!(by_card.delete(unique_id(&letters[0])).await.unwrap(), Change::Done);
    let structure =
        crate::support::feeding(&mock).watched(guards.of(ctx.clone(), Intent::ByMode)).record(of(), refused);
    let by_structure = structure.unwrap();
    assert_eq!(by_structure.existence().await.unwrap_err().rule(), Some("OPPOSED"), "a TD0.2 before a feeding");
    assert_eq!(by_structure.delete(unique_id(&letters[1])).await.unwrap(), Change::Done);
    assert_eq!(count(&mock, "TD3.3c"), 2);
}

#[tokio::test]
async fn f01_t8_an_emergency_passes_consultation_and_not_feeding() {
    let (gate, _) = gate();
    let mut ctx = context("alix", "team-1", "visit-1");
    for change in StanceChange::opposed_to_both() {
        let _ = gate.record(&ctx, &patient(), change).await.unwrap();
    }
    for purpose in [Purpose::BrisDeGlace, Purpose::Centre15] {
        ctx.purpose = purpose;
        assert_eq!(refusal(&gate, &ctx, Scope::Consultation).await, None, "{purpose:?}");
        assert_eq!(refusal(&gate, &ctx, Scope::Feeding).await, Some(GateRefusal::Opposed), "{purpose:?}");
    }
}

#[tokio::test]
async fn f01_t9_a_secretary_feeds_and_does_not_consult() {
    let (gate, _) = gate();
    let mut ctx = context("secretariat", "team-1", "visit-1");
    ctx.role = CareRole::UnderResponsibility;
    let _ = say(&gate, &ctx, Scope::Consultation, Stance::InformedNotOpposed).await;
    for purpose in [Purpose::Normal, Purpose::BrisDeGlace] {
        ctx.purpose = purpose;
        assert_eq!(refusal(&gate, &ctx, Scope::Consultation).await, Some(GateRefusal::Role), "{purpose:?}");
        assert_eq!(refusal(&gate, &ctx, Scope::Feeding).await, None, "{purpose:?}");
    }
}

#[tokio::test]
async fn outside_the_team_both_need_an_express_consent_until_it_is_withdrawn() {
    let (gate, _) = gate();
    let mut ctx = context("sacha", "team-2", "visit-1");
    ctx.role = CareRole::OutsideTeam;
    ctx.professional = Some(professional("899999000021"));
    // What the team was told does not serve somebody outside.
    let _ = say(&gate, &ctx, Scope::Consultation, Stance::InformedNotOpposed).await;
    for scope in [Scope::Consultation, Scope::Feeding] {
        assert_eq!(refusal(&gate, &ctx, scope).await, Some(GateRefusal::NoExpressConsent));
    }
    let member = context("alix", "team-1", "visit-1");
    let key = ctx.professional_key().unwrap();
    let _ = gate.record_consent(&member, &patient(), &key, "2026-1", true).await.unwrap();
    for scope in [Scope::Consultation, Scope::Feeding] {
        assert_eq!(refusal(&gate, &ctx, scope).await, None);
    }
    gate.authorised(&ctx, &patient()).await.unwrap();
    let recorded = gate.record_consent(&member, &patient(), &key, "2026-1", false).await.unwrap();
    assert_eq!((recorded.withdraw_now, recorded.others), (false, 1));
    assert_eq!(refusal(&gate, &ctx, Scope::Feeding).await, Some(GateRefusal::NoExpressConsent));
}

#[tokio::test]
async fn opposition_gives_back_what_each_professional_obtained() {
    let (gate, _) = gate();
    let (alix, mut sacha) = (context("alix", "team-1", "visit-1"), context("sacha", "team-1", "visit-1"));
    sacha.professional = Some(professional("899999000021"));
    for ctx in [&alix, &sacha] {
        gate.authorised(ctx, &patient()).await.unwrap();
    }
    let recorded = say(&gate, &alix, Scope::Consultation, Stance::InformedOpposed).await;
    assert_eq!(recorded, Recorded { withdraw_now: true, others: 1, reevaluate_queue: false });
    let of = |ctx: &AccessContext| ctx.professional_key().unwrap();
    assert_eq!(gate.pending_withdrawals(&of(&sacha)).await.unwrap(), [patient()]);
    gate.withdrawn(&of(&sacha), &patient()).await.unwrap();
    assert!(gate.pending_withdrawals(&of(&sacha)).await.unwrap().is_empty());
    // Opposition to feeding touches no authorisation, but the queue.
    let recorded = say(&gate, &alix, Scope::Feeding, Stance::InformedOpposed).await;
    assert_eq!(recorded, Recorded { withdraw_now: false, others: 0, reevaluate_queue: true });
}

#[tokio::test]
async fn opposition_in_a_team_is_not_that_of_another_nor_of_who_is_outside() {
    let (gate, _) = gate();
    let alix = context("alix", "team-1", "visit-1");
    let mut sacha = context("sacha", "team-2", "visit-1");
    sacha.professional = Some(professional("899999000021"));
    let mut outsider = context("lou", "team-1", "visit-1");
    outsider.role = CareRole::OutsideTeam;
    outsider.professional = Some(professional("899999000039"));
    for ctx in [&alix, &sacha, &outsider] {
        gate.authorised(ctx, &patient()).await.unwrap();
    }
    let pending = async |ctx: &AccessContext| {
        !gate.pending_withdrawals(&ctx.professional_key().unwrap()).await.unwrap().is_empty()
    };
    let recorded = say(&gate, &alix, Scope::Consultation, Stance::InformedOpposed).await;
    assert_eq!((recorded.withdraw_now, recorded.others), (true, 0));
    assert_eq!((pending(&alix).await, pending(&sacha).await, pending(&outsider).await), (true, false, false));
    // Their own consent is what they stand on.
    let key = outsider.professional_key().unwrap();
    let recorded = gate.record_consent(&alix, &patient(), &key, "2026-1", false).await.unwrap();
    assert_eq!((recorded.others, pending(&outsider).await), (1, true));
    let _ = gate.record_consent(&alix, &patient(), &key, "2026-1", true).await.unwrap();
    assert!(!pending(&outsider).await);
}

#[tokio::test]
async fn a_patient_who_no_longer_opposes_has_nothing_given_back() {
    let (gate, _) = gate();
    let (alix, sacha) = (context("alix", "team-1", "visit-1"), context("sacha", "team-2", "visit-1"));
    for ctx in [&alix, &sacha] {
        gate.authorised(ctx, &patient()).await.unwrap();
    }
    let pending = async || gate.pending_withdrawals(&alix.professional_key().unwrap()).await.unwrap().len();
    let _ = say(&gate, &alix, Scope::Consultation, Stance::InformedOpposed).await;
    assert_eq!(pending().await, 1);
    // Seen again at the DMP, told to another team, or about feeding: the opposition stands.
    gate.authorised(&alix, &patient()).await.unwrap();
    let _ = say(&gate, &sacha, Scope::Consultation, Stance::InformedNotOpposed).await;
    let _ = say(&gate, &alix, Scope::Feeding, Stance::InformedNotOpposed).await;
    assert_eq!(pending().await, 1);
    let _ = say(&gate, &alix, Scope::Consultation, Stance::InformedNotOpposed).await;
    assert_eq!(pending().await, 0);
    // The professional holds it in both teams, and it is one at the DMP.
    for ctx in [&alix, &sacha] {
        let _ = say(&gate, ctx, Scope::Consultation, Stance::InformedOpposed).await;
    }
    assert_eq!(pending().await, 1);
    gate.withdrawn(&alix.professional_key().unwrap(), &patient()).await.unwrap();
    assert_eq!(pending().await, 0);
}

#[tokio::test]
async fn no_consultation_is_accepted_without_the_sentence() {
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock()).with_sentence("  ");
    let ctx = context("alix", "team-1", "visit-1");
    let accepted = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed);
    assert!(matches!(gate.record(&ctx, &patient(), accepted).await, Err(RecordError::NoSentence)));
    let _ = say(&gate, &ctx, Scope::Consultation, Stance::InformedOpposed).await;
    let _ = say(&gate, &ctx, Scope::Feeding, Stance::InformedNotOpposed).await;
}

#[tokio::test]
async fn the_register_survives_and_is_only_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lps.sqlite");
    let ctx = context("alix", "team-1", "visit-1");
    {
        let gate = ConsentGate::new(Database::open(&path).unwrap(), clock()).with_sentence("Texte.");
        let told = notice(NoticeMode::Asynchronous, Some(clock().now()));
        let change = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed).informed_by(told);
        let _ = gate.record(&ctx, &patient(), change.from_third_party()).await.unwrap();
        let _ = say(&gate, &ctx, Scope::Consultation, Stance::InformedOpposed).await;
    }
    let gate = ConsentGate::new(Database::open(&path).unwrap(), clock());
    let history = gate.history(&patient()).await.unwrap();
    let stances: Vec<Stance> = history.iter().map(|record| record.stance).collect();
    assert_eq!(stances, [Stance::InformedNotOpposed, Stance::InformedOpposed]);
    assert_eq!(history[0].provenance, Provenance::ThirdParty);
    assert_eq!(history[0].notice.as_ref().unwrap().mode, NoticeMode::Asynchronous);
    assert_eq!(history[0].recorded_by.as_str(), "alix");

    let base = rusqlite::Connection::open(&path).unwrap();
    assert!(base.execute("UPDATE stance SET stance = 'informed-not-opposed'", []).is_err());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // A file of tomorrow is not read by the software of today.
    base.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Database::open(&path), Err(StoreError::Version { found: 99, .. })));
}

#[test]
fn a_refusal_teaches_and_names_nobody() {
    for refusal in [
        GateRefusal::NotInformed,
        GateRefusal::NoticeNotAcquired,
        GateRefusal::Opposed,
        GateRefusal::Role,
        GateRefusal::NoExpressConsent,
    ] {
        let error = refusal.error(Scope::Consultation);
        assert_eq!((error.rule(), error.outcome()), (Some(refusal.code()), dmp_client::Outcome::NotSent));
        for language in [dmp_client::Language::English, dmp_client::Language::French] {
            assert!(error.explain(language).to_string().lines().count() >= 3, "{refusal:?}");
        }
    }
    let ctx = context("alix", "team-1", "visit-1");
    let shown = format!("{ctx:?} {:?} {:?}", patient(), ctx.professional_key());
    assert!(!shown.contains("280057599900151") && !shown.contains("899999000013"), "{shown}");
}
