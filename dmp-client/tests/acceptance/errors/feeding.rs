//! E2: TD2.1.

use cda::n1::N1Builder;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::Ins;
use xds_model::{Association, Cx, DocumentContent, DocumentEntry};

use super::*;
use crate::bare::Sender;
use crate::bare::lot::{self, new_version, submission};
use crate::support::documents::unique_id;

/// The INS of nobody: its key is right, and it opens no DMP.
const NOBODY: &str = "285079999999935";
/// The type system of the DMP.
const TRE_A05: &str = "1.2.250.1.213.1.1.4.12";

fn letter_about(matricule: &str) -> N1Builder {
    let mut letter = letter();
    letter.patient.ins = Some(Ins::parse(matricule, seed::TEST_NIR_OID, Realm::Test).unwrap().value);
    letter
}

#[tokio::test]
async fn e2_01_a_closed_or_absent_dmp_is_not_fed() {
    let mock = MockDmp::start().await.unwrap();
    for (matricule, forced) in [(seed::PATIENT_CLOSED, "DMPClosed"), (NOBODY, "XDSUnknownPatientId")] {
        let record = feeding_of(&mock, patient(matricule));
        let submission = Submission::of(document(&letter_about(matricule)).await);
        // Forced: a software that has not asked TD0.2.
        let error = record.submit(&submission).await.unwrap_err();
        assert_eq!((error.code().unwrap().as_str(), error.kind()), (forced, ErrorKind::PatientState));
        record.existence().await.unwrap();
        let before = requests(&mock);
        local(record.submit(&submission).await, "EX_0.2", ErrorKind::PatientState);
        assert_eq!(requests(&mock), before);
    }
}

#[tokio::test]
async fn e2_02_the_patient_of_the_document_is_that_of_the_record() {
    let mock = MockDmp::start().await.unwrap();
    let other = Submission::of(document(&letter_about(seed::PATIENT_CLOSED)).await);
    local(feeding(&mock).submit(&other).await, "X05", ErrorKind::Validation);
    assert_eq!(requests(&mock), 0);

    let sender = Sender::indirecte(&mock);
    for on_the_lot in [true, false] {
        let mut forced = submission(&sender, vec![lot::document(1)]);
        let patient = Cx::ins(seed::PATIENT_CLOSED, seed::TEST_NIR_OID);
        match on_the_lot {
            true => forced.set().patient_id = patient,
            false => forced.entry().patient_id = patient,
        }
        let (code, _, error) = failed(&forced.send(&sender).await, Transaction::Submit);
        assert_eq!((code.as_str(), error.kind()), ("XDSPatientIdDoesNotMatch", ErrorKind::Validation));
    }
}

#[tokio::test]
async fn e2_04_codes_outside_the_value_sets() {
    let mock = MockDmp::start().await.unwrap();
    let xml = String::from_utf8(bytes(&letter())).unwrap().replace("11488-4", "99999-9");
    let submission = Submission::of(Document::from_cda_bytes(xml).await.unwrap());
    local(feeding(&mock).submit(&submission).await, "X09", ErrorKind::Validation);
    assert_eq!(requests(&mock), 0);

    let sender = Sender::indirecte(&mock);
    type Spoil = fn(&mut DocumentEntry);
    let rows: [(Spoil, &str); 3] = [
        (
            |entry| entry.type_code = coded("99999-9", LOINC),
            "Le code '99999-9' ne fait pas partie du domaine d'affinité",
        ),
        (
            |entry| entry.practice_setting_code.as_mut().unwrap().code = "NULLE-PART".into(),
            "Le code 'NULLE-PART' ne fait pas partie du jeu de valeurs",
        ),
        (
            |entry| entry.format_code.as_mut().unwrap().code = "urn:aucun".into(),
            "Le code 'urn:aucun' ne fait pas partie du jeu de valeurs",
        ),
    ];
    for (spoil, sentence) in rows {
        let mut forced = lot::submission(&sender, vec![lot::document(1)]);
        spoil(forced.entry());
        let (code, text, error) = failed(&forced.send(&sender).await, Transaction::Submit);
        assert_eq!(code, "XDSRegistryMetadataError");
        assert!(text.starts_with(sentence), "{text}");
        assert!(error.refinement().is_some(), "the sentence is recognised: {error:?}");
    }
}

#[tokio::test]
async fn e2_05_types_that_an_lps_may_not_create() {
    let mock = MockDmp::start().await.unwrap();
    let record = feeding(&mock);
    let rows = [
        described(|entry| entry.class_code = coded("90", "1.2.250.1.213.1.1.4.1")).await,
        described(|entry| entry.class_code = coded("60", "1.2.250.1.213.1.1.4.1")).await,
        described(|entry| entry.type_code = coded("DOCPAT01", TRE_A05)).await,
        described(|entry| entry.type_code = coded("DOCPAT05", TRE_A05)).await,
        described(|entry| entry.type_code = coded("REMB", TRE_A05)).await,
        described(|entry| entry.type_code = coded("11369-6", LOINC)).await,
    ];
    for document in rows {
        local(record.submit(&Submission::of(document)).await, "X10", ErrorKind::Validation);
    }
    assert_eq!(requests(&mock), 0);
}

#[tokio::test]
async fn e2_06_an_empty_source_patient_info_of_the_signature() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let forced = submission(&sender, vec![lot::document(1)]);
    let assertion = sender.sign(&sender.assertion());
    let envelope = sender.envelope(Transaction::Submit, &assertion, |w| forced.request.write(w));
    let (before, entry) = envelope.split_at(envelope.find("<rim:ExtrinsicObject id=\"Signature01\"").unwrap());
    let empty = "<rim:Slot name=\"sourcePatientInfo\"><rim:ValueList/></rim:Slot><rim:Name>";
    let spoilt = format!("{before}{}", entry.replacen("<rim:Name>", empty, 1));
    let (_, text, error) = failed(&forced.send_envelope(&sender, spoilt).await, Transaction::Submit);
    assert_eq!(text, "Le champ 'sourcePatientInfo PID5' est obligatoire");
    assert!(error.refinement().is_some());

    // The SDK leaves the slot out.
    fed(&mock).await;
    let patient = dmp_mock::world::PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    mock.with_world(|world| {
        let signatures = world.registry.entries_of(&patient).filter(|stored| stored.entry.is_signature());
        let infos: Vec<bool> = signatures.map(|stored| stored.entry.source_patient_info.is_none()).collect();
        assert_eq!(infos, [true]);
    });
}

#[tokio::test]
async fn e2_08_a_request_without_mtom() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let mut forced = submission(&sender, vec![lot::document(1)]);
    for (part, document) in forced.request.documents.iter_mut().zip(&forced.parts) {
        part.content = DocumentContent::Inline(document.1.clone());
    }
    let assertion = sender.sign(&sender.assertion());
    let answer = sender.send_as(Transaction::Submit, &assertion, |w| forced.request.write(w)).await;
    assert!(answer.rule().is_some(), "refused");
    assert!(!mock.with_world(|world| world.registry.knows_unique_id(&lot::unique_id(1))), "nothing is stored");
}

#[tokio::test]
async fn e2_09_and_e2_10_a_known_unique_id_and_other_bytes() {
    let mock = MockDmp::start().await.unwrap();
    let record = feeding(&mock);
    let twice = Submission::of(document(&letter()).await);
    record.submit(&twice).await.unwrap();
    assert_eq!(code(record.submit(&twice).await), "XDSDuplicateUniqueIdInRegistry");

    let sender = Sender::indirecte(&mock);
    type Spoil = fn(&mut DocumentEntry);
    let rows: [(Spoil, &str); 2] = [
        (|entry| entry.hash = Some("0".repeat(40)), "XDSNonIdenticalHash"),
        (|entry| entry.size = Some(7), "XDSNonIdenticalSize"),
    ];
    for (spoil, expected) in rows {
        let mut forced = submission(&sender, vec![lot::document(1)]);
        spoil(forced.entry());
        assert_eq!(failed(&forced.send(&sender).await, Transaction::Submit).0, expected);
    }
}

#[tokio::test]
async fn e2_12_the_current_version_is_replaced_whatever_the_caller_knew() {
    let mock = MockDmp::start().await.unwrap();
    let first = letter();
    feeding(&mock).submit(&Submission::of(document(&first).await)).await.unwrap();
    let consulting = consulting(&mock);
    let known = consulting.entry(unique_id(&first)).await.unwrap();
    consulting.mask(&known).await.unwrap();
    // The entryUUID that the caller knows is that of an obsolete version now.
    let second = N1Builder { replaces: first.unique_id.clone(), version: Some(2), ..letter() };
    let before = requests(&mock);
    feeding(&mock).submit(&Submission::of(document(&second).await.replacing(&known))).await.unwrap();
    assert_eq!(transactions(&mock, before), ["TD3.1b", "TD2.1"]);
    let old = consulting.find(Search::with_statuses([AvailabilityStatus::Deprecated])).await.unwrap();
    assert_eq!(old.len(), 2, "both versions of the former document");

    let sender = Sender::indirecte(&mock);
    let forced = submission(&sender, vec![lot::document(1)]);
    assert_eq!(forced.send(&sender).await.rule(), None);
    let uuid =
        mock.with_world(|world| world.registry.last_version(&lot::unique_id(1)).unwrap().entry.entry_uuid.clone());
    for number in [2, 3] {
        let mut forced = submission(&sender, vec![new_version(number, 1)]);
        let id = forced.entry().entry_uuid.clone();
        forced.request.objects.associations.push(Association::replaces("Replaces", &id, &uuid));
        let answer = forced.send(&sender).await;
        match number {
            2 => assert_eq!(answer.rule(), None),
            _ => assert_eq!(failed(&answer, Transaction::Submit).0, "XDSRegistryDeprecatedDocumentError"),
        }
    }
}

#[tokio::test]
async fn e2_13_identifiers_and_titles_out_of_form() {
    let mock = MockDmp::start().await.unwrap();
    let record = feeding(&mock);
    let extension = include_bytes!("../../../../testdata/cda/refused-id-with-extension.xml");
    let mut rows = vec![described(|entry| entry.unique_id.push_str("^X1")).await];
    rows.push(described(|entry| entry.unique_id = format!("2.25.{}", "9".repeat(124))).await);
    rows.push(described(|entry| entry.title = Some("t".repeat(129))).await);
    for document in rows {
        local(record.submit(&Submission::of(document)).await, "X04", ErrorKind::Validation);
    }
    let of_file = Document::from_cda_bytes(&extension[..]).await.unwrap();
    let findings = record.preflight(&Submission::of(of_file)).await.unwrap();
    assert!(findings.iter().any(|one| one.rule() == "X04" && one.consequence == Consequence::Refused));
    assert_eq!(requests(&mock), 0);
}

#[tokio::test]
async fn e2_14_empty_and_unchanged_documents() {
    let mock = MockDmp::start().await.unwrap();
    let record = feeding(&mock);
    let entry = document(&letter()).await.entry().clone();
    let empty = Document::from_opaque_bytes(&b""[..], entry).await.unwrap();
    local(record.submit(&Submission::of(empty)).await, "EX_GEN-1060", ErrorKind::Validation);
    let text = String::from_utf8(bytes(&letter())).unwrap();
    let start =
        text.find("representation=\"B64\"").and_then(|at| text[at..].find('>').map(|end| at + end + 1)).unwrap();
    let end = start + text[start..].find("</text>").unwrap();
    let hollow = format!("{}{}", &text[..start], &text[end..]);
    let hollow = Submission::of(Document::from_cda_bytes(hollow).await.unwrap());
    local(record.submit(&hollow).await, "EX_GEN-1060", ErrorKind::Validation);
    assert_eq!(requests(&mock), 0);

    let letter = letter();
    record.submit(&Submission::of(document(&letter).await)).await.unwrap();
    let published = consulting(&mock).entry(unique_id(&letter)).await.unwrap();
    let before = requests(&mock);
    let same = Document::from_cda_bytes(bytes(&letter)).await.unwrap().replacing(&published);
    local(record.submit(&Submission::of(same)).await, "EX_GEN-1060", ErrorKind::Validation);
    assert_eq!(requests(&mock), before);
}

/// `AirRecord` has no `submit` (its documentation holds the program that does not compile).
#[tokio::test]
async fn e2_17_feeding_in_air_is_no_right() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let answer = submission(&sender, vec![lot::document(1)]).send(&sender).await;
    let fault = answer.fault().unwrap();
    let error = DmpError::from_fault(Transaction::Submit, &fault);
    assert_eq!(error.code().unwrap().as_str(), "DMPAccessDeniedByRightsService");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Authorisation, Outcome::Refused));
    assert!(!mock.with_world(|world| world.registry.knows_unique_id(&lot::unique_id(1))));
}

#[tokio::test]
async fn e2_19_as_many_authors_as_the_header() {
    let mock = MockDmp::start().await.unwrap();
    let record = feeding(&mock);
    let document = described(|entry| entry.authors.push(another_author())).await;
    let findings = record.preflight(&Submission::of(document)).await.unwrap();
    assert!(
        findings.iter().any(|one| one.rule() == "CDA-XDS-003" && one.consequence == Consequence::Refused),
        "{findings:?}"
    );
    assert_eq!(requests(&mock), 0);

    let sender = Sender::indirecte(&mock);
    let mut forced = submission(&sender, vec![lot::document(1)]);
    forced.entry().authors.push(another_author());
    let answer = forced.send(&sender).await;
    assert_eq!(answer.rule(), Some("CDA-XDS-003"));
    assert_eq!(failed(&answer, Transaction::Submit).0, "XDSRegistryMetadataError");
}
