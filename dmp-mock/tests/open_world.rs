//! The open world: everybody has a DMP, everybody is authorised.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::patient::{Answer, Authorisation, Existence, PatientQueryResponse};
use support::Sender;
use support::lot::{document, submission};
use xds_model::{RegistryResponse, Xcn, Xon};

#[tokio::test]
async fn any_well_formed_ins_has_an_active_dmp() {
    let mock = MockDmp::builder().open_world().start().await.unwrap();
    for (matricule, oid, warned) in [
        ("191129719900389", seed::TEST_NIR_OID, false),
        ("191129719900388", seed::TEST_NIR_OID, true),
        ("191129719900389", "1.2.250.1.213.1.4.8", true),
    ] {
        let mut sender = Sender::air(&mock);
        sender.patient = (matricule.into(), oid.into());
        let answer = sender.existence().await;
        assert_eq!(answer.status, 200, "{:?}", answer.rule());
        let Answer::Existence(Existence::Active(dmp)) =
            PatientQueryResponse::read(answer.envelope().body()).unwrap().answer
        else {
            panic!("expected an active record")
        };
        assert_eq!(dmp.authorisation(), Authorisation::Valide);
        assert!(String::from_utf8_lossy(&answer.body).contains("NON RENSEIGNE"));
        assert_eq!(dmp.traits.birth_time, None);
        let warnings = mock.journal().last().unwrap().warnings;
        assert_eq!(warnings.iter().any(|warning| warning.rule == "V41"), warned, "{warnings:?}");
    }
    let mut malformed = Sender::air(&mock);
    malformed.patient.0 = "2800575999001".into();
    assert_eq!(malformed.existence().await.rule(), Some("V41"), "not an INS at all");
    let mut waiting = Sender::air(&mock);
    waiting.patient = ("785079999900107".into(), "1.2.250.1.213.1.4.9".into());
    assert_eq!(waiting.existence().await.rule(), Some("V43"), "a NIA has no DMP");
}

#[tokio::test]
async fn the_depositing_structure_counts_as_an_author() {
    let (mut entry, bytes) = document(1);
    let elsewhere = Xon::structure("CENTRE DES EXEMPLES", seed::STRUCTURE_OTHER);
    entry.authors[0].institution = Some(elsewhere.clone());
    for (open, expected) in [(false, Some("OWN-01")), (true, None)] {
        let builder = MockDmp::builder();
        let mock = if open { builder.open_world() } else { builder }.start().await.unwrap();
        let sender = Sender::indirecte(&mock);
        let mut lot = submission(&sender, vec![(entry.clone(), bytes.clone())]);
        lot.set().authors[0].institution = Some(elsewhere.clone());
        lot.request.objects.document_entries[1].authors[0].institution = Some(elsewhere.clone());
        let answer = lot.send(&sender).await;
        assert_eq!(answer.rule(), expected);
        let response = RegistryResponse::read(answer.envelope().body()).unwrap();
        assert_eq!(response.is_success(), open);
    }
}

#[tokio::test]
async fn in_air_the_structure_makes_an_author_of_its_professionals() {
    use dmp_protocol::transaction::Transaction;
    use support::lot::submission_set;
    use xds_model::AvailabilityStatus::{Approved, Deleted};
    use xds_model::iti57::SubmitObjects;
    for (open, expected) in [(false, Some("OWN-06")), (true, None)] {
        let builder = MockDmp::builder();
        let mock = if open { builder.open_world() } else { builder }.start().await.unwrap();
        let sender = Sender::indirecte(&mock);
        let (mut entry, bytes) = document(1);
        entry.legal_authenticator = Some(Xcn::professional(seed::MEDECIN, "MODELE", "ALIX"));
        assert_eq!(submission(&sender, vec![(entry.clone(), bytes)]).send(&sender).await.rule(), None);
        let uuid =
            mock.with_world(|world| world.registry.last_version(&entry.unique_id).unwrap().entry.entry_uuid.clone());
        let pharmacist = Sender::air(&mock).by_pharmacist();
        let request = SubmitObjects::update_status(submission_set(&pharmacist), &uuid, &Approved, &Deleted);
        let answer = pharmacist.send(Transaction::Delete, |w| request.write(w)).await;
        assert_eq!(answer.rule(), expected, "{:?}", answer.fault_code());
    }
}
