//! What the DMP has left behind: records of the API v1, withdrawn transactions.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{PatientId, seed};
use dmp_protocol::transaction::Transaction;

use crate::bare::Sender;
use crate::modes::people::*;
use crate::support::browser::Browser;
use crate::support::*;

#[tokio::test]
async fn a_0_5_510_a_dmp_of_the_api_v1_is_not_found() {
    let mock = MockDmp::start().await.unwrap();
    make_regulation_centre(&mock);
    let regulation = air(&mock).centre_15();
    let search = async || regulation.search_patients(PatientCriteria::named("SPECIMEN")).await.unwrap().len();
    assert_eq!(search().await, 1);
    let old = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
    mock.with_world(|world| world.patient_mut(&old).unwrap().only_api_v1 = true);
    assert_eq!(search().await, 0, "AA, no candidate");
    assert_eq!(mock.journal().last().unwrap().filtered.get("EMG-03"), Some(&1));
    // PAT-02: no other transaction reaches it either.
    let record = regulation.record(other(), Consent::given()).unwrap();
    assert_eq!(record.existence().await.unwrap(), Existence::Absent);
}

#[tokio::test]
async fn r_09_withdrawn_transactions_are_refused() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    // The service is that of a transaction of today, the body that of one withdrawn.
    for (neighbour, namespace, body, td) in [
        (Transaction::Existence, "urn:hl7-org:v3", "PRPA_IN201311UV02", "TD1.1"),
        (Transaction::Existence, "urn:hl7-org:v3", "PRPA_IN201314UV02", "TD1.2"),
        (Transaction::ListAuthorised, "urn:si-dmp-patients", "createPatientAccess", "TD1.5a"),
        (Transaction::ListAuthorised, "urn:si-dmp-patients", "patientOTPUpdate", "TD1.5b"),
        (Transaction::ListAuthorised, "urn:si-dmp-patients", "updatePatientAccess", "TD1.5d"),
    ] {
        let answer = sender.send(neighbour, |w| w.empty(body, &[("xmlns", namespace)])).await;
        assert_eq!(answer.fault_code().as_deref(), Some("DMPAccessDeniedByRightsService"), "{td}");
        let last = mock.journal().last().unwrap();
        assert_eq!((last.transaction.as_deref(), last.refusal.unwrap().rule.as_str()), (Some(td), "FUN-02"));
    }
    // Creation through the Web-PS.
    let mut browser = Browser::new(&mock, Some(&pair(&mock).authentication));
    let creation = format!("{}/AccesDirect/CreationDMPPatient/{}", mock.web_ps_url(), seed::PATIENT_FOLLOWED);
    let refused = browser.get(&creation).await;
    assert_eq!((refused.status, refused.refusal()), (403, "DMPAccessDeniedByRightsService"));
}
