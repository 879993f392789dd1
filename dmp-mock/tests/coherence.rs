//! Each coherence rule of a submission, broken alone on an otherwise good lot.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::switches::{ServerSwitches, Switches};
use jiff::SignedDuration;
use support::Sender;
use support::lot::{Submission, document, flag, submission, unique_id};
use xds_model::{
    Association, CodedValue, Cx, DocumentContent, DocumentEntry, Dtm, RegistryResponse, SourcePatientInfo, Xcn, Xon,
};

type Spoil = fn(&mut Submission);

/// What is broken, the rule that says so, the code that travels.
const CASES: [(Spoil, &str, &str); 30] = [
    (|lot| lot.request.objects.submission_sets.clear(), "X01", "XDSRegistryMetadataError"),
    (|lot| lot.request.objects.document_entries[1].entry_uuid = "Document01".into(), "X01", "XDSRegistryMetadataError"),
    (
        |lot| lot.request.objects.associations.retain(|one| one.target != "Document01"),
        "X01",
        "XDSRegistryMetadataError",
    ),
    (
        |lot| {
            let extra = Association::has_member("x", "SubmissionSet01", "Document77");
            lot.request.objects.associations.push(extra);
        },
        "X01",
        "XDSRegistryMetadataError",
    ),
    (|lot| drop(lot.request.documents.remove(0)), "X02", "XDSMissingDocument"),
    (|lot| drop(lot.parts.remove(0)), "X02", "XDSMissingDocument"),
    (
        |lot| {
            let mut orphan = lot.request.documents[0].clone();
            orphan.id = "Document99".into();
            orphan.content = DocumentContent::Href("cid:nobody".into());
            lot.request.documents.push(orphan);
        },
        "X02",
        "XDSMissingDocumentMetadata",
    ),
    (|lot| lot.request.documents[0].content = DocumentContent::Inline(b"<x/>".to_vec()), "X02", "XDSRepositoryError"),
    (|lot| lot.request.documents[0].content = lot.request.documents[1].content.clone(), "X02", "XDSRepositoryError"),
    (|lot| lot.entry().title = None, "X03", "XDSRegistryMetadataError"),
    (|lot| lot.entry().source_patient_info = None, "X03", "XDSRegistryMetadataError"),
    (|lot| lot.set().content_type_code = None, "X03", "XDSRegistryMetadataError"),
    (
        |lot| {
            let signature = &mut lot.request.objects.document_entries[1];
            signature.source_patient_info = Some(SourcePatientInfo::default().with_birth_date("19800514"));
        },
        "X03",
        "XDSRepositoryMetadataError",
    ),
    (|lot| lot.entry().unique_id.push_str("^X1"), "X04", "XDSRegistryMetadataError"),
    (|lot| lot.set().unique_id = format!("2.25.{}", "9".repeat(130)), "X04", "XDSRegistryMetadataError"),
    (|lot| lot.entry().title = Some("t".repeat(129)), "X04", "XDSRegistryMetadataError"),
    (|lot| lot.entry().creation_time = Some(Dtm::from_raw("hier")), "X04", "XDSRegistryMetadataError"),
    (|lot| lot.set().patient_id = Cx::ins(seed::PATIENT_CLOSED, seed::TEST_NIR_OID), "X05", "XDSPatientIdDoesNotMatch"),
    (
        |lot| lot.entry().patient_id = Cx::ins(seed::PATIENT_CLOSED, seed::TEST_NIR_OID),
        "X05",
        "XDSPatientIdDoesNotMatch",
    ),
    (|lot| lot.entry().hash = Some("0".repeat(40)), "X07", "XDSNonIdenticalHash"),
    (|lot| lot.entry().size = Some(1), "X07", "XDSNonIdenticalSize"),
    (|lot| lot.set().unique_id = unique_id(1), "X08", "XDSRepositoryDuplicateUniqueIdInMessage"),
    (
        |lot| lot.entry().type_code = Some(CodedValue::without_display("REMB", "1.2.250.1.213.1.1.4.12")),
        "DOC-02",
        "XDSRegistryMetadataError",
    ),
    (
        |lot| lot.entry().class_code = Some(CodedValue::without_display("90", "1.2.250.1.213.1.1.4.1")),
        "DOC-02",
        "XDSRegistryMetadataError",
    ),
    (
        |lot| lot.set().authors[0].person = Some(Xcn::professional(seed::PHARMACIEN, "PATRON", "SACHA")),
        "X11",
        "XDSRegistryMetadataError",
    ),
    (
        |lot| {
            let elsewhere = Xon::structure("CENTRE DES EXEMPLES", seed::STRUCTURE_OTHER);
            lot.set().authors[0].institution = Some(elsewhere.clone());
            for entry in &mut lot.request.objects.document_entries {
                entry.authors.iter_mut().for_each(|author| author.institution = Some(elsewhere.clone()));
            }
        },
        "OWN-01",
        "XDSRegistryMetadataError",
    ),
    (
        |lot| lot.request.objects.associations.retain(|one| one.id != "AssociationSigns"),
        "S12",
        "XDSRepositoryMetadataError",
    ),
    (|lot| lot.set().unique_id = unique_id(77), "S08", "XDSRepositoryMetadataError"),
    (
        |lot| {
            // A comment added to the document after signing, hash and size left out.
            lot.entry().hash = None;
            lot.entry().size = None;
            lot.parts[0].1.extend_from_slice(b"<!-- later -->");
        },
        "S09",
        "XDSRepositoryMetadataError",
    ),
    (|lot| lot.entry().confidentiality_codes.clear(), "X03", "XDSRegistryMetadataError"),
];

#[tokio::test]
async fn each_rule_refuses_the_lot_that_breaks_it_and_nothing_is_stored() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    for (index, (spoil, rule, code)) in CASES.into_iter().enumerate() {
        let mut lot = submission(&sender, vec![document(1)]);
        spoil(&mut lot);
        let answer = lot.send(&sender).await;
        assert_eq!(answer.status, 200, "case {index}: {:?} {:?}", answer.rule(), answer.fault_code());
        let response = RegistryResponse::read(answer.envelope().body()).unwrap();
        let found = response.errors.first().map(|error| error.code.as_str());
        assert_eq!((answer.rule(), found), (Some(rule), Some(code)), "case {index}");
        assert!(!mock.with_world(|world| world.registry.knows_unique_id(&unique_id(1))), "case {index}: atomic");
    }
    // The good lot passes, and a second time its uniqueIds are known.
    let lot = submission(&sender, vec![document(1)]);
    assert!(RegistryResponse::read(lot.send(&sender).await.envelope().body()).unwrap().is_success());
    let again = lot.send(&sender).await;
    let response = RegistryResponse::read(again.envelope().body()).unwrap();
    assert_eq!(response.errors[0].code, "XDSDuplicateUniqueIdInRegistry");
    assert!(response.errors[0].context.starts_with("uniqueId="));
}

#[tokio::test]
async fn codes_of_confidentiality_are_enforced() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let level = |code: &str| CodedValue::without_display(code, "2.16.840.1.113883.5.25");
    for (codes, rule) in [
        // Whatever else is wrong, the level is that of the header (X13).
        (vec![flag("MASQUE_PS")], "CDA-XDS-013"),
        (vec![level("N"), level("R")], "DOC-04"),
        (vec![level("N"), flag("MASQUE_PS"), flag("MASQUE_PS")], "DOC-04"),
        (vec![level("N"), flag("INVISIBLE_PATIENT"), flag("MASQUE_PS")], "VIS-07"),
    ] {
        let mut lot = submission(&sender, vec![document(1)]);
        lot.entry().confidentiality_codes = codes;
        assert_eq!(lot.send(&sender).await.rule(), Some(rule));
    }
}

/// Deposits with these differences are known to be accepted (xds.md §13).
#[tokio::test]
async fn differences_that_are_accepted_are_journalled_and_the_others_refused() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let mut lot = submission(&sender, vec![document(1)]);
    lot.entry().title = Some("Autre titre".into());
    lot.entry().creation_time = Some(Dtm::from_raw("19990101000000"));
    for entry in &mut lot.request.objects.document_entries {
        entry.practice_setting_code.as_mut().unwrap().code = "ETABLISSEMENT".into();
    }
    let answer = lot.send(&sender).await;
    assert_eq!(answer.rule(), None);
    let warnings: Vec<String> = mock.journal().last().unwrap().warnings.into_iter().map(|one| one.rule).collect();
    assert_eq!(warnings, ["CDA-XDS-009", "CDA-XDS-010", "CDA-XDS-014"]);

    let refused: [(Spoil, &str, &str); 6] = [
        (|lot| lot.entry().authors.extend_from_within(..1), "CDA-XDS-003", "XDSRegistryMetadataError"),
        (
            |lot| lot.entry().legal_authenticator = Some(Xcn::professional(seed::PHARMACIEN, "PATRON", "SACHA")),
            "CDA-XDS-016",
            "InvalidDocumentContent",
        ),
        (|lot| lot.entry().language_code = Some("en-GB".into()), "CDA-XDS-012", "InvalidDocumentContent"),
        (|lot| lot.entry().mime_type = "application/xslt+xml".into(), "CDA-XDS-019", "InvalidDocumentContent"),
        (|lot| lot.parts[0].1 = b"<x/>".to_vec(), "X07", "XDSNonIdenticalHash"),
        (
            |lot| lot.entry().service_stop_time = Some(Dtm::from_raw("19990101000000")),
            "X15",
            "XDSRegistryMetadataError",
        ),
    ];
    for (index, (spoil, rule, code)) in refused.into_iter().enumerate() {
        let mut lot = submission(&sender, vec![document(2)]);
        spoil(&mut lot);
        let answer = lot.send(&sender).await;
        let response = RegistryResponse::read(answer.envelope().body()).unwrap();
        let found = response.errors.first().map(|error| error.code.as_str());
        assert_eq!((answer.rule(), found), (Some(rule), Some(code)), "case {index}");
    }
}

/// X15 follows the clock of the mock.
#[tokio::test]
async fn a_date_is_in_the_future_by_the_clock_of_the_mock() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let later = Dtm::from_timestamp(sender.now() + SignedDuration::from_secs(3600));
    let mut lot = submission(&sender, vec![document(1)]);
    lot.entry().creation_time = Some(later);
    assert_eq!(lot.send(&sender).await.rule(), Some("X15"));
    mock.clock().advance(SignedDuration::from_secs(3600));
    let mut lot = submission(&sender, vec![document(1)]);
    lot.entry().creation_time = Some(Dtm::from_timestamp(sender.now() + SignedDuration::from_secs(30)));
    assert_eq!(lot.send(&sender).await.rule(), None);
}

/// A document filed under another number is lost, one filed under another patient is a danger: never only journalled.
#[tokio::test]
async fn an_entry_that_is_not_of_its_document_is_refused() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let mut lot = submission(&sender, vec![document(1)]);
    lot.entry().unique_id = "2.25.4242".into();
    assert_eq!(lot.send(&sender).await.rule(), Some("CDA-XDS-001"));
}

#[tokio::test]
async fn any_rule_can_be_lenient_under_either_of_its_names() {
    for (list, spoil) in [
        ("X10,X13", CASES[22].0),
        ("DOC-02,X13", CASES[22].0),
        ("X12", CASES[25].0),
        ("S09", CASES[28].0),
        ("X16", CASES[28].0),
        ("X07", CASES[19].0),
    ] {
        let mock = MockDmp::builder().lenient(list).start().await.unwrap();
        let sender = Sender::indirecte(&mock);
        let mut lot = submission(&sender, vec![document(1)]);
        spoil(&mut lot);
        let answer = lot.send(&sender).await;
        let response = RegistryResponse::read(answer.envelope().body()).unwrap();
        assert!(response.is_success(), "{list}: {:?} {response:?}", answer.rule());
        assert!(!mock.journal().last().unwrap().warnings.is_empty(), "{list}");
    }
}

#[tokio::test]
async fn the_author_refusal_may_travel_in_a_fault() {
    let server = ServerSwitches { author_refusal_as_fault: true, ..ServerSwitches::default() };
    let mock = MockDmp::builder().switches(Switches { server, ..Switches::default() }).start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let mut lot = submission(&sender, vec![document(1)]);
    CASES[25].0(&mut lot);
    let answer = lot.send(&sender).await;
    assert_eq!((answer.status.as_u16(), answer.fault_code().as_deref()), (500, Some("DMPInvalidData")));
}

#[tokio::test]
async fn a_legal_entity_signs_for_its_establishment() {
    let mock = MockDmp::start().await.unwrap();
    let mut sender = Sender::indirecte(&mock);
    sender.tls = &mock.pki().ej_auth_cli;
    sender.signer = &mock.pki().ej_sign;
    let mut lot = submission(&sender, vec![document(1)]);
    // The signature entry carries the legal entity, the documents the establishment.
    lot.request.objects.document_entries[1].authors[0].institution =
        Some(Xon::structure("GROUPE DU MODELE", seed::STRUCTURE_EJ));
    let answer = lot.send(&sender).await;
    assert_eq!(answer.rule(), None, "{:?}", answer.fault_code());
}

/// S12 (xds.md §4.3), attribute by attribute.
#[tokio::test]
async fn the_entry_of_the_signature_is_compared_whole() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    type SpoilEntry = fn(&mut DocumentEntry);
    let spoilt: [(&str, SpoilEntry); 13] = [
        ("mimeType", |entry| entry.mime_type = "application/xml".into()),
        ("languageCode", |entry| entry.language_code = Some("fr-FR".into())),
        ("title", |entry| entry.title = Some("Signature".into())),
        ("creationTime", |entry| entry.creation_time = Some(Dtm::from_raw("20260101000000"))),
        ("creationTime", |entry| entry.service_stop_time = None),
        ("classCode", |entry| entry.class_code.as_mut().unwrap().system = "URI".into()),
        ("typeCode", |entry| entry.type_code.as_mut().unwrap().code = "E1763".into()),
        ("formatCode", |entry| entry.format_code.as_mut().unwrap().code = "urn:x".into()),
        ("confidentialityCode", |entry| drop(entry.confidentiality_codes.pop())),
        ("eventCodeList", |entry| entry.event_codes.clear()),
        ("sourcePatientId", |entry| entry.source_patient_id = Some(Cx::ins(seed::PATIENT_CLOSED, seed::TEST_NIR_OID))),
        ("legalAuthenticator", |entry| {
            entry.legal_authenticator = Some(Xcn::professional(seed::PHARMACIEN, "PATRON", "SACHA"));
        }),
        ("healthcareFacilityTypeCode", |entry| {
            entry.healthcare_facility_type_code.as_mut().unwrap().code = "SA07".into()
        }),
    ];
    for (attribute, spoil) in spoilt {
        let mut lot = submission(&sender, vec![document(1)]);
        spoil(&mut lot.request.objects.document_entries[1]);
        let answer = lot.send(&sender).await;
        assert_eq!(answer.rule(), Some("S12"), "{attribute}");
        let found = mock.journal().last().unwrap().refusal.unwrap().found;
        assert!(found.contains(attribute), "{attribute}: {found}");
    }
    // A short comment is accepted.
    let mut lot = submission(&sender, vec![document(1)]);
    lot.request.objects.document_entries[1].comments = Some("Source".into());
    assert_eq!(lot.send(&sender).await.rule(), None);
}
