//! X.509 certificates of the IGC-Santé as the DMP looks at them: names, usages, product class, key.

pub mod chain;
mod profile;
mod reading;

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::distinguished_name::DistinguishedName;
pub use profile::{ProfileError, Requirement};

/// Largest certificate that is read, in bytes of DER.
pub const MAX_DER: usize = 64 * 1024;

/// A certificate, read once; equality is equality of the DER.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    subject: DistinguishedName,
    issuer: DistinguishedName,
    serial: String,
    not_before: Timestamp,
    not_after: Timestamp,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<Vec<String>>,
    product_class: Option<ProductClass>,
    revocation_lists: Vec<String>,
    authority: bool,
    rsa: Option<RsaPublicKey>,
}

/// Why bytes are no usable certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Larger than [`MAX_DER`].
    #[error("the certificate is larger than {MAX_DER} bytes")]
    TooLarge,
    /// Not the DER of one X.509 certificate.
    #[error("not a DER X.509 certificate: {reason}")]
    Malformed {
        /// What the decoder said.
        reason: String,
    },
    /// Not PEM, or no certificate in it.
    #[error("no readable `BEGIN CERTIFICATE` block: {reason}")]
    Pem {
        /// What the decoder said.
        reason: String,
    },
}

/// The bits of keyUsage that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyUsage {
    /// digitalSignature: TLS authentication.
    pub digital_signature: bool,
    /// nonRepudiation: signature of a VIHF or of a lot.
    pub non_repudiation: bool,
    /// keyEncipherment.
    pub key_encipherment: bool,
    /// keyCertSign: an authority.
    pub key_cert_sign: bool,
    /// cRLSign.
    pub crl_sign: bool,
}

/// Extension `1.2.250.1.71.1.2.5` (TRE_G01): what holds the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProductClass {
    /// The product.
    pub product: Product,
    /// Whether the class belongs to the test branch (+80 hexadecimal).
    pub test: bool,
}

/// What holds the key of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Product {
    /// 00: a CPx card.
    Card,
    /// 02: a security module.
    Module,
    /// 03: software.
    Software,
    /// Another number.
    Other(u8),
}

/// Extended key usages that the DMP tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtendedKeyUsage {
    /// TLS client.
    ClientAuth,
    /// TLS server.
    ServerAuth,
    /// Signature of VIHF and XAdES.
    EmailProtection,
}

impl ExtendedKeyUsage {
    /// Dotted OID.
    pub fn oid(self) -> &'static str {
        match self {
            Self::ServerAuth => "1.3.6.1.5.5.7.3.1",
            Self::ClientAuth => "1.3.6.1.5.5.7.3.2",
            Self::EmailProtection => "1.3.6.1.5.5.7.3.4",
        }
    }
}

/// The RSA key of a certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    /// PKCS#1 `RSAPublicKey` in DER, as aws-lc-rs takes it.
    pub(crate) pkcs1: Vec<u8>,
    /// Length of the modulus in bits.
    pub(crate) bits: usize,
    /// Public exponent if it fits in 64 bits.
    pub(crate) exponent: Option<u64>,
}

impl Certificate {
    /// Reads one DER certificate.
    ///
    /// # Errors
    /// Bytes that are too many or not exactly one X.509 certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        reading::read(der)
    }

    /// The first certificate of a PEM text.
    ///
    /// # Errors
    /// No certificate block, or an unreadable one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        let first = Self::all_from_pem(pem)?.into_iter().next();
        first.ok_or_else(|| CertificateError::Pem { reason: "the text holds no certificate".to_owned() })
    }

    /// Every certificate of a PEM text, in order; other blocks are skipped.
    ///
    /// # Errors
    /// An unreadable block.
    pub fn all_from_pem(pem: &[u8]) -> Result<Vec<Self>, CertificateError> {
        CertificateDer::pem_slice_iter(pem)
            .map(|item| match item {
                Ok(der) => Self::from_der(&der),
                Err(error) => Err(CertificateError::Pem { reason: error.to_string() }),
            })
            .collect()
    }

    /// The exact bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whom the certificate names.
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// Who issued it.
    pub fn issuer(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// Serial number in decimal, of any length.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// First instant of validity.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Last instant of validity.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whether `at` lies in the validity, both ends included.
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        self.not_before <= at && at <= self.not_after
    }

    /// keyUsage, if the extension is there.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.key_usage
    }

    /// Dotted OIDs of the extended key usages, if the extension is there.
    pub fn extended_key_usage(&self) -> Option<&[String]> {
        self.extended_key_usage.as_deref()
    }

    /// Whether the extension is there and lists this usage.
    pub fn has_extended_key_usage(&self, usage: ExtendedKeyUsage) -> bool {
        self.extended_key_usage.iter().flatten().any(|oid| oid == usage.oid())
    }

    /// The product class, if the extension is there and readable.
    pub fn product_class(&self) -> Option<ProductClass> {
        self.product_class
    }

    /// Whether basicConstraints says CA:TRUE.
    pub fn is_authority(&self) -> bool {
        self.authority
    }

    /// Addresses of the revocation list of its authority (CRLDP), `http:` and `ldap:`, in order.
    #[must_use]
    pub fn revocation_lists(&self) -> &[String] {
        &self.revocation_lists
    }

    /// Struct_IdNat of an organisation: the `OU` of the subject, if there is exactly one.
    pub fn structure_id(&self) -> Option<&str> {
        self.subject.organizational_unit()
    }

    /// PS_IdNat of a person, or `xxxx/yyyy` of a CPE: the `CN` of the subject, if the subject is a person.
    pub fn holder_id(&self) -> Option<&str> {
        self.subject.common_name().filter(|_| self.names_a_person())
    }

    /// Whether the certificate is that of a card holder rather than of an organisation.
    ///
    /// A CPE that is not nominative has no surname: its `CN` is `structure/internal id`.
    pub fn names_a_person(&self) -> bool {
        self.subject.names_a_person()
            || self.product_class.is_some_and(|class| class.product == Product::Card)
                && self.subject.common_name().is_some_and(|name| name.contains('/'))
    }

    /// Length of the RSA modulus in bits; none if the key is not RSA.
    pub fn rsa_bits(&self) -> Option<usize> {
        self.rsa.as_ref().map(|key| key.bits)
    }

    /// RSA public exponent; none if the key is not RSA or the exponent is longer than 64 bits.
    pub fn rsa_exponent(&self) -> Option<u64> {
        self.rsa.as_ref().and_then(|key| key.exponent)
    }

    /// The RSA public key as PKCS#1 DER; none if the key is not RSA.
    pub fn rsa_public_key(&self) -> Option<&[u8]> {
        self.rsa.as_ref().map(|key| key.pkcs1.as_slice())
    }

    /// SHA-256 of the DER.
    pub fn sha256(&self) -> [u8; 32] {
        let mut value = [0; 32];
        value.copy_from_slice(digest::digest(&digest::SHA256, &self.der).as_ref());
        value
    }

    /// SHA-1 of the DER, for old XAdES files only.
    pub fn sha1(&self) -> [u8; 20] {
        let mut value = [0; 20];
        value.copy_from_slice(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der).as_ref());
        value
    }

    /// `x5t#S256` of RFC 8705: base64url of [`Self::sha256`].
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.sha256())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject)
            .field("issuer", &self.issuer)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}
