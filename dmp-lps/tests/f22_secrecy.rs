//! F22 T1. Alone in its program: what another thread does without a log would hide what is logged here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::sync::Arc;

use dmp_client::*;
use dmp_lps::SoftwareKind;
use dmp_lps::centre15::{Found, Regulation};
use dmp_lps::trace::AccessTrace;
use dmp_mock::world::seed;
use support::air::Notebook;
use support::log::Log;
use support::{cards, context, regulation_centre, traces};

/// The number of the patient who is found.
const NUMBER: &str = seed::PATIENT_UNKNOWN_TO_ALL;

#[tokio::test]
async fn f22_t1_the_number_is_in_no_debug_log_nor_trace() {
    let log = Log::at(tracing::Level::TRACE);
    let (mock, ctx) = (regulation_centre().await, context("alix", "team-1", "visit-1"));
    let tracer = traces::tracer(&support::clock());
    let (mut lines, notebook) = (tracer.listen(), Notebook::default());
    let session = cards::card_of_alix(&mock).watched(tracer.of(&ctx)).watched(Arc::new(notebook.clone()));
    let regulation = Regulation::of(SoftwareKind::Regulation, session).unwrap();
    let candidates = regulation.find_patient(PatientCriteria::named("SPECIMEN")).await.unwrap();
    let Found::Candidates(candidates) = candidates else { panic!("more than ten") };
    let shown = format!("{candidates:?} {:?}", candidates.iter().map(FoundPatient::number).collect::<Vec<_>>());
    let one = candidates.iter().next().unwrap();
    assert!(one.match_percentage().is_some() && one.is_usable());
    let record = regulation.record(candidates.choose(0).unwrap(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    record.find(Search::approved()).await.unwrap();

    let attempts = notebook.begun.lock().unwrap().clone();
    assert!(attempts.iter().all(|attempt| attempt.patient.is_none()));
    let queries = format!("{:?}", attempts.iter().filter_map(|attempt| attempt.query.as_ref()).collect::<Vec<_>>());
    let mut traced = Vec::new();
    while let Ok(line) = lines.try_recv() {
        traced.push(line);
    }
    assert_eq!(traced.len(), 6, "the beginning and the end of TD0.5, TD0.2 and TD3.1");
    assert!(traced.iter().all(|line: &AccessTrace| line.ins.is_none() && line.patient_local.is_none()));
    let details = format!("{:?}", traced.iter().map(|line| line.detail.clone()).collect::<Vec<_>>());
    // The mock, which is the DMP, logs in this process too.
    let of_software = |line: &&str| !line.contains("dmp_mock");
    let logged: String = log.text().lines().filter(of_software).map(|line| format!("{line}\n")).collect();
    assert!(logged.contains("dmp_client"));
    for text in [shown, format!("{record:?}"), queries, details, logged, format!("{attempts:?}{traced:?}")] {
        assert!(!text.contains(NUMBER), "{text}");
    }
}
