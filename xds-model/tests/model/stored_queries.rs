//! The queries around known objects: golden messages, refusals, cutting within the limits.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use xds_model::iti18::{
    AdhocQuery, DateRange, DocumentId, FindSubmissionSets, GetAssociations, GetDocuments, GetDocumentsAndAssociations,
    GetRelatedDocuments, GetSubmissionSetAndContents, GetSubmissionSets, Query, QueryError, QueryLimits, ReturnType,
    StoredQuery, SubmissionSetId,
};
use xds_model::{AssociationKind, AvailabilityStatus, CodedValue, Cx};

use crate::sample;
use crate::support::{body_text, golden_message, parse, written};

const LOT: &str = "urn:uuid:7a9e2d3e-18a5-11f1-8a52-5254004d0102";
const ENTRY: &str = "urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001";

fn patient() -> Cx {
    Cx::ins("285079999999935", "1.2.250.1.213.1.4.10")
}

fn sent(query: &AdhocQuery) -> String {
    written(|writer| query.write(writer))
}

/// One query of each kind that has no golden message elsewhere, with all its criteria.
pub(crate) fn queries() -> [(&'static str, AdhocQuery); 4] {
    let normal = CodedValue::without_display("N", "2.16.840.1.113883.5.25");
    let pdf = CodedValue::without_display("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3");
    let sets = FindSubmissionSets {
        source_ids: vec!["2.25.169113683135263991924194166893702703888".into()],
        author_person: Some("%MODELE^ALIX%".into()),
        content_types: vec![CodedValue::without_display("07", "1.2.250.1.213.2.2")],
        ..FindSubmissionSets::submitted(patient(), DateRange::between("20260302", "20260305235959"))
    };
    let contents = GetSubmissionSetAndContents {
        submission_set: SubmissionSetId::EntryUuid(LOT.into()),
        format_codes: vec![pdf],
        confidentiality_codes: vec![normal],
    };
    let related = GetRelatedDocuments {
        document: DocumentId::EntryUuid(ENTRY.into()),
        association_types: vec![AssociationKind::Replaces],
    };
    [
        ("iti18-findsubmissionsets-all", sets.to_query(ReturnType::LeafClass)),
        ("iti18-getsubmissionsets", GetSubmissionSets { uuids: vec![ENTRY.into()] }.to_query(ReturnType::LeafClass)),
        ("iti18-getsubmissionsetandcontents", contents.to_query(ReturnType::LeafClass)),
        ("iti18-getrelateddocuments", related.to_query(ReturnType::LeafClass)),
    ]
}

/// `UPDATE_GOLDEN=1` writes the files.
#[test]
fn each_is_written_as_its_golden_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/golden");
    for (name, query) in queries() {
        let path = folder.join(format!("{name}.request.xml"));
        let text = sent(&query);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{name}");
        assert_eq!(AdhocQuery::read(&parse(&text)).unwrap(), query, "{name}");
        assert!(Query::read(&query).is_ok(), "{name}");
    }
}

#[test]
fn the_queries_of_what_is_new_as_their_golden_messages() {
    let golden = |name: &str| body_text(&golden_message(name));
    let sets = golden("iti18-findsubmissionsets.request.soap.xml");
    let Query::FindSubmissionSets(find) = Query::read(&AdhocQuery::read(&parse(&sets)).unwrap()).unwrap() else {
        panic!("{sets}")
    };
    assert_eq!(sent(&find.to_query(ReturnType::LeafClass)), sets);
    assert!(find.submission_time.from.is_some());

    let associations = GetAssociations { uuids: vec![LOT.into()] };
    assert_eq!(sent(&associations.to_query(ReturnType::LeafClass)), golden("iti18-getassociations.request.soap.xml"));
    let documents = golden("iti18-getdocumentsandassociations.request.soap.xml");
    let read = Query::read(&AdhocQuery::read(&parse(&documents)).unwrap()).unwrap();
    let Query::GetDocumentsAndAssociations(get) = read else { panic!("{documents}") };
    assert_eq!(sent(&get.to_query(ReturnType::LeafClass)), documents);
}

/// Parameters of a query (single strings when the flag is set), and the code and parameter of its refusal.
type Row = (StoredQuery, &'static [(&'static str, &'static str, bool)], Option<(&'static str, &'static str)>);

#[test]
fn missing_and_contradictory_parameters_have_their_codes() {
    const MISSING: &str = "XDSStoredQueryMissingParam";
    const NUMBER: &str = "XDSStoredQueryParamNumber";
    const FORMAT: &str = "XDSRegistryError";
    const UUID: &str = "$uuid";
    const SET_UUID: &str = "$XDSSubmissionSetEntryUUID";
    const SET_ID: &str = "$XDSSubmissionSetUniqueId";
    const ENTRY_UUID: &str = "$XDSDocumentEntryEntryUUID";
    const ENTRY_ID: &str = "$XDSDocumentEntryUniqueId";
    const TYPES: &str = "$AssociationTypes";
    const PATIENT: &str = "$XDSSubmissionSetPatientId";
    const STATUS: &str = "$XDSSubmissionSetStatus";
    use StoredQuery::*;
    let rows: [Row; 20] = [
        (GetAssociations, &[], Some((MISSING, UUID))),
        (GetAssociations, &[(UUID, "urn:uuid:x", true)], Some((FORMAT, UUID))),
        (GetAssociations, &[(UUID, "urn:uuid:x", false), (UUID, "urn:uuid:y", false)], Some((NUMBER, UUID))),
        (GetAssociations, &[(UUID, "urn:uuid:x", false), ("$unknown", "x", true)], None),
        (GetSubmissionSets, &[], Some((MISSING, UUID))),
        (GetSubmissionSets, &[(UUID, "urn:uuid:x", false)], None),
        (GetDocumentsAndAssociations, &[], Some((MISSING, ENTRY_UUID))),
        (GetDocumentsAndAssociations, &[(ENTRY_ID, "2.25.1", false)], None),
        (
            GetDocumentsAndAssociations,
            &[(ENTRY_ID, "2.25.1", false), (ENTRY_UUID, "x", false)],
            Some((NUMBER, ENTRY_UUID)),
        ),
        (GetSubmissionSetAndContents, &[], Some((MISSING, SET_UUID))),
        (GetSubmissionSetAndContents, &[(SET_ID, "2.25.1", true)], None),
        (GetSubmissionSetAndContents, &[(SET_ID, "2.25.1", false)], Some((FORMAT, SET_ID))),
        (GetSubmissionSetAndContents, &[(SET_ID, "2.25.1", true), (SET_UUID, "x", true)], Some((NUMBER, SET_UUID))),
        (GetRelatedDocuments, &[(ENTRY_ID, "2.25.1", true)], Some((MISSING, TYPES))),
        (GetRelatedDocuments, &[(TYPES, "urn:ihe:iti:2007:AssociationType:RPLC", false)], Some((MISSING, ENTRY_UUID))),
        (GetRelatedDocuments, &[(ENTRY_ID, "2.25.1", true), (TYPES, "RPLC", false)], None),
        (FindSubmissionSets, &[(STATUS, "x", false)], Some((MISSING, PATIENT))),
        (FindSubmissionSets, &[(PATIENT, "", true), (STATUS, "x", false)], Some((MISSING, PATIENT))),
        (FindSubmissionSets, &[(PATIENT, "x", true)], Some((MISSING, STATUS))),
        (FindSubmissionSets, &[(PATIENT, "x", true), (STATUS, "x", false)], None),
    ];
    for (stored, parameters, refusal) in rows {
        let mut query = AdhocQuery::new(stored, ReturnType::LeafClass);
        for (name, value, single) in parameters {
            if *single { query.add_text(name, value) } else { query.add_list(name, [*value]) }
        }
        let error = Query::read(&query).err();
        assert_eq!(error.as_ref().map(QueryError::code), refusal.map(|(code, _)| code), "{stored:?} {query:?}");
        if let Some((_, parameter)) = refusal {
            assert!(error.unwrap().context().starts_with(&format!("parameterName={parameter}")), "{query:?}");
        }
    }
    let folders = AdhocQuery { id: "urn:uuid:958f3006-baad-4929-a4de-ff1114824431".into(), ..queries()[0].1.clone() };
    assert_eq!(Query::read(&folders).unwrap_err().code(), "XDSUnknownStoredQuery");
}

#[test]
fn criteria_select_submission_sets() {
    let set = xds_model::SubmissionSet {
        status: Some(AvailabilityStatus::Approved),
        submission_time: Some("20260302091730".into()),
        ..sample::submission_set()
    };
    let code = set.content_type_code.clone().unwrap();
    let other = CodedValue::without_display(&code.code, "1.2.3");
    let all = FindSubmissionSets::submitted(patient(), DateRange::default());
    let rows = [
        (all.clone(), true),
        (FindSubmissionSets { statuses: vec![AvailabilityStatus::Archived], ..all.clone() }, false),
        (FindSubmissionSets { source_ids: vec![set.source_id.clone(), "1.2".into()], ..all.clone() }, true),
        (FindSubmissionSets { source_ids: vec!["1.2".into()], ..all.clone() }, false),
        (FindSubmissionSets { content_types: vec![other], ..all.clone() }, false),
        (FindSubmissionSets { content_types: vec![code], ..all.clone() }, true),
        (FindSubmissionSets { author_person: Some("%^NOBODY^%".into()), ..all.clone() }, false),
        (FindSubmissionSets { submission_time: DateRange::since("20260302091730"), ..all.clone() }, true),
        (FindSubmissionSets { submission_time: DateRange::since("20260302091731"), ..all.clone() }, false),
        (FindSubmissionSets { submission_time: DateRange::between("2026", "20260302091730"), ..all }, true),
    ];
    for (number, (find, expected)) in rows.into_iter().enumerate() {
        assert_eq!(find.matches(&set, false), expected, "row {number}");
    }
}

#[test]
fn nothing_to_ask_is_no_query() {
    let limits = QueryLimits::default();
    assert!(GetAssociations::default().split(&limits).is_empty());
    assert!(GetSubmissionSets::default().split(&limits).is_empty());
    assert!(GetDocuments::UniqueIds(Vec::new()).split(&limits).is_empty());
    assert!(GetDocumentsAndAssociations(GetDocuments::EntryUuids(Vec::new())).split(&limits).is_empty());
}

#[test]
fn the_limits_are_those_of_the_dmp() {
    let ids = |count: usize| (0..count).map(|number| format!("2.25.{number}")).collect::<Vec<_>>();
    let limits = QueryLimits::default();
    let sizes = |count| {
        [
            GetDocuments::UniqueIds(ids(count)).split(&limits).len(),
            GetDocuments::EntryUuids(ids(count)).split(&limits).len(),
            GetAssociations { uuids: ids(count) }.split(&limits).len(),
        ]
    };
    assert_eq!(sizes(20), [1, 1, 1]);
    assert_eq!(sizes(21), [2, 1, 1]);
    assert_eq!(sizes(88), [5, 1, 1]);
    assert_eq!(sizes(89), [5, 2, 1]);
    assert_eq!(sizes(1000), [50, 12, 1]);
    assert_eq!(sizes(1001), [51, 12, 2]);
}

proptest! {
    #[test]
    fn cutting_keeps_every_identifier_once_in_order(ids in vec("[a-f]{1,2}", 0..200), most in 0usize..50) {
        let limits = QueryLimits { unique_ids: most, entry_uuids: most, uuids: most };
        let mut once: Vec<String> = Vec::new();
        for id in &ids {
            if !once.contains(id) {
                once.push(id.clone());
            }
        }
        let parts = GetAssociations { uuids: ids.clone() }.split(&limits);
        prop_assert!(parts.iter().all(|part| !part.uuids.is_empty() && part.uuids.len() <= most.max(1)));
        prop_assert!(parts.iter().rev().skip(1).all(|part| part.uuids.len() == most.max(1)), "only the last is short");
        let joined: Vec<String> = parts.into_iter().flat_map(|part| part.uuids).collect();
        prop_assert_eq!(&joined, &once);
        let documents = GetDocuments::UniqueIds(ids).split(&limits);
        let joined: Vec<String> = documents
            .into_iter()
            .flat_map(|part| match part {
                GetDocuments::UniqueIds(ids) => ids,
                GetDocuments::EntryUuids(_) => Vec::new(),
            })
            .collect();
        prop_assert_eq!(joined, once);
    }

    #[test]
    fn any_query_survives_the_wire(uuids in vec("[ -~é]{1,80}", 1..60)) {
        let query = GetSubmissionSets { uuids: uuids.clone() }.to_query(ReturnType::LeafClass);
        let received = AdhocQuery::read(&parse(&sent(&query))).unwrap();
        let expected = Query::GetSubmissionSets(GetSubmissionSets { uuids });
        prop_assert!(Query::read(&received) == Ok(expected));
    }
}
