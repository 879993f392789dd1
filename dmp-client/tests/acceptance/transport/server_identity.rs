//! C-01 to C-07, C-09, C-10, C-17 and 0.1-050: whom the client takes for the DMP.

use std::sync::Arc;

use dmp_client::transport::TrustAnchorError;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{Identity, LeafProfile, LeafRequest, ThrowawayKey};
use jiff::Timestamp;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::log::Log;
use super::{record_at, record_of, refused};
use crate::support::server::{ScriptedServer, no_dmp, server_builder, server_config};
use crate::support::*;

fn request(names: &[&str]) -> LeafRequest {
    LeafRequest::server(names.iter().map(|name| (*name).to_owned()).collect(), Timestamp::now())
}

fn server(mock: &MockDmp, request: &LeafRequest) -> Identity {
    mock.pki().organisations.issue(request).unwrap()
}

async fn answering(identity: &Identity) -> ScriptedServer {
    ScriptedServer::start(identity, |_| Some(no_dmp())).await
}

#[tokio::test]
async fn c_01_the_right_server_answers() {
    let mock = MockDmp::start().await.unwrap();
    assert!(matches!(record_at(&mock, &mock.url()).existence().await.unwrap(), Existence::Active(_)));
}

#[tokio::test]
async fn a_0_1_050_and_c_02_and_c_03_three_hosts_one_trust_store() {
    let mock = MockDmp::start().await.unwrap();
    let log = Log::start();
    let right = answering(&server(&mock, &request(&["127.0.0.1"]))).await;
    let foreign = mock.pki().foreign_root().unwrap().issue(&request(&["127.0.0.1"])).unwrap();
    let wrong_chain = answering(&foreign).await;
    let wrong_name = answering(&server(&mock, &request(&["lps.dmp.exemple.test"]))).await;

    assert!(matches!(record_at(&mock, &right.url()).existence().await.unwrap(), Existence::Absent));
    assert_eq!(log.text(), "");
    for (trap, expected, cause) in [
        (&wrong_chain, TlsRefusal::UnknownIssuer, "UnknownIssuer"),
        (&wrong_name, TlsRefusal::NameMismatch, "lps.dmp.exemple.test"),
    ] {
        let error = record_at(&mock, &trap.url()).existence().await.unwrap_err();
        assert!(error.found().unwrap().contains("127.0.0.1"), "{error}");
        assert_eq!(refused(Err(error)), expected);
        assert_eq!(trap.requests(), 0, "not a byte of SOAP");
        assert!(log.text().contains(expected.key()) && log.text().contains(cause), "{}", log.text());
    }
}

#[tokio::test]
async fn c_04_and_c_05_the_subject_alternative_name_decides() {
    let mock = MockDmp::start().await.unwrap();
    let named = |common_name: &str, alternative: &str| {
        server(&mock, &LeafRequest { common_name: common_name.to_owned(), ..request(&[alternative]) })
    };
    // C-04: CN and SAN differ, and the SAN is the host; then swapped.
    let by_name = answering(&named("127.0.0.1", "localhost")).await;
    assert!(record_at(&mock, &by_name.named_url()).existence().await.is_ok());
    let by_address = answering(&named("localhost", "127.0.0.1")).await;
    assert!(record_at(&mock, &by_address.url()).existence().await.is_ok());
    // C-05: the CN is the host, the SAN another.
    assert_eq!(refused(record_at(&mock, &by_name.url()).existence().await), TlsRefusal::NameMismatch);
    assert_eq!(refused(record_at(&mock, &by_address.named_url()).existence().await), TlsRefusal::NameMismatch);
    assert_eq!((by_name.requests(), by_address.requests()), (1, 1));
}

#[tokio::test]
async fn c_06_dates_of_the_server() {
    let mock = MockDmp::start().await.unwrap();
    for outside in [request(&["127.0.0.1"]).expired(), request(&["127.0.0.1"]).not_yet_valid()] {
        let server = answering(&server(&mock, &outside)).await;
        assert_eq!(refused(record_at(&mock, &server.url()).existence().await), TlsRefusal::Validity);
        assert_eq!(server.requests(), 0);
    }
}

#[tokio::test]
async fn c_07_a_client_certificate_is_no_server() {
    let mock = MockDmp::start().await.unwrap();
    let client = LeafRequest::organisation(
        LeafProfile::OrganisationAuthentication,
        dmp_mock::world::seed::STRUCTURE_EG,
        ThrowawayKey::Spare,
        Timestamp::now(),
    );
    let client = LeafRequest { subject_alternative_names: vec!["127.0.0.1".to_owned()], ..client };
    let server = answering(&server(&mock, &client)).await;
    assert_eq!(refused(record_at(&mock, &server.url()).existence().await), TlsRefusal::Purpose);
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn c_09_a_missing_intermediate_comes_from_the_trust_store() {
    let mock = MockDmp::start().await.unwrap();
    let identity = server(&mock, &request(&["127.0.0.1"]));
    let leaf_alone = server_config(vec![identity.certificate_der().clone()], &identity);
    let server = ScriptedServer::with(leaf_alone, |_| Some(no_dmp())).await;
    assert_eq!(refused(record_at(&mock, &server.url()).existence().await), TlsRefusal::UnknownIssuer);

    let pki = mock.pki();
    let store = format!("{}{}", pki.root.certificate_pem(), pki.organisations.certificate_pem());
    let anchors = TrustAnchors::from_pem(store.as_bytes()).unwrap();
    let record = record_of(builder_for(&mock, &server.url()).trust_anchors(anchors));
    assert!(record.existence().await.is_ok());
    // An intermediate authority completes a chain; it is not trusted by itself.
    let alone = TrustAnchors::from_pem(pki.organisations.certificate_pem().as_bytes());
    assert!(matches!(alone, Err(TrustAnchorError::NoRoot)));
}

/// A certificate for `localhost`, and the one of nobody for who asks without a name or for another.
#[derive(Debug)]
struct ByName(Arc<CertifiedKey>, Arc<CertifiedKey>);

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(if hello.server_name() == Some("localhost") { &self.0 } else { &self.1 }))
    }
}

#[tokio::test]
async fn c_10_the_client_says_whom_it_calls() {
    let mock = MockDmp::start().await.unwrap();
    let certified = |name: &str| {
        let identity = server(&mock, &request(&[name]));
        let key = aws_lc_rs::sign::any_supported_type(&identity.key_der().unwrap()).unwrap();
        Arc::new(CertifiedKey::new(identity.tls_chain(), key))
    };
    let resolver = ByName(certified("localhost"), certified("autre.exemple.test"));
    let config = server_builder().with_no_client_auth().with_cert_resolver(Arc::new(resolver));
    let server = ScriptedServer::with(config, |_| Some(no_dmp())).await;
    assert!(record_at(&mock, &server.named_url()).existence().await.is_ok());
}

#[tokio::test]
async fn c_17_a_root_that_is_not_pinned_is_refused_at_load() {
    let mock = MockDmp::start().await.unwrap();
    let pem = mock.pki().root.certificate_pem();
    let fingerprint = |pem: &str| {
        let root = dmp_protocol::certificate::Certificate::from_pem(pem.as_bytes()).unwrap();
        root.sha256().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    };
    let right = fingerprint(&pem);
    let other = fingerprint(&mock.pki().foreign_root().unwrap().certificate_pem());
    let load = |pins: &[&str]| TrustAnchors::from_pem(pem.as_bytes()).unwrap().pinned(pins.iter().copied());
    let anchors = load(&[&other, &right]).unwrap();
    assert!(record_of(builder(&mock).trust_anchors(anchors)).existence().await.is_ok());
    for pins in [&[other.as_str()][..], &[]] {
        let error = load(pins).unwrap_err();
        assert!(matches!(error, TrustAnchorError::NotPinned { position: 1, .. }), "{error}");
        assert!(error.to_string().contains(&right.replace(':', "").to_lowercase()), "{error}");
    }
    assert!(matches!(load(&["A1:B2"]), Err(TrustAnchorError::Fingerprint { digits: 4 })));
}
