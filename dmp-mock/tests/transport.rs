//! TLS, HTTP and the control port.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::pki::{Identity, LeafProfile, LeafRequest, ThrowawayKey};
use dmp_mock::world::seed;
use support::{Connection, Sender, tls_client};

/// Whether a request goes through; in TLS 1.3 the refusal comes after the client's own handshake.
async fn is_served(
    mock: &MockDmp,
    identity: Option<&Identity>,
    config_versions: &[&'static rustls::SupportedProtocolVersion],
) -> bool {
    let config = tls_client(mock, identity, config_versions);
    match Connection::open(mock.address(), config).await {
        Ok(mut connection) => connection.request("GET", "/", "", "").await.is_ok(),
        Err(_) => false,
    }
}

#[tokio::test]
async fn a_good_client_certificate_is_required_in_both_versions_of_tls() {
    let mock = MockDmp::start().await.unwrap();
    let now = mock.clock().now();
    let good = || {
        LeafRequest::organisation(LeafProfile::OrganisationAuthentication, seed::STRUCTURE_EG, ThrowawayKey::Spare, now)
    };
    let organisations = &mock.pki().organisations;
    let revoked = organisations.issue(&good()).unwrap();
    assert!(is_served(&mock, Some(&revoked), rustls::ALL_VERSIONS).await, "not revoked yet");
    mock.revoke(revoked.certificate_der()).unwrap();
    let cases: [(&str, Option<Identity>, bool); 7] = [
        ("good", Some(organisations.issue(&good()).unwrap()), true),
        ("none", None, false),
        ("expired", Some(organisations.issue(&good().expired()).unwrap()), false),
        ("not yet valid", Some(organisations.issue(&good().not_yet_valid()).unwrap()), false),
        ("other root", Some(mock.pki().foreign_root().unwrap().issue(&good()).unwrap()), false),
        ("signature pair", Some(mock.pki().org_sign.clone()), false),
        ("revoked", Some(revoked), false),
    ];
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for (what, identity, expected) in &cases {
            let served = is_served(&mock, identity.as_ref(), &[version]).await;
            assert_eq!(served, *expected, "{what} in {:?}", version.version);
        }
    }
}

#[tokio::test]
async fn http_answers_before_soap() {
    let mock = MockDmp::start().await.unwrap();
    let mut connection = Connection::to(&mock, &mock.pki().org_auth_cli).await;
    let base = "/si-dmp-server/v2/services";
    for (method, path, content_type, status) in [
        ("GET", format!("{base}/patients"), "", 405),
        ("GET", format!("{base}/patients?wsdl"), "", 404),
        ("POST", format!("{base}/unknown"), "application/soap+xml", 404),
        ("POST", "/si-dmp-server/v1/services/patients".to_owned(), "application/soap+xml", 404),
        ("POST", format!("{base}/patients"), "application/json", 415),
        ("POST", format!("{base}/patients"), "application/soap+xml", 500),
        ("POST", format!("{base}/repository"), "multipart/related", 500),
        ("POST", format!("{base}/repository"), "multipart/related; boundary=\"b\"", 500),
    ] {
        let answer = connection.request(method, &path, content_type, "").await.unwrap();
        assert_eq!(answer.status, status, "{method} {path} {content_type}");
        if status == 405 {
            assert_eq!(answer.header("allow"), Some("POST"));
        }
    }
}

#[tokio::test]
async fn the_control_port_tells_health_journal_and_revocation() {
    let mock = MockDmp::start().await.unwrap();
    Sender::air(&mock).existence().await;
    let health = control(&mock, "/health").await;
    assert_eq!(health.0, 200);
    let journal: serde_json::Value = serde_json::from_slice(&control(&mock, "/journal").await.1).unwrap();
    assert_eq!(journal[0]["transaction"], "TD0.2");
    assert_eq!(journal[0]["refusal"], serde_json::Value::Null);
    assert!(!journal.to_string().contains(seed::PATIENT_FOLLOWED));
    for name in ["root", "organisations", "personnes"] {
        let (status, list) = control(&mock, &format!("/crl/{name}.crl")).await;
        assert_eq!(status, 200);
        assert!(x509_parser::parse_x509_crl(&list).is_ok());
    }
    assert_eq!(control(&mock, "/crl/nobody.crl").await.0, 404);
}

/// A GET over plain TCP, by hand.
async fn control(mock: &MockDmp, path: &str) -> (u16, Vec<u8>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let url = mock.admin_url();
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    (status, answer.split_off(end))
}

#[tokio::test]
async fn many_mocks_run_at_once_and_stop_when_dropped() {
    let mocks = futures_util::future::try_join_all((0..8).map(|_| MockDmp::start())).await.unwrap();
    for mock in &mocks {
        assert_eq!(Sender::air(mock).existence().await.status, 200);
    }
    let address = mocks[0].address();
    drop(mocks);
    // The listener is closed by its task: the port refuses as soon as that task has run.
    let mut open = true;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
        open = tokio::net::TcpStream::connect(address).await.is_ok();
        if !open {
            break;
        }
    }
    assert!(!open);
}

#[tokio::test]
async fn a_connection_at_rest_is_cut_and_a_new_one_is_served() {
    let mock = MockDmp::builder().idle_cut(std::time::Duration::from_millis(500)).start().await.unwrap();
    let mut resting = Connection::to(&mock, &mock.pki().org_auth_cli).await;
    assert_eq!(resting.request("GET", "/", "", "").await.unwrap().status, 404);
    resting.closed().await;
    assert!(resting.request("GET", "/", "", "").await.is_err());
    assert_eq!(Sender::air(&mock).existence().await.status, 200);
}

#[tokio::test]
async fn files_are_written_for_other_programs() {
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    mock.pki().write_to(folder.path()).unwrap();
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    for name in ["ca.pem", "server.pem", "org_auth_cli.pem", "org_sign.pem"] {
        assert!(read(name).starts_with(b"-----BEGIN CERTIFICATE-----"), "{name}");
    }
    for name in ["server.key", "org_auth_cli.key", "org_sign.key"] {
        assert!(read(name).starts_with(b"-----BEGIN PRIVATE KEY-----"), "{name}");
    }
    for (name, identity) in [("org_auth_cli", &mock.pki().org_auth_cli), ("org_sign", &mock.pki().org_sign)] {
        let store = p12_keystore::KeyStore::from_pkcs12(
            &read(&format!("{name}.p12")),
            dmp_mock::pki::PKCS12_PASSWORD,
            p12_keystore::Pkcs12ImportPolicy::Strict,
        )
        .unwrap();
        let (_, chain) = store.private_key_chain().unwrap();
        assert_eq!(chain.certs()[0].as_der(), identity.certificate_der().as_ref());
        assert_eq!(chain.certs().len(), 3, "leaf, authority, root");
        assert_eq!(chain.key().as_der(), identity.key_der().unwrap().secret_der());
    }
}

#[tokio::test]
async fn a_world_file_replaces_the_seed() {
    let world = dmp_mock::world::World::from_toml(
        r#"
        [[structure]]
        id = "10B0990008"
        name = "CLINIQUE DU MODELE"
        sector = "SA01"
        white_list = true
        [[professional]]
        id = "899999000013"
        name = "MODELE"
        given_name = "ALIX"
        roles = ["10^1.2.250.1.71.1.2.7", "SM26^1.2.250.1.71.4.2.5"]
        [[patient]]
        ins = "191129719900389"
        birth_name = "AUTRE"
        given_names = ["SACHA"]
        "#,
    )
    .unwrap();
    let mock = MockDmp::builder().world(world).start().await.unwrap();
    let known = Sender::air(&mock).with_patient("191129719900389").existence().await;
    assert!(String::from_utf8_lossy(&known.body).contains("AUTRE"));
    let unknown = Sender::air(&mock).existence().await;
    assert!(String::from_utf8_lossy(&unknown.body).contains("\"NF\""));
}
