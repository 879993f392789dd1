//! Several workers share one queue: each document is fed once, whoever takes it and whatever answer is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::path::Path;

use dmp_lps::consent::ConsentGate;
use dmp_lps::outbox::*;
use dmp_lps::{Database, PatientKey, SystemClock};
use dmp_mock::MockDmp;
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_protocol::transaction::Transaction;
use jiff::SignedDuration;
use support::documents::{bytes, letter, unique_id};
use support::{context, feeding, patient};

const EPISODES: usize = 12;
const PER_EPISODE: usize = 3;

type Queue<S> = Outbox<S, Database, fn(&PatientKey) -> PatientFacts>;

fn qualified(_: &PatientKey) -> PatientFacts {
    PatientFacts { qualified: true, deceased: false }
}

/// What each process opens: the store that all share, the folder that all see.
fn queue<S: FeedStore>(store: S, folder: &Path) -> Queue<S> {
    let settings = OutboxSettings {
        delay: SignedDuration::ZERO,
        tries: 1_000,
        first_back_off: SignedDuration::from_millis(1),
        longest_back_off: SignedDuration::from_millis(20),
        pace: std::time::Duration::ZERO,
        ..OutboxSettings::default()
    };
    let gate = ConsentGate::new(Database::in_memory().unwrap(), SystemClock);
    Outbox::new(store, Spool::open(folder.join("spool")).unwrap(), gate, qualified, SystemClock, settings)
}

/// Two workers for each queue, until nothing waits. How many documents each queue fed.
async fn share<S: FeedStore>(queues: Vec<Queue<S>>) -> Vec<usize> {
    let mock = MockDmp::start().await.unwrap();
    let cut =
        |processed| Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Submit).processed(processed);
    mock.faults().add(cut(true).with_probability(0.2, 1)).unwrap();
    mock.faults().add(cut(false).with_probability(0.2, 2)).unwrap();
    let mut unique_ids = Vec::new();
    for number in 0..EPISODES * PER_EPISODE {
        let builder = letter();
        unique_ids.push(unique_id(&builder));
        let episode = format!("stay-{}", number / PER_EPISODE);
        let feed = NewFeed::of(context("alix", "team-1", &episode), patient()).validated();
        queues[number % queues.len()].enqueue_bytes(feed, bytes(&builder)).await.unwrap();
    }
    let mut running = Vec::new();
    for queue in queues.iter().chain(&queues) {
        let worker = queue.worker(feeding(&mock)).await.unwrap();
        running.push(tokio::spawn(async move {
            let mut fed = 0;
            loop {
                match worker.step().await.unwrap() {
                    Step::Idle(None) => return fed,
                    Step::Fed(documents) => fed += documents,
                    Step::Idle(Some(_)) | Step::Asked(_) => tokio::task::yield_now().await,
                    Step::Blocked(error) => panic!("{error}"),
                }
            }
        }));
    }
    let mut fed = vec![0; queues.len()];
    for (number, worker) in running.into_iter().enumerate() {
        fed[number % queues.len()] += worker.await.unwrap();
    }
    let items = queues[0].list(FeedFilter::default()).await.unwrap();
    assert!(items.iter().all(|item| item.state == State::Sent), "{items:?}");
    mock.with_world(|world| {
        for unique_id in &unique_ids {
            assert_eq!(world.registry.versions_of_document(unique_id).count(), 1, "{unique_id}");
        }
    });
    fed
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_of_one_process_share_a_queue_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let base = Database::open(folder.path().join("lps.sqlite")).unwrap();
    let fed = share(vec![queue(base, folder.path())]).await;
    assert!(fed[0] >= EPISODES * PER_EPISODE);
}

#[cfg(feature = "postgresql")]
#[tokio::test(flavor = "multi_thread")]
async fn workers_of_three_processes_share_a_queue_in_postgresql() {
    let Some(server) = support::postgres::server(None) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut queues = Vec::new();
    for _ in 0..3 {
        // As a process of its own: nothing is shared but the base and the folder.
        let store = PostgresQueue::connect(&server.settings(), PostgresTls::Off).await.unwrap();
        queues.push(queue(store, folder.path()));
    }
    let fed = share(queues).await;
    assert!(fed.iter().sum::<usize>() >= EPISODES * PER_EPISODE);
}
