//! `dmp-mock serve --state FILE`, killed at random while it is fed: nothing acknowledged is lost, nothing is there twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use dmp_client::*;
use dmp_mock::pki::PKCS12_PASSWORD;
use dmp_mock::world::{PatientId, seed};
use dmp_mock::{MockDmp, Snapshot};
use dmp_vocabulary::identity::{Ins, Rpps, StructureId};
use jiff::Timestamp;
use secrecy::SecretString;
use support::lot::{document, unique_id};
use tokio::sync::{Mutex, watch};
use xds_model::AvailabilityStatus;

const LOTS: u32 = 200;
const DOCUMENTS_OF_A_LOT: u32 = 5;
const TASKS: usize = 4;
const KILLS: usize = 5;
/// Another seed kills at other points.
const SEED: u64 = 20_260_302;

/// The mock as a process, killed with this value.
struct Process {
    child: Child,
    url: String,
    pki: String,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dmp-mock"))
            .args(["serve", "--state", "state", "--pki-dir", "pki"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        Process { url: text("url"), pki: text("pki"), child }
    }

    fn client(&self) -> DmpClient {
        let read = |name: &str| std::fs::read(Path::new(&self.pki).join(name)).unwrap();
        let password = || SecretString::from(PKCS12_PASSWORD);
        let authentication = AuthenticationIdentity::from_pkcs12_bytes(&read("org_auth_cli.p12"), password()).unwrap();
        let signing = SigningIdentity::from_pkcs12_bytes(&read("org_sign.p12"), password()).unwrap();
        let software = Software::new("LPS Exemple", "1.0", "XXX-000000-tmp0")
            .with_instance("2.25.169113683135263991924194166893702703888");
        DmpClient::builder(Endpoint::custom(&self.url).unwrap())
            .authentication(authentication)
            .signing(signing)
            .software(software)
            .trust_anchors(TrustAnchors::from_pem(&read("ca.pem")).unwrap())
            .build()
            .unwrap()
    }

    /// SIGKILL: no destructor, no flush.
    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn record(client: &DmpClient) -> IndirectRecord {
    let structure = StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value;
    let establishment = Establishment::new(structure, "CLINIQUE DU MODELE", "SA01");
    let rpps = Rpps::parse("99999000013", Realm::Test).unwrap().value;
    let roles = roles::of_directory("10", Some("SM26"));
    let medecin = Professional::new(&rpps, "MODELE", "ALIX", roles, establishment);
    let sender = Sender::professional(&medecin, AuthenticationClass::TimeSyncToken, Timestamp::now());
    let ins = Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test).unwrap().value;
    client.indirect(sender).unwrap().record(QualifiedPatient::declared(ins), Consent::given()).unwrap()
}

fn numbers(lot: u32) -> impl Iterator<Item = u32> {
    (1..=DOCUMENTS_OF_A_LOT).map(move |rank| lot * DOCUMENTS_OF_A_LOT + rank)
}

async fn submission(lot: u32) -> Submission {
    let mut submission: Option<Submission> = None;
    for number in numbers(lot) {
        let document = Document::from_cda_bytes(document(number).1).await.unwrap();
        submission = Some(match submission {
            Some(submission) => submission.and(document),
            None => Submission::of(document),
        });
    }
    submission.unwrap()
}

/// Feeds until everything is acknowledged, or until the mock dies; what was sent without an answer stays in `sent`.
async fn feed(
    client: DmpClient,
    waiting: &Arc<Mutex<BTreeSet<u32>>>,
    sent: &Arc<Mutex<BTreeMap<u32, Submission>>>,
    acknowledged: &watch::Sender<usize>,
) {
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (waiting, sent, acknowledged) = (Arc::clone(waiting), Arc::clone(sent), acknowledged.clone());
            let record = record(&client);
            tokio::spawn(async move {
                loop {
                    let Some(lot) = waiting.lock().await.pop_first() else { return };
                    let submission = submission(lot).await;
                    sent.lock().await.insert(lot, submission.clone());
                    if record.submit(&submission).await.is_err() {
                        return;
                    }
                    sent.lock().await.remove(&lot);
                    acknowledged.send_modify(|count| *count += 1);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// A point between two acknowledgements, from a linear congruential generator.
fn random_points() -> Vec<usize> {
    let mut state = SEED;
    let mut points: Vec<usize> = (0..KILLS)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % (LOTS as usize * 9 / 10)
        })
        .collect();
    points.sort_unstable();
    points
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_it_loses_nothing_acknowledged_and_duplicates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let waiting = Arc::new(Mutex::new((0..LOTS).collect::<BTreeSet<u32>>()));
    let sent = Arc::new(Mutex::new(BTreeMap::new()));
    let (acknowledged, mut progress) = watch::channel(0);
    let mut confirmed = 0;
    for point in random_points().into_iter().map(Some).chain([None]) {
        let mut process = Process::start(folder.path());
        // What was sent without an answer: the mock says whether it has it, and it is sent again only when it has not.
        for (lot, submission) in std::mem::take(&mut *sent.lock().await) {
            match record(&process.client()).confirm(&submission).await.unwrap() {
                Confirmation::Stored(_) => confirmed += 1,
                Confirmation::Absent => assert!(waiting.lock().await.insert(lot)),
                other => panic!("a lot is all or nothing: {other:?}"),
            }
        }
        let feeding = feed(process.client(), &waiting, &sent, &acknowledged);
        let Some(point) = point else {
            feeding.await;
            process.kill();
            break;
        };
        tokio::pin!(feeding);
        tokio::select! {
            reached = progress.wait_for(|count| *count >= point) => drop(reached.unwrap()),
            () = &mut feeding => panic!("the mock refused before it was killed"),
        }
        process.kill();
        feeding.await;
    }
    assert!(sent.lock().await.is_empty() && waiting.lock().await.is_empty());
    assert_eq!(*acknowledged.borrow() + confirmed, LOTS as usize);

    // The file of a mock that was killed is a snapshot too.
    Snapshot::load_from(folder.path().join("state")).unwrap();
    let mock = MockDmp::builder().state(folder.path().join("state")).start().await.unwrap();
    mock.with_world(|world| {
        let patient = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
        let documents = world.registry.entries_of(&patient).filter(|stored| !stored.entry.is_signature());
        let mut found: Vec<String> = documents
            .map(|stored| {
                assert_eq!(stored.entry.status, Some(AvailabilityStatus::Approved));
                stored.entry.unique_id.clone()
            })
            .collect();
        found.sort();
        let mut expected: Vec<String> = (0..LOTS).flat_map(numbers).map(unique_id).collect();
        expected.sort();
        assert_eq!(found, expected, "each document once");
        assert_eq!(world.registry.lots().count(), LOTS as usize);
    });
}
