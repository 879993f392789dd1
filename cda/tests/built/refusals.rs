//! What the builder refuses, by field and rule.

use cda::build::{
    Address, Author, BirthPlace, Block, BuildError, Contact, Custodian, Device, DocumentHeader, DossierPharmaceutique,
    Entry, Identifier, Image, Informant, Inline, Interval, LegalAuthenticator, List, Moment, Name, Narrative,
    Participant, ParticipationKind, PatientActor, PdfCopy, Place, RelatedPerson, Relation, RelationClass, Responsible,
    SecondaryEvent, Section, StructuredBody, Table, Telecom, Template, UnstructuredContent, Wrapping, WriteOptions,
};
use jiff::civil::date;

use crate::letters::{letter, model, reason, template};
use crate::people::{at, camille, code, concept, consultation, ins, modele, oid, unique_id};

pub(crate) fn faults(result: Result<Vec<u8>, BuildError>) -> Vec<(String, &'static str)> {
    match result {
        Err(BuildError::Fields { missing, invalid }) => {
            let missing = missing.into_iter().map(|field| (field, "missing"));
            missing.chain(invalid.into_iter().map(|invalid| (invalid.field, invalid.rule))).collect()
        }
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn a_header_is_refused_by_field_and_rule() {
    type Edit = fn(&mut DocumentHeader);
    let rows: Vec<(Edit, &str, &str)> = vec![
        (|h| h.title = " \n".to_owned(), "title", "missing"),
        (|h| h.authors.clear(), "authors", "missing"),
        (|h| h.version.number = 2, "replaces", "missing"),
        (|h| h.version.relation = Some(Relation::Replaces(unique_id(1))), "replaces", "CDA-VER-003"),
        (|h| h.created = at("0000-01-01T00:00:00+00:00"), "created", "CDA-TYP-001"),
        (|h| h.patient.birth_given = "LOU".to_owned(), "patient.birth_given", "CDA-PAT-018"),
        (|h| h.patient.birth_place = BirthPlace::cog("3599"), "patient.birth_place", "CDA-PAT-019"),
        (|h| h.patient.multiple_birth_rank = Some(0), "patient.multiple_birth_rank", "CDA-PAT-029"),
        (
            |h| h.patient.contact.telecoms.push(Telecom::patient_mssante(&ins("175112A99901005"))),
            "patient.telecoms",
            "CDA-PAT-030",
        ),
        (|h| h.patient.local_ids.push(h.patient.local_ids[0].clone()), "patient.local_ids", "CDA-TYP-014"),
        (|h| h.patient.local_ids = vec![Identifier::local(oid("2.999"), " ")], "patient.local_ids", "CDA-PAT-002"),
        (|h| h.patient.contact.addresses = vec![Address::lines([""; 0])], "patient.addresses", "CDA-TYP-013"),
        (
            |h| h.patient.contact.addresses = vec![Address::lines(["1", "2", "3", "4", "5", "6", "7"])],
            "patient.addresses",
            "CDA-TYP-011",
        ),
        (|h| h.patient.contact.telecoms = vec![Telecom::phone("06 39 98 00 17")], "patient.telecoms", "CDA-TYP-016"),
        (
            |h| {
                h.authors.push(
                    PatientActor {
                        ins: ins("175112A99901005"),
                        name: Name::new("EXEMPLE", "ORSO"),
                        contact: Contact::default(),
                    }
                    .into(),
                )
            },
            "authors[1].ins",
            "CDA-AUT-016",
        ),
        (
            |h| {
                h.authors.push(Author {
                    function: Some(concept("JDV_J47", "PCP")),
                    ..PatientActor { ins: camille().ins, name: Name::new("A", "B"), contact: Contact::default() }.into()
                })
            },
            "authors[1].function",
            "CDA-AUT-019",
        ),
        (
            |h| {
                h.authors.push(
                    DossierPharmaceutique {
                        specialty: concept("JDV_J01", "DISPOSITIF"),
                        device: Device { model: String::new(), software: "DP".to_owned() },
                    }
                    .into(),
                )
            },
            "authors[1].model",
            "missing",
        ),
        (
            |h| {
                h.informants.push(Informant::Related(RelatedPerson {
                    class: RelationClass::Caregiver,
                    relation: Some(concept("JDV_J47", "PCP")),
                    contact: Contact::default(),
                    family: "A".to_owned(),
                    given: None,
                }))
            },
            "informants[0].relation",
            "CDA-PRT-004",
        ),
        (
            |h| {
                h.participants.push(Participant {
                    function: Some(concept("JDV_J11", "HUSB")),
                    ..Participant::new(ParticipationKind::Consultant)
                })
            },
            "participants[0].function",
            "CDA-PRT-010",
        ),
        (
            |h| {
                h.participants.push(Participant {
                    time: Interval::from(date(2026, 3, 2)).to(Moment::Minute(at("2026-03-01T10:00:00+01:00"))),
                    ..Participant::new(ParticipationKind::Referrer)
                })
            },
            "participants[0].stop",
            "CDA-TYP-020",
        ),
        (
            |h| {
                h.other_events
                    .push(SecondaryEvent { time: Interval::until(date(2026, 3, 2)), ..SecondaryEvent::default() })
            },
            "other_events[0].start",
            "CDA-EVT-002",
        ),
        (|h| h.event.code = Some(code("1", "", "2.999").into()), "event.code", "CDA-TYP-007"),
        (|h| h.event.code = Some(code("1", "a", "CCAM").into()), "event.code", "CDA-TYP-004"),
        (|h| h.encounter.discharge = Some(code("1", "a", "2.999")), "encounter.discharge", "CDA-ENC-006"),
        (|h| h.encounter.place = Some(Place::default()), "encounter.place", "CDA-TYP-013"),
        (|h| h.encounter.participants.clear(), "", ""),
    ];
    for (edit, field, rule) in rows {
        let mut header = consultation(1);
        edit(&mut header);
        let found = faults(header.write_unstructured(UnstructuredContent::text("a"), &WriteOptions::default()));
        let found: Vec<_> = found.iter().map(|(field, rule)| (field.as_str(), *rule)).collect();
        let expected = if field.is_empty() { vec![] } else { vec![(field, rule)] };
        // Without author there is nobody to keep the document or to answer for it either.
        if field == "authors" {
            assert_eq!(found.len(), 3, "{found:?}");
        } else {
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_system_alone_answers_for_nothing() {
    let mut header = consultation(1);
    let pharmacy = DossierPharmaceutique {
        specialty: concept("JDV_J01", "DISPOSITIF"),
        device: Device { model: ".".to_owned(), software: "DP".to_owned() },
    };
    header.authors = vec![pharmacy.clone().into()];
    let text = UnstructuredContent::text("a");
    let found = faults(header.write_unstructured(text, &WriteOptions::default()));
    assert_eq!(found, [("custodian".to_owned(), "missing")], "the DP answers for itself, but keeps nothing");
    header.custodian = Some(Custodian::Dmp);
    let who = Responsible::DossierPharmaceutique(Box::new(pharmacy));
    header.legal_authenticator = Some(LegalAuthenticator { who, time: None });
    header.write_unstructured(text, &WriteOptions::default()).unwrap();
}

#[test]
fn a_body_is_refused_by_field_and_rule() {
    let said = |content: Vec<Inline>| vec![reason(Narrative(vec![Block::paragraph_of(content)]))];
    let section = || reason(Narrative::paragraphs(["a"]));
    let entry = |xml: &str| Section { entries: vec![Entry::parse(xml).unwrap()], ..section() };
    let image = |bytes: &[u8]| Section {
        images: vec![Image { id: "i".to_owned(), media_type: "image/png".to_owned(), bytes: bytes.to_vec() }],
        ..section()
    };
    let mut deep = section();
    for _ in 0..8 {
        deep = Section { sections: vec![deep], ..section() };
    }
    let mut inline = Inline::text("a");
    for _ in 0..30 {
        inline = Inline::Content { id: None, style: None, content: vec![inline] };
    }
    let text = "sections[0].narrative";
    let rows = [
        (vec![], "sections", "missing"),
        (vec![section(), section()], "", ""),
        (
            vec![Section { templates: vec![template("2.999"), template("2.999")], ..section() }],
            "sections[0].templates",
            "CDA-HDR-008",
        ),
        (vec![Section { title: " ".to_owned(), ..section() }], "sections[0].title", "missing"),
        (vec![reason(Narrative::default())], text, "CDA-SEC-011"),
        (vec![reason(Narrative(vec![Block::List(List::default())]))], text, "CDA-DOC-008"),
        (vec![reason(Narrative(vec![Block::Table(Table::default())]))], text, "CDA-DOC-008"),
        (said(vec![Inline::named("a b", "x")]), text, "CDA-SEC-009"),
        (said(vec![Inline::named("1a", "x")]), text, "CDA-SEC-009"),
        (said(vec![Inline::named("a", "x"), Inline::named("a", "y")]), text, "CDA-SEC-009"),
        (said(vec![Inline::styled("Bold  Italics", "x")]), text, "CDA-DOC-008"),
        (said(vec![Inline::Media(vec!["nowhere".to_owned()])]), text, "CDA-SEC-007"),
        (said(vec![Inline::Media(vec![])]), text, "CDA-DOC-008"),
        (said(vec![Inline::FootnoteReference("nowhere".to_owned())]), text, "CDA-SEC-008"),
        (said(vec![inline]), text, "CDA-DOC-006"),
        (vec![entry("<act><text><reference value='#nowhere'/></text></act>")], "sections[0].entries", "CDA-SEC-008"),
        (vec![entry("<act ID='i'><a ID='i'/></act>")], "sections[0].entries", "CDA-SEC-009"),
        (vec![image(b"")], "sections[0].images", "CDA-SEC-006"),
        (vec![image(b"GIF89a")], "sections[0].images", "CDA-SEC-013"),
        (vec![image(b"\x89PNG\r\n\x1A\n")], "", ""),
        (
            vec![deep],
            "sections[0].sections[0].sections[0].sections[0].sections[0].sections[0].sections[0].sections[0]",
            "CDA-DOC-006",
        ),
    ];
    for (sections, field, rule) in rows {
        let body = StructuredBody::new(model(), sections);
        let found = faults(letter(1).write_structured(&body, &WriteOptions::default()));
        match found.first() {
            // An empty file is of no kind either.
            Some(first) => assert_eq!((first.0.as_str(), first.1), (field, rule), "{found:?}"),
            None => assert_eq!(rule, ""),
        }
    }
    let copy = PdfCopy { caption: "a".to_owned(), pdf: b"GIF89a".to_vec() };
    let body = StructuredBody { pdf_copy: Some(copy), ..StructuredBody::new(model(), vec![section()]) };
    let found = faults(letter(1).write_structured(&body, &WriteOptions::default()));
    assert_eq!(found, [("pdf_copy".to_owned(), "CDA-SEC-013")]);
    let xds_sd = Template::new(oid("1.3.6.1.4.1.19376.1.2.20"));
    let body = StructuredBody::new(xds_sd, vec![section()]);
    let found = faults(letter(1).write_structured(&body, &WriteOptions::default()));
    assert_eq!(found, [("models".to_owned(), "CDA-HDR-007")]);
}

#[test]
fn a_document_that_takes_the_prefix_of_the_wrapper_is_not_wrapped() {
    let entry = Entry::parse("<act><c:a xmlns:c='urn:other'/></act>").unwrap();
    let section = Section { entries: vec![entry], ..reason(Narrative::paragraphs(["a"])) };
    let body = StructuredBody::new(model(), vec![section]);
    let mut options = WriteOptions::default();
    assert!(letter(1).write_structured(&body, &options).is_ok());
    options.wrapping = Wrapping::Autopresentable;
    assert!(matches!(letter(1).write_structured(&body, &options), Err(BuildError::Wrap(_))));
}

#[test]
fn debug_shows_nobody() {
    let body = StructuredBody::new(model(), vec![reason(Narrative::paragraphs(["douleur"]))]);
    let header = letter(1);
    let shown = format!("{header:?} {:?} {:?} {body:?} {:?}", header.patient, header.authors, modele());
    for secret in ["280057", "EXEMPLE", "MODELE", "Lettre", "IPP", "1980", "0639", "douleur", "RENNES"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
