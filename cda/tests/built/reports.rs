//! Unstructured documents.

use cda::build::{
    Actor, Authenticator, Author, Base64Layout, BirthPlace, Contact, DataEnterer, Device, DocumentHeader, Encounter,
    EncounterParticipant, EncounterParticipation, EventCode, EventTranslation, FamilyQualifier, Guardian, Identifier,
    Informant, Interval, Moment, Name, Order, Participant, ParticipationKind, Patient, PatientActor, Place,
    Professional, Recipient, RelatedPerson, RelationClass, SecondaryEvent, Sex, StructureSystem, Telecom, TelecomUse,
    TranslationAbout, UnstructuredContent, WriteOptions,
};
use cda::{CdaLimits, read_with_body};
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{BirthDate, ProfessionalId};
use jiff::civil::date;

use crate::people::{
    address, anonymous, at, camille, canevas, clinic, code, concept, consultation, gabarit, header, ins, laboratory,
    modele, oid, patron, unique_id,
};

const LOINC: &str = "2.16.840.1.113883.6.1";

/// One blank page that declares PDF/A-1b.
pub(crate) fn pdf() -> Vec<u8> {
    let document = include_bytes!("../../../testdata/cda/n1-consultation-v2-rplc.xml");
    let mut pdf = Vec::new();
    read_with_body(document.as_slice(), &CdaLimits::default(), &mut pdf).unwrap();
    pdf
}

fn around_pdf(header: &DocumentHeader) -> Vec<u8> {
    header.write_unstructured(UnstructuredContent::pdf(&pdf()), &WriteOptions::default()).unwrap()
}

pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("n1-consultation-pdf.xml", around_pdf(&consultation(1))),
        ("n1-consultation-text.xml", consultation_as_text()),
        ("n1-prescription.xml", around_pdf(&prescription())),
        ("n1-biology-report.xml", around_pdf(&biology_report())),
        ("n1-imaging-report.xml", around_pdf(&imaging_report())),
        ("n1-imaging-request.xml", around_pdf(&imaging_request())),
        ("n1-hospital-report.xml", around_pdf(&hospital_report())),
        ("n1-two-authors.xml", around_pdf(&two_authors())),
        ("n1-patient-and-professional.xml", around_pdf(&patient_and_professional())),
        ("n1-structure-system.xml", around_pdf(&structure_system())),
        ("n1-minor-born-abroad.xml", around_pdf(&minor_born_abroad())),
        ("n1-corsican-ins.xml", around_pdf(&corsican())),
        (
            "n1-consultation-v2.xml",
            around_pdf(&consultation(1).successor(unique_id(13), at("2026-03-12T08:30:10+01:00"))),
        ),
    ]
}

fn consultation_as_text() -> Vec<u8> {
    let text = "Madame,\n\nJ'ai reçu ce jour votre patiente. Rien à signaler : tout est inventé.\n\nCordialement\n";
    let mut options = WriteOptions::default();
    options.base64 = Base64Layout::Lines;
    consultation(2).write_unstructured(UnstructuredContent::text(text), &options).unwrap()
}

fn prescription() -> DocumentHeader {
    let mut header = header(3, "57833-6", "Ordonnance");
    header.event.ids = vec![Identifier::local(oid("2.999.35.9"), "ORD-2026-0003")];
    header.event.code = Some(concept("JDV_J66", "57833-6").into());
    header.event.stop = None;
    header.recipients = vec![Recipient { structure: Some(laboratory()), ..Recipient::default() }];
    header
}

fn biology_report() -> DocumentHeader {
    let mut header = header(4, "11502-2", "Compte rendu d'examens biologiques");
    header.authors = vec![gabarit().into()];
    header.event.practice_setting = concept("JDV_J62", "AMBULATOIRE");
    header.encounter = Encounter::new(concept("JDV_J61", "SA25"));
    header.orders = vec![Order { id: Identifier::local(oid("2.999.35.10"), "BIO-77/1"), accession_number: None }];
    header.participants = vec![Participant {
        time: Interval::until(at("2026-03-08T18:00:00+01:00")),
        ..Participant::professional(ParticipationKind::Referrer, modele())
    }];
    header.recipients = vec![Recipient {
        id: Some(modele().id),
        contact: Contact { telecoms: vec![Telecom::mail("alix.modele@exemple.mssante.fr")], ..Contact::default() },
        name: Some(modele().name),
        structure: Some(clinic()),
    }];
    header
}

fn imaging_report() -> DocumentHeader {
    let mut header = header(5, "18748-4", "Scanner du rachis thoracique");
    header.authors = vec![Author { time: Some(at("2026-03-09T10:10:00+01:00")), ..patron().into() }];
    header.orders = vec![Order {
        id: Identifier::local(oid("2.999.35.11"), "DEM-1"),
        accession_number: Some(Identifier::local(oid("2.999.35.12"), "ACC-42")),
    }];
    let translation = |concept, about| EventTranslation { concept, about };
    header.event.ids = vec![Identifier::complete(oid("2.999.35.13.20260309.1"))];
    header.event.code = Some(EventCode {
        concept: code("24978-9", "CT Thoracic spine", LOINC),
        translations: vec![
            translation(code("ZBQH001", "Scanographie du thorax", "1.2.250.1.215.300.1"), None),
            translation(code("CT", "Computed Tomography", "1.2.840.10008.2.16.4"), Some(TranslationAbout::Modality)),
            translation(code("67734004", "Thorax", "2.16.840.1.113883.6.96"), Some(TranslationAbout::Region)),
        ],
    });
    header.participants = vec![Participant {
        time: Interval::until(at("2026-03-02T11:00:00+01:00")),
        ..Participant::professional(ParticipationKind::Referrer, modele())
    }];
    header.authenticators = vec![Authenticator { professional: canevas(), time: None }];
    header
}

fn imaging_request() -> DocumentHeader {
    let mut header = header(6, "55115-0", "Demande d'actes d'imagerie");
    header.event.ids = vec![Identifier::local(oid("2.999.35.11"), "DEM-1")];
    header.event.code = Some(code("55115-0", "Demande d'acte d'imagerie", LOINC).into());
    header.recipients = vec![Recipient { id: Some(patron().id), name: Some(patron().name), ..Recipient::default() }];
    header
}

fn hospital_report() -> DocumentHeader {
    let mut header = header(7, "34112-3", "Compte rendu d'hospitalisation");
    let secretary = ProfessionalId::internal(&clinic().id, "SEC-12", Realm::Test).unwrap().value;
    let specialty = concept("JDV_J01", "SECRETARIAT_MEDICAL");
    let secretary = Professional::new(secretary, specialty, Name::new("TYPON", "Lou"), clinic());
    header.data_enterer = Some(DataEnterer { actor: secretary.into(), time: Some(at("2026-03-09T10:12:00+01:00")) });
    header.informants = vec![
        Informant::Actor(
            PatientActor { ins: camille().ins, name: Name::new("EXEMPLE", "CAMILLE"), contact: Contact::default() }
                .into(),
        ),
        Informant::Related(RelatedPerson {
            class: RelationClass::TrustedPerson,
            relation: Some(concept("JDV_J11", "HUSB")),
            contact: Contact {
                telecoms: vec![Telecom::phone("0639980018").used_for(TelecomUse::Mobile)],
                ..Contact::default()
            },
            family: "D'ÉPREUVE".to_owned(),
            given: Some("Léo".to_owned()),
        }),
    ];
    header.event.practice_setting = concept("JDV_J62", "ETABLISSEMENT");
    header.event.start = at("2026-03-02T08:00:00+01:00");
    header.other_events = vec![
        SecondaryEvent {
            code: Some(code("DZQM006", "Échographie transthoracique du coeur", "1.2.250.1.215.300.1").into()),
            time: Interval::from(Moment::Minute(at("2026-03-03T14:00:00+01:00"))),
            performer: Some((canevas().into(), concept("JDV_J62", "ETABLISSEMENT"))),
            ..SecondaryEvent::default()
        },
        SecondaryEvent {
            code: Some(code("I10", "Hypertension essentielle (primitive)", "2.16.840.1.113883.6.3").into()),
            ..SecondaryEvent::default()
        },
    ];
    let participant = |kind, professional| EncounterParticipant { kind, time: Interval::default(), professional };
    header.encounter = Encounter {
        ids: vec![Identifier::local(oid("2.999.35.7.2"), "VEN-8811")],
        code: Some(concept("JDV_J142", "IMP")),
        time: Interval::from(date(2026, 3, 2)).to(date(2026, 3, 9)),
        responsible: Some(modele()),
        participants: vec![
            participant(EncounterParticipation::Admitter, canevas()),
            participant(EncounterParticipation::Discharger, modele()),
        ],
        place: Some(Place {
            name: Some("CLINIQUE DU MODELE".to_owned()),
            address: Some(address("8", "Quai des Modèles", "35000", "RENNES")),
        }),
        ..Encounter::new(concept("JDV_J61", "SA01"))
    };
    header
}

fn two_authors() -> DocumentHeader {
    let mut header = consultation(8);
    header.authors[0].function = Some(concept("JDV_J47", "PCP"));
    header.authors.push(Author { time: Some(at("2026-03-09T10:14:59+01:00")), ..patron().into() });
    header
}

/// What a patient says, typed by a professional: two authors.
fn patient_and_professional() -> DocumentHeader {
    let mut header = header(9, "11488-4", "Ce que la patiente attend de la consultation");
    let name = Name::new("EXEMPLE", "CAMILLE");
    header.authors.push(PatientActor { ins: camille().ins, name, contact: Contact::default() }.into());
    header
}

fn structure_system() -> DocumentHeader {
    let mut header = header(10, "11502-2", "Résultats d'automate");
    header.authors = vec![
        StructureSystem {
            id: ProfessionalId::internal(&laboratory().id, "AUTOMATE-3", Realm::Test).unwrap().value,
            specialty: concept("JDV_J01", "AUTOMATE"),
            device: Device { model: "Analyseur X1".to_owned(), software: "Gabarit Labo 4.2".to_owned() },
            contact: Contact::default(),
            structure: laboratory(),
        }
        .into(),
    ];
    header.legal_authenticator = Some(gabarit().into());
    header.event.performer = Some(Actor::from(gabarit()));
    header.encounter = Encounter::new(concept("JDV_J61", "SA25"));
    header.orders = vec![Order { id: Identifier::local(oid("2.999.35.10"), "BIO-78"), accession_number: None }];
    header
}

fn minor_born_abroad() -> DocumentHeader {
    let guardian = |family: &str, qualifier, given: &str, phone: &str| Guardian {
        contact: Contact {
            addresses: vec![address("2", "Rue du Patron", "35000", "RENNES")],
            telecoms: vec![Telecom::phone(phone).used_for(TelecomUse::Home)],
        },
        ..Guardian::person(family, qualifier, given)
    };
    let mut header = consultation(11);
    header.patient = Patient {
        birth_family: "EXEMPLE-MODELE".to_owned(),
        birth_given: "JEAN NOE".to_owned(),
        birth_given_list: "JEAN NOE MARIA".to_owned(),
        birth_date: BirthDate::parse_hl7("20120917").unwrap(),
        birth_place: BirthPlace {
            cog: "99127".to_owned(),
            city: Some("TURIN".to_owned()),
            country: Some("ITALIE".to_owned()),
        },
        multiple_birth_rank: Some(2),
        guardians: vec![
            guardian("MODELE", FamilyQualifier::Birth, "Maria", "0261910101"),
            guardian("EXEMPLE", FamilyQualifier::Used, "Paolo", "0261910102"),
        ],
        ..anonymous(ins("112099999800463"))
    };
    header
}

fn corsican() -> DocumentHeader {
    let mut header = consultation(12);
    header.patient = Patient {
        local_ids: vec![Identifier::local(oid("2.999.35.7.1"), "IPP2A"), Identifier::local(oid("2.999.36.1"), "IPP2A")],
        birth_family: "D'EXEMPLE--MODELE".to_owned(),
        birth_given: "ORSO".to_owned(),
        birth_given_list: "ORSO PETRU".to_owned(),
        sex: Sex::Male,
        birth_place: BirthPlace::cog("2A999"),
        ..anonymous(ins("175112A99901005"))
    };
    header
}
