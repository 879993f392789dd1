//! E5: TD3.3.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::Fault;
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use xds_model::iti57::SubmitObjects;
use xds_model::{AvailabilityStatus, Cx, DocumentEntry, Xcn};

use super::*;
use crate::bare::lot::{flag, submission_set};
use crate::bare::{HttpAnswer, Sender};
use crate::support::documents::unique_id;

const STALE: &str = "XDSMetadataVersionError";

fn masked(entry: &DocumentEntry) -> Vec<CodedValue> {
    entry.confidentiality_codes.iter().cloned().chain([flag("MASQUE_PS")]).collect()
}

/// TD3.3a by hand.
async fn mask(sender: &Sender<'_>, entry: &DocumentEntry) -> HttpAnswer {
    let request = SubmitObjects::update_visibility(submission_set(sender), entry, masked(entry)).unwrap();
    sender.send(Transaction::Mask, |w| request.write(w)).await
}

#[tokio::test]
async fn e5_01_the_people_of_an_entry_cannot_be_changed() {
    let mock = MockDmp::start().await.unwrap();
    let entry = consulting(&mock).entry(fed(&mock).await).await.unwrap();
    let sender = Sender::air(&mock);
    type Spoil = fn(&mut DocumentEntry);
    let rows: [Spoil; 3] = [
        |entry| entry.authors[0].person = Some(Xcn::professional(seed::MEDECIN, "MODELE", "ALEX")),
        |entry| entry.legal_authenticator = Some(Xcn::professional(seed::PHARMACIEN, "PATRON", "SACHA")),
        |entry| entry.source_patient_id = Some(Cx::ins(seed::PATIENT_CLOSED, seed::TEST_NIR_OID)),
    ];
    for spoil in rows {
        let mut changed = entry.clone();
        spoil(&mut changed);
        let (code, text, error) = failed(&mask(&sender, &changed).await, Transaction::Mask);
        assert_eq!(code, "XDSRegistryMetadataError");
        assert_eq!(text, "Les données d'un auteur ne peuvent pas être modifiées");
        assert!(error.refinement().is_some(), "{error:?}");
    }
    // The SDK sends back what it has just read.
    consulting(&mock).mask(&entry).await.unwrap();
}

#[tokio::test]
async fn e5_02_and_e5_06_an_obsolete_version_and_one_that_is_gone() {
    let mock = MockDmp::start().await.unwrap();
    let first = letter();
    feeding(&mock).submit(&Submission::of(document(&first).await)).await.unwrap();
    let second = cda::n1::N1Builder { replaces: first.unique_id.clone(), version: Some(2), ..letter() };
    let replacing = document(&second).await.replacing(unique_id(&first));
    feeding(&mock).submit(&Submission::of(replacing)).await.unwrap();
    let record = consulting(&mock);
    let old = record.find(Search::with_statuses([AvailabilityStatus::Deprecated])).await.unwrap();
    let before = requests(&mock);
    local(feeding(&mock).delete(&old[0]).await, "LIF-02", ErrorKind::Validation);
    assert_eq!(requests(&mock), before);

    let sender = Sender::indirecte(&mock);
    let (from, to) = (AvailabilityStatus::Deprecated, AvailabilityStatus::Deleted);
    let forced = SubmitObjects::update_status(submission_set(&sender), &old[0].entry_uuid, &from, &to);
    let answer = sender.send(Transaction::Delete, |w| forced.write(w)).await;
    assert_eq!(failed(&answer, Transaction::Delete).0, "XDSMetadataUpdateError");

    // E5-06: the current version goes with its chain; once more, it is gone already.
    let current = record.entry(unique_id(&second)).await.unwrap();
    assert_eq!(feeding(&mock).delete(&current).await.unwrap(), Change::Done);
    let before = requests(&mock);
    assert_eq!(feeding(&mock).delete(&current).await.unwrap(), Change::AlreadyGone);
    assert_eq!(transactions(&mock, before), ["TD3.1b"], "nothing is changed");
}

#[tokio::test]
async fn e5_03_the_entry_uuid_is_read_again_just_before() {
    let mock = MockDmp::start().await.unwrap();
    let record = consulting(&mock);
    let found = record.entry(fed(&mock).await).await.unwrap();
    // Somebody else changes the entry since the search.
    record.mask(&found.unique_id).await.unwrap();
    let current = record.entry(&found.unique_id).await.unwrap();
    assert_ne!(current.entry_uuid, found.entry_uuid);
    let before = requests(&mock);
    assert_eq!(record.archive(&found).await.unwrap(), Change::Done);
    assert_eq!(transactions(&mock, before), ["TD3.1", "TD3.3d"]);
    let before = requests(&mock);
    let archived = record.entry(&found.unique_id).await.unwrap();
    assert_eq!(feeding(&mock).delete(&archived).await.unwrap(), Change::Done);
    assert_eq!(transactions(&mock, before), ["TD3.1", "TD3.1b", "TD3.3c"]);
}

#[tokio::test]
async fn e5_04_another_version_in_between() {
    let mock = MockDmp::start().await.unwrap();
    let record = consulting(&mock);
    let id = fed(&mock).await;
    let entry = record.entry(&id).await.unwrap();
    record.mask(&id).await.unwrap();
    record.unmask(&id).await.unwrap();
    let (code, _, error) = failed(&mask(&Sender::air(&mock), &entry).await, Transaction::Mask);
    assert_eq!((code.as_str(), error.kind()), (STALE, ErrorKind::Validation));

    // The SDK reads again and tries once more; not for ever.
    mock.faults().add(Fault::code(STALE).on(Transaction::Mask).times(1)).unwrap();
    let before = requests(&mock);
    assert_eq!(record.mask(&id).await.unwrap(), Change::Done);
    // A fault on demand answers before it is known which update was asked for.
    assert_eq!(transactions(&mock, before), ["TD3.1", "TD3.3", "TD3.1", "TD3.3a"]);
    mock.faults().clear();
    mock.faults().add(Fault::code(STALE).on(Transaction::Mask)).unwrap();
    let before = requests(&mock);
    assert_eq!(super::code(record.unmask(&id).await), STALE);
    assert_eq!(requests(&mock) - before, 4);
}

#[tokio::test]
async fn e5_07_the_lot_of_an_update_has_its_content_type() {
    let mock = MockDmp::start().await.unwrap();
    let refused = builder(&mock).default_content_type("").build().unwrap_err();
    assert!(matches!(refused, BuildError::ContentType(_)), "{refused:?}");
    assert_eq!(requests(&mock), 0);

    let entry = consulting(&mock).entry(fed(&mock).await).await.unwrap();
    let sender = Sender::air(&mock);
    let mut request = SubmitObjects::update_visibility(submission_set(&sender), &entry, masked(&entry)).unwrap();
    request.objects.submission_sets[0].content_type_code = None;
    let answer = sender.send(Transaction::Mask, |w| request.write(w)).await;
    assert_eq!(failed(&answer, Transaction::Mask).0, "XDSRegistryMetadataError");
    assert_eq!(answer.rule(), Some("X03"));
}
