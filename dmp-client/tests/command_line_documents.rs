//! `dmp cda`, `dmp ins` and `dmp code`, run as their users run them: no configuration, no DMP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

const META: &str = "title = \"Note de consultation\"\ntype_code = \"11488-4\"\ncreated = 2026-03-02T10:15:00+01:00\n\
    unique_id = \"2.25.1234\"\n[patient]\nins = \"280057599900151@1.2.250.1.213.1.4.10\"\nbirth_family = \"EXEMPLE\"\n\
    birth_given = \"CAMILLE\"\nsex = \"F\"\nbirth_date = \"1980-05-14\"\nbirth_place = \"75999\"\n\
    [author]\nid = \"899999000013\"\nfamily = \"MODELE\"\ngiven = \"ALIX\"\nspecialty = \"G15_10/SM26\"\n\
    structure_id = \"10B0990008\"\nstructure_name = \"CLINIQUE DU MODELE\"\n\
    [event]\npractice_setting = \"AMBULATOIRE\"\n[encounter]\ncode = \"AMB\"\nfacility = \"SA01\"\n";

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata").join(name)
}

fn cda(name: &str) -> String {
    testdata("cda").join(name).display().to_string()
}

/// An empty folder to work in.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs, expects that exit code.
    fn run(&self, code: i32, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dmp"));
        let output = command.args(arguments).current_dir(self.0.path()).env_remove("DMP_LOG").output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
        output
    }

    fn says(&self, code: i32, arguments: &[&str]) -> String {
        text(&self.run(code, arguments).stdout)
    }

    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        serde_json::from_slice(&self.run(code, &[arguments, &["--json"]].concat()).stdout).unwrap()
    }

    /// Bad input: told on stderr, nothing on stdout.
    fn refuses(&self, arguments: &[&str]) -> String {
        let output = self.run(2, arguments);
        assert!(output.stdout.is_empty(), "{arguments:?}");
        text(&output.stderr)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn check_says_what_is_wrong_where_and_what_to_do() {
    let folder = Folder::new();
    let (good, bad) = (cda("n1-consultation-v1.xml"), cda("refused-id-with-extension.xml"));
    assert!(folder.says(0, &["cda", "check", &good, "--produce"]).contains("0 errors"));
    let said = folder.says(1, &["cda", "check", &good, &bad, "--profile", "dmp"]);
    for part in ["error CDA-DMP-001 at /ClinicalDocument/id", "line ", "expected: ", "remedy: ", &good, &bad] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let reports = folder.json(1, &["cda", "check", &good, &bad, "--profile", "dmp"]);
    assert_eq!([&reports[0]["valid"], &reports[1]["valid"]], [true, false]);
    assert_eq!(reports[1]["findings"][0]["rule"], "CDA-DMP-001");
    assert_eq!(reports[1]["findings"][0]["severity"], "error");
    assert!(reports[1]["findings"][0]["line"].as_u64().is_some_and(|line| line > 1));
}

#[test]
fn check_has_modes_profiles_and_realms() {
    let folder = Folder::new();
    let (good, bad) = (cda("n1-consultation-v1.xml"), cda("refused-id-with-extension.xml"));
    let habits = cda("variant-bom-crlf.xml");
    for (code, arguments) in [
        (0, &["cda", "check", &bad][..]),
        (1, &["cda", "check", &bad, "--produce"]),
        (0, &["cda", "check", &bad, "--produce", "--profile", "none"]),
        (0, &["cda", "check", &habits]),
        (1, &["cda", "check", &habits, "--strict"]),
        (0, &["cda", "check", &good, "--realm", "test"]),
        (1, &["cda", "check", &good, "--realm", "production"]),
        (0, &["cda", "check", &good, "--realm", "none"]),
    ] {
        folder.run(code, arguments);
    }
}

#[test]
fn check_goes_on_after_a_file_that_is_no_document() {
    let folder = Folder::new();
    folder.write("broken.xml", "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">");
    let good = cda("n1-consultation-v1.xml");
    let reports = folder.json(1, &["cda", "check", "broken.xml", &good]);
    assert_eq!((&reports[0]["refused"], &reports[1]["valid"]), (&json!(true), &json!(true)));
    assert_eq!(reports[0]["findings"][0]["rule"], "CDA-DOC-002");
    let reports = folder.json(2, &["cda", "check", "absent.xml", "broken.xml", &good]);
    assert!(reports[0]["unreadable"].is_string());
    assert_eq!(reports[2]["valid"], true);
}

#[test]
fn a_header_is_a_tree() {
    let folder = Folder::new();
    let header = folder.json(0, &["cda", "header", &cda("n1-consultation-v1.xml")]);
    assert_eq!(header["shape"], "ClinicalDocument");
    assert_eq!(header["body"]["kind"], "unstructured (N1)");
    assert_eq!(header["authors"][0]["kind"], "professional");
    assert!(header["patient"]["ids"][0]["root"].as_str().is_some_and(|root| root.starts_with("1.2.250.1.213.1.4")));
    let n3 = folder.json(0, &["cda", "header", &cda("n3-lettre-liaison-pdf-copie.xml")]);
    let media = n3["body"]["media"].as_array().unwrap();
    assert!(media.iter().any(|media| media["role"] == "pdf-copy" && media["found"] == "application/pdf"));
    assert!(n3["body"]["sections"].as_array().is_some_and(|sections| sections.len() > 2));
    let lines = folder.says(0, &["cda", "header", &cda("n1-consultation-v1.xml")]);
    assert!(lines.contains("\nauthors[0].kind: professional\n"), "{lines}");
    folder.refuses(&["cda", "header", "absent.xml"]);
}

#[test]
fn metadata_needs_no_configuration() {
    let folder = Folder::new();
    let entry = folder.json(0, &["cda", "metadata", &cda("n1-consultation-v1.xml")]);
    assert_eq!((&entry["mime_type"], &entry["findings"]), (&json!("text/xml"), &json!([])));
    let refused = folder.json(0, &["cda", "metadata", &cda("refused-id-with-extension.xml")]);
    assert_eq!(refused["findings"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_document_is_built_checked_and_extracted() {
    let folder = Folder::new();
    let pdf = testdata("tour/page-blanche.pdf");
    let pdf_argument = pdf.display().to_string();
    folder.write("meta.toml", META);
    folder.write("note.txt", "Tout va bien.\n");
    let build = ["cda", "build", "--meta", "meta.toml", "-o"];
    let built = folder.json(0, &[&build[..], &["note.xml", "--pdf", &pdf_argument]].concat());
    assert_eq!(built["status"], "written");
    folder.run(0, &["cda", "check", "note.xml", "--produce", "--realm", "test"]);
    folder.run(0, &["cda", "extract", "note.xml", "-o", "files"]);
    assert_eq!(folder.names("files"), ["body.pdf"]);
    assert_eq!(std::fs::read(folder.path("files/body.pdf")).unwrap(), std::fs::read(pdf).unwrap());

    folder.run(0, &[&build[..], &["text.xml", "--text", "note.txt"]].concat());
    let again = std::fs::read(folder.path("text.xml")).unwrap();
    folder.run(0, &[&build[..], &["text.xml", "--text", "note.txt"]].concat());
    assert_eq!(std::fs::read(folder.path("text.xml")).unwrap(), again, "same input, same bytes");
    // Never overwrites: neither by the same name, nor half of the files.
    let said = folder.refuses(&["cda", "extract", "note.xml", "-o", "files"]);
    assert!(said.contains("body.pdf exists already"), "{said}");
    assert_eq!(folder.names("files"), ["body.pdf"], "nothing else is left");
    folder.run(0, &["cda", "extract", "text.xml", "-o", "files"]);
    assert_eq!(folder.names("files"), ["body.pdf", "body.txt"]);
}

#[test]
fn what_is_missing_is_named_all_at_once() {
    let folder = Folder::new();
    folder.write("note.txt", "Tout va bien.\n");
    folder.write("empty.toml", "");
    let said = folder.refuses(&["cda", "build", "--text", "note.txt", "--meta", "empty.toml", "-o", "note.xml"]);
    let fields = ["type_code", "title", "patient.ins", "patient.birth_place", "author.id", "encounter.facility"];
    for field in fields {
        assert!(said.contains(field), "{field} in {said}");
    }
    folder.write("no-realm.toml", META.replace("@1.2.250.1.213.1.4.10", ""));
    let arguments = ["cda", "build", "--text", "note.txt", "--meta", "no-realm.toml", "-o", "note.xml"];
    assert!(folder.refuses(&arguments).contains("--realm test"));
    folder.run(0, &[&arguments[..], &["--realm", "test"]].concat());
    std::fs::remove_file(folder.path("note.xml")).unwrap();
    folder.write("other-world.toml", META);
    let said = folder.refuses(&[
        "cda",
        "build",
        "--text",
        "note.txt",
        "--meta",
        "other-world.toml",
        "-o",
        "note.xml",
        "--realm",
        "production",
    ]);
    assert!(said.contains("patient.ins"), "{said}");
    folder.refuses(&["cda", "build", "--meta", "empty.toml", "-o", "note.xml"]);
    assert!(!folder.path("note.xml").exists());
}

#[test]
fn a_document_with_faults_is_not_written() {
    let folder = Folder::new();
    folder.write("note.txt", "Tout va bien.\n");
    folder.write("reserved.toml", META.replace("11488-4", "11369-6"));
    let build = ["cda", "build", "--text", "note.txt", "--meta", "reserved.toml", "-o", "note.xml"];
    let report = folder.json(1, &build);
    assert_eq!((&report["status"], &report["findings"][0]["rule"]), (&json!("refused"), &json!("CDA-DMP-003")));
    assert!(!folder.path("note.xml").exists());
    folder.run(0, &[&build[..], &["--profile", "none"]].concat());
    assert!(folder.path("note.xml").exists());
}

#[test]
fn extracted_files_bear_names_of_ours() {
    let folder = Folder::new();
    folder.run(0, &["cda", "extract", &cda("n3-lettre-liaison-pdf-copie.xml"), "-o", "deep/er"]);
    assert_eq!(folder.names("deep/er"), ["pdf-copy.pdf"]);
    folder.run(0, &["cda", "extract", &cda("built/n3-added-documents.xml"), "-o", "added"]);
    assert_eq!(folder.names("added"), ["added-document.pdf", "pdf-copy.pdf"]);

    let media = |id: &str, content: &str| {
        format!(
            "<component><section><entry><observationMedia ID='{id}'><value mediaType='image/png' representation='B64'>\
             {content}</value></observationMedia></entry></section></component>"
        )
    };
    let document = |sections: &str| {
        format!(
            "<ClinicalDocument xmlns='urn:hl7-org:v3'><component><structuredBody>{sections}</structuredBody>\
             </component></ClinicalDocument>"
        )
    };
    folder.write("evil.xml", document(&(media("../../etc/passwd", "JVBERi0xLjQ=") + &media("b", "R0lGODlh"))));
    let said = folder.says(0, &["cda", "extract", "evil.xml", "-o", "safe"]);
    assert_eq!(folder.names("safe"), ["illustration-2.gif", "illustration.pdf"]);
    assert!(said.contains("its bytes are application/pdf"), "{said}");

    folder.write("half.xml", document(&(media("a", "JVBERi0x*") + &media("b", "R0lGODlh"))));
    let half = folder.json(1, &["cda", "extract", "half.xml", "-o", "half"]);
    assert_eq!(folder.names("half"), ["illustration.gif"]);
    assert_eq!(half["files"][0]["file"], Value::Null);

    folder.write("none.xml", document(""));
    assert_eq!(folder.json(0, &["cda", "extract", "none.xml", "-o", "none"])["files"], json!([]));
    // All or nothing: the second name is taken.
    folder.write("half/illustration-2.gif", "mine");
    std::fs::remove_file(folder.path("half/illustration.gif")).unwrap();
    folder.refuses(&["cda", "extract", "evil.xml", "-o", "half"]);
    assert_eq!(folder.names("half"), ["illustration-2.gif"]);
    assert_eq!(std::fs::read(folder.path("half/illustration-2.gif")).unwrap(), b"mine");
}

#[test]
fn an_ins_is_judged_without_being_shown() {
    let folder = Folder::new();
    for (code, arguments) in [
        (0, &["280057599900151"][..]),
        (0, &["280057599900151@1.2.250.1.213.1.4.10"]),
        (0, &["175112A99901005", "--realm", "test"]),
        (1, &["280057599900152"]),
        (1, &["2800575999001"]),
        (1, &["280057599900151@1.2.3"]),
        (0, &["280057599900151@1.2.250.1.213.1.4.10", "--realm", "test"]),
        (1, &["280057599900151@1.2.250.1.213.1.4.10", "--realm", "production"]),
        (0, &["280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH"]),
        (1, &["nonsense"]),
    ] {
        let said = folder.says(code, &[&["ins", "check"], arguments].concat());
        assert!(!said.contains("2800575999"), "{said}");
        let judged = folder.json(code, &[&["ins", "check"], arguments].concat());
        assert_eq!(judged["accepted"], code == 0, "{arguments:?}");
    }
    let judged = folder.json(0, &["ins", "check", "280057599900151", "--realm", "test"]);
    assert_eq!((&judged["key"], judged["realms"].as_array().map(Vec::len)), (&json!("right"), Some(1)));
    assert!(folder.says(1, &["ins", "check", "280057599900152"]).contains("key: wrong"));
}

#[test]
fn codes_are_listed_shown_and_searched() {
    let folder = Folder::new();
    let sets = folder.json(0, &["code", "list"]);
    assert!(sets.as_array().is_some_and(|sets| sets.iter().any(|set| set["name"] == "JDV_J66_TypeCode_DMP")));
    let types = folder.json(0, &["code", "list", "JDV_J66"]);
    assert!(types.as_array().is_some_and(|types| types.len() > 50));
    assert!(folder.says(0, &["code", "list", "JDV_J66"]).contains("11488-4\t2.16.840.1.113883.6.1\t"));
    let shown = folder.json(0, &["code", "show", "11488-4"]);
    assert_eq!(shown["meanings"][0]["document_type"]["creatable_by_lps"], true);
    folder.run(0, &["code", "show", "11488-4@2.16.840.1.113883.6.1"]);
    folder.refuses(&["code", "show", "11488-4@1.2.3"]);
    folder.refuses(&["code", "show", "nothing-like-it"]);
    folder.refuses(&["code", "list", "JDV_J0"]);
    folder.refuses(&["code", "list", "--nomenclatures", "absent"]);
    let found = folder.json(0, &["code", "search", "consultation"]);
    assert!(found.as_array().is_some_and(|found| found.iter().any(|meaning| meaning["code"] == "11488-4")));
    assert_eq!(folder.json(0, &["code", "search", "xyzzy"]), json!([]));
}

#[test]
fn tables_of_a_folder_replace_those_that_are_shipped() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("tables")).unwrap();
    let file = "tables/JDV_J62_PracticeSettingCode_DMP.tsv";
    folder.write(file, "code\tdisplay\tsystem\nLUNE\tSur la lune\t1.2.250.1.213.1.1.4.9\n");
    let codes = folder.json(0, &["code", "list", "JDV_J62", "--nomenclatures", "tables"]);
    assert_eq!((codes.as_array().map(Vec::len), &codes[0]["code"]), (Some(1), &json!("LUNE")));
    let good = cda("n1-consultation-v1.xml");
    let check = ["cda", "check", &good, "--profile", "dmp", "--nomenclatures", "tables"];
    let reports = folder.json(1, &check);
    assert_eq!(reports[0]["findings"][0]["rule"], "CDA-DMP-007");
}
