//! V10-V15: one enveloped signature over this very assertion, with allowed algorithms.

use dmp_xml::Element;
use dmp_xml::c14n::{Algorithm, canonicalize_element};

use super::place::Place;
use super::{AUTHENTICATION, Check, may_be_unsigned, refuse};
use crate::certificate::Certificate;
use crate::rules::{Judge, Refusal};
use crate::signature::{
    Canonicalization, DSIG, DigestAlgorithm, Reference, SignatureAlgorithm, SignedInfo, certificate_of, decode_base64,
    verify_rsa,
};
use crate::vihf::issue::ENVELOPED;
use crate::vihf::{Assertion, SAML};

/// What the signature proves.
pub(super) struct Evidence {
    /// The canonical bytes that were digested.
    pub(super) canonical: Vec<u8>,
    /// The certificate of KeyInfo.
    pub(super) signer: Option<Certificate>,
    /// Whether digest and signature are right.
    pub(super) authentic: bool,
}

pub(super) fn verify(place: &Place<'_>, check: &Check<'_>, judge: &mut Judge<'_>) -> Result<Evidence, Refusal> {
    let signatures: Vec<&Element> =
        place.assertion.descendants().filter(|element| element.is(DSIG, "Signature")).collect();
    let Some(first) = signatures.first() else {
        let mode = Assertion::read(place.assertion).ok().and_then(|assertion| assertion.mode());
        if !may_be_unsigned(mode, check) {
            let text = "La signature du VIHF est absente".to_owned();
            judge.weigh(refuse("V10", AUTHENTICATION, text, "no signature", "a signed assertion in this mode"))?;
        }
        let canonical = canonicalize_element(&place.ancestors, place.assertion, &Algorithm::exclusive(), None);
        return Ok(Evidence { canonical, signer: None, authentic: false });
    };
    check_shape(place.assertion, &signatures, judge)?;
    let parts = Parts::read(first)?;
    check_references(place.assertion, &parts.signed_info, judge)?;
    check_algorithms(&parts.signed_info, check, judge)?;
    let signer = certificate_of(parts.key_info)
        .map_err(|found| invalid("V14", found, "KeyInfo/X509Data with exactly one X509Certificate"))?;
    verify_value(place, first, &parts, signer, judge)
}

/// V11: a direct child, right after Issuer, the only one, without Object.
fn check_shape(assertion: &Element, signatures: &[&Element], judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let second = assertion.elements().nth(1).filter(|element| element.is(DSIG, "Signature"));
    let in_place = assertion.elements().next().is_some_and(|element| element.is(SAML, "Issuer"))
        && second.is_some_and(|second| signatures.iter().all(|signature| std::ptr::eq(*signature, second)));
    let expected = "one ds:Signature, right after Issuer";
    if !in_place || signatures.len() != 1 {
        judge.weigh(invalid("V11", format!("{} signatures, or one misplaced", signatures.len()), expected))?;
    }
    let within = |local| signatures.iter().flat_map(|s| s.descendants()).filter(|e| e.is(DSIG, local)).count();
    if within("SignedInfo") != 1 || within("Object") != 0 {
        judge.weigh(invalid("V11", "ds:Object or several ds:SignedInfo", expected))?;
    }
    Ok(())
}

/// The children of a signature, in the order of the schema.
struct Parts<'a> {
    signed_info_element: &'a Element,
    signed_info: SignedInfo,
    value: Vec<u8>,
    key_info: &'a Element,
}

impl<'a> Parts<'a> {
    fn read(signature: &'a Element) -> Result<Self, Refusal> {
        let expected = "SignedInfo, SignatureValue, KeyInfo";
        let missing = |what: &str| invalid("V11", format!("{what} is missing, misplaced or unreadable"), expected);
        let mut children = signature.elements();
        let mut next = |local: &str| children.next().filter(|e| e.is(DSIG, local)).ok_or_else(|| missing(local));
        let signed_info_element = next("SignedInfo")?;
        let value = next("SignatureValue")?;
        let key_info = next("KeyInfo")?;
        let value = decode_base64(&value.text()).map_err(|_| missing("SignatureValue"))?;
        let signed_info = SignedInfo::read(signed_info_element).map_err(|malformed| missing(malformed.0))?;
        Ok(Self { signed_info_element, signed_info, value, key_info })
    }
}

/// V12: one reference, to the parent of the signature.
fn check_references(assertion: &Element, signed_info: &SignedInfo, judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let expected = "one Reference whose URI is # and the ID of the assertion";
    let [reference] = signed_info.references.as_slice() else {
        return Err(invalid("V12", format!("{} references", signed_info.references.len()), expected));
    };
    let target = reference.uri.as_deref().and_then(|uri| uri.strip_prefix('#')).filter(|id| !id.is_empty());
    if target.is_none() || target != assertion.attr("ID") {
        judge.weigh(invalid("V12", "a reference to something else", expected))?;
    }
    Ok(())
}

/// V13. An algorithm outside the lists is refused here even by a lenient policy when nothing can be computed with it.
fn check_algorithms(signed_info: &SignedInfo, check: &Check<'_>, judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let sha1 = check.switches.legacy_sha1;
    let expected = "exclusive C14N without comments, enveloped-signature then exclusive C14N, SHA-256, RSA-SHA256";
    let exclusive = Some(Canonicalization::Exclusive { comments: false });
    let signature = SignatureAlgorithm::from_uri(&signed_info.signature_method);
    let mut breaches = Vec::new();
    if signature.is_none_or(|algorithm| algorithm == SignatureAlgorithm::RsaSha1 && !sha1) {
        breaches.push("the SignatureMethod");
    }
    if signed_info.canonicalization.canonicalization() != exclusive {
        breaches.push("the CanonicalizationMethod");
    }
    for reference in &signed_info.references {
        let digest = DigestAlgorithm::from_uri(&reference.digest_method);
        if digest.is_none_or(|algorithm| algorithm == DigestAlgorithm::Sha1 && !sha1) {
            breaches.push("the DigestMethod");
        }
        let in_order = matches!(reference.transforms.as_slice(), [enveloped, c14n]
            if enveloped.uri == ENVELOPED && enveloped.is_bare() && c14n.canonicalization() == exclusive);
        if !in_order {
            breaches.push("the Transforms");
        }
    }
    match breaches.first() {
        Some(breach) => judge.weigh(invalid("V13", format!("{breach} is not allowed"), expected)),
        None => Ok(()),
    }
}

/// V15: the digest of the assertion without its signature, then the signature over SignedInfo.
fn verify_value(
    place: &Place<'_>,
    signature: &Element,
    parts: &Parts<'_>,
    signer: Certificate,
    judge: &mut Judge<'_>,
) -> Result<Evidence, Refusal> {
    let unknown = || invalid("V13", "an algorithm that cannot be computed", "the algorithms of the profile");
    let signed_info = &parts.signed_info;
    let reference: &Reference = signed_info.references.first().ok_or_else(unknown)?;
    let algorithm = reference.transforms.last().and_then(|transform| transform.c14n()).ok_or_else(unknown)?;
    let digest = DigestAlgorithm::from_uri(&reference.digest_method).ok_or_else(unknown)?;
    let method = SignatureAlgorithm::from_uri(&signed_info.signature_method).ok_or_else(unknown)?;
    let info_algorithm = signed_info.canonicalization.c14n().ok_or_else(unknown)?;

    let canonical = canonicalize_element(&place.ancestors, place.assertion, &algorithm, Some(signature));
    let digest_matches = digest.digest(&canonical) == reference.digest_value;
    if !digest_matches {
        judge.weigh(invalid("V15", "a digest that does not match", "the digest of the assertion"))?;
    }
    let ancestors = [place.ancestors.as_slice(), &[place.assertion, signature]].concat();
    let signed_bytes = canonicalize_element(&ancestors, parts.signed_info_element, &info_algorithm, None);
    let value = verify_rsa(&signer, method, &signed_bytes, &parts.value);
    if let Err(error) = value {
        let expected = "the signature of SignedInfo by the key of the certificate, RSA 2048 bits or more";
        judge.weigh(invalid("V15", error.to_string(), expected))?;
    }
    Ok(Evidence { canonical, signer: Some(signer), authentic: digest_matches && value.is_ok() })
}

fn invalid(rule: &'static str, found: impl Into<String>, expected: &str) -> Refusal {
    refuse(rule, AUTHENTICATION, "La signature du VIHF est invalide".to_owned(), found, expected)
}
