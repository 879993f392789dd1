//! The allow-list: algorithms are recognised by URI, everything else is unknown.

use aws_lc_rs::digest;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const EXCLUSIVE_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const INCLUSIVE_COMMENTS: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";

/// Digest algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// `http://www.w3.org/2001/04/xmlenc#sha256`.
    Sha256,
    /// `http://www.w3.org/2000/09/xmldsig#sha1`, read only where a switch allows it.
    Sha1,
}

impl DigestAlgorithm {
    /// From the URI of a `DigestMethod`.
    pub fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            "http://www.w3.org/2001/04/xmlenc#sha256" => Some(Self::Sha256),
            "http://www.w3.org/2000/09/xmldsig#sha1" => Some(Self::Sha1),
            _ => None,
        }
    }

    /// The URI.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
        }
    }

    /// The digest of some bytes.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }
}

/// Signature algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// `http://www.w3.org/2001/04/xmldsig-more#rsa-sha256`.
    RsaSha256,
    /// `http://www.w3.org/2000/09/xmldsig#rsa-sha1`, read only where a switch allows it.
    RsaSha1,
}

impl SignatureAlgorithm {
    /// From the URI of a `SignatureMethod`.
    pub fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Some(Self::RsaSha256),
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1" => Some(Self::RsaSha1),
            _ => None,
        }
    }

    /// The URI.
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        }
    }
}

/// Canonical forms of XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Canonicalization {
    /// Canonical XML 1.0.
    Inclusive {
        /// Comments are kept.
        comments: bool,
    },
    /// Exclusive XML canonicalisation 1.0.
    Exclusive {
        /// Comments are kept.
        comments: bool,
    },
}

impl Canonicalization {
    /// From the URI of a `CanonicalizationMethod` or `Transform`.
    pub fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            INCLUSIVE => Some(Self::Inclusive { comments: false }),
            INCLUSIVE_COMMENTS => Some(Self::Inclusive { comments: true }),
            EXCLUSIVE => Some(Self::Exclusive { comments: false }),
            EXCLUSIVE_COMMENTS => Some(Self::Exclusive { comments: true }),
            _ => None,
        }
    }

    /// The URI.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Inclusive { comments: false } => INCLUSIVE,
            Self::Inclusive { comments: true } => INCLUSIVE_COMMENTS,
            Self::Exclusive { comments: false } => EXCLUSIVE,
            Self::Exclusive { comments: true } => EXCLUSIVE_COMMENTS,
        }
    }
}
