//! F25: value sets from files, reloaded while the software runs.

use dmp_lps::ManualClock;
use dmp_lps::value_sets::ValueSets;
use dmp_vocabulary::nomenclature::{NomenclatureError, Nomenclatures};
use jiff::SignedDuration;
use tempfile::TempDir;
use xds_model::CodedValue;

const LOINC: &str = "2.16.840.1.113883.6.1";
const TYPES: &str = "JDV_J66_TypeCode_DMP.tsv";

fn clock() -> ManualClock {
    ManualClock::at("2026-03-02T08:00:00Z".parse().unwrap())
}

/// JDV_J66 with lines of a newer edition.
fn put(folder: &TempDir, lines: &[&str]) {
    let set = Nomenclatures::embedded().value_set("JDV_J66").unwrap();
    let mut text = "code\tdisplay\tsystem\tclass_code\n".to_owned();
    for concept in set.concepts() {
        let class = Nomenclatures::embedded().class_of_type(&concept.code, &concept.system).unwrap();
        text.push_str(&format!("{}\t{}\t{}\t{}\n", concept.code, concept.display, concept.system, class.code));
    }
    lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    std::fs::write(folder.path().join(TYPES), text).unwrap();
}

#[tokio::test]
async fn f25_files_are_put_in_force_while_the_software_runs() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
    let sets = ValueSets::load(folder.path(), clock.clone()).await.unwrap();
    let shown = sets.current();
    let has = |code: &str| sets.clone().current().document_types().any(|concept| concept.code == code);
    assert!(has("11488-4") && !has("99999-9"));
    assert!(!sets.reload().await.unwrap(), "the same files");

    put(&folder, &["99999-9\tType d'une édition plus récente\t2.16.840.1.113883.6.1\t11"]);
    assert!(!has("99999-9"), "not before a reload");
    clock.advance(SignedDuration::from_hours(1));
    assert!(sets.reload().await.unwrap());
    assert!(has("99999-9"));
    let now = sets.current();
    assert_eq!((shown.number(), now.number()), (1, 2));
    assert_ne!(shown.digest(), now.digest());
    assert_eq!(now.loaded_at().duration_since(shown.loaded_at()), SignedDuration::from_hours(1));
    // A screen that was opened before keeps what it shows.
    assert!(!shown.document_types().any(|concept| concept.code == "99999-9"));
    let version = |edition: &dmp_lps::value_sets::Edition| {
        edition.versions().find(|(name, _)| name.starts_with("JDV_J66")).unwrap().1.map(str::to_owned)
    };
    assert_eq!(
        (version(&shown).as_deref(), version(&now)),
        (Some("20240927"), None),
        "its own version, then the file's"
    );
    // Another process with the same files has the same edition.
    let other = ValueSets::load(folder.path(), clock).await.unwrap();
    assert_eq!(other.current().digest(), now.digest());
}

#[tokio::test]
async fn f25_a_wrong_file_leaves_the_edition_in_force() {
    let folder = tempfile::tempdir().unwrap();
    put(&folder, &[]);
    let sets = ValueSets::load(folder.path(), clock()).await.unwrap();
    let before = sets.current();
    std::fs::write(folder.path().join(TYPES), "code\tdisplay\n11488-4\n").unwrap();
    assert!(sets.reload().await.is_err());
    assert_eq!((sets.current().number(), sets.current().digest()), (1, before.digest()));
    put(&folder, &[]);
    assert!(!sets.reload().await.unwrap(), "the former file is back");
    let nowhere = ValueSets::load(folder.path().join("none"), clock()).await;
    assert!(matches!(nowhere, Err(NomenclatureError::Read { .. })));
}

#[tokio::test]
async fn f25_what_no_software_may_create_cannot_be_picked() {
    let folder = tempfile::tempdir().unwrap();
    // New types of the patient and of the assurance maladie, of which no table of ours says anything.
    put(
        &folder,
        &[
            "DOCPAT099\tDocument du patient, nouveau\t1.2.250.1.213.1.1.4.12\t90",
            "NOUVEAU-90\tAutre expression du titulaire\t1.2.250.1.213.1.1.4.12\t90",
            "NOUVEAU-60\tAutres remboursements\t1.2.250.1.213.1.1.4.12\t60",
            "NOUVEAU-11\tNouveau compte rendu\t1.2.250.1.213.1.1.4.12\t11",
        ],
    );
    let edition = ValueSets::load(folder.path(), clock()).await.unwrap().current();
    let picked: Vec<&str> = edition.document_types().map(|concept| concept.code.as_str()).collect();
    for forbidden in ["REMB", "11369-6", "DOCPAT001", "74465-6", "DOCPAT099", "NOUVEAU-90", "NOUVEAU-60"] {
        assert!(!picked.contains(&forbidden), "{forbidden}");
    }
    for allowed in ["11488-4", "87273-9", "IMG-KOS", "NOUVEAU-11"] {
        assert!(picked.contains(&allowed), "{allowed}");
    }
    let all = edition.picker("JDV_J66").count();
    assert!(picked.len() > 80 && picked.len() < all, "{} of {all}", picked.len());
    // They are read all the same.
    let shown = edition.coded(&CodedValue::new("REMB", "", "1.2.250.1.213.1.1.4.12"));
    assert!(shown.is_known() && !shown.label().is_empty());
    assert_eq!(edition.picker("JDV_X99").count(), 0);
}

#[tokio::test]
async fn f25_unknown_codes_pass_through() {
    let folder = tempfile::tempdir().unwrap();
    let edition = ValueSets::load(folder.path(), clock()).await.unwrap().current();
    for (value, known, label) in [
        (CodedValue::new("11488-4", "autre libellé", LOINC), true, "CR ou fiche de consultation ou de visite"),
        // The right code under another system is another code.
        (CodedValue::new("11488-4", "venu d'ailleurs", "2.999.1"), false, "venu d'ailleurs"),
        (CodedValue::new("NOUVEAU", "Type inconnu", LOINC), false, "Type inconnu"),
        (CodedValue::new("NOUVEAU", " ", LOINC), false, "NOUVEAU"),
    ] {
        let coded = edition.coded(&value);
        assert_eq!((coded.is_known(), coded.label()), (known, label), "{value:?}");
    }
}
