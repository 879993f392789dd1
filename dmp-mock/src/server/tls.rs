//! TLS of the mock: 1.2 and 1.3, a client certificate of the throwaway PKI required, revocation checked (V01).

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::pki::{Pki, PkiError};

/// Why a TLS configuration could not be made from the throwaway PKI.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate or list could not be issued.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// rustls refused what the PKI issued.
    #[error("TLS could not be configured: {0}")]
    Configuration(#[from] rustls::Error),
    /// The verifier of client certificates could not be built.
    #[error("the verifier of client certificates could not be built: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// The configuration in force; replaced as a whole when a certificate is revoked.
#[derive(Debug)]
pub(crate) struct TlsSetting {
    current: RwLock<Arc<ServerConfig>>,
}

impl TlsSetting {
    pub(crate) fn new(pki: &Pki, now: Timestamp) -> Result<Self, TlsError> {
        Ok(TlsSetting { current: RwLock::new(Arc::new(server_config(pki, now)?)) })
    }

    /// A configuration that no revocation changes.
    pub(crate) fn fixed(config: Arc<ServerConfig>) -> Self {
        TlsSetting { current: RwLock::new(config) }
    }

    pub(crate) fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes new revocation lists into account, for the next handshakes.
    pub(crate) fn refresh(&self, pki: &Pki, now: Timestamp) -> Result<(), TlsError> {
        let config = Arc::new(server_config(pki, now)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }
}

fn server_config(pki: &Pki, now: Timestamp) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    for anchor in pki.trust_anchors() {
        roots.add(anchor)?;
    }
    // Revocation is checked for the leaf: the authorities are made at start and never revoked.
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .with_crls(pki.crls(now)?)
        .only_check_end_entity_revocation()
        .build()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(pki.server.tls_chain(), pki.server.key_der()?)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
