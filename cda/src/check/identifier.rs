//! OIDs and UUIDs as the schema takes them (`CDA-TYP-004` to `006`).

use super::findings::Findings;
use super::shape;
use super::tree::At;

/// Longest OID we write; DICOM and the CI-SIS agree on it.
const OID_MAX: usize = 64;

/// `^[0-2](\.(0|[1-9][0-9]*))+$`, of any length.
pub(super) fn is_oid(text: &str) -> bool {
    let mut arcs = text.split('.');
    let first = matches!(arcs.next(), Some("0" | "1" | "2"));
    let mut rest = 0;
    let legal = arcs.all(|arc| {
        rest += 1;
        arc == "0" || (!arc.starts_with('0') && !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()))
    });
    first && legal && rest > 0
}

/// `8-4-4-4-12` hexadecimal digits, in any case.
pub(super) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The roots and code systems of one element.
pub(super) fn check(at: At<'_>, findings: &mut Findings<'_>) {
    for name in ["root", "codeSystem"] {
        let Some(value) = at.attr(name).map(str::trim) else { continue };
        let place = || at.place().attribute(name);
        if is_oid(value) {
            if value.len() > OID_MAX {
                findings.report("CDA-TYP-005", &place(), shape::characters(value));
            }
        } else if !is_uuid(value) {
            findings.report("CDA-TYP-004", &place(), shape::characters(value));
        } else if name == "root" && value.bytes().any(|byte| byte.is_ascii_lowercase()) {
            findings.report("CDA-TYP-006", &place(), "a UUID with lower-case letters");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oids_and_uuids() {
        for (text, oid, uuid) in [
            ("1.2.250", true, false),
            ("2.25.0", true, false),
            ("1", false, false),
            ("1.02", false, false),
            ("3.1", false, false),
            ("1..2", false, false),
            ("", false, false),
            ("5D0C8E2B-6F1A-4C77-9B3E-1A7E20C4D501", false, true),
            ("5d0c8e2b-6f1a-4c77-9b3e-1a7e20c4d501", false, true),
            ("5D0C8E2B6F1A4C779B3E1A7E20C4D501", false, false),
        ] {
            assert_eq!((is_oid(text), is_uuid(text)), (oid, uuid), "{text}");
        }
    }
}
