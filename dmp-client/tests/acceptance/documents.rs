//! Acceptance scenarios of documents: search (TD3.1), retrieval (TD3.2), what is new; each test names its scenarios.

use crate::support::documents::{bytes, document, letter, unique_id};
use crate::support::*;
use cda::n1::N1Builder;
use dmp_client::*;
use dmp_mock::MockDmp;
use jiff::{SignedDuration, Timestamp};
use xds_model::DocumentEntry;

const LOINC: &str = "2.16.840.1.113883.6.1";

fn feeding(mock: &MockDmp) -> IndirectRecord {
    client(mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap()
}

fn consulting(mock: &MockDmp) -> AirRecord {
    air(mock).record(followed(), Consent::given()).unwrap()
}

/// Feeds an opaque document whose metadata a test chooses; gives its uniqueId.
async fn fed(mock: &MockDmp, change: impl FnOnce(&mut DocumentEntry)) -> String {
    let letter = document(&letter()).await;
    let mut entry = letter.entry().clone();
    change(&mut entry);
    let id = entry.unique_id.clone();
    let content = bytes(&crate::support::documents::letter());
    let opaque = Document::from_opaque_bytes(content, entry).await.unwrap();
    feeding(mock).submit(&Submission::of(opaque)).await.unwrap();
    id
}

async fn fed_letter(mock: &MockDmp, builder: &N1Builder) -> String {
    feeding(mock).submit(&Submission::of(document(builder).await)).await.unwrap();
    unique_id(builder)
}

fn ids(found: &[DocumentEntry]) -> Vec<String> {
    let mut ids: Vec<String> = found.iter().map(|entry| entry.unique_id.clone()).collect();
    ids.sort();
    ids
}

fn sorted(ids: &[&String]) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
    ids.sort();
    ids
}

/// A mock where nothing refuses metadata that differ from the header: criteria are what is tested.
async fn mock() -> MockDmp {
    MockDmp::builder().lenient("X13,X14,X09").start().await.unwrap()
}

/// Queries of the last conversation, by their stored query.
fn searches(mock: &MockDmp) -> usize {
    mock.journal().exchanges().iter().filter(|exchange| exchange.transaction.as_deref() == Some("TD3.1")).count()
}

#[tokio::test]
async fn types_and_dates_select() {
    let mock = mock().await;
    let kind = |code: &'static str, start: &'static str| {
        move |entry: &mut DocumentEntry| {
            let system = entry.type_code.as_ref().unwrap().system.clone();
            entry.type_code = Some(xds_model::CodedValue::new(code, code, system));
            entry.service_start_time = Some(start.into());
            entry.service_stop_time = None;
        }
    };
    let first = fed(&mock, kind("11488-4", "20250301080000")).await;
    let second = fed(&mock, kind("34112-3", "20250302080000")).await;
    let third = fed(&mock, kind("11488-4", "20250303080000")).await;
    let record = consulting(&mock);
    let approved = Search::approved;
    let rows = [
        ("everything", approved(), vec![&first, &second, &third]),
        ("a type", approved().type_codes([("34112-3", LOINC)]), vec![&second]),
        (
            "one of two types",
            approved().type_codes([("34112-3", LOINC), ("11488-4", LOINC)]),
            vec![&first, &second, &third],
        ),
        ("from an instant", approved().since("20250302080000"), vec![&second, &third]),
        ("until an instant", approved().until("20250302080000"), vec![&first, &second]),
        ("nothing in between", approved().since("20250302080001").until("20250303"), vec![]),
        ("from a day, until an instant", approved().since("20250302").until("20250303080000"), vec![&second, &third]),
        ("a type from a day", approved().type_codes([("11488-4", LOINC)]).since("20250302"), vec![&third]),
        ("codes have a system", approved().type_codes([("34112-3", "1.2.3")]), vec![]),
    ];
    for (name, search, expected) in rows {
        assert_eq!(ids(&record.find(search).await.unwrap()), sorted(&expected), "{name}");
    }
}

#[tokio::test]
async fn every_other_criterion_selects() {
    let mock = mock().await;
    let id = fed(&mock, |entry| {
        entry.event_codes.push(xds_model::CodedValue::new("I10", "Hypertension", "2.16.840.1.113883.6.3"));
    })
    .await;
    let record = consulting(&mock);
    let entry = record.entry(&id).await.unwrap();
    let code = |code: &Option<xds_model::CodedValue>| {
        let code = code.clone().unwrap();
        (code.code, code.system)
    };
    let (class, format) = (code(&entry.class_code), code(&entry.format_code));
    let (practice, facility) = (code(&entry.practice_setting_code), code(&entry.healthcare_facility_type_code));
    fn pair(code: &(String, String)) -> [(&str, &str); 1] {
        [(&code.0, &code.1)]
    }
    let all = Search::approved;
    let yes = [
        all().class_codes(pair(&class)),
        all().format_codes(pair(&format)),
        all().practice_settings(pair(&practice)),
        all().facility_types(pair(&facility)),
        all().and_event([("I10", "2.16.840.1.113883.6.3")]),
        all().and_confidentiality([("N", "2.16.840.1.113883.5.25")]),
        all().author("%MODELE^ALIX%"),
        all().created_since("2026").created_until("2027"),
        all().ended_since("2026").ended_until("2027"),
    ];
    for search in yes {
        assert_eq!(ids(&record.find(search.clone()).await.unwrap()), [id.as_str()], "{search:?}");
    }
    let no = [
        all().class_codes([("99", class.1.as_str())]),
        all().and_event([("I10", "2.16.840.1.113883.6.3")]).and_event([("I11", "2.16.840.1.113883.6.3")]),
        all().and_confidentiality([("MASQUE_PS", "1.2.250.1.213.1.1.4.13")]),
        all().author("MODELE"),
        all().created_since("2027"),
        all().ended_until("2025"),
        Search::vaccination_history(),
    ];
    for search in no {
        assert!(record.find(search.clone()).await.unwrap().is_empty(), "{search:?}");
    }
}

#[tokio::test]
async fn archived_and_obsolete_versions_are_found_on_request() {
    let mock = mock().await;
    let first = letter();
    let old = fed_letter(&mock, &first).await;
    let second = N1Builder { replaces: first.unique_id.clone(), version: Some(2), ..letter() };
    let replacing = document(&second).await.replacing(&old);
    feeding(&mock).submit(&Submission::of(replacing)).await.unwrap();
    let record = consulting(&mock);
    let status = |status| Search::with_statuses([status]);
    assert_eq!(ids(&record.find(status(AvailabilityStatus::Deprecated)).await.unwrap()), [old]);
    record.archive(unique_id(&second)).await.unwrap();
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
    assert_eq!(ids(&record.find(Search::approved_or_archived()).await.unwrap()), [unique_id(&second)]);
}

#[tokio::test]
async fn reimbursements_over_too_long_a_period_are_never_asked_for() {
    let mock = mock().await;
    let record = consulting(&mock);
    let rows = [
        (Search::reimbursements("20240101", "20251231235959"), true),
        (Search::reimbursements("20240101", "20260301"), false),
        (Search::approved().type_codes([("REMB", "1.2.250.1.213.1.1.4.12")]), false),
        (Search::approved().created_since("tomorrow"), false),
    ];
    for (search, accepted) in rows {
        let before = searches(&mock);
        let answer = record.find(search.clone()).await;
        assert_eq!(answer.is_ok(), accepted, "{search:?} {answer:?}");
        assert_eq!(searches(&mock) - before, usize::from(accepted), "LOCAL: nothing is sent");
        if let Err(error) = answer {
            assert!(matches!(error.rule(), Some("EX_3.1-1015" | "X24")), "{error:?}");
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Validation, Outcome::NotSent));
        }
    }
}

#[tokio::test]
async fn what_was_submitted_by_both_methods() {
    let mock = mock().await;
    let start = Timestamp::now() - SignedDuration::from_secs(5);
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.push(fed_letter(&mock, &letter()).await);
    }
    let two = Submission::of(document(&letter()).await).and(document(&letter()).await).hidden(Hidden::FromPatient);
    expected.extend(feeding(&mock).submit(&two).await.unwrap().document_unique_ids);
    expected.sort();
    let record = consulting(&mock);

    let end = Timestamp::now() + SignedDuration::from_secs(5);
    assert_eq!(ids(&record.submitted_between(start, end).await.unwrap()), expected, "method 1");
    let mut by_lot = Vec::new();
    for submission in record.submissions_since(start).await.unwrap() {
        by_lot.extend(record.contents_of(&submission).await.unwrap());
    }
    assert_eq!(ids(&by_lot), expected, "method 2");
    let news = record.new_since(start, &KnownDocuments::none()).await.unwrap();
    assert!(news.changes.iter().all(|change| matches!(change, RecordChange::New(_))), "{news:?}");
    assert_eq!(news.changes.len(), 5);
    assert!(news.asked_at > start && !news.partial);

    // Nothing since: one query, and never an empty list.
    let before = searches(&mock);
    let later = record.new_since(end, &KnownDocuments::none()).await.unwrap();
    assert!(later.changes.is_empty());
    assert_eq!(searches(&mock) - before, 1);
}

#[tokio::test]
async fn what_is_new_is_told_from_what_is_held() {
    let mock = mock().await;
    let start = Timestamp::now() - SignedDuration::from_secs(5);
    let replaced = letter();
    let (kept, masked, first) =
        (fed_letter(&mock, &letter()).await, fed_letter(&mock, &letter()).await, fed_letter(&mock, &replaced).await);
    let record = consulting(&mock);
    let held = record.find(Search::approved()).await.unwrap();
    let known = held.iter().fold(KnownDocuments::none(), |known, entry| known.and_entry(entry));

    record.mask(&masked).await.unwrap();
    let second = N1Builder { replaces: replaced.unique_id.clone(), version: Some(2), ..letter() };
    feeding(&mock).submit(&Submission::of(document(&second).await.replacing(&first))).await.unwrap();
    let third = N1Builder { replaces: second.unique_id.clone(), version: Some(3), ..letter() };
    feeding(&mock).submit(&Submission::of(document(&third).await.replacing(unique_id(&second)))).await.unwrap();
    let new = fed_letter(&mock, &letter()).await;
    let by_mail = fed_letter(&mock, &letter()).await;
    let known = known.and(&by_mail);

    let news = record.new_since(start, &known).await.unwrap();
    let mut words: Vec<String> = news
        .changes
        .iter()
        .map(|change| match change {
            RecordChange::New(entry) => format!("new {}", entry.unique_id),
            RecordChange::Replaced { unique_id, by } => format!("{unique_id} by {}", by.unique_id),
            RecordChange::MetadataChanged(entry) => format!("changed {}", entry.unique_id),
            RecordChange::Known(entry) => format!("known {}", entry.unique_id),
            _ => panic!("{change:?}"),
        })
        .collect();
    words.sort();
    let mut expected = vec![
        format!("new {new}"),
        format!("{first} by {}", unique_id(&third)),
        format!("changed {masked}"),
        format!("known {kept}"),
        format!("known {by_mail}"),
    ];
    expected.sort();
    assert_eq!(words, expected);
    let masked_now = news.changes.iter().find(|change| change.entry().unique_id == masked).unwrap();
    assert!(masked_now.entry().has_confidentiality("MASQUE_PS"));
}

#[tokio::test]
async fn e4_01_several_documents_come_in_one_answer() {
    let mock = mock().await;
    let letters = [letter(), letter(), letter()];
    for letter in &letters {
        fed_letter(&mock, letter).await;
    }
    let record = consulting(&mock);
    let found = record.find(Search::approved()).await.unwrap();
    let (mut first, mut unknown, mut last) = (Vec::new(), Vec::new(), Vec::new());
    let by_id = |letter: &N1Builder| found.iter().find(|entry| entry.unique_id == unique_id(letter)).unwrap();
    let deliveries = vec![
        Delivery::new(by_id(&letters[2]), &mut first),
        Delivery::new("2.25.404", &mut unknown),
        Delivery::new(unique_id(&letters[0]), &mut last),
    ];
    let outcomes = record.retrieve_all(deliveries).await.unwrap();
    assert_eq!((first, last), (bytes(&letters[2]), bytes(&letters[0])));
    assert!(unknown.is_empty());
    let refused = outcomes[1].as_ref().unwrap_err();
    assert_eq!(refused.code().map(Code::as_str), Some("XDSDocumentUniqueIdError"));
    let [first, last] = [0, 2].map(|index| outcomes[index].as_ref().unwrap());
    assert!(first.verified && !last.verified, "only an entry has a hash to compare with");
    assert_eq!(first.unique_id, unique_id(&letters[2]));
    let retrievals = mock.journal().exchanges();
    assert_eq!(retrievals.iter().filter(|one| one.transaction.as_deref() == Some("TD3.2")).count(), 1);

    // Into files: no name ever holds what is not the document.
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let documents = vec![("2.25.404".into(), path("unknown.xml")), (by_id(&letters[1]).into(), path("known.xml"))];
    let outcomes = record.retrieve_to_files(documents).await.unwrap();
    assert!(outcomes[0].is_err() && outcomes[1].is_ok(), "{outcomes:?}");
    assert_eq!(std::fs::read(path("known.xml")).unwrap(), bytes(&letters[1]));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");

    assert!(record.retrieve_all(Vec::new()).await.unwrap().is_empty());
    let (mut one, mut two) = (Vec::new(), Vec::new());
    let twice = vec![Delivery::new("2.25.1", &mut one), Delivery::new("2.25.1", &mut two)];
    assert_eq!(record.retrieve_all(twice).await.unwrap_err().rule(), Some("ITI-43"));
    let entry_uuid = record.retrieve("urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001").await.unwrap_err();
    assert_eq!((entry_uuid.rule(), entry_uuid.outcome()), (Some("EX_2.1-1130"), Outcome::NotSent));
}

#[tokio::test]
async fn several_documents_and_a_replacement_are_one_lot() {
    let mock = mock().await;
    let record = feeding(&mock);
    let first = letter();
    fed_letter(&mock, &first).await;
    let second = N1Builder { replaces: first.unique_id.clone(), version: Some(2), ..letter() };
    let added = letter();
    let lot = Submission::of(document(&second).await.replacing(unique_id(&first))).and(document(&added).await);
    record.submit(&lot).await.unwrap();
    let found = consulting(&mock).find(Search::approved()).await.unwrap();
    assert_eq!(ids(&found), sorted(&[&unique_id(&second), &unique_id(&added)]));
    let lots = consulting(&mock).submissions_since(Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(lots.len(), 2);
    assert_eq!(consulting(&mock).contents_of(&lots[1]).await.unwrap().len(), 2);
}

#[tokio::test]
async fn e2_18_a_submission_is_sent_again_only_when_the_dmp_has_it_not() {
    let mock = mock().await;
    let record = feeding(&mock);
    let (one, two) = (letter(), letter());
    let submission = Submission::of(document(&one).await).and(document(&two).await);
    let submitted = || mock.journal().exchanges().iter().filter(|x| x.transaction.as_deref() == Some("TD2.1")).count();

    assert_eq!(record.confirm(&submission).await.unwrap(), Confirmation::Absent);
    let receipt = record.resend(&submission).await.unwrap();
    assert_eq!(submitted(), 1);
    assert_eq!(record.confirm(&submission).await.unwrap(), Confirmation::Stored(receipt.clone()));
    assert_eq!(record.resend(&submission).await.unwrap(), receipt);
    assert_eq!(submitted(), 1, "asked first: not sent twice");

    record.delete(unique_id(&two)).await.unwrap();
    assert_eq!(record.confirm(&submission).await.unwrap(), Confirmation::Partial(vec![unique_id(&one)]));
    assert_eq!(record.resend(&submission).await.unwrap_err().rule(), Some("X08"));
    assert_eq!(submitted(), 1);
}
