//! The holder's side, the clock and the journal: in process, over the services, and by the documented commands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::journal::{JournalQuery, json_lines};
use dmp_mock::world::holder::{HolderAction, HolderError};
use dmp_mock::world::{EventKind, GrantHolder, PatientId, seed};
use dmp_protocol::rights::SetAuthorization;
use dmp_protocol::transaction::Transaction;
use jiff::Span;
use support::lot::{document, flag, submission, unique_id};
use support::{HttpAnswer, Sender};
use xds_model::Cx;
use xds_model::iti18::{FindDocuments, QueryResponse, ReturnType};

fn camille() -> PatientId {
    PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID)
}

async fn search(sender: &Sender<'_>) -> HttpAnswer {
    let query = FindDocuments::approved(Cx::ins(&sender.patient.0, &sender.patient.1));
    sender.send(Transaction::Search, |w| query.to_query(ReturnType::LeafClass).write(w)).await
}

/// How many documents, or the rule that refused.
async fn found(sender: &Sender<'_>) -> Result<usize, String> {
    let answer = search(sender).await;
    match answer.rule() {
        Some(rule) => Err(rule.to_owned()),
        None => Ok(QueryResponse::read(answer.envelope().body()).unwrap().objects.document_entries.len()),
    }
}

async fn feed(mock: &MockDmp, number: u32, flags: &[&str]) {
    let sender = Sender::indirecte(mock);
    let mut lot = submission(&sender, vec![document(number)]);
    lot.entry().confidentiality_codes.extend(flags.iter().map(|code| flag(code)));
    let answer = lot.send(&sender).await;
    assert_eq!((answer.status.as_u16(), answer.rule()), (200, None));
}

#[tokio::test]
async fn a_professional_is_authorised_blocked_and_expires() {
    let mock = MockDmp::start().await.unwrap();
    let pharmacist = Sender::air(&mock).by_pharmacist();
    assert_eq!(found(&pharmacist).await, Err("AUT-01".into()));
    assert_eq!(pharmacist.authorise(&SetAuthorization::add()).await.rule(), None);
    assert_eq!(found(&pharmacist).await, Ok(0));

    let who = || GrantHolder::Person(seed::PHARMACIEN.into());
    mock.decide(&camille(), HolderAction::Block { who: who() }).unwrap();
    assert_eq!(found(&pharmacist).await, Err("AUT-03".into()));
    assert_eq!(pharmacist.authorise(&SetAuthorization::add()).await.rule(), Some("AUT-04"));
    mock.decide(&camille(), HolderAction::Unblock { who: who() }).unwrap();
    assert_eq!(found(&pharmacist).await, Ok(0));

    mock.clock().advance_calendar(Span::new().months(6)).unwrap();
    assert_eq!(found(&pharmacist).await, Err("AUT-02".into()));

    let query = JournalQuery { rule: Some("AUT-03".into()), patient: Some(camille().matricule), ..Default::default() };
    let seen = mock.journal().find(&query);
    assert_eq!(seen.len(), 1);
    let lines = json_lines(&seen);
    assert!(lines.ends_with("}\n") && lines.contains("AUT-03"));
    assert!(!lines.contains(seed::PATIENT_FOLLOWED), "no INS in an export");
    let of_nobody = JournalQuery { actor: Some(seed::GENERIC.into()), ..Default::default() };
    assert!(mock.journal().find(&of_nobody).is_empty());
}

#[tokio::test]
async fn an_invisible_document_is_told_then_shown_by_the_clock() {
    let mock = MockDmp::start().await.unwrap();
    feed(&mock, 1, &["INVISIBLE_PATIENT"]).await;
    let seen = || mock.with_world(|world| world.documents_seen_by_holder(&camille(), false).count());
    let noticed = || mock.notifications(&camille()).iter().any(|one| one.kind == EventKind::HiddenDocumentNotice);
    assert_eq!((seen(), noticed()), (0, false));
    mock.clock().advance_calendar(Span::new().days(33)).unwrap();
    assert_eq!((noticed(), seen()), (true, 0));
    mock.clock().advance_calendar(Span::new().days(61)).unwrap();
    assert_eq!((noticed(), seen()), (false, 1));
    mock.with_world(|world| {
        let versions: Vec<_> = world.registry.versions_of_document(&unique_id(1)).collect();
        assert_eq!(versions.len(), 2, "as TD3.3b does");
        assert_eq!(versions[0].entry.logical_id, versions[1].entry.logical_id);
    });
}

#[tokio::test]
async fn the_holder_masks_and_sees_who_came() {
    let mock = MockDmp::start().await.unwrap();
    feed(&mock, 1, &[]).await;
    let pharmacist = Sender::air(&mock).by_pharmacist();
    pharmacist.authorise(&SetAuthorization::add()).await;
    assert_eq!(found(&pharmacist).await, Ok(1));
    mock.decide(&camille(), HolderAction::Mask { document: unique_id(1) }).unwrap();
    assert_eq!(found(&pharmacist).await, Ok(0));
    assert_eq!(found(&Sender::air(&mock)).await, Ok(1), "the médecin traitant");

    // Every document that arrives is masked too.
    mock.decide(&camille(), HolderAction::DefaultMasking { value: true }).unwrap();
    feed(&mock, 2, &[]).await;
    assert_eq!(found(&pharmacist).await, Ok(0));
    assert_eq!(found(&Sender::air(&mock)).await, Ok(2));

    let kept = mock.snapshot();
    mock.decide(&camille(), HolderAction::Close).unwrap();
    assert_eq!(found(&pharmacist).await, Err("PAT-03".into()));
    assert_eq!(mock.decide(&camille(), HolderAction::Close), Err(HolderError::Closed));
    let refused = mock.with_world(|world| {
        world.access_history(&camille(), true).iter().filter_map(|one| one.refused_by.clone()).collect::<Vec<_>>()
    });
    assert_eq!(refused, ["PAT-03"]);
    mock.restore(&kept);
    assert_eq!(found(&pharmacist).await, Ok(0));

    let nobody = PatientId::new(seed::PATIENT_FOLLOWED, "1.2.3");
    assert_eq!(mock.decide(&nobody, HolderAction::Close), Err(HolderError::NoRecord));
    let none = HolderAction::Mask { document: "1.2.3".into() };
    assert_eq!(mock.decide(&camille(), none), Err(HolderError::NoDocument));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_commands_work() {
    let curl = std::process::Command::new("curl").arg("--version").output();
    if curl.is_err() {
        println!("skipped: curl not present");
        return;
    }
    let page = include_str!("../../docs/mock-control.md");
    let mut script = String::from("set -eu\n");
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            _ if inside => script.extend([line, "\n"]),
            _ => {}
        }
    }
    let mock = MockDmp::start().await.unwrap();
    let pki = tempfile::tempdir().unwrap();
    mock.pki().write_to(pki.path()).unwrap();
    let mut shell = std::process::Command::new("sh");
    shell.arg("-c").arg(&script).env("ADMIN", mock.admin_url()).env("PKI", pki.path());
    let run = shell.output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let who = GrantHolder::Person(seed::PHARMACIEN.into());
    mock.with_world(|world| {
        let patient = world.patient(&camille()).unwrap();
        assert!(patient.blocked.contains(&who) && patient.opposes_bris_de_glace);
    });
}
