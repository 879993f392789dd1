//! `CDA-LAU`: the responsible of the document and those who attest it; codes are in [`super::value_sets`].

use super::author;
use super::findings::Findings;
use super::shape;
use super::subject::{
    Subject, actor_kind, has_code, has_family_name, has_id_under, require_complete_ids, require_precision,
};
use super::tree::At;
use crate::Precision;
use crate::header::ActorKind;
use dmp_vocabulary::oids::PS_ID_NAT;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let responsible: Vec<At<'_>> = subject.root.all("legalAuthenticator").collect();
    if responsible.len() != 1 {
        let place = responsible.get(1).copied().unwrap_or(subject.root).place();
        findings.report("CDA-LAU-001", place, shape::count(responsible.len(), "legalAuthenticator"));
    }
    if let Some(responsible) = responsible.first().copied().and_then(At::valued) {
        legal_authenticator(responsible, findings);
    }
    for authenticator in subject.root.all("authenticator").filter(|at| !at.is_null()) {
        attest(authenticator, findings);
    }
}

fn legal_authenticator(responsible: At<'_>, findings: &mut Findings<'_>) {
    let time = responsible.first("time");
    if time.and_then(At::valued).and_then(|time| time.value("value")).is_none() {
        let found = if time.is_some_and(At::is_null) { "null" } else { "no time" };
        findings.report("CDA-LAU-002", time.unwrap_or(responsible).place(), found);
    } else if let Some(time) = time {
        require_precision("CDA-LAU-003", time, Precision::Second, findings);
    }
    signature("CDA-LAU-004", responsible, findings);
    let Some(entity) = responsible.first("assignedEntity").and_then(At::valued) else { return };
    require_complete_ids("CDA-LAU-005", entity, findings);
    let kind = actor_kind(entity);
    let structure = entity.first("representedOrganization");
    match kind {
        ActorKind::Professional if !has_code(entity.first("code")) => {
            findings.report("CDA-LAU-006", entity.first("code").unwrap_or(entity).place(), "no code");
        }
        ActorKind::Patient => {
            for extra in ["code", "representedOrganization"] {
                if let Some(at) = entity.first(extra).and_then(At::valued) {
                    findings.report("CDA-LAU-009", at.place(), extra);
                }
            }
        }
        _ => {}
    }
    let person = entity.first("assignedPerson");
    if matches!(kind, ActorKind::Professional | ActorKind::Patient) && !has_family_name(person) {
        findings.report("CDA-LAU-007", person.unwrap_or(entity).place(), "no family name");
    }
    let needs_structure = !matches!(kind, ActorKind::Patient | ActorKind::Unknown);
    if needs_structure && structure.and_then(At::valued).is_none() {
        let found = format!("no structure for a {}", author::name(kind));
        findings.report("CDA-LAU-008", structure.unwrap_or(entity).place(), found);
    }
}

fn attest(authenticator: At<'_>, findings: &mut Findings<'_>) {
    signature("CDA-LAU-012", authenticator, findings);
    if let Some(entity) = authenticator.first("assignedEntity").and_then(At::valued)
        && !has_id_under(entity, PS_ID_NAT)
    {
        findings.report("CDA-LAU-012", entity.place(), "no PS_IdNat");
    }
    if let Some(time) = authenticator.first("time") {
        require_precision("CDA-LAU-013", time, Precision::Second, findings);
    }
}

fn signature(rule: &str, parent: At<'_>, findings: &mut Findings<'_>) {
    let signature = parent.first("signatureCode");
    let code = signature.and_then(At::valued).and_then(|signature| signature.value("code"));
    if code != Some("S") {
        findings.report(rule, signature.unwrap_or(parent).place(), format!("signatureCode {}", shape::code(code)));
    }
}
