//! C-16: where the DMP may send the client.

use dmp_client::transport::{RedirectError, TransportError};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_protocol::transaction::Transaction;

use super::{record_at, record_of};
use crate::support::server::{ScriptedServer, http, server_identity};
use crate::support::*;

fn reason(error: &DmpError) -> &RedirectError {
    match std::error::Error::source(error).and_then(|source| source.downcast_ref()) {
        Some(TransportError::Redirect(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// The text between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split(start).nth(1).unwrap().split(end).next().unwrap()
}

#[tokio::test]
async fn c_16_redirections() {
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let capture = Capture::directory(folder.path()).unwrap();
    let record = record_of(builder(&mock).capture(capture));
    // To an allowed host: followed with the same POST, a new MessageID, a new assertion and the new address.
    let moved = mock.url().replace("/si-dmp-server", "/001/si-dmp-server") + "/patients";
    for (index, status) in [301, 302, 307, 308].into_iter().enumerate() {
        let effect = Effect::Redirect { status, location: moved.clone() };
        mock.faults().add(Fault::new(effect).on(Transaction::Existence).times(1)).unwrap();
        assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)), "{status}");
        let sent = |number: usize| {
            let path = folder.path().join(format!("{:03}-TD0.2-request.http", 2 * index + number));
            std::fs::read_to_string(path).unwrap()
        };
        let (first, second) = (sent(1), sent(2));
        assert!(second.starts_with("POST /001/si-dmp-server/v2/services/patients HTTP/1.1\r\n"));
        assert!(second.contains(&format!(">{moved}</To>")), "wsa:To is where it went");
        for (start, end) in [("<MessageID", "</MessageID>"), ("Assertion ", ">")] {
            assert_ne!(between(&first, start, end), between(&second, start, end), "{status} {start}");
        }
        assert_eq!(between(&first, "<queryByParameter", "<queryId"), between(&second, "<queryByParameter", "<queryId"));
    }
    // To another host: a matter of configuration; nothing is sent there.
    let target = ScriptedServer::start(server_identity(&mock), |_| None).await;
    let location = format!("{}/patients", target.named_url());
    let effect = Effect::Redirect { status: 307, location };
    mock.faults().add(Fault::new(effect).on(Transaction::Existence).times(1)).unwrap();
    let error = record.existence().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Validation, Outcome::NotProcessed));
    assert_eq!(reason(&error), &RedirectError::ForeignHost("localhost".to_owned()));
    assert_eq!((target.connections(), error.advice()), (0, Advice::AfterFix));
    // In circles: stopped after five.
    let circle = ScriptedServer::start(server_identity(&mock), |n| {
        let side = ["a", "b"][n % 2];
        Some(http("302 Found", &format!("Location: /{side}\r\n"), ""))
    })
    .await;
    let error = record_at(&mock, &circle.url()).existence().await.unwrap_err();
    assert_eq!((reason(&error), circle.requests()), (&RedirectError::TooMany, 6));
    assert_eq!(error.outcome(), Outcome::NotProcessed);
}
