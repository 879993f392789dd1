//! `CDA-VER`: the versions of a document.

use super::findings::Findings;
use super::identifier::is_oid;
use super::shape;
use super::subject::{Subject, identifier};
use super::tree::At;
use crate::InstanceIdentifier;

const REPLACES: &str = "RPLC";
const TRANSFORMS: &str = "XFRM";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let related: Vec<At<'_>> = subject.root.all("relatedDocument").collect();
    if let Some(second) = related.get(1) {
        findings.report("CDA-VER-006", second.place(), shape::count(related.len(), "relatedDocument"));
    }
    let version = version(subject.root);
    let replacing = related.iter().copied().find(|at| at.value("typeCode") == Some(REPLACES));
    match (version, replacing) {
        (Some(2..), None) => {
            let place = subject.root.first("versionNumber").unwrap_or(subject.root).place();
            findings.report("CDA-VER-001", place, "a later version that replaces none");
        }
        (Some(1), Some(related)) => findings.report("CDA-VER-002", related.place(), "version 1"),
        _ => {}
    }
    for related in related {
        kind(related, findings);
        if !related.is_null() {
            parent(subject, related, version, findings);
        }
    }
}

fn version(parent: At<'_>) -> Option<u64> {
    parent.first("versionNumber")?.valued()?.value("value")?.parse().ok()
}

fn kind(related: At<'_>, findings: &mut Findings<'_>) {
    let found = related.value("typeCode");
    let place = related.attribute_place("typeCode");
    match found {
        Some(REPLACES) => {}
        Some(TRANSFORMS) => findings.report("CDA-VER-005", &place, TRANSFORMS),
        _ => findings.report("CDA-VER-004", &place, shape::code(found)),
    }
}

fn parent(subject: &Subject<'_>, related: At<'_>, version: Option<u64>, findings: &mut Findings<'_>) {
    const ONE_ID: &str = "CDA-VER-007";
    let Some(parent) = related.first("parentDocument") else {
        findings.report(ONE_ID, related.place(), "no parentDocument");
        return;
    };
    if parent.is_null() {
        return;
    }
    let ids: Vec<At<'_>> = parent.all("id").collect();
    let valued: Vec<(At<'_>, InstanceIdentifier)> = ids.iter().filter_map(|id| Some((*id, identifier(*id)?))).collect();
    if ids.len() != 1 || valued.len() != 1 {
        findings.report(ONE_ID, parent.place(), format!("{} id, {} of them with a root", ids.len(), valued.len()));
    }
    let own = subject.valued("id").and_then(identifier);
    for (at, id) in &valued {
        if own.as_ref().is_some_and(|own| same(own, id)) {
            findings.report("CDA-VER-003", at.place(), "the id of the document itself");
        }
        if !is_oid(&id.root) {
            findings.report("CDA-VER-008", &at.place().attribute("root"), shape::characters(&id.root));
        }
    }
    lineage(subject, related, parent, version, findings);
}

/// The parent belongs to the same set and is the version before. A transformation may stand in another set.
fn lineage(subject: &Subject<'_>, related: At<'_>, parent: At<'_>, version: Option<u64>, findings: &mut Findings<'_>) {
    const RULE: &str = "CDA-VER-009";
    if related.value("typeCode") != Some(REPLACES) {
        return;
    }
    let own_set = subject.valued("setId").and_then(identifier);
    if let Some(at) = parent.first("setId")
        && let (Some(own), Some(theirs)) = (own_set, identifier(at))
        && !same(&own, &theirs)
    {
        findings.report(RULE, at.place(), "another setId");
    }
    let theirs = self::version(parent);
    if let (Some(version), Some(theirs)) = (version, theirs)
        && theirs.checked_add(1) != Some(version)
    {
        let place = parent.first("versionNumber").unwrap_or(parent).place();
        findings.report(RULE, place, format!("version {theirs} before version {version}"));
    }
}

/// OIDs byte for byte, UUIDs in any case.
fn same(a: &InstanceIdentifier, b: &InstanceIdentifier) -> bool {
    a.root.eq_ignore_ascii_case(&b.root) && a.extension == b.extension
}
