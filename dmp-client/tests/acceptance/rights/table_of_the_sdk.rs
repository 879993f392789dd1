//! The rows of the table whose actor is the SDK: what it refuses before anything is sent (LOCAL), what it lets pass.

use cda::n1::N1Builder;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_protocol::error::Origin;
use dmp_vocabulary::identity::status::{Obstacle, PatientIdentity};
use dmp_vocabulary::identity::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTraits};
use dmp_vocabulary::identity::{BirthDate, Ins};
use jiff::Timestamp;

use super::actor::REASON;
use super::row::Row;
use crate::modes::people::*;
use crate::support::documents::{document, letter, unique_id};
use crate::support::*;

#[tokio::test]
async fn every_row_of_the_sdk() {
    let rows: Vec<Row> = Row::all().into_iter().filter(|row| row.cell("actor") == "SDK").collect();
    assert_eq!(rows.len(), 13);
    for row in rows {
        if row.cell("not_over_the_wire") == "-" {
            execute(&row).await;
        }
    }
}

/// What was not collected is not an agreement to consultation, and not an opposition to feeding.
async fn execute(row: &Row) {
    let mock = MockDmp::start().await.unwrap();
    let opposed_to_feeding = row.config("local_feeding") == Some("informed_opposed");
    let consent = Consent::expressed(row.config("local_consultation").is_none(), !opposed_to_feeding);
    let outcome: Result<(), DmpError> = match (row.cell("action"), row.mode().0) {
        (_, "bdg") => in_bris_de_glace(&mock, row, consent).await,
        ("search_metadata", _) if row.cell("patient") == "NIA" => provisional_number(&mock),
        ("search_metadata", _) => consult(&mock, consent).await,
        ("feed", _) if row.config("ins_status") == Some("recuperee") => return not_qualified(),
        (action, _) => feed(&mock, row, action, consent).await,
    };
    match row.cell("expect") {
        "refuse" => {
            let error = outcome.expect_err("a refusal");
            assert!(matches!(error.origin(), Origin::Local(_)), "{}: {error}", row.id());
            if ["EMG-05", "V45"].contains(&row.cell("rule")) {
                assert_eq!(error.rule(), Some(row.cell("rule")), "{}", row.id());
            }
        }
        _ => outcome.unwrap_or_else(|error| panic!("{}: {error}", row.id())),
    }
}

async fn consult(mock: &MockDmp, consent: Consent) -> Result<(), DmpError> {
    let sent = async { air(mock).record(followed(), consent)?.find(Search::approved()).await.map(drop) }.await;
    assert_eq!(mock.journal().exchanges().is_empty(), sent.is_err(), "nothing is sent when it is refused");
    sent
}

async fn in_bris_de_glace(mock: &MockDmp, row: &Row, consent: Consent) -> Result<(), DmpError> {
    let patient = if row.cell("grant") == "VALIDE" { followed() } else { other() };
    let reason = if row.config("bdg_reason") == Some("absent") { "" } else { REASON };
    let record = air(mock).bris_de_glace(patient, consent, reason).await;
    if record.is_err() {
        let sent = mock.journal().exchanges();
        assert!(sent.iter().all(|one| one.access.as_deref() == Some("normal")), "nothing in bris de glace");
    }
    record?.find(Search::approved()).await.map(drop)
}

async fn feed(mock: &MockDmp, row: &Row, action: &str, consent: Consent) -> Result<(), DmpError> {
    let first = letter();
    let before = client(mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    before.submit(&Submission::of(document(&first).await)).await.unwrap();
    let old = air(mock).record(followed(), Consent::given()).unwrap().entry(unique_id(&first).as_str()).await.unwrap();
    let exchanges = mock.journal().exchanges().len();

    let after = row.config("replace_after_opposition") != Some("false");
    let switches = Switches { replace_after_opposition: after, ..Switches::default() };
    let client = builder(mock).switches(switches).build().unwrap();
    let record = client.indirect(sender()).unwrap().record(followed(), consent).unwrap();
    let sent = match action {
        "delete" => record.delete(&old).await.map(drop),
        "replace" => {
            let second = N1Builder { replaces: first.unique_id.clone(), version: Some(2), ..letter() };
            let document = document(&second).await.replacing(&old);
            record.submit(&Submission::of(document)).await.map(drop)
        }
        _ => record.submit(&Submission::of(document(&letter()).await)).await.map(drop),
    };
    assert_eq!(mock.journal().exchanges().len() == exchanges, sent.is_err(), "{}", row.id());
    sent
}

/// AR-180: without a checked document there is no value to open a record with.
fn not_qualified() {
    let traits = StrictTraits {
        birth_name: BirthName::parse("EXEMPLE").unwrap(),
        given_names: GivenNames::parse("CAMILLE ANNE").unwrap(),
        birth_date: BirthDate::parse_insi("1980-05-14").unwrap(),
        sex: Sex::Female,
        birth_place: BirthPlace::parse("75999").unwrap(),
    };
    let mut identity = PatientIdentity::new(traits).with_ins(followed().ins().clone());
    identity.evidence.obtained_from_insi = Some(Timestamp::now());
    assert_eq!(identity.qualify(Realm::Test).unwrap_err().obstacles, [Obstacle::NoDocumentChecked]);
}

/// AR-181: a NIA opens no record.
fn provisional_number(mock: &MockDmp) -> Result<(), DmpError> {
    let nia = Ins::parse("785079999900107", "1.2.250.1.213.1.4.9", Realm::Test).unwrap().value;
    let opened = air(mock).record(QualifiedPatient::declared(nia), Consent::given()).map(drop);
    assert!(mock.journal().exchanges().is_empty());
    opened
}
