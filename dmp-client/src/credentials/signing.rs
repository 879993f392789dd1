//! The pair that signs assertions and submissions: ORG_SIGN.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use dmp_protocol::certificate::Certificate;
use dmp_protocol::signature::{RsaSigner, Signer};
use jiff::Timestamp;
use secrecy::SecretString;

use super::key_material::KeyMaterial;
use super::{CredentialError, read_file};

/// ORG_SIGN of the structure: signs each assertion (VIHF) and each submission (XAdES). Never authenticates.
#[derive(Clone)]
pub struct SigningIdentity {
    signer: Arc<dyn Signer>,
}

impl SigningIdentity {
    /// Reads a PKCS#12 file. Blocks on the file: call it at start-up.
    ///
    /// # Errors
    /// [`CredentialError`], also when the certificate cannot sign (V21) or has expired (`REC_0.X-1050`).
    pub fn from_pkcs12(path: impl AsRef<Path>, password: SecretString) -> Result<Self, CredentialError> {
        Self::from_pkcs12_bytes(&read_file(path.as_ref())?, password)
    }

    /// Reads PKCS#12 bytes.
    ///
    /// # Errors
    /// As [`Self::from_pkcs12`].
    pub fn from_pkcs12_bytes(bytes: &[u8], password: SecretString) -> Result<Self, CredentialError> {
        Self::from_material(&KeyMaterial::from_pkcs12(bytes, &password)?)
    }

    /// Reads PEM texts: the certificate followed by its authorities, and the key (PKCS#8 or PKCS#1, no password).
    ///
    /// # Errors
    /// As [`Self::from_pkcs12`].
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CredentialError> {
        Self::from_material(&KeyMaterial::from_pem(chain, key)?)
    }

    /// Takes a key that lives elsewhere, such as in an HSM. It is called off the async threads.
    ///
    /// # Errors
    /// The certificate cannot sign (V21) or has expired (`REC_0.X-1050`).
    pub fn from_signer(signer: impl Signer + 'static) -> Result<Self, CredentialError> {
        signer.certificate().check_signature_profile(None).map_err(CredentialError::NotForSignature)?;
        let identity = Self { signer: Arc::new(signer) };
        identity.check_validity(Timestamp::now())?;
        Ok(identity)
    }

    fn from_material(material: &KeyMaterial) -> Result<Self, CredentialError> {
        let authorities = material.chain.iter().skip(1).map(|der| Certificate::from_der(der));
        let chain = authorities.collect::<Result<Vec<_>, _>>()?;
        let signer = RsaSigner::from_pkcs8(&material.pkcs8, material.certificate()?, chain)
            .map_err(|_| CredentialError::NotRsa)?;
        Self::from_signer(signer)
    }

    /// The certificate that goes with each signature.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        self.signer.certificate()
    }

    pub(crate) fn signer(&self) -> &dyn Signer {
        self.signer.as_ref()
    }

    pub(crate) fn check_validity(&self, at: Timestamp) -> Result<(), CredentialError> {
        let not_after = self.certificate().not_after();
        let refused = |_| CredentialError::NotValid { use_of: "signature", not_after };
        self.certificate().check_validity(at).map_err(refused)
    }
}

impl fmt::Debug for SigningIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningIdentity").field("certificate", self.certificate()).finish_non_exhaustive()
    }
}
