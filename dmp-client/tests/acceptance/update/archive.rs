//! Archived, and back.

use dmp_client::mode::Consults;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;

use crate::scene::writing::*;
use crate::scene::*;

fn status(mock: &MockDmp, unique_id: &str) -> Option<AvailabilityStatus> {
    mock.with_world(|world| world.registry.last_version(unique_id).unwrap().entry.status.clone())
}

async fn archives_and_takes_back<A: Consults>(mock: &MockDmp, record: &Record<A>) {
    let header = header(&p_open(), "11488-4");
    let id = unique_id(&header);
    cps(mock, &p_open()).submit(&Submission::of(text(&header).await)).await.unwrap();
    let watch = Watch::start(mock);
    open(record).await;
    assert_eq!(record.archive(&id).await.unwrap(), Change::Done);
    assert_eq!(status(mock, &id), Some(AvailabilityStatus::Archived));
    let default = record.find(Search::approved()).await.unwrap();
    assert!(default.iter().all(|entry| entry.unique_id != id), "absent from the default search");
    let all = record.find(Search::approved_or_archived()).await.unwrap();
    let archived = all.iter().find(|entry| entry.unique_id == id).unwrap();
    assert_eq!(DocumentState::of(archived), [DocumentState::Archived]);
    assert_eq!(record.unarchive(archived).await.unwrap(), Change::Done);
    assert_eq!(status(mock, &id), Some(AvailabilityStatus::Approved));
    let default = record.find(Search::approved()).await.unwrap();
    assert!(default.iter().any(|entry| entry.unique_id == id));
    watch.conforms("DIRECTE", "normal");
}

#[tokio::test]
async fn a_3_3_120_and_3_3_140_a_medecin_and_an_author_archive_and_take_back() {
    let mock = mock().await;
    for person in [seed::MEDECIN, CONFRERE] {
        authorise(&mock, &p_open(), person);
    }
    // The author, by card and through Pro Santé Connect; then a médecin who is not.
    archives_and_takes_back(&mock, &cps(&mock, &p_open())).await;
    archives_and_takes_back(&mock, &psc(&mock, &p_open())).await;
    archives_and_takes_back(&mock, &cps_of_confrere(&mock, &p_open())).await;
}
