//! What was submitted, between two days and since the last consultation.

use dmp_client::mode::{AccessMode, Centre15, Direct};
use dmp_client::*;
use dmp_mock::world::seed;
use jiff::Timestamp;
use jiff::civil::date;

use crate::modes::people::{Captured, card_of};
use crate::scene::book::*;
use crate::scene::{Watch, open};
use crate::support::establishment;

/// Documents, masked ones, invisible ones.
fn counts(found: &[DocumentEntry]) -> (usize, usize, usize) {
    let masked = with_state(found, DocumentState::MaskedFromProfessionals);
    (found.len(), masked, with_state(found, DocumentState::InvisibleToPatient))
}

/// A time of the clock of Paris.
fn paris(month: i8, day: i8, hour: i8, minute: i8, second: i8) -> Timestamp {
    date(2025, month, day).at(hour, minute, second, 0).to_zoned(dmp_protocol::paris()).unwrap().timestamp()
}

#[tokio::test]
async fn a_3_1_399_between_two_days() {
    let mock = book().await;
    let record = tester(&mock, "P-LOTS");
    let watch = Watch::start(&mock);
    open(&record).await;
    assert_eq!(counts(&record.find(Search::approved()).await.unwrap()), (15, 2, 2));
    let two_days = record.submitted_between(paris(5, 25, 0, 0, 0), paris(5, 26, 23, 59, 59)).await.unwrap();
    assert_eq!(counts(&two_days), (10, 1, 0));
    watch.conforms("DIRECTE", "normal");
}

/// Both methods, from an instant that the program kept.
async fn since_the_last_consultation<X: AccessMode>(
    record: &Record<Direct, X>,
    last: Timestamp,
    expected: (usize, usize, usize),
) {
    open(record).await;
    let news = record.new_since(last, &KnownDocuments::none()).await.unwrap();
    let entries: Vec<DocumentEntry> = news.changes.iter().map(|change| change.entry().clone()).collect();
    assert_eq!(counts(&entries), expected, "FindSubmissionSets, GetAssociations, GetDocuments");
    assert!(!news.partial && news.asked_at > last, "the date of the last consultation is updated");

    let mut by_lot = Vec::new();
    for submission in record.submissions_since(last).await.unwrap() {
        by_lot.extend(record.contents_of(&submission).await.unwrap());
    }
    assert_eq!(counts(&by_lot), expected, "FindSubmissionSets, GetSubmissionSetAndContents");
    assert_eq!(ids(&by_lot), ids(&entries));
    assert!(record.new_since(news.asked_at, &KnownDocuments::none()).await.unwrap().changes.is_empty());
}

#[tokio::test]
async fn a_3_1_400_and_3_1_401_since_the_last_consultation() {
    let mock = book().await;
    let captured = Captured::by(&mock);
    let card = || {
        let holder = dmp_mock::pki::CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin");
        card_of(&mock.pki().card(&holder).unwrap())
    };
    let medecin = || roles::of_directory("10", Some("SM26"));
    let session = captured.client.direct(card(), establishment(), medecin()).unwrap();
    let record = session.record(labelled(&mock, "P-LOTS"), Consent::given()).unwrap();
    let last = paris(5, 26, 11, 0, 0);

    let watch = Watch::start(&mock);
    since_the_last_consultation(&record, last, (11, 1, 2)).await;
    watch.conforms("DIRECTE", "normal");
    let searches: Vec<String> = captured
        .requests()
        .into_iter()
        .filter(|request| request.contains("$XDSSubmissionSetSubmissionTimeFrom"))
        .collect();
    assert_eq!(searches.len(), 3);
    assert!(searches[..2].iter().all(|request| request.contains(">20250526090000<")), "UTC on the wire");

    // A centre 15 has no column for the médecin traitant: the masked one is not shown.
    let regulation: Record<Direct, Centre15> =
        session.centre_15().record(labelled(&mock, "P-LOTS"), Consent::given()).unwrap();
    let watch = Watch::start(&mock);
    since_the_last_consultation(&regulation, last, (10, 0, 2)).await;
    watch.conforms("DIRECTE", "centre_15");
}
