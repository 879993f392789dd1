//! Notes de vaccination and the history that the DMP makes of them.

use cda::build::{DocumentHeader, Name};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::holder::HolderAction;
use dmp_mock::world::{Vaccination as Known, seed};

use crate::modes::people::code;
use crate::scene::vaccination::*;
use crate::scene::writing::{LOINC, alix, document, noe, successor, unique_id};
use crate::scene::*;

const HISTORY: &str = "11369-6";

fn by_alix(day: &'static str) -> Vaccination {
    Vaccination::on(day, Vaccinator::Identified(Box::new(alix())))
}

fn known(mock: &MockDmp, patient: &QualifiedPatient) -> Vec<Known> {
    mock.with_world(|world| world.vaccinations(&id_of(patient)).to_vec())
}

async fn submission(header: &DocumentHeader, told: &Vaccination) -> Submission {
    Submission::of(document(&note(header, told)).await)
}

#[tokio::test]
async fn a_2_1_710_and_3_2_550_a_note_and_the_history_that_appears() {
    let mock = mock().await;
    let patient = p_open();
    let record = cps(&mock, &patient);
    let watch = Watch::start(&mock);
    open(&record).await;
    let told = by_alix("20260302");
    let header = note_header(&patient, &told);
    let submission = submission(&header, &told).await;
    assert!(record.preflight(&submission).await.unwrap().is_empty(), "the report is clean");
    record.submit(&submission).await.unwrap();
    watch.conforms("DIRECTE", "normal");

    // The history document appears: found, and read.
    record.authorise().await.unwrap();
    let found = record.find(Search::approved().type_codes([(HISTORY, LOINC)])).await.unwrap();
    let [history] = &*found else { panic!("{found:?}") };
    let (bytes, retrieved) = retrieved(&record, history).await;
    assert!(retrieved.verified && retrieved.alerts.is_empty());
    let read = cda::read(bytes.as_slice(), &cda::CdaLimits::default()).unwrap();
    assert_eq!(read.header.code.as_ref().and_then(|code| code.code.as_deref()), Some(HISTORY));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(ACT) && text.contains("20260302") && text.contains(PRODUCT));
}

#[tokio::test]
async fn e2_07_the_same_vaccine_on_the_same_day_and_several_in_one_note() {
    let mock = mock().await;
    let patient = p_open();
    let record = cps(&mock, &patient);
    let told = by_alix("20260302");
    let first = note_header(&patient, &told);
    record.submit(&submission(&first, &told).await).await.unwrap();
    let twice = String::from_utf8(note(&first, &by_alix("20260301"))).unwrap();
    let (start, end) = (twice.find("<entry").unwrap(), twice.find("</entry>").unwrap() + "</entry>".len());
    let mut several = note_header(&patient, &told);
    several.version =
        cda::build::DocumentVersion::first(several.version.unique_id.clone(), first.version.set_id.clone());
    let several_bytes = twice
        .replace(&twice[start..end], &twice[start..end].repeat(2))
        .replace(&unique_id(&first), &unique_id(&several));
    for again in [note(&note_header(&patient, &told), &told), several_bytes.into_bytes()] {
        let refused = record.submit(&Submission::of(document(&again).await)).await.unwrap_err();
        assert_eq!((code(&refused), refused.kind()), ("DMPFragmentCVAError", ErrorKind::Validation));
        assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "X23");
    }
    // Another day is another vaccination.
    let other = by_alix("20260227");
    let header = note_header(&patient, &other);
    record.submit(&submission(&header, &other).await).await.unwrap();
    assert_eq!(known(&mock, &patient).len(), 2);
}

#[tokio::test]
async fn a_2_1_750_vaccinations_told_by_the_patient_are_validated() {
    let mock = mock().await;
    let patient = p_open();
    for day in ["20240105", "20250106"] {
        let told = HolderAction::AddVaccination {
            date: day.to_owned(),
            product: PRODUCT.to_owned(),
            label: "Vaccin d'exemple".to_owned(),
        };
        mock.decide(&id_of(&patient), told).unwrap();
    }
    assert!(known(&mock, &patient).iter().all(|one| one.note.is_none()), "entered by the patient");
    let record = cps(&mock, &patient);
    let watch = Watch::start(&mock);
    open(&record).await;
    // Fully identified: a second author block. Name only: none.
    let identified = Vaccination::on("20240105", Vaccinator::Identified(Box::new(noe())));
    let named = Vaccination::on("20250106", Vaccinator::Named(Name::new("AUTREFOIS", "CLAUDE")));
    for (told, authors) in [(identified, 2), (named, 1)] {
        let header = note_header(&patient, &told);
        record.submit(&submission(&header, &told).await).await.unwrap();
        let entry = mock.with_world(|world| world.registry.last_version(&unique_id(&header)).unwrap().entry.clone());
        assert_eq!(entry.authors.len(), authors);
        assert_eq!(header.authors.len(), authors, "the same number in the CDA");
    }
    watch.conforms("DIRECTE", "normal");
    let known = known(&mock, &patient);
    assert_eq!(known.len(), 2, "each entry is validated, none is doubled");
    assert!(known.iter().all(|one| one.note.is_some()));
}

#[tokio::test]
async fn a_2_1_760_and_3_3_700_one_datum_of_a_note_is_replaced_then_the_note_is_deleted() {
    let mock = mock().await;
    let patient = p_open();
    let record = cps(&mock, &patient);
    let watch = Watch::start(&mock);
    open(&record).await;
    let told = by_alix("20260302");
    let first = note_header(&patient, &told);
    record.submit(&submission(&first, &told).await).await.unwrap();
    let before = known(&mock, &patient);

    let corrected = Vaccination { lot: "LOT-2", ..told };
    let second = DocumentHeader { title: first.title.clone(), ..successor(&first) };
    let replacing = document(&note(&second, &corrected)).await.replacing(unique_id(&first));
    record.submit(&Submission::of(replacing)).await.unwrap();
    let after = known(&mock, &patient);
    assert_eq!(after.len(), 1, "replaced, not added");
    assert_eq!((after[0].id.as_deref(), before[0].id.as_deref()), (Some(ACT), Some(ACT)), "the same act");
    assert_eq!(after[0].note.as_deref(), Some(unique_id(&second).as_str()));

    // 3.3-700.
    assert_eq!(record.delete(unique_id(&second)).await.unwrap(), Change::Done);
    watch.conforms("DIRECTE", "normal");
    assert!(known(&mock, &patient).is_empty());
    authorise(&mock, &patient, seed::MEDECIN);
    let left = record.find(Search::approved().type_codes([(HISTORY, LOINC), ("87273-9", LOINC)])).await.unwrap();
    assert!(left.is_empty(), "neither the note nor a history: {left:?}");
}
