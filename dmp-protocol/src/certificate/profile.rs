//! What a certificate must be to authenticate (TLS, V02) or to sign (VIHF and XAdES, V21, S06).

use dmp_vocabulary::Realm;
use jiff::Timestamp;

use super::{Certificate, ExtendedKeyUsage, Product};

/// Shortest RSA modulus, in bits.
const MIN_RSA_BITS: usize = 2048;
/// Smallest RSA public exponent.
const MIN_RSA_EXPONENT: u64 = 65_537;

/// What a certificate lacks for its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the certificate is not fit: it must {requirement}")]
pub struct ProfileError {
    /// The first requirement that is not met.
    pub requirement: Requirement,
}

/// One requirement of the table of IGC-Santé products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Requirement {
    /// keyUsage digitalSignature.
    #[error("have the key usage digitalSignature")]
    DigitalSignature,
    /// keyUsage nonRepudiation.
    #[error("have the key usage nonRepudiation: an authentication certificate cannot sign")]
    NonRepudiation,
    /// Extended key usage clientAuth.
    #[error("have the extended key usage clientAuth: a signature certificate cannot authenticate")]
    ClientAuth,
    /// Extended key usage emailProtection and not clientAuth.
    #[error(
        "have the extended key usage emailProtection and not clientAuth: use ORG_SIGN or the signature certificate of the card"
    )]
    EmailProtection,
    /// RSA of at least 2048 bits, exponent odd and at least 65537.
    #[error("have an RSA key of 2048 bits or more with an odd exponent of 65537 or more")]
    RsaKey,
    /// Product class of a card, a module or software.
    #[error("carry a product class 00, 02 or 03 of the IGC-Santé (80, 82 or 83 in the test branch)")]
    ProductClass,
    /// Product class of the branch in use.
    #[error("belong to the branch of the platform (test or production)")]
    Branch,
    /// Validity.
    #[error("be within its validity")]
    Validity,
}

impl Certificate {
    /// Whether the key may sign a VIHF or a lot: usages, key length and product class.
    ///
    /// `realm` asks for the product class of that branch; none leaves the class unchecked, for look-alike authorities.
    ///
    /// # Errors
    /// The first requirement that is not met.
    pub fn check_signature_profile(&self, realm: Option<Realm>) -> Result<(), ProfileError> {
        require(self.key_usage.is_some_and(|usage| usage.non_repudiation), Requirement::NonRepudiation)?;
        let email = self.has_extended_key_usage(ExtendedKeyUsage::EmailProtection);
        let client = self.has_extended_key_usage(ExtendedKeyUsage::ClientAuth);
        require(email && !client, Requirement::EmailProtection)?;
        self.check_rsa_key()?;
        self.check_product_class(realm)
    }

    /// Whether the key may open the TLS connection: keyUsage digitalSignature, clientAuth if extended usages are listed.
    ///
    /// # Errors
    /// The first requirement that is not met.
    pub fn check_authentication_profile(&self, realm: Option<Realm>) -> Result<(), ProfileError> {
        require(self.key_usage.is_some_and(|usage| usage.digital_signature), Requirement::DigitalSignature)?;
        let client = self.has_extended_key_usage(ExtendedKeyUsage::ClientAuth);
        require(self.extended_key_usage.is_none() || client, Requirement::ClientAuth)?;
        self.check_rsa_key()?;
        self.check_product_class(realm)
    }

    /// Whether `at` lies in the validity (REC_0.X-1050).
    ///
    /// # Errors
    /// [`Requirement::Validity`].
    pub fn check_validity(&self, at: Timestamp) -> Result<(), ProfileError> {
        require(self.is_valid_at(at), Requirement::Validity)
    }

    /// Whether the RSA key is long enough and its exponent sound.
    ///
    /// # Errors
    /// [`Requirement::RsaKey`].
    pub fn check_rsa_key(&self) -> Result<(), ProfileError> {
        let long = self.rsa_bits().is_some_and(|bits| bits >= MIN_RSA_BITS);
        let sound = self.rsa_exponent().is_some_and(|exponent| exponent >= MIN_RSA_EXPONENT && exponent % 2 == 1);
        require(long && sound, Requirement::RsaKey)
    }

    fn check_product_class(&self, realm: Option<Realm>) -> Result<(), ProfileError> {
        let Some(realm) = realm else { return Ok(()) };
        let class = self.product_class.ok_or(ProfileError { requirement: Requirement::ProductClass })?;
        let known = matches!(class.product, Product::Card | Product::Module | Product::Software);
        require(known, Requirement::ProductClass)?;
        require(class.test == (realm == Realm::Test), Requirement::Branch)
    }
}

fn require(met: bool, requirement: Requirement) -> Result<(), ProfileError> {
    if met { Ok(()) } else { Err(ProfileError { requirement }) }
}
