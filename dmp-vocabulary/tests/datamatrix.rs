//! Text of the datamatrix INS: the worked example, tolerated and refused forms, round trip.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use dmp_vocabulary::Realm::{Production, Test};
use dmp_vocabulary::identity::status::{IdentityEvidence, IdentityMatch, PatientIdentity, QualifiedIdentity};
use dmp_vocabulary::identity::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTraits};
use dmp_vocabulary::identity::{
    BirthDate, IdentityError, IdentityKind, IdentityPolicy, Ins, InsDatamatrix, KeyCheck, ins_key,
};
use dmp_vocabulary::oids::{INS_NIR, INS_NIR_DEMO, INS_NIR_TEST};
use proptest::prelude::*;

/// The example of identities §2.7; `·` stands for GS.
const EXAMPLE: &str = "IS010000000000000000000000S1280057599900151S21.2.250.1.213.1.4.10S3CAMILLE ANNE·S4EXEMPLE·\
                       S5FS614-05-1980S775999";
const HEADER: &str = "IS010000000000000000000000";
const INS_BLOCKS: &str = "S1280057599900151S21.2.250.1.213.1.4.10";

fn with_gs(text: &str) -> String {
    text.replace('·', "\u{1d}")
}

fn parse(text: &str) -> Result<InsDatamatrix, IdentityError> {
    InsDatamatrix::parse(&with_gs(text), Test).map(|parsed| parsed.value)
}

fn identity(matricule: &str, oid: &str, traits: StrictTraits) -> QualifiedIdentity {
    let policy = IdentityPolicy::from(if oid == INS_NIR { Production } else { Test });
    let mut identity = PatientIdentity::new(traits).with_ins(Ins::parse(matricule, oid, policy).unwrap().value);
    let day = Some("2026-03-02T08:00:00Z".parse().unwrap());
    identity.evidence = IdentityEvidence { obtained_from_insi: day, document_checked: day };
    identity.qualify(policy).unwrap().value
}

fn example_traits() -> StrictTraits {
    StrictTraits {
        birth_name: BirthName::parse("EXEMPLE").unwrap(),
        given_names: GivenNames::parse("CAMILLE ANNE").unwrap(),
        birth_date: BirthDate::parse_insi("1980-05-14").unwrap(),
        sex: Sex::Female,
        birth_place: BirthPlace::parse("75999").unwrap(),
    }
}

#[test]
fn the_worked_example_both_ways() {
    let known = identity("280057599900151", INS_NIR_TEST, example_traits());
    assert_eq!(known.datamatrix_text(), with_gs(EXAMPLE));
    let read = parse(EXAMPLE).unwrap();
    assert_eq!(known.compare(&read.ins, &read.strict_traits().unwrap()), IdentityMatch::Same);
    assert_eq!(format!("{read:?}"), "InsDatamatrix { kind: NirTest, .. }");
}

#[test]
fn an_oid_of_19_characters_takes_a_separator() {
    let known = identity("280057599900151", INS_NIR, example_traits());
    assert!(known.datamatrix_text().contains("S21.2.250.1.213.1.4.8\u{1d}S3CAMILLE"));
    let read = InsDatamatrix::parse(&known.datamatrix_text(), Production).unwrap().value;
    assert_eq!(read.ins.oid(), INS_NIR);
}

#[test]
fn any_order_and_absent_blocks_are_read() {
    let whole = parse(EXAMPLE).unwrap();
    let reordered =
        format!("{HEADER}S775999S614-05-1980S5FS4EXEMPLE·S3CAMILLE ANNE·S21.2.250.1.213.1.4.10S1280057599900151");
    assert_eq!(parse(&reordered), Ok(whole.clone()));
    // A separator where none is needed, and after the last block.
    let separated =
        format!("{HEADER}S1280057599900151·S21.2.250.1.213.1.4.10·S3CAMILLE ANNE·S4EXEMPLE·S5F·S614-05-1980·S775999·");
    assert_eq!(parse(&separated), Ok(whole));
    // A block of variable length at the end.
    let bare = parse(&format!("{HEADER}S1280057599900151S21.2.250.1.213.1.4.10S4EXEMPLE")).unwrap();
    assert_eq!(bare.birth_name.as_ref().map(BirthName::as_str), Some("EXEMPLE"));
    assert_eq!((bare.given_names.is_none(), bare.strict_traits()), (true, None));
    let without_place = parse(&EXAMPLE.replace("S775999", "")).unwrap().strict_traits().unwrap();
    assert!(without_place.birth_place.is_unknown());
}

#[test]
fn refusals_name_the_block() {
    use IdentityKind::{BirthDate, BirthName, BirthPlace, Datamatrix, GivenNames, Ins, Sex};
    let table = [
        (String::new(), Datamatrix),
        (EXAMPLE.replace("IS01", "IS02"), Datamatrix),
        (EXAMPLE.replace("IS01", "DC01"), Datamatrix),
        (EXAMPLE.replace("S775999", "S875999"), Datamatrix),
        (format!("{EXAMPLE}S5F"), Datamatrix),
        (format!("{EXAMPLE}é"), Datamatrix),
        (format!("{EXAMPLE}S"), Datamatrix),
        (format!("{HEADER}S1280057599900151"), Datamatrix),
        (format!("{HEADER}S21.2.250.1.213.1.4.10"), Datamatrix),
        (HEADER.to_owned() + &"S".repeat(1_000_000), Datamatrix),
        (EXAMPLE.replace("900151", "900152"), Ins),
        (EXAMPLE.replace("4.10", "4.12"), Ins),
        (EXAMPLE.replace("S1280057599900151", "S12800575999001·"), Ins),
        (EXAMPLE.replace("CAMILLE", "Camille"), GivenNames),
        (format!("{HEADER}{INS_BLOCKS}S3{}S4EXEMPLE", "X".repeat(101)), Datamatrix),
        (EXAMPLE.replace("S4EXEMPLE", "S4"), BirthName),
        (EXAMPLE.replace("S5F", "S5X"), Sex),
        (EXAMPLE.replace("14-05-1980", "1980-05-14"), BirthDate),
        (EXAMPLE.replace("14-05-1980", "14/05/1980"), BirthDate),
        (EXAMPLE.replace("14-05-1980", "+4-05-1980"), BirthDate),
        (EXAMPLE.replace("S775999", "S775"), BirthPlace),
    ];
    for (text, kind) in table {
        let error = parse(&text).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(!error.to_string().contains("28005759990015"), "{error}");
    }
    assert!(InsDatamatrix::parse(&with_gs(EXAMPLE), Production).is_err());
    let policy = IdentityPolicy::from(Test).with_ins_key_check(KeyCheck::Warn);
    let tolerated = InsDatamatrix::parse(&with_gs(&EXAMPLE.replace("900151", "900152")), policy).unwrap();
    assert_eq!(tolerated.warnings.len(), 1);
}

fn traits() -> impl Strategy<Value = StrictTraits> {
    let name = "[A-Z]([A-Z]{0,40}[-' ]?[A-Z]{1,40})?|[A-Z]{100}";
    let date = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    let place = "(0[1-9]|2[AB]|75|97|98|99)[0-9]{2}[1-9]";
    (name, name, date, prop::bool::ANY, place).prop_map(|(birth_name, given_names, date, female, place)| StrictTraits {
        birth_name: BirthName::parse(&birth_name).unwrap(),
        given_names: GivenNames::parse(&given_names).unwrap(),
        birth_date: BirthDate::parse_insi(&date).unwrap(),
        sex: if female { Sex::Female } else { Sex::Male },
        birth_place: BirthPlace::parse(&place).unwrap(),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        traits in traits(),
        number in "[12][0-9]{4}(2A|2B|[0-9]{2})[0-9]{6}",
        oid in prop::sample::select(vec![INS_NIR, INS_NIR_TEST, INS_NIR_DEMO]),
    ) {
        let known = identity(&format!("{number}{}", ins_key(&number).unwrap()), oid, traits);
        let text = known.datamatrix_text();
        prop_assert!(text.len() <= 291);
        let read = InsDatamatrix::parse(&text, if oid == INS_NIR { Production } else { Test }).unwrap().value;
        prop_assert_eq!(known.compare(&read.ins, &read.strict_traits().unwrap()), IdentityMatch::Same);
    }
}
