//! The signed properties, S10 (time) and S11 (purpose, which no digest covers).

use dmp_xml::Element;
use jiff::Timestamp;

use super::parts::Parts;
use super::{Check, refuse};
use crate::rules::{Judge, Refusal};
use crate::signature::{DSIG, decode_base64};
use crate::xades::{PURPOSE_SOURCE, XADES};

/// What the signed properties say of the signer.
pub(super) struct Properties {
    /// SigningTime, if it is an instant with an offset.
    pub(super) signing_time: Option<Timestamp>,
    /// URI of the first CertDigest's algorithm.
    pub(super) digest_method: String,
    pub(super) digest_value: Vec<u8>,
    pub(super) issuer_name: String,
    /// Decimal.
    pub(super) serial_number: String,
}

impl Properties {
    /// Only the first Cert designates the signer.
    pub(super) fn read(parts: &Parts<'_>) -> Result<Self, Refusal> {
        let missing = |what: &str| refuse("S05", format!("no readable {what}"), "a Cert that designates the signer");
        let signed = parts.signed_properties.element.child(XADES, "SignedSignatureProperties");
        let signed = signed.ok_or_else(|| missing("SignedSignatureProperties"))?;
        let first = signed.descend(&[(XADES, "SigningCertificate"), (XADES, "Cert")]).ok_or_else(|| missing("Cert"))?;
        let digest = first.child(XADES, "CertDigest").ok_or_else(|| missing("CertDigest"))?;
        let issuer_serial = first.child(XADES, "IssuerSerial").ok_or_else(|| missing("IssuerSerial"))?;

        let method = child(digest, "DigestMethod").and_then(|method| method.attr("Algorithm"));
        let value = child(digest, "DigestValue").and_then(|value| decode_base64(&value.text()).ok());
        let text = |local: &str| child(issuer_serial, local).map(Element::text).ok_or_else(|| missing(local));
        Ok(Self {
            signing_time: signed.child(XADES, "SigningTime").and_then(|time| time.text().trim().parse().ok()),
            digest_method: method.ok_or_else(|| missing("DigestMethod"))?.to_owned(),
            digest_value: value.ok_or_else(|| missing("DigestValue"))?,
            issuer_name: text("X509IssuerName")?,
            serial_number: text("X509SerialNumber")?,
        })
    }
}

/// Producers disagree on the namespace of these children: XAdES for the digest, XML-DSig for issuer and serial.
fn child<'a>(parent: &'a Element, local: &str) -> Option<&'a Element> {
    parent.elements().find(|element| element.is(XADES, local) || element.is(DSIG, local))
}

/// S10.
pub(super) fn check_time(
    signing_time: Option<Timestamp>,
    check: &Check<'_>,
    judge: &mut Judge<'_>,
) -> Result<(), Refusal> {
    let (window, skew) = (check.switches.xades_signing_window, check.switches.xades_signing_skew);
    let found = match signing_time {
        None => "no SigningTime with an offset".to_owned(),
        Some(time) if check.at.duration_since(time) > window => format!("SigningTime {time}, too long ago"),
        Some(time) if time.duration_since(check.at) > skew => format!("SigningTime {time}, in the future"),
        Some(_) => return Ok(()),
    };
    let hours = window.as_hours();
    judge.weigh(refuse("S10", found, format!("SigningTime in the {hours} hours before {}", check.at)))
}

/// S11.
pub(super) fn check_purpose(parts: &Parts<'_>, judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let expected = "purpose 1.2.840.10065.1.12.1.14, Targets that name the Id of the signature";
    let in_either = |element: &Element, local: &str| element.is("", local) || element.is(DSIG, local);
    let property = parts.root.descendants().find(|element| {
        in_either(element, "SignatureProperty") && element.attr("Id").is_none_or(|id| id == "purposeOfSignature")
    });
    let purpose = property.map(Element::text);
    if purpose.as_deref().map(str::trim) != Some(PURPOSE_SOURCE) {
        judge.weigh(refuse("S11", "another purpose, or none", expected))?;
    }
    let id = parts.root.attr("Id");
    let names_signature =
        |target: Option<&str>| id.is_some() && target.and_then(|target| target.strip_prefix('#')) == id;
    let qualifying = parts.signed_properties.ancestors.last().and_then(|element| element.attr("Target"));
    let targets = [property.and_then(|property| property.attr("Target")), qualifying];
    if !targets.into_iter().all(names_signature) {
        judge.weigh(refuse("S11", "a Target that is not the signature", expected))?;
    }
    Ok(())
}
