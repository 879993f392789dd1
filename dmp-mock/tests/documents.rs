//! The life of a document: fed, found, retrieved, hidden, shown, replaced, archived, deleted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use support::lot::{document, flag, new_version, submission, submission_set, unique_id};
use support::{HttpAnswer, Sender};
use xds_model::iti18::{FindDocuments, GetDocuments, QueryResponse, ReturnType};
use xds_model::iti43::{RetrieveRequest, RetrieveResponse};
use xds_model::iti57::SubmitObjects;
use xds_model::{Association, AvailabilityStatus, CodedValue, Cx, DocumentContent, DocumentEntry, RegistryResponse};

const REPOSITORY: &str = "1.2.250.1.213.4.1.1.1.2";

#[track_caller]
fn success(answer: &HttpAnswer) {
    assert_eq!(answer.status, 200, "{:?} {:?}", answer.rule(), answer.fault_code());
    let response = RegistryResponse::read(answer.envelope().body()).unwrap();
    assert!(response.is_success(), "{:?} {response:?}", answer.rule());
}

/// Rule and code of a refusal in a `RegistryResponse`.
#[track_caller]
fn refused(answer: &HttpAnswer) -> (String, String) {
    assert_eq!(answer.status, 200, "{:?}", answer.fault_code());
    let response = RegistryResponse::read(answer.envelope().body()).unwrap();
    assert_eq!(response.errors.len(), 1, "{response:?}");
    (answer.rule().unwrap().to_owned(), response.errors[0].code.clone())
}

async fn find(sender: &Sender<'_>, statuses: Vec<AvailabilityStatus>) -> Vec<DocumentEntry> {
    let query = FindDocuments { statuses, ..FindDocuments::approved(Cx::ins(&sender.patient.0, &sender.patient.1)) };
    let answer = sender.send(Transaction::Search, |w| query.to_query(ReturnType::LeafClass).write(w)).await;
    let response = QueryResponse::read(answer.envelope().body()).unwrap();
    assert!(response.response.is_success(), "{:?} {response:?}", answer.rule());
    response.objects.document_entries
}

async fn approved(sender: &Sender<'_>) -> Vec<DocumentEntry> {
    find(sender, vec![AvailabilityStatus::Approved]).await
}

async fn locate(sender: &Sender<'_>, number: u32) -> Vec<String> {
    let query = GetDocuments::UniqueIds(vec![unique_id(number)]).to_query(ReturnType::ObjectRef);
    let answer = sender.send(Transaction::Locate, |w| query.write(w)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.rule());
    QueryResponse::read(answer.envelope().body()).unwrap().objects.object_refs
}

async fn retrieve(sender: &Sender<'_>, number: u32) -> Result<Vec<u8>, String> {
    let request = RetrieveRequest::single(REPOSITORY, unique_id(number));
    let answer = sender.send(Transaction::Retrieve, |w| request.write(w)).await;
    assert!(answer.is_multipart(), "TD3.2 always answers in multipart");
    if answer.status != 200 {
        return Err(answer.fault_code().unwrap());
    }
    let response = RetrieveResponse::read(answer.envelope().body()).unwrap();
    let Some(document) = response.document(&unique_id(number)) else {
        return Err(response.response.errors[0].code.clone());
    };
    let DocumentContent::Href(href) = &document.content else { panic!("expected a reference") };
    let id = dmp_protocol::mtom::decode_cid(href).unwrap();
    Ok(answer.parts().into_iter().find(|(part, _)| part.as_deref() == Some(id.as_str())).unwrap().1)
}

async fn update(sender: &Sender<'_>, request: &SubmitObjects) -> HttpAnswer {
    sender.send(Transaction::Mask, |w| request.write(w)).await
}

async fn set_codes(sender: &Sender<'_>, entry: &DocumentEntry, flags: &[&str]) -> HttpAnswer {
    let mut codes = vec![CodedValue::new("N", "Normal", "2.16.840.1.113883.5.25")];
    codes.extend(flags.iter().map(|code| flag(code)));
    update(sender, &SubmitObjects::update_visibility(submission_set(sender), entry, codes).unwrap()).await
}

async fn set_status(sender: &Sender<'_>, uuid: &str, from: AvailabilityStatus, to: AvailabilityStatus) -> HttpAnswer {
    update(sender, &SubmitObjects::update_status(submission_set(sender), uuid, &from, &to)).await
}

async fn feed(mock: &MockDmp, number: u32) -> Vec<u8> {
    let sender = Sender::indirecte(mock);
    let (entry, bytes) = document(number);
    success(&submission(&sender, vec![(entry, bytes.clone())]).send(&sender).await);
    bytes
}

#[tokio::test]
async fn a_document_comes_back_byte_for_byte_with_its_metadata() {
    let mock = MockDmp::start().await.unwrap();
    let bytes = feed(&mock, 1).await;
    let reader = Sender::air(&mock);
    let found = approved(&reader).await;
    assert_eq!(found.len(), 1, "the signature entry is not shown");
    let (sent, _) = document(1);
    assert_eq!(found[0].unique_id, sent.unique_id);
    assert_eq!(found[0].authors, sent.authors);
    assert_eq!(found[0].version, Some(1));
    assert_eq!(found[0].logical_id.as_ref(), Some(&found[0].entry_uuid));
    assert_eq!(found[0].repository_unique_id.as_deref(), Some(REPOSITORY));
    assert!(retrieve(&reader, 1).await.unwrap() == bytes);
    assert_eq!(locate(&Sender::indirecte(&mock), 1).await, [found[0].entry_uuid.clone()]);
    // A coherent document breaks no rule, not even a lenient one.
    let journal = mock.journal().exchanges();
    assert!(journal.iter().all(|exchange| exchange.warnings.is_empty()), "{journal:?}");
    let transactions: Vec<_> = journal.iter().filter_map(|one| one.transaction.clone()).collect();
    assert_eq!(transactions, ["TD2.1", "TD3.1", "TD3.2", "TD3.1b"]);
}

#[tokio::test]
async fn masking_hides_from_others_and_can_be_undone() {
    let mock = MockDmp::start().await.unwrap();
    feed(&mock, 1).await;
    let treating = Sender::air(&mock);
    let entry = approved(&treating).await.remove(0);
    success(&set_codes(&treating, &entry, &["MASQUE_PS"]).await);

    // The médecin traitant still reads it; a pharmacist with a valid authorisation does not.
    assert_eq!(approved(&treating).await[0].version, Some(2));
    assert!(retrieve(&treating, 1).await.is_ok());
    let pharmacist = Sender::air(&mock).by_pharmacist();
    assert_eq!(pharmacist.authorise(&dmp_protocol::rights::SetAuthorization::add()).await.status, 200);
    assert!(approved(&pharmacist).await.is_empty());
    assert_eq!(mock.journal().last().unwrap().filtered.get("VIS-01"), Some(&1));
    assert_eq!(retrieve(&pharmacist, 1).await.unwrap_err(), "XDSDocumentUniqueIdError");

    let masked = approved(&treating).await.remove(0);
    let (rule, code) = refused(&set_codes(&pharmacist, &masked, &[]).await);
    assert_eq!((rule.as_str(), code.as_str()), ("OWN-04", "DMPAccessDeniedByRightsService"));
    success(&set_codes(&treating, &masked, &[]).await);
    assert_eq!(approved(&pharmacist).await.len(), 1);
    assert_eq!(approved(&treating).await[0].version, Some(3));
    let deprecated = find(&treating, vec![AvailabilityStatus::Deprecated]).await;
    assert_eq!(deprecated.len(), 2, "old metadata versions");
}

#[tokio::test]
async fn revealing_to_the_patient_is_irreversible() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let (mut entry, bytes) = document(1);
    entry.confidentiality_codes.push(flag("INVISIBLE_PATIENT"));
    success(&submission(&sender, vec![(entry, bytes)]).send(&sender).await);

    let reader = Sender::air(&mock);
    let hidden = approved(&reader).await.remove(0);
    assert!(hidden.has_confidentiality("INVISIBLE_PATIENT"));
    let both = set_codes(&reader, &hidden, &["INVISIBLE_PATIENT", "MASQUE_PS"]).await;
    assert_eq!(refused(&both).0, "VIS-07");
    success(&set_codes(&reader, &hidden, &[]).await);
    let shown = approved(&reader).await.remove(0);
    let again = refused(&set_codes(&reader, &shown, &["INVISIBLE_PATIENT"]).await);
    assert_eq!(again, ("VIS-08".into(), "LocalPolicyRestrictionError".into()));
    let stale = set_codes(&reader, &hidden, &["MASQUE_PS"]).await;
    assert_eq!(refused(&stale), ("X18".into(), "XDSMetadataVersionError".into()));
    let minor = refused(&set_codes(&reader, &shown, &["INVISIBLE_REPRESENTANTS_LEGAUX"]).await);
    assert_eq!(minor.0, "VIS-09");
    // Nor by a replacement.
    let target = locate(&sender, 1).await.remove(0);
    let (mut entry, bytes) = new_version(2, 1);
    entry.confidentiality_codes.push(flag("INVISIBLE_PATIENT"));
    let mut lot = submission(&sender, vec![(entry, bytes)]);
    lot.request.objects.associations.push(Association::replaces("Replaces", "Document02", &target));
    assert_eq!(refused(&lot.send(&sender).await).0, "VIS-08");
}

#[tokio::test]
async fn replacing_then_deleting_takes_the_whole_chain() {
    use AvailabilityStatus::{Approved, Archived, Deleted, Deprecated};
    let mock = MockDmp::start().await.unwrap();
    feed(&mock, 1).await;
    let sender = Sender::indirecte(&mock);
    let reader = Sender::air(&mock);
    let first = locate(&sender, 1).await.remove(0);

    let mut lot = submission(&sender, vec![new_version(2, 1)]);
    lot.request.objects.associations.push(Association::replaces("Replaces", "Document02", &first));
    success(&lot.send(&sender).await);
    assert_eq!(find(&reader, vec![Deprecated]).await[0].unique_id, unique_id(1));
    assert_eq!(approved(&reader).await[0].unique_id, unique_id(2));
    assert!(retrieve(&reader, 1).await.is_ok(), "an obsolete version is read");
    let second = locate(&sender, 2).await.remove(0);

    // An obsolete version cannot be replaced, nor change status.
    let mut lot = submission(&sender, vec![new_version(3, 1)]);
    lot.request.objects.associations.push(Association::replaces("Replaces", "Document03", &first));
    let obsolete = refused(&lot.send(&sender).await);
    assert_eq!(obsolete, ("LIF-08".into(), "XDSRegistryDeprecatedDocumentError".into()));
    assert_eq!(refused(&set_status(&sender, &first, Deprecated, Deleted).await).0, "LIF-02");

    // Archive and back, with the status that is true.
    assert_eq!(refused(&set_status(&reader, &second, Archived, Approved).await).0, "LIF-04");
    success(&set_status(&reader, &second, Approved, Archived).await);
    assert!(approved(&reader).await.is_empty());
    assert_eq!(find(&reader, vec![Archived]).await.len(), 1);
    success(&set_status(&reader, &second, Archived, Approved).await);

    success(&set_status(&sender, &second, Approved, Deleted).await);
    assert!(find(&reader, vec![Approved, Deprecated, Archived, Deleted]).await.is_empty());
    for number in [1, 2] {
        assert_eq!(retrieve(&reader, number).await.unwrap_err(), "XDSDocumentUniqueIdError");
        assert!(locate(&sender, number).await.is_empty());
    }
    // Deleted is final.
    assert_eq!(refused(&set_status(&reader, &second, Deleted, Approved).await).0, "LIF-03");
}

#[tokio::test]
async fn deleting_needs_an_author_and_archiving_a_physician_or_an_author() {
    use AvailabilityStatus::{Approved, Archived, Deleted};
    let mock = MockDmp::start().await.unwrap();
    feed(&mock, 1).await;
    let uuid = locate(&Sender::indirecte(&mock), 1).await.remove(0);
    let pharmacist = Sender::air(&mock).by_pharmacist();
    assert_eq!(refused(&set_status(&pharmacist, &uuid, Approved, Deleted).await).0, "OWN-06");
    assert_eq!(refused(&set_status(&pharmacist, &uuid, Approved, Archived).await).0, "OWN-05");
    let unknown = refused(&set_status(&Sender::air(&mock), "urn:uuid:none", Approved, Deleted).await);
    assert_eq!(unknown, ("LIF-03".into(), "UnresolvedReferenceException".into()));
    success(&set_status(&Sender::air(&mock), &uuid, Approved, Archived).await);
}

#[tokio::test]
async fn feeding_in_air_and_reading_in_indirecte_are_refused_in_a_fault() {
    let mock = MockDmp::start().await.unwrap();
    feed(&mock, 1).await;
    let air = Sender::air(&mock);
    let fed = submission(&air, vec![document(2)]).send(&air).await;
    assert_eq!((fed.status.as_u16(), fed.rule()), (500, Some("FUN-01")));
    assert_eq!(fed.fault_code().as_deref(), Some("DMPAccessDeniedByRightsService"));

    let indirecte = Sender::indirecte(&mock);
    assert_eq!(retrieve(&indirecte, 1).await.unwrap_err(), "DMPAccessDeniedByRightsService");
    let query = FindDocuments::approved(Cx::ins(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID));
    for return_type in [ReturnType::LeafClass, ReturnType::ObjectRef] {
        let answer = indirecte.send(Transaction::Search, |w| query.to_query(return_type.clone()).write(w)).await;
        assert_eq!(answer.fault_code().as_deref(), Some("DMPAccessDeniedByRightsService"));
    }
}

#[tokio::test]
async fn searching_needs_an_authorisation_and_an_open_record() {
    let mock = MockDmp::start().await.unwrap();
    for (patient, code, rule) in [
        (seed::PATIENT_UNKNOWN_TO_ALL, "DMPAuthorizationNotFound", "AUT-01"),
        (seed::PATIENT_CLOSED, "DMPClosed", "PAT-03"),
        ("191129719900389", "XDSUnknownPatientId", "PAT-02"),
    ] {
        let sender = Sender::air(&mock).with_patient(patient);
        let query = FindDocuments::approved(Cx::ins(patient, seed::TEST_NIR_OID));
        let answer = sender.send(Transaction::Search, |w| query.to_query(ReturnType::LeafClass).write(w)).await;
        let response = QueryResponse::read(answer.envelope().body()).unwrap().response;
        assert_eq!((response.errors[0].code.as_str(), answer.rule()), (code, Some(rule)));
    }
}

#[tokio::test]
async fn a_query_that_is_not_served_or_too_long_is_refused_with_its_code() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let mut unknown = GetDocuments::UniqueIds(vec![unique_id(1)]).to_query(ReturnType::LeafClass);
    unknown.id = "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3".into();
    let long = GetDocuments::UniqueIds((0..21).map(unique_id).collect()).to_query(ReturnType::LeafClass);
    let mut other = FindDocuments::approved(Cx::ins(seed::PATIENT_CLOSED, seed::TEST_NIR_OID));
    other.statuses = vec![AvailabilityStatus::Approved];
    for (query, code) in [
        (unknown, "XDSUnknownStoredQuery"),
        (long, "XDSRegistryError"),
        (other.to_query(ReturnType::LeafClass), "XDSPatientIdDoesNotMatch"),
    ] {
        let answer = sender.send(Transaction::Search, |w| query.write(w)).await;
        let response = QueryResponse::read(answer.envelope().body()).unwrap().response;
        assert_eq!(response.errors[0].code, code);
    }
}

#[tokio::test]
async fn several_updates_are_one_lot_and_one_entry_changes_once() {
    let mock = MockDmp::start().await.unwrap();
    feed(&mock, 1).await;
    feed(&mock, 2).await;
    let sender = Sender::air(&mock);
    let entries = approved(&sender).await;
    let archive = |uuids: &[&str]| {
        let (from, to) = (AvailabilityStatus::Approved, AvailabilityStatus::Archived);
        let mut request = SubmitObjects::update_status(submission_set(&sender), uuids[0], &from, &to);
        let first = request.objects.associations[0].clone();
        request.objects.associations = uuids
            .iter()
            .enumerate()
            .map(|(rank, uuid)| Association {
                id: format!("Association{rank}"),
                target: (*uuid).to_owned(),
                ..first.clone()
            })
            .collect();
        request
    };
    let uuids = [entries[0].entry_uuid.as_str(), entries[1].entry_uuid.as_str()];
    let twice = update(&sender, &archive(&[uuids[0], uuids[0]])).await;
    assert_eq!(refused(&twice), ("X18".into(), "XDSMetadataVersionError".into()));
    assert_eq!(approved(&sender).await.len(), 2, "all or nothing");
    success(&update(&sender, &archive(&uuids)).await);
    assert_eq!(find(&sender, vec![AvailabilityStatus::Archived]).await.len(), 2);
    mock.with_world(|world| assert_eq!(world.registry.lots().count(), 3));
}

#[tokio::test]
async fn one_entry_is_not_replaced_twice_in_a_lot() {
    let mock = MockDmp::builder().lenient("X14").start().await.unwrap();
    feed(&mock, 1).await;
    let sender = Sender::indirecte(&mock);
    let target = locate(&sender, 1).await.remove(0);
    let mut lot = submission(&sender, vec![document(2), document(3)]);
    for number in [2, 3] {
        let replacing = Association::replaces(&format!("Replaces{number}"), &format!("Document0{number}"), &target);
        lot.request.objects.associations.push(replacing);
    }
    assert_eq!(refused(&lot.send(&sender).await), ("LIF-08".into(), "XDSRegistryDeprecatedDocumentError".into()));
}
