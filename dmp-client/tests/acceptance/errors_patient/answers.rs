//! Refusals and odd values of TD0.2 to TD0.5, and faults in their two framings.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{CodeAnswer, Effect, Fault, FaultCarrier};
use dmp_mock::world::seed;
use dmp_protocol::error::Carrier;
use dmp_protocol::patient::{Authorisation, PatientCriteria, PatientSearch, ProcessingCode};
use dmp_protocol::rights::{SetAuthorization, SetAuthorizationResponse};
use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;

use super::{Scene, rewrite};
use crate::bare;
use crate::modes::people::{code, cpe_of, other};
use crate::support::*;

const WORLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/worlds/acceptance.toml");

fn td_of(mock: &MockDmp) -> Vec<String> {
    mock.journal().exchanges().into_iter().filter_map(|exchange| exchange.transaction).collect()
}

#[tokio::test]
async fn e0_01_a_refusal_of_td0_2_says_nothing_on_existence() {
    let scene = Scene::new().await;
    let record = scene.record();
    let answer = CodeAnswer { carrier: Some(FaultCarrier::C4), ..CodeAnswer::new("DMPInvalidRequest") };
    scene.mock.faults().add(Fault::new(Effect::Code(answer)).on(Transaction::Existence).times(1)).unwrap();
    let error = record.existence().await.unwrap_err();
    assert_eq!((error.outcome(), error.carrier()), (Outcome::Refused, Some(Carrier::Acknowledgement)));
    assert_eq!((error.kind(), code(&error)), (ErrorKind::Validation, "DMPInvalidRequest"));
    // Neither absent nor closed: the record is asked again, and searched.
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    assert_eq!(record.find(Search::approved()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn e0_02_unknown_codes_are_kept_and_nothing_is_declared() {
    let scene = Scene::new().await;
    let mock = &scene.mock;
    let answering = |edits: &[(&str, &str)]| {
        mock.faults().clear();
        mock.faults().add(Fault::new(rewrite(edits)).on(Transaction::Existence)).unwrap();
    };

    answering(&[("code=\"NON_EXISTE\"", "code=\"EN_ATTENTE\"")]);
    let record = scene.session().record(other(), Consent::given()).unwrap();
    let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("an active record") };
    assert_eq!(dmp.authorisation(), Authorisation::Other("EN_ATTENTE".into()));

    answering(&[("code=\"active\"", "code=\"suspended\"")]);
    let record = scene.session().record(other(), Consent::given()).unwrap();
    let existence = record.existence().await.unwrap();
    assert!(matches!(&existence, Existence::Unknown { status, .. } if status == "suspended"), "{existence:?}");
    assert!(!td_of(mock).iter().any(|td| td == "TD0.3"), "no TD0.3 follows");
}

#[tokio::test]
async fn e0_03_moon_dates_corsican_numbers_and_names_that_are_not_given() {
    let mock = MockDmp::builder().world_file(WORLD).start().await.unwrap();
    for (matricule, name, birth) in [
        ("137009999905172", Some("LUNE"), "19370000"),
        ("262032B99902786", Some("CORSE"), "19620307"),
        ("269099999903371", Some("SANSUSAGE"), "19690921"),
    ] {
        let record = air(&mock).record(patient(matricule), Consent::given()).unwrap();
        let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("{matricule}") };
        assert_eq!(dmp.traits.birth_name.as_deref(), name);
        assert_eq!(dmp.traits.birth_time.as_deref(), Some(birth));
        assert!(dmp.traits.birth_date().is_some(), "{birth}");
        assert_eq!(dmp.traits.used_name, None, "NON_RENSEIGNE is no name");
        assert!(dmp.ins().any(|id| id.extension() == matricule));
    }
    // The other spelling, as the birth name.
    let effect = rewrite(&[(">LUNE<", "> non renseigne <")]);
    mock.faults().add(Fault::new(effect)).unwrap();
    let record = air(&mock).record(patient("137009999905172"), Consent::given()).unwrap();
    let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("an active record") };
    assert_eq!(dmp.traits.birth_name, None);
}

#[tokio::test]
async fn e0_04_an_authorisation_that_is_there_already() {
    let mock = MockDmp::start().await.unwrap();
    let sender = bare::Sender::air(&mock).with_patient(seed::PATIENT_UNKNOWN_TO_ALL);
    let mut contexts = Vec::new();
    for _ in 0..2 {
        let answer = sender.authorise(&SetAuthorization::add()).await;
        let output = SetAuthorizationResponse::read(answer.envelope().body()).unwrap().output;
        assert!(output.is_ok());
        contexts.push(output.context.unwrap_or_default());
    }
    assert!(!contexts[1].is_empty() && contexts[0] != contexts[1], "the second says that it was there: {contexts:?}");
    let record = air(&mock).record(other(), Consent::given()).unwrap();
    assert_eq!(record.authorise().await.unwrap(), Change::Unchanged);
}

#[tokio::test]
async fn e0_05_a_cpe_lists_for_a_professional_of_another_structure() {
    let mock = MockDmp::start().await.unwrap();
    mock.with_world(|world| {
        let mut stranger = world.professional(seed::MEDECIN).unwrap().clone();
        stranger.id = "899999000047".into();
        stranger.structures = vec!["10B0990016".into()];
        world.add_professional(stranger);
    });
    let since = AuthorisedList::authorised_since(Timestamp::now() - jiff::SignedDuration::from_hours(24));
    match cpe_of(&mock, true).authorised_of(&internal_id("899999000047"), since).await {
        Ok(listed) => assert!(listed.is_empty()),
        Err(error) => assert_eq!(code(&error), "DMPAccessDeniedByRightsService"),
    }
    assert_eq!(td_of(&mock), ["TD0.4"]);
}

/// `search_patients` exists on a session of régulation only: anything else does not compile.
#[tokio::test]
async fn e0_06_a_patient_is_searched_by_traits_in_regulation_only() {
    let mock = MockDmp::start().await.unwrap();
    let sender = bare::Sender::air(&mock);
    let lps = dmp_protocol::patient::Lps { root: bare::sender::INSTANCE.into(), name: "LPS Exemple".into() };
    let criteria = PatientCriteria::named("exemple");
    let search = PatientSearch::new(
        lps,
        ProcessingCode::Test,
        criteria,
        uuid::Uuid::new_v4(),
        uuid::Uuid::new_v4(),
        sender.now(),
    );
    let answer = sender.send(Transaction::SearchPatient, |w| search.write(w)).await;
    assert_eq!(answer.fault_code().as_deref(), Some("DMPAccessDeniedByRightsService"));
    assert_eq!(answer.rule(), Some("FUN-01"));
}

#[tokio::test]
async fn w_03_a_fault_with_http_500_and_as_mtom() {
    let scene = Scene::new().await;
    const SENTENCE: &str = "Accès refusé par le patient";
    let refusing = |transaction, mode: FaultCarrier| {
        scene.mock.faults().clear();
        let text = Some(SENTENCE.to_owned());
        let answer = CodeAnswer { carrier: Some(mode), text, ..CodeAnswer::new("DMPAccessForbidden") };
        scene.mock.faults().add(Fault::new(Effect::Code(answer)).on(transaction)).unwrap();
    };
    let refused = |error: DmpError| {
        assert_eq!((error.outcome(), error.carrier()), (Outcome::Refused, Some(Carrier::Fault)), "{error:?}");
        assert_eq!((code(&error), error.server_text()), ("DMPAccessForbidden", Some(SENTENCE)));
        assert_eq!((error.http_status(), error.kind()), (Some(500), ErrorKind::Authorisation));
    };
    refusing(Transaction::Existence, FaultCarrier::C3);
    refused(scene.told(Transaction::Existence).await.unwrap_err());
    // TD3.2 answers in multipart, a fault too.
    let folder = tempfile::tempdir().unwrap();
    let capture = Capture::directory(folder.path()).unwrap();
    let captured = builder(&scene.mock).capture(capture).build().unwrap();
    let record = captured.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
    refusing(Transaction::Retrieve, FaultCarrier::C3);
    refused(record.retrieve(scene.document.as_str()).await.unwrap_err());
    let answers = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()));
    let answer = answers.map(Result::unwrap).find(|text| text.contains("DMPAccessForbidden")).unwrap();
    assert!(answer.to_lowercase().contains("content-type: multipart/related"), "the fault came as MTOM");
    scene.mock.faults().clear();
    // A front-end that answers the same in plain SOAP.
    let plain = include_str!("../../../../testdata/golden/fault.certificate.soap.xml");
    let plain = Effect::Http {
        status: 500,
        content_type: Some("application/soap+xml;charset=UTF-8".into()),
        body: Some(plain.to_owned()),
        retry_after: None,
    };
    let error = scene.told_with(Transaction::Retrieve, plain).await.unwrap_err();
    assert_eq!((code(&error), error.outcome()), ("DMPInvalidCertificate", Outcome::NotProcessed));
}
