//! What the rows of a world file make.

use std::io::Read as _;

use dmp_mock::world::{PatientId, RecordState, World, seed};
use xds_model::AvailabilityStatus;

use super::*;

const PEOPLE: &str = r#"
[[structure]]
id = "10B0990008"
name = "CLINIQUE DU MODELE"
sector = "SA01"
[[professional]]
id = "899999000013"
name = "MODELE"
given_name = "ALIX"
roles = ["10^1.2.250.1.71.1.2.7", "SM26^1.2.250.1.71.4.2.5"]
structures = ["10B0990008"]
[[patient]]
label = "camille"
ins = "280057599900151"
birth_name = "EXEMPLE"
given_names = ["CAMILLE"]
birth_date = "19800514"
"#;

fn world(rows: &str) -> Result<World, String> {
    World::from_toml(&format!("{PEOPLE}{rows}")).map_err(|error| error.to_string())
}

fn camille() -> PatientId {
    PatientId::new("280057599900151", seed::TEST_NIR_OID)
}

#[test]
fn the_default_world_is_the_seeded_one_with_documents() {
    let read = World::from_file(&folder().join("default.toml")).unwrap();
    let seeded = World::seeded();
    let people = |world: &World| {
        let professionals: Vec<_> = world.professionals().cloned().collect();
        let structures: Vec<_> = world.structures().cloned().collect();
        (professionals, structures)
    };
    assert_eq!(people(&read), people(&seeded));
    let ids = |world: &World| world.patients().map(|patient| patient.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&read), ids(&seeded));
    for patient in seeded.patients() {
        let same = read.patient(&patient.id).unwrap();
        assert_eq!((&same.birth_name, &same.given_names), (&patient.birth_name, &patient.given_names));
        assert_eq!((same.record, same.grants.clone()), (patient.record, patient.grants.clone()));
        assert_eq!(same.medecin_traitant, patient.medecin_traitant);
    }
    assert!(read.patients().any(|patient| matches!(patient.record, RecordState::Closed(_))));
    assert_eq!(read.registry.entries_of(&camille()).count(), 3);
}

#[test]
fn replaced_archived_and_counted_documents() {
    let world = world(
        r#"
[[document]]
patient = "camille"
id = "2.25.1"
type = "11488-4"
author = "899999000013"
created = "2026-03-02T09:00:00Z"
invisible = true
[[document]]
patient = "280057599900151"
id = "2.25.2"
type = "11488-4"
author = "899999000013"
created = "2026-03-03T09:00:00Z"
replaces = "2.25.1"
invisible = true
status = "archived"
[[document]]
patient = "camille"
id = "2.25.3"
type = "11502-2"
structure = "10B0990008"
created = "2026-03-04T09:00:00Z"
every = "P1D"
count = 3
"#,
    )
    .unwrap();
    let entry = |id: &str| world.registry.last_version(id).unwrap().clone();
    assert_eq!(entry("2.25.1").entry.status, Some(AvailabilityStatus::Deprecated));
    let second = entry("2.25.2");
    assert_eq!(second.entry.status, Some(AvailabilityStatus::Archived));
    assert_eq!(second.hidden_since, entry("2.25.1").hidden_since, "a replacement does not restart the calendar");
    let created =
        ["2.25.3.1", "2.25.3.2", "2.25.3.3"].map(|id| entry(id).entry.creation_time.unwrap().as_str().to_owned());
    assert_eq!(created, ["20260304090000", "20260305090000", "20260306090000"]);
    assert_eq!(world.registry.lots().count(), 5);

    // The bytes are a CDA of the patient, and the entry tells them.
    let mut bytes = Vec::new();
    second.content.reader().unwrap().read_to_end(&mut bytes).unwrap();
    let document = cda::read(bytes.as_slice(), &cda::CdaLimits::default()).unwrap();
    assert_eq!(document.header.id.as_ref().unwrap().root, "2.25.2");
    let derived = cda::metadata::document_entry(&document, &cda::metadata::MappingOptions::default()).unwrap();
    let differences = cda::metadata::differences(&derived, &second.entry);
    assert!(differences.is_empty(), "{differences:?}");
}

#[test]
fn a_file_beside_the_world_is_put_into_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let cda = include_bytes!("../../../testdata/cda/n3-autopresentable.xml");
    std::fs::write(folder.path().join("whole.xml"), cda).unwrap();
    std::fs::write(folder.path().join("letter.txt"), "Bonjour").unwrap();
    std::fs::write(folder.path().join("picture.gif"), b"GIF89a").unwrap();
    let with = |row: &str| {
        let path = folder.path().join("world.toml");
        std::fs::write(&path, format!("{PEOPLE}[[document]]\npatient = \"camille\"\n{row}")).unwrap();
        World::from_file(&path).map_err(|error| error.to_string())
    };
    let whole = with("file = \"whole.xml\"").unwrap();
    let stored = whole.registry.entries_of(&camille()).next().unwrap().clone();
    assert_eq!((stored.entry.mime_type.as_str(), stored.content.length()), ("application/xslt+xml", cda.len() as u64));
    assert_eq!(stored.entry.patient_id.id(), "280057599900151", "whoever the CDA is about");
    let letter = "type = \"11488-4\"\nauthor = \"899999000013\"\n";
    let text = with(&format!("{letter}file = \"letter.txt\"")).unwrap();
    let format = text.registry.entries_of(&camille()).next().unwrap().entry.format_code.clone().unwrap().code;
    assert_eq!(format, "urn:ihe:iti:xds-sd:text:2008");
    for (name, expected) in [("picture.gif", "must be a PDF"), ("absent.pdf", "could not be read")] {
        let error = with(&format!("{letter}file = \"{name}\"")).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_documented_rows_are_documents() {
    let page = include_str!("../../../docs/mock.md");
    let rows = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let world = world(rows).unwrap();
    let rich = world.labelled("P-RICH").unwrap();
    assert_eq!(world.registry.entries_of(rich).filter(|one| one.entry.has_confidentiality("MASQUE_PS")).count(), 6);
}

#[test]
fn rows_that_make_no_document_say_which_and_why() {
    let good = "patient = \"camille\"\ntype = \"11488-4\"\nauthor = \"899999000013\"\n";
    let rows = [
        ("patient = \"nobody\"\ntype = \"11488-4\"", "`patient`"),
        ("patient = \"camille\"\ntype = \"0-0\"\nauthor = \"899999000013\"", "`type`"),
        ("patient = \"camille\"\ntype = \"11488-4\"", "`author`"),
        ("patient = \"camille\"\ntype = \"11488-4\"\nauthor = \"8\"", "`author`"),
        ("patient = \"camille\"\ntype = \"11488-4\"\nstructure = \"1\"", "`structure`"),
        (&format!("{good}id = \"x\""), "OIDs"),
        (&format!("{good}replaces = \"2.25.9\""), "`replaces`"),
        (&format!("{good}count = 0"), "`count`"),
        (&format!("{good}content = \"structured\""), "`model`"),
        (&format!("{good}file = \"letter.pdf\""), "not read from a file"),
        (&format!("{good}id = \"2.25.7\"\n[[document]]\n{good}id = \"2.25.7\""), "number 2 of the world file: `id`"),
        (&format!("{good}created = \"yesterday\""), "not a time"),
    ];
    for (row, expected) in rows {
        let error = world(&format!("[[document]]\n{row}")).map(|_| ()).unwrap_err();
        assert!(error.contains(expected), "{row}: {error}");
        assert!(!error.contains("280057599900151") && !error.contains("EXEMPLE"), "{error}");
    }
}
