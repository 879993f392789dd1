//! Numbers of professionals and structures: worked examples, the severity table, refusals, properties.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use dmp_vocabulary::Realm::{Production, Test};
use dmp_vocabulary::identity::{
    Adeli, AdeliRang, Finess, IdentityError, IdentityKind, IdentityPolicy, IdentityProblem, Parsed, ProfessionalId,
    ProfessionalIdKind, Rpps, RppsRang, Severity, Siren, Siret, StructureId, StructureIdKind,
};
use proptest::prelude::*;

/// What a policy does with a number: nothing to say, warnings, or an error.
fn severity<T>(result: Result<Parsed<T>, IdentityError>) -> Severity {
    match result {
        Ok(parsed) if parsed.warnings.is_empty() => Severity::Silent,
        Ok(_) => Severity::Warning,
        Err(_) => Severity::Error,
    }
}

/// A policy that refuses a wrong check digit of every number.
fn strict() -> IdentityPolicy {
    IdentityPolicy::from(Production)
        .with_finess_check(Severity::Error)
        .with_adeli_check(Severity::Error)
        .with_test_ranges_in_production(Severity::Silent)
}

#[test]
fn worked_examples_pass_without_a_warning() {
    for number in ["99999000013", "99999000021", "99999000039", "99999000047", "99999000054"] {
        assert_eq!(severity(Rpps::parse(number, strict())), Severity::Silent, "{number}");
    }
    for number in ["99999000013008", "99999000013016"] {
        assert_eq!(severity(RppsRang::parse(number, strict())), Severity::Silent, "{number}");
    }
    for number in ["2A0990008", "2B0990006", "0B0990008", "0B0990016", "0B0990024", "1B0099007", " 2a0990008 "] {
        assert_eq!(severity(Finess::parse(number, strict())), Severity::Silent, "{number}");
    }
    assert_eq!(severity(Finess::parse("990000010", Test)), Severity::Silent);
    assert_eq!(severity(Adeli::parse("996000014", strict())), Severity::Silent);
    assert_eq!(severity(AdeliRang::parse("99600001400", strict())), Severity::Silent);
    assert_eq!(severity(Siren::parse("999999998", strict())), Severity::Silent);
    assert_eq!(severity(Siret::parse("99999999800019", strict())), Severity::Silent);
    assert_eq!(severity(Siret::parse("35600000000010", strict())), Severity::Silent);
}

#[test]
fn severity_of_a_wrong_check_digit_by_realm() {
    use Severity::{Error, Silent, Warning};
    let quiet = IdentityPolicy::from(Production).with_test_ranges_in_production(Silent);
    let test = IdentityPolicy::from(Test);
    assert_eq!([quiet, test].map(|policy| severity(Rpps::parse("99999000012", policy))), [Error, Warning]);
    assert_eq!([quiet, test].map(|policy| severity(Finess::parse("1B0099001", policy))), [Warning, Silent]);
    assert_eq!([quiet, test].map(|policy| severity(Finess::parse("2A0990009", policy))), [Warning, Silent]);
    assert_eq!([quiet, test].map(|policy| severity(RppsRang::parse("99999000013009", policy))), [Warning, Silent]);
    assert_eq!([quiet, test].map(|policy| severity(Siren::parse("999999997", policy))), [Warning, Silent]);
    assert_eq!([quiet, test].map(|policy| severity(Siret::parse("99999999800018", policy))), [Warning, Silent]);
    assert_eq!([quiet, test].map(|policy| severity(Adeli::parse("996000015", policy))), [Silent, Silent]);
    assert_eq!(severity(Adeli::parse("996000015", test.with_adeli_check(Warning))), Warning);
    assert_eq!(severity(Finess::parse("1B0099001", test.with_finess_check(Error))), Error);
}

#[test]
fn test_ranges_in_production() {
    use Severity::{Error, Silent, Warning};
    let production = IdentityPolicy::from(Production);
    for treatment in [Silent, Warning, Error] {
        let policy = production.with_test_ranges_in_production(treatment);
        assert_eq!(severity(Rpps::parse("99999000013", policy)), treatment);
        assert_eq!(severity(Finess::parse("0B0990008", policy)), treatment);
        assert_eq!(severity(RppsRang::parse("99999000013008", policy)), treatment);
    }
    let parsed = StructureId::parse("10B0990008", production).unwrap();
    assert_eq!(parsed.warnings[0].kind, IdentityKind::Finess);
    assert_eq!(parsed.warnings[0].problem, IdentityProblem::TestRange);
}

#[test]
fn wrong_shapes_are_refused_in_both_realms() {
    for realm in [Production, Test] {
        for text in ["", "9999900001", "999990000130", "9999900001A", "99999 00013", "٩9999000013"] {
            assert!(Rpps::parse(text, realm).is_err(), "{text}");
        }
        for text in ["", "2C0990008", "B00990008", "2A099000", "2A09900088", "2A099000A", "éA0990008", "0b0990008"] {
            assert!(Finess::parse(text, realm).is_err(), "{text}");
        }
        for text in ["99600001G", "9960000144", "99600001-"] {
            assert!(Adeli::parse(text, realm).is_err(), "{text}");
        }
        assert!(AdeliRang::parse("996000014", realm).is_err());
        assert!(Siren::parse("99999999A", realm).is_err());
        assert!(Siret::parse("999999998", realm).is_err());
        assert!(RppsRang::parse("99999000013", realm).is_err());
    }
    // Départements that do not exist: only test worlds use them.
    for text in ["000000000", "960000000", "990000010"] {
        assert!(Finess::parse(text, Production).is_err() && Finess::parse(text, Test).is_ok(), "{text}");
    }
    for text in ["010000000", "950000000", "970000000", "980000000"] {
        assert!(Finess::parse(text, Production).is_ok(), "{text}");
    }
}

#[test]
fn professional_ids_of_every_prefix() {
    use ProfessionalIdKind::{Adeli, Internal};
    use StructureIdKind as Structure;
    // Text, kind, number, internal id, Struct_IdNat.
    let table = [
        ("0996000014", Adeli, "996000014", None, None),
        ("199600001400/0001", Internal(Structure::AdeliRang), "99600001400", Some("0001"), Some("099600001400")),
        ("30B0990008/UA7QX2M9", Internal(Structure::Finess), "0B0990008", Some("UA7QX2M9"), Some("10B0990008")),
        ("4999999998/12", Internal(Structure::Siren), "999999998", Some("12"), Some("2999999998")),
        (
            "599999999800019/000042",
            Internal(Structure::Siret),
            "99999999800019",
            Some("000042"),
            Some("399999999800019"),
        ),
        ("699999000013008/01", Internal(Structure::RppsRang), "99999000013008", Some("01"), Some("499999000013008")),
        ("899999000013", ProfessionalIdKind::Rpps, "99999000013", None, None),
        ("32A0990008/a/b", Internal(Structure::Finess), "2A0990008", Some("a/b"), Some("12A0990008")),
    ];
    for (text, kind, number, internal, structure) in table {
        let parsed = ProfessionalId::parse(text, Test).unwrap();
        let id = parsed.value;
        assert!(parsed.warnings.is_empty(), "{text}");
        assert_eq!((id.as_str(), id.kind(), id.number(), id.internal_id()), (text, kind, number, internal));
        assert_eq!(text.chars().next(), Some(kind.prefix()));
        assert_eq!(id.structure().as_ref().map(StructureId::as_str), structure);
        assert_eq!(id.rpps().is_some(), kind == ProfessionalIdKind::Rpps);
        if let (Some(structure), Some(internal)) = (id.structure(), internal) {
            assert_eq!(ProfessionalId::internal(&structure, internal, Test).unwrap().value, id);
        }
    }
}

#[test]
fn professional_ids_refused() {
    let too_long = format!("30B0990008/{}", "x".repeat(65));
    let refused = [
        "",
        "8",
        "10",
        "2999999998/1",
        "7999999998",
        "9999999998",
        "10alix@medecin.example",
        "30B0990008",
        "30B0990008/",
        "30B0990008/a^b",
        "30B0990008/a&b",
        "30B0990008/a\u{1}b",
        "30B099000/8",
        "8999990000130",
        "899999000013/1",
        "é99999000013",
        too_long.as_str(),
    ];
    for text in refused {
        assert!(ProfessionalId::parse(text, Test).is_err(), "{text:?}");
    }
    let short = IdentityPolicy::from(Test).with_internal_id_max(3);
    assert!(ProfessionalId::parse("30B0990008/abc", short).is_ok());
    assert!(ProfessionalId::parse("30B0990008/abcd", short).is_err());
    // The prefix of a structure where that of a person is due: 1 announces an ADELI-rang.
    assert!(ProfessionalId::parse("10B0990008/UA7QX2M9", Test).is_err());
}

#[test]
fn the_number_inside_is_checked_under_its_own_rule() {
    let parsed = ProfessionalId::parse("899999000012", Test).unwrap();
    assert_eq!(parsed.warnings[0].kind, IdentityKind::Rpps);
    assert!(ProfessionalId::parse("899999000012", Production).is_err());
}

#[test]
fn structure_ids_of_every_prefix() {
    // Text, kind, prefix of the same number in a PS_IdNat.
    let table = [
        ("099600001400", StructureIdKind::AdeliRang, '1'),
        ("10B0990008", StructureIdKind::Finess, '3'),
        ("11B0099001", StructureIdKind::Finess, '3'),
        ("1990000010", StructureIdKind::Finess, '3'),
        ("2999999998", StructureIdKind::Siren, '4'),
        ("399999999800019", StructureIdKind::Siret, '5'),
        ("499999000013008", StructureIdKind::RppsRang, '6'),
    ];
    for (text, kind, person_prefix) in table {
        let id = StructureId::parse(text, Test).unwrap().value;
        assert_eq!((id.as_str(), id.kind(), id.person_prefix()), (text, kind, person_prefix));
        assert_eq!(id.number(), &text[1..]);
        assert_eq!(StructureIdKind::from_person_prefix(person_prefix), Some(kind));
        assert_eq!(id.finess().is_some(), kind == StructureIdKind::Finess);
    }
    for text in ["", "1", "5999999998", "30B0990008", "10B0990008/1", "2A0990008", "F0B0990008", "é0B0990008"] {
        assert!(StructureId::parse(text, Test).is_err(), "{text}");
    }
    assert_eq!(StructureId::parse(" 12a0990008", Test).unwrap().value.as_str(), "12A0990008");
}

#[test]
fn ids_are_built_from_their_numbers() {
    let rpps = Rpps::parse("99999000013", Test).unwrap().value;
    assert_eq!(ProfessionalId::from(&rpps).as_str(), "899999000013");
    assert_eq!(ProfessionalId::from(&rpps).rpps(), Some(rpps));
    let adeli = Adeli::parse("996000014", Test).unwrap().value;
    assert_eq!(ProfessionalId::from(&adeli).as_str(), "0996000014");
    let finess = Finess::parse("0B0990008", Test).unwrap().value;
    assert_eq!(StructureId::from(&finess).as_str(), "10B0990008");
    assert_eq!(StructureId::from(&finess).finess(), Some(finess));
    let siret = Siret::parse("99999999800019", Test).unwrap().value;
    assert_eq!(StructureId::from(&siret).as_str(), "399999999800019");
}

#[test]
fn debug_is_silent_and_serde_a_checked_string() {
    let id = ProfessionalId::parse("899999000013", Test).unwrap().value;
    assert_eq!(format!("{id:?}"), "ProfessionalId(…)");
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, "\"899999000013\"");
    assert_eq!(serde_json::from_str::<ProfessionalId>(&json).unwrap(), id);
    // A wrong key is left to `check`, a wrong shape is not.
    let wrong_key: ProfessionalId = serde_json::from_str("\"899999000012\"").unwrap();
    assert!(wrong_key.check(Production).is_err());
    let error = serde_json::from_str::<ProfessionalId>("\"89999900001\"").unwrap_err().to_string();
    assert!(error.contains("RPPS: found 10 characters, expected 11 digits") && !error.contains("99999"), "{error}");
}

/// The digits with the Luhn digit that makes them pass, found by trying the ten.
fn with_key(digits: &str, passes: impl Fn(&str) -> bool) -> String {
    (0..10).map(|key| format!("{digits}{key}")).find(|number| passes(number)).unwrap()
}

fn one_digit_changed(number: &str, position: usize, digit: u8) -> Option<String> {
    let digit = char::from(b'0' + digit);
    let old = number.chars().nth(position)?;
    (old.is_ascii_digit() && old != digit).then(|| {
        let mut wrong = number.to_owned();
        wrong.replace_range(position..=position, &digit.to_string());
        wrong
    })
}

/// Whether the strict policy accepts without a warning.
fn passes<T>(parsed: Result<Parsed<T>, IdentityError>) -> bool {
    severity(parsed) == Severity::Silent
}

proptest! {
    #[test]
    fn every_one_digit_error_of_an_rpps_is_caught(digits in "[0-9]{10}", position in 0..11_usize, digit in 0..10_u8) {
        let number = with_key(&digits, |number| passes(Rpps::parse(number, strict())));
        if let Some(wrong) = one_digit_changed(&number, position, digit) {
            prop_assert!(!passes(Rpps::parse(&wrong, strict())));
        }
    }

    #[test]
    fn every_one_digit_error_of_a_finess_is_caught(
        start in "0[1-9]|[1-8][0-9]|2A|2B|97", digits in "[0-9]{6}", position in 0..9_usize, digit in 0..10_u8,
    ) {
        let number = with_key(&format!("{start}{digits}"), |number| passes(Finess::parse(number, strict())));
        if let Some(wrong) = one_digit_changed(&number, position, digit) {
            prop_assert!(!passes(Finess::parse(&wrong, strict())));
        }
    }

    #[test]
    fn every_one_digit_error_of_a_siren_is_caught(digits in "[0-9]{8}", position in 0..9_usize, digit in 0..10_u8) {
        let number = with_key(&digits, |number| passes(Siren::parse(number, strict())));
        if let Some(wrong) = one_digit_changed(&number, position, digit) {
            prop_assert!(!passes(Siren::parse(&wrong, strict())));
        }
    }

    #[test]
    fn round_trip(text in "8[0-9]{11}|3(2[AB]|[0-9]{2})[0-9]{7}/[A-Za-z0-9]{1,64}|6[0-9]{14}/[0-9]{2}") {
        let id = ProfessionalId::parse(&text, Test).unwrap().value;
        prop_assert_eq!(id.as_str(), &text);
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(serde_json::from_str::<ProfessionalId>(&json).unwrap(), id);
    }

    #[test]
    fn parsers_are_total(text in "[0-9AaBb/é^]{0,20}|\\PC*") {
        for realm in [Production, Test] {
            let _ = (Rpps::parse(&text, realm), Adeli::parse(&text, realm), Finess::parse(&text, realm));
            let _ = (Siren::parse(&text, realm), Siret::parse(&text, realm), RppsRang::parse(&text, realm));
            if let Ok(parsed) = ProfessionalId::parse(&text, realm) {
                prop_assert!(parsed.value.as_str().starts_with(parsed.value.kind().prefix()));
            }
            if let Ok(parsed) = StructureId::parse(&text, realm) {
                prop_assert_eq!(parsed.value.kind().prefix().to_string() + parsed.value.number(), parsed.value.as_str());
            }
        }
    }
}
