//! A search without criterion: how much each sees.

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;

use crate::modes::people::REASON;
use crate::scene::book::*;
use crate::scene::{Watch, open};

/// What a screen needs of each entry.
fn is_displayable(entry: &DocumentEntry) -> bool {
    let title = entry.title.as_ref().is_some_and(|title| !title.is_empty());
    let codes = [&entry.type_code, &entry.class_code];
    let labels = codes.iter().all(|code| code.as_ref().is_some_and(|code| code.display.is_some()));
    let dates = entry.creation_time.as_ref().and_then(|time| time.timestamp()).is_some()
        && entry.service_start_time.as_ref().and_then(|time| time.timestamp()).is_some();
    let author = entry.is_patient_document() || entry.type_code.as_ref().is_some_and(|code| code.code == "11369-6");
    let signed = author || entry.authors.iter().all(|author| author.person.is_some());
    title && labels && dates && signed && entry.hash.is_some() && entry.size.is_some_and(|size| size > 0)
}

async fn sees<A: Consults, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    count: usize,
    (mode, access): (&str, &str),
) -> Found {
    let watch = Watch::start(mock);
    open(record).await;
    let found = record.find(Search::approved()).await.unwrap();
    watch.conforms(mode, access);
    assert_eq!(watch.count("TD3.1"), 1);
    assert_eq!(found.len(), count, "{mode} {access}");
    assert_eq!(with_state(&found, DocumentState::InvisibleToPatient), 9, "marked as invisible to the patient");
    let lacking: Vec<&DocumentEntry> = found.iter().filter(|entry| !is_displayable(entry)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    assert_eq!(found.iter().filter(|entry| entry.is_patient_document()).count(), 5);
    found
}

#[tokio::test]
async fn a_3_1_005_and_3_1_160_and_3_1_500_the_documents_in_force() {
    let mock = book().await;
    let found = sees(&mock, &tester(&mock, "P-RICH"), 71, ("DIRECTE", "normal")).await;
    assert_eq!(with_state(&found, DocumentState::MaskedFromProfessionals), 0);
    sees(&mock, &psc_of_tester(&mock, "P-RICH"), 71, ("DIRECTE", "normal")).await;
    let found = sees(&mock, &traitant(&mock), 78, ("DIRECTE", "normal")).await;
    assert_eq!(with_state(&found, DocumentState::MaskedFromProfessionals), 7);
    sees(&mock, &air_of_tester(&mock, "P-RICH"), 71, ("INDIRECTE_RENFORCEE", "normal")).await;
    sees(&mock, &tester_15(&mock, "P-RICH"), 71, ("DIRECTE", "centre_15")).await;
}

/// K12: masked documents in an emergency, only if the holder lets them be read.
#[tokio::test]
async fn a_3_1_150_bris_de_glace_shows_masked_documents_if_the_holder_agrees() {
    let mock = book().await;
    let (id, patient) = (number(&mock, "P-RICH"), labelled(&mock, "P-RICH"));
    mock.with_world(|world| world.patient_mut(&id).unwrap().grants.clear());
    for (agrees, count) in [(false, 71), (true, 78)] {
        mock.with_world(|world| world.patient_mut(&id).unwrap().masked_in_emergency = agrees);
        let session = crate::scene::card(&mock, seed::MEDECIN);
        let record = session.bris_de_glace(patient.clone(), Consent::refused(), REASON).await.unwrap();
        assert_eq!(record.find(Search::approved()).await.unwrap().len(), count);
        assert_eq!(mock.journal().last().unwrap().access.as_deref(), Some("bris_de_glace"));
    }
}
