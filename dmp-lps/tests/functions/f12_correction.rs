//! F12, the tests of its page by number, and S-13.

use crate::support::cards::card_of_alix;
use crate::support::correction::{Scene, ctx, current, record, status, successor, transactions};
use crate::support::documents::{document, letter, random_oid, unique_id};
use crate::support::{clock, consulting, count, feeding, patient, professional, qualified};
use cda::n1::N1Builder;
use dmp_client::*;
use dmp_lps::consent::{Scope, Stance, StanceChange};
use dmp_lps::correction::*;
use dmp_lps::error_record::{BreachAssessment, ErrorAction, ErrorRecord};
use dmp_lps::guard::{ConsentGuard, Guards, Intent};
use dmp_lps::outbox::Badge;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::Ins;
use jiff::SignedDuration;

#[tokio::test]
async fn f12_t1_three_successive_replacements() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let mut events = scene.flow.events();
    let first = scene.fed(&mock).await;
    assert_eq!(scene.next(&first).await, Some(2));
    let mut chain = vec![first];
    for number in 2..=4 {
        let before = mock.journal().exchanges().len();
        let former = chain.last().unwrap().clone();
        let newer = successor(&former);
        // What was saved here and not accepted there moves nothing.
        let skipped = N1Builder { version: Some(former.version.unwrap_or(1) + 2), ..newer.clone() };
        let refused = scene.replace(&mock, &former, &skipped).await.unwrap_err();
        assert!(matches!(refused, CorrectionError::Header { rule: 1, .. }), "{refused}");
        assert_eq!(mock.journal().exchanges().len(), before);

        let replaced = scene.replace(&mock, &former, &newer).await.unwrap();
        assert_eq!((replaced.version, replaced.unique_id), (Some(number), unique_id(&newer)));
        assert_eq!(transactions(&mock, before), ["TD0.2", "TD3.1b", "TD2.1"]);
        assert_eq!(scene.next(&newer).await, Some(number + 1));
        assert_eq!(scene.next(&former).await, None, "an obsolete version has no next one");
        assert_eq!(
            (status(&mock, &former), status(&mock, &newer)),
            (AvailabilityStatus::Deprecated, AvailabilityStatus::Approved)
        );
        assert_eq!(
            (scene.badge(&unique_id(&former)).await, scene.badge(&unique_id(&newer)).await),
            (Badge::Replaced, Badge::Sent)
        );
        let told = events.try_recv().unwrap();
        assert!(matches!(told, CorrectionEvent::DocumentCorrected { new, .. } if new == unique_id(&newer)));
        chain.push(newer);
    }
    assert_eq!(current(&mock), 1);

    // Another set, the same id: refused before the network.
    let (last, sent) = (chain.last().unwrap(), mock.journal().exchanges().len());
    for wrong in [
        N1Builder { set_id: Some(random_oid()), ..successor(last) },
        N1Builder { unique_id: last.unique_id.clone(), replaces: chain[2].unique_id.clone(), ..successor(last) },
    ] {
        let refused = scene.replace(&mock, last, &wrong).await.unwrap_err();
        assert!(matches!(refused, CorrectionError::Header { rule: 1, .. }), "{refused}");
    }
    // Not the current version: its successor is named.
    let refused = scene.replace(&mock, &chain[0], &successor(&chain[0])).await.unwrap_err();
    assert!(matches!(refused, CorrectionError::Obsolete { by: Some(by) } if by == unique_id(&chain[1])));
    assert_eq!(mock.journal().exchanges().len(), sent);

    // Deleting the last takes all of them along.
    scene.delete(&mock, &unique_id(last)).await.unwrap();
    for version in &chain {
        assert_eq!(scene.badge(&unique_id(version)).await, Badge::RemovedFromDmp);
    }
    assert_eq!(current(&mock), 0);
    assert!(matches!(events.try_recv().unwrap(), CorrectionEvent::DocumentRemoved { .. }));
}

/// Lets another user change the metadata of the document while a request waits at the gate.
async fn masked_meanwhile(mock: &MockDmp, unique_id: &str) {
    mock.faults().reached("t2").await;
    consulting(mock).record(qualified(), Consent::given()).unwrap().mask(unique_id).await.unwrap();
    mock.faults().open("t2");
}

fn hold(mock: &MockDmp, transaction: Transaction) {
    mock.faults().add(Fault::new(Effect::Hold { gate: "t2".to_owned() }).on(transaction).times(1)).unwrap();
}

#[tokio::test]
async fn f12_t2_a_document_changed_in_between_is_read_again() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = scene.fed(&mock).await;
    let second = successor(&first);
    hold(&mock, Transaction::Submit);
    let id = unique_id(&first);
    let before = mock.journal().exchanges().len();
    let (replaced, ()) = tokio::join!(scene.replace(&mock, &first, &second), masked_meanwhile(&mock, &id));
    replaced.unwrap();
    let own: Vec<_> = transactions(&mock, before).into_iter().filter(|td| td == "TD2.1").collect();
    assert_eq!(own.len(), 2, "refused once, then sent to the current entryUUID");
    assert_eq!(
        (status(&mock, &first), status(&mock, &second)),
        (AvailabilityStatus::Deprecated, AvailabilityStatus::Approved)
    );
    assert_eq!((current(&mock), scene.badge(&unique_id(&second)).await), (1, Badge::Sent));

    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = scene.fed(&mock).await;
    let id = unique_id(&first);
    hold(&mock, Transaction::Delete);
    let (removed, ()) = tokio::join!(scene.delete(&mock, &id), masked_meanwhile(&mock, &id));
    assert_eq!(removed.unwrap().change, Change::Done);
    assert_eq!((status(&mock, &first), current(&mock)), (AvailabilityStatus::Deleted, 0));
}

#[tokio::test]
async fn f12_t3_a_deletion_needs_no_authorisation() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (stranger, builder) = (right_patient(), for_right_patient());
    let record = card_of_alix(&mock).record(stranger.clone(), Consent::expressed(false, true)).unwrap();
    record.submit(&Submission::of(document(&builder).await)).await.unwrap();
    let before = mock.journal().exchanges().len();
    let id = unique_id(&builder);
    let removed =
        scene.flow.delete(&ctx(), &record, CorrectionCause::ContentError, &id, scene.confirmed()).await.unwrap();
    assert_eq!((removed.change, removed.local_copy), (Change::Done, LocalCopyFate::KeptTagged));
    assert_eq!(transactions(&mock, before), ["TD0.2", "TD3.1b", "TD3.3c"]);
    assert_eq!(count(&mock, "TD0.3"), 0);
    assert_eq!(status(&mock, &builder), AvailabilityStatus::Deleted);
    let mark = scene.flow.ledger().badge(&PatientKey::from(&stranger), &id).await.unwrap();
    assert_eq!(mark, Mark { badge: Badge::RemovedFromDmp, hidden: Vec::new() });
}

#[tokio::test]
async fn f12_rule_11_a_deletion_whose_answer_is_lost_is_known_as_done_even_of_a_document_of_others() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let builder = letter();
    record(&mock).submit(&Submission::of(document(&builder).await)).await.unwrap();
    let cut = Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Delete).processed(true).times(1);
    mock.faults().add(cut).unwrap();
    let id = unique_id(&builder);
    scene.delete(&mock, &id).await.unwrap_err();
    assert_eq!(scene.delete(&mock, &id).await.unwrap().change, Change::AlreadyGone);
    assert_eq!(scene.badge(&id).await, Badge::RemovedFromDmp);
}

#[tokio::test]
async fn f12_t4_an_obsolete_version_is_not_deleted_by_itself() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = scene.fed(&mock).await;
    let second = successor(&first);
    scene.replace(&mock, &first, &second).await.unwrap();
    let sent = mock.journal().exchanges().len();
    let refused = scene.delete(&mock, &unique_id(&first)).await.unwrap_err();
    assert!(matches!(&refused, CorrectionError::Obsolete { by: Some(by) } if *by == unique_id(&second)), "{refused}");
    assert_eq!(mock.journal().exchanges().len(), sent);

    // Nor by the entry of a search, in a software that never fed it.
    let stranger = Scene::new();
    let reader = consulting(&mock).record(qualified(), Consent::given()).unwrap();
    let (found, _) = reader.with_links([unique_id(&first)]).await.unwrap();
    let obsolete = found.into_iter().find(|entry| entry.unique_id == unique_id(&first)).unwrap();
    assert_eq!(obsolete.status, Some(AvailabilityStatus::Deprecated));
    let cause = CorrectionCause::ContentError;
    let refused =
        stranger.flow.delete(&ctx(), &record(&mock), cause, &obsolete, stranger.confirmed()).await.unwrap_err();
    assert!(matches!(&refused, CorrectionError::Dmp(error) if error.rule() == Some("LIF-02")), "{refused}");
    assert_eq!(count(&mock, "TD3.3c"), 0);
}

fn right_patient() -> QualifiedPatient {
    QualifiedPatient::declared(Ins::parse(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID, Realm::Test).unwrap().value)
}

/// The letter for the patient whom it is about.
fn for_right_patient() -> N1Builder {
    let mut builder = letter();
    builder.patient.ins = Some(right_patient().ins().clone());
    builder
}

async fn correct_patient(
    scene: &Scene,
    mock: &MockDmp,
    wrong: &str,
    right: &N1Builder,
) -> Result<ErrorRecord, CorrectionError> {
    let (wrong_record, right_record) = (record(mock), feeding(mock).record(right_patient(), Consent::given()).unwrap());
    let error = WrongPatient {
        wrong: &wrong_record,
        right: &right_record,
        unique_id: wrong,
        document: document(right).await,
        detected_at: clock().now(),
    };
    scene.flow.wrong_patient(&ctx(), &scene.register, error, scene.confirmed()).await
}

#[tokio::test]
async fn f12_t5_and_s_13_a_document_in_the_record_of_somebody_else() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let wrong = scene.fed(&mock).await;
    let (id, sent) = (unique_id(&wrong), mock.journal().exchanges().len());

    // For the right patient it is a new document: id, set, nothing replaced.
    let right = for_right_patient();
    for related in [
        N1Builder { unique_id: wrong.unique_id.clone(), ..right.clone() },
        N1Builder { set_id: wrong.set_id.clone(), ..right.clone() },
        N1Builder { version: Some(2), replaces: wrong.unique_id.clone(), ..right.clone() },
    ] {
        let refused = correct_patient(&scene, &mock, &id, &related).await.unwrap_err();
        assert!(matches!(refused, CorrectionError::Header { rule: 5, .. }), "{refused}");
    }
    assert_eq!(mock.journal().exchanges().len(), sent);
    assert!(scene.register.reminders(SignedDuration::from_hours(72)).await.unwrap().is_empty());

    // The feeding fails after the deletion: the line is open, and says how far it came.
    let full = Fault::code("XDSRepositoryBusy").on(Transaction::Submit).times(1);
    mock.faults().add(full).unwrap();
    correct_patient(&scene, &mock, &id, &right).await.unwrap_err();
    let open = scene.register.reminders(SignedDuration::from_hours(72)).await.unwrap();
    assert_eq!(open.len(), 1);
    let line = &open[0].record;
    assert!(line.did(ErrorAction::Removed) && !line.did(ErrorAction::FedToRightPatient));
    assert_eq!(open[0].due_at, "2026-03-05T08:00:00Z".parse().unwrap(), "72 hours after it was found");
    assert_eq!(
        (line.wrong_patient.clone(), line.right_patient.clone()),
        (patient(), Some(PatientKey::from(&right_patient())))
    );

    // Again: the same line goes on, nothing is deleted twice.
    let done = correct_patient(&scene, &mock, &id, &right).await.unwrap();
    assert_eq!(done.id, line.id);
    let order: Vec<_> = done.actions.iter().map(|done| done.action).collect();
    assert_eq!(order, [ErrorAction::Removed, ErrorAction::FedToRightPatient]);
    assert_eq!(count(&mock, "TD3.3c"), 1);
    let holder = |builder: &N1Builder| {
        mock.with_world(|world| world.registry.last_version(&unique_id(builder)).unwrap().patient.clone())
    };
    assert_eq!(
        (status(&mock, &wrong), status(&mock, &right)),
        (AvailabilityStatus::Deleted, AvailabilityStatus::Approved)
    );
    assert_eq!(holder(&right).matricule, seed::PATIENT_UNKNOWN_TO_ALL);
    assert_eq!(scene.badge(&id).await, Badge::RemovedFromDmp);
    // And once more: it is done.
    correct_patient(&scene, &mock, &id, &right).await.unwrap();
    assert_eq!(
        (
            count(&mock, "TD3.3c"),
            mock.with_world(|world| world.registry.versions_of_document(&unique_id(&right)).count())
        ),
        (1, 1)
    );

    // The reminder of the 72 hours, until somebody decides.
    scene.clock.advance(SignedDuration::from_hours(48));
    assert!(scene.register.reminders(SignedDuration::from_hours(23)).await.unwrap().is_empty());
    let soon = scene.register.reminders(SignedDuration::from_hours(24)).await.unwrap();
    assert_eq!((soon.len(), soon[0].late), (1, false));
    scene.clock.advance(SignedDuration::from_secs(24 * 3600 + 1));
    assert!(scene.register.reminders(SignedDuration::ZERO).await.unwrap()[0].late);
    let by = InternalUserId::new("dpo").unwrap();
    scene.register.told(done.id, "data protection officer", &by).await.unwrap();
    scene.register.assess(done.id, BreachAssessment::Risk, &by).await.unwrap();
    scene.register.numbered(done.id, "V-2026-07").await.unwrap();
    assert!(scene.register.reminders(SignedDuration::from_hours(1000)).await.unwrap().is_empty());

    // The export for the register.
    let export = scene.register.export(clock().now(), scene.clock.now()).await.unwrap();
    let lines: serde_json::Value = serde_json::from_str(&export).unwrap();
    let line = &lines.as_array().unwrap()[0];
    for (field, value) in [
        ("document", id.as_str()),
        ("wrong_patient", patient().as_str()),
        ("breach_assessment", "risk"),
        ("register_no", "V-2026-07"),
        ("notify_until", "2026-03-05T08:00:00Z"),
        ("detected_at", "2026-03-02T08:00:00Z"),
        ("assessed_by", "dpo"),
    ] {
        assert_eq!(line[field], value, "{field}");
    }
    assert_eq!(line["who_was_told"][0]["who"], "data protection officer");
    assert_eq!(line["actions"][1]["action"], "fed_to_right_patient");
    assert!(scene.register.export(scene.clock.now(), scene.clock.now()).await.unwrap().trim() == "[]");
}

#[tokio::test]
async fn f12_t6_after_an_opposition_under_both_settings() {
    for setting in [OppositionCorrection::ReplaceAndDelete, OppositionCorrection::DeleteOnly] {
        let mock = MockDmp::start().await.unwrap();
        let scene = Scene::with(CorrectionSettings { opposition_correction: setting, ..CorrectionSettings::default() });
        let (first, of_other, unknown) = (scene.fed(&mock).await, letter(), letter());
        let colleague = AccessContext { professional: Some(professional("899999000021")), ..ctx() };
        for (builder, by) in [(&of_other, Some(&colleague)), (&unknown, None)] {
            let document = document(builder).await;
            record(&mock).submit(&Submission::of(document.clone())).await.unwrap();
            if let Some(by) = by {
                scene.flow.fed(by, &patient(), &document).await.unwrap();
            }
        }
        let opposed = StanceChange::new(Scope::Feeding, Stance::InformedOpposed);
        let _ = scene.gate.record(&ctx(), &patient(), opposed).await.unwrap();
        let record = feeding(&mock).record(qualified(), Consent::refused()).unwrap();
        let sent = mock.journal().exchanges().len();
        let flow = &scene.flow;
        let replace = |former: &N1Builder| {
            let (former, ctx, record) = (former.clone(), ctx(), &record);
            async move {
                let document = document(&successor(&former)).await;
                flow.replace(&ctx, record, CorrectionCause::PatientRequest, unique_id(&former), document).await
            }
        };
        match setting {
            OppositionCorrection::ReplaceAndDelete => {
                // Only what this author fed.
                assert!(matches!(replace(&of_other).await, Err(CorrectionError::NotAuthor { rule: 7 })));
                assert!(matches!(replace(&unknown).await, Err(CorrectionError::NotFed)));
                assert_eq!(mock.journal().exchanges().len(), sent);
                replace(&first).await.unwrap();
                assert_eq!(status(&mock, &first), AvailabilityStatus::Deprecated);
            }
            OppositionCorrection::DeleteOnly => {
                assert!(matches!(replace(&first).await, Err(CorrectionError::DeleteOnly)));
                assert_eq!(mock.journal().exchanges().len(), sent);
                let id = unique_id(&first);
                flow.delete(&ctx(), &record, CorrectionCause::PatientRequest, &id, scene.confirmed()).await.unwrap();
                assert_eq!(status(&mock, &first), AvailabilityStatus::Deleted);
            }
        }
        // Deletion always.
        let id = unique_id(&of_other);
        flow.delete(&ctx(), &record, CorrectionCause::PatientRequest, &id, scene.confirmed()).await.unwrap();
        assert_eq!(status(&mock, &of_other), AvailabilityStatus::Deleted);
    }
}

#[tokio::test]
async fn f12_corrections_pass_the_guards_of_a_patient_who_opposes() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (first, second) = (scene.fed(&mock).await, scene.fed(&mock).await);
    let opposed = StanceChange::new(Scope::Feeding, Stance::InformedOpposed);
    let _ = scene.gate.record(&ctx(), &patient(), opposed).await.unwrap();
    let guards = Guards::new().with(ConsentGuard::new(scene.gate.clone()));
    let record = |intent| {
        let session = feeding(&mock).watched(guards.of(ctx(), intent));
        session.record(qualified(), Consent::expressed(false, true)).unwrap()
    };
    let correcting = record(Intent::Correcting);
    let cause = CorrectionCause::ContentError;
    let newer = document(&successor(&first)).await;
    let ordinary = record(Intent::ByMode);
    let refused = scene.flow.replace(&ctx(), &ordinary, cause, unique_id(&first), newer.clone()).await.unwrap_err();
    assert!(matches!(&refused, CorrectionError::Dmp(error) if error.outcome() == Outcome::NotSent), "{refused}");
    scene.flow.replace(&ctx(), &correcting, cause, unique_id(&first), newer).await.unwrap();
    // A deletion passes whatever the session is for; a new document never.
    scene.flow.delete(&ctx(), &ordinary, cause, unique_id(&second), scene.confirmed()).await.unwrap();
    let new = Submission::of(document(&letter()).await);
    assert_eq!(correcting.submit(&new).await.unwrap_err().outcome(), Outcome::NotSent);
    assert_eq!(
        (status(&mock, &first), status(&mock, &second)),
        (AvailabilityStatus::Deprecated, AvailabilityStatus::Deleted)
    );
}

#[tokio::test]
async fn f12_t7_a_retry_after_a_lost_answer_replaces_once() {
    for processed in [true, false] {
        let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
        let first = scene.fed(&mock).await;
        let second = successor(&first);
        let cut = || {
            let cut = Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Submit);
            mock.faults().add(cut.processed(processed).times(1)).unwrap();
        };
        cut();
        let lost = scene.replace(&mock, &first, &second).await.unwrap_err();
        assert!(matches!(&lost, CorrectionError::Dmp(error) if error.outcome() == Outcome::Unknown), "{lost}");
        assert_eq!(scene.badge(&unique_id(&second)).await, Badge::Planned);
        assert_eq!(scene.next(&second).await, None, "the number has not moved");

        let replaced = scene.replace(&mock, &first, &second).await.unwrap();
        assert_eq!(replaced.unique_id, unique_id(&second));
        let sent = if processed { 2 } else { 3 };
        assert_eq!((count(&mock, "TD2.1"), current(&mock)), (sent, 1), "processed: {processed}");
        // And again: nothing is sent, the answer is the same.
        scene.replace(&mock, &first, &second).await.unwrap();
        assert_eq!((count(&mock, "TD2.1"), scene.next(&second).await), (sent, Some(3)));

        // A version that never arrived is not deleted in the place of the one that is there.
        let lost = successor(&second);
        cut();
        scene.replace(&mock, &second, &lost).await.unwrap_err();
        if !processed {
            assert!(scene.delete(&mock, &unique_id(&lost)).await.is_err());
            assert_eq!(scene.badge(&unique_id(&second)).await, Badge::Sent);
        }
        let second = if processed { lost } else { second };

        // With another document the lost attempt is looked for first.
        let (third, instead) = (successor(&second), successor(&second));
        cut();
        // The version to be replaced is asked for itself, when its answer was lost.
        scene.replace(&mock, &second, &third).await.unwrap_err();
        let answer = scene.replace(&mock, &second, &instead).await;
        match processed {
            true => {
                assert!(matches!(answer, Err(CorrectionError::Obsolete { by: Some(by) }) if by == unique_id(&third)))
            }
            false => assert_eq!(answer.unwrap().unique_id, unique_id(&instead)),
        }
        assert_eq!(current(&mock), 1, "processed: {processed}");
    }
}

#[tokio::test]
async fn f12_a_replacement_whose_future_was_dropped_is_made_once() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = scene.fed(&mock).await;
    let second = successor(&first);
    let held = Fault::new(Effect::Hold { gate: "t7".to_owned() }).on(Transaction::Submit).processed(true).times(1);
    mock.faults().add(held).unwrap();
    {
        let replacing = scene.replace(&mock, &first, &second);
        tokio::select! {
            biased;
            _ = replacing => panic!("the answer waits behind the gate"),
            () = mock.faults().reached("t7") => {}
        }
    }
    mock.faults().open("t7");
    scene.replace(&mock, &first, &second).await.unwrap();
    assert_eq!((count(&mock, "TD2.1"), current(&mock)), (2, 1));
    assert_eq!(scene.badge(&unique_id(&first)).await, Badge::Replaced);
}
