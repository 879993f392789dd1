//! `CDA-TYP`: the data types of the header; identifiers are in [`super::identifier`], addresses and names in
//! [`super::address`].

use super::findings::Findings;
use super::shape;
use super::subject::Subject;
use super::tree::At;
use super::{address, identifier};
use crate::{HL7, Precision, Timestamp, TimestampError};

const SDTC: &str = "urn:hl7-org:sdtc";

/// Elements of type `ts` or `IVL_TS`.
const TIMES: [&str; 8] = ["effectiveTime", "time", "birthTime", "copyTime", "low", "center", "high", "deceasedTime"];
/// Coded elements that take a code only (`CS`).
const CODE_ONLY: [&str; 5] = ["realmCode", "languageCode", "signatureCode", "statusCode", "modeCode"];

/// Data types of CDA that an `xsi:type` may name; families of types by what they begin with.
const DATA_TYPES: [&str; 38] = [
    "ANY",
    "BL",
    "BN",
    "BIN",
    "ED",
    "ST",
    "CD",
    "CE",
    "CV",
    "CS",
    "CO",
    "CR",
    "PQR",
    "SC",
    "II",
    "TEL",
    "URL",
    "AD",
    "ADXP",
    "EN",
    "PN",
    "ON",
    "TN",
    "ENXP",
    "INT",
    "REAL",
    "PQ",
    "MO",
    "TS",
    "QTY",
    "RTO",
    "UVP",
    "UVP_TS",
    "HXIT_PQ",
    "HXIT_CE",
    "NPPD_TS",
    "BXIT_CD",
    "BXIT_IVL_PQ",
];
const DATA_TYPE_FAMILIES: [&str; 13] = [
    "IVL_",
    "IVXB_",
    "PIVL_",
    "EIVL_",
    "SXPR_",
    "SXCM_",
    "RTO_",
    "GLIST_",
    "SLIST_",
    "PPD_",
    "adxp.",
    "en.",
    "thumbnail",
];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for at in subject.root.descendants() {
        if TIMES.iter().any(|name| at.is(name) || at.is_in(SDTC, name)) {
            timestamp(at, findings);
            interval(at, findings);
        }
        identifier::check(at, findings);
        coded(subject, at, findings);
        data_type(at, findings);
        address::check(at, findings);
    }
}

fn timestamp(at: At<'_>, findings: &mut Findings<'_>) {
    let Some(value) = at.attr("value").map(str::trim) else { return };
    let mut report = |rule| findings.report(rule, &at.place().attribute("value"), shape::pattern(value));
    match Timestamp::parse(value) {
        Ok(time) => {
            if time.precision() >= Precision::Hour && time.offset().is_none() {
                report("CDA-TYP-002");
            }
            if time.offset().is_some() && !has_full_offset(value) {
                report("CDA-TYP-003");
            }
        }
        Err(TimestampError::OffsetOutOfRange) => report("CDA-TYP-003"),
        // Births of the civil status are not always dates of the calendar.
        Err(TimestampError::NotACalendarDate) if at.is("birthTime") => {}
        Err(_) => report("CDA-TYP-001"),
    }
}

/// A sign and four digits.
fn has_full_offset(value: &str) -> bool {
    value.rfind(['+', '-']).is_some_and(|sign| value.len() - sign == 5)
}

fn interval(at: At<'_>, findings: &mut Findings<'_>) {
    let bound = |name| at.first(name).and_then(At::valued).and_then(|bound| Some((bound, bound.value("value")?)));
    let (Some((_, low)), Some((high_at, high))) = (bound("low"), bound("high")) else { return };
    let place = high_at.place().attribute("value");
    match compare(low, high) {
        Some(std::cmp::Ordering::Equal) => findings.report("CDA-TYP-019", &place, "the value of low"),
        Some(std::cmp::Ordering::Greater) => findings.report("CDA-TYP-020", &place, "a time before low"),
        Some(std::cmp::Ordering::Less) | None => {}
    }
}

/// Instants when both have one; else the digits that both have. Equal only when they say as much.
fn compare(low: &str, high: &str) -> Option<std::cmp::Ordering> {
    let (from, to) = (Timestamp::parse(low).ok()?, Timestamp::parse(high).ok()?);
    if let (Ok(a), Ok(b)) = (from.instant(None), to.instant(None)) {
        return Some(a.cmp(&b)).filter(|order| order.is_ne() || from.precision() == to.precision());
    }
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let (a, b) = (digits(low), digits(high));
    let common = a.len().min(b.len());
    let order = a[..common].cmp(&b[..common]);
    if order.is_eq() && (a.len() != b.len() || from.offset() != to.offset()) { None } else { Some(order) }
}

fn coded(subject: &Subject<'_>, at: At<'_>, findings: &mut Findings<'_>) {
    if at.attr("code").is_none() || at.tag().name.namespace != HL7 {
        return;
    }
    if at.is_null() {
        findings.report("CDA-TYP-008", at.place(), shape::code(at.attr("nullFlavor")));
        return;
    }
    // The type of the document has a rule of its own (CDA-HDR-012).
    let is_document_type = subject.root.first("code").is_some_and(|code| code.index() == at.index());
    if is_document_type || CODE_ONLY.contains(&at.local()) {
        return;
    }
    let missing: Vec<&str> =
        ["codeSystem", "displayName"].into_iter().filter(|name| at.value(name).is_none()).collect();
    if !missing.is_empty() {
        findings.report("CDA-TYP-007", at.place(), format!("no {}", missing.join(", no ")));
    }
}

fn data_type(at: At<'_>, findings: &mut Findings<'_>) {
    let Some(data_type) = at.data_type() else { return };
    let known = data_type.is_some_and(|(namespace, local)| {
        namespace == HL7
            && (DATA_TYPES.contains(&local) || DATA_TYPE_FAMILIES.iter().any(|family| local.starts_with(family)))
    });
    if !known {
        let found = if data_type.is_some() { "a name that is no CDA data type" } else { "a prefix that is not bound" };
        findings.report("CDA-TYP-021", &at.place().attribute("xsi:type"), found);
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Greater, Less};

    use super::*;

    #[test]
    fn bounds_are_compared_as_instants_or_by_what_both_say() {
        for (low, high, order) in [
            ("20260309094000+0100", "20260309100500+0100", Some(Less)),
            ("20260309094000+0100", "20260309084000+0000", Some(Equal)),
            ("20260309094000+0100", "20260309093000+0100", Some(Greater)),
            ("202603090940+0100", "20260309094000+0100", None),
            ("20260309", "20260309", Some(Equal)),
            ("20260309", "20260308", Some(Greater)),
            ("20260309", "202603", None),
            ("20260309", "202602", Some(Greater)),
            ("20260309", "20260309101500+0100", None),
            ("abc", "20260309", None),
        ] {
            assert_eq!(compare(low, high), order, "{low} {high}");
        }
    }

    #[test]
    fn offsets_have_four_digits() {
        for (value, full) in [("20260309101500+0100", true), ("20260309101500+1", false), ("20260309101500-100", false)]
        {
            assert_eq!(has_full_offset(value), full, "{value}");
        }
    }
}
