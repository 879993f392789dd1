//! TD1.3b and TD1.4 (feature `legacy`): a card changes and closes a record that is not linked to Mon espace santé.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{CardHolder, PKCS12_PASSWORD};
use dmp_mock::world::{PatientId, RecordState, seed};
use dmp_protocol::patient::{
    PatientTraits, RegistrationAnswer, RegistrationAuthor, RegistrationChange, RegistrationRequest,
    RegistrationResponse,
};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::AuthenticationMode;
use dmp_vocabulary::identity::{Ins, StructureId};
use jiff::Timestamp;
use secrecy::SecretString;
use uuid::Uuid;

#[path = "../../dmp-mock/tests/support/mod.rs"]
mod bare;

fn id() -> PatientId {
    PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID)
}

fn ins() -> Ins {
    Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test).unwrap().value
}

/// The followed patient has a record outside Mon espace santé.
async fn unlinked() -> MockDmp {
    let mock = MockDmp::start().await.unwrap();
    mock.with_world(|world| world.patient_mut(&id()).unwrap().linked_to_mon_espace_sante = false);
    mock
}

fn holder() -> CardHolder {
    CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin")
}

/// The followed patient's record, by the card of the médecin.
fn record(mock: &MockDmp) -> DirectRecord {
    let pair = mock.pki().card(&holder()).unwrap();
    let password = || SecretString::from(PKCS12_PASSWORD);
    let authentication = AuthenticationIdentity::from_pkcs12_bytes(&pair.authentication.pkcs12().unwrap(), password());
    let signing = SigningIdentity::from_pkcs12_bytes(&pair.signature.pkcs12().unwrap(), password());
    let card = Card::new(authentication.unwrap(), Some(signing.unwrap())).unwrap();
    let structure = StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value;
    let establishment = Establishment::new(structure, "CLINIQUE DU MODELE", "SA01");
    let software = Software::new("LPS Exemple", "4.2.0", "XXX-000000-tmp0").with_instance(bare::sender::INSTANCE);
    let client = DmpClient::builder(Endpoint::custom(&mock.url()).unwrap())
        .software(software)
        .trust_anchors(TrustAnchors::from_pem(mock.pki().root.certificate_pem().as_bytes()).unwrap())
        .retry(RetryPolicy::never())
        .build_for_cards()
        .unwrap();
    let session = client.direct(card, establishment, roles::of_directory("10", Some("SM26"))).unwrap();
    session.record(QualifiedPatient::declared(ins()), Consent::given()).unwrap()
}

fn update() -> AdministrativeUpdate {
    AdministrativeUpdate {
        telecoms: vec![Telecom { purpose: Some("MC".to_owned()), url: "tel:0639980004".to_owned() }],
        address: Some(Address {
            lines: vec!["30 QUAI DES MARINIERS".to_owned()],
            city: Some("VALFLEURY".to_owned()),
            ..Address::default()
        }),
        representative: Some(LegalRepresentative {
            relationship: "MTH".to_owned(),
            given: vec!["ROSELINE".to_owned()],
            family: Some("EXEMPLE".to_owned()),
            ..LegalRepresentative::default()
        }),
        birth_place: None,
        opposes_bris_de_glace: true,
        opposes_centre_15: false,
    }
}

/// What the message of TD1.4, sent without asking TD0.2 first, is answered.
async fn close_blindly(mock: &MockDmp, given: &str, mode: AuthenticationMode) -> bare::HttpAnswer {
    let pair = mock.pki().card(&holder()).unwrap();
    let mut sender = bare::Sender::new(mock, mode);
    if mode == AuthenticationMode::Directe {
        (sender.tls, sender.signer) = (&pair.authentication, &pair.signature);
    }
    let author = RegistrationAuthor {
        id: seed::MEDECIN.to_owned(),
        specialty: None,
        family: "MODELE".to_owned(),
        given: given.to_owned(),
        structure: seed::STRUCTURE_EG.to_owned(),
        structure_name: None,
    };
    let (change, traits) = (RegistrationChange::close(None), PatientTraits::default());
    let lps = dmp_protocol::patient::Lps { root: bare::sender::INSTANCE.to_owned(), name: "LPS Exemple".to_owned() };
    let request = RegistrationRequest::new(lps, &ins(), traits, change, author, Uuid::new_v4(), Timestamp::now());
    sender.send(Transaction::CloseRecord, |w| request.write(w)).await
}

fn is_active(mock: &MockDmp) -> bool {
    mock.with_world(|world| world.patient(&id()).unwrap().record == RecordState::Active)
}

#[tokio::test]
async fn administrative_data_are_replaced_as_a_whole() {
    let mock = unlinked().await;
    let record = record(&mock);
    let before = record.administrative_data().await.unwrap().unwrap();
    assert_eq!((before.traits().telecoms.len(), before.opposes_bris_de_glace()), (2, Some(false)));
    record.update_administrative_data(update()).await.unwrap();
    let last: Vec<_> =
        mock.journal().exchanges().iter().rev().take(2).filter_map(|one| one.transaction.clone()).collect();
    assert_eq!(last, ["TD1.3b", "TD0.2"], "the state was read first");
    let after = record.administrative_data().await.unwrap().unwrap();
    assert_eq!(AdministrativeUpdate::of(&after), Some(update()), "and what was left out is erased");
    let identity = |data: &AdministrativeData| PatientTraits { telecoms: Vec::new(), ..data.traits().clone() };
    assert_eq!(identity(&after), identity(&before));
}

#[tokio::test]
async fn a_record_is_closed_once() {
    let mock = unlinked().await;
    let record = record(&mock);
    assert_eq!(record.close(Some("La titulaire ne souhaite plus utiliser son DMP")).await.unwrap(), Change::Done);
    assert!(matches!(record.existence().await.unwrap(), Existence::Closed(_, closing) if closing.on.is_some()));
    assert_eq!(record.close(None).await.unwrap(), Change::Unchanged);
    let refused = record.update_administrative_data(update()).await.unwrap_err();
    assert_eq!((refused.rule(), refused.kind()), (Some("EX_0.2"), ErrorKind::PatientState));
    assert_eq!(mock.journal().last().unwrap().transaction.as_deref(), Some("TD0.2"), "neither was sent");
    // Who does not ask first is refused by the DMP, in an acknowledgement.
    let answer = close_blindly(&mock, "ALIX", AuthenticationMode::Directe).await;
    assert_eq!((answer.status.as_u16(), acknowledged(&answer).as_deref()), (200, Some("DMPClosed")));
    assert_eq!(rule(&mock), "PAT-03");
}

#[tokio::test]
async fn a_record_of_mon_espace_sante_is_refused_on_both_sides() {
    let mock = MockDmp::start().await.unwrap();
    let record = record(&mock);
    for refused in
        [record.update_administrative_data(update()).await.unwrap_err(), record.close(None).await.unwrap_err()]
    {
        assert_eq!((refused.rule(), refused.kind()), (Some("FUN-02"), ErrorKind::PatientState));
    }
    assert_eq!(mock.journal().last().unwrap().transaction.as_deref(), Some("TD0.2"), "neither was sent");
    let answer = close_blindly(&mock, "ALIX", AuthenticationMode::Directe).await;
    assert_eq!(answer.fault_code().as_deref(), Some("DMPAccessDeniedByRightsService"));
    assert_eq!(rule(&mock), "FUN-02");
    assert!(is_active(&mock));
}

#[tokio::test]
async fn refusals_change_nothing() {
    let mock = unlinked().await;
    // An author without given name.
    let answer = close_blindly(&mock, "", AuthenticationMode::Directe).await;
    assert_eq!((acknowledged(&answer).as_deref(), rule(&mock).as_str()), (Some("DMPInvalidData"), "TD1.3b"));
    // A mode that only consults.
    let answer = close_blindly(&mock, "ALIX", AuthenticationMode::AirSimplifie).await;
    assert_eq!(answer.fault_code().as_deref(), Some("DMPAccessDeniedByRightsService"));
    assert_eq!(rule(&mock), "FUN-01");
    // Nobody is authorised any more.
    mock.with_world(|world| world.patient_mut(&id()).unwrap().grants.clear());
    let refused = record(&mock).close(None).await.unwrap_err();
    assert_eq!(refused.code().map(Code::as_str), Some("DMPAuthorizationNotFound"));
    assert_eq!(refused.transaction(), Some(Transaction::CloseRecord));
    assert!(is_active(&mock));
}

fn rule(mock: &MockDmp) -> String {
    mock.journal().last().unwrap().refusal.unwrap().rule
}

/// Code of the acknowledgement that refuses.
fn acknowledged(answer: &bare::HttpAnswer) -> Option<String> {
    match RegistrationResponse::read(answer.envelope().body()).unwrap().answer {
        RegistrationAnswer::Refused(refusal) => refusal.details.into_iter().find_map(|detail| detail.code),
        RegistrationAnswer::Accepted { .. } => None,
    }
}
