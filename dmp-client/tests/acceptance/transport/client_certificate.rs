//! C-13 and C-14: how the client proves who it is.

use std::process::{Command, Stdio};
use std::sync::Arc;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::Identity;
use dmp_protocol::certificate::Certificate;
use dmp_protocol::signature::{RsaSigner, SignError, Signer};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::{record_at, record_of, refused};
use crate::support::server::{ScriptedServer, no_dmp, server_builder};
use crate::support::*;

fn verifier(mock: &MockDmp) -> Arc<dyn ClientCertVerifier> {
    let mut roots = RootCertStore::empty();
    roots.add(mock.pki().root.certificate_der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap()
}

fn asking(mock: &MockDmp, verifier: Arc<dyn ClientCertVerifier>) -> ServerConfig {
    let server = &mock.pki().server;
    server_builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(server.tls_chain(), server.key_der().unwrap())
        .unwrap()
}

/// Takes RSA-PSS signatures only, which no card makes: a client that has nothing else shows no certificate.
#[derive(Debug)]
struct OnlyPss(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for OnlyPss {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.0.verify_client_cert(end_entity, intermediates, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::RSA_PSS_SHA256]
    }
}

/// A clock ten years ahead: what is valid today has expired.
#[derive(Debug)]
struct TenYearsAhead;

impl rustls::time_provider::TimeProvider for TenYearsAhead {
    fn current_time(&self) -> Option<UnixTime> {
        let years = std::time::Duration::from_secs(10 * 365 * 24 * 3600);
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(UnixTime::now().as_secs()) + years))
    }
}

/// The pair of the structure behind a signer, as on a card.
fn behind_a_signer(identity: &Identity) -> RsaSigner {
    let certificate = |der: &[u8]| Certificate::from_der(der).unwrap();
    let chain = identity.tls_chain().iter().skip(1).map(|der| certificate(der)).collect();
    let key = identity.key_der().unwrap();
    RsaSigner::from_pkcs8(key.secret_der(), certificate(identity.certificate_der()), chain).unwrap()
}

#[tokio::test]
async fn c_13_a_client_certificate_that_is_refused_is_not_tried_again() {
    let mock = MockDmp::start().await.unwrap();
    let on_a_card = || AuthenticationIdentity::from_signer(behind_a_signer(&mock.pki().org_auth_cli)).unwrap();
    let absent = asking(&mock, Arc::new(OnlyPss(verifier(&mock))));
    let mut expired = asking(&mock, verifier(&mock));
    expired.time_provider = Arc::new(TenYearsAhead);
    for (config, by_card) in [(absent, true), (expired.clone(), true), (expired, false)] {
        let server = ScriptedServer::with(config, |_| Some(no_dmp())).await;
        let builder = builder_for(&mock, &server.url());
        let builder = if by_card { builder.authentication(on_a_card()) } else { builder };
        let record = record_of(builder);
        assert_eq!(refused(record.existence().await), TlsRefusal::ClientCertificateRejected);
        assert_eq!((server.connections(), server.requests()), (1, 0));
    }
    mock.revoke(mock.pki().org_auth_cli.certificate_der()).unwrap();
    for builder in [builder(&mock), builder(&mock).authentication(on_a_card())] {
        let error = record_of(builder).existence().await.unwrap_err();
        assert_eq!(error.advice(), Advice::AfterFix);
        assert_eq!(refused(Err(error)), TlsRefusal::ClientCertificateRejected);
    }
    assert!(mock.journal().exchanges().is_empty());
}

/// RSA over a DigestInfo without the NULL parameters, which the DMP refuses (probable): what no adapter must do.
#[derive(Debug)]
struct WithoutNull {
    signer: RsaSigner,
    key: tempfile::NamedTempFile,
}

/// DigestInfo of SHA-256 whose AlgorithmIdentifier has no parameters.
const DIGEST_INFO_WITHOUT_NULL: [u8; 17] =
    [0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x04, 0x20];

impl Signer for WithoutNull {
    fn certificate(&self) -> &Certificate {
        self.signer.certificate()
    }

    fn chain(&self) -> &[Certificate] {
        self.signer.chain()
    }

    fn sign_sha256_rsa(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
        let info = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(info.path(), [&DIGEST_INFO_WITHOUT_NULL[..], digest.as_ref()].concat()).unwrap();
        // Without a digest named, OpenSSL pads and signs the bytes as they are.
        let signed = Command::new("openssl")
            .args(["pkeyutl", "-sign", "-inkey"])
            .arg(self.key.path())
            .arg("-in")
            .arg(info.path())
            .stderr(Stdio::null())
            .output();
        signed.map(|signed| signed.stdout).map_err(|error| SignError { reason: error.to_string() })
    }
}

#[tokio::test]
async fn c_14_signatures_are_coded_with_null_parameters() {
    let mock = MockDmp::start().await.unwrap();
    let identity = &mock.pki().org_auth_cli;
    // The stack of the mock takes what the client and its card adapter sign…
    let versions = TlsVersions::Tls12;
    assert!(record_of(builder(&mock).tls_versions(versions)).existence().await.is_ok());
    let card = AuthenticationIdentity::from_signer(behind_a_signer(identity)).unwrap();
    assert!(record_of(builder(&mock).authentication(card)).existence().await.is_ok());
    // … and refuses the same signature coded without NULL parameters.
    if !Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success()) {
        println!("skipped: no openssl to code a signature otherwise");
        return;
    }
    let key = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(key.path(), identity.key_pem()).unwrap();
    let other = WithoutNull { signer: behind_a_signer(identity), key };
    let other = AuthenticationIdentity::from_signer(other).unwrap();
    let error = record_of(builder(&mock).authentication(other)).existence().await.unwrap_err();
    assert_eq!(refused(Err(error)), TlsRefusal::ClientCertificateRejected);
    assert!(record_at(&mock, &mock.url()).existence().await.is_ok());
}
