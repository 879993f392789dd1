//! E0-08: the parameter file that is moved, out of reach, or not what it should be.

use dmp_client::parameters::{ParameterSourceError, RefreshError};
use dmp_client::*;
use dmp_mock::MockDmp;
use jiff::{SignedDuration, Timestamp};

use super::log::Log;
use crate::support::server::{ScriptedServer, closed_port, http, server_identity};
use crate::support::*;

fn anchors(mock: &MockDmp) -> TrustAnchors {
    TrustAnchors::from_pem(mock.pki().root.certificate_pem().as_bytes()).unwrap()
}

#[tokio::test]
async fn e0_08_and_f23_the_last_good_copy_stays_and_is_warned_about_after_a_week() {
    let mock = MockDmp::start().await.unwrap();
    let file = ParameterFile::default();
    let source = |url: &str| ParameterSource::new(url, &anchors(&mock)).unwrap();
    // Redirected: the mock answers 302, then its values.
    mock.set_switch("age_majorite", "16").unwrap();
    mock.set_switch("cumul_invisible_patient_masque_ps", "true").unwrap();
    assert_eq!(file.refresh(&source(&mock.parameters_url())).await.unwrap().age_majorite, 16);
    assert!(file.current().cumul_invisible_patient_masque_ps && !file.is_stale());

    let log = Log::start();
    let elsewhere = format!("Location: {}\r\n", mock.parameters_url().replace("127.0.0.1", "localhost"));
    let answers = [
        http("200 OK", "", "<html><body>Accueil</body></html>"),
        http("200 OK", "", "<p><age-majorite>beaucoup</age-majorite></p>"),
        http("200 OK", "", "not XML"),
        http("404 Not Found", "", ""),
        http("302 Found", "", ""),
        http("302 Found", "Location: http://127.0.0.1/param-lps\r\n", ""),
        http("303 See Other", &elsewhere, ""),
        http("200 OK", "", &"x".repeat(1024 * 1024 + 1)),
    ];
    let count = answers.len();
    let server = ScriptedServer::start(server_identity(&mock), move |n| answers.get(n).cloned()).await;
    let broken = source(&format!("https://127.0.0.1:{}/param-lps", server.port));
    for number in 0..count {
        assert!(file.refresh(&broken).await.is_err(), "{number}");
        assert_eq!(file.current().age_majorite, 16, "{number}");
    }
    assert_eq!(log.text().matches("the parameter file stays as it is").count(), count);
    // A redirection to another host is followed where the configuration says so.
    let location = elsewhere.clone();
    let moved = ScriptedServer::start(server_identity(&mock), move |_| Some(http("302 Found", &location, ""))).await;
    let moved = source(&format!("https://127.0.0.1:{}/param-lps", moved.port)).allow_host("localhost");
    file.refresh(&moved).await.unwrap();
    // Unreachable.
    let closed = source(&format!("https://127.0.0.1:{}/param-lps", closed_port().await));
    assert!(matches!(file.refresh(&closed).await, Err(RefreshError::Transport(_))));
    assert_eq!(file.current().age_majorite, 16);
    // After 7 days: a warning, once, and still the last good copy.
    let log = Log::start();
    let xml = source(&mock.parameters_url()).download().await.unwrap();
    file.read(&xml, Timestamp::now() - SignedDuration::from_hours(6 * 24)).unwrap();
    assert_eq!(file.current().age_majorite, 16);
    assert!(log.text().is_empty() && !file.is_stale(), "{}", log.text());
    file.read(&xml, Timestamp::now() - SignedDuration::from_hours(8 * 24)).unwrap();
    assert_eq!((file.current().age_majorite, file.current().age_majorite), (16, 16));
    assert!(file.is_stale());
    assert_eq!(log.text().matches("stale").count(), 1, "{}", log.text());
}

#[tokio::test]
async fn f23_nothing_but_defaults_before_the_first_copy() {
    let mock = MockDmp::start().await.unwrap();
    let file = ParameterFile::default();
    let closed = format!("https://127.0.0.1:{}/param-lps", closed_port().await);
    let log = Log::start();
    assert!(file.refresh(&ParameterSource::new(&closed, &anchors(&mock)).unwrap()).await.is_err());
    assert_eq!((file.current(), file.age()), (Parameters::default(), None));
    assert!(log.text().contains("known defaults"), "{}", log.text());
    let plain = ParameterSource::new("http://127.0.0.1/param-lps", &anchors(&mock));
    assert!(matches!(plain, Err(ParameterSourceError::NotHttps(_))));
}

#[tokio::test]
async fn f23_the_copy_is_refreshed_in_the_background_and_its_clients_see_it() {
    let mock = MockDmp::start().await.unwrap();
    mock.set_switch("age_majorite", "15").unwrap();
    let client = builder(&mock).build().unwrap();
    let source = ParameterSource::new(&mock.parameters_url(), &anchors(&mock)).unwrap();
    let kept = client.parameters().keep_fresh(source);
    while client.parameters().age().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.parameters().current().age_majorite, 15);
    drop(kept);
}
