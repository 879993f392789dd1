//! The XAdES signature of a submission set: one detached file that covers the documents of the lot.
//!
//! IHE Document Digital Signature in the old XAdES 1.1.1 form. [`sign`] writes it, [`verify::verify`] checks it.

mod build;
mod digest;
pub mod verify;

pub use build::{DocumentDigest, SignatureRequest, SignedDocument, XadesError, sign};
pub use digest::{DocumentReference, canonical_digest};

/// Namespace of XAdES 1.1.1, the only version seen.
pub const XADES: &str = "http://uri.etsi.org/01903/v1.1.1#";
/// Purpose of signature: source (ASTM).
pub const PURPOSE_SOURCE: &str = "1.2.840.10065.1.12.1.14";
/// Largest signature file, in bytes.
pub const MAX_FILE: usize = 1 << 20;

const MANIFEST_TYPE: &str = "http://www.w3.org/2000/09/xmldsig#Manifest";
const SIGNED_PROPERTIES_TYPE: &str = "http://uri.etsi.org/01903/v1.1.1#SignedProperties";
/// What precedes a uniqueId in the Manifest.
const URN_OID: &str = "urn:oid:";
