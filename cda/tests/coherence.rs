//! An entry that says something else than its document is told, attribute by attribute.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use cda::metadata::{MappingOptions, differences};
use support::{bytes, entry};
use xds_model::{Author, CodedValue, Cx, DocumentEntry, Dtm, SourcePatientInfo, Xcn, Xon};

fn example() -> DocumentEntry {
    entry(bytes("n1-consultation-v1.xml"), &MappingOptions::default()).unwrap()
}

#[test]
fn every_attribute_that_differs_is_named() {
    type Edit = fn(&mut DocumentEntry);
    let rows: [(Edit, &str); 21] = [
        (|e| e.unique_id.push('1'), "CDA-XDS-001"),
        (|e| e.patient_id = Cx::ins("284063599941750", "1.2.250.1.213.1.4.8"), "CDA-XDS-002"),
        (|e| e.authors.push(Author::default()), "CDA-XDS-003"),
        (|e| e.authors[0].person = Some(Xcn::professional("899999000013", "A", "B")), "CDA-XDS-004"),
        (|e| e.authors[0].institution = Some(Xon::structure("A", "10B0990008")), "CDA-XDS-005"),
        (|e| e.authors[0].institution = None, "CDA-XDS-005"),
        (|e| e.type_code.as_mut().unwrap().system.push('1'), "CDA-XDS-006"),
        (|e| e.class_code = None, "CDA-XDS-007"),
        (|e| e.format_code.as_mut().unwrap().code.push('x'), "CDA-XDS-008"),
        (|e| e.title = Some("other".to_owned()), "CDA-XDS-009"),
        (|e| e.creation_time = Some(Dtm::from_raw("20260309091501")), "CDA-XDS-010"),
        (|e| e.service_stop_time = None, "CDA-XDS-011"),
        (|e| e.language_code = Some("fr-fr".to_owned()), "CDA-XDS-012"),
        (|e| e.confidentiality_codes[0].code = "R".to_owned(), "CDA-XDS-013"),
        (|e| e.practice_setting_code = None, "CDA-XDS-014"),
        (|e| e.healthcare_facility_type_code.as_mut().unwrap().code.push('x'), "CDA-XDS-015"),
        (|e| e.legal_authenticator = Some(Xcn::professional("899999000013", "A", "B")), "CDA-XDS-016"),
        (|e| e.hash = Some("0".repeat(40)), "CDA-XDS-017"),
        (|e| e.size = Some(7201), "CDA-XDS-018"),
        (|e| e.mime_type = "application/xslt+xml".to_owned(), "CDA-XDS-019"),
        (|e| e.source_patient_info = Some(SourcePatientInfo::default()), "CDA-XDS-020"),
    ];
    for (edit, rule) in rows {
        let mut sent = example();
        edit(&mut sent);
        let found: Vec<_> = differences(&example(), &sent).into_iter().map(|difference| difference.rule).collect();
        assert_eq!(found, [rule]);
    }
    let mut sent = example();
    sent.type_code = Some(CodedValue::without_display("x", "y"));
    sent.class_code = None;
    assert_eq!(differences(&example(), &sent).len(), 2);
}

#[test]
fn labels_names_and_absent_digests_do_not_matter() {
    let mut sent = example();
    assert_eq!(differences(&example(), &sent), []);
    sent.type_code.as_mut().unwrap().display = Some("another label".to_owned());
    sent.authors[0].person = Some(Xcn::professional("899999000021", "OTHER", "NAME"));
    sent.authors[0].institution = Some(Xon::structure("other name", "10B0990016"));
    sent.authors[0].roles.clear();
    sent.title = Some(" Compte rendu  de consultation".to_owned());
    sent.creation_time = Some(Dtm::from_raw("20260309101500+0100"));
    sent.confidentiality_codes.insert(0, CodedValue::new("MASQUE_PS", "", "1.2.250.1.213.1.1.4.13"));
    sent.hash = sent.hash.map(|hash| hash.to_uppercase());
    sent.size = Some(0);
    sent.patient_id = Cx::from("284063599941750^^^&1.2.250.1.213.1.4.10&ISO^NH^^20260302");
    let info = sent.source_patient_info.take().unwrap_or_default();
    sent.source_patient_info = Some(info.with_field("PID-11|^^^^^^BDL^^35999"));
    assert_eq!(differences(&example(), &sent), []);
    sent.hash = None;
    sent.size = None;
    assert_eq!(differences(&example(), &sent), []);
}
