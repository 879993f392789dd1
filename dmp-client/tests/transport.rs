//! What the client does when the network or the server misbehaves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::time::Duration;

use dmp_client::transport::TransportError;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use support::server::{ScriptedServer, closed_port, http, no_dmp, server_identity};
use support::*;

fn record(mock: &MockDmp, url: &str) -> AirRecord {
    record_of(builder_for(mock, url).build().unwrap())
}

fn record_of(client: DmpClient) -> AirRecord {
    client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap()
}

fn cause(error: &DmpError) -> &TransportError {
    std::error::Error::source(error).and_then(|source| source.downcast_ref()).expect("a transport error")
}

#[tokio::test]
async fn nobody_listens() {
    let mock = MockDmp::start().await.unwrap();
    let url = format!("https://127.0.0.1:{}/x", closed_port().await);
    let error = record(&mock, &url).existence().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::NotSent));
    assert!(matches!(cause(&error), TransportError::Unreachable { .. }));
}

#[tokio::test]
async fn connections_are_kept_and_a_dead_one_is_replaced_once() {
    let mock = MockDmp::start().await.unwrap();
    // The second request of the first connection is cut after it was read; TD0.2 is safe to repeat.
    let server = ScriptedServer::start(server_identity(&mock), |n| (n != 1).then(no_dmp)).await;
    let record = record(&mock, &server.url());
    record.existence().await.unwrap();
    record.existence().await.unwrap();
    assert_eq!((server.connections(), server.requests()), (2, 3));
    record.existence().await.unwrap();
    assert_eq!((server.connections(), server.requests()), (2, 4));
}

#[tokio::test]
async fn a_new_connection_that_is_cut_is_not_tried_again() {
    let mock = MockDmp::start().await.unwrap();
    let server = ScriptedServer::start(server_identity(&mock), |_| None).await;
    let error = record(&mock, &server.url()).existence().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::Unknown));
    assert_eq!((server.connections(), server.requests()), (1, 1));
}

#[tokio::test]
async fn redirections_stay_inside_the_dmp() {
    let mock = MockDmp::start().await.unwrap();
    let target = ScriptedServer::start(server_identity(&mock), |_| Some(no_dmp())).await;
    let elsewhere = format!("{}/patients", target.url());
    let location = elsewhere.clone();
    let inside = ScriptedServer::start(server_identity(&mock), move |_| {
        Some(http("307 Temporary Redirect", &format!("Location: {location}\r\n"), ""))
    })
    .await;
    assert!(matches!(record(&mock, &inside.url()).existence().await.unwrap(), Existence::Absent));
    assert_eq!((inside.requests(), target.requests()), (1, 1));

    // The same address under another name is another host.
    let location = elsewhere.replace("127.0.0.1", "localhost");
    let outside = ScriptedServer::start(server_identity(&mock), move |_| {
        Some(http("308 Permanent Redirect", &format!("Location: {location}\r\n"), ""))
    })
    .await;
    let error = record(&mock, &outside.url()).existence().await.unwrap_err();
    assert!(matches!(cause(&error), TransportError::Redirect(_)));
    assert_eq!(target.requests(), 1);
    let endpoint = Endpoint::custom(&outside.url()).unwrap().allow_host("localhost");
    let client = builder_at(&mock, endpoint).build().unwrap();
    assert!(record_of(client).existence().await.is_ok());
}

#[tokio::test]
async fn a_redirection_loop_ends() {
    let mock = MockDmp::start().await.unwrap();
    let server = ScriptedServer::start(server_identity(&mock), |_| {
        Some(http("302 Found", "Location: /si-dmp-server/v2/services/patients\r\n", ""))
    })
    .await;
    let error = record(&mock, &server.url()).existence().await.unwrap_err();
    assert!(matches!(cause(&error), TransportError::Redirect(transport::RedirectError::Loop)));
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn answers_that_are_not_soap_are_told_apart() {
    let mock = MockDmp::start().await.unwrap();
    let html = "Content-Type: text/html\r\n";
    let xml = "Content-Type: application/soap+xml\r\n";
    for (status, headers, body, kind) in [
        ("403 Forbidden", html, "<html>AccessForbidden</html>", ErrorKind::Authorisation),
        ("404 Not Found", html, "", ErrorKind::Transport),
        ("413 Content Too Large", html, "", ErrorKind::Validation),
        ("429 Too Many Requests", html, "", ErrorKind::Throttled),
        ("503 Service Unavailable", xml, "<busy/>", ErrorKind::Server),
        ("200 OK", html, "<html>portal</html>", ErrorKind::Transport),
        ("200 OK", xml, "<not", ErrorKind::Transport),
        ("200 OK", xml, "<other/>", ErrorKind::Transport),
    ] {
        let answer = http(status, headers, body);
        let server = ScriptedServer::start(server_identity(&mock), move |_| Some(answer.clone())).await;
        let error = record(&mock, &server.url()).existence().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status} {body}");
        assert!(error.message_id().is_some());
    }
}

#[tokio::test]
async fn a_web_page_says_its_title_and_how_long_to_wait() {
    let mock = MockDmp::start().await.unwrap();
    let page = "<html><head><title>Maintenance\n 284058812345612</title></head></html>";
    for (status, retry, found, wait, advice) in [
        ("200 OK", "", Some("Maintenance …"), None, Advice::Backoff { min: Duration::from_secs(1) }),
        ("502 Bad Gateway", "Retry-After: 7\r\n", Some("Maintenance …"), Some(7), {
            Advice::Backoff { min: Duration::from_secs(7) }
        }),
        ("503 Service Unavailable", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n", None, Some(0), {
            Advice::Backoff { min: Duration::from_secs(1) }
        }),
        ("403 Forbidden", "Retry-After: soon\r\n", None, None, Advice::Never),
    ] {
        let body = if found.is_some() { page } else { "<p>no title</p>" };
        let answer = http(status, &format!("Content-Type: text/html\r\n{retry}"), body);
        let server = ScriptedServer::start(server_identity(&mock), move |_| Some(answer.clone())).await;
        let error = record(&mock, &server.url()).existence().await.unwrap_err();
        assert_eq!((error.retry_after().map(|wait| wait.as_secs()), error.advice()), (wait, advice), "{status}");
        assert_eq!(error.found().is_some_and(|text| text.contains("Maintenance …")), found.is_some(), "{status}");
        assert!(!format!("{error} {error:?}").contains("284058812345612"));
    }
}

#[tokio::test]
async fn an_endless_error_page_is_not_read() {
    let mock = MockDmp::start().await.unwrap();
    let page = http("500 Internal Server Error", "Content-Type: text/html\r\n", &"x".repeat(1024 * 1024 + 1));
    let server = ScriptedServer::start(server_identity(&mock), move |_| Some(page.clone())).await;
    let error = record(&mock, &server.url()).existence().await.unwrap_err();
    assert!(matches!(cause(&error), TransportError::ResponseTooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_to_another_request_is_refused() {
    let mock = MockDmp::start().await.unwrap();
    let golden = include_str!("../../testdata/golden/td0.2.response-absent.soap.xml");
    assert!(golden.contains("RelatesTo"));
    let answer = http("200 OK", "Content-Type: application/soap+xml\r\n", golden);
    let server = ScriptedServer::start(server_identity(&mock), move |_| Some(answer.clone())).await;
    let error = record(&mock, &server.url()).existence().await.unwrap_err();
    assert!(format!("{:?}", std::error::Error::source(&error)).contains("OtherMessage"), "{error:?}");
}

#[tokio::test]
async fn a_silent_server_is_left_at_the_time_limit() {
    let mock = MockDmp::start().await.unwrap();
    let limit = Duration::from_millis(50);
    for timeouts in
        [Timeouts { message: limit, ..Timeouts::default() }, Timeouts { connect: limit, ..Timeouts::default() }]
    {
        // Accepts TCP and never says a word: the handshake cannot end.
        let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://127.0.0.1:{}/x", tcp.local_addr().unwrap().port());
        let client = builder_for(&mock, &url).timeouts(timeouts).build().unwrap();
        let error = record_of(client).existence().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::NotSent));
        assert!(matches!(cause(&error), TransportError::ConnectTimeout { .. }), "{error:?}");
    }
    // Reads the request and never answers: the DMP may have acted.
    let server = ScriptedServer::start(server_identity(&mock), |_| Some(String::new())).await;
    let timeouts = Timeouts { message: Duration::from_secs(2), ..Timeouts::default() };
    let client = builder_for(&mock, &server.url()).timeouts(timeouts).build().unwrap();
    let error = record_of(client).existence().await.unwrap_err();
    assert!(matches!(cause(&error), TransportError::Timeout { request_complete: true, .. }), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn captures_are_what_went_over_the_wire() {
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let capture = Capture::directory(folder.path()).unwrap();
    let session = builder(&mock).capture(capture).build().unwrap().air_simplifie(medecin(), factor()).unwrap();
    let record = session.record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given()).unwrap();
    record.existence().await.unwrap();
    record.authorise().await.unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let request = read("001-TD0.2-request.http");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /si-dmp-server/v2/services/patients HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nContent-Length: {}", body.len())), "{head}");
    assert!(head.contains("action=\"urn:hl7-org:v3:PRPA_IN201307UV02\""));
    assert!(body.starts_with("<?xml") && body.ends_with("</soap:Envelope>"));
    let response = read("001-TD0.2-response.http");
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("</soap:Envelope>"));
    assert!(read("002-TD0.3-request.http").contains("AJOUT"));
    assert!(read("002-TD0.3-response.http").contains("DMPOk"));
    // Each request has its own assertion and its own MessageID.
    let assertion = |text: &str| text.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_ne!(assertion(&request), assertion(&read("002-TD0.3-request.http")));
}

#[tokio::test]
async fn a_submission_that_was_sent_whole_is_never_sent_twice() {
    let mock = MockDmp::start().await.unwrap();
    let server = ScriptedServer::start(server_identity(&mock), |n| (n != 1).then(no_dmp)).await;
    let client = builder_for(&mock, &server.url()).build().unwrap();
    // The other record of the same patient, which TD0.2 did not close.
    record_of(client.clone()).existence().await.unwrap();
    let feeding = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let submission = Submission::of(support::documents::document(&support::documents::letter()).await);
    let error = feeding.submit(&submission).await.unwrap_err();
    assert_eq!((error.outcome(), error.advice()), (Outcome::Unknown, Advice::ReadStateFirst));
    assert_eq!((server.connections(), server.requests()), (1, 2));
}
