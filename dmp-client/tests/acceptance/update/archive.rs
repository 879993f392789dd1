//! Archived, and back.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;

use crate::scene::writing::*;
use crate::scene::*;

fn status(mock: &MockDmp, unique_id: &str) -> Option<AvailabilityStatus> {
    mock.with_world(|world| world.registry.last_version(unique_id).unwrap().entry.status.clone())
}

#[tokio::test]
async fn a_3_3_120_and_3_3_140_a_medecin_and_an_author_archive_and_take_back() {
    let mock = mock().await;
    let patient = p_open();
    for person in [seed::MEDECIN, CONFRERE] {
        authorise(&mock, &patient, person);
    }
    // The author, then a médecin who is not.
    for record in [cps(&mock, &patient), cps_of_confrere(&mock, &patient)] {
        let header = header(&patient, "11488-4");
        let id = unique_id(&header);
        cps(&mock, &patient).submit(&Submission::of(text(&header).await)).await.unwrap();
        let watch = Watch::start(&mock);
        open(&record).await;
        assert_eq!(record.archive(&id).await.unwrap(), Change::Done);
        assert_eq!(status(&mock, &id), Some(AvailabilityStatus::Archived));
        let default = record.find(Search::approved()).await.unwrap();
        assert!(default.iter().all(|entry| entry.unique_id != id), "absent from the default search");
        let all = record.find(Search::approved_or_archived()).await.unwrap();
        let archived = all.iter().find(|entry| entry.unique_id == id).unwrap();
        assert_eq!(DocumentState::of(archived), [DocumentState::Archived]);
        assert_eq!(record.unarchive(archived).await.unwrap(), Change::Done);
        assert_eq!(status(&mock, &id), Some(AvailabilityStatus::Approved));
        let default = record.find(Search::approved()).await.unwrap();
        assert!(default.iter().any(|entry| entry.unique_id == id));
        watch.conforms("DIRECTE", "normal");
    }
}
