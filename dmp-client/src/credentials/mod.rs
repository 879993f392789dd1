//! The two key pairs of a structure or of a card, as two types that cannot be swapped.
//!
//! [`AuthenticationIdentity`] (ORG_AUTH_CLI) opens the TLS connection; [`SigningIdentity`] (ORG_SIGN) signs each
//! assertion and each submission. A DMP that receives an assertion signed with the first answers
//! `DMPInvalidCertificate`: here the mistake does not compile, and the wrong file is refused when it is read.
//!
//! ```compile_fail
//! # use dmp_client::{AuthenticationIdentity, DmpClientBuilder};
//! fn swapped(builder: DmpClientBuilder, tls: AuthenticationIdentity) -> DmpClientBuilder {
//!     builder.signing(tls)
//! }
//! ```

mod authentication;
mod card;
mod key_material;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
mod signing;
mod token_key;
#[cfg(feature = "pkcs11")]
mod token_signer;

pub use authentication::AuthenticationIdentity;
pub use card::Card;
use dmp_protocol::certificate::{CertificateError, ProfileError};
pub use signing::SigningIdentity;

/// Why a key pair is refused, before any call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The path given.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not PKCS#12, or not this password.
    #[error("the PKCS#12 file cannot be opened: wrong password, or not a PKCS#12 file")]
    Pkcs12,
    /// Not PEM.
    #[error("the certificates are not readable as PEM")]
    Pem,
    /// No private key.
    #[error(
        "no readable private key: expected a PEM block PRIVATE KEY or RSA PRIVATE KEY without password, or a PKCS#12 file that holds a key"
    )]
    NoKey,
    /// No certificate.
    #[error("no certificate for the key: expected the holder's certificate first, then its authorities")]
    NoCertificate,
    /// A key that is not RSA.
    #[error("the private key is not a readable RSA key: the IGC-Santé issues RSA keys of 2048 bits or more")]
    NotRsa,
    /// The key does not belong to the certificate.
    #[error("the private key does not belong to the certificate")]
    KeyMismatch,
    /// The certificate cannot be read.
    #[error("the certificate cannot be read: {0}")]
    Certificate(#[from] CertificateError),
    /// Not an authentication certificate.
    #[error("this certificate cannot authenticate (EX_GEN-1450, V02): {0}; give the ORG_AUTH_CLI pair")]
    NotForAuthentication(ProfileError),
    /// Not a signature certificate.
    #[error("this certificate cannot sign (EX_GEN-1450, V21): {0}; give the ORG_SIGN pair")]
    NotForSignature(ProfileError),
    /// Outside its validity.
    #[error(
        "the {use_of} certificate is outside its validity (REC_0.X-1050): it ends {not_after}; renew it, or check the clock"
    )]
    NotValid {
        /// `authentication` or `signature`.
        use_of: &'static str,
        /// Last instant of validity.
        not_after: jiff::Timestamp,
    },
    /// One certificate for both uses.
    #[error(
        "the same certificate is given for TLS and for signing (EX_GEN-1450): the DMP wants ORG_AUTH_CLI and ORG_SIGN"
    )]
    SameCertificate,
    /// A certificate that names no card holder.
    #[error("this certificate names no card holder (V02): give the authentication pair of a CPx card")]
    NotACard,
    /// Two card holders.
    #[error("the two certificates belong to two card holders (V23): give both pairs of one card")]
    TwoHolders,
    /// A card holder without a usable number.
    #[error("the CN of the card is no PS_IdNat (V35): expected 8 + RPPS, 0 + ADELI, or structure/internal id")]
    HolderId,
    /// Two structures.
    #[error("the two certificates belong to two structures (V23): found {authentication} and {signing} in their OU")]
    TwoStructures {
        /// OU of the authentication certificate.
        authentication: String,
        /// OU of the signature certificate.
        signing: String,
    },
}

impl CredentialError {
    /// The requirement or rule that is broken, if the problem is not the file itself.
    #[must_use]
    pub fn rule(&self) -> Option<&'static str> {
        match self {
            Self::NotForAuthentication(_) | Self::NotACard => Some("V02"),
            Self::NotForSignature(_) => Some("V21"),
            Self::NotValid { .. } => Some("REC_0.X-1050"),
            Self::SameCertificate => Some("EX_GEN-1450"),
            Self::TwoStructures { .. } | Self::TwoHolders => Some("V23"),
            Self::HolderId => Some("V35"),
            _ => None,
        }
    }
}

fn read_file(path: &std::path::Path) -> Result<zeroize::Zeroizing<Vec<u8>>, CredentialError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(zeroize::Zeroizing::new(bytes)),
        Err(source) => Err(CredentialError::File { path: path.display().to_string(), source }),
    }
}
