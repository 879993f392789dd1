//! TD3.1 around known objects: lots, associations, contents, related documents, and what is left out of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use support::Sender;
use support::lot::{document, flag, new_version, submission, submission_set, unique_id};
use xds_model::iti18::{
    AdhocQuery, DateRange, DocumentId, FindDocuments, FindSubmissionSets, GetAssociations, GetDocuments,
    GetDocumentsAndAssociations, GetRelatedDocuments, GetSubmissionSetAndContents, GetSubmissionSets, QueryResponse,
    ReturnType, StoredQuery, SubmissionSetId,
};
use xds_model::iti57::SubmitObjects;
use xds_model::{Association, AssociationKind, AvailabilityStatus, CodedValue, Cx, RegistryObjectList};

async fn ask(sender: &Sender<'_>, query: AdhocQuery) -> QueryResponse {
    let answer = sender.send(Transaction::Search, |w| query.write(w)).await;
    assert_eq!(answer.status, 200, "{:?} {:?}", answer.rule(), answer.fault_code());
    QueryResponse::read(answer.envelope().body()).unwrap()
}

async fn found(sender: &Sender<'_>, query: AdhocQuery) -> RegistryObjectList {
    let answer = ask(sender, query).await;
    assert!(answer.response.is_success(), "{answer:?}");
    answer.objects
}

async fn feed(mock: &MockDmp, number: u32, flags: &[&str], replaced: Option<u32>) {
    let sender = Sender::indirecte(mock);
    let (mut entry, bytes) = replaced.map_or_else(|| document(number), |replaced| new_version(number, replaced));
    entry.confidentiality_codes.extend(flags.iter().map(|code| flag(code)));
    let id = entry.entry_uuid.clone();
    let mut lot = submission(&sender, vec![(entry, bytes)]);
    if let Some(replaced) = replaced {
        let target = uuid_of(&Sender::air(mock), replaced).await;
        lot.request.objects.associations.push(Association::replaces("Replaces", &id, &target));
    }
    assert_eq!(lot.send(&sender).await.rule(), None);
}

async fn uuid_of(sender: &Sender<'_>, number: u32) -> String {
    let query = GetDocuments::UniqueIds(vec![unique_id(number)]).to_query(ReturnType::LeafClass);
    found(sender, query).await.document_entries.remove(0).entry_uuid
}

fn all_lots(sender: &Sender<'_>) -> FindSubmissionSets {
    FindSubmissionSets::submitted(Cx::ins(&sender.patient.0, &sender.patient.1), DateRange::default())
}

/// Lots, document entries without signatures, associations by kind (HasMember to documents only).
fn counted(objects: &RegistryObjectList) -> (usize, usize, usize, usize) {
    let documents = objects.document_entries.iter().filter(|entry| !entry.is_signature());
    let of = |kind: AssociationKind| objects.associations.iter().filter(|one| one.kind == kind).count();
    (objects.submission_sets.len(), documents.count(), of(AssociationKind::HasMember), of(AssociationKind::Replaces))
}

/// Lot 1: document 1. Lot 2: document 2 in place of 1. Lot 3: document 3, masked. Lot 4: document 2 masked then shown.
/// Lot 5: document 2 archived.
async fn story(mock: &MockDmp) {
    let reader = Sender::air(mock);
    feed(mock, 1, &[], None).await;
    feed(mock, 2, &[], Some(1)).await;
    feed(mock, 3, &["MASQUE_PS"], None).await;
    let get = GetDocuments::UniqueIds(vec![unique_id(2)]).to_query(ReturnType::LeafClass);
    let entry = found(&reader, get).await.document_entries.remove(0);
    let mut codes = entry.confidentiality_codes.clone();
    codes.push(flag("MASQUE_PS"));
    let masked = SubmitObjects::update_visibility(submission_set(&reader), &entry, codes).unwrap();
    assert_eq!(reader.send(Transaction::Mask, |w| masked.write(w)).await.status, 200);
    let uuid = uuid_of(&reader, 2).await;
    let archived = SubmitObjects::update_status(
        submission_set(&reader),
        &uuid,
        &AvailabilityStatus::Approved,
        &AvailabilityStatus::Archived,
    );
    assert_eq!(reader.send(Transaction::Archive, |w| archived.write(w)).await.status, 200);
}

#[tokio::test]
async fn every_change_makes_a_lot_that_is_found_by_its_time() {
    let mock = MockDmp::start().await.unwrap();
    story(&mock).await;
    let reader = Sender::air(&mock);
    let lots = found(&reader, all_lots(&reader).to_query(ReturnType::LeafClass)).await;
    assert_eq!(counted(&lots), (5, 0, 0, 0));
    let references = found(&reader, all_lots(&reader).to_query(ReturnType::ObjectRef)).await;
    assert_eq!((references.object_refs.len(), references.submission_sets.len()), (5, 0));

    let at = |set: &xds_model::SubmissionSet| set.submission_time.clone().unwrap();
    let (first, last) = (at(&lots.submission_sets[0]), at(&lots.submission_sets[4]));
    let rows = [
        (DateRange::since(first.clone()), true),
        (DateRange { from: None, to: Some(first) }, false),
        (DateRange::since(last.next_second().unwrap()), false),
    ];
    for (submission_time, some) in rows {
        let find = FindSubmissionSets { submission_time: submission_time.clone(), ..all_lots(&reader) };
        let some_found = !found(&reader, find.to_query(ReturnType::LeafClass)).await.is_empty();
        assert_eq!(some_found, some, "{submission_time:?}");
    }
    let other = FindSubmissionSets { source_ids: vec!["1.2.3".into()], ..all_lots(&reader) };
    assert!(found(&reader, other.to_query(ReturnType::LeafClass)).await.is_empty());
}

#[tokio::test]
async fn the_objects_around_a_document_are_found() {
    let mock = MockDmp::start().await.unwrap();
    story(&mock).await;
    let reader = Sender::air(&mock);
    let (first, second) = (uuid_of(&reader, 1).await, uuid_of(&reader, 2).await);

    // By uniqueId the last metadata version, by entryUUID any of them; RPLC comes from either end.
    let get = GetDocumentsAndAssociations(GetDocuments::EntryUuids(vec![first.clone(), first.clone()]));
    assert_eq!(counted(&found(&reader, get.to_query(ReturnType::LeafClass)).await), (0, 1, 1, 1));
    let get = GetDocumentsAndAssociations(GetDocuments::UniqueIds(vec![unique_id(2)]));
    assert_eq!(counted(&found(&reader, get.to_query(ReturnType::LeafClass)).await), (0, 1, 1, 0), "version 2");

    let sets = GetSubmissionSets { uuids: vec![first.clone(), second.clone()] };
    let sets = found(&reader, sets.to_query(ReturnType::LeafClass)).await;
    assert_eq!(counted(&sets), (2, 0, 2, 0));

    let lot = sets.submission_sets[0].clone();
    for id in [SubmissionSetId::EntryUuid(lot.entry_uuid.clone()), SubmissionSetId::UniqueId(lot.unique_id)] {
        let all = GetSubmissionSetAndContents::all_of(id);
        let contents = found(&reader, all.to_query(ReturnType::LeafClass)).await;
        assert_eq!(counted(&contents), (1, 1, 2, 0), "the document and the signature");
        let pdf = CodedValue::without_display("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3");
        let none = GetSubmissionSetAndContents { format_codes: vec![pdf], ..all };
        assert_eq!(counted(&found(&reader, none.to_query(ReturnType::LeafClass)).await), (1, 0, 0, 0));
    }
    let unknown = GetSubmissionSetAndContents::all_of(SubmissionSetId::UniqueId("2.25.1".into()));
    assert!(found(&reader, unknown.to_query(ReturnType::LeafClass)).await.is_empty());

    for document in [DocumentId::EntryUuid(first.clone()), DocumentId::UniqueId(unique_id(1))] {
        let related = GetRelatedDocuments { document, association_types: vec![AssociationKind::Replaces] };
        assert_eq!(counted(&found(&reader, related.to_query(ReturnType::LeafClass)).await), (0, 2, 0, 1));
        let signs = GetRelatedDocuments { association_types: vec![AssociationKind::Signs], ..related };
        assert!(found(&reader, signs.to_query(ReturnType::LeafClass)).await.is_empty());
    }
    let lot_uuid = lot.entry_uuid;
    let members = found(&reader, GetAssociations { uuids: vec![lot_uuid] }.to_query(ReturnType::LeafClass)).await;
    assert_eq!(counted(&members), (0, 0, 2, 0), "HasMember of the document and of the signature");
    assert_eq!(members.associations.len(), 3, "and signs");
}

#[tokio::test]
async fn what_is_masked_is_absent_and_what_links_to_it_too() {
    let mock = MockDmp::start().await.unwrap();
    story(&mock).await;
    let treating = Sender::air(&mock);
    let masked = uuid_of(&treating, 3).await;
    let pharmacist = Sender::air(&mock).by_pharmacist();
    pharmacist.authorise(&dmp_protocol::rights::SetAuthorization::add()).await;

    let sets = GetSubmissionSets { uuids: vec![masked.clone()] };
    let lots = found(&treating, sets.to_query(ReturnType::LeafClass)).await;
    assert_eq!(counted(&lots), (1, 0, 1, 0));
    let lot = lots.submission_sets[0].entry_uuid.clone();

    let both = vec![masked.clone(), lot.clone()];
    let contents = GetSubmissionSetAndContents::all_of(SubmissionSetId::EntryUuid(lot.clone()));
    let queries = [
        (GetDocuments::EntryUuids(vec![masked.clone()]).to_query(ReturnType::LeafClass), 0),
        (GetDocuments::UniqueIds(vec![unique_id(3)]).to_query(ReturnType::LeafClass), 0),
        (GetDocumentsAndAssociations(GetDocuments::EntryUuids(both.clone())).to_query(ReturnType::LeafClass), 0),
        (GetAssociations { uuids: both.clone() }.to_query(ReturnType::LeafClass), 0),
        (GetAssociations { uuids: both }.to_query(ReturnType::ObjectRef), 0),
        (sets.to_query(ReturnType::LeafClass), 0),
        (contents.to_query(ReturnType::LeafClass), 1),
    ];
    for (query, expected) in queries {
        let shown = found(&treating, query.clone()).await;
        assert!(shown.len() > expected, "{query:?}");
        let hidden = found(&pharmacist, query.clone()).await;
        assert_eq!(hidden.len(), expected, "{query:?} {hidden:?}");
        assert!(mock.journal().last().unwrap().filtered.contains_key("VIS-01"), "{query:?}");
    }
    // The old version of document 2 is not masked, the current one is: the replacement is seen from the old one only.
    let first = uuid_of(&treating, 1).await;
    let replaced = found(&pharmacist, GetAssociations { uuids: vec![first] }.to_query(ReturnType::LeafClass)).await;
    assert_eq!(counted(&replaced), (0, 0, 1, 1));
}

#[tokio::test]
async fn another_patients_objects_and_deleted_documents_are_nowhere() {
    let mock = MockDmp::start().await.unwrap();
    feed(&mock, 1, &[], None).await;
    let reader = Sender::air(&mock);
    let uuid = uuid_of(&reader, 1).await;
    let around = |uuid: &str| {
        [
            GetDocuments::EntryUuids(vec![uuid.to_owned()]).to_query(ReturnType::LeafClass),
            GetAssociations { uuids: vec![uuid.to_owned()] }.to_query(ReturnType::LeafClass),
            GetSubmissionSets { uuids: vec![uuid.to_owned()] }.to_query(ReturnType::LeafClass),
        ]
    };
    let stranger = Sender::air(&mock).with_patient(seed::PATIENT_UNKNOWN_TO_ALL);
    stranger.authorise(&dmp_protocol::rights::SetAuthorization::add()).await;
    for query in around(&uuid) {
        assert!(!found(&reader, query.clone()).await.is_empty(), "{query:?}");
        assert!(found(&stranger, query.clone()).await.is_empty(), "{query:?}");
    }
    let elsewhere = ask(&stranger, all_lots(&reader).to_query(ReturnType::LeafClass)).await;
    assert_eq!(elsewhere.response.errors[0].code, "XDSPatientIdDoesNotMatch");

    let deleted = SubmitObjects::update_status(
        submission_set(&reader),
        &uuid,
        &AvailabilityStatus::Approved,
        &AvailabilityStatus::Deleted,
    );
    assert_eq!(Sender::indirecte(&mock).send(Transaction::Delete, |w| deleted.write(w)).await.status, 200);
    for query in around(&uuid) {
        assert!(found(&reader, query.clone()).await.is_empty(), "{query:?}");
    }
}

/// E3-01 to E3-04, and the bound on reimbursements.
#[tokio::test]
async fn queries_out_of_bounds_are_refused_with_their_code() {
    let mock = MockDmp::start().await.unwrap();
    let reader = Sender::air(&mock);
    let ids = |count: usize| (0..count).map(|number| format!("2.25.{number}")).collect::<Vec<_>>();
    let leaf = ReturnType::LeafClass;
    let get = |documents| GetDocumentsAndAssociations(documents).to_query(ReturnType::LeafClass);
    let empty = |query| AdhocQuery::new(query, ReturnType::LeafClass);
    let repeated = {
        let mut query = empty(StoredQuery::GetAssociations);
        query.add_list("$uuid", ["a"]);
        query.add_list("$uuid", ["b"]);
        query
    };
    // Two values where one is allowed: two rim:Value, or a list.
    let several = |values: &[&str]| {
        let mut query =
            FindDocuments::approved(Cx::ins(&reader.patient.0, &reader.patient.1)).to_query(ReturnType::LeafClass);
        let patient = query.parameters.iter_mut().find(|one| one.name == "$XDSDocumentEntryPatientId").unwrap();
        patient.values = values.iter().map(|value| value.replace("INS", &format!("'{}'", reader.patient.0))).collect();
        query
    };
    let reimbursements = |service_start_time| {
        let patient = Cx::ins(&reader.patient.0, &reader.patient.1);
        let code = CodedValue::without_display("REMB", "1.2.250.1.213.1.1.4.12");
        FindDocuments { type_codes: vec![code], service_start_time, ..FindDocuments::approved(patient) }
            .to_query(ReturnType::LeafClass)
    };
    let rows = [
        (get(GetDocuments::UniqueIds(ids(20))), None),
        (get(GetDocuments::UniqueIds(ids(21))), Some(("LIM-02", "XDSRegistryError"))),
        (get(GetDocuments::EntryUuids(ids(88))), None),
        (get(GetDocuments::EntryUuids(ids(89))), Some(("LIM-02", "XDSRegistryError"))),
        (GetAssociations { uuids: ids(1000) }.to_query(leaf.clone()), None),
        (GetAssociations { uuids: ids(1001) }.to_query(leaf.clone()), Some(("LIM-02", "XDSRegistryError"))),
        (GetSubmissionSets { uuids: ids(1001) }.to_query(leaf), Some(("LIM-02", "XDSRegistryError"))),
        (empty(StoredQuery::GetAssociations), Some(("X24", "XDSStoredQueryMissingParam"))),
        (repeated, Some(("X24", "XDSStoredQueryParamNumber"))),
        (several(&["INS", "INS"]), Some(("X24", "XDSStoredQueryParamNumber"))),
        (several(&["(INS,INS)"]), Some(("X24", "XDSStoredQueryParamNumber"))),
        (several(&["(INS)"]), Some(("X24", "XDSRegistryError"))),
        (empty(StoredQuery::GetRelatedDocuments), Some(("X24", "XDSStoredQueryMissingParam"))),
        (
            AdhocQuery {
                id: "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3".into(),
                ..all_lots(&reader).to_query(ReturnType::LeafClass)
            },
            Some(("X24", "XDSUnknownStoredQuery")),
        ),
        (reimbursements(DateRange::between("20240101", "20251231")), None),
        (reimbursements(DateRange::between("20240101", "20260201")), Some(("LIM-03", "XDSRegistryError"))),
        (reimbursements(DateRange::default()), Some(("LIM-03", "XDSRegistryError"))),
    ];
    for (query, refusal) in rows {
        let answer = sender_answer(&reader, &query).await;
        let code = answer.1.response.errors.first().map(|error| error.code.clone());
        assert_eq!(code.as_deref(), refusal.map(|(_, code)| code), "{query:?}");
        assert_eq!(answer.0.as_deref(), refusal.map(|(rule, _)| rule), "{query:?}");
    }
}

async fn sender_answer(sender: &Sender<'_>, query: &AdhocQuery) -> (Option<String>, QueryResponse) {
    let answer = sender.send(Transaction::Search, |w| query.write(w)).await;
    (answer.rule().map(str::to_owned), QueryResponse::read(answer.envelope().body()).unwrap())
}

#[tokio::test]
async fn a_parameter_that_the_query_does_not_have_is_ignored_and_journalled() {
    let mock = MockDmp::start().await.unwrap();
    let reader = Sender::air(&mock);
    let mut query = all_lots(&reader).to_query(ReturnType::LeafClass);
    query.add_text("$XDSSubmissionSetTitle", "x");
    found(&reader, query).await;
    let last = mock.journal().last().unwrap();
    assert_eq!(last.warnings.iter().map(|warning| warning.rule.to_string()).collect::<Vec<_>>(), ["X24"]);
}
