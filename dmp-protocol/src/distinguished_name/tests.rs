use proptest::prelude::*;

use super::{Comparison, DistinguishedName, DnError, MAX_TEXT};
use crate::switches::DnStyle;

fn name(text: &str) -> DistinguishedName {
    DistinguishedName::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn spellings_that_are_the_same_name() {
    let person =
        name("2.5.4.42=#0c04414c4958+2.5.4.4=#0c064d4f44454c45+CN=899999000013,2.5.4.12=#0c084dc3a9646563696e,C=FR");
    for text in [
        "CN=899999000013+SN=MODELE+GN=ALIX,title=Médecin,C=FR",
        "cn = 899999000013 + SURNAME = Modele + GIVENNAME = Alix , T = Médecin , c = fr",
        "OID.2.5.4.3=899999000013+OID.2.5.4.4=MODELE+oid.2.5.4.42=ALIX;2.5.4.12=#14084dc3a9646563696e,C=FR",
        "G=ALIX+SURNAME=#13064d4f44454c45+CN=899999000013,TITLE=Me\u{301}decin,C=FR",
        "GN=\"ALIX\"+SN=#1e0c004d004f00440045004c0045+CN=899999000013,T=M\\C3\\A9decin,C=FR",
    ] {
        let claimed = name(text);
        // A T61String of UTF-8 bytes is Latin-1 by the page: those two characters differ.
        assert_eq!(person.matches(&claimed, Comparison::default()), !text.contains("#14"), "{text}");
    }
}

#[test]
fn names_that_differ() {
    let real = name("CN=a+OU=b,O=c,C=FR");
    for text in
        ["CN=a,OU=b,O=c,C=FR", "CN=a+OU=b,C=FR", "CN=a+OU=b+L=x,O=c,C=FR", "CN=a,O=c,C=FR", "C=FR,O=c,CN=a+OU=b"]
    {
        assert!(!real.matches(&name(text), Comparison::default()), "{text}");
    }
    let reversed = Comparison { accept_reversed: true, ..Comparison::default() };
    assert!(real.matches(&name("C=FR,O=c,OU=b+CN=a"), reversed));
    let question = Comparison { question_mark: true, ..Comparison::default() };
    assert!(name("CN=é").matches(&name("CN=?"), question));
    for (real, claimed) in [("CN=e", "CN=?"), ("CN=éé", "CN=?"), ("CN=?", "CN=é")] {
        assert!(!name(real).matches(&name(claimed), question), "{real} {claimed}");
    }
}

#[test]
fn special_characters_survive_the_text_form() {
    for value in ["a,b", "a+b", "\"q\"", " lead", "trail ", "#hash", "a\\b", "a;b<c>d", "é=è", "\0", " ", "a  b"] {
        let built = name(&format!("CN={},C=FR", super::encoding::escape(value)));
        assert_eq!(built.common_name(), Some(value), "{value:?}");
        assert_eq!(name(&built.to_rfc4514(DnStyle::OidHex)), built, "{value:?}");
    }
}

#[test]
fn texts_that_are_no_names() {
    let cases = [
        ("", DnError::MissingEquals { at: 0 }),
        ("CN", DnError::MissingEquals { at: 0 }),
        ("CN=a,", DnError::MissingEquals { at: 5 }),
        ("FOO=a", DnError::UnknownType { at: 0 }),
        ("CN=a,1..2=b", DnError::UnknownType { at: 5 }),
        ("CN=a\\", DnError::Escape { at: 5 }),
        ("CN=\"a", DnError::Escape { at: 3 }),
        ("CN=\"a\"b", DnError::Escape { at: 6 }),
        ("CN=\\ff", DnError::Value),
        ("CN=#0c", DnError::Value),
        ("CN=#0c01", DnError::Value),
        ("CN=#0c0141ff", DnError::Value),
        ("CN=#020101", DnError::Value),
        ("CN=#0c8", DnError::Value),
        ("CN=#0c01ff", DnError::Value),
        ("CN=#1e0141", DnError::Value),
    ];
    for (text, expected) in cases {
        assert_eq!(DistinguishedName::parse(text), Err(expected), "{text}");
    }
    assert_eq!(DistinguishedName::parse(&format!("CN={}", "a".repeat(MAX_TEXT))), Err(DnError::TooLong));
    assert_eq!(DistinguishedName::parse(&vec!["C=a"; 65].join("+")), Err(DnError::TooLong));
}

#[test]
fn a_person_is_masked_and_an_organisation_is_not() {
    let person = name("CN=899999000013+SN=MODELE+GN=ALIX,title=Médecin,C=FR");
    assert_eq!(person.masked(), "CN=***+SN=***+GN=***,title=***,C=FR");
    assert!(!format!("{person:?} {:?}", person.relative_names()).contains("ALIX"));
    let organisation = "CN=lps-exemple,OU=10B0990008,C=FR";
    assert_eq!(name(organisation).masked(), organisation);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[A-Za-z0-9=+,;#\\\\\" éOUCN.]{0,60}") {
        if let Ok(parsed) = DistinguishedName::parse(&text) {
            for style in [DnStyle::OidHex, DnStyle::Long, DnStyle::Keyword] {
                prop_assert_eq!(&name(&parsed.to_rfc4514(style)).relative_names.len(), &parsed.relative_names.len());
                prop_assert!(parsed.matches(&name(&parsed.to_rfc4514(style)), Comparison::default()));
            }
        }
    }
}
