//! Bris de glace and centre 15.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{PatientId, seed};

use super::people::*;
use crate::support::documents::{document, letter, unique_id};
use crate::support::*;

#[tokio::test]
async fn bris_de_glace_with_its_reason_searches_without_authorisation() {
    let mock = MockDmp::start().await.unwrap();
    let air = air(&mock);
    let normal = air.record(other(), Consent::given()).unwrap();
    assert_eq!(code(&normal.find(Search::approved()).await.unwrap_err()), "DMPAuthorizationNotFound");

    let record = air.bris_de_glace(other(), Consent::expressed(false, true), REASON).await.unwrap();
    assert_eq!(record.access(), &Access::BrisDeGlace { reason: REASON.to_owned() });
    assert!(format!("{record:?}").contains("bris_de_glace") && !format!("{record:?}").contains(REASON));
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
    let last = mock.journal().last().unwrap();
    assert_eq!(last.access.as_deref(), Some("bris_de_glace"));
    assert!(last.warnings.iter().all(|warning| warning.rule != "V45"), "the reason travels");

    record.end();
    normal.existence().await.unwrap();
    assert_eq!(mock.journal().last().unwrap().access.as_deref(), Some("normal"), "the mode ends with the record");
}

#[tokio::test]
async fn emg_05_bris_de_glace_is_refused_while_a_normal_access_is_valid() {
    let mock = MockDmp::start().await.unwrap();
    let error = air(&mock).bris_de_glace(followed(), Consent::given(), REASON).await.unwrap_err();
    assert_eq!(rule(&error), "EMG-05");
    let exchanges = mock.journal().exchanges();
    assert!(exchanges.iter().all(|one| one.access.as_deref() == Some("normal")), "nothing was asked in emergency");
}

#[tokio::test]
async fn bris_de_glace_needs_a_reason_and_an_open_record() {
    let mock = MockDmp::start().await.unwrap();
    let air = air(&mock);
    for reason in ["", "         ", "urgent", &"x".repeat(256)] {
        let error = air.bris_de_glace(other(), Consent::given(), reason).await.unwrap_err();
        assert_eq!(rule(&error), "V45", "{} characters", reason.len());
    }
    assert!(mock.journal().last().is_none(), "nothing was sent");
    let closed = air.bris_de_glace(patient(seed::PATIENT_CLOSED), Consent::given(), REASON).await.unwrap_err();
    assert_eq!(rule(&closed), "EX_0.2");
}

#[tokio::test]
async fn a_3_1_250_the_holder_opposed_to_bris_de_glace() {
    let mock = MockDmp::start().await.unwrap();
    let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
    mock.with_world(|world| world.patient_mut(&id).unwrap().opposes_bris_de_glace = true);
    let record = air(&mock).bris_de_glace(other(), Consent::given(), REASON).await.unwrap();
    assert_eq!(code(&record.find(Search::approved()).await.unwrap_err()), "DMPAccessForbidden");
}

#[tokio::test]
async fn a_0_1_220_a_regulation_centre_feeds_in_indirecte() {
    let mock = MockDmp::start().await.unwrap();
    make_regulation_centre(&mock);
    let regulation = client(&mock).indirect(sender()).unwrap().centre_15();
    let record = regulation.record(followed(), Consent::given()).unwrap();
    let fed = letter();
    record.submit(&Submission::of(document(&fed).await)).await.unwrap();
    assert_eq!(mock.journal().last().unwrap().access.as_deref(), Some("centre_15"));
    // 3.3-451.
    assert_eq!(record.delete(unique_id(&fed).as_str()).await.unwrap(), Change::Done);
    let opposed = regulation.record(followed(), Consent::refused()).unwrap();
    assert_eq!(rule(&opposed.submit(&Submission::of(document(&letter()).await)).await.unwrap_err()), "EXI 02");
}

#[tokio::test]
async fn a_3_1_240_the_holder_opposed_to_regulation() {
    let mock = MockDmp::start().await.unwrap();
    make_regulation_centre(&mock);
    let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
    mock.with_world(|world| world.patient_mut(&id).unwrap().opposes_centre_15 = true);
    let record = air(&mock).centre_15().record(other(), Consent::given()).unwrap();
    assert_eq!(code(&record.find(Search::approved()).await.unwrap_err()), "DMPAccessForbidden");
}

#[tokio::test]
async fn v_17_centre_15_from_a_structure_that_is_none() {
    let mock = MockDmp::start().await.unwrap();
    let record = air(&mock).centre_15().record(other(), Consent::given()).unwrap();
    assert_eq!(code(&record.existence().await.unwrap_err()), "DMPAccessDeniedByRightsService");
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V44");
}
