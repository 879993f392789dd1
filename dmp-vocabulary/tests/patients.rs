//! INS, INS-C and birth dates: the worked examples of the identities page, refusals, properties.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use dmp_vocabulary::Realm::{self, Production, Test};
use dmp_vocabulary::identity::{
    BirthDate, IdentityError, IdentityPolicy, IdentityProblem, Ins, InsC, InsKind, InsiOidRewrite, KeyCheck,
    UnknownBirthday, ins_key,
};
use dmp_vocabulary::oids::{INS_C, INS_NIA, INS_NIR, INS_NIR_DEMO, INS_NIR_TEST};
use jiff::civil::date;
use proptest::prelude::*;

/// 13 characters and the matricule they give (identities §2.1).
const MATRICULES: [(&str, &str); 10] = [
    ("2800575999001", "280057599900151"),
    ("175112A999010", "175112A99901005"),
    ("262032B999027", "262032B99902786"),
    ("1911297199003", "191129719900389"),
    ("2480299998004", "248029999800477"),
    ("1120975999015", "112097599901588"),
    ("1503075999003", "150307599900329"),
    ("2800575999052", "280057599905297"),
    ("2800575999051", "280057599905101"),
    ("7850799999001", "785079999900107"),
];

fn parse(matricule: &str) -> Result<Ins, IdentityError> {
    Ins::parse(matricule, INS_NIR_TEST, Test).map(|parsed| parsed.value)
}

fn problem<T: std::fmt::Debug>(result: Result<T, IdentityError>) -> IdentityProblem {
    result.unwrap_err().problem
}

#[test]
fn keys_of_the_worked_examples() {
    for (number, matricule) in MATRICULES {
        assert_eq!(ins_key(number).as_deref(), Some(&matricule[13..]), "{number}");
        assert_eq!(parse(matricule).unwrap().matricule(), matricule);
    }
    for not_a_number in
        ["", "280057599900", "28005759990011", "175112C999010", "175112A99901A", "2A00575999001", "é80057599900"]
    {
        assert_eq!(ins_key(not_a_number), None, "{not_a_number}");
    }
}

#[test]
fn refuses_wrong_matricules() {
    assert_eq!(problem(parse("280057599900152")), IdentityProblem::CheckDigit);
    assert!(matches!(problem(parse("2800575999001")), IdentityProblem::Length { found: 13, .. }));
    assert!(matches!(problem(parse("175112C99901005")), IdentityProblem::Character { position: 7, .. }));
    assert!(matches!(problem(parse("580057599900151")), IdentityProblem::Character { position: 1, .. }));
    assert!(matches!(problem(parse("28005759990015١")), IdentityProblem::Character { position: 15, .. }));
    assert!(matches!(problem(parse("1A5112A99901005")), IdentityProblem::Character { position: 2, .. }));
    assert!(matches!(problem(parse("")), IdentityProblem::Length { found: 0, .. }));
    assert!(matches!(problem(parse(&"2".repeat(100_000))), IdentityProblem::Length { found: 100_000, .. }));
}

#[test]
fn corsica_is_kept_as_letters_and_compared_as_text() {
    let corsica = parse(" 175112a99901005 ").unwrap();
    assert_eq!(corsica.matricule(), "175112A99901005");
    // The same key by the replaced form: another identity.
    assert_ne!(corsica, parse("175111999901005").unwrap());
}

#[test]
fn the_key_check_switch_accepts_with_a_warning_in_both_realms() {
    for (realm, oid) in [(Test, INS_NIR_TEST), (Production, INS_NIR)] {
        let policy = IdentityPolicy::from(realm).with_ins_key_check(KeyCheck::Warn);
        let parsed = Ins::parse("280057599900152", oid, policy).unwrap();
        assert_eq!(parsed.warnings.len(), 1);
        assert_eq!(parsed.warnings[0].problem, IdentityProblem::CheckDigit);
        assert!(Ins::parse("280057599900152", oid, realm).is_err());
        // The shape stays an error.
        assert!(Ins::parse("28005759990015", oid, policy).is_err());
    }
}

#[test]
fn the_realm_decides_the_kinds() {
    let table: [(&str, Realm, Option<InsKind>, usize); 8] = [
        (INS_NIR, Production, Some(InsKind::Nir), 0),
        (INS_NIA, Production, Some(InsKind::Nia), 0),
        (INS_NIR_TEST, Production, None, 0),
        (INS_NIR_DEMO, Production, None, 0),
        (INS_NIR, Test, Some(InsKind::Nir), 1),
        (INS_NIA, Test, Some(InsKind::Nia), 0),
        (INS_NIR_TEST, Test, Some(InsKind::NirTest), 0),
        (INS_NIR_DEMO, Test, Some(InsKind::NirDemo), 0),
    ];
    for (oid, realm, kind, warnings) in table {
        let parsed = Ins::parse("280057599900151", oid, realm);
        assert_eq!(parsed.as_ref().ok().map(|parsed| parsed.value.kind()), kind, "{oid} {realm:?}");
        match parsed {
            Ok(parsed) => {
                assert_eq!(parsed.warnings.len(), warnings, "{oid} {realm:?}");
                assert_eq!(parsed.value.opens_dmp(), oid != INS_NIA);
            }
            Err(error) => assert!(matches!(error.problem, IdentityProblem::KindRefused { .. })),
        }
    }
    for other in [INS_C, "", "1.2.3", "280057599900151"] {
        assert_eq!(problem(Ins::parse("280057599900151", other, Test)), IdentityProblem::Oid);
    }
}

#[test]
fn the_insi_test_answer_is_converted_on_demand_only() {
    let answered = Ins::parse("280057599900151", INS_NIR, Test).unwrap().value;
    assert_eq!(answered.oid(), INS_NIR);
    assert_eq!(answered.into_test_nir().oid(), INS_NIR_TEST);
    let waiting = Ins::parse("280057599900151", INS_NIA, Test).unwrap().value;
    assert_eq!(waiting.into_test_nir().oid(), INS_NIA);
}

#[test]
fn insi_answers_are_rewritten_under_the_switch_and_in_the_test_realm_only() {
    let rewriting = |realm| IdentityPolicy::from(realm).with_insi_oid_rewrite(InsiOidRewrite::TestNir);
    // Policy, OID answered, OID kept, warnings.
    let table = [
        (Test.into(), INS_NIR, INS_NIR, 1),
        (rewriting(Test), INS_NIR, INS_NIR_TEST, 1),
        (rewriting(Test), INS_NIR_TEST, INS_NIR_TEST, 0),
        (rewriting(Test), INS_NIR_DEMO, INS_NIR_DEMO, 0),
        (rewriting(Test), INS_NIA, INS_NIA, 0),
        (rewriting(Production), INS_NIR, INS_NIR, 0),
        (Production.into(), INS_NIR, INS_NIR, 0),
    ];
    for (policy, answered, kept, warnings) in table {
        let parsed = Ins::parse_insi("2800575999001", "51", answered, policy).unwrap();
        assert_eq!((parsed.value.oid(), parsed.warnings.len()), (kept, warnings), "{answered} {policy:?}");
    }
    let told = Ins::parse_insi("2800575999001", "51", INS_NIR, rewriting(Test)).unwrap().warnings;
    assert_eq!(told[0].problem, IdentityProblem::OidRewritten);
    assert!(Ins::parse_insi("2800575999001", "52", INS_NIR, rewriting(Test)).is_err());
    assert!(Ins::parse_insi("28005759990015", "1", INS_NIR, Test).is_err());
    assert!(Ins::parse_insi("2800575999001", "51", INS_C, Test).is_err());
    // In production a number made .10 by hand is refused.
    let by_hand = Ins::parse("280057599900151", INS_NIR, Production).unwrap().value.into_test_nir();
    assert!(by_hand.check(Production).is_err());
}

#[test]
fn cx_forms_read() {
    let wanted = parse("280057599900151").unwrap();
    let accepted = [
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH",
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^nh",
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO",
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^",
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH^^20260302",
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH^^20260302091500",
        "280057599900151^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS",
        "  280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH\n",
    ];
    for text in accepted {
        assert_eq!(Ins::parse_cx(text, Test).unwrap().value, wanted, "{text}");
    }
    let refused = [
        "",
        "280057599900151",
        "280057599900151^^^1.2.250.1.213.1.4.10^NH",
        "280057599900151^^^&1.2.250.1.213.1.4.10&DNS^NH",
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO&x^NH",
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^PI",
        "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH^^^^",
        "1234567890123456789012^^^&1.2.250.1.213.1.4.2&ISO^INS-C",
    ];
    for text in refused {
        let found = problem(Ins::parse_cx(text, Test));
        assert!(matches!(found, IdentityProblem::Cx { .. } | IdentityProblem::Oid), "{text}: {found}");
    }
    assert!(Ins::parse_cx(&"^".repeat(1_000_000), Test).is_err());
}

#[test]
fn wire_forms_written() {
    let ins = parse("280057599900151").unwrap();
    assert_eq!(ins.to_cx(), "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH");
    assert_eq!(ins.to_pid3(), "280057599900151^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS");
    assert_eq!(Ins::parse_cx(&ins.to_pid3(), Test).unwrap().value, ins);
}

#[test]
fn nothing_shows_the_number() {
    let ins = parse("280057599900151").unwrap();
    assert_eq!(format!("{ins:?}"), "Ins(…, NirTest)");
    let birth = BirthDate::parse_hl7("19800514").unwrap();
    assert_eq!(format!("{birth:?}"), "BirthDate(…)");
    let ins_c = InsC::parse("1234567890123456789012", Test).unwrap().value;
    assert_eq!(format!("{ins_c:?}"), "InsC(…)");
    // Arguments swapped: the identity arrives where the OID was expected.
    for error in [
        Ins::parse(INS_NIR_TEST, "280057599900151", Test).unwrap_err(),
        parse("280057599900152").unwrap_err(),
        Ins::parse_cx("280057599900151", Test).unwrap_err(),
    ] {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("28005759990015") && shown.contains("§2"), "{shown}");
    }
}

#[test]
fn serde_reads_the_shape_and_leaves_the_realm_to_check() {
    let json = "\"280057599900152^^^&1.2.250.1.213.1.4.10&ISO^NH\"";
    let ins: Ins = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&ins).unwrap(), json);
    assert_eq!(problem(ins.check(Test)), IdentityProblem::CheckDigit);
    assert!(matches!(problem(ins.check(Production)), IdentityProblem::KindRefused { .. }));
    assert!(serde_json::from_str::<Ins>("\"28005759990015^^^&1.2.250.1.213.1.4.10&ISO^NH\"").is_err());
    let birth: BirthDate = serde_json::from_str("\"195604\"").unwrap();
    assert_eq!(serde_json::to_string(&birth).unwrap(), "\"195604\"");
}

#[test]
fn ins_c_is_read_only_by_shape() {
    assert_eq!(InsC::parse("1234567890123456789012", Production).unwrap().value.as_str(), "1234567890123456789012");
    assert!(InsC::parse("280057599900151", Production).is_err());
    assert!(InsC::parse("123456789012345678901A", Production).is_err());
}

#[test]
fn birth_dates_read_and_written() {
    // HL7 text, its INSi form, calendar date.
    let table = [
        ("19800514", "1980-05-14", Some(date(1980, 5, 14))),
        ("19560000", "1956-00-00", None),
        ("19560400", "1956-04-00", None),
        ("195604", "1956-04-00", None),
        ("1956", "1956-00-00", None),
        ("19563299", "1956-32-99", None),
        ("20000229", "2000-02-29", Some(date(2000, 2, 29))),
        ("19000229", "1900-02-29", None),
    ];
    for (hl7, insi, calendar) in table {
        let birth = BirthDate::parse_hl7(hl7).unwrap();
        assert_eq!((birth.to_hl7().as_str(), birth.to_insi().as_str(), birth.to_calendar()), (hl7, insi, calendar));
        assert_eq!(BirthDate::parse_insi(insi).unwrap().to_insi(), insi);
    }
    for timed in ["198005141230", "19800514123000", "198005141230+0200", "19800514233000-1000"] {
        assert_eq!(BirthDate::parse_hl7(timed).unwrap().to_hl7(), "19800514");
    }
    let refused = [
        "",
        "198",
        "19800",
        "1980-05-14",
        "1980051",
        "+9800514",
        "1980051a",
        "１９８０",
        "1980-0514",
        "19800514+0200",
        "198005141230+02",
        "198005141230+02:00",
        "198005141230+0200+0200",
    ];
    for text in refused {
        assert!(BirthDate::parse_hl7(text).is_err(), "{text}");
    }
    for text in ["", "19800514", "1980-5-14", "14-05-1980", "1980/05/14", "1980-05-1é"] {
        assert!(BirthDate::parse_insi(text).is_err(), "{text}");
    }
}

#[test]
fn ages_in_full_years() {
    use UnknownBirthday::{Older, Younger};
    let today = date(2026, 3, 2);
    let table = [
        ("20080302", Younger, Some(18)),
        ("20080303", Younger, Some(17)),
        ("20080300", Younger, Some(17)),
        ("20080300", Older, Some(18)),
        ("20080200", Younger, Some(18)),
        ("20080400", Older, Some(17)),
        ("2008", Younger, Some(17)),
        ("2008", Older, Some(18)),
        ("20080005", Younger, Some(17)),
        ("20083205", Older, Some(18)),
        ("20260302", Younger, Some(0)),
        ("2026", Younger, Some(0)),
        ("20260303", Younger, None),
        ("20260400", Older, None),
        ("2027", Older, None),
    ];
    for (birth, unknown, age) in table {
        assert_eq!(BirthDate::parse_hl7(birth).unwrap().age_on(today, unknown), age, "{birth} {unknown:?}");
    }
    let leap_day = BirthDate::parse_hl7("20080229").unwrap();
    assert_eq!(leap_day.age_on(date(2026, 2, 28), Younger), Some(17));
    assert_eq!(leap_day.age_on(date(2026, 3, 1), Younger), Some(18));
}

fn matricule() -> impl Strategy<Value = String> {
    ("[1-478][0-9]{4}", "2A|2B|[0-9]{2}", "[0-9]{6}").prop_map(|(start, department, end)| {
        let number = format!("{start}{department}{end}");
        let key = ins_key(&number).unwrap();
        format!("{number}{key}")
    })
}

proptest! {
    #[test]
    fn cx_round_trip(matricule in matricule(), kind in prop::sample::select(vec![INS_NIR, INS_NIA, INS_NIR_TEST, INS_NIR_DEMO])) {
        let ins = Ins::parse(&matricule, kind, Test).unwrap().value;
        prop_assert_eq!(ins.matricule(), &matricule);
        prop_assert_eq!(Ins::parse_cx(&ins.to_cx(), Test).unwrap().value, ins);
    }

    #[test]
    fn every_one_digit_error_is_caught(matricule in matricule(), position in 0..15_usize, digit in 0..10_u8) {
        let digit = char::from(b'0' + digit);
        prop_assume!(!matricule[position..].starts_with(digit));
        let mut wrong = matricule;
        wrong.replace_range(position..=position, &digit.to_string());
        prop_assert!(parse(&wrong).is_err());
    }

    #[test]
    fn parsers_are_total(text in any::<String>(), oid in any::<String>()) {
        let _ = Ins::parse(&text, &oid, Test);
        prop_assert!(Ins::parse_cx(&text, Test).is_err());
        let _ = InsC::parse(&text, Test);
        let _ = BirthDate::parse_hl7(&text);
        let _ = BirthDate::parse_insi(&text);
    }

    #[test]
    fn birth_date_round_trip(text in "[0-9]{4}([0-9]{2}([0-9]{2})?)?") {
        prop_assert_eq!(BirthDate::parse_hl7(&text).unwrap().to_hl7(), text);
    }
}
