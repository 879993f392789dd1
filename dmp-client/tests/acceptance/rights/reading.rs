//! The reading matrix over TLS: each profession finds and reads one document of each type, all in one search and one
//! retrieval.

use std::collections::{BTreeMap, BTreeSet};

use dmp_mock::MockDmp;
use dmp_mock::rules::ReadingMatrix;
use dmp_mock::rules::matrix::Reading;
use dmp_mock::world::{Patient, PatientId, World, seed};
use dmp_protocol::vihf::AuthenticationMode;
use xds_model::AvailabilityStatus;
use xds_model::iti43::RetrieveResponse;

use super::actor::Actor;
use super::answer::shown;
use super::request::Request;
use super::scene::{ME, OTHERS, store, written};

const ROLES: &str = include_str!("../../../../dmp-mock/data/roles.tsv");
const TRE_G15: &str = "1.2.250.1.71.1.2.7";
const TRE_R291: &str = "1.2.250.1.213.1.6.1.140";
const TRE_R85: &str = "1.2.250.1.213.1.6.1.107";

#[tokio::test]
async fn each_profession_finds_and_reads_each_type_as_the_matrix_says() {
    // C-09: the columns of those who are no health professionals have an effect.
    let mock = MockDmp::builder().switch("non_ps_consultation", "true").start().await.unwrap();
    let matrix = ReadingMatrix::embedded();
    let types = place_one_document_of_each_type(&mock, matrix);
    assert_eq!(types.len(), 107);
    let ids: Vec<String> = types.keys().cloned().collect();
    for column in matrix.columns() {
        let reading = |cell: Option<Reading>| {
            let of = types.iter().filter(|(_, kind)| matrix.reading(column, kind) == cell);
            of.map(|(id, _)| id.clone()).collect::<BTreeSet<String>>()
        };
        let (denied, unknown) = (reading(Some(Reading::No)), reading(Some(Reading::Unknown)));
        let allowed: BTreeSet<String> = ids.iter().filter(|id| !denied.contains(*id)).cloned().collect();
        let actor = actor_of(&mock, column);
        let sender = actor.sender(&mock);

        let found = Request::by(&sender).find(vec![AvailabilityStatus::Approved]).await;
        assert_eq!(shown(&found).0.into_iter().collect::<BTreeSet<_>>(), allowed, "{column} finds");
        let exchange = mock.journal().last().unwrap();
        assert_eq!(exchange.filtered.get("MAT-01").copied().unwrap_or(0), denied.len(), "{column}");
        let warned = exchange.warnings.iter().filter(|warning| warning.rule == "MAT-02").count();
        assert_eq!(warned, unknown.len(), "{column}: each unknown cell is told");

        let answer = Request::by(&sender).retrieve(&ids).await;
        let read = RetrieveResponse::read(answer.envelope().body()).unwrap();
        let given: BTreeSet<String> = read.documents.into_iter().map(|document| document.unique_id).collect();
        assert_eq!(given, allowed, "{column} reads");
        let refused = read.response.errors.iter().map(|error| {
            assert_eq!(error.code, "XDSDocumentUniqueIdError");
            error.context.strip_prefix("uniqueId=").unwrap().to_owned()
        });
        assert_eq!(refused.collect::<BTreeSet<_>>(), denied, "{column} is refused");

        // What is not known may be denied instead.
        mock.set_switch("matrix_unknown", "deny").unwrap();
        let found = Request::by(&sender).find(vec![AvailabilityStatus::Approved]).await;
        let known: BTreeSet<String> = allowed.difference(&unknown).cloned().collect();
        assert_eq!(shown(&found).0.into_iter().collect::<BTreeSet<_>>(), known, "{column}: only what is known");
        mock.set_switch("matrix_unknown", "allow_warn").unwrap();
    }
}

/// typeCode by uniqueId, all by an author of another structure.
fn place_one_document_of_each_type(mock: &MockDmp, matrix: &ReadingMatrix) -> BTreeMap<String, String> {
    let id = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    let mut world = World::seeded();
    let mut patient = Patient::active(id.clone(), "EXEMPLE", "CAMILLE");
    for holder in [
        dmp_mock::world::GrantHolder::Person(ME.to_owned()),
        dmp_mock::world::GrantHolder::Structure(seed::STRUCTURE_EG.to_owned()),
    ] {
        patient.grants.insert(holder, dmp_mock::world::Grant::Permanent);
    }
    world.add_patient(patient);
    let mut types = BTreeMap::new();
    for (number, kind) in matrix.type_codes().enumerate() {
        let mut entry = written(kind, OTHERS, "N");
        entry.unique_id = format!("2.25.7{number:03}");
        types.insert(entry.unique_id.clone(), kind.to_owned());
        store(&mut world.registry, entry, "A", &id, mock.clock().now());
    }
    mock.with_world(|old| *old = world);
    types
}

/// Somebody of that column: a profession, a section of pharmacists, or an activity of somebody else.
fn actor_of(mock: &MockDmp, column: &str) -> Actor {
    let mut lines = ROLES.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let place = |name: &str| header.iter().position(|one| *one == name).unwrap();
    let (code, system, rank) = (place("code"), place("code_system_oid"), place("vihf_occurrence"));
    let (name, class, of) = (place("code_system"), place("actor_class"), place("matrix_column"));
    // A section says more than a profession that the table keeps for older roles.
    let mut rows: Vec<Vec<&str>> = lines.filter(|row| row[of] == column && row[name] != "TRE_R85").collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row[name] == "TRE_G05"));
    let row = rows.first().unwrap_or_else(|| panic!("no role of {column}"));
    let own = (row[code].to_owned(), row[system].to_owned());
    let role = |code: &str, system: &str| (code.to_owned(), system.to_owned());
    let (roles, non_ps) = match (row[rank], row[name]) {
        ("1", _) if row[code] == "10" => (vec![own, role("SM26", "1.2.250.1.71.4.2.5")], false),
        ("1", _) => (vec![own], row[class] == "non_ps"),
        (_, "TRE_G05") => (vec![role("21", TRE_G15), own], false),
        _ => (vec![role("99", TRE_R291), role("301", TRE_R85), own], true),
    };
    let mode = if non_ps { AuthenticationMode::AirSimplifie } else { AuthenticationMode::Directe };
    Actor::of(mock, mode, &roles, false)
}
