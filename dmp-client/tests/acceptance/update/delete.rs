//! Deletion by the author, or by the structure of an author: always possible, never undone.

use dmp_client::mode::{AccessMode, Authentication, Centre15, Feeds};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;

use crate::scene::writing::*;
use crate::scene::*;

/// Feeds a document, deletes it, and looks at what is left of it here and there.
async fn feeds_then_deletes<A: Feeds, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    (kind, flag): (&str, Option<Hidden>),
    (mode, access): (&str, &str),
) {
    let watch = Watch::start(mock);
    open(record).await;
    let header = header(&p_open(), kind);
    let document = text(&header).await;
    let document = match flag {
        Some(flag) => document.hidden(flag),
        None => document,
    };
    let receipt = record.submit(&Submission::of(document)).await.unwrap();
    let id = &receipt.document_unique_ids[0];
    let held = KnownDocuments::none().and(id);
    deletes(record, id).await;
    watch.conforms(mode, access);
    assert_eq!(watch.transactions(), ["TD0.2", "TD2.1", "TD3.1b", "TD3.3c"], "without TD0.3");
    assert!(held.holds(id) && !held.without(id).holds(id), "what the program holds is aligned");
    assert_eq!(record.reference_of(id).await.unwrap().entry_uuid, None);
    let status = mock.with_world(|world| world.registry.last_version(id).unwrap().entry.status.clone());
    assert_eq!(status, Some(AvailabilityStatus::Deleted));
}

async fn deletes<A: Authentication, X: AccessMode>(record: &Record<A, X>, id: &str) {
    assert_eq!(record.delete(id).await.unwrap(), Change::Done);
}

const DIRECT: (&str, &str) = ("DIRECTE", "normal");
const INDIRECT: (&str, &str) = ("INDIRECTE", "normal");

#[tokio::test]
async fn a_3_3_070_and_3_3_080_and_3_3_090_own_documents_whatever_hides_them() {
    let mock = mock().await;
    let patient = p_open();
    let rows =
        [("11506-3", None), ("11506-3", Some(Hidden::FromProfessionals)), ("11506-3", Some(Hidden::FromPatient))];
    for authorised in [false, true] {
        if authorised {
            authorise(&mock, &patient, seed::MEDECIN);
        }
        for row in rows {
            feeds_then_deletes(&mock, &cps(&mock, &patient), row, DIRECT).await;
            feeds_then_deletes(&mock, &psc(&mock, &patient), row, DIRECT).await;
            feeds_then_deletes(&mock, &es(&mock, &patient), row, INDIRECT).await;
        }
    }
    // The profile Consultation, by the author.
    let header = header(&patient, "11506-3");
    es(&mock, &patient).submit(&Submission::of(text(&header).await)).await.unwrap();
    let record = airs(&mock, &patient);
    open(&record).await;
    deletes(&record, &unique_id(&header)).await;
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_3_3_540_deletion_needs_no_authorisation() {
    let mock = mock().await;
    let record = cps(&mock, &p_open());
    let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("an active DMP") };
    assert_eq!(dmp.authorisation, Some(Authorisation::NonExiste));
    feeds_then_deletes(&mock, &record, ("11505-5", None), DIRECT).await;
    let asked = mock.journal().exchanges();
    assert!(asked.iter().any(|one| one.action.as_deref() == Some("search_reference")), "TD3.1b by uniqueId, ObjectRef");
    assert!(asked.iter().all(|one| one.transaction.as_deref() != Some("TD0.3")));
}

#[tokio::test]
async fn a_3_3_071_and_3_3_451_own_documents_in_regulation() {
    let mock = mock().await;
    let patient = p_open();
    let by_card: Record<_, Centre15> = cps_15(&mock, &patient);
    feeds_then_deletes(&mock, &by_card, ("11506-3", None), ("DIRECTE", "centre_15")).await;
    feeds_then_deletes(&mock, &es_15(&mock, &patient), ("11506-3", None), ("INDIRECTE", "centre_15")).await;
}
