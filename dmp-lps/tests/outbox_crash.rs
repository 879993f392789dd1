//! A feed of 2,000 documents through a DMP that refuses, hangs up and loses answers, by workers that are killed in the
//! middle of it: at the end each document is in the DMP, once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use dmp_client::*;
use dmp_lps::consent::ConsentGate;
use dmp_lps::outbox::*;
use dmp_lps::{Database, PatientKey, SystemClock};
use dmp_mock::MockDmp;
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_protocol::transaction::Transaction;
use jiff::SignedDuration;
use support::documents::{bytes, letter, random_oid, unique_id};
use support::{context, patient};

const DOCUMENTS: usize = 2_000;
const PER_EPISODE: usize = 8;
/// Lots after which a worker is killed; the last one lives.
const KILLED_AFTER: [usize; 6] = [3, 17, 40, 1, 29, 8];
const FOLDER: &str = "DMP_LPS_CRASH_FOLDER";

type Queue = Outbox<Database, Database, fn(&PatientKey) -> PatientFacts>;

fn qualified(_: &PatientKey) -> PatientFacts {
    PatientFacts { qualified: true, deceased: false }
}

fn queue(folder: &Path) -> Queue {
    let base = Database::open(folder.join("lps.sqlite")).unwrap();
    let settings = OutboxSettings {
        delay: SignedDuration::ZERO,
        tries: 1_000,
        first_back_off: SignedDuration::from_millis(1),
        longest_back_off: SignedDuration::from_millis(20),
        pace: std::time::Duration::ZERO,
        ..OutboxSettings::default()
    };
    let gate = ConsentGate::new(base.clone(), SystemClock);
    Outbox::new(base, Spool::open(folder.join("spool")).unwrap(), gate, qualified, SystemClock, settings)
}

/// The worker's process: feeds until nothing waits, and says each lot on stdout.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the other test in processes of its own, which it kills"]
async fn worker_process() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let client = DmpClient::builder(Endpoint::custom(&String::from_utf8(read("url")).unwrap()).unwrap())
        .authentication(AuthenticationIdentity::from_pem(&read("org_auth_cli.pem"), &read("org_auth_cli.key")).unwrap())
        .signing(SigningIdentity::from_pem(&read("org_sign.pem"), &read("org_sign.key")).unwrap())
        .software(Software::new("LPS Exemple", "4.2.0", "XXX-000000-tmp0").with_instance("2.25.4711"))
        .trust_anchors(TrustAnchors::from_pem(&read("ca.pem")).unwrap())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let worker = queue(&folder).worker(client.indirect(support::sender()).unwrap()).await.unwrap();
    loop {
        let said = match worker.step().await.unwrap() {
            Step::Idle(None) => return,
            // Backed off for a moment: the next step may find it due.
            Step::Idle(Some(_)) => continue,
            Step::Fed(_) => "\nfed\n",
            Step::Asked(_) => "\nasked\n",
            Step::Blocked(error) => panic!("{error}"),
        };
        std::io::stdout().write_all(said.as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
    }
}

fn spawn(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "worker_process", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Reads what a worker says until it has fed so many lots; false when it ended before.
fn until_fed(child: &mut Child, lots: usize) -> bool {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).filter(|line| line == "fed").take(lots).count() == lots
}

/// Clones of one letter under their own ids: building 2,000 documents is not what is tested.
async fn enqueue(queue: &Queue) -> Vec<String> {
    let model = letter();
    let (old, text) = (unique_id(&model), String::from_utf8(bytes(&model)).unwrap());
    let mut ids = Vec::new();
    for batch in 0..DOCUMENTS / PER_EPISODE {
        let mut adding = Vec::new();
        for _ in 0..PER_EPISODE {
            let id = random_oid().to_string();
            let feed = NewFeed::of(context("alix", "team-1", &format!("stay-{batch}")), patient()).validated();
            let (queue, document) = (queue.clone(), text.replace(&old, &id));
            adding.push(tokio::spawn(async move { queue.enqueue_bytes(feed, document).await }));
            ids.push(id);
        }
        for added in adding {
            added.await.unwrap().unwrap();
        }
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn every_document_exactly_once_whatever_dies() {
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    mock.pki().write_to(folder.path()).unwrap();
    std::fs::write(folder.path().join("url"), mock.url()).unwrap();
    let cut =
        |processed| Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Submit).processed(processed);
    let faults = [
        cut(true).with_probability(0.05, 1),
        cut(false).with_probability(0.05, 2),
        Fault::http(503).with_probability(0.02, 3),
        Fault::code("XDSRegistryBusy").on(Transaction::Submit).with_probability(0.03, 4),
        Fault::new(Effect::Truncate { keep: Some(10) })
            .on(Transaction::Submit)
            .processed(true)
            .with_probability(0.02, 5),
    ];
    for fault in faults {
        mock.faults().add(fault).unwrap();
    }
    let ids = enqueue(&queue(folder.path())).await;

    let place = folder.path().to_owned();
    let killed = tokio::task::spawn_blocking(move || {
        let mut killed = 0;
        for lots in KILLED_AFTER {
            let mut child = spawn(&place);
            if until_fed(&mut child, lots) {
                child.kill().unwrap();
                killed += 1;
            }
            child.wait().unwrap();
        }
        let mut last = spawn(&place);
        until_fed(&mut last, usize::MAX);
        assert!(last.wait().unwrap().success());
        killed
    });
    assert_eq!(killed.await.unwrap(), KILLED_AFTER.len(), "each was killed in the middle of its work");

    let left = queue(folder.path());
    let items = left.list(FeedFilter::default()).await.unwrap();
    let unsent = items.iter().filter(|item| item.state != State::Sent).count();
    assert_eq!((items.len(), unsent), (DOCUMENTS, 0));
    mock.with_world(|world| {
        for id in &ids {
            assert_eq!(world.registry.versions_of_document(id).count(), 1, "{id}");
        }
    });
    assert_eq!(std::fs::read_dir(folder.path().join("spool")).unwrap().count(), 0);
}
