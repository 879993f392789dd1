//! Digests of documents, as the Manifest declares them.

use std::io::Read;

use aws_lc_rs::digest;
use dmp_xml::c14n::{self, canonicalize_document};
use dmp_xml::{Limits, Reader, XmlError};

use crate::signature::{Canonicalization, DigestAlgorithm};

/// One document of a Manifest: which, and how it is digested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentReference {
    /// The uniqueId, without `urn:oid:`.
    pub unique_id: String,
    /// Canonical form that is digested; none means the raw bytes.
    pub transform: Option<Canonicalization>,
    /// Digest algorithm.
    pub algorithm: DigestAlgorithm,
}

/// Digest of the canonical form of a whole XML document, read once in bounded memory.
///
/// For canonical forms other than the one `cda` computes while it reads (SHA-256, inclusive with comments).
///
/// # Errors
/// A document that is not well-formed or passes a limit.
pub fn canonical_digest(
    document: impl Read,
    limits: Limits,
    transform: Canonicalization,
    algorithm: DigestAlgorithm,
) -> Result<Vec<u8>, XmlError> {
    let mut context = digest::Context::new(match algorithm {
        DigestAlgorithm::Sha256 => &digest::SHA256,
        DigestAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
    });
    let (mode, with_comments) = match transform {
        Canonicalization::Inclusive { comments } => (c14n::Mode::Inclusive, comments),
        Canonicalization::Exclusive { comments } => (c14n::Mode::Exclusive(Vec::new()), comments),
    };
    let mut reader = Reader::new(document, limits);
    canonicalize_document(&mut reader, &c14n::Algorithm { mode, with_comments }, |bytes| context.update(bytes))?;
    Ok(context.finish().as_ref().to_vec())
}
