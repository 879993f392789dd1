//! Switches, strictness and tables that an operator chooses: on the builder, in process, and by the control port.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_protocol::rules::Strictness;
use dmp_protocol::transaction::Transaction;
use serde_json::{Value, json};
use support::control::Control;
use support::lot::{document, submission};
use support::{HttpAnswer, Sender};
use xds_model::iti43::RetrieveRequest;

async fn fed_by(sender: &Sender<'_>) -> HttpAnswer {
    submission(sender, vec![document(1)]).send(sender).await
}

/// TD3.2 in INDIRECTE: FUN-01.
async fn forbidden(sender: &Sender<'_>) -> HttpAnswer {
    let request = RetrieveRequest::single("1.2.250.1.213.4.1.1.1.2", "1.2.3");
    sender.send(Transaction::Retrieve, |w| request.write(w)).await
}

#[tokio::test]
async fn a_switch_changes_the_next_answer() {
    let mock = MockDmp::builder().switch("rights_carrier", "service").start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let answer = forbidden(&sender).await;
    assert_eq!((answer.status.as_u16(), answer.rule()), (200, Some("FUN-01")));
    mock.set_switch("rights_carrier", "fault").unwrap();
    assert_eq!(forbidden(&sender).await.status, 500);
    mock.set_switch("verdict_header", "off").unwrap();
    assert_eq!(forbidden(&sender).await.rule(), None);
    let wrong = mock.set_switch("rights", "fault").unwrap_err().to_string();
    assert!(wrong.contains("rights_carrier"), "{wrong}");
}

#[tokio::test]
async fn a_rule_is_strict_lenient_or_off() {
    let mock = MockDmp::builder().off("X03,X13").start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let mut lot = submission(&sender, vec![document(1)]);
    lot.entry().language_code = None;
    assert_eq!(lot.send(&sender).await.rule(), None);
    assert!(mock.journal().last().unwrap().warnings.iter().all(|warning| warning.rule != "X03"), "off: not a word");
    mock.set_rules("X08,X03", Strictness::Lenient).unwrap();
    assert_eq!(lot.send(&sender).await.rule(), None);
    assert!(mock.journal().last().unwrap().warnings.iter().any(|warning| warning.rule == "X03"));
    mock.set_rules("X03", Strictness::Strict).unwrap();
    assert_eq!(lot.send(&sender).await.rule(), Some("X03"));
    assert!(mock.set_rules("X03,X99", Strictness::Off).unwrap_err().to_string().contains("X24"));
    assert_eq!(lot.send(&sender).await.rule(), Some("X03"), "nothing of a wrong list is taken");
}

#[tokio::test]
async fn value_sets_and_reading_matrix_are_those_of_the_operator() {
    let folder = tempfile::tempdir().unwrap();
    let edition = folder.path().join("edition");
    std::fs::create_dir(&edition).unwrap();
    let own = edition.join("JDV_J61_HealthcareFacilityTypeCode_DMP.tsv");
    let embedded = include_str!("../../dmp-vocabulary/data/JDV_J61_HealthcareFacilityTypeCode_DMP.tsv");
    let without: Vec<&str> = embedded.lines().filter(|line| !line.contains("SA01\t")).collect();
    assert!(without.len() < embedded.lines().count());
    std::fs::write(&own, without.join("\n") + "\n").unwrap();
    let matrix = folder.path().join("matrix.tsv");
    std::fs::write(&matrix, "type_code\tclass_code\tlabel_fr\tpharmacien_officine\tnote\n11488-4\t10\tX\tN\t\n")
        .unwrap();

    let mock = MockDmp::builder().value_sets(&edition).start().await.unwrap();
    assert_eq!(fed_by(&Sender::indirecte(&mock)).await.rule(), Some("V40"), "SA01 is no sector of that edition");

    let mock = MockDmp::builder().reading_matrix(&matrix).start().await.unwrap();
    let feeder = Sender::indirecte(&mock);
    assert_eq!(fed_by(&feeder).await.rule(), None);
    let reader = Sender::air(&mock).by_pharmacist();
    assert_eq!(reader.authorise(&dmp_protocol::rights::SetAuthorization::add()).await.rule(), None);
    let query = xds_model::iti18::FindDocuments::approved(xds_model::Cx::ins(&feeder.patient.0, &feeder.patient.1));
    let answer =
        reader.send(Transaction::Search, |w| query.to_query(xds_model::iti18::ReturnType::LeafClass).write(w)).await;
    assert_eq!(answer.header("x-dmp-mock-filtered"), Some("MAT-01=1"));

    std::fs::write(&matrix, "nothing").unwrap();
    let error = MockDmp::builder().reading_matrix(&matrix).start().await.unwrap_err().to_string();
    assert!(error.contains("type_code"), "{error}");
}

#[tokio::test]
async fn the_control_port_shows_and_changes_the_settings() {
    let mock = MockDmp::start().await.unwrap();
    let control = Control::of(&mock);
    let (status, shown) = control.get("/settings").await;
    assert_eq!((status, &shown["switches"]["matrix_unknown"]), (200, &json!("allow_warn")));
    assert_eq!(shown["rules"]["V45"], "lenient");
    let change = json!({"switches": {"grant_months": "12"}, "rules": {"X15": "strict", "V37": "off"}});
    let (status, changed) = control.send("PATCH", "/settings", &change).await;
    assert_eq!((status, &changed["switches"]["grant_months"]), (200, &json!("12")));
    assert_eq!((&changed["rules"]["V37"], &changed["rules"]["X15"]), (&json!("off"), &json!("strict")));
    for (wrong, expected) in [
        (json!({"switches": {"grant_months": "6", "months": "6"}}), "grant_months"),
        (json!({"switches": {"rights_carrier": "C6"}}), "fault or service"),
        (json!({"rules": {"V99": "off"}}), "V41"),
        (json!({"rules": {"V41": "loose"}}), "lenient"),
        (json!({"switch": {}}), "unknown field"),
    ] {
        let (status, error) = control.send("PATCH", "/settings", &wrong).await;
        assert_eq!(status, 400, "{wrong}");
        assert!(error["error"].as_str().unwrap().contains(expected), "{error}");
    }
    let (_, shown) = control.get("/settings").await;
    assert_eq!(shown["switches"]["grant_months"], Value::from("12"), "all or nothing");
}
