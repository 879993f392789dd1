//! `CDA-PAT-012` to `024`, `028`: the strict traits of the INS (traits stricts), birth and place of birth.

use super::findings::Findings;
use super::place::Place;
use super::shape;
use super::subject::Subject;
use super::tree::At;
use crate::{Precision, TimeText, Timestamp};

/// The traits, mandatory as soon as one id is an INS; `role` bears the findings when there is no `patient`.
pub(super) fn check(subject: &Subject<'_>, role: At<'_>, patient: Option<At<'_>>, findings: &mut Findings<'_>) {
    let has_ins = !subject.ins().is_empty();
    let county = patient.and_then(|patient| patient.path("birthplace/place/addr/county"));
    if has_ins {
        names(role, patient, findings);
        codes(role, patient, county, findings);
    }
    let Some(patient) = patient else { return };
    first_given_name(patient, findings);
    birth_time(subject, patient, has_ins, findings);
    birthplace(patient, county, findings);
}

fn names(role: At<'_>, patient: Option<At<'_>>, findings: &mut Findings<'_>) {
    let name = patient.and_then(|patient| patient.first("name"));
    let parent = name.or(patient).unwrap_or(role);
    for (rule, kind, qualifier) in
        [("CDA-PAT-012", "family", Some("BR")), ("CDA-PAT-013", "given", Some("BR")), ("CDA-PAT-014", "given", None)]
    {
        let part = name.and_then(|name| part(name, kind, qualifier));
        if part.and_then(At::valued).and_then(At::text).is_none() {
            let place = part.unwrap_or(parent).place();
            findings.report(rule, place, absence(part));
        }
    }
}

fn codes(role: At<'_>, patient: Option<At<'_>>, county: Option<At<'_>>, findings: &mut Findings<'_>) {
    let parent = patient.unwrap_or(role);
    let child = |local: &str| patient.and_then(|patient| patient.first(local));
    for (rule, at, attribute) in
        [("CDA-PAT-015", child("administrativeGenderCode"), "code"), ("CDA-PAT-016", child("birthTime"), "value")]
    {
        if at.and_then(At::valued).and_then(|at| at.value(attribute)).is_none() {
            findings.report(rule, at.unwrap_or(parent).place(), absence(at));
        }
    }
    if county.and_then(At::valued).and_then(At::text).is_none() {
        let place = county.or_else(|| child("birthplace")).unwrap_or(parent).place();
        findings.report("CDA-PAT-017", place, absence(county));
    }
}

fn absence(at: Option<At<'_>>) -> &'static str {
    match at {
        None => "nothing",
        Some(at) if at.is_null() => "null",
        Some(_) => "blank",
    }
}

/// The first part of a name of that kind with this qualifier, or without any.
fn part<'t>(name: At<'t>, kind: &str, qualifier: Option<&str>) -> Option<At<'t>> {
    name.all(kind).find(|part| match (part.value("qualifier"), qualifier) {
        (None, None) => true,
        // The schema allows a list.
        (Some(found), Some(wanted)) => found.split_whitespace().any(|one| one == wanted),
        _ => false,
    })
}

/// `CDA-PAT-018`: the first given name is the head of the list of given names.
fn first_given_name(patient: At<'_>, findings: &mut Findings<'_>) {
    let Some(name) = patient.first("name").and_then(At::valued) else { return };
    let text = |qualifier| part(name, "given", qualifier).and_then(At::valued).and_then(At::text);
    let (Some(first), Some(list)) = (text(Some("BR")), text(None)) else { return };
    let (first, list) = (first.to_uppercase(), list.to_uppercase());
    let is_head = list.strip_prefix(&first).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    if !is_head {
        let place = part(name, "given", Some("BR")).unwrap_or(name).place();
        findings.report("CDA-PAT-018", place, "another name than the first of the list");
    }
}

fn birth_time(subject: &Subject<'_>, patient: At<'_>, has_ins: bool, findings: &mut Findings<'_>) {
    const SHAPE: &str = "CDA-PAT-022";
    let Some(birth) = patient.first("birthTime") else {
        // With an INS it is a missing trait.
        if !has_ins {
            findings.report(SHAPE, patient.place(), "no birthTime");
        }
        return;
    };
    let Some(value) = birth.valued().and_then(|birth| birth.value("value")) else { return };
    let place = birth.place().attribute("value");
    if !is_birth_time(value) {
        findings.report(SHAPE, &place, shape::pattern(value));
    } else if has_ins && value.len() != 8 {
        findings.report("CDA-PAT-023", &place, shape::pattern(value));
    }
    after_creation(subject, value, &place, findings);
}

/// `AAAA`, `AAAAMM`, `AAAAMMJJ` or `AAAAMMJJhhmm±hhmm`; not always a date of the calendar.
fn is_birth_time(value: &str) -> bool {
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match value.len() {
        4 | 6 | 8 => all_digits(value),
        17 => {
            Timestamp::parse(value).is_ok_and(|time| time.precision() == Precision::Minute && time.offset().is_some())
        }
        _ => false,
    }
}

/// Compares days, the only thing that both always have: a prenatal document is legal, hence a warning.
fn after_creation(subject: &Subject<'_>, birth: &str, place: &Place, findings: &mut Findings<'_>) {
    let created = subject.valued("effectiveTime").and_then(|time| time.value("value"));
    let Some(created) = created.and_then(|value| TimeText::new(value).parse().ok()) else { return };
    let created = created.date().strftime("%Y%m%d").to_string();
    let digits: String = birth.chars().take(8).take_while(char::is_ascii_digit).collect();
    // A shorter date says less: it is after only when what it says is.
    if created.get(..digits.len()).is_some_and(|created| digits.as_str() > created) {
        findings.report("CDA-PAT-024", place, "a birth after the creation of the document");
    }
}

fn birthplace(patient: At<'_>, county: Option<At<'_>>, findings: &mut Findings<'_>) {
    if let Some(code) = county.and_then(At::valued).and_then(At::text)
        && !is_cog(&code)
    {
        let place = county.unwrap_or(patient).place();
        findings.report("CDA-PAT-019", place, shape::pattern(&code));
    }
    for place in patient.every("birthplace/place").into_iter().filter(|place| !place.is_null()) {
        if place.first("name").is_none() && place.first("addr").is_none() {
            findings.report("CDA-PAT-028", place.place(), "neither name nor addr");
        }
    }
}

/// `^([0-9]{2}|2[AB])[0-9]{3}$`; abroad `99` and three digits.
fn is_cog(code: &str) -> bool {
    let (Some(department), Some(commune)) = (code.get(..2), code.get(2..)) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(department) || matches!(department, "2A" | "2B")) && commune.len() == 3 && digits(commune)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_birth() {
        for (value, legal) in [
            ("1956", true),
            ("195604", true),
            ("19560000", true),
            ("202603091015+0100", true),
            ("20260309101530+0100", false),
            ("2026030910", false),
            ("1956-04-01", false),
            ("195", false),
        ] {
            assert_eq!(is_birth_time(value), legal, "{value}");
        }
        for (code, legal) in [
            ("35999", true),
            ("2B033", true),
            ("99999", true),
            ("97105", true),
            ("2C033", false),
            ("3599", false),
            ("é5999", false),
        ] {
            assert_eq!(is_cog(code), legal, "{code}");
        }
    }
}
