//! S02-S04: algorithms, the two references, digests and signature value.

use dmp_xml::c14n::{Algorithm, canonicalize_element};

use super::parts::{Parts, Placed};
use super::refuse;
use crate::certificate::Certificate;
use crate::rules::{Judge, Refusal};
use crate::signature::{DigestAlgorithm, Reference, SignatureAlgorithm, verify_rsa};
use crate::switches::Switches;
use crate::xades::{MANIFEST_TYPE, SIGNED_PROPERTIES_TYPE};

/// The references of SignedInfo by what they point to.
pub(super) struct References<'p> {
    manifest: &'p Reference,
    signed_properties: &'p Reference,
}

/// S02.
pub(super) fn check_algorithms(
    parts: &Parts<'_>,
    signer: &Certificate,
    switches: &Switches,
    judge: &mut Judge<'_>,
) -> Result<(), Refusal> {
    let sha1 = switches.xades_accept_sha1;
    let expected = "RSA-SHA256 and SHA-256 (SHA-1 where allowed), C14N 1.0 or exclusive C14N, RSA 2048 bits or more";
    let info = &parts.signed_info;
    let method = SignatureAlgorithm::from_uri(&info.signature_method);
    if method.is_none_or(|method| method == SignatureAlgorithm::RsaSha1 && !sha1) {
        judge.weigh(refuse("S02", "a SignatureMethod that is not allowed", expected))?;
    }
    if info.canonicalization.canonicalization().is_none() {
        judge.weigh(refuse("S02", "a CanonicalizationMethod that is not allowed", expected))?;
    }
    for reference in info.references.iter().chain(&parts.manifest_references) {
        let digest = DigestAlgorithm::from_uri(&reference.digest_method);
        if digest.is_none_or(|digest| digest == DigestAlgorithm::Sha1 && !sha1) {
            judge.weigh(refuse("S02", "a DigestMethod that is not allowed", expected))?;
        }
        if reference.transforms.iter().any(|transform| transform.canonicalization().is_none()) {
            judge.weigh(refuse("S02", "a Transform that is not allowed", expected))?;
        }
    }
    match signer.check_rsa_key() {
        Ok(()) => Ok(()),
        Err(error) => judge.weigh(refuse("S02", error.to_string(), expected)),
    }
}

/// S03: two references, to the Manifest and to the SignedProperties of this very signature.
pub(super) fn check_references<'p>(parts: &'p Parts<'_>, judge: &mut Judge<'_>) -> Result<References<'p>, Refusal> {
    let expected = "two references, to the Manifest and to the SignedProperties, with the types of the profile";
    let find = |placed: &Placed<'_>| {
        let id = placed.element.attr("Id").filter(|id| !id.is_empty());
        let points_here = |reference: &&Reference| {
            id.is_some() && reference.uri.as_deref().and_then(|uri| uri.strip_prefix('#')) == id
        };
        let what = &placed.element.name.local;
        let found = parts.signed_info.references.iter().find(points_here);
        found.ok_or_else(|| refuse("S03", format!("no reference to {what}"), expected))
    };
    let references =
        References { manifest: find(&parts.manifest)?, signed_properties: find(&parts.signed_properties)? };
    if parts.signed_info.references.len() != 2 || std::ptr::eq(references.manifest, references.signed_properties) {
        let found = format!("{} references", parts.signed_info.references.len());
        judge.weigh(refuse("S03", found, expected))?;
    }
    if parts.has_duplicate_id() {
        judge.weigh(refuse("S03", "the same Id twice", expected))?;
    }
    for (reference, kind) in
        [(references.manifest, MANIFEST_TYPE), (references.signed_properties, SIGNED_PROPERTIES_TYPE)]
    {
        if reference.kind.as_deref() != Some(kind) {
            judge.weigh(refuse("S03", "a reference of another Type", expected))?;
        }
        if reference.transforms.len() > 1 {
            judge.weigh(refuse("S03", "several Transforms", expected))?;
        }
    }
    Ok(references)
}

/// S04, first half: the digests of what is referenced, in its place.
pub(super) fn check_digests(
    parts: &Parts<'_>,
    references: &References<'_>,
    judge: &mut Judge<'_>,
) -> Result<(), Refusal> {
    for (reference, placed) in
        [(references.manifest, &parts.manifest), (references.signed_properties, &parts.signed_properties)]
    {
        let what = &placed.element.name.local;
        if digest_of(reference, placed).as_ref() != Some(&reference.digest_value) {
            judge.weigh(refuse("S04", format!("a digest of {what} that does not match"), "the digest of its bytes"))?;
        }
    }
    Ok(())
}

/// Without transform, a reference inside the same document is digested in the inclusive form without comments.
fn digest_of(reference: &Reference, placed: &Placed<'_>) -> Option<Vec<u8>> {
    let algorithm = match reference.transforms.first() {
        None => Algorithm::inclusive(),
        Some(transform) => transform.c14n()?,
    };
    let bytes = canonicalize_element(&placed.ancestors, placed.element, &algorithm, None);
    Some(DigestAlgorithm::from_uri(&reference.digest_method)?.digest(&bytes))
}

/// S04, second half: the signature over SignedInfo.
pub(super) fn check_value(parts: &Parts<'_>, signer: &Certificate, judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let info = &parts.signed_info;
    let method = SignatureAlgorithm::from_uri(&info.signature_method);
    let verified = match (method, info.canonicalization.c14n()) {
        (Some(method), Some(algorithm)) => {
            let bytes = canonicalize_element(&[parts.root], parts.signed_info_element, &algorithm, None);
            verify_rsa(signer, method, &bytes, &parts.signature_value).map_err(|error| error.to_string())
        }
        _ => Err("an algorithm that cannot be computed".to_owned()),
    };
    match verified {
        Ok(()) => Ok(()),
        Err(found) => judge.weigh(refuse("S04", found, "the signature of SignedInfo by the key of KeyInfo")),
    }
}
