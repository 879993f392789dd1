//! X16: the XAdES signature of the lot (S01 to S12).

use std::io::Read as _;

use dmp_protocol::rules::{Policy, Refusal};
use dmp_protocol::signature::{Canonicalization, DigestAlgorithm};
use dmp_protocol::vihf::AuthenticationMode;
use dmp_protocol::xades::verify::{Check, Sender, verify};
use dmp_protocol::xades::{DocumentReference, MAX_FILE, canonical_digest};
use dmp_protocol::xml::Limits;
use dmp_vocabulary::Realm;
use xds_model::{AssociationKind, CodedValue, Cx, DocumentEntry, Dtm, scheme};

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
    let first = lot.clinical().next().map(|document| document.entry);
    entry(signature.entry, lot, first, hearing)?;
    file(signature, lot, parsed, call, world, hearing)
}

/// S12: the entry of the signature (xds.md §4.3). Its author is the business of X11, its uniqueId of X08, its hash and
/// size of X07, an empty sourcePatientInfo of X03; comments are accepted.
fn entry(
    entry: &DocumentEntry,
    lot: &Lot<'_>,
    first: Option<&DocumentEntry>,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let is = |value: &Option<CodedValue>, code: &str, system: &str| {
        value.as_ref().is_some_and(|value| value.is(code, system))
    };
    let same = |code: fn(&DocumentEntry) -> &Option<CodedValue>| {
        first.is_none_or(|first| match (code(first), code(entry)) {
            (Some(one), Some(other)) => one.same_code(other),
            (one, other) => one.is_none() && other.is_none(),
        })
    };
    let flags = ["N", "MASQUE_PS", "INVISIBLE_PATIENT"];
    let people = |entry: &DocumentEntry| entry.legal_authenticator.as_ref().map(|person| person.id().into_owned());
    let times = [&entry.creation_time, &entry.service_start_time, &entry.service_stop_time];
    let instants = times.map(|time| time.as_ref().and_then(Dtm::timestamp));
    let patient = |id: &Cx| id.same_identifier(&lot.set.patient_id);
    let conditions = [
        ("mimeType", entry.mime_type == "text/xml"),
        ("languageCode", entry.language_code.as_deref() == Some("art")),
        ("title", entry.title.as_deref() == Some("Source")),
        ("creationTime, serviceStartTime, serviceStopTime", instants.iter().all(|one| *one == instants[0])),
        ("classCode", is(&entry.class_code, scheme::SIGNATURE_CLASS_CODE, "URN")),
        ("typeCode", is(&entry.type_code, "E1762", "ASTM")),
        ("formatCode", is(&entry.format_code, "http://www.w3.org/2000/09/xmldsig#", "URN")),
        (
            "confidentialityCode",
            entry.confidentiality_codes.len() == flags.len()
                && flags.iter().all(|flag| entry.has_confidentiality(flag)),
        ),
        (
            "eventCodeList",
            matches!(entry.event_codes.as_slice(), [one] if one.is("1.2.840.10065.1.12.1.14", "1.2.840.10065.1.12")),
        ),
        ("sourcePatientId", entry.source_patient_id.as_ref().is_some_and(patient)),
        ("legalAuthenticator", first.is_none_or(|first| people(first) == people(entry))),
        ("healthcareFacilityTypeCode", same(|entry| &entry.healthcare_facility_type_code)),
        ("practiceSettingCode", same(|entry| &entry.practice_setting_code)),
    ];
    for (attribute, sound) in conditions {
        if !sound {
            let found = format!("a signature entry whose {attribute} is another");
            hearing.weigh(denial(refusal("S12", &found, "the entry of xds.md §4.3")))?;
        }
    }
    Ok(())
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
