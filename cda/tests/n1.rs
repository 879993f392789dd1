//! The N1 builder: clean documents that read back, or every field that is missing or wrong.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use cda::metadata::{MappingOptions, document_entry, replaced_unique_id};
use cda::n1::{
    Confidentiality, MediaTypes, N1Author, N1Builder, N1Content, N1Encounter, N1Error, N1Event, N1MediaType, N1Order,
    N1Patient, N1Professional, N1Structure, Sex,
};
use cda::{Body, CdaLimits, Content};
use dmp_vocabulary::identity::{BirthDate, Ins, ProfessionalId, StructureId};
use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};
use dmp_vocabulary::{Oid, Realm};
use jiff::Zoned;
use proptest::prelude::*;
use support::read;

fn concept(value_set: &str, code: &str) -> Concept {
    let set = Nomenclatures::embedded().value_set(value_set).unwrap();
    set.concepts().iter().find(|concept| concept.code == code).unwrap_or_else(|| panic!("{code}")).clone()
}

fn oid(text: &str) -> Option<Oid> {
    Some(Oid::parse(text).unwrap())
}

fn at(text: &str) -> Option<Zoned> {
    Some(format!("{text}[+01:00]").parse().unwrap())
}

fn professional() -> N1Professional {
    N1Professional {
        id: Some(ProfessionalId::parse("899999000013", Realm::Test).unwrap().value),
        family: Some("MODELE".to_owned()),
        given: Some("Alix".to_owned()),
        suffix: Some("DR".to_owned()),
        specialty: Some(concept("JDV_J01", "G15_10/SM26")),
        structure: N1Structure {
            id: Some(StructureId::parse("10B0990008", Realm::Test).unwrap().value),
            name: Some("CLINIQUE DU MODELE & Cie".to_owned()),
        },
        ..N1Professional::default()
    }
}

fn complete() -> N1Builder {
    N1Builder {
        unique_id: oid("2.25.30000000000000000000000000000000000101"),
        set_id: oid("2.25.30000000000000000000000000000000000100"),
        document_type: Some(concept("JDV_J66", "11488-4")),
        title: Some("Compte  rendu <de>\nconsultation".to_owned()),
        created: at("2026-03-09T00:15:00+01:00"),
        patient: N1Patient {
            ins: Some(Ins::parse("280057599900151", "1.2.250.1.213.1.4.10", Realm::Test).unwrap().value),
            local_id: Some((oid("2.999.35.7.1").unwrap(), "IPP1".to_owned())),
            birth_family: Some("EXEMPLE".to_owned()),
            birth_given: Some("CAMILLE".to_owned()),
            birth_given_list: Some("CAMILLE LOU".to_owned()),
            used_family: Some("D'AUTRE".to_owned()),
            sex: Some(Sex::Female),
            birth_date: Some(BirthDate::parse_hl7("19800500").unwrap()),
            birth_place: Some("2B999".to_owned()),
            ..N1Patient::default()
        },
        authors: vec![N1Author { professional: professional(), function: Some(concept("JDV_J47", "PCP")), time: None }],
        event: N1Event {
            start: at("2026-03-08T23:40:00+01:00"),
            stop: at("2026-03-09T00:05:00+01:00"),
            practice_setting: Some(concept("JDV_J62", "AMBULATOIRE")),
            ..N1Event::default()
        },
        encounter: N1Encounter {
            code: Some(concept("JDV_J142", "AMB")),
            facility: Some(concept("JDV_J61", "SA07")),
            ..N1Encounter::default()
        },
        ..N1Builder::default()
    }
}

#[test]
fn what_is_built_reads_back_and_maps() {
    let bytes = complete().build(N1Content::text("Bonjour\n")).unwrap();
    assert_eq!(bytes, complete().build(N1Content::text("Bonjour\n")).unwrap(), "the same fields, the same bytes");
    assert!(
        bytes.starts_with(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\">")
    );
    assert!(!bytes.contains(&b'\r'));
    let mut content = Vec::new();
    let document = cda::read_with_body(bytes.as_slice(), &CdaLimits::default(), &mut content).unwrap();
    assert_eq!(content, b"Bonjour\n");
    let Body::Unstructured(body) = &document.body else { panic!("an N1 has an unstructured body") };
    assert_eq!(body.media_type.as_deref(), Some("text/plain"));
    assert_eq!(body.content, Content::Base64 { decoded: 8 });

    let entry = document_entry(&document, &MappingOptions::default()).unwrap();
    assert_eq!(entry.unique_id, "2.25.30000000000000000000000000000000000101");
    assert_eq!(entry.title.as_deref(), Some("Compte rendu <de> consultation"));
    assert_eq!(entry.creation_time.unwrap().as_str(), "20260308231500");
    assert_eq!(entry.service_start_time.unwrap().as_str(), "20260308224000");
    assert_eq!(entry.service_stop_time.unwrap().as_str(), "20260308230500");
    assert_eq!(entry.patient_id.as_str(), "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH");
    assert_eq!(entry.source_patient_id.unwrap().as_str(), "IPP1^^^&2.999.35.7.1&ISO^PI");
    assert_eq!(
        entry.source_patient_info.unwrap().fields,
        ["PID-5|EXEMPLE^CAMILLE^CAMILLE LOU^^^^L", "PID-5|D'AUTRE^CAMILLE^^^^^D", "PID-7|19800500", "PID-8|F"]
    );
    let person = "899999000013^MODELE^Alix^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS";
    assert_eq!(entry.authors[0].person.as_ref().unwrap().as_str(), person);
    assert_eq!(entry.authors[0].roles, ["Médecin traitant"]);
    assert_eq!(entry.legal_authenticator.unwrap().as_str(), person);
    let institution = "CLINIQUE DU MODELE \\T\\ Cie^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0990008";
    assert_eq!(entry.authors[0].institution.as_ref().unwrap().as_str(), institution);
    assert_eq!(entry.format_code.unwrap().code, "urn:ihe:iti:xds-sd:text:2008");
    assert_eq!(entry.practice_setting_code.unwrap().code, "AMBULATOIRE");
    assert_eq!(entry.healthcare_facility_type_code.unwrap().code, "SA07");
    assert_eq!(document.header.encounter_code(), Some("AMB"));
    assert_eq!(document.header.patient.unwrap().birth_place.as_deref(), Some("2B999"));
}

#[test]
fn a_second_version_replaces_the_first() {
    let mut second = complete();
    second.replaces = second.unique_id.replace(oid("2.25.30000000000000000000000000000000000102").unwrap());
    second.version = Some(2);
    second.confidentiality = Confidentiality::Restricted;
    let document = read(second.build(N1Content::pdf(b"%PDF-1.4")).unwrap()).unwrap();
    let header = &document.header;
    assert_eq!(header.version_number, Some(2));
    assert_eq!(header.set_id.as_ref().map(|id| id.root.as_str()), Some("2.25.30000000000000000000000000000000000100"));
    let replaced = replaced_unique_id(header, &MappingOptions::default()).unwrap();
    assert_eq!(replaced.as_deref(), Some("2.25.30000000000000000000000000000000000101"));
    let entry = document_entry(&document, &MappingOptions::default()).unwrap();
    assert_eq!(entry.format_code.unwrap().code, "urn:ihe:iti:xds-sd:pdf:2008");
    assert!(entry.confidentiality_codes[0].is("R", "2.16.840.1.113883.5.25"));
}

#[test]
fn an_empty_builder_names_every_missing_field() {
    assert_eq!(
        N1Builder::default().missing(),
        [
            "unique_id",
            "document_type",
            "title",
            "created",
            "set_id",
            "patient.ins",
            "patient.birth_family",
            "patient.birth_given",
            "patient.birth_given_list",
            "patient.sex",
            "patient.birth_date",
            "patient.birth_place",
            "authors",
            "event.start",
            "event.practice_setting",
            "encounter.facility",
        ]
    );
    assert_eq!(complete().missing(), [""; 0]);
    let mut builder = complete();
    builder.authors.push(N1Author::default());
    builder.version = Some(3);
    builder.patient.birth_family = Some("  ".to_owned());
    assert_eq!(
        builder.missing(),
        [
            "replaces",
            "patient.birth_family",
            "authors[1].id",
            "authors[1].specialty",
            "authors[1].family",
            "authors[1].structure.id",
            "authors[1].structure.name",
        ]
    );
}

#[test]
fn refused_values_name_field_and_rule() {
    type Edit = fn(&mut N1Builder);
    let rows: [(Edit, &str, &str); 17] = [
        (|b| b.title = Some("é".repeat(129)), "title", "CDA-HDR-016"),
        (|b| b.version = Some(0), "version", "CDA-HDR-026"),
        (|b| b.replaces.clone_from(&b.unique_id), "replaces", "CDA-VER-003"),
        (|b| b.unique_id = oid(&format!("2.25.1{}", "0".repeat(60))), "unique_id", "CDA-TYP-005"),
        (|b| b.document_type = Some(concept("JDV_J61", "SA01")), "document_type", "CDA-HDR-013"),
        (|b| b.patient.birth_place = Some("ROMA1".to_owned()), "patient.birth_place", "CDA-PAT-019"),
        (|b| b.patient.birth_place = Some("é123".to_owned()), "patient.birth_place", "CDA-PAT-019"),
        (|b| b.patient.birth_date = BirthDate::parse_hl7("1980").ok(), "patient.birth_date", "CDA-PAT-023"),
        (|b| b.authors[0].professional.prefix = Some("Mme".to_owned()), "authors[0].prefix", "CDA-AUT-021"),
        (|b| b.authors[0].professional.suffix = Some("Docteur".to_owned()), "authors[0].suffix", "CDA-AUT-022"),
        (|b| b.authors[0].function = Some(concept("JDV_J61", "SA01")), "authors[0].function", "CDA-AUT-020"),
        (|b| b.event.stop = at("2026-03-08T00:00:00+01:00"), "event.stop", "CDA-TYP-020"),
        (|b| b.event.practice_setting = Some(concept("JDV_J61", "SA01")), "event.practice_setting", "CDA-LAU-011"),
        (|b| b.encounter.code = Some(concept("JDV_J61", "SA01")), "encounter.code", "CDA-ENC-005"),
        (|b| b.encounter.facility = Some(concept("JDV_J62", "SAD")), "encounter.facility", "CDA-ENC-004"),
        (
            |b| {
                b.patient.ins =
                    Ins::parse("785079999900107", "1.2.250.1.213.1.4.9", Realm::Production).ok().map(|p| p.value)
            },
            "patient.ins",
            "CDA-PAT-008",
        ),
        (
            |b| b.legal_authenticator = Some(N1Professional { prefix: Some("X".to_owned()), ..professional() }),
            "legal_authenticator.prefix",
            "CDA-AUT-021",
        ),
    ];
    for (edit, field, rule) in rows {
        let mut builder = complete();
        edit(&mut builder);
        let Err(N1Error::Fields { missing, invalid }) = builder.build(N1Content::text("a")) else {
            panic!("{field} must be refused");
        };
        assert_eq!(missing, [""; 0], "{field}");
        assert_eq!(invalid.iter().map(|i| (i.field.as_str(), i.rule)).collect::<Vec<_>>(), [(field, rule)]);
    }
    let control = N1Builder { title: Some("a\u{1}b".to_owned()), ..complete() };
    assert!(matches!(control.build(N1Content::text("a")), Err(N1Error::Write(_))));
}

#[test]
fn content_is_what_it_says_and_of_a_type_that_is_written() {
    let refused = |media_types, content: N1Content<'_>| match (N1Builder { media_types, ..complete() }).build(content) {
        Ok(_) => "",
        Err(N1Error::Fields { invalid, .. }) => invalid[0].rule,
        Err(_) => "other",
    };
    let tiff = |bytes| N1Content { media_type: N1MediaType::Tiff, bytes };
    for (media_types, content, expected) in [
        (MediaTypes::Two, N1Content::pdf(b"%PDF-1.4"), ""),
        (MediaTypes::Two, N1Content::pdf(b"GIF89a"), "CDA-BDY-007"),
        (MediaTypes::Two, N1Content::text(""), "CDA-BDY-002"),
        (MediaTypes::Two, N1Content { media_type: N1MediaType::Text, bytes: b"\xE9" }, "CDA-BDY-007"),
        (MediaTypes::Two, tiff(b"II*\0"), "CDA-BDY-004"),
        (MediaTypes::Five, tiff(b"II*\0"), ""),
        (MediaTypes::Five, tiff(b"%PDF-1.4"), "CDA-BDY-007"),
    ] {
        assert_eq!(refused(media_types, content), expected, "{content:?}");
    }
}

#[test]
fn imaging_and_biology_reports_ask_for_more() {
    let mut report = N1Builder { document_type: Some(concept("JDV_J66", "18748-4")), ..complete() };
    assert_eq!(report.missing(), ["orders", "event.code", "event.modalities", "event.regions", "event.study"]);
    let loinc = |code: &str| Concept {
        code: code.to_owned(),
        display: "Scanner".to_owned(),
        system: "2.16.840.1.113883.6.1".to_owned(),
    };
    report.event.code = Some(loinc("24727-0"));
    report.event.modalities = vec![Concept { system: "1.2.840.10008.2.16.4".to_owned(), ..loinc("CT") }];
    report.event.regions = vec![Concept { system: "2.16.840.1.113883.6.96".to_owned(), ..loinc("774007") }];
    report.event.study = oid("2.999.5.1");
    report.orders = vec![N1Order { id: (oid("2.999.6").unwrap(), "O-1".to_owned()), accession_number: None }];
    assert_eq!(report.missing(), ["orders[0].accession_number"]);
    report.orders[0].accession_number = Some((oid("2.999.7").unwrap(), "A-1".to_owned()));
    let document = read(report.build(N1Content::pdf(b"%PDF-1.4")).unwrap()).unwrap();
    let entry = document_entry(&document, &MappingOptions::default()).unwrap();
    assert_eq!(entry.reference_ids.len(), 3);
    let systems: Vec<_> = entry.event_codes.iter().map(|code| code.system.as_str()).collect();
    assert_eq!(systems, ["2.16.840.1.113883.6.1", "1.2.250.1.213.1.1.5.618", "1.2.250.1.213.1.1.5.695"]);
    let biology = N1Builder { document_type: Some(concept("JDV_J66", "11502-2")), ..complete() };
    assert_eq!(biology.missing(), ["orders"]);
}

#[test]
fn debug_shows_nobody() {
    let shown = format!("{:?} {:?}", complete(), N1Content::text("secret"));
    for secret in ["280057", "EXEMPLE", "MODELE", "Compte", "IPP1", "1980", "secret"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

proptest! {
    #[test]
    fn texts_survive(title in "[^\\p{C}\\s]{1,60}", family in "\\PC{0,30}[A-Z]", text in "\\PC{1,300}") {
        let mut builder = complete();
        builder.title = Some(title.clone());
        builder.patient.birth_family = Some(family.clone());
        let bytes = builder.build(N1Content::text(&text)).unwrap();
        let mut content = Vec::new();
        let document = cda::read_with_body(bytes.as_slice(), &CdaLimits::default(), &mut content).unwrap();
        prop_assert_eq!(content, text.as_bytes());
        prop_assert_eq!(document.header.title, Some(title));
        let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let patient = document.header.patient.unwrap();
        prop_assert_eq!(patient.name.family(Some("BR")).unwrap(), words(&family));
    }
}
