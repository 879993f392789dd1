//! Records that somebody consults.

use dmp_client::mode::Air;
use dmp_client::*;
use dmp_lps::opening::{BadgeExistence, RecordBadge};
use dmp_lps::searches::RecordSearches;
use dmp_lps::{Clock, InternalUserId, UserAction};
use dmp_mock::MockDmp;
use dmp_mock::journal::Side;
use dmp_mock::world::{Content, Deposit, PatientId, seed};
use xds_model::{Association, SubmissionSet};

use super::documents::random_oid;
use super::{clock, consulting, role};

/// The mock in the world of `testdata/worlds/consultation.toml`; it keeps what goes over the wire.
pub(crate) async fn consultation_world() -> MockDmp {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/worlds/consultation.toml");
    let mock = MockDmp::builder().world_file(file).start().await.unwrap();
    mock.journal().keep_raw(true);
    mock
}

/// The record of a label, opened by médecin MODELE ALIX.
pub(crate) fn record(mock: &MockDmp, label: &str) -> AirRecord {
    consulting(mock).record(role(mock, label), Consent::given()).unwrap()
}

/// The searches of that record, which has just been opened.
pub(crate) fn searches(mock: &MockDmp, label: &str) -> RecordSearches<Air, mode::Normal> {
    RecordSearches::of(record(mock, label))
}

/// The badge of an open record.
pub(crate) fn badge(authorisation: Authorisation) -> RecordBadge {
    RecordBadge {
        existence: BadgeExistence::Open,
        authorisation: Some(authorisation),
        medecin_traitant: false,
        linked_to_mes: Some(true),
        checked_at: clock().now(),
        expected_end: None,
        traits: None,
        gap: Vec::new(),
    }
}

/// What the user did, that many seconds after the time of the clock.
pub(crate) fn act(seconds: i64) -> UserAction {
    let at = clock().now() + jiff::SignedDuration::from_secs(seconds);
    UserAction { user: InternalUserId::new("alix").unwrap(), screen: "dmp".to_owned(), at }
}

/// Bodies of the requests of a transaction, as they came to the mock.
pub(crate) fn requests(mock: &MockDmp, transaction: &str) -> Vec<String> {
    let exchanges = mock.journal().exchanges().into_iter();
    let numbers = exchanges.filter(|one| one.transaction.as_deref() == Some(transaction)).map(|one| one.number);
    let messages = numbers.map(|number| mock.journal().raw(number, Side::Request).unwrap().bytes);
    messages.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
}

/// How many requests hold that text.
pub(crate) fn holding(requests: &[String], text: &str) -> usize {
    requests.iter().filter(|request| request.contains(text)).count()
}

/// Puts a document into the record of médecin MODELE ALIX's patient as if a producer had submitted it, whatever it says of
/// itself; the entry is that of `described`.
pub(crate) async fn deposit(mock: &MockDmp, bytes: Vec<u8>, described: Vec<u8>) -> DocumentEntry {
    let document = Document::from_cda_bytes(described).await.unwrap();
    let mut entry = document.entry().clone();
    entry.entry_uuid = "Document01".to_owned();
    entry.patient_id = super::qualified().ins().to_cx().as_str().into();
    let unique_id = entry.unique_id.clone();
    let set =
        SubmissionSet { entry_uuid: "Lot01".to_owned(), unique_id: random_oid().to_string(), ..Default::default() };
    let deposit = Deposit {
        set,
        entries: vec![(entry, Content::from_bytes(bytes))],
        associations: vec![Association::has_member("Link01", "Lot01", "Document01")],
        patient: PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID),
        depositor: seed::STRUCTURE_EG.to_owned(),
        at: mock.clock().now(),
    };
    mock.with_world(|world| {
        world.registry.deposit(deposit);
        world.registry.last_version(&unique_id).unwrap().entry.clone()
    })
}
