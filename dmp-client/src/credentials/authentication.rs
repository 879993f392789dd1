//! The pair that opens the TLS connection: ORG_AUTH_CLI.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use dmp_protocol::certificate::Certificate;
use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;

use super::key_material::KeyMaterial;
use super::{CredentialError, read_file};

/// ORG_AUTH_CLI of the structure: proves to the DMP who calls. Never signs.
#[derive(Clone)]
pub struct AuthenticationIdentity {
    certificate: Certificate,
    material: Arc<KeyMaterial>,
}

impl AuthenticationIdentity {
    /// Reads a PKCS#12 file. Blocks on the file: call it at start-up.
    ///
    /// # Errors
    /// [`CredentialError`], also when the certificate cannot authenticate (V02) or has expired (`REC_0.X-1050`).
    pub fn from_pkcs12(path: impl AsRef<Path>, password: SecretString) -> Result<Self, CredentialError> {
        Self::from_pkcs12_bytes(&read_file(path.as_ref())?, password)
    }

    /// Reads PKCS#12 bytes.
    ///
    /// # Errors
    /// As [`Self::from_pkcs12`].
    pub fn from_pkcs12_bytes(bytes: &[u8], password: SecretString) -> Result<Self, CredentialError> {
        Self::new(KeyMaterial::from_pkcs12(bytes, &password)?)
    }

    /// Reads PEM texts: the certificate followed by its authorities, and the key (PKCS#8 or PKCS#1, no password).
    ///
    /// # Errors
    /// As [`Self::from_pkcs12`].
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CredentialError> {
        Self::new(KeyMaterial::from_pem(chain, key)?)
    }

    fn new(material: KeyMaterial) -> Result<Self, CredentialError> {
        let certificate = material.certificate()?;
        certificate.check_authentication_profile(None).map_err(CredentialError::NotForAuthentication)?;
        let identity = Self { certificate, material: Arc::new(material) };
        identity.check_validity(Timestamp::now())?;
        Ok(identity)
    }

    /// The certificate that the DMP sees.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(crate) fn check_validity(&self, at: Timestamp) -> Result<(), CredentialError> {
        let not_after = self.certificate.not_after();
        let refused = |_| CredentialError::NotValid { use_of: "authentication", not_after };
        self.certificate.check_validity(at).map_err(refused)
    }

    pub(crate) fn tls_chain(&self) -> Vec<CertificateDer<'static>> {
        self.material.chain.clone()
    }

    pub(crate) fn tls_key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.material.pkcs8.to_vec()).into()
    }
}

impl fmt::Debug for AuthenticationIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationIdentity").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}
