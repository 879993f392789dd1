//! Documents of each format and state, by card, in AIR, in regulation: their bytes and what alerts.

use dmp_client::DocumentState::{
    Archived, InvisibleToPatient, InvisibleToRepresentatives, MaskedFromProfessionals, Obsolete,
};
use dmp_client::mode::{AccessMode, Consults};
use dmp_client::*;
use dmp_mock::MockDmp;

use crate::scene::book::*;
use crate::scene::{Watch, open, retrieved};

/// Name of the row, document, formatCode, states that its entry shows.
type Row = (&'static str, &'static str, &'static str, &'static [DocumentState]);

const TIFF: Row = ("TIFF", "2.25.9909501", "urn:ihe:iti-fr:xds-sd:tiff:2010", &[]);
const INVISIBLE: Row = ("invisible TXT", "2.25.9909601.1", "urn:ihe:iti:xds-sd:text:2008", &[InvisibleToPatient]);
const ARCHIVED: Row = ("archived RTF", "2.25.9909901", "urn:ihe:iti-fr:xds-sd:rtf:2010", &[Archived]);
const OBSOLETE: Row = ("old version", "2.25.9909101", "urn:ihe:iti:xds-sd:text:2008", &[Obsolete]);
const MASKED: Row = ("masked JPEG", "2.25.9909801", "urn:ihe:iti-fr:xds-sd:jpeg:2010", &[MaskedFromProfessionals]);
const MASKED_OF_MT: Row =
    ("masked JPEG of another", "2.25.9902001", "urn:ihe:iti-fr:xds-sd:jpeg:2010", &[MaskedFromProfessionals]);
const SECRET: Row =
    ("invisible to representatives", "2.25.9905001", "urn:ihe:iti:xds-sd:text:2008", &[InvisibleToRepresentatives]);

/// Searches, whatever the status, then retrieves; gives the alerts.
async fn retrieves<A: Consults, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    (name, document, format, states): Row,
    (mode, access): (&str, &str),
) -> Vec<DocumentState> {
    let watch = Watch::start(mock);
    open(record).await;
    let every = [AvailabilityStatus::Approved, AvailabilityStatus::Archived, AvailabilityStatus::Deprecated];
    let found = record.find(Search::with_statuses(every)).await.unwrap();
    let entry = found.iter().find(|entry| entry.unique_id == document).unwrap_or_else(|| panic!("{name} is not found"));
    assert_eq!(entry.format_code.as_ref().unwrap().code, format, "{name}");
    assert_eq!(DocumentState::of(entry), states, "{name}");
    let (bytes, retrieved) = retrieved(record, entry).await;
    watch.conforms(mode, access);
    assert!(retrieved.verified && retrieved.size == bytes.len() as u64, "{name}: the hash is right");
    cda::read(bytes.as_slice(), &cda::CdaLimits::default()).unwrap();
    retrieved.alerts
}

const NORMAL: (&str, &str) = ("DIRECTE", "normal");
const REGULATION: (&str, &str) = ("DIRECTE", "centre_15");

#[tokio::test]
async fn a_3_2_010_and_3_2_020_and_3_2_030_and_3_2_040_documents_of_each_state() {
    let mock = book().await;
    let record = tester(&mock, "P-RICH");
    for (row, alerts) in [(TIFF, &[][..]), (INVISIBLE, &[InvisibleToPatient]), (ARCHIVED, &[]), (OBSOLETE, &[])] {
        assert_eq!(retrieves(&mock, &record, row, NORMAL).await, alerts, "{}", row.0);
    }
    assert!(retrieves(&mock, &psc_of_tester(&mock, "P-RICH"), TIFF, NORMAL).await.is_empty());
    assert_eq!(Obsolete.label(Language::French), "ancienne version obsolète");
}

#[tokio::test]
async fn a_3_2_060_and_3_2_150_secret_and_masked_documents() {
    let mock = book().await;
    let alerts = retrieves(&mock, &tester(&mock, "P-MINOR"), SECRET, NORMAL).await;
    assert_eq!(alerts, [InvisibleToRepresentatives]);
    assert!(retrieves(&mock, &tester(&mock, "P-MT"), MASKED_OF_MT, NORMAL).await.is_empty());
}

#[tokio::test]
async fn a_3_2_600_the_same_in_air() {
    let mock = book().await;
    let air = ("INDIRECTE_RENFORCEE", "normal");
    assert!(retrieves(&mock, &air_of_tester(&mock, "P-RICH"), TIFF, air).await.is_empty());
}

#[tokio::test]
async fn a_3_2_200_and_3_2_201_and_3_2_202_and_3_2_203_and_3_2_204_and_3_2_205_in_regulation() {
    let mock = book().await;
    // The masked one is read in an emergency only because the holder lets it be.
    mock.with_world(|world| {
        let rich = world.labelled("P-RICH").unwrap().clone();
        world.patient_mut(&rich).unwrap().masked_in_emergency = true;
    });
    let record = tester_15(&mock, "P-RICH");
    let rows = [(TIFF, &[][..]), (INVISIBLE, &[InvisibleToPatient]), (ARCHIVED, &[]), (OBSOLETE, &[]), (MASKED, &[])];
    for (row, alerts) in rows {
        assert_eq!(retrieves(&mock, &record, row, REGULATION).await, alerts, "{}", row.0);
    }
    let alerts = retrieves(&mock, &tester_15(&mock, "P-MINOR"), SECRET, REGULATION).await;
    assert_eq!(alerts, [InvisibleToRepresentatives]);
}
