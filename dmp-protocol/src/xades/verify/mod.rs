//! Verification of a received signature file: rules S01 to S11.
//!
//! S12 (the metadata of the signature entry and its `signs` association) needs the submission: that its uniqueId is
//! not in the Manifest follows from S08, the rest is the business of whoever holds the metadata.

mod certificate;
mod manifest;
mod parts;
mod properties;
mod value;

use dmp_vocabulary::Realm;
use jiff::Timestamp;

use super::DocumentReference;
use crate::certificate::Certificate;
use crate::certificate::chain::Trust;
use crate::rules::{Judge, Policy, Refusal};
use crate::switches::Switches;

/// What a signature file is verified against.
#[derive(Clone, Copy)]
pub struct Check<'a> {
    /// Authorities and revocation lists.
    pub trust: &'a Trust,
    /// When the request arrived.
    pub at: Timestamp,
    /// Branch whose product class the signer must carry; none leaves the class unchecked.
    pub realm: Option<Realm>,
    /// Who sent the lot (S07).
    pub sender: Sender<'a>,
    /// uniqueId of the submission set.
    pub lot_unique_id: &'a str,
    /// uniqueIds of all entries but the one of the signature.
    pub documents: &'a [&'a str],
    /// Digest of a received document as its reference declares it; none if there is no such document, or if its
    /// canonical form cannot be computed.
    pub digest_of: &'a dyn Fn(&DocumentReference) -> Option<Vec<u8>>,
    /// Switches of the mock column.
    pub switches: &'a Switches,
    /// Which rules refuse, warn, or are off.
    pub policy: &'a Policy,
}

/// Who the signer has to be (S07).
#[derive(Clone, Copy)]
pub enum Sender<'a> {
    /// DIRECTE: the card holder, by the `NameID` of the VIHF.
    Holder(&'a str),
    /// A structure: `Identifiant_Structure` and, if it is an entité géographique, its entité juridique.
    Structures(&'a [&'a str]),
}

/// Everything a verification found out.
#[derive(Debug)]
pub struct Verification {
    /// What the file proves, or the first strict rule that it breaks.
    pub outcome: Result<Verified, Refusal>,
    /// Breaches of lenient rules, in the order met.
    pub warnings: Vec<Refusal>,
}

/// What a signature file proves.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Who signed.
    pub signer: Certificate,
    /// When, as far as it can be read.
    pub signing_time: Option<Timestamp>,
    /// The documents of the Manifest, the lot left out, in order.
    pub documents: Vec<DocumentReference>,
}

/// Verifies a signature file against the lot it came with.
pub fn verify(file: &[u8], check: &Check<'_>) -> Verification {
    let mut judge = Judge::new(check.policy);
    let outcome = run(file, check, &mut judge);
    Verification { outcome, warnings: judge.into_warnings() }
}

fn run(file: &[u8], check: &Check<'_>, judge: &mut Judge<'_>) -> Result<Verified, Refusal> {
    let root = parts::parse_file(file)?;
    let parts = parts::Parts::read(&root, judge)?;
    let signer = parts.certificate()?;
    value::check_algorithms(&parts, &signer, check.switches, judge)?;
    let references = value::check_references(&parts, judge)?;
    value::check_digests(&parts, &references, judge)?;
    value::check_value(&parts, &signer, judge)?;

    let properties = properties::Properties::read(&parts)?;
    certificate::check_designation(&properties, &signer, check.switches, judge)?;
    certificate::check_trust(&signer, properties.signing_time, check, judge)?;
    certificate::check_sender(&signer, check.sender, judge)?;
    let documents = manifest::check(&parts, check, judge)?;
    properties::check_time(properties.signing_time, check, judge)?;
    properties::check_purpose(&parts, judge)?;
    Ok(Verified { signer, signing_time: properties.signing_time, documents })
}

/// Every breach travels under one code; the rule goes in the codeContext.
const CODE: &str = "XDSRepositoryMetadataError";

fn refuse(rule: &'static str, found: impl Into<String>, expected: impl Into<String>) -> Refusal {
    let text = format!("{rule} : la signature XAdES du lot est refusée");
    Refusal { rule, code: CODE, text, found: found.into(), expected: expected.into() }
}
