//! TLS towards the DMP: our trust anchors only, our client certificate, no way to skip a check.

use std::sync::Arc;

use rustls::client::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::sign::SingleCertAndKey;
use rustls::{RootCertStore, version};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::credentials::AuthenticationIdentity;

/// The authorities that may vouch for the DMP's servers: those of the IGC-Santé, given by the caller.
///
/// The system's store is never consulted (`EX_0.X-1070`).
#[derive(Clone)]
pub struct TrustAnchors {
    roots: RootCertStore,
}

impl std::fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrustAnchors").field("certificates", &self.roots.len()).finish()
    }
}

/// Why trust anchors were refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustAnchorError {
    /// Nothing that reads as a PEM certificate.
    #[error("no certificate in the trust anchors; expected at least one PEM block CERTIFICATE")]
    Empty,
    /// A block that is not PEM.
    #[error("the trust anchors are not readable as PEM: {0}")]
    Pem(String),
    /// A certificate that cannot be an authority.
    #[error("certificate {position} of the trust anchors is refused: {source}")]
    Certificate {
        /// Its place, from 1.
        position: usize,
        /// What is wrong with it.
        source: rustls::Error,
    },
}

impl TrustAnchors {
    /// All certificates of a PEM text.
    ///
    /// # Errors
    /// No certificate, or one that cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TrustAnchorError> {
        let mut anchors = Self { roots: RootCertStore::empty() };
        for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
            let certificate = certificate.map_err(|error| TrustAnchorError::Pem(error.to_string()))?;
            anchors
                .roots
                .add(certificate)
                .map_err(|source| TrustAnchorError::Certificate { position: index + 1, source })?;
        }
        if anchors.roots.is_empty() {
            return Err(TrustAnchorError::Empty);
        }
        Ok(anchors)
    }
}

/// The TLS configuration of one identity, or of none yet: SNI, name checked on subjectAltName by rustls; TLS 1.2 and 1.3, or 1.2
/// alone with a key that cannot sign as 1.3 asks.
pub(crate) fn client_config(
    anchors: &TrustAnchors,
    identity: Option<&AuthenticationIdentity>,
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let on_token = identity.is_some_and(AuthenticationIdentity::may_block);
    let versions: &[_] = if on_token { &[&version::TLS12] } else { &[&version::TLS13, &version::TLS12] };
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)?
        .with_root_certificates(anchors.roots.clone());
    let mut config = match identity {
        Some(identity) => {
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key()?)))
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
