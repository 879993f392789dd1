//! F01, the tests of its page by number. T6 (no reason can be given) is a matter of types: no value of `consent` has a
//! field for one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_lps::consent::*;
use dmp_lps::*;
use dmp_protocol::vihf::Purpose;
use jiff::SignedDuration;
use support::{clock, context, patient, professional};

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
