//! S08 and S09: the Manifest lists the lot and its documents, and their digests are right.

use std::collections::HashSet;

use super::parts::Parts;
use super::{Check, refuse};
use crate::rules::{Judge, Refusal};
use crate::signature::{DigestAlgorithm, Reference};
use crate::xades::{DocumentReference, URN_OID};

pub(super) fn check(
    parts: &Parts<'_>,
    check: &Check<'_>,
    judge: &mut Judge<'_>,
) -> Result<Vec<DocumentReference>, Refusal> {
    check_list(&parts.manifest_references, check, judge)?;
    let mut documents = Vec::new();
    for reference in &parts.manifest_references {
        let unique_id = unique_id(reference).unwrap_or_default();
        // The digest of the lot is a placeholder that nobody trusts.
        if unique_id == check.lot_unique_id {
            continue;
        }
        if let Some(document) = check_document(unique_id, reference, check, judge)? {
            documents.push(document);
        }
    }
    Ok(documents)
}

/// S08: no more, no less, no duplicate.
fn check_list(references: &[Reference], check: &Check<'_>, judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let expected = "urn:oid: + uniqueId of the lot and of every document, each once";
    let found: HashSet<&str> = references.iter().filter_map(unique_id).collect();
    let wanted: HashSet<&str> = check.documents.iter().copied().chain([check.lot_unique_id]).collect();
    let breach = if found.len() != references.len() {
        Some("a reference twice, or one without urn:oid:".to_owned())
    } else if found != wanted {
        let (extra, missing) = (found.difference(&wanted).count(), wanted.difference(&found).count());
        Some(format!("{extra} unknown and {missing} missing references"))
    } else {
        None
    };
    match breach {
        Some(found) => judge.weigh(refuse("S08", found, expected)),
        None => Ok(()),
    }
}

/// S09.
fn check_document(
    unique_id: &str,
    reference: &Reference,
    check: &Check<'_>,
    judge: &mut Judge<'_>,
) -> Result<Option<DocumentReference>, Refusal> {
    let expected = "the digest of the received document, canonical for XML, raw otherwise";
    // S02 has weighed algorithms and transforms; what cannot be computed cannot match.
    let transform = reference.transforms.first().map(|transform| transform.canonicalization());
    let algorithm = DigestAlgorithm::from_uri(&reference.digest_method);
    let (Some(algorithm), Some(transform), true) =
        (algorithm, transform.map_or(Some(None), |transform| transform.map(Some)), reference.transforms.len() <= 1)
    else {
        judge.weigh(refuse("S09", "a digest that cannot be computed", expected))?;
        return Ok(None);
    };
    let document = DocumentReference { unique_id: unique_id.to_owned(), transform, algorithm };
    if (check.digest_of)(&document).as_ref() != Some(&reference.digest_value) {
        judge.weigh(refuse("S09", "a document whose digest does not match", expected))?;
    }
    Ok(Some(document))
}

fn unique_id(reference: &Reference) -> Option<&str> {
    reference.uri.as_deref().and_then(|uri| uri.strip_prefix(URN_OID))
}
