//! Keys that sign, signatures that are verified, and the XML-DSig pieces that VIHF and XAdES share.

mod algorithm;
mod base64_text;
mod key_info;
mod reference;
mod rsa;

use std::fmt;

use crate::certificate::Certificate;
pub use algorithm::{Canonicalization, DigestAlgorithm, SignatureAlgorithm};
pub use base64_text::{Base64Error, decode_base64, encode_base64, encode_base64_lines};
pub use rsa::{RsaSigner, SignerError, VerifyError, verify_rsa};

pub(crate) use key_info::certificate_of;
pub(crate) use reference::{Reference, SignedInfo};

/// Namespace of XML-DSig.
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A key that signs, wherever it lives: in memory, on a card, in an HSM.
///
/// `sign_sha256_rsa` may block (a card asks for its PIN): call it off the async runtime.
pub trait Signer: Send + Sync + fmt::Debug {
    /// The certificate of the key.
    fn certificate(&self) -> &Certificate;

    /// The authorities above the certificate, issuer first; empty if they are not known.
    fn chain(&self) -> &[Certificate];

    /// RSA PKCS#1 v1.5 with SHA-256 over the whole message.
    ///
    /// # Errors
    /// The key is absent, locked or refuses.
    fn sign_sha256_rsa(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A key that did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key did not sign: {reason}")]
pub struct SignError {
    /// Why, without any secret.
    pub reason: String,
}

#[cfg(test)]
mod tests;
