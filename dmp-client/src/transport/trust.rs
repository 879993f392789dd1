//! Whom the servers may be vouched for by: our trust store only, never that of the system.

use std::sync::Arc;

use dmp_protocol::certificate::{Certificate, CertificateError};
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// The authorities that may vouch for the DMP's servers: those of the IGC-Santé, given by the caller.
///
/// Self-signed certificates are trusted; the others only complete the chain of a server that leaves out an
/// intermediate authority. The system's store is never consulted (`EX_0.X-1070`).
#[derive(Clone)]
pub struct TrustAnchors {
    pub(super) roots: Arc<RootCertStore>,
    intermediates: Arc<[CertificateDer<'static>]>,
    fingerprints: Vec<Fingerprint>,
}

impl std::fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrustAnchors")
            .field("roots", &self.fingerprints)
            .field("intermediates", &self.intermediates.len())
            .finish()
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
    /// A certificate that cannot be read.
    #[error("certificate {position} of the trust anchors cannot be read: {source}")]
    Unreadable {
        /// Its place, from 1.
        position: usize,
        /// What is wrong with it.
        source: CertificateError,
    },
    /// A certificate that cannot be an authority.
    #[error("certificate {position} of the trust anchors is refused: {source}")]
    Certificate {
        /// Its place, from 1.
        position: usize,
        /// What is wrong with it.
        source: rustls::Error,
    },
    /// Intermediate authorities without their root.
    #[error("the trust anchors hold no self-signed root: add the root authority of the IGC-Santé")]
    NoRoot,
    /// A root that was not pinned: the store is not the one that was published.
    #[error(
        "root {position} of the trust anchors has the SHA-256 fingerprint {found}, which is none of those pinned \
         (REC_0.X-1100): the store was changed, or the pin is that of another authority; take both again from the IGC-Santé"
    )]
    NotPinned {
        /// Its place, from 1.
        position: usize,
        /// Its fingerprint.
        found: Fingerprint,
    },
    /// A pin that is not a fingerprint.
    #[error("a pinned fingerprint is SHA-256: 64 hexadecimal digits, colons and spaces ignored; found {digits} digits")]
    Fingerprint {
        /// Hexadecimal digits found.
        digits: usize,
    },
}

impl TrustAnchors {
    /// All certificates of a PEM text.
    ///
    /// # Errors
    /// No root, or a certificate that cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TrustAnchorError> {
        let mut roots = RootCertStore::empty();
        let mut intermediates = Vec::new();
        let mut fingerprints = Vec::new();
        let mut count = 0;
        for (index, der) in CertificateDer::pem_slice_iter(pem).enumerate() {
            let position = index + 1;
            let der = der.map_err(|error| TrustAnchorError::Pem(error.to_string()))?;
            let certificate =
                Certificate::from_der(&der).map_err(|source| TrustAnchorError::Unreadable { position, source })?;
            count += 1;
            if certificate.subject() == certificate.issuer() {
                roots.add(der).map_err(|source| TrustAnchorError::Certificate { position, source })?;
                fingerprints.push(Fingerprint { position, sha256: certificate.sha256() });
            } else {
                intermediates.push(der);
            }
        }
        match (count, roots.is_empty()) {
            (0, _) => Err(TrustAnchorError::Empty),
            (_, true) => Err(TrustAnchorError::NoRoot),
            _ => Ok(Self { roots: Arc::new(roots), intermediates: intermediates.into(), fingerprints }),
        }
    }

    /// What a server showed, and the intermediate authorities of this store.
    pub(super) fn completing<'a>(&self, shown: &[CertificateDer<'a>]) -> Vec<CertificateDer<'a>> {
        shown.iter().cloned().chain(self.intermediates.iter().cloned()).collect()
    }

    /// Refuses the store unless each of its roots has one of these SHA-256 fingerprints, which come from a trusted
    /// source other than the store (`REC_0.X-1100`). Pins without their root are allowed: an authority is being replaced.
    ///
    /// # Errors
    /// A root that is not pinned, or a pin that is no SHA-256 fingerprint.
    pub fn pinned<'a>(self, pins: impl IntoIterator<Item = &'a str>) -> Result<Self, TrustAnchorError> {
        let pins = pins.into_iter().map(sha256_of).collect::<Result<Vec<_>, _>>()?;
        match self.fingerprints.iter().find(|root| !pins.contains(&root.sha256)) {
            Some(root) => Err(TrustAnchorError::NotPinned { position: root.position, found: root.clone() }),
            None => Ok(self),
        }
    }
}

/// SHA-256 of the DER of a root, shown as 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint {
    position: usize,
    sha256: [u8; 32],
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

fn sha256_of(text: &str) -> Result<[u8; 32], TrustAnchorError> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|one| *one != ':' && !one.is_whitespace())
        .map_while(|one| one.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .filter_map(|pair| pair.get(1).map(|low| pair.first().map_or(0, |high| high << 4) | low))
        .collect();
    let wrong = TrustAnchorError::Fingerprint { digits: digits.len() };
    if digits.len() % 2 == 1 { Err(wrong) } else { bytes.try_into().map_err(|_| wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_64_hexadecimal_digits() {
        let plain = "ab".repeat(32);
        let colons = format!("AB:{}", vec!["ab"; 31].join(":"));
        for pin in [plain.as_str(), colons.as_str()] {
            assert_eq!(sha256_of(pin).unwrap(), [0xab; 32], "{pin}");
        }
        let sha1 = "ab".repeat(20);
        for (pin, digits) in [("", 0), (sha1.as_str(), 40), ("abz", 2), (&format!("{plain}a"), 65)] {
            let refused = sha256_of(pin).unwrap_err();
            assert!(matches!(refused, TrustAnchorError::Fingerprint { digits: found } if found == digits), "{pin}");
        }
    }

    #[test]
    fn a_store_needs_a_root() {
        assert!(matches!(TrustAnchors::from_pem(b""), Err(TrustAnchorError::Empty)));
        let junk = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(TrustAnchors::from_pem(junk), Err(TrustAnchorError::Unreadable { position: 1, .. })));
    }
}
