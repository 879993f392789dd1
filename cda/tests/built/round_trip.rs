//! What is written is read back: generated headers and narratives.

use cda::build::{
    Address, Author, BirthPlace, Block, Contact, Identifier, Inline, Interval, Name, Narrative, Order, PatientActor,
    Professional, Recipient, StructuredBody, UnstructuredContent, Wrapping, WriteOptions,
};
use cda::check::{CheckOptions, check};
use cda::{Body, CdaLimits, PersonName, read};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use proptest::prelude::*;

use crate::letters::{letter, model, reason};
use crate::people::{camille, canevas, consultation, gabarit, modele, oid, patron};

/// A name as people have them, and as they should not: the writer escapes, the reader collapses white space.
fn text() -> impl Strategy<Value = String> {
    "[A-ZÀ-Ý<&'\"-]{1,12}( [A-Z]{1,8}){0,2}"
}

fn instant() -> impl Strategy<Value = Zoned> {
    // 1970 to 2100, offsets of whole quarters of an hour from -12:00 to +14:00.
    (0_i64..4_102_444_800, -48_i32..=56).prop_map(|(second, quarters)| {
        let zone = TimeZone::fixed(Offset::from_seconds(quarters * 900).unwrap());
        Timestamp::from_second(second).unwrap().to_zoned(zone)
    })
}

fn professional() -> impl Strategy<Value = Professional> {
    let who = prop::sample::select(vec![modele(), patron(), gabarit(), canevas()]);
    let lines = prop::collection::vec(text(), 0..4);
    (who, text(), prop::option::of(text()), lines).prop_map(|(who, family, given, lines)| {
        let addresses = if lines.is_empty() { Vec::new() } else { vec![Address::lines(lines)] };
        let contact = Contact { addresses, ..who.contact };
        Professional { name: Name { family, given, ..who.name }, contact, ..who }
    })
}

fn author() -> impl Strategy<Value = Author> {
    let patient = (text(), text()).prop_map(|(family, given)| {
        let name = Name::new(family, given);
        Author::from(PatientActor { ins: camille().ins, name, contact: Contact::default() })
    });
    let author = prop_oneof![3 => professional().prop_map(Author::from), 1 => patient];
    (author, prop::option::of(instant())).prop_map(|(author, time)| Author { time, ..author })
}

/// What the name of an actor should read as.
fn assert_name(found: &PersonName, expected: &Name) {
    assert_eq!(found.any_family(), Some(expected.family.as_str()));
    assert_eq!(found.any_given(), expected.given.as_deref());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn headers_are_kept(
        title in "[^\\p{C}\\s]{1,60}( [A-Za-z]{1,10}){0,3}",
        created in instant(),
        (start, length) in (instant(), prop::option::of(1_i64..1_000_000)),
        names in (text(), text(), prop::option::of(text())),
        locals in prop::collection::vec("[A-Za-z0-9^&|~]{1,20}", 0..3),
        authors in prop::collection::vec(author(), 0..4),
        responsible in professional(),
        orders in prop::collection::vec("[A-Z0-9/&]{1,15}", 0..3),
        number in 2_u32..10_000,
        wrapped in any::<bool>(),
    ) {
        let mut header = consultation(1).successor(oid("2.25.42"), created.clone());
        header.version.number = number;
        header.title = title.clone();
        let (family, given, used) = names;
        header.patient.birth_family = family.clone();
        header.patient.birth_given_list = format!("{given} AUTRE");
        header.patient.birth_given = given.clone();
        header.patient.used_family = used.clone();
        header.patient.birth_place = BirthPlace::cog("2B033");
        header.patient.local_ids =
            locals.iter().enumerate().map(|(i, id)| Identifier::local(oid(&format!("2.999.{i}")), id)).collect();
        header.authors.extend(authors);
        header.legal_authenticator = Some(responsible.clone().into());
        header.event.start = start.clone();
        let stop = length.map(|seconds| start.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap());
        header.event.stop = stop.clone();
        header.encounter.time = Interval::default();
        header.recipients = vec![Recipient { id: Some(responsible.id.clone()), ..Recipient::default() }];
        header.orders = orders
            .iter()
            .map(|order| Order { id: Identifier::local(oid("2.999.7"), order), accession_number: None })
            .collect();
        let mut options = WriteOptions::default();
        options.wrapping = if wrapped { Wrapping::Autopresentable } else { Wrapping::None };

        let bytes = header.write_unstructured(UnstructuredContent::text("a"), &options).unwrap();
        prop_assert_eq!(&bytes, &header.write_unstructured(UnstructuredContent::text("a"), &options).unwrap());
        let found = read(bytes.as_slice(), &CdaLimits::default()).unwrap().header;

        let hl7 = |instant: &Zoned| instant.strftime("%Y%m%d%H%M%S%z").to_string();
        prop_assert_eq!(found.title.as_deref(), Some(title.as_str()));
        prop_assert_eq!(found.id.as_ref().unwrap().root.as_str(), "2.25.42");
        prop_assert_eq!(found.set_id.as_ref().unwrap().root.as_str(), header.version.set_id.as_str());
        prop_assert_eq!(found.version_number, Some(u64::from(number)));
        prop_assert_eq!(found.replaced().unwrap().parent_ids[0].root.as_str(), header.version.replaced().unwrap().as_str());
        prop_assert_eq!(found.effective_time.as_ref().unwrap().as_str(), hl7(&created));
        let read_back = found.effective_time.as_ref().unwrap().parse().unwrap().instant(None).unwrap();
        prop_assert_eq!(read_back, created.timestamp());
        let patient = found.patient.as_ref().unwrap();
        prop_assert_eq!(patient.ids[0].extension.as_deref(), Some(header.patient.ins.matricule()));
        let ids: Vec<_> = patient.ids[1..].iter().map(|id| id.extension.clone().unwrap()).collect();
        prop_assert_eq!(ids, locals);
        prop_assert_eq!(patient.name.family(Some("BR")), Some(family.as_str()));
        prop_assert_eq!(patient.name.given(Some("BR")), Some(given.as_str()));
        prop_assert_eq!(patient.name.family(Some("CL")), used.as_deref());
        prop_assert_eq!(found.authors.len(), header.authors.len());
        for (found, author) in found.authors.iter().zip(&header.authors) {
            prop_assert_eq!(found.time.as_ref().unwrap().as_str(), hl7(author.time.as_ref().unwrap_or(&created)));
            let (id, name) = match &author.actor {
                cda::build::Actor::Professional(who) => (who.id.as_str(), &who.name),
                cda::build::Actor::Patient(who) => (who.ins.matricule(), &who.name),
                _ => unreachable!("no other kind is generated"),
            };
            prop_assert_eq!(found.assigned.ids[0].extension.as_deref(), Some(id));
            assert_name(found.assigned.person.as_ref().unwrap(), name);
        }
        let signed = &found.legal_authenticator.as_ref().unwrap().assigned;
        prop_assert_eq!(signed.ids[0].extension.as_deref(), Some(responsible.id.as_str()));
        assert_name(signed.person.as_ref().unwrap(), &responsible.name);
        let (_, event) = found.main_event().unwrap();
        prop_assert_eq!(event.start.as_ref().unwrap().as_str(), hl7(&start));
        prop_assert_eq!(event.stop.as_ref().map(|stop| stop.as_str().to_owned()), stop.as_ref().map(hl7));
        let found_orders: Vec<_> = found.orders.iter().map(|o| o.ids[0].extension.clone().unwrap()).collect();
        prop_assert_eq!(found_orders, orders);

        // Whatever the values, what is written has no error of structure.
        let errors: Vec<_> = check(&bytes, &CheckOptions::produce()).errors().map(|e| e.rule).collect();
        prop_assert_eq!(errors, Vec::<&str>::new());
    }

    #[test]
    fn narratives_hold_any_text(texts in prop::collection::vec("[^\\p{C}]{1,40}", 1..6), bold in any::<bool>()) {
        let inline = |text: &String| if bold { Inline::styled("Bold", text) } else { Inline::text(text) };
        let narrative = Narrative(texts.iter().map(|text| Block::paragraph_of([inline(text)])).collect());
        let body = StructuredBody::new(model(), vec![reason(narrative)]);
        let bytes = letter(1).write_structured(&body, &WriteOptions::default()).unwrap();
        let Body::Structured(found) = read(bytes.as_slice(), &CdaLimits::default()).unwrap().body else {
            panic!("structured");
        };
        prop_assert_eq!(found.sections.len(), 1);
        let tree = dmp_xml::parse(&bytes, &dmp_xml::Limits::default()).unwrap();
        let paragraphs = tree.descendants().filter(|element| element.is("urn:hl7-org:v3", "paragraph"));
        prop_assert_eq!(paragraphs.map(|p| p.text()).collect::<Vec<_>>(), texts);
    }
}
