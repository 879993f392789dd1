//! The binary `dmp`, run as its users run it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::path::Path;

use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use serde_json::{Value, json};
use support::desk::{Desk, stderr};
use support::documents::{bytes, letter, letter_by, unique_id};
use support::server::closed_port;

fn write(path: &Path, content: impl AsRef<[u8]>) {
    std::fs::write(path, content).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_road() {
    let desk = Desk::new().await;
    let ins = ["--ins", seed::PATIENT_FOLLOWED];
    assert_eq!(desk.json(&["exists", ins[0], ins[1]]).await["status"], "active");
    assert_eq!(desk.json(&["exists", "--as", "indirect", ins[0], ins[1]]).await["status"], "active");
    assert_eq!(desk.json(&["authorise", ins[0], ins[1]]).await["status"], "unchanged");

    let letter = letter();
    let id = unique_id(&letter);
    write(&desk.path("letter.xml"), bytes(&letter));
    let sent = desk.json(&["send", "letter.xml", "--hide-from", "patient", "--capture", "captures"]).await;
    assert_eq!(sent["unique_id"], Value::from(id.as_str()));
    let request = std::fs::read(desk.path("captures/001-TD2.1-request.http")).unwrap();
    let document = bytes(&letter);
    assert!(request.windows(document.len()).any(|window| window == document), "the part is the file");

    let found = desk.json(&["find", ins[0], ins[1], "--type", "11488-4", "--since", "2026-01-01"]).await;
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["unique_id"], Value::from(id.as_str()));
    assert!(found[0]["entry_uuid"].as_str().is_some_and(|uuid| uuid.starts_with("urn:uuid:")));
    assert_eq!(found[0]["status"], "Approved");
    let later = desk.json(&["find", ins[0], ins[1], "--since", "2026-03-03"]).await;
    assert_eq!(later, json!([]));

    let got = desk.json(&["get", &id, "-o", "copy.xml", ins[0], ins[1]]).await;
    assert_eq!((&got["status"], &got["size"]), (&json!("retrieved"), &json!(document.len())));
    assert!(got["patient_id"].as_str().is_some_and(|cx| cx.starts_with(seed::PATIENT_FOLLOWED)));
    assert_eq!(std::fs::read(desk.path("copy.xml")).unwrap(), document);
    write(&desk.path("copy.xml"), "another");
    desk.json(&["get", &id, "-o", "copy.xml", ins[0], ins[1]]).await;
    assert_eq!(std::fs::read(desk.path("copy.xml")).unwrap(), document);
    let by_author = desk
        .json(&["find", ins[0], ins[1], "--author", "%MODELE%", "--class", "10", "--created-since", "2026-01-01"])
        .await;
    assert_eq!(by_author[0]["unique_id"], id.as_str());
    assert_eq!(desk.json(&["find", ins[0], ins[1], "--reference", "ACC%"]).await, json!([]));
    let news = desk.json(&["news", ins[0], ins[1], "--since", "2026-01-01"]).await;
    assert_eq!((&news["changes"][0]["change"], &news["partial"]), (&json!("new"), &json!(false)));
    let news = desk.json(&["news", ins[0], ins[1], "--since", "2026-01-01", "--known", &id]).await;
    assert_eq!(news["changes"][0]["change"], "known");
    desk.fails(2, &["get", &id, "2.25.1", "-o", "copy.xml", ins[0], ins[1]]).await;
    desk.fails(1, &["get", "2.25.1", "-o", "copy.xml", ins[0], ins[1]]).await;
    assert_eq!(std::fs::read(desk.path("copy.xml")).unwrap(), document, "kept when nothing came");

    for command in [&["reveal", "--to", "patient"][..], &["hide"], &["show"], &["archive"], &["unarchive"], &["delete"]]
    {
        let done = desk.json(&[command, &[id.as_str(), ins[0], ins[1]]].concat()).await;
        assert_eq!(done["status"], "done", "{command:?}");
    }
    assert_eq!(desk.json(&["find", ins[0], ins[1]]).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_wrapped_with_its_meta() {
    let desk = Desk::new().await;
    write(&desk.path("note.txt"), "Tout va bien.\n");
    let said = desk.fails(2, &["send", "note.txt"]).await;
    let named = ["note.txt: ", "type_code", "title", "patient.ins", "patient.birth_place", "event.practice_setting"];
    for field in named {
        assert!(said.contains(field), "{field} in {said}");
    }
    assert!(!said.contains("document_type") && !said.contains("birth_given_list"), "{said}");
    write(
        &desk.path("note.toml"),
        format!(
            "title = \"Note\"\ntype_code = \"11488-4\"\ncreated = 2026-03-02T10:15:00+01:00\n[patient]\nins = \"{}\"\n\
             birth_family = \"EXEMPLE\"\nbirth_given = \"CAMILLE\"\nsex = \"F\"\nbirth_date = \"1980-05-14\"\n\
             birth_place = \"75999\"\n[event]\npractice_setting = \"AMBULATOIRE\"\n[encounter]\ncode = \"AMB\"\n",
            seed::PATIENT_FOLLOWED
        ),
    );
    let sent = desk.json(&["send", "note.txt", "--meta", "note.toml"]).await;
    let id = sent["unique_id"].as_str().unwrap();
    desk.json(&["get", id, "-o", "note.xml", "--ins", seed::PATIENT_FOLLOWED]).await;
    let metadata = desk.json(&["cda", "metadata", "note.xml"]).await;
    assert_eq!((&metadata["unique_id"], &metadata["title"]), (&Value::from(id), &Value::from("Note")));
    assert_eq!(metadata["creation_time"], "20260302091500");
    write(&desk.path("bad.toml"), "titel = \"Note\"\n");
    assert!(desk.fails(2, &["send", "note.txt", "--meta", "bad.toml"]).await.contains("titel"));
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_tell_who_said_no() {
    let desk = Desk::new().await;
    let nobody = desk.fails(1, &["find", "--ins", seed::PATIENT_UNKNOWN_TO_ALL]).await;
    assert!(nobody.contains("DMPAuthorizationNotFound"), "{nobody}");
    let french = desk.fails(1, &["--language", "fr", "find", "--ins", seed::PATIENT_UNKNOWN_TO_ALL]).await;
    assert!(french.contains("Que faire : "), "{french}");

    write(&desk.path("other.xml"), bytes(&letter_by(seed::STRUCTURE_OTHER)));
    let local = desk.fails(2, &["send", "other.xml"]).await;
    assert!(local.contains("X12") && local.contains("EX_2.1-1140"), "{local}");
    assert!(local.contains("To let the DMP decide: --lenient X12") && local.contains("other.xml"), "{local}");
    let remote = desk.fails(1, &["--lenient", "X12", "send", "other.xml"]).await;
    assert!(remote.contains("Aucun AuthorInstitution"), "{remote}");
    let tolerated: Vec<_> = remote.lines().filter(|line| line.contains("WARN") && line.contains("X12")).collect();
    assert_eq!(tolerated.len(), 1, "{remote}");
    assert!(!remote.contains("To let the DMP decide"), "{remote}");

    write(&desk.path("broken.xml"), "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">");
    let broken = desk.fails(2, &["send", "broken.xml"]).await;
    for said in ["X14", "CDA-DOC-002", "File: broken.xml", "What to do: "] {
        assert!(broken.contains(said), "{said} in {broken}");
    }
    assert!(!broken.contains("--lenient"), "no policy reads it: {broken}");
    write(&desk.path("image.png"), "png");
    for bad in [
        &["send", "image.png"][..],
        &["send", "absent.xml"],
        &["exists", "--ins", "123"],
        &["exists", "--ins", "280057599900152"],
        &["exists", "--ins", "280057599900151@1.2.250.1.213.1.4.9"],
        &["find", "--ins", seed::PATIENT_FOLLOWED, "--since", "yesterday"],
        &["hide", "urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001", "--ins", seed::PATIENT_FOLLOWED],
        &["exists"],
        &["nonsense"],
        &["--lenient", "V 41", "exists", "--ins", seed::PATIENT_FOLLOWED],
        &["--config", "absent.toml", "exists", "--ins", seed::PATIENT_FOLLOWED],
        &["init", "-o", "dmp.toml"],
    ] {
        desk.fails(2, bad).await;
    }
    let closed = desk.json(&["exists", "--ins", seed::PATIENT_CLOSED]).await;
    assert_eq!(closed["status"], "closed");

    // The DMP has said that it has no such document: it says no, not this side.
    for command in ["delete", "hide", "archive"] {
        let absent = desk.fails(1, &[command, "2.25.7", "--ins", seed::PATIENT_FOLLOWED]).await;
        assert!(absent.contains("not done: rule RG_") && !absent.contains("before sending"), "{absent}");
    }
    let french = desk.fails(1, &["--language", "fr", "delete", "2.25.7", "--ins", seed::PATIENT_FOLLOWED]).await;
    assert!(french.contains("TD3.3c non fait : RG_3130"), "{french}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tolerated_is_told() {
    let mock = MockDmp::builder().lenient("X12").start().await.unwrap();
    let url = mock.url();
    let desk = Desk::at(mock, &url).await;
    write(&desk.path("other.xml"), bytes(&letter_by(seed::STRUCTURE_OTHER)));
    let output = desk.run(&["--json", "--lenient", "X12", "send", "other.xml"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let sent: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sent["warnings"], json!(["X12"]));
    let said = stderr(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("WARN") && said.contains("X12") && !said.contains('\u{1b}'), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_one_object_for_programs() {
    let desk = Desk::new().await;
    write(&desk.path("other.xml"), bytes(&letter_by(seed::STRUCTURE_OTHER)));
    let table: [(&[&str], Value); 3] = [
        (
            &["find", "--ins", seed::PATIENT_UNKNOWN_TO_ALL],
            json!(["refused", "DMPAuthorizationNotFound", null, "TD3.1"]),
        ),
        (&["send", "other.xml"], json!(["refused", null, "X12", "TD2.1"])),
        (&["exists", "--ins", "123"], json!(["error", null, null, null])),
    ];
    for (arguments, expected) in table {
        let output = desk.run(&[&["--json"], arguments].concat()).await;
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = ["status", "code", "rule", "transaction"].map(|name| object[name].clone());
        assert_eq!(Value::from(told.to_vec()), expected, "{arguments:?}");
        assert_eq!(object["explanation"].as_str(), Some(stderr(&output).trim_end()), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_file_and_what_the_document_lacks() {
    let desk = Desk::new().await;
    let letter = String::from_utf8(bytes(&letter()).to_vec()).unwrap();
    write(&desk.path("good.xml"), &letter);
    let oid = letter.find("1.2.250.1.213.1.4.10").unwrap();
    let anonymous = format!("{}1.2.250.1.213.1.4.99{}", &letter[..oid], &letter[oid + "1.2.250.1.213.1.4.10".len()..]);
    write(&desk.path("anonymous.xml"), anonymous);
    let said = desk.fails(2, &["send", "anonymous.xml"]).await;
    for part in ["X05", "CDA-PAT-003", "File: anonymous.xml"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("V41") && !said.contains("--lenient"), "{said}");
    assert!(desk.fails(2, &["exists", "--ins", "280057599900152"]).await.contains("--lenient V41"));
    assert!(!desk.fails(2, &["exists", "--ins", "123"]).await.contains("V41"));

    let french = desk.fails(2, &["--language", "fr", "send", "good.xml", "anonymous.xml"]).await;
    assert!(
        french.starts_with("dmp: TD2.1 refusé avant l'envoi : ") && french.contains("Fichier : anonymous.xml"),
        "{french}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_code_3() {
    let mock = MockDmp::start().await.unwrap();
    let url = format!("https://127.0.0.1:{}/si-dmp-server/v2/services", closed_port().await);
    let desk = Desk::at(mock, &url).await;
    desk.fails(3, &["exists", "--ins", seed::PATIENT_FOLLOWED]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_who_did_not_agree_is_left_alone() {
    let desk = Desk::new().await;
    desk.edit(|text| {
        text.replace("consultation = true", "consultation = false").replace("feeding = true", "feeding = false")
    });
    assert!(desk.fails(2, &["find", "--ins", seed::PATIENT_FOLLOWED]).await.contains("EX_0.3-1010"));
    write(&desk.path("letter.xml"), bytes(&letter()));
    assert!(desk.fails(2, &["send", "letter.xml"]).await.contains("EXI 02"));
    // What the patient withdraws is withdrawn.
    assert_eq!(desk.json(&["authorise", "--withdraw", "--ins", seed::PATIENT_FOLLOWED]).await["status"], "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_is_a_configuration() {
    let desk = Desk::new().await;
    write(&desk.path("bare.toml"), "mine");
    assert!(desk.fails(2, &["init", "-o", "bare.toml"]).await.contains("--force"));
    let bare = desk.run(&["init", "--force", "-o", "bare.toml"]).await;
    assert_eq!(bare.status.code(), Some(0));
    let text = std::fs::read_to_string(desk.path("bare.toml")).unwrap();
    assert!(!text.contains('{'), "no place is left to fill");
    // It is complete but for the files that it names.
    let said = desk.fails(2, &["--config", "bare.toml", "exists", "--ins", seed::PATIENT_FOLLOWED]).await;
    assert!(said.contains("[endpoint] trust_anchors") && said.contains("ca.pem"), "{said}");
    // Nobody consented and nobody logged in until it is written.
    for statement in ["\n# [consent]\n# consultation = true\n# feeding = true\n", "\n# [second_factor]\n# method = "] {
        assert!(text.contains(statement), "{statement} in {text}");
    }
    let wired = std::fs::read_to_string(desk.path("dmp.toml")).unwrap();
    for (section, field) in
        [("[consent]", "consultation = true\nfeeding = true"), ("[second_factor]", "method = \"TimeSyncToken\"")]
    {
        let without = wired.replace(&format!("\n{section}\n{field}\n"), "\n");
        assert_ne!(without, wired);
        write(&desk.path("silent.toml"), without);
        let said = desk.fails(2, &["--config", "silent.toml", "find", "--ins", seed::PATIENT_FOLLOWED]).await;
        assert!(said.contains(&format!("fill in {section}")), "{said}");
    }
    desk.edit(|text| text.replace("sector", "secteur"));
    assert!(desk.fails(2, &["exists", "--ins", seed::PATIENT_FOLLOWED]).await.contains("secteur"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_everything_and_sends_nothing() {
    let desk = Desk::new().await;
    write(&desk.path("good.xml"), bytes(&letter()));
    write(&desk.path("other.xml"), bytes(&letter_by(seed::STRUCTURE_OTHER)));
    let before = desk.mock.journal().exchanges().len();
    let report = desk.json(&["send", "--dry-run", "good.xml"]).await;
    assert_eq!((&report["status"], &report["findings"]), (&json!("would be sent"), &json!([])));

    let output = desk.run(&["send", "--dry-run", "--json", "good.xml", "good.xml", "other.xml"]).await;
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules: Vec<_> = report["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(rules, ["X11", "X08"]);
    assert_eq!(report["findings"][1]["file"], "good.xml");

    let french = desk.run(&["--language", "fr", "send", "--dry-run", "other.xml"]).await;
    assert_eq!(french.status.code(), Some(1));
    let said = String::from_utf8(french.stdout).unwrap();
    assert!(said.contains("refused X12") && said.contains("que faire : "), "{said}");
    let tolerated = desk.json(&["send", "--dry-run", "--lenient", "X12", "other.xml"]).await;
    assert_eq!(tolerated["findings"][0]["consequence"], "warning");
    assert_eq!(desk.mock.journal().exchanges().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn patients_and_rights_are_read() {
    let desk = Desk::new().await;
    let ins = ["--ins", seed::PATIENT_FOLLOWED];
    let data = desk.json(&["admin-data", ins[0], ins[1]]).await;
    assert_eq!((&data["opposes_bris_de_glace"], &data["opposes_centre_15"]), (&json!(false), &json!(false)));
    assert_eq!(data["traits"], Value::Null, "identity is hidden by default");
    let shown = desk.json(&["admin-data", "--show-identity", "--as", "indirect", ins[0], ins[1]]).await;
    assert_eq!((&shown["traits"]["birth_name"], &shown["city"]), (&json!("EXEMPLE"), &json!("VALFLEURY")));

    let actors = desk.json(&["authorisations", "--mode", "authorised", ins[0], ins[1]]).await;
    assert_eq!((&actors[0]["id"], &actors[0]["medecin_traitant"]), (&json!(seed::MEDECIN), &json!(true)));
    assert_eq!(desk.json(&["authorisations", "--mode", "blocked", ins[0], ins[1]]).await, json!([]));
    desk.fails(1, &["authorisations", "--ins", seed::PATIENT_UNKNOWN_TO_ALL]).await;

    desk.json(&["authorise", "--ins", seed::PATIENT_UNKNOWN_TO_ALL]).await;
    let listed = desk.json(&["authorised", "--since", "2026-01-01", "--by", "authorisation"]).await;
    assert_eq!(listed[0]["ins"][0]["number"], json!(seed::PATIENT_UNKNOWN_TO_ALL));
    assert_eq!(desk.json(&["authorised", "--since", "2026-01-01", "--by", "document"]).await, json!([]));
    assert_eq!(desk.json(&["authorised", "--as", "indirect", "--since", "2026-01-01"]).await, json!([]));
    desk.fails(2, &["authorised", "--by", "document"]).await;
    desk.fails(2, &["authorised", "--as", "indirect"]).await;

    // The establishment is no centre de régulation.
    let search = ["search-patient", "--name", "exempel", "--approximate", "--born", "1980-05-14"];
    assert!(desk.fails(1, &search).await.contains("DMPAccessDeniedByRightsService"));
    desk.mock.with_world(|world| {
        let mut structure = world.structure(seed::STRUCTURE_EG).unwrap().clone();
        structure.centre_15 = true;
        world.add_structure(structure);
    });
    let found = desk.json(&search).await;
    assert_eq!(found[0]["traits"]["birth_name"], json!("EXEMPLE"));
    assert!(!found.to_string().contains(seed::PATIENT_FOLLOWED), "the number is shown to nobody");
    desk.fails(2, &["search-patient"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_explained_without_a_configuration() {
    let explain = async |arguments: &'static [&'static str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dmp"));
        command.arg("explain").args(arguments);
        tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap()
    };
    let english = explain(&["dmpclosed"]).await;
    let said = String::from_utf8_lossy(&english.stdout).into_owned();
    assert_eq!(english.status.code(), Some(0));
    assert!(said.starts_with("DMPClosed\n") && said.contains("What to do: "), "{said}");
    let french = explain(&["DMPTooManyResult", "--language", "fr"]).await;
    assert!(String::from_utf8_lossy(&french.stdout).contains("Que faire : "));
    let unknown = explain(&["DMPUnheardOf"]).await;
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no code of the catalogue"));
}
