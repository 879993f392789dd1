use std::fs;
use std::path::Path;

use super::*;
use crate::oids::{CLASS_CODE, DOCUMENT_TYPE, FORMAT_CI_SIS, FORMAT_IHE, LOINC};

const J66_HEADER: &str = "code\tdisplay\tsystem\tclass_code\n";

fn nomenclatures() -> &'static Nomenclatures {
    Nomenclatures::embedded()
}

#[test]
fn value_sets_have_the_published_number_of_rows() {
    let table = [
        ("JDV_J66", 108),
        ("JDV_J07", 116),
        ("JDV_J57", 12),
        ("JDV_J06", 13),
        ("JDV_J60", 62),
        ("JDV_J10", 68),
        ("JDV_J58", 6),
        ("JDV_J61", 68),
        ("JDV_J02", 69),
        ("JDV_J62", 11),
        ("JDV_J04", 12),
        ("JDV_J59", 100),
        ("JDV_J03", 100),
        ("JDV_J01", 391),
        ("JDV_J47", 15),
        ("JDV_J65", 56),
        ("JDV_J64", 1),
        ("TRE_G15", 30),
        ("TRE_R01", 244),
        ("JDV_J107", 265),
        ("JDV_J48", 54),
        ("TRE_R02", 67),
        ("TRE_R23", 4),
        ("TRE_A00", 7),
        ("JDV_J52", 4),
        ("JDV_J231", 3),
        ("JDV_J197", 7),
        ("eventCode_AcquisitionModality", 50),
        ("eventCode_RegionAnatomique", 12),
        ("JDV_J11", 37),
        ("JDV_J140", 6),
        ("JDV_J142", 8),
        ("JDV_J144", 7),
    ];
    for (name, rows) in table {
        assert_eq!(nomenclatures().value_set(name).unwrap().concepts().len(), rows, "{name}");
    }
    assert_eq!(nomenclatures().value_sets().count(), table.len());
}

#[test]
fn a_set_is_found_by_its_short_or_whole_name_only() {
    let find = |name| nomenclatures().value_set(name).map(ValueSet::name);
    assert_eq!(find("JDV_J10"), Some("JDV_J10_XdsFormatCode_CISIS"));
    assert_eq!(find("JDV_J107"), Some("JDV_J107_EnsembleSavoirFaire_RASS"));
    assert_eq!(find("JDV_J66_TypeCode_DMP"), Some("JDV_J66_TypeCode_DMP"));
    for absent in ["", "JDV", "JDV_J6", "jdv_j66", "JDV_J66_", "JDV_J999"] {
        assert_eq!(find(absent), None, "{absent}");
    }
}

#[test]
fn the_key_is_code_and_system() {
    let types = nomenclatures().value_set("JDV_J66").unwrap();
    assert!(types.contains("60568-3", LOINC));
    assert!(!types.contains("60568-3", DOCUMENT_TYPE));
    assert!(!types.contains("60568-3", ""));
    assert!(!nomenclatures().contains("JDV_J999", "60568-3", LOINC));
    assert_eq!(types.oid().unwrap().as_str(), "1.2.250.1.213.1.1.5.7");
    assert_eq!(types.version(), Some("20240927"));
    assert_eq!(types.reliability(), Some(Reliability::Typed));
    assert_eq!(nomenclatures().display("10", CLASS_CODE), Some("Compte rendu"));
    assert_eq!(nomenclatures().display("10", "1.2.3"), None);
}

#[test]
fn every_type_has_its_class() {
    let class = |code, system| nomenclatures().class_of_type(code, system).map(|class| class.code.as_str());
    // The DMP set, the CI-SIS association only, a retired type, a type without class, an unknown type.
    assert_eq!(class("60568-3", LOINC), Some("10"));
    assert_eq!(class("29551-9", LOINC), Some("42"));
    assert_eq!(class("34876-3", LOINC), None);
    assert_eq!(class("no-such-type", LOINC), None);
    assert_eq!(class("60568-3", "1.2.3"), None);
    let signature = nomenclatures().class_of_type("E1762", "ASTM").unwrap();
    assert_eq!((signature.code.as_str(), signature.system.as_str()), ("urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "URN"));
    for concept in nomenclatures().value_set("JDV_J66").unwrap().concepts() {
        assert!(nomenclatures().class_of_type(&concept.code, &concept.system).is_some(), "{}", concept.code);
    }
}

#[test]
fn a_type_says_who_creates_it() {
    let creatable = |code, system| nomenclatures().creatable_by_lps(code, system);
    assert_eq!(creatable("60568-3", LOINC), Some(true));
    assert_eq!(creatable("AUTORIS-SOINS", DOCUMENT_TYPE), Some(true));
    assert_eq!(creatable("E1762", "ASTM"), None);
    assert_eq!(creatable("no-such-type", LOINC), None);
    let types: Vec<_> = nomenclatures()
        .value_set("JDV_J66")
        .unwrap()
        .concepts()
        .iter()
        .filter_map(|concept| nomenclatures().document_type(&concept.code, &concept.system))
        .collect();
    assert_eq!(types.len(), 107);
    assert_eq!(types.iter().filter(|t| !t.creatable_by_lps).count(), 15);
    for document_type in types {
        let by_professional = document_type.creator == DocumentCreator::Professional;
        assert_eq!(document_type.creatable_by_lps, by_professional, "{}", document_type.concept.code);
    }
}

#[test]
fn retired_types_are_known_and_their_successors_current() {
    let dmp_types = nomenclatures().value_set("JDV_J66").unwrap();
    let retired = ["27899-4", "29551-9", "52521-2", "29550-1", "46241-6", "11526-1", "11493-4", "29554-3"];
    for code in retired {
        let entry = nomenclatures().retired_type(code, LOINC).unwrap();
        assert!(!dmp_types.contains(code, LOINC), "{code}");
        assert_eq!(entry.successor_is_probable, code == "11526-1");
        match &entry.successor {
            Some((successor, system)) => assert!(dmp_types.contains(successor, system), "{code}"),
            None => assert!(matches!(code, "11493-4" | "29554-3")),
        }
    }
    assert!(nomenclatures().retired_type("60568-3", LOINC).is_none());
}

#[test]
fn formats_by_template_and_media_type() {
    let template = |oid| nomenclatures().format_of_template(oid);
    let vsm = template("1.2.250.1.213.1.1.1.13").unwrap();
    assert_eq!(vsm.concept.code, "urn:asip:ci-sis:vsm:2012");
    assert_eq!(vsm.concept.system, FORMAT_CI_SIS);
    assert_eq!(vsm.concept.display, "Synthèse médicale");
    assert!(vsm.in_dmp_value_set && vsm.status == FormatStatus::Official);
    assert_eq!(template("1.2.250.1.213.1.1.1.59").unwrap().status, FormatStatus::Probable);
    let outside = template("1.2.250.1.213.1.1.1.10").unwrap();
    assert!(!outside.in_dmp_value_set && outside.concept.display.is_empty());
    assert!(template("1.2.3").is_none());

    let media_type = |text| nomenclatures().format_of_media_type(text).map(|format| format.concept.code.as_str());
    assert_eq!(media_type("application/pdf"), Some("urn:ihe:iti:xds-sd:pdf:2008"));
    assert_eq!(media_type("Text/RTF ; charset=utf-8"), Some("urn:ihe:iti-fr:xds-sd:rtf:2010"));
    assert_eq!(media_type("application/dicom"), None);
    assert_eq!(media_type(""), None);
    let fallback = nomenclatures().fallback_format();
    assert_eq!(fallback.concept.code, "urn:asipSante:modelesHorsProfils:2011");
    assert!(fallback.in_dmp_value_set);
}

#[test]
fn the_column_in_dmp_value_set_agrees_with_the_set() {
    let text = include_str!("../../data/template_format.tsv");
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        assert!([FORMAT_CI_SIS, FORMAT_IHE].contains(&fields[3]), "{line}");
        assert_eq!(nomenclatures().contains("JDV_J60", fields[2], fields[3]), fields[4] == "yes", "{line}");
    }
}

#[test]
fn event_code_systems() {
    assert_eq!(nomenclatures().event_code_system("1.2.250.1.213.2.5"), Some("CCAM, actes médicaux"));
    assert_eq!(nomenclatures().event_code_system("1.2.3"), None);
}

fn load(files: &[(&str, &[u8])]) -> Result<Nomenclatures, NomenclatureError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    Nomenclatures::load(folder.path())
}

#[test]
fn a_folder_replaces_files_of_the_same_name_and_adds_others() {
    let types = format!("\u{feff}{J66_HEADER}NEW-1\tNouveau type\t{LOINC}\t11\n").replace('\n', "\r\n");
    let formats = "code\tdisplay\tsystem\nurn:asip:ci-sis:cva:2017\tCVA\t1.2.250.1.213.1.1.4.2.282\n";
    let loaded = load(&[
        ("JDV_J66_TypeCode_DMP.tsv", types.as_bytes()),
        ("JDV_J60_FormatCode_DMP.tsv", formats.as_bytes()),
        ("LOCAL_Services.tsv", b"code\tdisplay\tsystem\nS1\tService un\t1.2.3\n"),
        ("README.md", b"not a table"),
    ])
    .unwrap();

    let replaced = loaded.value_set("JDV_J66").unwrap();
    assert_eq!(replaced.concepts().len(), 1);
    assert_eq!((replaced.version(), replaced.reliability()), (None, None));
    assert_eq!(replaced.oid().unwrap().as_str(), "1.2.250.1.213.1.1.5.7");
    assert_eq!(loaded.class_of_type("NEW-1", LOINC).unwrap().code, "11");
    assert_eq!(loaded.display("S1", "1.2.3"), Some("Service un"));
    // Membership follows the replaced set of formats.
    assert!(loaded.format_of_template("1.2.250.1.213.1.1.1.10").unwrap().in_dmp_value_set);
    assert!(!loaded.fallback_format().in_dmp_value_set);
    // The rest is the embedded edition.
    assert_eq!(loaded.value_set("JDV_J07").unwrap().version(), Some("20250425"));
}

#[test]
fn an_empty_folder_is_the_embedded_edition() {
    assert_eq!(load(&[]).unwrap().value_sets().count(), nomenclatures().value_sets().count());
}

#[test]
fn a_wrong_file_is_refused_with_its_name_and_line() {
    let duplicate = format!("{J66_HEADER}A\ta\t1.2\t10\nB\tb\t1.2\t10\nA\tc\t1.2\t11\n");
    let short = format!("{J66_HEADER}A\ta\t1.2\t10\nB\tb\n");
    let blank = format!("{J66_HEADER}\nB\tb\t1.2\t10\n");
    let empty_code = format!("{J66_HEADER}\ta\t1.2\t10\n");
    let no_fallback = "kind\tkey\tformat_code\tscheme_oid\tstatus\tlabel_fr\n";
    let bad_kind = format!("{no_fallback}template\t1.2\turn:x\t1.2\tmaybe\t\n");
    let table: [(&str, &[u8], &str); 10] = [
        ("JDV_J66_TypeCode_DMP.tsv", duplicate.as_bytes(), "JDV_J66_TypeCode_DMP.tsv line 4: `A 1.2` is already"),
        ("JDV_J66_TypeCode_DMP.tsv", short.as_bytes(), "line 3: found 2 fields, the header has 4"),
        ("JDV_J66_TypeCode_DMP.tsv", blank.as_bytes(), "line 2: found 1 fields"),
        ("JDV_J66_TypeCode_DMP.tsv", empty_code.as_bytes(), "line 2: `` in column `code`"),
        ("JDV_J66_TypeCode_DMP.tsv", b"", "no column `code`"),
        ("JDV_J66_TypeCode_DMP.tsv", b"code\tdisplay\tsystem\n", "no column `class_code`"),
        ("MISSPELT.tsv", b"kind\tkey\n", "MISSPELT.tsv: the header line has no column `code`"),
        ("JDV_J66_TypeCode_DMP.tsv", b"code\tdisplay\xe9", "not UTF-8"),
        ("template_format.tsv", no_fallback.as_bytes(), "no row of kind fallback"),
        ("template_format.tsv", bad_kind.as_bytes(), "line 2: `maybe` in column `status`"),
    ];
    for (name, bytes, expected) in table {
        let message = load(&[(name, bytes)]).unwrap_err().to_string();
        assert!(message.contains(expected), "{message} should contain {expected}");
    }
}

#[test]
fn an_oversized_file_and_an_absent_folder_are_refused() {
    let oversized = vec![b'x'; usize::try_from(MAX_FILE_BYTES).unwrap() + 1];
    assert!(matches!(load(&[("BIG.tsv", &oversized)]), Err(NomenclatureError::TooLarge { .. })));
    assert!(matches!(Nomenclatures::load(Path::new("no/such/folder")), Err(NomenclatureError::Read { .. })));
}
