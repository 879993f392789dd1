//! What the DMP has left behind: records of the API v1, withdrawn transactions.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{PatientId, seed};

use crate::modes::people::*;
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
