//! Scenarios of the acceptance book on patients and rights: TD0.4, TD0.5, TD1.3a, TD1.6, and the access rules they meet.
//!
//! Each test bears the id of its scenario. Left to a person: the screens of 1.3a-010 (what is hidden by default) and of
//! 0.5-500 (the software proposes to refine).

use crate::bare;
use crate::support::documents::{document, letter};
use crate::support::*;
use dmp_client::mode::{Air, Centre15};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{Grant, GrantHolder, Patient, PatientId, RecordState, Sex, seed};
use dmp_protocol::error::{Carrier, Origin};
use dmp_protocol::rights::PatientList;
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::BirthDate;
use jiff::{SignedDuration, Timestamp};

async fn mock() -> MockDmp {
    MockDmp::start().await.unwrap()
}

/// A mock whose establishment is a centre de régulation.
async fn centre_15() -> MockDmp {
    let mock = mock().await;
    mock.with_world(|world| {
        let mut structure = world.structure(seed::STRUCTURE_EG).unwrap().clone();
        structure.centre_15 = true;
        world.add_structure(structure);
    });
    mock
}

fn regulation(mock: &MockDmp) -> Session<Air, Centre15> {
    air(mock).centre_15()
}

fn change(mock: &MockDmp, matricule: &str, change: impl FnOnce(&mut Patient)) {
    mock.with_world(|world| change(world.patient_mut(&PatientId::new(matricule, seed::TEST_NIR_OID)).unwrap()));
}

fn yesterday() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(24)
}

fn numbers(listed: &[ListedDmp]) -> Vec<&str> {
    listed.iter().flat_map(|dmp| dmp.ins().map(|id| id.extension())).collect()
}

/// Rule of the mock, code and carrier of a refusal.
fn refusal(mock: &MockDmp, error: &DmpError) -> (String, String, Option<Carrier>) {
    let rule =
        mock.journal().exchanges().last().and_then(|exchange| exchange.refusal.as_ref().map(|one| one.rule.clone()));
    let carrier = match error.origin() {
        Origin::Remote(carrier) => Some(*carrier),
        _ => None,
    };
    (rule.unwrap_or_default(), error.code().map(ToString::to_string).unwrap_or_default(), carrier)
}

fn said(rule: &str, code: &str, carrier: Carrier) -> (String, String, Option<Carrier>) {
    (rule.to_owned(), code.to_owned(), Some(carrier))
}

#[tokio::test]
async fn a_0_4_010_the_dmp_authorised_since_a_date() {
    let mock = mock().await;
    let session = air(&mock);
    session.record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given()).unwrap().authorise().await.unwrap();
    let listed = session.authorised(AuthorisedList::authorised_since(yesterday())).await.unwrap();
    assert_eq!(numbers(&listed), [seed::PATIENT_UNKNOWN_TO_ALL]);
    let dmp = listed.first().unwrap();
    assert!(!dmp.medecin_traitant && !dmp.message);
    assert_eq!((dmp.birth_name.as_deref(), dmp.birth_date.as_deref()), (Some("SPECIMEN"), Some("19751103")));
    assert!(dmp.last_access.as_ref().and_then(|time| time.instant()).is_some_and(|at| at >= yesterday()));
    // Expired, blocked and closed records are not listed; nothing is a success.
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    assert!(session.authorised(AuthorisedList::authorised_since(later)).await.unwrap().is_empty());
    change(&mock, seed::PATIENT_UNKNOWN_TO_ALL, |patient| {
        patient.blocked.insert(GrantHolder::Person(seed::MEDECIN.to_owned()));
    });
    change(&mock, seed::PATIENT_CLOSED, |patient| {
        patient.grants.insert(GrantHolder::Person(seed::MEDECIN.to_owned()), Grant::Since(Timestamp::now()));
    });
    assert_eq!(numbers(&session.authorised(AuthorisedList::all()).await.unwrap()), [seed::PATIENT_FOLLOWED]);
}

#[tokio::test]
async fn a_0_4_020_the_dmp_with_new_documents() {
    let mock = mock().await;
    let session = air(&mock);
    session.record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given()).unwrap().authorise().await.unwrap();
    let new = || AuthorisedList::documents_since(yesterday());
    assert!(session.authorised(new()).await.unwrap().is_empty());
    let feeding = client(&mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    feeding.submit(&Submission::of(document(&letter()).await)).await.unwrap();
    let listed = session.authorised(new()).await.unwrap();
    assert_eq!(numbers(&listed), [seed::PATIENT_FOLLOWED], "authorised, and a document: both");
    let dmp = listed.first().unwrap();
    assert!(dmp.medecin_traitant && dmp.last_add.is_some() && dmp.last_update.is_some());
    let later = AuthorisedList::documents_since(Timestamp::now() + SignedDuration::from_hours(1));
    assert!(session.authorised(later).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_structure_lists_its_new_authorisations_only() {
    let mock = mock().await;
    let structure = client(&mock).indirect(sender()).unwrap();
    assert!(structure.authorised_since(yesterday()).await.unwrap().is_empty());
    change(&mock, seed::PATIENT_FOLLOWED, |patient| {
        let structure = GrantHolder::Structure(seed::STRUCTURE_EG.to_owned());
        patient.grants.insert(structure, Grant::Since(Timestamp::now()));
    });
    let listed = structure.authorised_since(yesterday()).await.unwrap();
    assert_eq!(numbers(&listed), [seed::PATIENT_FOLLOWED]);
    assert!(!listed.first().unwrap().medecin_traitant, "a structure is nobody's médecin traitant");
}

/// A professional asks for himself: the type of the session has no way to name somebody else.
#[tokio::test]
async fn a_professional_who_names_somebody_else_is_refused() {
    let mock = mock().await;
    let list = PatientList { owner: Some(seed::PHARMACIEN.to_owned()), ..PatientList::default() };
    let answer = bare::Sender::air(&mock).send(Transaction::ListAuthorised, |w| list.write(w)).await;
    assert_eq!(
        (answer.rule(), answer.fault_code().as_deref()),
        (Some("FUN-03"), Some("DMPAccessDeniedByRightsService"))
    );
}

#[tokio::test]
async fn a_0_5_010_an_exact_name() {
    let mock = centre_15().await;
    let found = regulation(&mock).search_patients(PatientCriteria::named("exemple")).await.unwrap();
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(only.traits().given, ["CAMILLE"]);
    assert_eq!((only.match_percentage(), only.is_usable()), (Some(100), true));
    assert_eq!(only.civil().addresses.first().and_then(|address| address.city.as_deref()), Some("VALFLEURY"));
    assert!(!format!("{found:?}").contains(seed::PATIENT_FOLLOWED));
    // TD0.5, then TD0.2 and TD3.1: no authorisation is needed.
    let record = regulation(&mock).record_of(only, Consent::refused()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_0_5_050_a_birth_date() {
    let mock = centre_15().await;
    let born = BirthDate::parse_hl7("19751103").unwrap();
    let found = regulation(&mock).search_patients(PatientCriteria::born_on(&born)).await.unwrap();
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(only.traits().birth_name.as_deref(), Some("SPECIMEN"));
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn a_0_5_060_an_approaching_name_and_a_sex() {
    let mock = centre_15().await;
    let criteria = |gender| PatientCriteria { gender: Some(gender), ..PatientCriteria::named_about("EXEMPEL") };
    let found = regulation(&mock).search_patients(criteria(Gender::Female)).await.unwrap();
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert!(only.match_percentage().is_some_and(|percentage| (70..100).contains(&percentage)), "{only:?}");
    assert!(regulation(&mock).search_patients(criteria(Gender::Male)).await.unwrap().is_empty());
    let exact = PatientCriteria::named("EXEMPEL");
    assert!(regulation(&mock).search_patients(exact).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_0_5_090_nobody_of_that_name() {
    let mock = centre_15().await;
    assert!(regulation(&mock).search_patients(PatientCriteria::named("INCONNU")).await.unwrap().is_empty());
}

/// AR-021, LIM-04.
#[tokio::test]
async fn a_0_5_500_too_many_patients() {
    let mock = centre_15().await;
    let women = PatientCriteria { gender: Some(Gender::Female), ..PatientCriteria::default() };
    mock.with_world(|world| {
        for number in 10..19 {
            let mut patient = Patient::active(PatientId::new(&format!("2800575999{number}000"), "1.2.3"), "AUTRE", "A");
            patient.sex = Some(Sex::F);
            world.add_patient(patient);
        }
    });
    let found = regulation(&mock).search_patients(women.clone()).await.unwrap();
    assert_eq!(found.len(), 10, "ten is not too many");
    mock.with_world(|world| {
        let mut patient = Patient::active(PatientId::new("280057599919000", "1.2.3"), "AUTRE", "A");
        patient.sex = Some(Sex::F);
        world.add_patient(patient);
    });
    let error = regulation(&mock).search_patients(women).await.unwrap_err();
    assert_eq!(refusal(&mock, &error), said("LIM-04", "DMPTooManyResult", Carrier::Acknowledgement));
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Validation, Advice::AfterFix));
}

/// AR-017, AR-019, AR-020, EMG-03.
#[tokio::test]
async fn opposed_and_closed_records_are_not_found() {
    let mock = centre_15().await;
    let search = async |name| regulation(&mock).search_patients(PatientCriteria::named(name)).await.unwrap().len();
    assert_eq!(search("SPECIMEN").await, 1);
    assert_eq!(search("TEMOIN").await, 0, "closed");
    change(&mock, seed::PATIENT_UNKNOWN_TO_ALL, |patient| patient.opposes_centre_15 = true);
    assert_eq!(search("SPECIMEN").await, 0);
    let exchanges = mock.journal().exchanges();
    assert_eq!(exchanges.last().unwrap().filtered.get("EMG-03"), Some(&1));
    assert_eq!(exchanges.get(1).unwrap().filtered.get("PAT-03"), Some(&1));
}

/// AR-014, V-17.
#[tokio::test]
async fn a_structure_that_is_no_centre_15_searches_nobody() {
    let mock = mock().await;
    let search = PatientCriteria::named("EXEMPLE");
    let error = regulation(&mock).search_patients(search.clone()).await.unwrap_err();
    assert_eq!(refusal(&mock, &error), said("V44", "DMPAccessDeniedByRightsService", Carrier::Fault));
    let structure = client(&mock).indirect(sender()).unwrap().centre_15();
    let error = structure.search_patients(search).await.unwrap_err();
    assert_eq!(refusal(&mock, &error), said("V44", "DMPAccessDeniedByRightsService", Carrier::Fault));
}

#[tokio::test]
async fn a_certificate_of_a_centre_15_searches_too() {
    let mock = centre_15().await;
    let structure = client(&mock).indirect(sender()).unwrap().centre_15();
    let found = structure.search_patients(PatientCriteria::named("EXEMPLE")).await.unwrap();
    let record = structure.record_of(found.first().unwrap(), Consent::given()).unwrap();
    assert!(record.administrative_data().await.unwrap().is_some());
}

/// Errors.md §8.4: refused before sending.
#[tokio::test]
async fn criteria_that_say_too_little_are_not_sent() {
    let mock = centre_15().await;
    let city = PatientCriteria { city: Some("X".repeat(39)), ..PatientCriteria::default() };
    for criteria in [PatientCriteria::default(), PatientCriteria::named("E"), PatientCriteria::named_about(" "), city] {
        let error = regulation(&mock).search_patients(criteria).await.unwrap_err();
        assert_eq!((error.rule(), error.outcome()), (Some("TD0.5"), Outcome::NotSent));
    }
    assert!(mock.journal().exchanges().is_empty());
}

#[tokio::test]
async fn a_1_3a_010_both_oppositions_and_hidden_identity() {
    let mock = mock().await;
    change(&mock, seed::PATIENT_FOLLOWED, |patient| patient.opposes_centre_15 = true);
    let record = air(&mock).record(followed(), Consent::given()).unwrap();
    let data = record.administrative_data().await.unwrap().unwrap();
    assert_eq!((data.opposes_bris_de_glace(), data.opposes_centre_15()), (Some(false), Some(true)));
    assert_eq!(data.traits().prefix.as_deref(), Some("Mme"));
    assert_eq!(data.traits().telecoms.first().and_then(|telecom| telecom.purpose.as_deref()), Some("MC"));
    assert_eq!(data.civil().addresses.first().and_then(|address| address.postal_code.as_deref()), Some("88990"));
    let shown = format!("{data:?}");
    for hidden in ["EXEMPLE", "TILLEULS", "0639980001", seed::PATIENT_FOLLOWED] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
}

/// AR-064.
#[tokio::test]
async fn a_1_3a_040_in_bris_de_glace() {
    let mock = mock().await;
    let session = air(&mock);
    let patient = patient(seed::PATIENT_UNKNOWN_TO_ALL);
    let reason = "Patient inconscient, détresse vitale";
    let record = session.bris_de_glace(patient, Consent::refused(), reason).await.unwrap();
    let data = record.administrative_data().await.unwrap().unwrap();
    assert_eq!(data.opposes_bris_de_glace(), Some(false));
    // AR-063, EMG-02.
    change(&mock, seed::PATIENT_UNKNOWN_TO_ALL, |patient| patient.opposes_bris_de_glace = true);
    let error = record.administrative_data().await.unwrap_err();
    assert_eq!(refusal(&mock, &error), said("EMG-02", "DMPAccessForbidden", Carrier::Fault));
    assert_eq!(error.kind(), ErrorKind::Authorisation);
}

#[tokio::test]
async fn a_1_3a_050_in_regulation() {
    let mock = centre_15().await;
    let record = regulation(&mock).record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::refused()).unwrap();
    assert!(record.administrative_data().await.unwrap().is_some());
    // EMG-01.
    change(&mock, seed::PATIENT_UNKNOWN_TO_ALL, |patient| patient.opposes_centre_15 = true);
    let error = record.administrative_data().await.unwrap_err();
    assert_eq!(refusal(&mock, &error), said("EMG-01", "DMPAccessForbidden", Carrier::Fault));
}

#[tokio::test]
async fn a_1_3a_200_a_name_that_is_not_given() {
    let mock = mock().await;
    change(&mock, seed::PATIENT_FOLLOWED, |patient| patient.used_name = Some("NON_RENSEIGNE".to_owned()));
    let record = air(&mock).record(followed(), Consent::given()).unwrap();
    let data = record.administrative_data().await.unwrap().unwrap();
    assert_eq!((data.traits().used_name.as_deref(), data.traits().birth_name.as_deref()), (None, Some("EXEMPLE")));
}

/// AR-041, AR-042, PAT-02, PAT-03, AUT-03.
#[tokio::test]
async fn administrative_data_follow_the_state_and_the_authorisation() {
    let mock = mock().await;
    let session = air(&mock);
    let read = async |matricule| {
        let record = session.record(patient(matricule), Consent::given()).unwrap();
        record.administrative_data().await
    };
    let error = read(seed::PATIENT_UNKNOWN_TO_ALL).await.unwrap_err();
    assert_eq!(refusal(&mock, &error), said("AUT-01", "DMPAuthorizationNotFound", Carrier::Acknowledgement));
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Authorisation, Outcome::Refused));
    change(&mock, seed::PATIENT_UNKNOWN_TO_ALL, |patient| {
        patient.blocked.insert(GrantHolder::Person(seed::MEDECIN.to_owned()));
    });
    let error = read(seed::PATIENT_UNKNOWN_TO_ALL).await.unwrap_err();
    assert_eq!(refusal(&mock, &error), said("AUT-03", "DMPAccessForbidden", Carrier::Acknowledgement));
    assert!(read("285079999999935").await.unwrap().is_none(), "no DMP");
    let closed = read(seed::PATIENT_CLOSED).await.unwrap().unwrap();
    assert!(closed.closing().and_then(|closing| closing.on.as_ref()).is_some());
    assert_eq!(closed.opposes_bris_de_glace(), None);
    // A structure needs no authorisation.
    let structure = client(&mock).indirect(sender()).unwrap();
    let record = structure.record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given()).unwrap();
    assert!(record.administrative_data().await.unwrap().is_some());
    // What TD1.3a says of a closed record holds for what follows.
    let record = session.record(patient(seed::PATIENT_CLOSED), Consent::given()).unwrap();
    record.administrative_data().await.unwrap();
    assert_eq!(record.find(Search::approved()).await.unwrap_err().rule(), Some("EX_0.2"));
}

async fn with_a_block() -> MockDmp {
    let mock = mock().await;
    change(&mock, seed::PATIENT_FOLLOWED, |patient| {
        patient.blocked.insert(GrantHolder::Person(seed::PHARMACIEN.to_owned()));
        let other = GrantHolder::Structure(seed::STRUCTURE_OTHER.to_owned());
        patient.grants.insert(other, Grant::Since("2020-01-01T00:00:00Z".parse().unwrap()));
        let own = GrantHolder::Structure(seed::STRUCTURE_EG.to_owned());
        patient.grants.insert(own, Grant::Since(yesterday()));
    });
    mock
}

async fn actors(mock: &MockDmp, mode: AuthorizationMode) -> Vec<AuthorizedActor> {
    air(mock).record(followed(), Consent::given()).unwrap().authorisations(mode).await.unwrap()
}

fn ids(actors: &[AuthorizedActor]) -> Vec<&str> {
    actors.iter().map(|actor| actor.national_id.as_str()).collect()
}

#[tokio::test]
async fn a_1_6_010_all_actors() {
    let mock = with_a_block().await;
    let listed = actors(&mock, AuthorizationMode::Toute).await;
    assert_eq!(ids(&listed), [seed::MEDECIN, seed::STRUCTURE_EG, seed::PHARMACIEN], "an expired one is not shown");
    let [medecin, structure, blocked] = listed.as_slice() else { panic!("{listed:?}") };
    assert!(medecin.is_medecin_traitant());
    assert_eq!((medecin.first_name.as_deref(), medecin.last_name.as_deref()), (Some("ALIX"), Some("MODELE")));
    assert_eq!(medecin.national_id_type, AuthorizedActor::PERSON);
    let specialty = medecin.specialties.first().unwrap();
    assert!(specialty.0 == "G15_10/SM26" && specialty.1.is_some());
    assert_eq!((structure.first_name.as_deref(), structure.last_name.as_deref()), (None, Some("CLINIQUE DU MODELE")));
    assert!(structure.since.as_ref().and_then(|since| since.instant()).is_some());
    assert_eq!((&blocked.mode, blocked.since.as_ref()), (&AuthorizationMode::Interdite, None));
}

#[tokio::test]
async fn a_1_6_020_the_authorised() {
    let mock = with_a_block().await;
    assert_eq!(ids(&actors(&mock, AuthorizationMode::Active).await), [seed::MEDECIN, seed::STRUCTURE_EG]);
    let again = actors(&mock, AuthorizationMode::Active).await;
    assert!(again.first().unwrap().last_action.is_some(), "the first call was an action");
}

#[tokio::test]
async fn a_1_6_030_the_blocked() {
    let mock = with_a_block().await;
    assert_eq!(ids(&actors(&mock, AuthorizationMode::Interdite).await), [seed::PHARMACIEN]);
}

/// AUT-01, PAT-02, PAT-03 by the carrier of the service.
#[tokio::test]
async fn authorisations_are_listed_to_the_authorised_only() {
    let mock = mock().await;
    let session = air(&mock);
    for (matricule, rule, code, kind) in [
        (seed::PATIENT_UNKNOWN_TO_ALL, "AUT-01", "DMPAuthorizationNotFound", ErrorKind::Authorisation),
        (seed::PATIENT_CLOSED, "PAT-03", "DMPClosed", ErrorKind::PatientState),
        ("285079999999935", "PAT-02", "DMPInvalidRequest", ErrorKind::Validation),
    ] {
        let record = session.record(patient(matricule), Consent::given()).unwrap();
        let error = record.authorisations(AuthorizationMode::Toute).await.unwrap_err();
        assert_eq!(refusal(&mock, &error), said(rule, code, Carrier::Status));
        assert_eq!(error.kind(), kind);
    }
    change(&mock, seed::PATIENT_UNKNOWN_TO_ALL, |patient| patient.record = RecordState::Closed(Timestamp::now()));
    let record = session.record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given()).unwrap();
    record.existence().await.unwrap();
    let error = record.authorisations(AuthorizationMode::Toute).await.unwrap_err();
    assert_eq!((error.rule(), error.outcome()), (Some("EX_0.2"), Outcome::NotSent));
}

/// The consent that opens a record opens these data too.
#[tokio::test]
async fn nothing_is_asked_of_a_patient_who_does_not_agree() {
    let mock = mock().await;
    let structure = client(&mock).indirect(sender()).unwrap();
    let record = structure.record(followed(), Consent::expressed(false, true)).unwrap();
    assert_eq!(record.administrative_data().await.unwrap_err().rule(), Some("EX_0.3-1010"));
    assert!(mock.journal().exchanges().is_empty());
}
