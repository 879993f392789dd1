//! Mask, unmask, make visible: a new metadata version of the same document.

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;

use crate::modes::people::{MINOR, add_patient_of};
use crate::scene::writing::*;
use crate::scene::*;
use crate::support::patient;

/// A document of somebody else, fed by the establishment.
async fn fed(mock: &MockDmp, about: &QualifiedPatient, flag: Option<Hidden>) -> String {
    let mut header = header(about, "11488-4");
    header.authors = vec![lou().into()];
    let document = text(&header).await;
    let document = match flag {
        Some(flag) => document.hidden(flag),
        None => document,
    };
    es(mock, about).submit(&Submission::of(document)).await.unwrap();
    unique_id(&header)
}

fn versions(mock: &MockDmp, unique_id: &str) -> Vec<DocumentEntry> {
    mock.with_world(|world| world.registry.versions_of_document(unique_id).map(|stored| stored.entry.clone()).collect())
}

/// New entryUUID, same lid and uniqueId, the former version obsolete.
fn is_a_new_version(mock: &MockDmp, unique_id: &str) -> DocumentEntry {
    let versions = versions(mock, unique_id);
    let [.., former, current] = versions.as_slice() else { panic!("{} versions", versions.len()) };
    assert_ne!(former.entry_uuid, current.entry_uuid);
    assert_eq!((&former.logical_id, &former.unique_id), (&current.logical_id, &current.unique_id));
    assert_eq!(former.status, Some(AvailabilityStatus::Deprecated));
    current.clone()
}

async fn unmasks<A: Consults>(mock: &MockDmp, record: &Record<A>, mode: &str) {
    let id = fed(mock, &p_mt(), Some(Hidden::FromProfessionals)).await;
    let watch = Watch::start(mock);
    open(record).await;
    assert_eq!(record.unmask(&id).await.unwrap(), Change::Done);
    watch.conforms(mode, "normal");
    assert!(DocumentState::of(&is_a_new_version(mock, &id)).is_empty());
}

#[tokio::test]
async fn a_3_3_050_and_3_3_200_the_medecin_traitant_unmasks_the_document_of_another() {
    let mock = mock().await;
    unmasks(&mock, &cps(&mock, &p_mt()), "DIRECTE").await;
    unmasks(&mock, &psc(&mock, &p_mt()), "DIRECTE").await;
    unmasks(&mock, &airs(&mock, &p_mt()), "INDIRECTE_RENFORCEE").await;
}

#[tokio::test]
async fn a_3_3_160_a_professional_masks_the_document_of_another() {
    let mock = mock().await;
    let patient = p_open();
    let id = fed(&mock, &patient, None).await;
    authorise(&mock, &patient, CONFRERE);
    let record = cps_of_confrere(&mock, &patient);
    let watch = Watch::start(&mock);
    open(&record).await;
    assert_eq!(record.mask(&id).await.unwrap(), Change::Done);
    watch.conforms("DIRECTE", "normal");
    assert_eq!(DocumentState::of(&is_a_new_version(&mock, &id)), [DocumentState::MaskedFromProfessionals]);
    assert!(record.find(Search::approved()).await.unwrap().is_empty(), "he does not see it any more");
}

#[tokio::test]
async fn a_3_3_060_a_document_is_made_visible_to_the_patient_for_good() {
    let mock = mock().await;
    let patient = p_open();
    // His own, so that he might replace it.
    let header = header(&patient, "11488-4");
    let record = cps(&mock, &patient);
    record.submit(&hidden(&header, Hidden::FromPatient).await).await.unwrap();
    authorise(&mock, &patient, seed::MEDECIN);
    let watch = Watch::start(&mock);
    open(&record).await;
    assert_eq!(record.reveal_to_patient(unique_id(&header)).await.unwrap(), Change::Done);
    watch.conforms("DIRECTE", "normal");
    let visible = is_a_new_version(&mock, &unique_id(&header));
    assert!(DocumentState::of(&visible).is_empty());
    let seen = mock.with_world(|world| world.documents_seen_by_holder(&id_of(&patient), false).count());
    assert_eq!(seen, 1);

    // Going back: no method hides it, and a replacement is refused before the network.
    let sent = mock.journal().exchanges().len();
    let again = text(&successor(&header)).await.hidden(Hidden::FromPatient).replacing(&visible);
    let refused = record.submit(&Submission::of(again)).await.unwrap_err();
    assert_eq!((refused.rule(), refused.outcome()), (Some("X20"), Outcome::NotSent), "LOCAL(VISIBILITY)");
    assert_eq!(mock.journal().exchanges().len(), sent);
}

async fn shows_to_the_representatives<A: Consults, X: AccessMode>(mock: &MockDmp, id: &str, record: &Record<A, X>) {
    let entry = record.entry(id).await.unwrap();
    assert!(DocumentState::of(&entry).is_empty());
    let seen = mock.with_world(|world| world.documents_seen_by_holder(&id_of(&patient(MINOR)), true).count());
    assert_eq!(seen, 1);
}

#[tokio::test]
async fn a_3_3_061_a_document_is_made_visible_to_the_representatives() {
    let mock = mock().await;
    add_patient_of(&mock, 14);
    let minor = patient(MINOR);
    let id = fed(&mock, &minor, Some(Hidden::FromRepresentatives)).await;
    let record = cps(&mock, &minor);
    let watch = Watch::start(&mock);
    open(&record).await;
    assert_eq!(record.reveal_to_representatives(&id).await.unwrap(), Change::Done);
    watch.conforms("DIRECTE", "normal");
    is_a_new_version(&mock, &id);
    shows_to_the_representatives(&mock, &id, &record).await;
}
