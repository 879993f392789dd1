//! F07, the tests of its page by number, and 3.1-900.

use crate::support::documents::{document, letter, random_oid, unique_id};
use crate::support::{consulting, count, feeding, qualified};
use dmp_client::*;
use dmp_lps::refresh::{CopyState, LocalCopy, refresh};
use dmp_mock::MockDmp;
use dmp_mock::faults::Fault;
use dmp_protocol::transaction::Transaction;

async fn record(mock: &MockDmp) -> AirRecord {
    consulting(mock).record(qualified(), Consent::given()).unwrap()
}

async fn feed(mock: &MockDmp, document: Document) {
    let record = feeding(mock).record(qualified(), Consent::given()).unwrap();
    record.submit(&Submission::of(document)).await.unwrap();
}

/// Feeds a letter, and takes a copy of it.
async fn copied(mock: &MockDmp) -> LocalCopy {
    let builder = letter();
    feed(mock, document(&builder).await).await;
    LocalCopy::from(&record(mock).await.entry(unique_id(&builder)).await.unwrap())
}

/// A new version of a document; its uniqueId.
async fn replace(mock: &MockDmp, replaced: &str) -> String {
    let mut builder = letter();
    builder.replaces = Some(replaced.parse().unwrap());
    builder.version = Some(2);
    builder.set_id = Some(random_oid());
    feed(mock, document(&builder).await.replacing(replaced)).await;
    unique_id(&builder)
}

async fn state(mock: &MockDmp, copy: &LocalCopy) -> CopyState {
    let mut states = refresh(&record(mock).await, std::slice::from_ref(copy)).await.unwrap();
    assert_eq!(states.len(), 1);
    states.remove(0)
}

#[tokio::test]
async fn f07_t1_and_f07_t2_and_f07_t3_and_f07_t4_and_f07_t5_and_f07_t6_each_state_of_a_copy() {
    let mock = MockDmp::start().await.unwrap();
    let copy = copied(&mock).await;
    assert_eq!(state(&mock, &copy).await, CopyState::Current);

    record(&mock).await.mask(copy.unique_id.as_str()).await.unwrap();
    let CopyState::MetadataChanged { added, removed } = state(&mock, &copy).await else { panic!("masked") };
    assert!(added.contains("MASQUE_PS") && removed.is_empty(), "{added:?} {removed:?}");
    record(&mock).await.unmask(copy.unique_id.as_str()).await.unwrap();
    assert_eq!(state(&mock, &copy).await, CopyState::Current);

    record(&mock).await.archive(copy.unique_id.as_str()).await.unwrap();
    assert_eq!(state(&mock, &copy).await, CopyState::Archived);
    record(&mock).await.unarchive(copy.unique_id.as_str()).await.unwrap();

    // Three replacements in a row: the copy leads to the last.
    let mut chain = vec![replace(&mock, &copy.unique_id).await];
    for _ in 0..2 {
        chain.push(replace(&mock, chain.last().unwrap()).await);
    }
    let CopyState::Superseded { by, chain: told } = state(&mock, &copy).await else { panic!("superseded") };
    assert_eq!((by.unique_id.as_str(), &told), (chain[2].as_str(), &chain));

    // Deleted with all its versions, or never there.
    let owner = feeding(&mock).record(qualified(), Consent::given()).unwrap();
    owner.delete(chain[2].as_str()).await.unwrap();
    assert_eq!(state(&mock, &copy).await, CopyState::Unavailable);
    let gone = LocalCopy { unique_id: "2.25.42".to_owned(), logical_id: None, confidentiality: Default::default() };
    assert_eq!(state(&mock, &gone).await, CopyState::Unavailable);
    assert_eq!(count(&mock, "TD3.2"), 0, "nothing is downloaded");
}

#[tokio::test]
async fn f07_t7_and_f07_t9_copies_are_asked_for_twenty_at_a_time_and_a_busy_dmp_leaves_them_unknown() {
    let mock = MockDmp::start().await.unwrap();
    let copies: Vec<LocalCopy> = (0..41)
        .map(|number| LocalCopy {
            unique_id: format!("2.25.{}", 1000 + number),
            logical_id: None,
            confidentiality: Default::default(),
        })
        .collect();
    // The same document twice is asked for once.
    let twice: Vec<LocalCopy> = copies.iter().cloned().chain(copies.first().cloned()).collect();
    assert_eq!(refresh(&record(&mock).await, &twice).await.unwrap().len(), 42);
    assert_eq!(count(&mock, "TD3.1"), 3);

    mock.faults().add(Fault::code("DMPAccessDeniedByExcededThreshold").on(Transaction::Search)).unwrap();
    let states = refresh(&record(&mock).await, &copies).await.unwrap();
    assert!(states.iter().all(|state| *state == CopyState::Unknown));
}

#[tokio::test]
async fn a_3_1_900_and_f07_t8_what_another_user_replaced_or_deleted_is_told_at_the_next_opening() {
    let mock = MockDmp::start().await.unwrap();
    let (first, second) = (copied(&mock).await, copied(&mock).await);
    let newer = replace(&mock, &first.unique_id).await;
    let owner = feeding(&mock).record(qualified(), Consent::given()).unwrap();
    owner.delete(second.unique_id.as_str()).await.unwrap();

    let states = refresh(&record(&mock).await, &[first, second]).await.unwrap();
    assert!(matches!(&states[0], CopyState::Superseded { by, .. } if by.unique_id == newer), "{:?}", states[0]);
    assert_eq!(states[1], CopyState::Unavailable);
}
