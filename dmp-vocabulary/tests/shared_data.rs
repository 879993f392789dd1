//! The embedded tables are those of the shared library, when it is at hand.

use std::fs;
use std::path::Path;

use dmp_vocabulary::nomenclature::Nomenclatures;

#[test]
fn embedded_tables_equal_the_shared_ones() {
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    if !shared.exists() {
        eprintln!("skipped: ../shared not present");
        return;
    }
    let embedded = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data"));
    let mut compared = 0;
    for entry in fs::read_dir(embedded).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        let originals = ["nomenclatures", "cda", "rights"].map(|folder| shared.join(folder).join(name));
        for original in originals.iter().filter(|original| original.exists() && name != "README.md") {
            assert_eq!(fs::read(original).unwrap(), fs::read(&path).unwrap(), "{name:?}");
            compared += 1;
        }
    }
    assert!(compared >= 36, "only {compared} tables compared");
}

/// ASS_A11/A12, not embedded: `template_format.tsv` holds its lines and more.
#[test]
fn the_format_table_holds_the_published_association() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/nomenclatures/ASS_A11_A12_templateId_formatCode.tsv");
    let Ok(text) = fs::read_to_string(path) else {
        eprintln!("skipped: ../shared not present");
        return;
    };
    let nomenclatures = Nomenclatures::embedded();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let format = match fields[2].split_once("mediaType=") {
            Some((_, condition)) => {
                nomenclatures.format_of_media_type(condition.split_whitespace().next().unwrap_or_default())
            }
            None => nomenclatures.format_of_template(fields[0]),
        };
        assert_eq!(format.map(|format| format.concept.code.as_str()), Some(fields[1]), "{line}");
    }
}
