//! The pair that opens the TLS connection: ORG_AUTH_CLI, or the authentication certificate of a card.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use dmp_protocol::certificate::Certificate;
use dmp_protocol::signature::Signer;
use jiff::Timestamp;
use rustls::sign::CertifiedKey;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;

use super::key_material::KeyMaterial;
use super::token_key::TokenKey;
use super::{CredentialError, read_file};

/// ORG_AUTH_CLI of a structure, or the authentication pair of a card: proves to the DMP who calls. Never signs.
#[derive(Clone)]
pub struct AuthenticationIdentity {
    certificate: Certificate,
    key: Key,
}

#[derive(Clone)]
enum Key {
    /// In memory.
    Material(Arc<KeyMaterial>),
    /// Elsewhere: on a card, in an HSM.
    Token(Arc<dyn Signer>),
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

    /// Takes a key that lives elsewhere, such as on a card: it signs the handshakes, off the async threads. TLS is then
    /// 1.2, the version of the DMP: 1.3 asks for a signature (RSA-PSS) that cards do not make.
    ///
    /// # Errors
    /// The certificate cannot authenticate (V02) or has expired (`REC_0.X-1050`).
    pub fn from_signer(signer: impl Signer + 'static) -> Result<Self, CredentialError> {
        Self::checked(signer.certificate().clone(), Key::Token(Arc::new(signer)))
    }

    fn new(material: KeyMaterial) -> Result<Self, CredentialError> {
        Self::checked(material.certificate()?, Key::Material(Arc::new(material)))
    }

    fn checked(certificate: Certificate, key: Key) -> Result<Self, CredentialError> {
        certificate.check_authentication_profile(None).map_err(CredentialError::NotForAuthentication)?;
        let identity = Self { certificate, key };
        identity.check_validity(Timestamp::now())?;
        Ok(identity)
    }

    /// The certificate that the DMP sees.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The authorities that came with the certificate.
    pub(crate) fn authorities(&self) -> Vec<Certificate> {
        match &self.key {
            Key::Material(material) => material.authorities(),
            Key::Token(signer) => signer.chain().to_vec(),
        }
    }

    pub(crate) fn check_validity(&self, at: Timestamp) -> Result<(), CredentialError> {
        let not_after = self.certificate.not_after();
        let refused = |_| CredentialError::NotValid { use_of: "authentication", not_after };
        self.certificate.check_validity(at).map_err(refused)
    }

    /// Whether a handshake may wait for a card or for the person who holds it.
    pub(crate) fn may_block(&self) -> bool {
        matches!(self.key, Key::Token(_))
    }

    /// The certificate and its key, for the handshakes.
    pub(crate) fn certified_key(&self) -> Result<CertifiedKey, rustls::Error> {
        match &self.key {
            Key::Material(material) => {
                let der = PrivatePkcs8KeyDer::from(material.pkcs8.to_vec()).into();
                let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&der)?;
                Ok(CertifiedKey::new(material.chain.clone(), key))
            }
            Key::Token(signer) => {
                let certificates = std::iter::once(signer.certificate()).chain(signer.chain());
                let chain = certificates.map(|certificate| CertificateDer::from(certificate.der().to_vec()));
                Ok(CertifiedKey::new(chain.collect(), Arc::new(TokenKey(Arc::clone(signer)))))
            }
        }
    }
}

impl fmt::Debug for AuthenticationIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationIdentity").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}
