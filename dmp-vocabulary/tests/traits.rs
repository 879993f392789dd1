//! Strict traits: the INSi profile of names, its normalisation, sex, birth place; nothing shown by `Debug`.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use dmp_vocabulary::identity::traits::{
    BirthName, BirthPlace, GivenNames, MAX_NAME_LENGTH, Sex, StrictTrait, StrictTraits, UsedName, is_absent,
};
use dmp_vocabulary::identity::{BirthDate, IdentityProblem};
use proptest::prelude::*;

fn traits() -> StrictTraits {
    StrictTraits {
        birth_name: BirthName::parse("D'EXEMPLE--MODELE").unwrap(),
        given_names: GivenNames::with_first("CAMILLE ANNE", "CAMILLE").unwrap(),
        birth_date: BirthDate::parse_hl7("19800514").unwrap(),
        sex: Sex::Female,
        birth_place: BirthPlace::parse("99139").unwrap(),
    }
}

#[test]
fn names_of_the_insi_profile_are_kept_as_they_are() {
    for name in ["EXEMPLE", "D'EXEMPLE", "'T EXEMPLE", "EXEMPLE-MODELE", "EXEMPLE--MODELE", "DE LA -X", "X"] {
        assert_eq!(BirthName::parse(&format!(" {name}\n")).unwrap().as_str(), name);
    }
    assert!(BirthName::parse(&"X".repeat(MAX_NAME_LENGTH)).is_ok());
}

#[test]
fn names_outside_the_profile_are_refused_at_their_character() {
    let table = [
        ("Exemple", 2),
        ("EXÉMPLE", 3),
        ("ŒUVRE", 1),
        ("-EXEMPLE", 1),
        ("EXEMPLE  MODELE", 9),
        ("D''EXEMPLE", 3),
        ("D' EXEMPLE", 3),
        ("D 'EXEMPLE", 3),
        ("EXEMPLE---MODELE", 10),
        ("D’EXEMPLE", 2),
        ("EXEMPLE2", 8),
        ("EXEMPLE^MODELE", 8),
        ("EXEMPLE\tMODELE", 8),
    ];
    for (name, position) in table {
        let problem = BirthName::parse(name).unwrap_err().problem;
        assert!(
            matches!(problem, IdentityProblem::Character { position: found, .. } if found == position),
            "{name}: {problem}"
        );
    }
    let too_long = BirthName::parse(&"X".repeat(MAX_NAME_LENGTH + 1)).unwrap_err();
    assert!(matches!(too_long.problem, IdentityProblem::Length { found: 101, .. }));
}

#[test]
fn what_a_user_types_is_normalised() {
    let table = [
        ("exemple", "EXEMPLE"),
        ("d’Éxemple", "D'EXEMPLE"),
        ("D´ Exemple", "D'EXEMPLE"),
        ("  Exemple   Modèle ", "EXEMPLE MODELE"),
        ("Œuvré-Ægir", "OEUVRE-AEGIR"),
        ("Strauß ẞ", "STRAUSS SS"),
        ("Exemple — Modèle", "EXEMPLE - MODELE"),
        ("Exemple---Modèle", "EXEMPLE--MODELE"),
        ("-Exemple", "EXEMPLE"),
        ("O ' ' Exemple", "O'EXEMPLE"),
        ("Exemple, Modèle (2)", "EXEMPLE MODELE"),
        ("Łukasz Ødegård", "LUKASZ ODEGARD"),
        ("e\u{301}xemple ﬁn", "EXEMPLE FIN"),
        ("ＥＸ", "EX"),
    ];
    for (typed, expected) in table {
        assert_eq!(BirthName::normalise(typed).unwrap().as_str(), expected, "{typed}");
    }
    for nothing in ["", "  ", "123", "北京", "non renseigné", "--"] {
        assert!(BirthName::normalise(nothing).is_err(), "{nothing}");
    }
    assert_eq!(GivenNames::normalise("Camille, Anne-Noëlle").unwrap().all(), "CAMILLE ANNE-NOELLE");
}

#[test]
fn given_names_are_a_list_and_its_head() {
    assert_eq!(GivenNames::parse("MARIE ANNE JEANNE").unwrap().first(), "MARIE");
    let compound = GivenNames::with_first("MARIE ANNE JEANNE", "MARIE ANNE").unwrap();
    assert_eq!((compound.all(), compound.first()), ("MARIE ANNE JEANNE", "MARIE ANNE"));
    assert_eq!(GivenNames::with_first("MARIE", "MARIE").unwrap(), GivenNames::parse("MARIE").unwrap());
    for first in ["ANNE", "MARI", "MARIE ANNE JEANNE X", "marie", ""] {
        assert!(GivenNames::with_first("MARIE ANNE JEANNE", first).is_err(), "{first}");
    }
}

#[test]
fn not_given_means_absent() {
    for text in ["NON RENSEIGNE", "NON_RENSEIGNE", " non renseigne ", "", " "] {
        assert!(is_absent(text), "{text}");
        assert_eq!(UsedName::read(text), Ok(None));
        assert!(UsedName::parse(text).is_err() && BirthName::parse(text).is_err() && GivenNames::parse(text).is_err());
    }
    assert!(!is_absent("NON RENSEIGNEE"));
    assert_eq!(UsedName::read(" Éxemple-d’Été ").unwrap().unwrap().as_str(), "Éxemple-d’Été");
    assert!(UsedName::parse("EXEMPLE\u{0}").is_err());
    assert!(UsedName::parse(&"é".repeat(MAX_NAME_LENGTH + 1)).is_err());
}

#[test]
fn sexes_read_and_written() {
    for (text, known) in [("M", true), ("F", true), ("UN", false), ("I", false)] {
        let sex = Sex::parse(text).unwrap();
        assert_eq!((sex.as_str(), sex.is_known_to_insi()), (text, known));
    }
    for text in ["", "m", "MF", "U", "1"] {
        assert!(Sex::parse(text).is_err(), "{text}");
    }
}

#[test]
fn birth_places_by_their_shape_only() {
    // Code, country.
    let accepted = [
        ("01001", None),
        ("95999", None),
        ("20004", None),
        ("2A004", None),
        ("2b033", None),
        ("97105", None),
        ("98818", None),
        ("99139", Some("139")),
        ("99999", None),
    ];
    for (code, country) in accepted {
        let place = BirthPlace::parse(code).unwrap();
        assert_eq!((place.as_str(), place.country()), (code.to_uppercase().as_str(), country));
        assert_eq!(place.is_unknown(), code == "99999");
    }
    assert_eq!(BirthPlace::unknown(), BirthPlace::parse("99999").unwrap());
    for code in ["", "7500", "750001", "00001", "96001", "2C001", "75000", "2A000", "7A001", "75O01", "é5001", "٧5001"]
    {
        assert!(BirthPlace::parse(code).is_err(), "{code}");
    }
}

#[test]
fn differences_name_the_traits_and_not_their_values() {
    assert_eq!(traits().differences(&traits()), []);
    let table = [
        (StrictTraits { birth_name: BirthName::parse("AUTRE").unwrap(), ..traits() }, StrictTrait::BirthName),
        (StrictTraits { given_names: GivenNames::parse("CAMILLE").unwrap(), ..traits() }, StrictTrait::GivenNames),
        (
            StrictTraits { given_names: GivenNames::with_first("CAMILLE ANNE", "CAMILLE ANNE").unwrap(), ..traits() },
            StrictTrait::GivenNames,
        ),
        (StrictTraits { birth_date: BirthDate::parse_hl7("198005").unwrap(), ..traits() }, StrictTrait::BirthDate),
        (StrictTraits { sex: Sex::Male, ..traits() }, StrictTrait::Sex),
        (StrictTraits { birth_place: BirthPlace::unknown(), ..traits() }, StrictTrait::BirthPlace),
    ];
    for (other, differing) in table {
        assert_eq!(traits().differences(&other), [differing]);
    }
    let month = |text| StrictTraits { birth_date: BirthDate::parse_hl7(text).unwrap(), ..traits() };
    assert_eq!(month("195604").differences(&month("19560400")), []);
}

#[test]
fn nothing_shows_the_traits() {
    let used = UsedName::parse("Éxemple").unwrap();
    let shown = format!("{:?} {:?} {used:?}", traits(), [traits().sex]);
    assert_eq!(shown, "StrictTraits(…) [Sex(…)] UsedName(…)");
    let pieces = traits();
    let shown = format!("{:?} {:?} {:?}", pieces.birth_name, pieces.given_names, pieces.birth_place);
    assert_eq!(shown, "BirthName(…) GivenNames(…) BirthPlace(…)");
    let errors = [
        BirthName::parse("Exemple").unwrap_err(),
        GivenNames::with_first("CAMILLE ANNE", "ANNE").unwrap_err(),
        BirthPlace::parse("EXEMPLE").unwrap_err(),
        Sex::parse("EXEMPLE").unwrap_err(),
    ];
    for error in errors {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("EMPLE") && !shown.contains("emple") && !shown.contains("CAMILLE"), "{shown}");
        assert!(shown.contains("identities §2.4"), "{shown}");
    }
}

#[test]
fn serde_round_trip_and_checks() {
    let json = serde_json::to_value(traits()).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "birth_name": "D'EXEMPLE--MODELE",
            "given_names": {"all": "CAMILLE ANNE", "first": "CAMILLE"},
            "birth_date": "19800514",
            "sex": "F",
            "birth_place": "99139",
        })
    );
    assert_eq!(serde_json::from_value::<StrictTraits>(json.clone()).unwrap(), traits());
    for (key, wrong) in [("birth_name", "Exemple"), ("sex", "X"), ("birth_place", "7500"), ("given_names", "CAMILLE")] {
        let mut altered = json.clone();
        altered[key] = wrong.into();
        assert!(serde_json::from_value::<StrictTraits>(altered).is_err(), "{key}");
    }
}

proptest! {
    #[test]
    fn normalised_names_are_in_the_profile_and_stay_as_they_are(text in "\\PC{0,60}|[a-zA-Zéœß’' -]{0,60}") {
        if let Ok(name) = BirthName::normalise(&text) {
            prop_assert_eq!(&BirthName::parse(name.as_str()).unwrap(), &name);
            prop_assert_eq!(&BirthName::normalise(name.as_str()).unwrap(), &name);
        }
    }

    #[test]
    fn a_name_of_the_profile_is_its_own_normal_form(text in "[A-Z' -]{1,20}") {
        if let Ok(name) = BirthName::parse(&text) {
            prop_assert_eq!(BirthName::normalise(&text).unwrap(), name);
        }
    }
}
