//! TLS towards the DMP: our trust anchors only, our client certificate, the suites of the DMP, no way to skip a check.

use std::sync::Arc;

use rustls::client::ClientConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, cipher_suite};
use rustls::sign::SingleCertAndKey;
use rustls::{DigitallySignedStruct, SignatureScheme, SupportedCipherSuite, SupportedProtocolVersion, version};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::trust::TrustAnchors;
use crate::credentials::AuthenticationIdentity;

/// Versions of TLS that are offered to the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsVersions {
    /// 1.2 alone: what the services of the DMP speak (`EX_0.X-1030`).
    Tls12,
    /// 1.2, and 1.3 for a server that has it. A card is offered 1.2 alone: its key cannot sign as 1.3 asks.
    #[default]
    Tls12And13,
}

/// The suites of `EX_0.X-1030` in the order of the contract, but for its CBC suite, which is never offered.
const SUITES_12: [SupportedCipherSuite; 3] = [
    cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];

const SUITES_13: [SupportedCipherSuite; 3] = [
    cipher_suite::TLS13_AES_256_GCM_SHA384,
    cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
    cipher_suite::TLS13_AES_128_GCM_SHA256,
];

/// Whom a client trusts and what it offers: the same for all its identities.
#[derive(Debug, Clone)]
pub(crate) struct ServerTrust {
    pub(crate) anchors: TrustAnchors,
    pub(crate) versions: TlsVersions,
}

/// The TLS configuration of one identity, or of none yet: SNI; name checked on subjectAltName, chain, dates and purpose
/// by rustls.
pub(crate) fn client_config(
    trust: &ServerTrust,
    identity: Option<&AuthenticationIdentity>,
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let on_token = identity.is_some_and(AuthenticationIdentity::may_block);
    let versions: &[&SupportedProtocolVersion] = match trust.versions {
        TlsVersions::Tls12And13 if !on_token => &[&version::TLS13, &version::TLS12],
        _ => &[&version::TLS12],
    };
    let provider = Arc::new(CryptoProvider {
        cipher_suites: SUITES_12.into_iter().chain(SUITES_13).collect(),
        ..aws_lc_rs::default_provider()
    });
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)?
        // "Dangerous" is what rustls calls any verifier of one's own: this one only adds authorities to its own.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(CompletingVerifier::new(&trust.anchors, provider)?));
    let mut config = match identity {
        Some(identity) => {
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key()?)))
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The configuration of a public site, which asks for no client certificate: any suite of rustls.
pub(crate) fn public_config(anchors: &TrustAnchors) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(CompletingVerifier::new(anchors, provider)?))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The verifier of rustls, which also finds the intermediate authorities of our store.
#[derive(Debug)]
struct CompletingVerifier {
    verifier: Arc<WebPkiServerVerifier>,
    anchors: TrustAnchors,
}

impl CompletingVerifier {
    fn new(anchors: &TrustAnchors, provider: Arc<CryptoProvider>) -> Result<Self, rustls::Error> {
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::clone(&anchors.roots), provider)
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(Self { verifier, anchors: anchors.clone() })
    }
}

impl ServerCertVerifier for CompletingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let known = self.anchors.completing(intermediates);
        self.verifier.verify_server_cert(end_entity, &known, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
