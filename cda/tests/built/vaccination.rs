//! Notes de vaccination (F34).

use cda::build::{
    BuildError, CIS, Confidentiality, DocumentHeader, Name, Vaccination, VaccinationId, VaccinationNote, Vaccinator,
    Vaccine, WriteOptions,
};
use cda::{CdaLimits, read};
use jiff::civil::date;

use crate::people::{at, canevas, code, header, modele, unique_id};
use crate::refusals::faults;

const ACT: &str = "5D8A1C52-04D9-4B60-8E21-5C9A1F3B7E10";

pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![("n3-vaccination-note.xml", write(&note(vaccination(Vaccinator::Identified(Box::new(canevas()))))))]
}

fn write(note: &VaccinationNote) -> Vec<u8> {
    note.write(&WriteOptions::default()).unwrap()
}

fn vaccination(vaccinator: Vaccinator) -> Vaccination {
    Vaccination {
        id: VaccinationId::parse(&ACT.to_lowercase()).unwrap(),
        act: code("INITIMMUNIZ", "1ère série vaccinante", "2.16.840.1.113883.5.4"),
        day: date(2026, 3, 9),
        vaccine: Vaccine {
            product: code("69999901", "Vaccin d'exemple, suspension injectable", CIS),
            translations: vec![code("J07AM", "vaccins tétaniques", "2.16.840.1.113883.6.73")],
            name: "Vaccin d'exemple".to_owned(),
            lot: Some("LOT-1".to_owned()),
        },
        route: Some(code("20035000", "Voie intramusculaire", "0.4.0.127.0.16.1.1.2.1")),
        site: Some(code("16217701000119102", "Deltoïde gauche", "2.16.840.1.113883.6.96")),
        rank: Some(2),
        comment: Some("Bien toléré <15 min>".to_owned()),
        vaccinator,
    }
}

fn note(vaccination: Vaccination) -> VaccinationNote {
    VaccinationNote::new(header(18, "87273-9", "Note de vaccination"), vaccination)
}

/// What stands between the first `start` and the next `end`.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0
}

#[test]
fn f34_a_vaccinator_who_is_identified_is_author_and_performer() {
    let named = || Vaccinator::Named(Name::new("AUTREFOIS", "Claude"));
    let (writer, vaccinator) = (modele(), canevas());
    for (who, authors, performer, acted) in [
        (Vaccinator::Author, vec![&writer], &writer, &writer),
        (Vaccinator::Identified(Box::new(writer.clone())), vec![&writer], &writer, &writer),
        (Vaccinator::Identified(Box::new(vaccinator.clone())), vec![&writer, &vaccinator], &vaccinator, &vaccinator),
        // Known by name only: no author, and the act has a performer without number.
        (named(), vec![&writer], &writer, &writer),
    ] {
        let is_named = matches!(who, Vaccinator::Named(_));
        let bytes = write(&note(vaccination(who)));
        let read = read(bytes.as_slice(), &CdaLimits::default()).unwrap();
        assert_eq!(read.header.authors.len(), authors.len());
        let text = String::from_utf8(bytes).unwrap();
        for author in &authors {
            assert!(between(&text, "<recordTarget>", "<custodian>").contains(author.id.as_str()));
        }
        assert!(between(&text, "<serviceEvent>", "</serviceEvent>").contains(performer.id.as_str()));
        let act = between(&text, "<substanceAdministration", "</substanceAdministration>");
        let (given, told) = (between(act, "<performer", "</performer>"), between(act, "<author>", "</author>"));
        assert!(told.contains(writer.id.as_str()), "who answers for the vaccination wrote it");
        match is_named {
            true => assert!(given.contains(r#"<id nullFlavor="UNK"/>"#) && given.contains("AUTREFOIS")),
            false => assert!(given.contains(acted.id.as_str())),
        }
    }
}

#[test]
fn f34_one_vaccination_of_the_volet_of_2023() {
    let text = String::from_utf8(write(&note(vaccination(Vaccinator::Author)))).unwrap();
    assert_eq!(text.matches("<substanceAdministration").count(), 1);
    assert!(text.contains(r#"<templateId root="1.2.250.1.213.1.1.1.46" extension="2023.01"/>"#));
    assert!(text.contains(r#"<confidentialityCode code="N""#));
    let act = between(&text, "<substanceAdministration", "</substanceAdministration>");
    for written in [
        format!(r#"<id root="{ACT}"/>"#),
        r#"<effectiveTime value="20260309"/>"#.to_owned(),
        format!(r#"<code code="69999901" displayName="Vaccin d'exemple, suspension injectable" codeSystem="{CIS}">"#),
        "<lotNumberText>LOT-1</lotNumberText>".to_owned(),
        r#"<value xsi:type="INT" value="2"/>"#.to_owned(),
        r##"<reference value="#vac-1-comment"/>Bien toléré &lt;15 min"##.to_owned(),
    ] {
        assert!(act.contains(&written), "{written}");
    }
    // What is not known leaves nothing behind.
    let least = Vaccination { route: None, site: None, rank: None, comment: None, ..vaccination(Vaccinator::Author) };
    let text = String::from_utf8(write(&note(least))).unwrap();
    for absent in ["routeCode", "approachSiteCode", "entryRelationship", "Rang", "Commentaire"] {
        assert!(!text.contains(absent), "{absent}");
    }
}

#[test]
fn f34_a_correction_keeps_the_identifier_of_the_vaccination() {
    let first = note(vaccination(Vaccinator::Author));
    let mut right = Vaccination { id: VaccinationId::from_u128(1), ..vaccination(Vaccinator::Author) };
    right.vaccine.lot = Some("LOT-2".to_owned());
    let second = first.corrected(unique_id(19), at("2026-03-10T08:00:00+01:00"), right);
    let version = second.header().version;
    assert_eq!((version.number, version.replaced()), (2, Some(&unique_id(18))));
    let text = String::from_utf8(write(&second)).unwrap();
    assert!(text.contains(ACT) && text.contains("LOT-2") && !text.contains("LOT-1"));
}

#[test]
fn f34_what_a_note_refuses_by_field_and_rule() {
    type Edit = fn(&mut DocumentHeader, &mut Vaccination);
    let rows: Vec<(Edit, &str, &str)> = vec![
        (|h, _| h.confidentiality = Confidentiality::Restricted, "confidentiality", "CDA-DMP-009"),
        (|h, _| h.document_type = header(1, "11488-4", "").document_type, "document_type", "EX_2.1-2035"),
        (|_, v| v.day = date(2026, 3, 10), "vaccination.day", "F34"),
        (|_, v| v.vaccine.product.system = "1.2.250.1.213.2.3.2".to_owned(), "vaccination.vaccine.product", "X23"),
        (|_, v| v.vaccine.name = " ".to_owned(), "vaccination.vaccine.name", "missing"),
        (|_, v| v.vaccine.lot = Some(String::new()), "vaccination.vaccine.lot", "CDA-TYP-013"),
        (|_, v| v.rank = Some(0), "vaccination.rank", "F34"),
        (|_, v| v.act.display.clear(), "vaccination.act", "CDA-TYP-007"),
        (|_, v| v.vaccinator = Vaccinator::Named(Name::new("", "Claude")), "vaccination.vaccinator.family", "missing"),
    ];
    for (edit, field, rule) in rows {
        let (mut header, mut told) = (header(18, "87273-9", "Note de vaccination"), vaccination(Vaccinator::Author));
        edit(&mut header, &mut told);
        let refused = VaccinationNote::new(header, told).write(&WriteOptions::default());
        assert_eq!(faults(refused), [(field.to_owned(), rule)], "{field}");
    }
    let mut told = vaccination(Vaccinator::Author);
    told.comment = Some("\u{1}".to_owned());
    assert!(matches!(note(told).write(&WriteOptions::default()), Err(BuildError::Write(_))));
}

#[test]
fn f34_identifiers_are_uuids() {
    assert_eq!(VaccinationId::from_u128(0x5D8A_1C52_04D9_4B60_8E21_5C9A_1F3B_7E10).as_str(), ACT);
    for (text, uuid) in [(ACT, true), ("", false), ("5D8A1C52-04D9-4B60-8E21-5C9A1F3B7E1", false), ("é", false)] {
        assert_eq!(VaccinationId::parse(text).is_some(), uuid, "{text}");
    }
    let braces = ACT.replace('5', "G");
    assert!(VaccinationId::parse(&braces).is_none());
}
