//! Verification of a received assertion: rules V02, V04-V06, V10-V16 and V20-V23.
//!
//! The rules on fields, time, reuse and rights (V30-V82) need a world and are the business of whoever keeps one.

mod place;
mod signature;
mod signer;

use dmp_vocabulary::Realm;
use dmp_xml::{Element, Limits, XmlError};
use jiff::Timestamp;

use super::{Assertion, WireMode};
use crate::certificate::Certificate;
use crate::certificate::chain::Trust;
use crate::rules::{Judge, Policy, Refusal};
use crate::switches::Switches;

/// What an assertion is verified against.
#[derive(Debug, Clone, Copy)]
pub struct Check<'a> {
    /// Authorities and revocation lists.
    pub trust: &'a Trust,
    /// The client certificate of the TLS connection; its chain was checked by the handshake (V01).
    pub tls: &'a Certificate,
    /// Now.
    pub at: Timestamp,
    /// Branch whose product class the certificates must carry; none leaves the class unchecked.
    pub realm: Option<Realm>,
    /// Where the request arrived.
    pub channel: Channel,
    /// Switches of the mock column.
    pub switches: &'a Switches,
    /// Which rules refuse, warn, or are off.
    pub policy: &'a Policy,
}

/// The listener that received the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Channel {
    /// The services of the LPS: card or structure certificate.
    #[default]
    Lps,
    /// Behind a proxy e-santé: the caller is always an organisation, the person comes from Pro Santé Connect.
    ProSanteConnect,
}

/// Everything a verification found out.
#[derive(Debug)]
pub struct Verification {
    /// The assertion, or the first strict rule that it breaks.
    pub outcome: Result<Verified, Refusal>,
    /// Breaches of lenient rules, in the order met.
    pub warnings: Vec<Refusal>,
    /// Set as soon as the signature is right (V15), whatever came after: single use is recorded from here (V54).
    pub authenticated: Option<Authenticated>,
}

/// An assertion that may be believed as far as its certificate goes.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Read from the canonical bytes that were digested (V16).
    pub assertion: Assertion,
    /// Who signed; none if unsigned.
    pub signer: Option<Certificate>,
    /// SHA-256 of the canonical bytes.
    pub digest: [u8; 32],
}

/// A signed assertion whose digest and signature are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// `@ID`.
    pub id: String,
    /// `Issuer`, as written.
    pub issuer: String,
    /// `@IssueInstant`.
    pub issued_at: Timestamp,
    /// SHA-256 of the canonical bytes.
    pub digest: [u8; 32],
}

/// Verifies the one assertion of an envelope; the whole envelope is looked at, because wrapping attacks live outside
/// the assertion.
pub fn verify(envelope: &Element, check: &Check<'_>) -> Verification {
    let mut judge = Judge::new(check.policy);
    let mut authenticated = None;
    let outcome = run(envelope, check, &mut judge, &mut authenticated);
    Verification { outcome, warnings: judge.into_warnings(), authenticated }
}

/// V03: the refusal for an envelope that is no acceptable XML.
pub fn invalid_xml(error: &XmlError) -> Refusal {
    let text = "Message XML invalide".to_owned();
    refuse("V03", INVALID_REQUEST, text, error.to_string(), "well-formed UTF-8 XML 1.0 without DTD, within the limits")
}

fn run(
    envelope: &Element,
    check: &Check<'_>,
    judge: &mut Judge<'_>,
    authenticated: &mut Option<Authenticated>,
) -> Result<Verified, Refusal> {
    let place = place::find(envelope, judge)?;
    let evidence = signature::verify(&place, check, judge)?;

    // V16: from here on, only what was digested is read.
    let verified = dmp_xml::parse(&evidence.canonical, &Limits::default()).map_err(|error| invalid_xml(&error))?;
    let assertion = Assertion::read(&verified).map_err(|error| place::not_conform(error.what))?;
    let digest = sha256(&evidence.canonical);
    if evidence.authentic {
        *authenticated = Some(Authenticated {
            id: assertion.id.clone(),
            issuer: assertion.issuer.clone(),
            issued_at: assertion.issued_at,
            digest,
        });
    }
    signer::verify(&assertion, evidence.signer.as_ref(), check, judge)?;
    Ok(Verified { assertion, signer: evidence.signer, digest })
}

/// DIRECTE, and whatever arrives through Pro Santé Connect, may be unsigned.
fn may_be_unsigned(mode: Option<WireMode>, check: &Check<'_>) -> bool {
    match check.channel {
        Channel::Lps => mode == Some(WireMode::Directe),
        Channel::ProSanteConnect => !check.switches.psc_signature_required,
    }
}

const INVALID_REQUEST: &str = "DMPInvalidRequest";
const AUTHENTICATION: &str = "DMPAuthenticationError";
const INVALID_CERTIFICATE: &str = "DMPInvalidCertificate";
const INVALID_DATA: &str = "DMPInvalidData";

fn refuse(
    rule: &'static str,
    code: &'static str,
    text: String,
    found: impl Into<String>,
    expected: impl Into<String>,
) -> Refusal {
    Refusal { rule, code, text, found: found.into(), expected: expected.into() }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut value = [0; 32];
    value.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    value
}
