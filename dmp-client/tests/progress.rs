//! Progress of long submissions and retrievals.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::sync::{Arc, Mutex};

use dmp_client::watch::{Attempt, Direction, Transfer, Watch};
use dmp_client::*;
use dmp_mock::MockDmp;
use support::documents::{letter, unique_id};
use support::*;

/// How far documents are, as a progress bar is told.
#[derive(Default)]
struct Bar(Mutex<Vec<(String, Transfer)>>);

impl Watch for Bar {
    fn transferred(&self, attempt: &Attempt, transfer: Transfer) {
        self.0.lock().unwrap().push((attempt.td().to_owned(), transfer));
    }
}

#[tokio::test]
async fn submissions_and_retrievals_tell_how_far_they_are() {
    let (mock, bar) = (MockDmp::start().await.unwrap(), Arc::new(Bar::default()));
    let client = builder(&mock).watch(bar.clone()).build().unwrap();
    let letter = letter();
    let text = "Tout va bien.\n".repeat(20_000);
    let large = cda::n1::N1Content::text(&text);
    let large = letter.build(large).unwrap();
    let feeding = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    feeding.submit(&Submission::of(Document::from_cda_bytes(large.clone()).await.unwrap())).await.unwrap();
    let sent = std::mem::take(&mut *bar.0.lock().unwrap());
    assert!(sent.len() > 3, "{} steps", sent.len());
    assert!(sent.iter().all(|(td, transfer)| td == "TD2.1" && transfer.direction == Direction::Sent));
    assert!(sent.windows(2).all(|pair| pair[0].1.bytes < pair[1].1.bytes), "it only grows");
    let last = sent.last().unwrap().1;
    assert!(last.of == Some(last.bytes) && last.bytes > large.len() as u64, "{last:?}");

    let record = client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
    let found = record.find(Search::approved()).await.unwrap();
    assert_eq!(bar.0.lock().unwrap().len(), 0, "a search has no bytes to follow");
    let entry = found.iter().find(|entry| entry.unique_id == unique_id(&letter)).unwrap();
    record.retrieve(entry).await.unwrap();
    let received = std::mem::take(&mut *bar.0.lock().unwrap());
    let size = large.len() as u64;
    let end = Transfer { direction: Direction::Received, bytes: size, of: Some(size) };
    assert_eq!(received.last().unwrap(), &("TD3.2".to_owned(), end));
    // By its uniqueId alone nobody knows how large it is.
    record.retrieve(entry.unique_id.clone()).await.unwrap();
    let end = Transfer { of: None, ..end };
    assert_eq!(bar.0.lock().unwrap().last().unwrap().1, end);
}
