//! What `dmp code list` and `dmp code show` say.

use std::fs;

use dmp_vocabulary::nomenclature::{DocumentCreator, Nomenclatures, Reliability};
use dmp_vocabulary::oids::{CLASS_CODE, DOCUMENT_TYPE, LOINC};

fn embedded() -> &'static Nomenclatures {
    Nomenclatures::embedded()
}

#[test]
fn the_list_tells_each_set() {
    let all: Vec<_> = embedded().summaries().collect();
    assert_eq!(all.len(), embedded().value_sets().count());
    let first = &all[0];
    assert_eq!((first.name, first.oid), ("JDV_J66_TypeCode_DMP", Some("1.2.250.1.213.1.1.5.7")));
    assert_eq!((first.version, first.reliability, first.rows), (Some("20240927"), Some(Reliability::Typed), 108));
    assert_eq!(first.to_string(), "JDV_J66_TypeCode_DMP\t1.2.250.1.213.1.1.5.7\t20240927\ttyped\t108");
    let json = serde_json::to_value(first).unwrap();
    assert_eq!((&json["reliability"], &json["rows"]), (&"typed".into(), &108.into()));
    for summary in all {
        assert_eq!(embedded().value_set(summary.name).map(|set| set.concepts().len()), Some(summary.rows));
    }
}

#[test]
fn a_file_of_a_folder_has_no_version_and_no_reliability() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("MES_CODES.tsv"), "code\tdisplay\tsystem\nX1\tExamen local\t1.2.3\n").unwrap();
    let loaded = Nomenclatures::load(folder.path()).unwrap();
    let mine = loaded.summaries().find(|summary| summary.name == "MES_CODES").unwrap();
    assert_eq!(mine.to_string(), "MES_CODES\t-\t-\t-\t1");
    assert_eq!(loaded.search("examen LOCAL")[0].value_sets, ["MES_CODES"]);
}

#[test]
fn a_document_type_with_everything_known_of_it() {
    let meanings = embedded().explain("34133-9");
    let [summary] = meanings.as_slice() else { panic!("{meanings:?}") };
    assert_eq!(summary.system, LOINC);
    assert_eq!(summary.value_sets, ["JDV_J66_TypeCode_DMP", "JDV_J07_XdsTypeCode_CISIS"]);
    let facts = summary.document_type.as_ref().unwrap();
    assert_eq!(facts.class.map(|class| class.system.as_str()), Some(CLASS_CODE));
    assert_eq!((facts.creatable_by_lps, facts.creator), (Some(true), Some(DocumentCreator::Professional)));
    let shown = summary.to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].starts_with("34133-9\t2.16.840.1.113883.6.1\t"), "{shown}");
    assert_eq!(lines[1], "  in JDV_J66_TypeCode_DMP, JDV_J07_XdsTypeCode_CISIS");
    assert!(shown.ends_with("created by a professional\n  an LPS may submit it [EX_2.1-1010]"), "{shown}");
}

#[test]
fn types_that_an_lps_may_not_submit() {
    let of_holder = &embedded().explain("EXPPAT_1")[0];
    assert_eq!(of_holder.system, DOCUMENT_TYPE);
    assert!(of_holder.to_string().contains("created by the holder of the DMP\n  an LPS may not submit it"));
    // Retired: with a successor, with a probable one, without.
    let table = [
        ("27899-4", "successor 70004-7 2.16.840.1.113883.6.1"),
        ("11526-1", "successor 60568-3 2.16.840.1.113883.6.1 (probable)"),
        ("29554-3", "retired: readable, never submitted"),
    ];
    for (code, end) in table {
        let meanings = embedded().explain(code);
        let retired = meanings.iter().find(|meaning| meaning.system == LOINC).unwrap();
        assert!(retired.retired.is_some() && retired.to_string().ends_with(end), "{retired}");
    }
}

#[test]
fn a_code_of_several_systems_gives_one_meaning_each() {
    // 10 is a médecin, a document class, and more.
    let meanings = embedded().explain("10");
    let mut systems: Vec<&str> = meanings.iter().map(|meaning| meaning.system).collect();
    assert!(systems.len() > 1 && systems.contains(&CLASS_CODE), "{systems:?}");
    systems.sort_unstable();
    systems.dedup();
    assert_eq!(systems.len(), meanings.len());
    for unknown in ["", "no-such-code", "34133-9 "] {
        assert_eq!(embedded().explain(unknown), [], "{unknown}");
    }
}

#[test]
fn labels_are_searched_without_case_and_accents() {
    let found = embedded().search("SYNTHESE medicale");
    assert!(found.iter().any(|meaning| meaning.code == "60591-5"), "{found:?}");
    assert!(embedded().search("34133-9").iter().any(|meaning| meaning.code == "34133-9"));
    assert!(embedded().search("synthese nothing-like-it").is_empty());
    assert!(embedded().search(" \t").is_empty());
    assert!(embedded().search(&"e ".repeat(10_000)).len() > 100);
}
