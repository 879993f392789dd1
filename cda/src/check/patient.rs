//! `CDA-PAT`: the patient, his identifiers and his civil status; the traits of the INS are in [`super::traits`].

use std::collections::HashSet;

use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{IdentityProblem, Ins, InsKind};

use super::findings::Findings;
use super::shape;
use super::subject::{Subject, require_complete_ids};
use super::traits;
use super::tree::At;

/// Arc of the INS OIDs.
const INS_ARC: &str = "1.2.250.1.213.1.4.";
const GENDER_SYSTEM: &str = "2.16.840.1.113883.5.1";
const SDTC: &str = "urn:hl7-org:sdtc";
/// Domain of the mail addresses of patients, whose local part is the matricule.
const PATIENT_MAIL: &str = "@patient.mssante.fr";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let roles = subject.root.every("recordTarget/patientRole");
    let targets = subject.root.all("recordTarget").count();
    if targets != 1 || roles.len() != 1 {
        let found = format!("{targets} recordTarget, {} patientRole", roles.len());
        findings.report("CDA-PAT-001", subject.root.place(), found);
    }
    let Some(role) = subject.patient_role() else { return };
    identifiers(subject, role, findings);
    mail(subject, role, findings);
    let Some(patient) = role.first("patient") else {
        findings.report("CDA-PAT-009", role.place(), "no patient");
        traits::check(subject, role, None, findings);
        return;
    };
    name(patient, findings);
    sex(subject, patient, findings);
    forbidden(patient, findings);
    guardians(patient, findings);
    extensions(patient, findings);
    traits::check(subject, role, Some(patient), findings);
}

fn identifiers(subject: &Subject<'_>, role: At<'_>, findings: &mut Findings<'_>) {
    require_complete_ids("CDA-PAT-002", role, findings);
    let first = role.first("id");
    if let Some(id) = first
        && !id.value("root").is_some_and(|root| root.starts_with(INS_ARC))
    {
        findings.report(
            "CDA-PAT-003",
            id.place(),
            format!("root {}", shape::oid(id.value("root").unwrap_or_default())),
        );
    }
    for id in role.all("id").filter(|id| !id.is_null()) {
        let root = id.value("root").unwrap_or_default();
        match InsKind::from_oid(root) {
            Some(kind) => ins(subject, id, kind, findings),
            None if root.starts_with(INS_ARC) => {
                findings.report("CDA-PAT-006", &id.place().attribute("root"), shape::oid(root));
            }
            None => {}
        }
    }
    let all = subject.ins();
    if all.len() > 1 {
        findings.report("CDA-PAT-007", all.get(1).copied().unwrap_or(role).place(), shape::count(all.len(), "INS"));
    }
}

fn ins(subject: &Subject<'_>, id: At<'_>, kind: InsKind, findings: &mut Findings<'_>) {
    let refused = match (subject.options.realm, kind) {
        (_, InsKind::Nia) if subject.options.dmp => true,
        (Some(Realm::Production), InsKind::NirTest | InsKind::NirDemo) => true,
        (Some(Realm::Test), InsKind::Nir | InsKind::Nia) => true,
        _ => false,
    };
    if refused {
        findings.report("CDA-PAT-008", &id.place().attribute("root"), kind.to_string());
    }
    let Some(matricule) = id.value("extension") else { return };
    let place = id.place().attribute("extension");
    // The realm is judged above: under the one that takes this kind, only the number is judged here.
    let realm = match kind {
        InsKind::Nir | InsKind::Nia => Realm::Production,
        InsKind::NirTest | InsKind::NirDemo => Realm::Test,
    };
    if let Err(error) = Ins::parse(matricule, kind.oid(), realm) {
        match error.problem {
            IdentityProblem::CheckDigit => findings.report("CDA-PAT-005", &place, "a key that does not match"),
            problem => findings.report("CDA-PAT-004", &place, problem.to_string()),
        }
    }
}

fn mail(subject: &Subject<'_>, role: At<'_>, findings: &mut Findings<'_>) {
    let known: HashSet<String> =
        subject.ins().iter().filter_map(|ins| ins.value("extension")).map(str::to_ascii_uppercase).collect();
    if known.is_empty() {
        return;
    }
    for telecom in role.all("telecom") {
        let value = telecom.value("value").unwrap_or_default();
        let Some(matricule) = value.strip_prefix("mailto:").and_then(|mail| mail.strip_suffix(PATIENT_MAIL)) else {
            continue;
        };
        if !known.contains(&matricule.to_ascii_uppercase()) {
            findings.report("CDA-PAT-030", &telecom.place().attribute("value"), "the address of another matricule");
        }
    }
}

fn name(patient: At<'_>, findings: &mut Findings<'_>) {
    let names: Vec<At<'_>> = patient.all("name").collect();
    let [name] = names[..] else {
        findings.report("CDA-PAT-009", patient.place(), shape::count(names.len(), "name"));
        return;
    };
    if name.is_null() {
        findings.report("CDA-PAT-009", name.place(), "null");
        return;
    }
    for family in name.all("family") {
        let qualifier = family.value("qualifier");
        if !matches!(qualifier, Some("BR" | "CL")) {
            findings.report("CDA-PAT-010", &family.attribute_place("qualifier"), shape::code(qualifier));
        }
    }
    for given in name.all("given") {
        let qualifier = given.attr("qualifier").map(str::trim);
        if !matches!(qualifier, None | Some("BR" | "CL")) {
            findings.report("CDA-PAT-011", &given.attribute_place("qualifier"), shape::code(qualifier));
        }
    }
}

fn sex(subject: &Subject<'_>, patient: At<'_>, findings: &mut Findings<'_>) {
    const CODE: &str = "CDA-PAT-020";
    let Some(gender) = patient.first("administrativeGenderCode") else {
        // With an INS it is a missing trait.
        if subject.ins().is_empty() {
            findings.report(CODE, patient.place(), "no administrativeGenderCode");
        }
        return;
    };
    let code = gender.value("code");
    if !gender.is_null() && !matches!(code, Some("M" | "F" | "UN")) {
        findings.report(CODE, &gender.attribute_place("code"), shape::code(code));
    }
    if let Some(system) = gender.value("codeSystem").filter(|system| *system != GENDER_SYSTEM) {
        findings.report("CDA-PAT-021", &gender.place().attribute("codeSystem"), shape::code(Some(system)));
    }
}

fn forbidden(patient: At<'_>, findings: &mut Findings<'_>) {
    const NAMES: [&str; 3] = ["raceCode", "ethnicGroupCode", "religiousAffiliationCode"];
    for at in patient.elements() {
        let forbidden = NAMES.iter().any(|name| at.is(name) || at.is_in(SDTC, name));
        if forbidden {
            findings.report("CDA-PAT-025", at.place(), at.local());
        }
    }
}

fn guardians(patient: At<'_>, findings: &mut Findings<'_>) {
    for guardian in patient.all("guardian").filter(|guardian| !guardian.is_null()) {
        let persons = guardian.all("guardianPerson").count();
        let organizations = guardian.all("guardianOrganization").count();
        if persons + organizations != 1 {
            let found = format!("{persons} guardianPerson, {organizations} guardianOrganization");
            findings.report("CDA-PAT-026", guardian.place(), found);
        }
        for family in guardian.every("guardianPerson/name/family") {
            let qualifier = family.value("qualifier");
            if !family.is_null() && !matches!(qualifier, Some("BR" | "SP" | "CL")) {
                findings.report("CDA-PAT-027", &family.attribute_place("qualifier"), shape::code(qualifier));
            }
        }
    }
}

fn extensions(patient: At<'_>, findings: &mut Findings<'_>) {
    let find = |local| patient.elements().find(|child| child.is_in(SDTC, local));
    for (detail, indicator) in [("deceasedTime", "deceasedInd"), ("multipleBirthOrderNumber", "multipleBirthInd")] {
        let Some(at) = find(detail).and_then(At::valued) else { continue };
        let value = find(indicator).and_then(|at| at.value("value"));
        if value != Some("true") {
            findings.report("CDA-PAT-029", at.place(), format!("sdtc:{indicator} {}", shape::code(value)));
        }
    }
}
