//! The world of the acceptance book (`testdata/worlds/acceptance.toml`), and who comes there.

use dmp_client::mode::{Centre15, Direct, ProSanteConnect};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{PatientId, StoredEntry, seed};
use dmp_vocabulary::identity::Ins;

use super::card;
use crate::modes::people::make_regulation_centre;

/// Médecin traitant of P-RICH.
pub(crate) const TRAITANT: &str = "899999000054";

pub(crate) async fn book() -> MockDmp {
    book_with(Switches::default()).await
}

/// The establishment of the tester may also act as a centre de régulation.
pub(crate) async fn book_with(switches: Switches) -> MockDmp {
    let world = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/worlds/acceptance.toml");
    let mock = MockDmp::builder().switches(switches).world_file(world).start().await.unwrap();
    make_regulation_centre(&mock);
    mock
}

pub(crate) fn number(mock: &MockDmp, label: &str) -> PatientId {
    mock.with_world(|world| world.labelled(label).unwrap().clone())
}

pub(crate) fn labelled(mock: &MockDmp, label: &str) -> QualifiedPatient {
    let id = number(mock, label);
    QualifiedPatient::declared(Ins::parse(&id.matricule, &id.oid, Realm::Test).unwrap().value)
}

/// CPS of the tester, on the record of that label.
pub(crate) fn tester(mock: &MockDmp, label: &str) -> Record<Direct> {
    card(mock, seed::MEDECIN).record(labelled(mock, label), Consent::given()).unwrap()
}

/// Pro Santé Connect of the tester, on the record of that label.
pub(crate) fn psc_of_tester(mock: &MockDmp, label: &str) -> Record<ProSanteConnect> {
    super::psc(mock, &labelled(mock, label))
}

/// CPS of the tester, in regulation.
pub(crate) fn tester_15(mock: &MockDmp, label: &str) -> Record<Direct, Centre15> {
    card(mock, seed::MEDECIN).centre_15().record(labelled(mock, label), Consent::given()).unwrap()
}

/// CPS of the médecin traitant of P-RICH.
pub(crate) fn traitant(mock: &MockDmp) -> Record<Direct> {
    card(mock, TRAITANT).record(labelled(mock, "P-RICH"), Consent::given()).unwrap()
}

/// AIR simplifié of the tester.
pub(crate) fn air_of_tester(mock: &MockDmp, label: &str) -> AirRecord {
    crate::support::air(mock).record(labelled(mock, label), Consent::given()).unwrap()
}

/// uniqueIds of the documents of that patient that pass a filter of the test's own.
pub(crate) fn expected(mock: &MockDmp, label: &str, keeps: impl Fn(&StoredEntry) -> bool) -> Vec<String> {
    let id = number(mock, label);
    let mut ids: Vec<String> = mock.with_world(|world| {
        let clinical = world.registry.entries_of(&id).filter(|stored| !stored.entry.is_signature());
        clinical.filter(|stored| keeps(stored)).map(|stored| stored.entry.unique_id.clone()).collect()
    });
    ids.sort();
    ids
}

pub(crate) fn ids(found: &[DocumentEntry]) -> Vec<String> {
    let mut ids: Vec<String> = found.iter().map(|entry| entry.unique_id.clone()).collect();
    ids.sort();
    ids
}

/// How many entries have that state.
pub(crate) fn with_state(found: &[DocumentEntry], state: DocumentState) -> usize {
    found.iter().filter(|entry| DocumentState::of(entry).contains(&state)).count()
}
