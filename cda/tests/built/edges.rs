//! What is around the golden documents: versions, the wrapped twin, actors without a golden file, real documents.

use cda::build::{
    Address, AddressComponents, Consent, Contact, Custodian, Deceased, Device, DocumentVersion, DossierPharmaceutique,
    Guardian, GuardianKind, Identifier, LegalAuthenticator, Moment, Name, NoSuccessor, PatientActor, Relation,
    Responsible, ServiceNumeriqueReference, UnstructuredContent, Wrapping, WriteOptions,
};
use cda::check::{CheckOptions, check};
use cda::header::ActorKind;
use cda::metadata::{MappingOptions, document_entry};
use cda::{Body, CdaLimits, Document, Shape, read};
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::Siren;
use dmp_vocabulary::identity::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTraits};
use jiff::civil::date;

use crate::people::{at, camille, clinic, code, concept, consultation, ins, oid, unique_id};

const TEXT: UnstructuredContent<'static> =
    UnstructuredContent { media_type: cda::build::ContentType::Text, bytes: b"a" };

fn written(header: &cda::build::DocumentHeader) -> Document {
    read(header.write_unstructured(TEXT, &WriteOptions::default()).unwrap().as_slice(), &CdaLimits::default()).unwrap()
}

#[test]
fn a_successor_replaces_the_version_before_it() {
    let first = consultation(1);
    let mut second = first.successor(unique_id(2), at("2026-04-01T12:00:00+02:00"));
    assert_eq!(second.version.number, 2);
    assert_eq!((second.version.set_id.clone(), second.version.replaced()), (unique_id(5001), Some(&unique_id(1))));
    // The same by way of the document that was written.
    assert_eq!(written(&first).successor(unique_id(2)).as_ref(), Ok(&second.version));
    second.version.number = 7;
    let third = written(&second).successor(unique_id(3)).unwrap();
    let expected = DocumentVersion {
        unique_id: unique_id(3),
        set_id: unique_id(5001),
        number: 8,
        relation: Some(Relation::Replaces(unique_id(2))),
    };
    assert_eq!(third, expected, "the previous version, not the first; gaps are legal");
}

#[test]
fn old_and_foreign_documents_have_a_successor_or_a_reason() {
    let successor = |inside: &str| {
        let document = format!("<ClinicalDocument xmlns='urn:hl7-org:v3'>{inside}</ClinicalDocument>");
        read(document.as_bytes(), &CdaLimits::default()).unwrap().successor(unique_id(9))
    };
    let old = successor("<id root='2.999.1'/>").unwrap();
    assert_eq!((old.set_id, old.number), (oid("2.999.1"), 2), "version 1 of a set that its id names");
    for (inside, reason) in [
        ("", NoSuccessor::NoId),
        ("<id root='2.999.1' extension='a'/>", NoSuccessor::NotAnOid("the id")),
        ("<id root='5D0C8E2B-6F1A-4C77-9B3E-1A7E20C4D501'/>", NoSuccessor::NotAnOid("the id")),
        ("<id root='2.999.1'/><setId root='2.999.2' extension='a'/>", NoSuccessor::NotAnOid("the setId")),
        ("<id root='2.999.1'/><versionNumber value='4294967295'/>", NoSuccessor::Number),
        ("<id root='2.999.1'/><versionNumber value='4294967296'/>", NoSuccessor::Number),
    ] {
        assert_eq!(successor(inside), Err(reason), "{inside}");
    }
}

#[test]
fn a_wrapped_document_says_the_same_as_its_twin() {
    let header = consultation(1);
    let mut options = WriteOptions::default();
    let plain = header.write_unstructured(TEXT, &options).unwrap();
    options.wrapping = Wrapping::Autopresentable;
    let wrapped = header.write_unstructured(TEXT, &options).unwrap();
    let [plain, wrapped] = [plain, wrapped].map(|bytes| read(bytes.as_slice(), &CdaLimits::default()).unwrap());
    assert_eq!((plain.shape, wrapped.shape), (Shape::ClinicalDocument, Shape::Autopresentable));
    assert_eq!(plain.header, wrapped.header);
    assert!(matches!(wrapped.body, Body::Unstructured(_)));
    let entries = [plain, wrapped].map(|document| document_entry(&document, &MappingOptions::default()).unwrap());
    let [plain, wrapped] = entries;
    assert_eq!(wrapped.mime_type, "application/xslt+xml");
    assert_eq!((plain.unique_id, plain.authors), (wrapped.unique_id, wrapped.authors));
}

fn assert_clean(header: &cda::build::DocumentHeader) -> Document {
    let bytes = header.write_unstructured(TEXT, &WriteOptions::default()).unwrap();
    let report = check(&bytes, &CheckOptions::produce().for_the_dmp().in_realm(Realm::Test));
    assert!(report.is_clean(), "{report}");
    read(bytes.as_slice(), &CdaLimits::default()).unwrap()
}

#[test]
fn services_and_patients_alone_write_documents_too() {
    let device = Device { model: ".".to_owned(), software: "Gabarit Suivi".to_owned() };
    let service = ServiceNumeriqueReference {
        publisher: oid("2.999.40"),
        instance: oid("2.999.40.1"),
        device: device.clone(),
        siren: Siren::parse("999999998", Realm::Test).unwrap().value,
        publisher_name: "GABARIT SAS".to_owned(),
    };
    let pharmacy = DossierPharmaceutique { specialty: concept("JDV_J01", "LOGICIEL_DUI"), device };
    let patient =
        PatientActor { ins: camille().ins, name: Name::new("EXEMPLE", "CAMILLE"), contact: Contact::default() };
    for (kind, author, sector) in [
        (ActorKind::ServiceNumeriqueReference, service.into(), "SNR"),
        (ActorKind::DossierPharmaceutique, pharmacy.into(), "SNR"),
        (ActorKind::Patient, cda::build::Author::from(patient), "EXP_PATIENT"),
    ] {
        let mut header = consultation(1);
        header.authors = vec![author];
        header.custodian = Some(Custodian::Dmp);
        header.event.practice_setting = concept("JDV_J62", sector);
        header.encounter.facility = concept("JDV_J61", sector);
        if kind == ActorKind::Patient {
            let text = header.write_unstructured(TEXT, &WriteOptions::default()).unwrap_err().to_string();
            assert_eq!(text, "missing fields: event.code");
            header.event.code = Some(concept("JDV_J02", "EXP_PATIENT").into());
        }
        let document = assert_clean(&header);
        let found = document.header;
        assert_eq!(found.authors[0].assigned.actor().kind, kind);
        assert_eq!(found.legal_authenticator.unwrap().assigned.actor().kind, kind);
        assert_eq!(found.custodian.unwrap().ids[0].root, "1.2.250.1.213.4.1");
        assert_eq!(found.events[0].performers.len(), 1);
    }
}

#[test]
fn rare_parts_of_the_header_are_in_their_place() {
    let mut header = consultation(1);
    header.patient.deceased = Some(Deceased { time: Some(Moment::Day(date(2026, 3, 9))) });
    header.patient.guardians =
        vec![Guardian { contact: Contact::default(), who: GuardianKind::Organization(clinic()) }];
    header.consents = vec![Consent {
        ids: vec![Identifier::local(oid("2.999.35.20"), "C-1")],
        code: code("59284-0", "Attestation de consentement", "2.16.840.1.113883.6.1"),
    }];
    header.encounter.facility_categories = vec![code("355", "Centre hospitalier", "1.2.250.1.71.1.2.9")];
    header.encounter.place = Some(cda::build::Place {
        name: None,
        address: Some(Address::of(AddressComponents {
            post_box: Some("BP 12".to_owned()),
            city: Some("RENNES CEDEX".to_owned()),
            ..AddressComponents::default()
        })),
    });
    header.legal_authenticator = Some(LegalAuthenticator {
        who: Responsible::from_actor(&header.authors[0].actor).unwrap(),
        time: Some(at("2026-03-09T11:00:00+01:00")),
    });
    assert_clean(&header);
}

#[test]
fn a_transformation_is_written_on_request() {
    let mut header = consultation(1);
    header.version.relation = Some(Relation::Transforms(unique_id(2)));
    let related = &written(&header).header.related_documents[0];
    assert_eq!((related.kind.as_str(), related.parent_ids[0].root.as_str()), ("XFRM", unique_id(2).as_str()));
}

#[test]
fn a_patient_comes_from_his_strict_traits() {
    let traits = StrictTraits {
        birth_name: BirthName::parse("D'EXEMPLE").unwrap(),
        given_names: GivenNames::with_first("MARIE ANNE LOU", "MARIE ANNE").unwrap(),
        birth_date: dmp_vocabulary::identity::BirthDate::parse_insi("1980-05-00").unwrap(),
        sex: Sex::Female,
        birth_place: BirthPlace::parse("99100").unwrap(),
    };
    let mut header = consultation(1);
    header.patient = cda::build::Patient::new(ins("280057599900151"), &traits);
    let patient = assert_clean(&header).header.patient.unwrap();
    assert_eq!(patient.name.family(Some("BR")), Some("D'EXEMPLE"));
    assert_eq!(
        (patient.name.given(Some("BR")), patient.name.given(None)),
        (Some("MARIE ANNE"), Some("MARIE ANNE LOU"))
    );
    assert_eq!((patient.gender.as_deref(), patient.birth_time.unwrap().as_str()), (Some("F"), "19800500"));
    assert_eq!(patient.birth_place.as_deref(), Some("99100"));
}
