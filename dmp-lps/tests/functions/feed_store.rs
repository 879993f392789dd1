//! The stores of the queue: one suite of promises, kept by SQLite and by PostgreSQL.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::support::patient;
use dmp_client::Hidden;
use dmp_lps::outbox::*;
use dmp_lps::{CareRole, CareTeamId, Database, EpisodeId, InternalUserId};
use dmp_vocabulary::Oid;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const PACE: Duration = Duration::from_millis(250);

fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

/// A document of an episode that is due at [`now`].
fn item(episode: &str) -> FeedItem {
    let unique_id = Oid::from_uuid(Uuid::new_v4().as_u128()).to_string();
    FeedItem {
        id: FeedId::parse(&Uuid::new_v4().to_string()).unwrap(),
        lane: Lane::Daily,
        order: Order::Feed,
        patient: patient(),
        episode: EpisodeId::new(episode).unwrap(),
        team: CareTeamId::new("team-1").unwrap(),
        role: CareRole::TeamMember,
        professional: None,
        user: InternalUserId::new("alix").unwrap(),
        structure: "10B0990008".to_owned(),
        service: None,
        set_id: Some(format!("set of {unique_id}")),
        hash: format!("hash of {unique_id}"),
        unique_id,
        version: Some(1),
        parent: None,
        substance: String::new(),
        type_code: "11488-4".to_owned(),
        documented_at: Some(now()),
        historical: false,
        hidden: vec![Hidden::FromPatient],
        replaces: None,
        state: State::Scheduled,
        validated: true,
        alone: false,
        rule: None,
        not_before: now(),
        attempts: 0,
        lot: None,
        queued_at: now(),
        sent_at: None,
        failed_at: None,
        removed: false,
        superseded_by: None,
        reasons: Vec::new(),
        warnings: vec![Warning::BirthplaceMissing],
        error: Some(LastError { kind: "Server".to_owned(), code: None, line: "busy".to_owned() }),
        revision: 0,
    }
}

fn claim(lane: Lane, at: Timestamp) -> Claim {
    Claim { lane, worker: Uuid::new_v4(), now: at, lease: at + SignedDuration::from_mins(10) }
}

fn ids(items: &[FeedItem]) -> Vec<FeedId> {
    items.iter().map(|item| item.id).collect()
}

/// Every promise of [`FeedStore`] but that of `recover`, which depends on who shares the base.
async fn conforms<S: FeedStore>(empty: impl AsyncFn() -> Arc<S>) {
    it_lists_what_was_added(&*empty().await).await;
    it_writes_over_nothing_unread(&*empty().await).await;
    it_gives_lots(&*empty().await).await;
    it_gives_what_is_unknown_or_abandoned(&*empty().await).await;
    it_counts_and_knows_when(&*empty().await).await;
    it_gives_turns(&*empty().await).await;
    it_remembers_pauses_and_removals(&*empty().await).await;
    nobody_gets_what_another_has(empty().await).await;
}

async fn it_lists_what_was_added<S: FeedStore>(store: &S) {
    let (first, mut second) = (item("a"), item("b"));
    second.state = State::Draft;
    second.lane = Lane::Historical;
    store.add(first.clone()).await.unwrap();
    store.add(second.clone()).await.unwrap();
    assert!(store.add(first.clone()).await.is_err(), "an identifier is used once");
    assert_eq!(store.get(first.id).await.unwrap(), Some(first.clone()), "nothing is lost on the way");
    assert_eq!(store.get(item("c").id).await.unwrap(), None);
    let of = FeedFilter::of(&patient());
    let cases = [
        (FeedFilter::default(), vec![first.id, second.id]),
        (of.clone(), vec![first.id, second.id]),
        (FeedFilter { state: Some(State::Draft), ..of.clone() }, vec![second.id]),
        (FeedFilter { lane: Some(Lane::Daily), ..of.clone() }, vec![first.id]),
        (FeedFilter { unique_id: Some(second.unique_id.clone()), ..of.clone() }, vec![second.id]),
        (FeedFilter { set_id: first.set_id.clone(), ..of.clone() }, vec![first.id]),
        (FeedFilter { hash: Some(second.hash.clone()), ..of.clone() }, vec![second.id]),
        (FeedFilter { hash: Some("another".to_owned()), ..of }, Vec::new()),
    ];
    for (filter, expected) in cases {
        assert_eq!(ids(&store.list(filter.clone()).await.unwrap()), expected, "{filter:?}");
    }
}

async fn it_writes_over_nothing_unread<S: FeedStore>(store: &S) {
    let read = item("a");
    store.add(read.clone()).await.unwrap();
    let held = FeedItem { state: State::Held, ..read.clone() };
    assert!(store.replace(held).await.unwrap());
    let late = FeedItem { state: State::Cancelled, ..read.clone() };
    assert!(!store.replace(late.clone()).await.unwrap(), "somebody held it in between");
    assert!(store.settle(vec![late]).await.unwrap().is_empty());
    let kept = store.get(read.id).await.unwrap().unwrap();
    assert_eq!(kept.state, State::Held);
    assert_eq!(store.settle(vec![FeedItem { state: State::Draft, ..kept }]).await.unwrap(), [read.id]);
    assert_eq!(store.get(read.id).await.unwrap().unwrap().state, State::Draft);
}

async fn it_gives_lots<S: FeedStore>(store: &S) {
    let (first, second, other) = (item("a"), item("a"), item("b"));
    let later = FeedItem { not_before: after(5), ..item("a") };
    let tried = FeedItem { attempts: 1, not_before: after(1), ..item("a") };
    let alone = FeedItem { alone: true, not_before: after(2), ..item("a") };
    let held = FeedItem { state: State::Held, ..item("a") };
    let old = FeedItem { lane: Lane::Historical, ..item("a") };
    for item in [&first, &second, &other, &later, &tried, &alone, &held, &old] {
        store.add(item.clone()).await.unwrap();
    }
    assert!(store.claim(claim(Lane::Daily, after(-1))).await.unwrap().is_empty(), "nothing is due");
    // Those of the episode that wait, whether due or not; never another queue.
    let lot = store.claim(claim(Lane::Daily, now())).await.unwrap();
    assert_eq!(ids(&lot), [first.id, second.id, later.id]);
    assert!(lot.iter().all(|item| item.state == State::Sending));
    for expected in [vec![other.id], vec![tried.id], vec![alone.id], Vec::new()] {
        assert_eq!(ids(&store.claim(claim(Lane::Daily, after(3))).await.unwrap()), expected);
    }
    assert_eq!(ids(&store.claim(claim(Lane::Historical, now())).await.unwrap()), [old.id]);
    // A lot that is put off is taken again, and settled once.
    let back: Vec<_> = lot.into_iter().map(|item| FeedItem { state: State::Scheduled, ..item }).collect();
    assert_eq!(store.settle(back.clone()).await.unwrap(), ids(&back));
    assert_eq!(store.claim(claim(Lane::Daily, after(9))).await.unwrap().len(), 3);
    assert!(store.settle(back).await.unwrap().is_empty(), "another worker has them");
    for _ in 0..30 {
        store.add(item("many")).await.unwrap();
    }
    assert_eq!(store.claim(claim(Lane::Daily, now())).await.unwrap().len(), 20, "a lot has an end");
}

async fn it_gives_what_is_unknown_or_abandoned<S: FeedStore>(store: &S) {
    let lost = FeedItem { state: State::Ambiguous, not_before: after(1), ..item("a") };
    let sending = FeedItem { not_before: after(-1), ..item("b") };
    store.add(lost.clone()).await.unwrap();
    store.add(sending.clone()).await.unwrap();
    assert_eq!(ids(&store.claim(claim(Lane::Daily, now())).await.unwrap()), [sending.id]);
    assert!(store.claim_ambiguous(claim(Lane::Daily, now())).await.unwrap().is_empty(), "neither is due");
    assert!(store.claim_ambiguous(claim(Lane::Historical, after(5))).await.unwrap().is_empty());
    assert_eq!(ids(&store.claim_ambiguous(claim(Lane::Daily, after(1))).await.unwrap()), [lost.id]);
    assert!(store.claim_ambiguous(claim(Lane::Daily, after(2))).await.unwrap().is_empty(), "it is being asked for");
    // Both leases have passed: their workers are believed dead.
    let taken = store.claim_ambiguous(claim(Lane::Daily, after(30))).await.unwrap();
    assert_eq!(ids(&taken), [lost.id, sending.id]);
    assert!(taken.iter().all(|item| item.state == State::Ambiguous));
}

async fn it_counts_and_knows_when<S: FeedStore>(store: &S) {
    assert_eq!(store.next_due(Lane::Daily).await.unwrap(), None);
    assert_eq!(store.tally(Lane::Daily, now()).await.unwrap(), Tally::default());
    let sent = |minutes| FeedItem { state: State::Sent, sent_at: Some(after(minutes)), ..item("a") };
    for item in [sent(-10), sent(0), sent(5), FeedItem { not_before: after(7), ..item("b") }] {
        store.add(item).await.unwrap();
    }
    let tally = store.tally(Lane::Daily, now()).await.unwrap();
    assert_eq!(
        (tally.of(State::Sent), tally.of(State::Scheduled), tally.of(State::Held), tally.sent_since),
        (3, 1, 0, 2)
    );
    assert_eq!(store.next_due(Lane::Daily).await.unwrap(), Some(after(7)));
    assert_eq!(store.next_due(Lane::Historical).await.unwrap(), None);
    let _ = store.claim(claim(Lane::Daily, after(7))).await.unwrap();
    assert_eq!(store.next_due(Lane::Daily).await.unwrap(), Some(after(17)), "when its worker is believed dead");
}

async fn it_gives_turns<S: FeedStore>(store: &S) {
    let turn = async |structure: &str, at| store.turn(structure.to_owned(), at, PACE).await.unwrap();
    let apart = SignedDuration::try_from(PACE).unwrap();
    assert_eq!(turn("s1", now()).await, now());
    assert_eq!(turn("s1", now()).await, now() + apart);
    assert_eq!(turn("s1", now()).await, now() + apart * 2);
    assert_eq!(turn("s2", now()).await, now(), "each structure has its own");
    assert_eq!(turn("s1", after(1)).await, after(1));
    assert_eq!(turn("s1", after(-60)).await, after(-60), "the clock was put back: nobody waits an hour");
}

async fn it_remembers_pauses_and_removals<S: FeedStore>(store: &S) {
    for paused in [true, true, false, false] {
        store.pause(Lane::Historical, paused).await.unwrap();
        assert_eq!(store.is_paused(Lane::Historical).await.unwrap(), paused);
        assert!(!store.is_paused(Lane::Daily).await.unwrap());
    }
    let sent = FeedItem { state: State::Sent, ..item("a") };
    store.add(sent.clone()).await.unwrap();
    let removed = async |unique_id: &str, hash: &str| {
        store.is_removed(patient(), unique_id.to_owned(), hash.to_owned()).await.unwrap()
    };
    assert!(!removed(&sent.unique_id, &sent.hash).await);
    store.tag_removed(patient(), sent.unique_id.clone(), sent.hash.clone()).await.unwrap();
    // Tagged once more by somebody who does not know the bytes.
    store.tag_removed(patient(), sent.unique_id.clone(), String::new()).await.unwrap();
    assert!(removed(&sent.unique_id, "").await && removed("2.25.1", &sent.hash).await);
    assert!(!removed("2.25.1", "").await);
    let kept = store.get(sent.id).await.unwrap().unwrap();
    assert!(kept.removed && !kept.is_published());
}

async fn nobody_gets_what_another_has<S: FeedStore>(store: Arc<S>) {
    let mut waiting = BTreeSet::new();
    for _ in 0..40 {
        let alone = FeedItem { alone: true, ..item("a") };
        waiting.insert(alone.id);
        store.add(alone).await.unwrap();
    }
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let lot = store.claim(claim(Lane::Daily, now())).await.unwrap();
                    match lot.first() {
                        Some(item) => taken.push(item.id),
                        None => return taken,
                    }
                }
            })
        })
        .collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await.unwrap());
    }
    assert_eq!((taken.len(), taken.into_iter().collect::<BTreeSet<_>>()), (40, waiting));
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_promises_of_a_store() {
    conforms(async || Arc::new(Database::in_memory().unwrap())).await;
    // Nobody shares the file: the workers of this process are all there are.
    let store = Database::in_memory().unwrap();
    let dead = item("a");
    store.add(dead.clone()).await.unwrap();
    let taken = claim(Lane::Daily, now());
    let _ = store.claim(taken).await.unwrap();
    assert_eq!(store.recover(vec![taken.worker], now()).await.unwrap(), 0);
    assert_eq!(store.recover(Vec::new(), now()).await.unwrap(), 1);
    assert_eq!(store.get(dead.id).await.unwrap().unwrap().state, State::Ambiguous);
}

#[cfg(feature = "postgresql")]
mod postgresql {
    use dmp_lps::StoreError;
    use dmp_mock::MockDmp;

    use super::*;
    use crate::support::postgres::server;

    #[tokio::test(flavor = "multi_thread")]
    async fn postgresql_keeps_the_promises_of_a_store() {
        let Some(server) = server(None) else { return };
        let (admin, connection) = tokio_postgres::connect(&server.settings(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let empty = async || {
            let tables = "DROP TABLE IF EXISTS feed, feed_pace, feed_pause, feed_removed";
            admin.batch_execute(tables).await.unwrap();
            Arc::new(PostgresQueue::connect(&server.settings(), PostgresTls::Off).await.unwrap())
        };
        conforms(&empty).await;
        // Others may share the base: a worker is believed dead when its lease has passed.
        let store = empty().await;
        let dead = item("a");
        store.add(dead.clone()).await.unwrap();
        let _ = store.claim(claim(Lane::Daily, now())).await.unwrap();
        assert_eq!(store.recover(Vec::new(), after(9)).await.unwrap(), 0);
        assert_eq!(store.recover(Vec::new(), after(10)).await.unwrap(), 1);
        assert_eq!(store.get(dead.id).await.unwrap().unwrap().state, State::Ambiguous);
        // A connection that the server cuts is made again.
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = \
                   current_database() AND backend_type = 'client backend'";
        admin.batch_execute(cut).await.unwrap();
        let mut answers = Vec::new();
        while answers.last() != Some(&true) && answers.len() < 100 {
            answers.push(store.get(dead.id).await.is_ok());
        }
        assert_eq!(answers.last(), Some(&true), "no answer on the cut connection, then a new one");
    }

    #[tokio::test]
    async fn postgresql_is_reached_over_tls_by_the_name_that_its_authority_gave() {
        let mock = MockDmp::start().await.unwrap();
        let pki = mock.pki();
        let (certificate, key) = (pki.server.certificate_pem(), pki.server.key_pem().to_owned());
        let Some(server) = server(Some((&certificate, &key))) else { return };
        let roots = || PostgresTls::Verified(pki.root.certificate_pem().into_bytes());
        PostgresQueue::connect(&server.address("localhost"), roots()).await.unwrap();
        let strange = PostgresTls::Verified(pki.foreign_root().unwrap().certificate_pem().into_bytes());
        let refusals = [
            (server.address("localhost"), strange, "Postgres"),
            (server.address("base.example"), roots(), "Postgres"),
            ("host=base.example user=feed".to_owned(), PostgresTls::Off, "Plaintext"),
            ("host=localhost hostaddr=192.0.2.5 user=feed".to_owned(), PostgresTls::Off, "Plaintext"),
            ("hostaddr=192.0.2.5 user=feed".to_owned(), PostgresTls::Off, "Plaintext"),
            ("host=localhost port=none".to_owned(), PostgresTls::Off, "Settings"),
            (server.address("localhost"), PostgresTls::Verified(b"no certificate".to_vec()), "Authority"),
        ];
        for (settings, tls, expected) in refusals {
            let refused: StoreError = PostgresQueue::connect(&settings, tls).await.unwrap_err();
            assert!(format!("{refused:?}").starts_with(expected), "{settings}: {refused:?}");
        }
    }
}
