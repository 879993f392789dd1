//! The journal: verdict of each rule, bytes on request, people only when asked for, export; paces that warn; what a test
//! expects.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::journal::{Side, Stage};
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use serde_json::Value;
use support::lot::{document, submission};
use support::{Connection, Sender};

/// A GET of the control port: status and body.
async fn control(mock: &MockDmp, path: &str) -> (u16, Vec<u8>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = mock.admin_url().strip_prefix("http://").unwrap().to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer[end + 4..].to_vec())
}

async fn json(mock: &MockDmp, path: &str) -> Value {
    let (status, body) = control(mock, path).await;
    assert_eq!(status, 200, "{path}");
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn each_rule_of_an_exchange_has_its_verdict() {
    let mock = MockDmp::builder().lenient("V46").off("V47").start().await.unwrap();
    let sender = Sender::air(&mock);
    assert_eq!(sender.existence().await.header("x-dmp-mock-exchange"), Some("1"));
    assert_eq!(mock.journal().last().unwrap().reached, Stage::Served);
    let served = json(&mock, "/journal/1").await;
    assert_eq!(served["link"], "/journal/1");
    let verdicts = &served["verdicts"];
    for rule in ["V01", "V15", "V41", "FUN-01"] {
        assert_eq!(verdicts[rule], "passed", "{rule}");
    }
    assert_eq!(verdicts["V47"], Value::Null, "a rule that is off has no verdict");
    assert_eq!(verdicts["AUT-01"], Value::Null, "TD0.2 does not ask for it");

    // A refusal, and nothing said of what comes after it.
    let other = Sender::air(&mock).by_pharmacist();
    let query = xds_model::iti18::FindDocuments::approved(xds_model::Cx::ins(&other.patient.0, &other.patient.1));
    let query = query.to_query(xds_model::iti18::ReturnType::LeafClass);
    assert_eq!(other.send(Transaction::Search, |w| query.write(w)).await.rule(), Some("AUT-01"));
    let refused = json(&mock, "/journal/2").await;
    assert_eq!((&refused["reached"], &refused["verdicts"]["AUT-01"]), (&"admission".into(), &"refused".into()));
    assert_eq!((&refused["verdicts"]["V15"], &refused["verdicts"]["X24"]), (&"passed".into(), &Value::Null));
    // Stopped at the assertion.
    sender.send_as(Transaction::Existence, "", |w| sender.existence_request().write(w)).await;
    let stopped = json(&mock, "/journal/3").await;
    assert_eq!(stopped["reached"], "envelope");
    assert_eq!((&stopped["verdicts"]["V03"], &stopped["verdicts"]["V15"]), (&"passed".into(), &Value::Null));
    assert_eq!(control(&mock, "/journal/4").await.0, 404);
}

#[tokio::test]
async fn bytes_are_kept_only_when_asked_for() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    sender.existence().await;
    assert_eq!(control(&mock, "/journal/1/request").await.0, 404);
    mock.journal().keep_raw(true);

    let envelope = sender.envelope(Transaction::Existence, &sender.sign(&sender.assertion()), |w| {
        sender.existence_request().write(w);
    });
    let mut connection = Connection::to(&mock, sender.tls).await;
    let answer = connection.post("patients", "application/soap+xml", envelope.clone()).await;
    let request = String::from_utf8(control(&mock, "/journal/2/request").await.1).unwrap();
    assert!(request.starts_with("POST /si-dmp-server/v2/services/patients HTTP/1.1\r\n"), "{request}");
    assert_eq!(request.split_once("\r\n\r\n").unwrap().1, envelope);
    let response = mock.journal().raw(2, Side::Response).unwrap();
    assert!(response.bytes.starts_with(b"HTTP/1.1 200 OK\r\n") && response.bytes.ends_with(&answer.body));
    assert!(!response.truncated);

    // Multipart, framing included; a message above 8 MiB is cut and says so.
    let lot = submission(&sender, vec![document(1)]);
    assert_eq!(lot.send(&sender).await.rule(), None);
    let request = mock.journal().raw(3, Side::Request).unwrap().bytes;
    assert!(request.ends_with(b"--\r\n") || request.ends_with(b"--"), "to the closing boundary");
    connection.post("patients", "application/soap+xml", vec![b' '; 9 << 20]).await;
    let cut = mock.journal().raw(4, Side::Request).unwrap();
    assert_eq!((cut.truncated, cut.bytes.len()), (true, 8 << 20));

    mock.journal().keep_raw(false);
    sender.existence().await;
    assert!(mock.journal().raw(5, Side::Request).is_none());
}

#[tokio::test]
async fn people_are_named_only_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.jsonl");
    let mock = MockDmp::start().await.unwrap();
    mock.journal().export_to(&file).unwrap();
    let sender = Sender::air(&mock);
    sender.existence().await;
    let lines = || std::fs::read_to_string(&file).unwrap();
    let shown = String::from_utf8(control(&mock, "/journal.jsonl").await.1).unwrap();
    for text in [lines(), shown, json(&mock, "/journal").await.to_string()] {
        assert!(
            text.contains("TD0.2") && !text.contains(seed::PATIENT_FOLLOWED) && !text.contains(seed::MEDECIN),
            "{text}"
        );
    }
    mock.journal().show_people(true);
    sender.existence().await;
    let exported = lines();
    let rows: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((rows.len(), &rows[0]["patient"]), (2, &Value::Null));
    assert_eq!((&rows[1]["patient"], &rows[1]["actor"]), (&seed::PATIENT_FOLLOWED.into(), &seed::MEDECIN.into()));
    assert_eq!(json(&mock, "/journal/1").await["patient"], seed::PATIENT_FOLLOWED);
    assert!(mock.journal().export_to(&folder.path().join("nowhere/x")).is_err());
}

#[tokio::test]
async fn haste_and_calls_on_nobody_are_warnings() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let warned = |rule: &str| {
        let warnings = mock.journal().last().unwrap().warnings;
        warnings.into_iter().find(|warning| warning.rule == rule).map(|warning| warning.found)
    };
    // Six feedings at the same instant of the mock's clock.
    let instant = mock.clock().now();
    for number in 1..=6 {
        let lot = submission(&sender, vec![document(number)]);
        mock.clock().set(instant);
        assert_eq!(lot.send(&sender).await.rule(), None, "never refused");
        let found = warned("LIM-05");
        assert_eq!(found.as_deref(), (number == 6).then_some("6 feedings in one second"), "{number}");
    }

    let closed = Sender::indirecte(&mock).with_patient(seed::PATIENT_CLOSED);
    for count in 1..=2 {
        let lot = submission(&closed, vec![document(90)]);
        lot.send(&closed).await;
        let found = warned("LIM-06").expect("a warning");
        assert!(found.starts_with(&format!("{count} calls")), "{found}");
    }
    assert_eq!(Sender::air(&mock).existence().await.rule(), None);
    assert_eq!(warned("LIM-06"), None);
}

#[tokio::test]
async fn expectations_say_what_came() {
    let mock = MockDmp::start().await.unwrap();
    Sender::air(&mock).existence().await;
    let once = mock.expect(Transaction::Existence).times(1);
    let some = mock.expect(Transaction::Existence);
    let none = mock.expect(Transaction::Submit).times(0);
    assert_eq!(
        once.check(),
        Err("expected 1 TD0.2, found 0; received: nothing".into()),
        "what came before does not count"
    );
    Sender::air(&mock).existence().await;
    for expectation in [&once, &some, &none] {
        assert_eq!(expectation.check(), Ok(()));
    }
    Sender::air(&mock).existence().await;
    assert!(once.check().unwrap_err().ends_with("found 2; received: TD0.2, TD0.2"));
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(once)));
    assert!(dropped.is_err(), "an expectation that is not met fails the test that drops it");
}
