//! The world files of `testdata/worlds`: every state, every count, and what the clock changes; and what a file may say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod acceptance;
mod clock;
mod rows;
#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dmp_mock::MockDmp;
use dmp_mock::world::World;
use dmp_protocol::transaction::Transaction;
use support::Sender;
use xds_model::iti18::{AdhocQuery, FindDocuments, QueryResponse, ReturnType};
use xds_model::{AvailabilityStatus, Cx, DocumentEntry};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/worlds")
}

/// The acceptance world, read once for all the tests.
async fn started() -> MockDmp {
    static WORLD: LazyLock<World> = LazyLock::new(|| World::from_file(&folder().join("acceptance.toml")).unwrap());
    MockDmp::builder().world(WORLD.clone()).start().await.unwrap()
}

/// The tester in front of the patient of that label.
fn tester<'a>(mock: &'a MockDmp, label: &str) -> Sender<'a> {
    in_front_of(Sender::air(mock), label)
}

fn in_front_of<'a>(mut sender: Sender<'a>, label: &str) -> Sender<'a> {
    let id = sender.mock.labelled(label).unwrap();
    sender.patient = (id.matricule, id.oid);
    sender
}

fn approved(sender: &Sender<'_>) -> FindDocuments {
    FindDocuments::approved(Cx::ins(&sender.patient.0, &sender.patient.1))
}

async fn ask(sender: &Sender<'_>, query: AdhocQuery) -> Result<QueryResponse, String> {
    let answer = sender.send(Transaction::Search, |w| query.write(w)).await;
    match answer.rule() {
        Some(rule) => Err(rule.to_owned()),
        None => Ok(QueryResponse::read(answer.envelope().body()).unwrap()),
    }
}

/// The documents found, or the rule that refused.
async fn find(sender: &Sender<'_>, query: FindDocuments) -> Result<Vec<DocumentEntry>, String> {
    Ok(ask(sender, query.to_query(ReturnType::LeafClass)).await?.objects.document_entries)
}

async fn with_status(sender: &Sender<'_>, status: AvailabilityStatus) -> usize {
    let query = FindDocuments { statuses: vec![status], ..approved(sender) };
    find(sender, query).await.unwrap().len()
}

fn count(entries: &[DocumentEntry], code: &str) -> usize {
    entries.iter().filter(|entry| entry.has_confidentiality(code)).count()
}
