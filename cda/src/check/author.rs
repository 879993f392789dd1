//! `CDA-AUT`: authors; codes are in [`super::value_sets`].

use std::collections::HashSet;

use dmp_vocabulary::identity::{IdentityKind, IdentityProblem, ProfessionalId, StructureId};
use dmp_vocabulary::{Realm, oids};

use super::findings::Findings;
use super::shape;
use super::subject::{
    Subject, actor_kind, has_code, has_family_name, is_professional_root, require_complete_ids, require_precision,
};
use super::tree::At;
use crate::Precision;
use crate::header::{ActorKind, SIREN, is_ins_root};

/// JDV_J245, civilités.
const CIVILITIES: [&str; 2] = ["M", "MME"];
/// JDV_J246, titres.
const TITLES: [&str; 6] = ["DR", "MC", "MG", "PC", "PG", "PR"];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let authors: Vec<At<'_>> = subject.root.all("author").collect();
    if authors.is_empty() {
        findings.report("CDA-AUT-001", subject.root.place(), "no author");
    }
    for author in authors {
        if author.is_null() {
            findings.report("CDA-AUT-001", author.place(), "null");
            continue;
        }
        time(author, findings);
        let Some(assigned) = author.first("assignedAuthor") else { continue };
        let kind = actor_kind(assigned);
        if author.first("functionCode").is_some() && !matches!(kind, ActorKind::Professional | ActorKind::Unknown) {
            let place = author.first("functionCode").unwrap_or(author).place();
            findings.report("CDA-AUT-019", place, name(kind));
        }
        if !assigned.is_null() {
            identifiers(subject, assigned, findings);
            content(assigned, kind, findings);
        }
    }
    other_patients(subject, findings);
    prefixes_and_suffixes(subject, findings);
}

fn time(author: At<'_>, findings: &mut Findings<'_>) {
    match author.first("time") {
        None => findings.report("CDA-AUT-002", author.place(), "no time"),
        Some(time) if time.is_null() => findings.report("CDA-AUT-002", time.place(), "null"),
        Some(time) if time.value("value").is_none() => findings.report("CDA-AUT-002", time.place(), "no value"),
        Some(time) => require_precision("CDA-AUT-003", time, Precision::Second, findings),
    }
}

fn identifiers(subject: &Subject<'_>, assigned: At<'_>, findings: &mut Findings<'_>) {
    require_complete_ids("CDA-AUT-004", assigned, findings);
    for id in assigned.all("id").filter(|id| !id.is_null() && is_professional_root(id.value("root"))) {
        let Some(extension) = id.value("extension") else { continue };
        let place = id.place().attribute("extension");
        // In the test realm a wrong RPPS check digit is a warning: it is reported, and the shape is judged apart.
        let wrong_rpps = match ProfessionalId::parse(extension, Realm::Test) {
            Err(error) => {
                findings.report("CDA-AUT-006", &place, error.problem.to_string());
                continue;
            }
            Ok(parsed) => {
                parsed.warnings.iter().any(|w| w.kind == IdentityKind::Rpps && w.problem == IdentityProblem::CheckDigit)
            }
        };
        if wrong_rpps {
            let in_production = subject.options.is_produced() && subject.options.realm == Some(Realm::Production);
            let found = "a check digit that does not match";
            if in_production {
                findings.report_error("CDA-AUT-007", &place, found);
            } else {
                findings.report("CDA-AUT-007", &place, found);
            }
        }
    }
}

fn content(assigned: At<'_>, kind: ActorKind, findings: &mut Findings<'_>) {
    let person = assigned.first("assignedPerson");
    let device = assigned.first("assignedAuthoringDevice");
    if let (Some(_), Some(device)) = (person, device) {
        findings.report("CDA-AUT-017", device.place(), "a person and a device");
    }
    if let Some(device) = device.and_then(At::valued) {
        for name in ["manufacturerModelName", "softwareName"] {
            if device.first(name).and_then(At::valued).and_then(At::text).is_none() {
                findings.report("CDA-AUT-018", device.place(), format!("no {name}"));
            }
        }
    }
    match kind {
        ActorKind::Patient => patient(assigned, findings),
        ActorKind::Unknown => findings.report("CDA-AUT-005", assigned.place(), id_roots(assigned)),
        _ => {
            if !has_code(assigned.first("code")) {
                let place = assigned.first("code").unwrap_or(assigned).place();
                findings.report("CDA-AUT-008", place, format!("no code for a {}", name(kind)));
            }
            structure(assigned, kind, findings);
        }
    }
    if matches!(kind, ActorKind::Professional | ActorKind::Patient) {
        if !has_family_name(person) {
            findings.report("CDA-AUT-011", person.unwrap_or(assigned).place(), "no family name");
        }
        let missing: Vec<&str> = ["addr", "telecom"].into_iter().filter(|n| assigned.first(n).is_none()).collect();
        if !missing.is_empty() {
            findings.report("CDA-AUT-023", assigned.place(), format!("no {}", missing.join(", no ")));
        }
    }
}

fn patient(assigned: At<'_>, findings: &mut Findings<'_>) {
    for name in ["code", "assignedAuthoringDevice", "representedOrganization"] {
        if let Some(at) = assigned.first(name).and_then(At::valued) {
            findings.report("CDA-AUT-015", at.place(), name);
        }
    }
}

/// `CDA-AUT-016`: an author who is a patient is this one.
fn other_patients(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let identity = |id: At<'_>| (id.value("root").map(str::to_owned), id.value("extension").map(str::to_owned));
    let known: HashSet<_> = subject.ins().into_iter().map(identity).collect();
    for id in subject.root.every("author/assignedAuthor/id").into_iter().filter(|id| !id.is_null()) {
        if id.value("root").is_some_and(is_ins_root) && !known.contains(&identity(id)) {
            findings.report("CDA-AUT-016", id.place(), "an INS that is not the patient's");
        }
    }
}

/// The structure of a professional, a system, a SNR or the DP.
fn structure(assigned: At<'_>, kind: ActorKind, findings: &mut Findings<'_>) {
    let organization = assigned.first("representedOrganization");
    let valued = organization.and_then(At::valued);
    let id = valued.and_then(|o| o.all("id").find(|id| !id.is_null() && id.value("extension").is_some()));
    let name = valued.and_then(|o| o.first("name")).and_then(At::valued).and_then(At::text);
    let missing = match (valued, id, name) {
        (None, ..) => Some("no structure"),
        (_, None, _) => Some("a structure without id"),
        (_, _, None) => Some("a structure without name"),
        _ => None,
    };
    if let Some(missing) = missing {
        findings.report("CDA-AUT-012", organization.unwrap_or(assigned).place(), missing);
    }
    let expected = if kind == ActorKind::ServiceNumeriqueReference { SIREN } else { oids::STRUCT_ID_NAT };
    for id in valued.into_iter().flat_map(|o| o.elements().filter(|child| child.is("id") && !child.is_null())) {
        let Some(root) = id.value("root") else { continue };
        if root != expected {
            findings.report("CDA-AUT-013", &id.place().attribute("root"), shape::oid(root));
        } else if root == oids::STRUCT_ID_NAT
            && let Some(Err(error)) = id.value("extension").map(|extension| StructureId::parse(extension, Realm::Test))
        {
            findings.report("CDA-AUT-014", &id.place().attribute("extension"), error.problem.to_string());
        }
    }
}

fn prefixes_and_suffixes(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for name in subject.root.descendants().filter(|at| at.is("name")) {
        for (rule, part, legal) in [("CDA-AUT-021", "prefix", &CIVILITIES[..]), ("CDA-AUT-022", "suffix", &TITLES[..])]
        {
            for at in name.all(part).filter(|at| !at.is_null()) {
                // An empty part is a finding of the data types.
                if let Some(text) = at.text().filter(|text| !legal.contains(&text.as_str())) {
                    findings.report(rule, at.place(), shape::characters(&text));
                }
            }
        }
    }
}

fn id_roots(assigned: At<'_>) -> String {
    let roots: Vec<String> = assigned.all("id").map(|id| shape::oid(id.value("root").unwrap_or_default())).collect();
    format!("ids under {}", roots.join(", "))
}

pub(super) fn name(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Professional => "professional",
        ActorKind::Patient => "patient",
        ActorKind::StructureSystem => "structure system",
        ActorKind::DossierPharmaceutique => "dossier pharmaceutique",
        ActorKind::ServiceNumeriqueReference => "service numérique référencé",
        ActorKind::Unknown => "unknown kind",
    }
}
