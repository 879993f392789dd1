//! RSA PKCS#1 v1.5 by aws-lc-rs: a key in memory, and verification.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    self, KeyPair as _, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    UnparsedPublicKey,
};

use super::{SignError, SignatureAlgorithm, Signer};
use crate::certificate::Certificate;

/// An RSA key in memory with its certificate. `Debug` shows the certificate only.
pub struct RsaSigner {
    key: KeyPair,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

/// A key and a certificate that make no signer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// Not an unencrypted PKCS#8 RSA key of 2048 to 8192 bits.
    #[error("not an unencrypted PKCS#8 RSA private key of 2048 to 8192 bits: {reason}")]
    Key {
        /// What the library said.
        reason: String,
    },
    /// The certificate belongs to another key.
    #[error("the private key is not the one of the certificate: use the key and certificate of the same file")]
    Mismatch,
}

impl RsaSigner {
    /// From a PKCS#8 DER key, its certificate, and the authorities above it (issuer first; may be empty).
    ///
    /// # Errors
    /// A key that is unreadable, or not the certificate's.
    pub fn from_pkcs8(pkcs8: &[u8], certificate: Certificate, chain: Vec<Certificate>) -> Result<Self, SignerError> {
        let key = KeyPair::from_pkcs8(pkcs8).map_err(|rejected| SignerError::Key { reason: rejected.to_string() })?;
        if certificate.rsa_public_key() != Some(key.public_key().as_ref()) {
            return Err(SignerError::Mismatch);
        }
        Ok(Self { key, certificate, chain })
    }
}

impl Signer for RsaSigner {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign_sha256_rsa(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut value = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut value)
            .map_err(|_| SignError { reason: "the RSA operation failed".to_owned() })?;
        Ok(value)
    }
}

impl fmt::Debug for RsaSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaSigner").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// A signature that is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Not RSA, shorter than 2048 bits, or a weak exponent.
    #[error("the key is not RSA of 2048 bits or more with an odd exponent of 65537 or more")]
    Key,
    /// The value does not match.
    #[error("the signature value is wrong")]
    Value,
}

/// Verifies a PKCS#1 v1.5 signature with the key of a certificate.
///
/// Whether the certificate is trusted is another question: see [`crate::certificate::chain`].
///
/// # Errors
/// A weak key or a wrong value.
pub fn verify_rsa(
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    value: &[u8],
) -> Result<(), VerifyError> {
    certificate.check_rsa_key().map_err(|_| VerifyError::Key)?;
    let key = certificate.rsa_public_key().ok_or(VerifyError::Key)?;
    let parameters: &'static dyn signature::VerificationAlgorithm = match algorithm {
        SignatureAlgorithm::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
        SignatureAlgorithm::RsaSha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
    };
    UnparsedPublicKey::new(parameters, key).verify(message, value).map_err(|_| VerifyError::Value)
}
