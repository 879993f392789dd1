//! F14: what is traced of a session, and what happens when it cannot be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::*;
use dmp_lps::trace::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use support::traces::*;
use support::{clock, consulting, context, feeding, patient, qualified};

#[tokio::test]
async fn f14_t7_a_full_disk_in_air_sends_nothing() {
    let mock = MockDmp::start().await.unwrap();
    let sent = || mock.journal().exchanges().len();
    let base = || Database::in_memory().unwrap();
    let (access, air) = (|| SqliteTraces::access(base()), || SqliteTraces::air(base()));
    let ctx = context("alix", "team-1", "visit-1");
    for tracer in [over(FullDisk(access()), air(), &clock()), over(access(), FullDisk(air()), &clock())] {
        let before = sent();
        let session = consulting(&mock).watched(tracer.of(&ctx));
        let refused = session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap_err();
        assert_eq!((refused.rule(), refused.outcome(), refused.td()), (Some("F14"), Outcome::NotSent, "TD0.2"));
        assert_eq!(sent(), before, "something was sent");
        // Outside AIR a call goes on without its trace, unless the establishment decides otherwise.
        let session = feeding(&mock).watched(tracer.of(&ctx));
        session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap();
        assert_eq!(sent(), before + 1);
    }
    let before = sent();
    let settings = TraceSettings { trace_or_fail: TraceOrFail::Always, ..TraceSettings::default() };
    let tracer = Tracer::new(FullDisk(access()), air(), keys(), clock(), settings);
    let session = feeding(&mock).watched(tracer.of(&ctx));
    session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap_err();
    assert_eq!(sent(), before);
    tracer.note(&ctx, Note::of(Action::View).patient(&patient())).await.unwrap_err();
}
