//! TD0.2 and TD0.3 over TLS against the mock.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use support::*;

#[tokio::test]
async fn the_state_of_each_record_is_an_answer() {
    let mock = MockDmp::start().await.unwrap();
    let session = air(&mock);
    let existence =
        async |matricule| session.record(patient(matricule), Consent::given()).unwrap().existence().await.unwrap();
    let Existence::Active(dmp) = existence(seed::PATIENT_FOLLOWED).await else { panic!("not active") };
    assert_eq!(dmp.authorisation(), Authorisation::Valide);
    assert_eq!(dmp.medecin_traitant, Some(true));
    let Existence::Active(dmp) = existence(seed::PATIENT_UNKNOWN_TO_ALL).await else { panic!("not active") };
    assert_eq!(dmp.authorisation(), Authorisation::NonExiste);
    assert!(matches!(existence(seed::PATIENT_CLOSED).await, Existence::Closed(..)));
    // A right key, and nobody behind it.
    assert!(matches!(existence("285079999999935").await, Existence::Absent));
}

#[tokio::test]
async fn an_authorisation_is_added_then_withdrawn() {
    let mock = MockDmp::start().await.unwrap();
    let record = air(&mock).record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given()).unwrap();
    assert_eq!(record.authorise().await.unwrap(), Change::Done);
    assert_eq!(record.authorise().await.unwrap(), Change::Unchanged);
    let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("not active") };
    assert_eq!(dmp.authorisation(), Authorisation::Valide);
    let withdrawn = air(&mock).withdraw(patient(seed::PATIENT_UNKNOWN_TO_ALL)).unwrap();
    assert_eq!(withdrawn.remove_authorisation().await.unwrap(), Change::Done);
}

#[tokio::test]
async fn nothing_is_sent_to_a_record_known_as_closed() {
    let mock = MockDmp::start().await.unwrap();
    let record = air(&mock).record(patient(seed::PATIENT_CLOSED), Consent::given()).unwrap();
    record.existence().await.unwrap();
    let refused = record.find(Search::approved()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.rule()), (ErrorKind::PatientState, Some("EX_0.2")));
    assert_eq!(refused.outcome(), Outcome::NotSent);
}

#[tokio::test]
async fn indirect_may_ask_too() {
    let mock = MockDmp::start().await.unwrap();
    let session = client(&mock).indirect(sender()).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    let process = Sender::system(internal_id("30B0990008/AUTOMATE7"), "ANALYSEUR", "AX-100", establishment());
    let record = client(&mock).indirect(process).unwrap().record(followed(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
}

#[tokio::test]
async fn an_ins_of_the_other_world_stays_here() {
    use dmp_vocabulary::Realm;
    use dmp_vocabulary::identity::{IdentityPolicy, Ins, KeyCheck};
    let mock = MockDmp::start().await.unwrap();
    let policy = |realm| IdentityPolicy::from(realm).with_ins_key_check(KeyCheck::Warn);
    let declared = |number, oid| {
        let ins = Ins::parse(number, oid, policy(if oid.ends_with(".8") { Realm::Production } else { Realm::Test }));
        QualifiedPatient::declared(ins.unwrap().value)
    };
    let production = declared("280057599900151", "1.2.250.1.213.1.4.8");
    let wrong_key = declared("280057599900152", "1.2.250.1.213.1.4.10");
    let nia = declared("280057599900151", "1.2.250.1.213.1.4.9");
    let refused = |session: &AirSession, patient: &QualifiedPatient| {
        session.record(patient.clone(), Consent::given()).err().and_then(|error| error.rule())
    };
    let strict = air(&mock);
    assert_eq!(refused(&strict, &production), Some("platform"));
    assert_eq!(refused(&strict, &wrong_key), Some("platform"));
    assert_eq!(refused(&strict, &nia), Some("0.2-080"));
    let lenient = builder(&mock).policy(Policy::lenient("V41").unwrap()).build().unwrap();
    let lenient = lenient.air_simplifie(medecin(), factor()).unwrap();
    assert_eq!(refused(&lenient, &production), None);
    assert_eq!(refused(&lenient, &wrong_key), None);
    assert_eq!(refused(&lenient, &nia), Some("0.2-080"));
}

#[tokio::test]
async fn a_session_that_every_request_would_see_refused_does_not_open() {
    let mock = MockDmp::start().await.unwrap();
    let rpps = dmp_vocabulary::identity::Rpps::parse("99999000013", Realm::Test).unwrap().value;
    let doctor =
        |roles: Vec<Role>, structure: Establishment| Professional::new(&rpps, "MODELE", "ALIX", roles, structure);
    let good = || roles::of_directory("10", Some("SM26"));
    let cabinet = dmp_vocabulary::identity::StructureId::parse("499999000013008", Realm::Test).unwrap().value;
    let cabinet = Establishment::new(cabinet, "CABINET DR MODELE", "SA07");
    let one_factor = SecondFactor::passed_at(jiff::Timestamp::now(), AuthenticationClass::Password);
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    for (rule, professional, second_factor) in [
        ("V39", doctor(roles::of_directory("10", None), establishment()), factor()),
        ("V38", doctor(Vec::new(), establishment()), factor()),
        ("EXI 24", doctor(good(), cabinet), factor()),
        ("EXI 21", doctor(good(), establishment()), one_factor),
        ("V53", doctor(good(), establishment()), SecondFactor::passed_at(tomorrow, AuthenticationClass::TimeSyncToken)),
    ] {
        let refused = client(&mock).air_simplifie(professional, second_factor).unwrap_err();
        assert_eq!((refused.rule(), refused.outcome()), (Some(rule), Outcome::NotSent), "{refused}");
    }
    assert!(mock.journal().exchanges().is_empty());
}

/// Programs run calls as tasks.
#[tokio::test]
async fn futures_are_send() {
    fn sendable<F: Future + Send>(_: F) {}
    let mock = MockDmp::start().await.unwrap();
    let air = air(&mock).record(followed(), Consent::given()).unwrap();
    let indirect = client(&mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let submission = Submission::of(support::documents::document(&support::documents::letter()).await);
    sendable(air.existence());
    sendable(air.authorise());
    sendable(air.find(Search::approved()));
    sendable(air.retrieve("2.25.1"));
    sendable(air.retrieve_to_file("2.25.1", "file"));
    sendable(air.mask("2.25.1"));
    sendable(air.archive("2.25.1"));
    sendable(indirect.submit(&submission));
    sendable(indirect.delete("2.25.1"));
    sendable(Document::from_cda_file("file"));
}

#[tokio::test]
async fn existence_is_asked_before_the_patient_is() {
    let mock = MockDmp::start().await.unwrap();
    let session = air(&mock);
    let pending = session.before_consent(followed()).unwrap();
    assert!(matches!(pending.existence().await.unwrap(), Existence::Active(_)));
    let error = pending.with_consent(Consent::refused()).unwrap_err();
    assert_eq!((error.rule(), error.outcome()), (Some("EX_0.3-1010"), Outcome::NotSent));
    let agreed = session.before_consent(followed()).unwrap().with_consent(Consent::given()).unwrap();
    agreed.authorise().await.unwrap();

    // What TD0.2 said is still known once the patient has agreed.
    let closed = session.before_consent(patient(seed::PATIENT_CLOSED)).unwrap();
    closed.existence().await.unwrap();
    let sent = mock.journal().exchanges().len();
    let error = closed.with_consent(Consent::given()).unwrap().find(Search::approved()).await.unwrap_err();
    assert_eq!((error.rule(), error.kind()), (Some("EX_0.2"), ErrorKind::PatientState));
    assert_eq!(mock.journal().exchanges().len(), sent, "nothing is sent");
}
