//! `CDA-TYP-009` to `018`: addresses, names, telecoms, and siblings that say the same.

use std::collections::{BTreeMap, HashSet};

use super::findings::Findings;
use super::shape;
use super::tree::At;

const LINE: &str = "streetAddressLine";
/// Most lines of an address.
const LINES_MAX: usize = 6;
const SCHEMES: [&str; 6] = ["tel", "fax", "mailto", "http", "ftp", "mllp"];
const ADDRESS_USES: [&str; 5] = ["H", "HP", "HV", "WP", "TMP"];
const TELECOM_USES: [&str; 9] = ["H", "HP", "HV", "WP", "DIR", "PUB", "EC", "MC", "PG"];
/// Children of which two that say the same are one too many.
const DISTINCT: [&str; 3] = ["id", "addr", "telecom"];

pub(super) fn check(at: At<'_>, findings: &mut Findings<'_>) {
    if at.is("addr") {
        address(at, findings);
        uses(at, &ADDRESS_USES, findings);
    } else if at.is("telecom") {
        telecom(at, findings);
        uses(at, &TELECOM_USES, findings);
    } else if at.is("name") {
        parts(at, findings);
    }
    for name in DISTINCT {
        siblings(at, name, findings);
    }
}

fn address(addr: At<'_>, findings: &mut Findings<'_>) {
    parts(addr, findings);
    let components: Vec<At<'_>> = addr.elements().filter(|part| !part.is("useablePeriod")).collect();
    let lines = components.iter().filter(|part| part.is(LINE)).count();
    if lines > 0 && lines < components.len() {
        let found = format!("{lines} lines and {} components", components.len() - lines);
        findings.report("CDA-TYP-009", addr.place(), found);
    }
    if lines > LINES_MAX {
        findings.report("CDA-TYP-011", addr.place(), shape::count(lines, "lines"));
    }
    let mut seen = HashSet::new();
    for part in components.iter().filter(|part| !part.is(LINE) && !part.is("delimiter")) {
        if !seen.insert(part.local()) {
            findings.report("CDA-TYP-012", part.place(), part.local());
        }
    }
}

/// Text beside elements, and empty parts.
fn parts(at: At<'_>, findings: &mut Findings<'_>) {
    if at.elements().next().is_some() && !at.own_text().trim().is_empty() {
        findings.report("CDA-TYP-010", at.place(), "text beside the parts");
    }
    for part in at.elements().filter(|part| !matches!(part.local(), "useablePeriod" | "validTime")) {
        if !part.is_null() && part.text().is_none() {
            findings.report("CDA-TYP-013", part.place(), format!("an empty {}", part.local()));
        }
    }
}

fn telecom(telecom: At<'_>, findings: &mut Findings<'_>) {
    let Some(value) = telecom.attr("value").filter(|_| !telecom.is_null()) else { return };
    let scheme = value.split_once(':').map(|(scheme, _)| scheme);
    let found = match scheme {
        _ if value.contains(char::is_whitespace) => "a value with a space".to_owned(),
        None => "a value without scheme".to_owned(),
        Some(scheme) if !SCHEMES.contains(&scheme) => format!("a scheme of {}", shape::characters(scheme)),
        Some(_) => return,
    };
    findings.report("CDA-TYP-016", &telecom.place().attribute("value"), found);
}

fn uses(at: At<'_>, legal: &[&str], findings: &mut Findings<'_>) {
    let Some(uses) = at.value("use") else { return };
    let place = at.place().attribute("use");
    let codes: Vec<&str> = uses.split_whitespace().collect();
    for code in codes.iter().filter(|code| !legal.contains(code)) {
        findings.report("CDA-TYP-017", &place, shape::code(Some(code)));
    }
    if codes.len() > 1 {
        findings.report("CDA-TYP-018", &place, shape::count(codes.len(), "codes"));
    }
}

fn siblings(parent: At<'_>, name: &str, findings: &mut Findings<'_>) {
    let all: Vec<At<'_>> = parent.all(name).collect();
    if all.len() < 2 {
        return;
    }
    let mut seen = HashSet::new();
    for at in &all {
        if !seen.insert(content(*at)) {
            findings.report("CDA-TYP-014", at.place(), format!("two identical {name}"));
        }
    }
    if name != "id" && all.iter().any(|at| !at.is_null()) {
        for at in all.iter().filter(|at| at.is_null()) {
            findings.report("CDA-TYP-015", at.place(), format!("a null {name} beside a valued one"));
        }
    }
}

/// All that an element says, written in one way only.
fn content(at: At<'_>) -> String {
    let mut text = String::new();
    for part in at.descendants() {
        let attributes: BTreeMap<(&str, &str), &str> = part
            .tag()
            .attributes
            .iter()
            .map(|a| ((a.name.namespace.as_str(), a.name.local.as_str()), a.value.trim()))
            .collect();
        text.push_str(&format!("<{}{attributes:?}>{}", part.local(), part.own_text().trim()));
    }
    text
}
