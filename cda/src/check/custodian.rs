//! `CDA-ORG`: the structure in charge of keeping the document.

use dmp_vocabulary::oids::STRUCT_ID_NAT;

use super::findings::Findings;
use super::shape;
use super::subject::Subject;
use super::tree::At;

/// The DMP as a custodian: documents of the patient himself, and of services numériques référencés.
const DMP_ROOT: &str = "1.2.250.1.213.4.1";
const DMP_NAME: &str = "DMP";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let organization = subject.root.path("custodian/assignedCustodian/representedCustodianOrganization");
    let Some(organization) = organization.and_then(At::valued) else {
        let place = subject.root.first("custodian").unwrap_or(subject.root).place();
        findings.report("CDA-ORG-001", place, "no representedCustodianOrganization");
        return;
    };
    let ids: Vec<At<'_>> = organization.all("id").collect();
    let [id] = ids[..] else {
        findings.report("CDA-ORG-002", organization.place(), shape::count(ids.len(), "id"));
        return;
    };
    match id.value("root") {
        Some(STRUCT_ID_NAT) => structure(organization, id, findings),
        Some(DMP_ROOT) => dmp(organization, id, findings),
        root => findings.report("CDA-ORG-002", id.place(), shape::oid(root.unwrap_or_default())),
    }
}

fn structure(organization: At<'_>, id: At<'_>, findings: &mut Findings<'_>) {
    if id.value("extension").is_none() {
        findings.report("CDA-ORG-003", id.place(), "no extension");
    }
    let name = organization.first("name");
    if name.and_then(At::valued).and_then(At::text).is_none() {
        findings.report("CDA-ORG-005", name.unwrap_or(organization).place(), "no name");
    }
}

fn dmp(organization: At<'_>, id: At<'_>, findings: &mut Findings<'_>) {
    if id.value("extension").is_some() {
        findings.report("CDA-ORG-004", &id.place().attribute("extension"), "an extension");
    }
    let name = organization.first("name");
    if name.and_then(At::valued).and_then(At::text).as_deref() != Some(DMP_NAME) {
        findings.report("CDA-ORG-004", name.unwrap_or(organization).place(), "another name, or none");
    }
}
