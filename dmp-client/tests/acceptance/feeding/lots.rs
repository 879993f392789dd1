//! Two documents in one lot.

use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::*;
use dmp_mock::MockDmp;

use crate::scene::writing::*;
use crate::scene::*;

async fn feeds_two_in_a_lot<A: Feeds, X: AccessMode>(mock: &MockDmp, record: &Record<A, X>, mode: &str, access: &str) {
    let count = || {
        mock.with_world(|world| {
            let id = id_of(&p_open());
            let signatures = world.registry.entries_of(&id).filter(|stored| stored.entry.is_signature()).count();
            (world.registry.lots().count(), world.registry.entries_of(&id).count(), signatures)
        })
    };
    let before = count();
    let watch = Watch::start(mock);
    open(record).await;
    let (letter, report) = (header(&p_open(), "11490-0"), header(&p_open(), "11488-4"));
    let receipt = record.submit(&Submission::of(text(&letter).await).and(text(&report).await)).await.unwrap();
    assert_eq!(receipt.document_unique_ids, [unique_id(&letter), unique_id(&report)]);
    watch.conforms(mode, access);
    let after = count();
    assert_eq!((after.0 - before.0, after.1 - before.1, after.2 - before.2), (1, 3, 1), "one lot, one signature");
}

#[tokio::test]
async fn a_2_1_020_and_2_1_114_and_2_1_243_two_documents_in_one_lot() {
    let mock = mock().await;
    feeds_two_in_a_lot(&mock, &cps(&mock, &p_open()), "DIRECTE", "normal").await;
    feeds_two_in_a_lot(&mock, &es(&mock, &p_open()), "INDIRECTE", "normal").await;
    feeds_two_in_a_lot(&mock, &cps_15(&mock, &p_open()), "DIRECTE", "centre_15").await;
    feeds_two_in_a_lot(&mock, &es_15(&mock, &p_open()), "INDIRECTE", "centre_15").await;
}
