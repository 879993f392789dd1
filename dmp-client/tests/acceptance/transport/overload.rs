//! E3-06: searches that are too many, and a DMP that is busy.

use std::time::Duration;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::Fault;
use dmp_protocol::transaction::Transaction;

use super::{IMPATIENT, record_of};
use crate::support::documents::{document, letter};
use crate::support::*;

const THRESHOLD: &str = "DMPAccessDeniedByExcededThreshold";

#[tokio::test]
async fn e3_06_too_many_searches() {
    let mut switches = Switches::default();
    switches.server.search_threshold = Some(2);
    // The clock of the mock is moved, and that of the client is not.
    switches.server.air_lifetime = jiff::SignedDuration::from_hours(1);
    let mock = MockDmp::builder().switches(switches).start().await.unwrap();
    let patient = record_of(builder(&mock));
    // A user may search again at once: for the rest of this test, 15 minutes have passed.
    let rested = record_of(builder(&mock).retry(RetryPolicy { searches_rest: Duration::ZERO, ..IMPATIENT }));
    for record in [&patient, &rested] {
        while let Ok(_found) = record.find(Search::approved()).await {}
        let error = record.find(Search::approved().automatic()).await.unwrap_err();
        assert_eq!((error.rule(), error.kind()), (Some("EX_3.1-2035"), ErrorKind::Throttled));
        assert_eq!((error.outcome(), error.advice()), (Outcome::NotSent, Advice::AskUser));
    }
    let refused = mock.journal().exchanges();
    let refused: Vec<_> = refused.iter().filter_map(|one| one.refusal.as_ref()).collect();
    assert!(refused.len() == 2 && refused.iter().all(|refusal| refusal.code == THRESHOLD), "{refused:?}");
    // Before the 15 minutes nothing is sent; after them the DMP decides.
    let error = patient.find(Search::approved()).await.unwrap_err();
    assert_eq!(error.rule(), Some("EX_3.1-2035"));
    assert!(matches!(error.advice(), Advice::Backoff { min } if min > Duration::from_secs(14 * 60)));
    mock.clock().advance(jiff::SignedDuration::from_mins(15));
    rested.find(Search::approved()).await.unwrap();
    assert!(rested.find(Search::approved().automatic()).await.is_err(), "for the whole session");
    // Feeding goes on, with the reference that it needs; so does another session.
    let client = builder(&mock).retry(IMPATIENT).build().unwrap();
    let feeding = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let submission = Submission::of(document(&letter()).await);
    feeding.submit(&submission).await.unwrap();
    assert!(matches!(feeding.confirm(&submission).await.unwrap(), Confirmation::Stored(_)));
    record_of(builder(&mock)).find(Search::approved().automatic()).await.unwrap();
}

#[tokio::test]
async fn a_registry_that_is_busy_is_asked_again() {
    let mock = MockDmp::start().await.unwrap();
    mock.faults().add(Fault::code("XDSRegistryBusy").on(Transaction::Locate).times(3)).unwrap();
    mock.faults().add(Fault::code("XDSRegistryBusy").on(Transaction::Search)).unwrap();
    mock.faults().add(Fault::http(503).on(Transaction::Existence).times(2)).unwrap();
    let record = record_of(builder(&mock).retry(IMPATIENT));
    record.existence().await.unwrap();
    assert!(record.reference_of("2.25.42").await.unwrap().entry_uuid.is_none());
    let error = record.find(Search::approved()).await.unwrap_err();
    assert_eq!(error.code().map(|code| code.as_str()), Some("XDSRegistryBusy"));
    let asked = mock.journal().exchanges();
    let count = |service: &str| asked.iter().filter(|one| one.service == service).count();
    // TD3.1b as often as it takes, TD3.1 twice.
    assert_eq!((count("patients"), count("registry")), (3, 4 + 2));
    // Each attempt is another message.
    let ids: std::collections::HashSet<_> = asked.iter().map(|one| one.message_id.clone()).collect();
    assert_eq!(ids.len(), asked.len());
}
