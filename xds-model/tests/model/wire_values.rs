//! CX, XCN, XON and dates from any text: nothing panics, what is received is kept to the byte, what is built is read
//! back, and time stays linear.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use xds_model::{AuthorSpecialty, Cx, Dtm, Xcn, Xon, hl7};

/// Good values of every kind, from which the mutations start.
const SEEDS: [&str; 10] = [
    "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH",
    "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH^^20260302091500",
    "IPP-000042^^^&2.25.7.2&ISO^PI",
    "1.2.3^^^^urn:ihe:iti:xds:2016:studyInstanceUID",
    "899999000013^MODELE^ALIX^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
    "30B0990008/AG0042^TEMOIN^OLIVE^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^EI",
    "CLINIQUE DU MODELE^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0990008",
    "A \\T\\ B^^^^^&1.3.2&ISO^SIREN^^^999999999",
    "G15_10/SM26^Médecin généraliste^1.2.250.1.213.1.1.4.5",
    "20260302091500",
];

/// A good value with pieces put in, taken out or repeated anywhere.
fn damaged() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec!["^", "&", "~", "\\", "|", "\\S\\", "\\E", "^^^", "&ISO", "é", "\0", "\u{1d}", ""])
            .prop_map(str::to_owned),
        any::<String>(),
    ];
    let change = (any::<prop::sample::Index>(), 0_usize..6, piece, 1_usize..4);
    (prop::sample::select(SEEDS.to_vec()), prop::collection::vec(change, 1..5)).prop_map(|(seed, changes)| {
        changes.into_iter().fold(seed.to_owned(), |text, (at, removed, piece, times)| {
            let characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len() + 1);
            let (before, after) = (&characters[..at], &characters[(at + removed).min(characters.len())..]);
            before.iter().copied().chain(piece.repeat(times).chars()).chain(after.iter().copied()).collect()
        })
    })
}

/// Every accessor of every type; gives what a registry would compare.
fn read_all(text: &str) -> [usize; 4] {
    let (cx, xcn, xon) = (Cx::from(text), Xcn::from(text), Xon::from(text));
    let _ = (cx.id_type(), xcn.id_type(), xon.id_type(), xcn.name_type(), xcn.kind(), xon.name().len());
    let _ = (cx.same_identifier(&Cx::from("1")), cx.authority_oid(), xcn.authority_oid(), xon.authority_oid());
    let _ = AuthorSpecialty::from(text).coded_value();
    let dtm = Dtm::from(text);
    let _ = (dtm.timestamp(), dtm.to_utc_seconds(), dtm.next_second());
    [cx.id().len(), xcn.family().len() + xcn.given().len(), xcn.id().len(), xon.id().len()]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(800) })]

    #[test]
    fn any_value_is_kept_read_and_hidden(text in damaged()) {
        let lengths = read_all(&text);
        // An escape stands for one character: no component grows.
        prop_assert!(lengths.iter().all(|length| *length <= text.len()));
        prop_assert!(Cx::from(text.as_str()).as_str() == text);
        prop_assert!(Cx::from(text.as_str()).same_identifier(&Cx::from(text.as_str())));
        let shown = format!("{:?}{:?}{:?}", Cx::from(text.as_str()), Xcn::from(text.as_str()), Xon::from(text.as_str()));
        let bytes = text.len();
        prop_assert_eq!(shown, format!("Cx({bytes} bytes)Xcn({bytes} bytes)Xon({bytes} bytes)"));
    }

    #[test]
    fn what_is_built_is_read_back(id in any::<String>(), name in any::<String>(), arcs in prop::collection::vec(0_u32..3000, 1..8)) {
        let oid = arcs.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
        for cx in [Cx::ins(&id, &oid), Cx::local(&id, &oid), Cx::reference(&id, &oid, "urn:x")] {
            prop_assert!(cx.id() == id && cx.authority_oid() == oid);
        }
        let xcn = Xcn::patient(&id, &oid, &name, "");
        prop_assert!(xcn.id() == id && xcn.authority_oid() == oid && xcn.family() == name && xcn.given() == "");
        let (structure, service) = (Xon::structure(&name, &id), Xon::referenced_service(&name, &id));
        prop_assert!(structure.name() == name && structure.id() == id);
        prop_assert!(service.name() == name && service.id() == id && service.id_type() == "SIREN");
    }

    #[test]
    fn components_cut_the_text_and_lose_nothing(text in damaged()) {
        let count = text.split('^').count();
        let components: Vec<&str> = (1..=count).map(|number| hl7::component(&text, number)).collect();
        prop_assert_eq!(components.join("^"), text.as_str());
        prop_assert_eq!(hl7::component(&text, count + 1), "");
        prop_assert_eq!(hl7::component(&text, 0), "");
    }
}

#[test]
fn megabytes_are_read_in_linear_time() {
    let start = Instant::now();
    for unit in ["^", "&", "\\", "\\S\\", "~", "8", "é", "/", ".", "^^^&1.2&ISO"] {
        let text = format!("{}{}", SEEDS[0], unit.repeat(2_000_000 / unit.len()));
        read_all(&text);
    }
    // Quadratic work would take hours.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
