//! S05-S07: the signer is designated by the signed properties, trusted, and the sender.

use jiff::Timestamp;

use super::properties::Properties;
use super::{Check, Sender, refuse};
use crate::certificate::{Certificate, ExtendedKeyUsage};
use crate::distinguished_name::{Comparison, DistinguishedName};
use crate::rules::{Judge, Refusal};
use crate::signature::DigestAlgorithm;
use crate::switches::Switches;
use crate::xades::build::CERT_DIGEST_XMLDSIG;

/// S05.
pub(super) fn check_designation(
    properties: &Properties,
    signer: &Certificate,
    switches: &Switches,
    judge: &mut Judge<'_>,
) -> Result<(), Refusal> {
    let expected = "digest, issuer and serial number of the certificate of KeyInfo";
    let algorithm = match properties.digest_method.as_str() {
        CERT_DIGEST_XMLDSIG => Some(DigestAlgorithm::Sha256),
        uri => DigestAlgorithm::from_uri(uri),
    };
    let algorithm = algorithm.filter(|algorithm| *algorithm != DigestAlgorithm::Sha1 || switches.xades_accept_sha1);
    if algorithm.map(|algorithm| algorithm.digest(signer.der())).as_ref() != Some(&properties.digest_value) {
        judge.weigh(refuse("S05", "a CertDigest of another certificate or algorithm", expected))?;
    }
    let issuer = DistinguishedName::parse(properties.issuer_name.trim());
    if !issuer.is_ok_and(|issuer| signer.issuer().matches(&issuer, Comparison::from(switches))) {
        judge.weigh(refuse("S05", "another X509IssuerName", expected))?;
    }
    let serial = properties.serial_number.trim().trim_start_matches('0');
    if serial != signer.serial().trim_start_matches('0') {
        judge.weigh(refuse("S05", "another X509SerialNumber", expected))?;
    }
    Ok(())
}

/// S06: trusted when it signed and now.
pub(super) fn check_trust(
    signer: &Certificate,
    signing_time: Option<Timestamp>,
    check: &Check<'_>,
    judge: &mut Judge<'_>,
) -> Result<(), Refusal> {
    let expected = "a signature certificate of a trusted authority, valid at SigningTime and now, not revoked";
    for at in [Some(check.at), signing_time].into_iter().flatten() {
        if let Err(error) = check.trust.verify(signer, &[], at, ExtendedKeyUsage::EmailProtection) {
            judge.weigh(refuse("S06", format!("at {at}: {error}"), expected))?;
        }
    }
    match signer.check_signature_profile(check.realm) {
        Ok(()) => Ok(()),
        Err(error) => judge.weigh(refuse("S06", error.to_string(), expected)),
    }
}

/// S07.
pub(super) fn check_sender(signer: &Certificate, sender: Sender<'_>, judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let (is_sender, expected) = match sender {
        Sender::Holder(name_id) => (signer.holder_id() == Some(name_id), "the card holder that the VIHF names"),
        Sender::Structures(structures) => {
            let known = signer.structure_id().is_some_and(|structure| structures.contains(&structure));
            (known, "the structure that the VIHF names, or its entité juridique")
        }
    };
    if is_sender { Ok(()) } else { judge.weigh(refuse("S07", signer.subject().masked(), expected)) }
}
