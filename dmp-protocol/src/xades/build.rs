//! Writing the signature of a lot, in the exact form that the DMP receives today.

use std::collections::HashSet;

use dmp_vocabulary::Oid;
use dmp_xml::c14n::{Algorithm, canonicalize_element};
use dmp_xml::{Element, Limits, WriteError, Writer, XmlError, parse};
use jiff::Timestamp;

use super::{MANIFEST_TYPE, PURPOSE_SOURCE, SIGNED_PROPERTIES_TYPE, URN_OID, XADES};
use crate::certificate::{Certificate, ProfileError};
use crate::paris;
use crate::signature::{
    Canonicalization, DSIG, DigestAlgorithm, SignError, SignatureAlgorithm, Signer, encode_base64, encode_base64_lines,
};
use crate::switches::{CertDigestUri, SignaturePropertiesNamespace, Switches};

const C14N: Canonicalization = Canonicalization::Inclusive { comments: true };
const MANIFEST_ID: &str = "IHEManifest";
const PROPERTIES_ID: &str = "S0-SignedProperties";
/// Digest of the lot itself: a placeholder of one zero byte that nobody verifies.
const PLACEHOLDER: &str = "AA==";

/// What to sign.
#[derive(Debug, Clone)]
pub struct SignatureRequest<'a> {
    /// uniqueId of the entry that describes the signature file.
    pub signature_unique_id: &'a str,
    /// uniqueId of the submission set.
    pub lot_unique_id: &'a str,
    /// The documents in entry order, the signature left out.
    pub documents: &'a [SignedDocument],
    /// When the lot is signed; written with the offset of Paris.
    pub signing_time: Timestamp,
}

/// A document of the lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDocument {
    /// uniqueId of the entry.
    pub unique_id: String,
    /// Its digest.
    pub digest: DocumentDigest,
}

/// SHA-256 of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentDigest {
    /// Of the inclusive canonical form with comments of the whole XML document.
    Xml([u8; 32]),
    /// Of the raw bytes of a document that is not XML.
    Raw([u8; 32]),
}

/// A signature that was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XadesError {
    /// A uniqueId that is no OID.
    #[error("S08: the uniqueId of {what} is no OID: the Manifest writes it after urn:oid:")]
    UniqueId {
        /// The signature, the lot or the document, by rank.
        what: String,
    },
    /// Twice the same uniqueId.
    #[error("S08: two items of the lot have the same uniqueId")]
    Duplicate,
    /// Nothing to sign.
    #[error("S08: the lot has no document to sign")]
    Empty,
    /// The certificate may not sign, or is out of its validity.
    #[error("S06: {0}")]
    Certificate(#[from] ProfileError),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A name of a certificate that XML cannot carry.
    #[error("the signature cannot be written: {0}")]
    Write(#[from] WriteError),
    /// What was written cannot be read back.
    #[error("the signature cannot be read back: {0}")]
    ReadBack(#[from] XmlError),
}

/// Signs a lot; the bytes are the MIME part, and give the `hash` and `size` of the signature entry.
///
/// # Errors
/// uniqueIds that cannot be written, a certificate without signature profile, a key that refuses.
pub fn sign(request: &SignatureRequest<'_>, signer: &dyn Signer, switches: &Switches) -> Result<Vec<u8>, XadesError> {
    request.check()?;
    signer.certificate().check_signature_profile(None)?;
    signer.certificate().check_validity(request.signing_time)?;

    let mut draft = Draft {
        id: format!("_{}", request.signature_unique_id),
        objects: write_objects(request, signer, switches)?,
        certificate: encode_base64_lines(signer.certificate().der()),
        manifest_digest: String::new(),
        properties_digest: String::new(),
    };
    let unsigned = parse(draft.write("")?.as_bytes(), &Limits::default())?;
    draft.manifest_digest = digest(&unsigned, DSIG, "Manifest")?;
    draft.properties_digest = digest(&unsigned, XADES, "SignedProperties")?;

    let unsigned = parse(draft.write("")?.as_bytes(), &Limits::default())?;
    let signed_bytes = canonical(&unsigned, DSIG, "SignedInfo", &Algorithm::inclusive_with_comments())?;
    let value = signer.sign_sha256_rsa(&signed_bytes)?;
    Ok(draft.write(&encode_base64_lines(&value))?.into_bytes())
}

impl SignatureRequest<'_> {
    fn check(&self) -> Result<(), XadesError> {
        if self.documents.is_empty() {
            return Err(XadesError::Empty);
        }
        let fixed =
            [("the signature".to_owned(), self.signature_unique_id), ("the lot".to_owned(), self.lot_unique_id)];
        let documents = self.documents.iter().enumerate();
        let documents =
            documents.map(|(rank, document)| (format!("document {}", rank + 1), document.unique_id.as_str()));
        let mut seen = HashSet::new();
        for (what, unique_id) in fixed.into_iter().chain(documents) {
            if Oid::parse(unique_id).is_err() {
                return Err(XadesError::UniqueId { what });
            }
            if !seen.insert(unique_id) {
                return Err(XadesError::Duplicate);
            }
        }
        Ok(())
    }
}

/// The file, but for the digests and the signature value.
struct Draft {
    id: String,
    objects: String,
    certificate: String,
    manifest_digest: String,
    properties_digest: String,
}

impl Draft {
    fn write(&self, value: &str) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.declaration();
        w.raw("\n");
        w.open("Signature", &[("xmlns", DSIG), ("Id", &self.id)]);
        w.open("SignedInfo", &[]);
        w.empty("CanonicalizationMethod", &[("Algorithm", C14N.uri())]);
        w.empty("SignatureMethod", &[("Algorithm", SignatureAlgorithm::RsaSha256.uri())]);
        for (kind, id, digest) in [
            (MANIFEST_TYPE, MANIFEST_ID, &self.manifest_digest),
            (SIGNED_PROPERTIES_TYPE, PROPERTIES_ID, &self.properties_digest),
        ] {
            w.open("Reference", &[("Type", kind), ("URI", &format!("#{id}"))]);
            write_digest(&mut w, DigestAlgorithm::Sha256.uri(), digest);
            w.close();
        }
        w.close();
        w.leaf("SignatureValue", &[], value);
        w.open("KeyInfo", &[]);
        w.open("X509Data", &[]);
        w.leaf("X509Certificate", &[], &self.certificate);
        w.close();
        w.close();
        w.raw(&self.objects);
        w.close();
        w.finish()
    }
}

fn write_objects(
    request: &SignatureRequest<'_>,
    signer: &dyn Signer,
    switches: &Switches,
) -> Result<String, WriteError> {
    let target = format!("#_{}", request.signature_unique_id);
    let mut w = Writer::new();
    w.open("Object", &[]);
    write_manifest(&mut w, request);
    w.close();
    w.open("Object", &[]);
    let namespace: &[(&str, &str)] = match switches.signature_properties_ns {
        SignaturePropertiesNamespace::None => &[("xmlns", "")],
        SignaturePropertiesNamespace::XmlDsig => &[],
    };
    w.open("SignatureProperties", namespace);
    w.leaf("SignatureProperty", &[("Id", "purposeOfSignature"), ("Target", &target)], PURPOSE_SOURCE);
    w.close();
    w.close();
    w.open("Object", &[]);
    w.open("QualifyingProperties", &[("xmlns", XADES), ("Target", &target)]);
    write_signed_properties(&mut w, request.signing_time, signer, switches);
    w.close();
    w.close();
    w.finish()
}

fn write_manifest(w: &mut Writer, request: &SignatureRequest<'_>) {
    w.open("Manifest", &[("Id", MANIFEST_ID)]);
    w.open("Reference", &[("URI", &format!("{URN_OID}{}", request.lot_unique_id))]);
    write_digest(w, DigestAlgorithm::Sha256.uri(), PLACEHOLDER);
    w.close();
    for document in request.documents {
        w.open("Reference", &[("URI", &format!("{URN_OID}{}", document.unique_id))]);
        let digest = match document.digest {
            DocumentDigest::Xml(digest) => {
                w.open("Transforms", &[]);
                w.empty("Transform", &[("Algorithm", C14N.uri())]);
                w.close();
                digest
            }
            DocumentDigest::Raw(digest) => digest,
        };
        write_digest(w, DigestAlgorithm::Sha256.uri(), &encode_base64(&digest));
        w.close();
    }
    w.close();
}

fn write_signed_properties(w: &mut Writer, signing_time: Timestamp, signer: &dyn Signer, switches: &Switches) {
    w.open("SignedProperties", &[("Id", PROPERTIES_ID)]);
    w.open("SignedSignatureProperties", &[]);
    w.leaf("SigningTime", &[], &paris_time(signing_time));
    w.open("SigningCertificate", &[]);
    for certificate in std::iter::once(signer.certificate()).chain(signer.chain()) {
        write_certificate(w, certificate, switches);
    }
    w.close();
    w.open("SignaturePolicyIdentifier", &[]);
    w.empty("SignaturePolicyImplied", &[]);
    w.close();
    w.close();
    w.empty("SignedDataObjectProperties", &[]);
    w.close();
}

fn write_certificate(w: &mut Writer, certificate: &Certificate, switches: &Switches) {
    let algorithm = match switches.xades_cert_digest_uri {
        CertDigestUri::Xmlenc => DigestAlgorithm::Sha256.uri(),
        CertDigestUri::Xmldsig => CERT_DIGEST_XMLDSIG,
    };
    w.open("Cert", &[]);
    w.open("CertDigest", &[]);
    write_digest(w, algorithm, &encode_base64(&certificate.sha256()));
    w.close();
    w.open("IssuerSerial", &[]);
    w.leaf("X509IssuerName", &[("xmlns", DSIG)], &certificate.issuer().to_rfc4514(switches.dn_style));
    w.leaf("X509SerialNumber", &[("xmlns", DSIG)], certificate.serial());
    w.close();
    w.close();
}

/// Not a registered URI, yet what current signatures carry.
pub(super) const CERT_DIGEST_XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#sha256";

fn write_digest(w: &mut Writer, algorithm: &str, value: &str) {
    w.empty("DigestMethod", &[("Algorithm", algorithm)]);
    w.leaf("DigestValue", &[], value);
}

fn digest(file: &Element, namespace: &str, local: &str) -> Result<String, XadesError> {
    let bytes = canonical(file, namespace, local, &Algorithm::inclusive())?;
    Ok(encode_base64(&DigestAlgorithm::Sha256.digest(&bytes)))
}

fn canonical(file: &Element, namespace: &str, local: &str, algorithm: &Algorithm) -> Result<Vec<u8>, WriteError> {
    // The three elements are written above, at most four levels down.
    let path = path_to(file, namespace, local).ok_or(WriteError::Unbalanced)?;
    let (element, ancestors) = path.split_last().ok_or(WriteError::Unbalanced)?;
    Ok(canonicalize_element(ancestors, element, algorithm, None))
}

/// The way from an element down to the first descendant of that name, both included.
pub(super) fn path_to<'a>(from: &'a Element, namespace: &str, local: &str) -> Option<Vec<&'a Element>> {
    if from.is(namespace, local) {
        return Some(vec![from]);
    }
    from.elements().find_map(|child| {
        let mut path = path_to(child, namespace, local)?;
        path.insert(0, from);
        Some(path)
    })
}

/// With the offset that was in force in Paris at that instant.
fn paris_time(at: Timestamp) -> String {
    at.to_zoned(paris()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}
