//! X16: the XAdES signature of the lot (S01 to S12).

use std::io::Read as _;

use dmp_protocol::rules::{Policy, Refusal};
use dmp_protocol::signature::{Canonicalization, DigestAlgorithm};
use dmp_protocol::vihf::AuthenticationMode;
use dmp_protocol::xades::verify::{Check, Sender, verify};
use dmp_protocol::xades::{DocumentReference, MAX_FILE, canonical_digest};
use dmp_protocol::xml::Limits;
use dmp_vocabulary::Realm;
use xds_model::{AssociationKind, CodedValue, DocumentEntry};

use super::super::{Call, registry};
use super::content::Parsed;
use super::lot::{Document, Lot};
use crate::rules::{Denial, Hearing, breach};
use crate::world::World;

const CODE: &str = "XDSRepositoryMetadataError";

pub(super) fn check(
    lot: &Lot<'_>,
    parsed: &Parsed,
    call: &Call<'_>,
    world: &World,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let mut signatures = lot.signatures();
    let (Some(signature), None) = (signatures.next(), signatures.next()) else {
        return hearing.weigh(denial(refusal(
            "X16",
            "no signature entry, or several",
            "one signature entry in each lot",
        )));
    };
    let signs = lot.objects.associations.iter().any(|association| {
        association.kind == AssociationKind::Signs && association.source == signature.entry.entry_uuid
    });
    if !signs {
        hearing.weigh(denial(refusal("S12", "no signs association", "signs from the signature entry to the lot")))?;
    }
    entry(signature.entry, hearing)?;
    file(signature, lot, parsed, call, world, hearing)
}

/// S12: the entry of the signature (xds.md §4.3).
fn entry(entry: &DocumentEntry, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let is = |value: &Option<CodedValue>, code: &str| value.as_ref().is_some_and(|value| value.code == code);
    let sound = entry.mime_type == "text/xml"
        && is(&entry.type_code, "E1762")
        && is(&entry.format_code, "http://www.w3.org/2000/09/xmldsig#");
    if sound {
        return Ok(());
    }
    hearing.weigh(denial(refusal(
        "S12",
        "a signature entry with another media type, type or format",
        "text/xml, E1762, http://www.w3.org/2000/09/xmldsig#",
    )))
}

/// S01 to S11.
fn file(
    signature: &Document<'_>,
    lot: &Lot<'_>,
    parsed: &Parsed,
    call: &Call<'_>,
    world: &World,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let mut bytes = Vec::new();
    let read = signature.content.reader().and_then(|reader| reader.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes));
    if read.is_err() {
        return Err(denial(refusal("S01", "a signature that cannot be read back", "a file of 1 MiB at most")));
    }
    let caller = &call.admitted.caller;
    let legal_entity = world.structure(&caller.structure).and_then(|structure| structure.legal_entity.as_deref());
    let structures: Vec<&str> = std::iter::once(caller.structure.as_str()).chain(legal_entity).collect();
    let documents: Vec<&str> = lot.clinical().map(|one| one.entry.unique_id.as_str()).collect();
    let trust = call.dmp.trust(call.now);
    // Alternate names of the rules (X16) are known to the hearing, not to the verification: it reports every breach.
    let verification = verify(
        &bytes,
        &Check {
            trust: &trust,
            at: call.now,
            realm: Some(Realm::Test),
            sender: if caller.mode == AuthenticationMode::Directe {
                Sender::Holder(&caller.name_id)
            } else {
                Sender::Structures(&structures)
            },
            lot_unique_id: &lot.set.unique_id,
            documents: &documents,
            digest_of: &|reference| digest(reference, lot, parsed),
            switches: &call.settings.switches,
            policy: policy(call),
        },
    );
    for warning in verification.warnings {
        hearing.observe(warning);
    }
    match verification.outcome {
        Ok(_) => Ok(()),
        Err(refusal) => hearing.weigh(denial(refusal)),
    }
}

fn policy<'a>(call: &'a Call<'_>) -> &'a Policy {
    &call.settings.policy
}

/// S09: the digest of a received document, as its reference declares it. The common form was computed while the
/// document was read.
fn digest(reference: &DocumentReference, lot: &Lot<'_>, parsed: &Parsed) -> Option<Vec<u8>> {
    let (document, cda) =
        lot.documents.iter().zip(parsed).find(|(document, _)| document.entry.unique_id == reference.unique_id)?;
    match (reference.transform, reference.algorithm, cda) {
        (None, DigestAlgorithm::Sha256, _) => Some(document.content.sha256().to_vec()),
        (None, DigestAlgorithm::Sha1, _) => Some(document.content.sha1().to_vec()),
        (Some(Canonicalization::Inclusive { comments: true }), DigestAlgorithm::Sha256, Some(Ok(cda))) => {
            Some(cda.fingerprint.c14n_sha256.to_vec())
        }
        (Some(transform), algorithm, _) => {
            canonical_digest(document.content.reader().ok()?, Limits::default(), transform, algorithm).ok()
        }
    }
}

fn refusal(rule: &'static str, found: &str, expected: &str) -> Refusal {
    breach(rule, CODE, format!("{rule} : la signature XAdES du lot est refusée"), found, expected)
}

/// The rule goes in the codeContext (xades.md §5).
fn denial(refusal: Refusal) -> Denial {
    let context = refusal.rule.to_owned();
    registry(refusal).with_context(context)
}
