//! The signature of a lot: known answers of the example messages, exact form, and one tampering per rule.

mod emit;
mod examples;
mod foreign;
mod refusals;
mod tampering;

use dmp_protocol::certificate::Certificate;
use dmp_protocol::certificate::chain::Trust;
use dmp_protocol::rules::{Policy, Refusal};
use dmp_protocol::signature::{Canonicalization, DigestAlgorithm, Signer, encode_base64, encode_base64_lines};
use dmp_protocol::switches::{CertDigestUri, SignaturePropertiesNamespace, Switches};
use dmp_protocol::xades::verify::{Check, Sender, Verification, verify};
use dmp_protocol::xades::{
    DocumentDigest, DocumentReference, MAX_FILE, SignatureRequest, SignedDocument, XADES, XadesError, canonical_digest,
    sign,
};
use dmp_protocol::xml::c14n::{Algorithm, canonicalize_element};
use dmp_protocol::xml::{Element, Limits, parse};
use jiff::Timestamp;

use super::support::*;

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const BASE: &str = "2.25.169113683135263991924194166893702703888";
const C14N: Canonicalization = Canonicalization::Inclusive { comments: true };

fn digest(document: &[u8], algorithm: DigestAlgorithm) -> Vec<u8> {
    canonical_digest(document, Limits::default(), C14N, algorithm).unwrap()
}

fn sha256(document: &[u8]) -> [u8; 32] {
    digest(document, DigestAlgorithm::Sha256).try_into().unwrap()
}

fn canonical_digest_of(file: &Element, namespace: &str, local: &str, algorithm: &Algorithm) -> (usize, String) {
    fn path<'a>(from: &'a Element, namespace: &str, local: &str) -> Option<Vec<&'a Element>> {
        if from.is(namespace, local) {
            return Some(vec![from]);
        }
        let below = from.elements().find_map(|child| path(child, namespace, local))?;
        Some([vec![from], below].concat())
    }
    let path = path(file, namespace, local).unwrap();
    let (element, ancestors) = path.split_last().unwrap();
    let bytes = canonicalize_element(ancestors, element, algorithm, None);
    (bytes.len(), encode_base64(&DigestAlgorithm::Sha256.digest(&bytes)))
}

/// How a test verifies; the documents are those of the example messages unless told otherwise.
struct Verifier<'a> {
    trust: &'a Trust,
    at: Timestamp,
    sender: Sender<'a>,
    lot: String,
    documents: Vec<(String, Vec<u8>)>,
    switches: Switches,
    policy: Policy,
}

impl Verifier<'_> {
    fn verify(&self, file: &[u8]) -> Verification {
        let documents: Vec<&str> = self.documents.iter().map(|(id, _)| id.as_str()).collect();
        let digest_of = |reference: &DocumentReference| {
            let (_, bytes) = self.documents.iter().find(|(id, _)| *id == reference.unique_id)?;
            Some(match reference.transform {
                Some(form) => canonical_digest(bytes.as_slice(), Limits::default(), form, reference.algorithm).ok()?,
                None => reference.algorithm.digest(bytes),
            })
        };
        let check = Check {
            trust: self.trust,
            at: self.at,
            realm: None,
            sender: self.sender,
            lot_unique_id: &self.lot,
            documents: &documents,
            digest_of: &digest_of,
            switches: &self.switches,
            policy: &self.policy,
        };
        verify(file, &check)
    }

    fn rule(&self, file: &str) -> &'static str {
        self.verify(file.as_bytes()).outcome.map_or_else(|refusal| refusal.rule, |_| "accepted")
    }
}

const LOT: &str = "2.25.1.3";
const SIGNATURE: &str = "2.25.1.5";

fn documents() -> Vec<(String, Vec<u8>)> {
    vec![
        ("2.25.1.1".to_owned(), b"<a xmlns:u='urn:u'>\r\n&lt;</a>".to_vec()),
        ("2.25.1.2".to_owned(), b"%PDF".to_vec()),
    ]
}

fn signed_documents() -> Vec<SignedDocument> {
    let [(first, xml), (second, raw)] = documents().try_into().unwrap();
    let raw = DigestAlgorithm::Sha256.digest(&raw).try_into().unwrap();
    vec![
        SignedDocument { unique_id: first, digest: DocumentDigest::Xml(sha256(&xml)) },
        SignedDocument { unique_id: second, digest: DocumentDigest::Raw(raw) },
    ]
}

fn request(documents: &[SignedDocument]) -> SignatureRequest<'_> {
    SignatureRequest { signature_unique_id: SIGNATURE, lot_unique_id: LOT, documents, signing_time: at() }
}

fn our_file(switches: &Switches) -> String {
    String::from_utf8(sign(&request(&signed_documents()), org_sign().as_ref(), switches).unwrap()).unwrap()
}

fn our_verifier() -> Verifier<'static> {
    Verifier {
        trust: trust(),
        at: at(),
        sender: Sender::Structures(&["10B0990008"]),
        lot: LOT.to_owned(),
        documents: documents(),
        switches: Switches::default(),
        policy: Policy::strict(),
    }
}
