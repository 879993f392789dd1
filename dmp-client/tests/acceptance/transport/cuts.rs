//! C-15 and E2-18: connections that die, and what the client knows then.

use std::time::Duration;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_protocol::transaction::Transaction;

use super::doorway::Doorway;
use super::{IMPATIENT, record_of};
use crate::support::documents::{document, letter, unique_id};
use crate::support::*;

fn cut(at: Cut, transaction: Transaction) -> Fault {
    Fault::new(Effect::Cut { at }).on(transaction).times(1)
}

fn feeding(builder: DmpClientBuilder) -> IndirectRecord {
    let session = builder.retry(IMPATIENT).build().unwrap().indirect(sender()).unwrap();
    session.record(followed(), Consent::given()).unwrap()
}

fn stored(mock: &MockDmp) -> usize {
    mock.with_world(|world| world.registry.lots().count())
}

fn requests(mock: &MockDmp, transaction: Transaction) -> usize {
    mock.journal().exchanges().iter().filter(|one| one.transaction.as_deref() == Some(transaction.td())).count()
}

#[tokio::test]
async fn c_15_cut_between_requests_and_after_the_head() {
    let mock = MockDmp::start().await.unwrap();
    // Idle: the next request finds the channel dead, and goes over another.
    mock.faults().add(cut(Cut::AfterAnswer, Transaction::Existence)).unwrap();
    let record = record_of(builder(&mock).retry(IMPATIENT));
    record.existence().await.unwrap();
    record.existence().await.unwrap();
    assert_eq!(requests(&mock, Transaction::Existence), 2);
    // After the head: the DMP cannot have acted, so that even a submission is sent again.
    let before = stored(&mock);
    let door = Doorway::before(&mock).await;
    let record = feeding(builder_for(&mock, &door.url()));
    // Larger than any socket buffer: it is not wholly written when the door is slammed.
    let mut long = letter();
    long.title = Some("Compte rendu long".to_owned());
    let text = "Tout va bien. ".repeat(1_000_000);
    let bytes = long.build(cda::n1::N1Content::text(&text)).unwrap();
    let long = Document::from_cda_bytes(bytes).await.unwrap();
    record.submit(&Submission::of(long)).await.unwrap();
    assert_eq!((door.connections(), stored(&mock) - before), (2, 1));
}

#[tokio::test]
async fn c_15_cut_after_the_body_of_a_read_and_of_changes() {
    let mock = MockDmp::start().await.unwrap();
    let record = record_of(builder(&mock).retry(IMPATIENT));
    // A read that nobody is told of is repeated; one that the patient may be told of, once at most.
    mock.faults().add(cut(Cut::BeforeAnswer, Transaction::Existence)).unwrap();
    record.existence().await.unwrap();
    mock.faults().add(Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Search)).unwrap();
    let error = record.find(Search::approved()).await.unwrap_err();
    assert_eq!((error.outcome(), requests(&mock, Transaction::Search)), (Outcome::Unknown, 2));
    mock.faults().clear();

    // TD2.1: done, and the answer lost. Not repeated; asked for, it is there.
    let before = stored(&mock);
    mock.faults().add(cut(Cut::BeforeAnswer, Transaction::Submit).processed(true)).unwrap();
    let letter = letter();
    let submission = Submission::of(document(&letter).await);
    let feeding = feeding(builder(&mock));
    let error = feeding.submit(&submission).await.unwrap_err();
    assert_eq!((error.outcome(), error.advice()), (Outcome::Unknown, Advice::ReadStateFirst));
    assert!(matches!(feeding.confirm(&submission).await.unwrap(), Confirmation::Stored(_)));
    feeding.resend(&submission).await.unwrap();
    assert_eq!((requests(&mock, Transaction::Submit), stored(&mock) - before), (1, 1));

    // TD3.3: the same; made again, it is found done.
    let id = unique_id(&letter);
    mock.faults().add(cut(Cut::BeforeAnswer, Transaction::Mask).processed(true)).unwrap();
    let error = record.mask(id.as_str()).await.unwrap_err();
    assert_eq!((error.outcome(), error.advice()), (Outcome::Unknown, Advice::ReadStateFirst));
    assert_eq!(record.mask(id.as_str()).await.unwrap(), Change::Unchanged);
    assert_eq!(requests(&mock, Transaction::Mask), 1);
    mock.faults().add(cut(Cut::BeforeAnswer, Transaction::Delete).processed(true)).unwrap();
    let error = feeding.delete(id.as_str()).await.unwrap_err();
    assert_eq!(error.advice(), Advice::ReadStateFirst);
    assert!(feeding.reference_of(&id).await.unwrap().entry_uuid.is_none());
    assert_eq!(requests(&mock, Transaction::Delete), 1);
}

/// The DMP has done what a submission asks, and holds its answer back until `gate` is opened.
async fn held(mock: &MockDmp, gate: &str) {
    while mock.faults().waiting(gate) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn e2_18_a_time_limit_after_the_body_and_one_document_in_the_end() {
    let mock = MockDmp::start().await.unwrap();
    let before = stored(&mock);
    let hold = Effect::Hold { gate: "answer".to_owned() };
    mock.faults().add(Fault::new(hold).on(Transaction::Submit).times(1).processed(true)).unwrap();
    let timeouts = Timeouts { document: Duration::from_secs(3), ..Timeouts::default() };
    let feeding = feeding(builder(&mock).timeouts(timeouts));
    let submission = Submission::of(document(&letter()).await);
    let error = feeding.submit(&submission).await.unwrap_err();
    assert_eq!((error.outcome(), error.advice()), (Outcome::Unknown, Advice::ReadStateFirst), "{error:?}");
    mock.faults().open("answer");
    feeding.resend(&submission).await.unwrap();
    feeding.resend(&submission).await.unwrap();
    assert_eq!(stored(&mock) - before, 1);
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_behind() {
    let mock = MockDmp::start().await.unwrap();
    let hold = Effect::Hold { gate: "never".to_owned() };
    mock.faults().add(Fault::new(hold).on(Transaction::Existence).times(1)).unwrap();
    let record = record_of(builder(&mock).retry(IMPATIENT));
    tokio::select! {
        answered = record.existence() => panic!("{answered:?}"),
        () = held(&mock, "never") => {}
    }
    // The same session goes on, over another connection, as if nothing had been asked.
    for _ in 0..3 {
        record.existence().await.unwrap();
    }
    assert_eq!(record.find(Search::approved()).await.unwrap().len(), 0);
}
