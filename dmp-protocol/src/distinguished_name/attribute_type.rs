//! Attribute types: the keywords that are read and those that are written.

use crate::switches::DnStyle;

pub(super) const COMMON_NAME: &str = "2.5.4.3";
pub(super) const SURNAME: &str = "2.5.4.4";
pub(super) const COUNTRY: &str = "2.5.4.6";
pub(super) const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";
pub(super) const TITLE: &str = "2.5.4.12";
pub(super) const GIVEN_NAME: &str = "2.5.4.42";
pub(super) const PERSONAL: [&str; 3] = [SURNAME, TITLE, GIVEN_NAME];

/// Every spelling that is read, in upper case.
const SPELLINGS: [(&str, &str); 27] = [
    ("CN", COMMON_NAME),
    ("COMMONNAME", COMMON_NAME),
    ("OU", ORGANIZATIONAL_UNIT),
    ("ORGANIZATIONALUNITNAME", ORGANIZATIONAL_UNIT),
    ("O", "2.5.4.10"),
    ("ORGANIZATIONNAME", "2.5.4.10"),
    ("C", COUNTRY),
    ("COUNTRYNAME", COUNTRY),
    ("L", "2.5.4.7"),
    ("LOCALITYNAME", "2.5.4.7"),
    ("S", "2.5.4.8"),
    ("ST", "2.5.4.8"),
    ("SP", "2.5.4.8"),
    ("SN", SURNAME),
    ("SURNAME", SURNAME),
    ("G", GIVEN_NAME),
    ("GN", GIVEN_NAME),
    ("GIVENNAME", GIVEN_NAME),
    ("T", TITLE),
    ("TITLE", TITLE),
    ("E", "1.2.840.113549.1.9.1"),
    ("EMAIL", "1.2.840.113549.1.9.1"),
    ("EMAILADDRESS", "1.2.840.113549.1.9.1"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("STREET", "2.5.4.9"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
];

/// The dotted OID for a keyword or for an OID with or without `OID.`, without case.
pub(super) fn oid(written: &str) -> Option<String> {
    let upper = written.to_ascii_uppercase();
    let dotted = upper.strip_prefix("OID.").unwrap_or(&upper);
    if is_dotted(dotted) {
        return Some(dotted.to_owned());
    }
    SPELLINGS.iter().find(|(spelling, _)| *spelling == upper).map(|(_, oid)| (*oid).to_owned())
}

/// The keyword that a style writes, or none where the type is written as an OID with a hexadecimal value.
pub(super) fn keyword(oid: &str, style: DnStyle) -> Option<&'static str> {
    let everywhere = match oid {
        COMMON_NAME => "CN",
        ORGANIZATIONAL_UNIT => "OU",
        "2.5.4.10" => "O",
        "2.5.4.8" => "ST",
        "2.5.4.7" => "L",
        COUNTRY => "C",
        "2.5.4.9" => "STREET",
        "0.9.2342.19200300.100.1.25" => "DC",
        "0.9.2342.19200300.100.1.1" => "UID",
        _ => return personal_keyword(oid, style),
    };
    Some(everywhere)
}

fn personal_keyword(oid: &str, style: DnStyle) -> Option<&'static str> {
    match (style, oid) {
        (DnStyle::Long, SURNAME) => Some("SURNAME"),
        (DnStyle::Long, GIVEN_NAME) => Some("GIVENNAME"),
        (DnStyle::Long, TITLE) => Some("T"),
        (DnStyle::Keyword, SURNAME) => Some("SN"),
        (DnStyle::Keyword, GIVEN_NAME) => Some("GN"),
        (DnStyle::Keyword, TITLE) => Some("title"),
        _ => None,
    }
}

fn is_dotted(text: &str) -> bool {
    let mut arcs = text.split('.');
    text.contains('.')
        && text.len() <= 128
        && arcs.all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()))
}
