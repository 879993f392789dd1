//! Path validation of a certificate up to a configured anchor, at a given instant, with revocation lists.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage, OwnedCertRevocationList,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};

use super::{Certificate, ExtendedKeyUsage};

/// What signs certificates and revocation lists here: RSA with SHA-2. SHA-1 and short keys are refused.
static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA384,
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA512,
];

/// Why a chain is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// A certificate of the chain has expired.
    #[error("a certificate of the chain has expired: renew it, or check the clock")]
    Expired,
    /// A certificate of the chain is not valid yet.
    #[error("a certificate of the chain is not valid yet: check the clock")]
    NotYetValid,
    /// On a revocation list.
    #[error("a certificate of the chain is revoked")]
    Revoked,
    /// No path to an anchor.
    #[error("no path to a trusted authority: is the intermediate certificate missing, or another branch in use?")]
    UnknownIssuer,
    /// The extended key usage is not the one that is asked for.
    #[error("the certificate is not meant for this usage: expected the extended key usage {expected}")]
    WrongUsage {
        /// Dotted OID.
        expected: &'static str,
    },
    /// A leaf signed another leaf, or an authority is used as a leaf.
    #[error("an authority is used as a leaf, or a leaf as an authority")]
    AuthorityMisuse,
    /// SHA-1, a short key, or another algorithm that is not trusted.
    #[error(
        "a certificate of the chain is signed with an algorithm or key that is not trusted: RSA 2048 or more with SHA-2"
    )]
    UntrustedAlgorithm,
    /// A signature in the chain is wrong.
    #[error("a signature of the chain is wrong")]
    BadSignature,
    /// A revocation list is past its nextUpdate.
    #[error("a revocation list is past its next update: fetch a new one")]
    RevocationListExpired,
    /// A revocation list that cannot be used.
    #[error("a revocation list cannot be used: {reason}")]
    RevocationList {
        /// What the validator said.
        reason: String,
    },
    /// An anchor that cannot be used.
    #[error("a trust anchor cannot be used: {reason}")]
    Anchor {
        /// What the validator said.
        reason: String,
    },
    /// Anything else, in the validator's words.
    #[error("the chain is refused: {reason}")]
    Other {
        /// What the validator said.
        reason: String,
    },
}

/// A revocation list, read once; its signature is checked where it is used.
pub struct RevocationList(CertRevocationList<'static>);

impl RevocationList {
    /// Reads a DER list.
    ///
    /// # Errors
    /// Bytes that are no list the validator supports.
    pub fn from_der(der: &[u8]) -> Result<Self, ChainError> {
        let owned: Result<OwnedCertRevocationList, _> =
            BorrowedCertRevocationList::from_der(der).and_then(|list| list.to_owned());
        owned.map(|list| Self(list.into())).map_err(|error| ChainError::RevocationList { reason: error.to_string() })
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RevocationList")
    }
}

/// Whom a verifier trusts.
#[derive(Debug, Default)]
pub struct Trust {
    /// Certificates of the root authorities.
    pub anchors: Vec<Certificate>,
    /// Known intermediate authorities: a VIHF carries the signer's certificate alone.
    pub intermediates: Vec<Certificate>,
    /// Revocation lists; an authority without a list is not checked for revocation.
    pub revocation_lists: Vec<RevocationList>,
}

impl Trust {
    /// Verifies the path of a leaf at an instant for a usage; `presented` are further intermediates that came with it.
    ///
    /// # Errors
    /// [`ChainError`] tells why the path is not trusted.
    pub fn verify(
        &self,
        leaf: &Certificate,
        presented: &[Certificate],
        at: Timestamp,
        usage: ExtendedKeyUsage,
    ) -> Result<(), ChainError> {
        let known = presented.iter().chain(&self.intermediates);
        verify(leaf, known, &self.anchors, at, usage, &self.revocation_lists)
    }
}

/// Verifies the path from a leaf to an anchor at an instant; the leaf must list `usage` if it lists any.
///
/// # Errors
/// [`ChainError`] tells why the path is not trusted.
pub fn verify<'a>(
    leaf: &Certificate,
    intermediates: impl IntoIterator<Item = &'a Certificate>,
    anchors: &[Certificate],
    at: Timestamp,
    usage: ExtendedKeyUsage,
    revocation_lists: &[RevocationList],
) -> Result<(), ChainError> {
    let anchors: Vec<CertificateDer<'_>> = anchors.iter().map(|anchor| CertificateDer::from(anchor.der())).collect();
    let anchors: Vec<TrustAnchor<'_>> = anchors
        .iter()
        .map(webpki::anchor_from_trusted_cert)
        .collect::<Result<_, _>>()
        .map_err(|error| ChainError::Anchor { reason: error.to_string() })?;
    let intermediates: Vec<CertificateDer<'_>> =
        intermediates.into_iter().map(|certificate| CertificateDer::from(certificate.der())).collect();
    let lists: Vec<&CertRevocationList<'_>> = revocation_lists.iter().map(|list| &list.0).collect();
    let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
        options.with_status_policy(UnknownStatusPolicy::Allow).with_expiration_policy(ExpirationPolicy::Enforce).build()
    });
    let seconds = u64::try_from(at.as_second()).map_err(|_| ChainError::NotYetValid)?;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let required = KeyUsage::required_if_present(usage_der(usage));

    let leaf = CertificateDer::from(leaf.der());
    let leaf = EndEntityCert::try_from(&leaf).map_err(|error| chain_error(error, usage))?;
    leaf.verify_for_usage(ALGORITHMS, &anchors, &intermediates, time, required, revocation, None)
        .map(|_| ())
        .map_err(|error| chain_error(error, usage))
}

/// Content bytes of the OID.
fn usage_der(usage: ExtendedKeyUsage) -> &'static [u8] {
    match usage {
        ExtendedKeyUsage::ServerAuth => &[0x2b, 6, 1, 5, 5, 7, 3, 1],
        ExtendedKeyUsage::ClientAuth => &[0x2b, 6, 1, 5, 5, 7, 3, 2],
        ExtendedKeyUsage::EmailProtection => &[0x2b, 6, 1, 5, 5, 7, 3, 4],
    }
}

fn chain_error(error: webpki::Error, usage: ExtendedKeyUsage) -> ChainError {
    use webpki::Error;
    match error {
        Error::CertExpired { .. } => ChainError::Expired,
        Error::CertNotValidYet { .. } => ChainError::NotYetValid,
        Error::CertRevoked => ChainError::Revoked,
        Error::UnknownIssuer => ChainError::UnknownIssuer,
        Error::RequiredEkuNotFoundContext(_) => ChainError::WrongUsage { expected: usage.oid() },
        Error::CaUsedAsEndEntity | Error::EndEntityUsedAsCa => ChainError::AuthorityMisuse,
        Error::UnsupportedSignatureAlgorithmContext(_) | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            ChainError::UntrustedAlgorithm
        }
        Error::InvalidSignatureForPublicKey => ChainError::BadSignature,
        Error::CrlExpired { .. } => ChainError::RevocationListExpired,
        Error::InvalidCrlSignatureForPublicKey
        | Error::IssuerNotCrlSigner
        | Error::UnsupportedCrlSignatureAlgorithmContext(_)
        | Error::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_) => {
            ChainError::RevocationList { reason: error.to_string() }
        }
        other => ChainError::Other { reason: other.to_string() },
    }
}
