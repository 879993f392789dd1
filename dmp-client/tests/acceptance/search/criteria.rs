//! Criteria, on P-RICH: by card, by the médecin traitant, in regulation. What is expected is counted by hand.

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::StoredEntry;

use crate::scene::book::*;
use crate::scene::writing::LOINC;
use crate::scene::{Watch, open};

const ACTS: &str = "47420-5";

fn is_type(stored: &StoredEntry, codes: &[&str]) -> bool {
    stored.entry.type_code.as_ref().is_some_and(|code| codes.contains(&code.code.as_str()))
}

fn is_status(stored: &StoredEntry, statuses: &[AvailabilityStatus]) -> bool {
    stored.entry.status.as_ref().is_some_and(|status| statuses.contains(status))
}

/// Start of the act, 14 digits.
fn start(stored: &StoredEntry) -> &str {
    stored.entry.service_start_time.as_ref().unwrap().as_str()
}

fn stop(stored: &StoredEntry) -> Option<&str> {
    stored.entry.service_stop_time.as_ref().map(|time| time.as_str())
}

/// One row: ids in the book, the search, what it must find among the documents that the caller may see.
type Row = (&'static str, Search, Box<dyn Fn(&StoredEntry) -> bool>);

fn rows() -> Vec<Row> {
    use AvailabilityStatus::{Approved, Archived, Deprecated};
    let types = |codes: &[&'static str]| codes.iter().map(|code| (*code, LOINC)).collect::<Vec<_>>();
    let current = |keeps: fn(&StoredEntry) -> bool| -> Box<dyn Fn(&StoredEntry) -> bool> {
        Box::new(move |stored| is_status(stored, &[Approved]) && keeps(stored))
    };
    vec![
        (
            "3.1-040 3.1-161",
            Search::approved_or_archived().type_codes(types(&["34112-3"])),
            Box::new(|stored| is_type(stored, &["34112-3"]) && is_status(stored, &[Approved, Archived])),
        ),
        (
            "3.1-050 3.1-162",
            Search::with_statuses([Approved, Deprecated]).type_codes(types(&["11488-4"])),
            Box::new(|stored| is_type(stored, &["11488-4"]) && is_status(stored, &[Approved, Deprecated])),
        ),
        (
            "3.1-090 3.1-163",
            Search::approved().type_codes(types(&["11506-3"])),
            current(|stored| is_type(stored, &["11506-3"])),
        ),
        (
            "3.1-100 3.1-164",
            Search::approved().type_codes(types(&["11506-3", "15507-7"])),
            current(|stored| is_type(stored, &["11506-3", "15507-7"])),
        ),
        (
            "3.1-110 3.1-165",
            Search::approved().since("20250513090000"),
            current(|stored| start(stored) >= "20250513090000"),
        ),
        (
            "3.1-120 3.1-166",
            Search::approved().until("20250513090000"),
            current(|stored| start(stored) <= "20250513090000"),
        ),
        // The third act ends on 3 March 2025 at 09:00: a bound without time is the beginning of its day.
        (
            "3.1-130 3.1-167 with time",
            Search::approved().since("20250106080000").ended_until("20250303090000"),
            current(|stored| {
                start(stored) >= "20250106080000" && stop(stored).is_some_and(|stop| stop <= "20250303090000")
            }),
        ),
        (
            "3.1-130 3.1-167 without time",
            Search::approved().since("20250106").ended_until("20250303"),
            current(|stored| {
                start(stored) >= "20250106000000" && stop(stored).is_some_and(|stop| stop <= "20250303000000")
            }),
        ),
        (
            "3.1-140 3.1-168",
            Search::approved().type_codes(types(&[ACTS])).since("20250201").until("20250310"),
            current(|stored| is_type(stored, &[ACTS]) && ("20250201000000".."20250310000000").contains(&start(stored))),
        ),
    ]
}

/// Runs each row; gives how many documents each found.
async fn finds<A: Consults, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    sees_masked: bool,
    (mode, access): (&str, &str),
) -> Vec<(&'static str, Found)> {
    let mut all = Vec::new();
    for (name, search, keeps) in rows() {
        let watch = Watch::start(mock);
        open(record).await;
        let found = record.find(search).await.unwrap();
        watch.conforms(mode, access);
        assert_eq!(watch.count("TD3.1"), 1, "{name}: one query");
        let expected = expected(mock, "P-RICH", |stored| {
            (sees_masked || !stored.entry.has_confidentiality("MASQUE_PS")) && keeps(stored)
        });
        assert_eq!(ids(&found), expected, "{name}");
        assert!(!found.is_empty(), "{name}");
        all.push((name, found));
    }
    all
}

/// What the rows say beside "exactly these".
fn say_what_the_book_says(found: &[(&str, Found)]) {
    let of = |id: &str| &found.iter().find(|(name, _)| name.contains(id)).unwrap().1;
    assert_eq!(with_state(of("3.1-040"), DocumentState::Archived), 1, "the archived one is present");
    assert!(with_state(of("3.1-050"), DocumentState::Obsolete) >= 1, "at least one obsolete version");
    assert_eq!((of("3.1-090").len(), of("3.1-100").len(), of("3.1-140").len()), (5, 8, 2));
    let with_time = ids(of("3.1-130 3.1-167 with time"));
    let without = ids(of("3.1-130 3.1-167 without time"));
    let edge: Vec<&String> = with_time.iter().filter(|id| !without.contains(id)).collect();
    assert_eq!(edge.len(), 1, "one document differs at the edge: {edge:?}");
}

#[tokio::test]
async fn a_3_1_040_and_3_1_050_and_3_1_090_and_3_1_100_and_3_1_110_and_3_1_120_and_3_1_130_and_3_1_140_criteria() {
    let mock = book().await;
    let found = finds(&mock, &tester(&mock, "P-RICH"), false, ("DIRECTE", "normal")).await;
    say_what_the_book_says(&found);
    let by_traitant = finds(&mock, &traitant(&mock), true, ("DIRECTE", "normal")).await;
    let since = |found: &[(&str, Found)]| found.iter().find(|(name, _)| name.contains("3.1-110")).unwrap().1.len();
    assert!(since(&by_traitant) > since(&found), "the médecin traitant sees masked ones more");
}

#[tokio::test]
async fn a_3_1_161_and_3_1_162_and_3_1_163_and_3_1_164_and_3_1_165_and_3_1_166_and_3_1_167_and_3_1_168_in_regulation() {
    let mock = book().await;
    let found = finds(&mock, &tester_15(&mock, "P-RICH"), false, ("DIRECTE", "centre_15")).await;
    say_what_the_book_says(&found);
}
