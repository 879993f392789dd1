//! F31: the report, the evidence of a scenario, the export of the stores.

use crate::support::queue::Scene;
use crate::support::{clock, context, patient};
use dmp_lps::conformity::*;
use dmp_lps::consent::{ConsentGate, NoticeEvidence, NoticeMode, Scope, Stance, StanceChange};
use dmp_lps::outbox::Feeder;
use dmp_lps::*;

#[test]
fn f31_one_row_for_each_identifier_in_three_formats() {
    let report = ConformityReport::of("LPS <Exemple>");
    let rows = report.rows().len();
    let csv = report.to_csv();
    assert_eq!(csv.lines().count(), rows + 1);
    assert!(csv.starts_with("id;text;status;demand;items;tests;remains\n"));
    assert!(csv.lines().any(|line| line.starts_with("EXI 05;Référentiel DMP;sdk;")), "{csv}");

    let (markdown, html) = (report.page().to_markdown(), report.page().to_html());
    assert!(
        markdown.contains("LPS \\<Exemple\\>") && html.contains("LPS &lt;Exemple&gt;") && !html.contains("<Exemple>")
    );
    for row in report.rows() {
        assert!(markdown.contains(&format!("| {} |", row.id)), "{}", row.id);
    }
    let counted = [Status::Sdk, Status::Vendor, Status::Organisation, Status::Void].map(|status| report.count(status));
    assert_eq!(counted.iter().sum::<usize>(), rows);
}

#[test]
fn f31_the_table_of_functions_says_what_is_present_and_what_is_not() {
    let offered = [DmpFunction::Existence, DmpFunction::Feeding];
    let table = ConformityReport::of("LPS Exemple 4.2.0").offers(offered).functions_table().to_markdown();
    for function in DmpFunction::ALL {
        let said = if offered.contains(&function) { "oui" } else { "non" };
        assert!(table.contains(&format!("| {} | {} | {said} |", function.transactions(), function.title())), "{table}");
    }
}

/// A feeding is recorded whole, the homologation number and the patient starred, lengths and parts as on the wire.
#[tokio::test]
async fn f31_evidence_of_one_scenario() {
    let mock = dmp_mock::MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let recorder = EvidenceRecorder::begin(folder.path(), "2.1-010").unwrap().hiding_patients();
    let client = crate::support::builder(mock.pki(), &mock.url()).capture(recorder.capture()).build().unwrap();
    let session = client.indirect(crate::support::sender()).unwrap();
    let letter = crate::support::documents::bytes(&crate::support::documents::letter());
    let document = dmp_client::Document::from_cda_bytes(letter).await.unwrap();
    session.submit(&patient(), &dmp_client::Submission::of(document)).await.unwrap();

    let evidence = recorder.finish().unwrap();
    let requests: Vec<_> = evidence.messages.iter().filter(|message| message.file.ends_with("request.http")).collect();
    assert!(requests.iter().any(|message| message.file.contains("TD2.1")), "{requests:?}");
    for message in &requests {
        assert!(message.hidden > 0, "{message:?}");
    }
    for message in &evidence.messages {
        let bytes = std::fs::read(evidence.folder.join(&message.file)).unwrap();
        assert_eq!(bytes.len(), message.bytes);
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("XXX-000000-tmp0") && !text.contains("280057599900151"), "{}", message.file);
        // The announced length is still that of the body.
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let announced =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        if let Some(announced) = announced {
            let body = &bytes[bytes.len() - body.len()..];
            assert_eq!(announced.trim().parse::<usize>().unwrap(), body.len(), "{}", message.file);
        }
    }
    // All MIME parts: the message, the document, and the signature of the lot.
    let feeding = requests.iter().find(|message| message.file.contains("TD2.1")).unwrap();
    let feeding = std::fs::read(evidence.folder.join(&feeding.file)).unwrap();
    let parts = String::from_utf8_lossy(&feeding).to_lowercase().matches("content-id:").count();
    assert_eq!(parts, 3);

    let manifest = std::fs::read_to_string(evidence.folder.join("manifest.json")).unwrap();
    assert!(manifest.contains("\"scenario\": \"2.1-010\"") && manifest.contains(&evidence.messages[0].sha256));
    // The raw messages are gone.
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["2.1-010"]);
}

#[test]
fn f31_evidence_is_neither_mixed_nor_left_raw() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["", "../x", "a/b", ".hidden"] {
        assert!(matches!(EvidenceRecorder::begin(folder.path(), name), Err(EvidenceError::Scenario(_))), "{name}");
    }
    EvidenceRecorder::begin(folder.path(), "C-01").unwrap().finish().unwrap();
    assert!(matches!(EvidenceRecorder::begin(folder.path(), "C-01"), Err(EvidenceError::Exists(_))));
    // A scenario that was given up leaves nothing.
    drop(EvidenceRecorder::begin(folder.path(), "C-02").unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn f31_the_export_is_whole_and_readable() {
    let base = Database::in_memory().unwrap();
    let gate = ConsentGate::new(base.clone(), clock()).with_sentence("Texte du guide.");
    let notice = NoticeEvidence {
        mode: NoticeMode::Synchronous,
        channel: consent::Channel::Spoken,
        given_by: InternalUserId::new("alix").unwrap(),
        given_at: clock().now(),
        text_version: "équipe/1".to_owned(),
        contact_resumed_at: None,
    };
    let change = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed).informed_by(notice);
    let _ = gate.record(&context("alix", "team-1", "stay-1"), &patient(), change).await.unwrap();

    let (exported, bytes) = export(&base, Vec::new()).await.unwrap();
    let lines: Vec<serde_json::Value> =
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], serde_json::json!({"format": "dmp-lps-export", "version": 1}));
    assert_eq!(lines[1]["table"], "stance");
    assert_eq!(lines[1]["row"]["notice_text"], "équipe/1");
    assert_eq!(lines[1]["row"]["patient"], patient().as_str());
    assert_eq!(lines[1]["row"]["contact_at"], serde_json::Value::Null);
    assert_eq!(*lines.last().unwrap(), serde_json::json!({"end": true, "rows": 1}));
    assert_eq!(exported.rows.values().sum::<u64>(), 1);
}

#[tokio::test]
async fn f31_a_queued_document_is_exported() {
    let scene = Scene::new();
    let (_, unique_id) = scene.letter("stay-1").await;
    let base = Database::open(scene.folder.path().join("lps.sqlite")).unwrap();
    let (exported, bytes) = export(&base, Vec::new()).await.unwrap();
    assert_eq!(exported.rows["feed"], 1);
    assert!(String::from_utf8(bytes).unwrap().contains(&unique_id));
}

/// Every table of the base is in the export, or says why it is not.
#[test]
fn f31_no_store_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lps.sqlite");
    Database::open(&path).unwrap();
    let base = rusqlite::Connection::open(&path).unwrap();
    let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut statement = base.prepare(query).unwrap();
    let tables: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut told: Vec<&str> = TABLES_OF_EXPORT.iter().map(|table| table.name).collect();
    told.extend(KEPT_OUT_OF_EXPORT.iter().map(|table| table.name));
    told.sort_unstable();
    assert_eq!(tables, told);
}
