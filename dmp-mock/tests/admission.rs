//! Each rule of admission, broken alone on an otherwise good assertion, over real bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::pki::{Identity, LeafProfile, LeafRequest, ThrowawayKey};
use dmp_mock::world::{WhiteListEntry, seed};
use dmp_mock::{MockDmp, pki};
use dmp_protocol::error::{DmpError, ErrorKind, Outcome};
use dmp_protocol::patient::{Answer, PatientQueryResponse};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::{Assertion, AttributeValue, AuthenticationMode, Conditions, name};
use dmp_protocol::xml::Writer;
use jiff::SignedDuration;
use support::Sender;
use support::sender::{remove, set_text};

type Spoil = fn(&mut Assertion);

const TRE_G15: &str = "1.2.250.1.71.1.2.7";
const AUTHENTICATION: &str = "DMPAuthenticationError";
const DATA: &str = "DMPInvalidData";

fn role(assertion: &mut Assertion, index: usize, code: &str, system: &str) {
    let roles = assertion.attributes.iter_mut().find(|attribute| attribute.is(name::ROLE)).unwrap();
    let AttributeValue::Coded(value) = &mut roles.values[index] else { panic!("expected a coded role") };
    value.code = code.into();
    value.code_system = system.into();
}

fn purpose(assertion: &mut Assertion, code: &str, system: &str) {
    let attribute = assertion.attributes.iter_mut().find(|attribute| attribute.is(name::PURPOSE_OF_USE)).unwrap();
    let AttributeValue::Coded(value) = &mut attribute.values[0] else { panic!("expected a coded purpose") };
    value.code = code.into();
    value.code_system = system.into();
}

/// Rules that an AIR simplifié assertion breaks when spoilt: spoil, rule, code, fragment of the text.
const CASES: [(Spoil, &str, &str, &str); 42] = [
    (|a| remove(a, name::STRUCTURE), "V30", DATA, "Identifiant_Structure est obligatoire"),
    (|a| remove(a, name::SECTOR), "V30", DATA, "Secteur_Activite"),
    (|a| set_text(a, name::SUBJECT_ID, " "), "V30", DATA, "subject-id"),
    (|a| remove(a, name::ROLE), "V30", DATA, "subject:role"),
    (|a| remove(a, name::MODE), "V30", DATA, "Authentification_mode"),
    (|a| remove(a, name::PURPOSE_OF_USE), "V30", DATA, "purposeofuse"),
    (
        |a| {
            let twice = a.attributes.iter().find(|attribute| attribute.is(name::LPS_NOM)).unwrap().clone();
            a.attributes.push(twice);
        },
        "V30",
        DATA,
        "plusieurs fois",
    ),
    (|a| set_text(a, name::VERSION, "2.0"), "V31", DATA, "VIHF_Version est incorrect : 2.0"),
    (|a| set_text(a, name::MODE, "AIR"), "V31", DATA, "Authentification_mode est incorrect : AIR"),
    (|a| set_text(a, name::RESSOURCE_URN, "urn:ROR"), "V32", DATA, "Ressource_URN est incorrect : urn:ROR"),
    (|a| set_text(a, name::STRUCTURE, "1X"), "V33", "DMPActorNotFound", "Impossible d'effectuer un test d'existence"),
    (|a| set_text(a, name::STRUCTURE, "10B0990032"), "V33", "DMPActorNotFound", "Structure introuvable ou Inactive"),
    (|a| set_text(a, name::STRUCTURE, seed::STRUCTURE_OTHER), "V34", DATA, "personne morale"),
    (|a| a.name_id = "30B0990008/UA7QX2M9".into(), "V35", DATA, "NameID"),
    (|a| a.name_id = "x".into(), "V35", DATA, "NameID"),
    (|a| role(a, 0, "SM26", "1.2.250.1.71.4.2.5"), "V38", DATA, "subject:role"),
    (|a| role(a, 0, "999", TRE_G15), "V38", DATA, "subject:role"),
    (|a| role(a, 1, "ZZ99", "1.2.250.1.71.4.2.5"), "V38", DATA, "subject:role"),
    (
        |a| {
            let roles = a.attributes.iter_mut().find(|attribute| attribute.is(name::ROLE)).unwrap();
            roles.values.truncate(1);
        },
        "V39",
        DATA,
        "Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins",
    ),
    (|a| set_text(a, name::SECTOR, "SA99^1.2.250.1.71.4.2.4"), "V40", DATA, "Secteur_Activite"),
    (|a| set_text(a, name::SECTOR, "SA01"), "V40", DATA, "Secteur_Activite"),
    (|a| remove(a, name::RESOURCE_ID), "V41", DATA, "Resource_id est incorrect"),
    (
        |a| set_text(a, name::RESOURCE_ID, "2800575999001^^^&1.2.250.1.213.1.4.10&ISO^NH"),
        "V41",
        DATA,
        "Resource_id est incorrect",
    ),
    (
        |a| set_text(a, name::RESOURCE_ID, "280057599900152^^^&1.2.250.1.213.1.4.10&ISO^NH"),
        "V41",
        DATA,
        "Resource_id est incorrect",
    ),
    (
        |a| set_text(a, name::RESOURCE_ID, "280057599900151^^^&1.2.250.1.213.1.4.8&ISO^NH"),
        "V41",
        DATA,
        "Resource_id est incorrect",
    ),
    (
        |a| set_text(a, name::RESOURCE_ID, "785079999900107^^^&1.2.250.1.213.1.4.9&ISO^NH"),
        "V43",
        DATA,
        "Resource_id est incorrect",
    ),
    (
        |a| set_text(a, name::RESOURCE_ID, "175112A99901005^^^&1.2.250.1.213.1.4.10&ISO^NH"),
        "V42",
        DATA,
        "Le patient du VIHF n'est pas celui de la requête",
    ),
    (|a| purpose(a, "urgence", "1.2.250.1.213.1.1.4.248"), "V44", DATA, "purposeofuse"),
    (|a| purpose(a, "normal", "1.2.250.1.213.1.1.4.336"), "V44", DATA, "purposeofuse"),
    (|a| purpose(a, "centre_15", "1.2.250.1.213.1.1.4.248"), "V44", "DMPAccessDeniedByRightsService", "Mode d'accès"),
    (
        |a| set_text(a, name::CONFIDENTIALITY_CODE, name::INVISIBLE_REPRESENTANTS_LEGAUX),
        "V46",
        DATA,
        "connexion secrète",
    ),
    (|a| set_text(a, name::CONFIDENTIALITY_CODE, "N"), "V46", DATA, "connexion secrète"),
    (|a| remove(a, name::LPS_NOM), "V47", DATA, "LPS_Nom"),
    (|a| remove(a, name::LPS_HOMOLOGATION), "V47", DATA, "LPS_ID_HOMOLOGATION_DMP"),
    (|a| a.issued_at += SignedDuration::from_secs(20), "V50", AUTHENTICATION, "pas encore valide"),
    (|a| a.issued_at -= SignedDuration::from_secs(45), "V51", AUTHENTICATION, "Le VIHF a expiré"),
    (
        |a| {
            let past = Some(a.issued_at - SignedDuration::from_secs(1));
            a.conditions = Some(Conditions { not_on_or_after: past, ..Conditions::default() });
        },
        "V52",
        AUTHENTICATION,
        "Le VIHF a expiré",
    ),
    (|a| a.authenticated_at = a.issued_at + SignedDuration::from_secs(30), "V53", DATA, "AuthnInstant"),
    (|a| a.name_id = "899999000047".into(), "V70", "DMPActorNotFound", "PS introuvable"),
    (|a| a.declaration = None, "V73", DATA, "méthode d'authentification primaire"),
    (
        |a| {
            a.name_id = seed::GENERIC.into();
            role(a, 0, "60", TRE_G15);
        },
        "V74",
        DATA,
        "Identifiant RPPS non nominatif",
    ),
    (|a| a.issuer = "CN=quelqu'un,C=FR".into(), "V22", AUTHENTICATION, "émetteur"),
];

#[tokio::test]
async fn each_rule_refuses_the_assertion_that_breaks_it() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    for (index, (spoil, rule, code, fragment)) in CASES.into_iter().enumerate() {
        let mut assertion = sender.assertion();
        spoil(&mut assertion);
        let signed = sender.sign(&assertion);
        let answer = sender.send_as(Transaction::Existence, &signed, |w| sender.existence_request().write(w)).await;
        assert_eq!(answer.status, 500, "case {index}, {rule}: {:?}", String::from_utf8_lossy(&answer.body));
        assert_eq!((answer.rule(), answer.fault_code().as_deref()), (Some(rule), Some(code)), "case {index}");
        let fault = answer.fault().unwrap();
        assert!(fault.reason.contains(fragment), "case {index}: {}", fault.reason);
        let recorded = mock.journal().last().unwrap();
        let told = format!("{recorded:?}");
        for secret in [seed::PATIENT_FOLLOWED, "EXEMPLE", "MODELE ALIX", "XXX-000000-tmp0"] {
            assert!(!told.contains(secret), "case {index}: the journal repeats {secret}");
        }
    }
}

#[tokio::test]
async fn rules_of_time_are_more_tolerant_outside_air() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    for (shift, rule) in [
        (SignedDuration::from_secs(-3000), None),
        (SignedDuration::from_secs(-3700), Some("V51")),
        (SignedDuration::from_secs(40), None),
        (SignedDuration::from_secs(90), Some("V50")),
    ] {
        let mut assertion = sender.assertion();
        assertion.issued_at += shift;
        assertion.authenticated_at = assertion.issued_at;
        let signed = sender.sign(&assertion);
        let answer = sender.send_as(Transaction::Existence, &signed, |w| sender.existence_request().write(w)).await;
        assert_eq!(answer.rule(), rule, "{shift:?}");
    }
}

#[tokio::test]
async fn an_air_assertion_is_used_once_even_when_two_requests_race() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let signed = sender.sign(&sender.assertion());
    let send = || sender.send_as(Transaction::Existence, &signed, |w| sender.existence_request().write(w));
    let (one, other) = tokio::join!(send(), send());
    let mut rules = [one.rule().map(str::to_owned), other.rule().map(str::to_owned)];
    rules.sort();
    assert_eq!(rules, [None, Some("V54".to_owned())], "exactly one wins");
    assert_eq!(send().await.fault().unwrap().reason, "Le VIHF a déjà été utilisé");

    // A refused request uses its assertion too.
    let mut refused = sender.assertion();
    remove(&mut refused, name::SECTOR);
    let signed = sender.sign(&refused);
    for rule in ["V30", "V30"] {
        let answer = sender.send_as(Transaction::Existence, &signed, |w| sender.existence_request().write(w)).await;
        assert_eq!(answer.rule(), Some(rule));
    }
    // In INDIRECTE an assertion may be used again.
    let sender = Sender::indirecte(&mock);
    let signed = sender.sign(&sender.assertion());
    for _ in 0..2 {
        let answer = sender.send_as(Transaction::Existence, &signed, |w| sender.existence_request().write(w)).await;
        assert_eq!(answer.rule(), None);
    }
}

#[tokio::test]
async fn a_signer_must_be_a_trusted_signature_certificate_of_the_same_structure() {
    let mock = MockDmp::start().await.unwrap();
    let now = mock.clock().now();
    let good =
        || LeafRequest::organisation(LeafProfile::OrganisationSignature, seed::STRUCTURE_EG, ThrowawayKey::Spare, now);
    let organisations = &mock.pki().organisations;
    let revoked = organisations.issue(&good()).unwrap();
    mock.revoke(revoked.certificate_der()).unwrap();
    let other_structure = LeafRequest { structure_id: Some(seed::STRUCTURE_OTHER.into()), ..good() };
    let production = LeafRequest { product_class: Some(pki::CLASS_SOFTWARE_PRODUCTION), ..good() };
    let authentication = LeafRequest { profile: LeafProfile::OrganisationAuthentication, ..good() };
    let cases: [(&str, Identity, Option<&str>); 8] = [
        ("good", organisations.issue(&good()).unwrap(), None),
        ("expired", organisations.issue(&good().expired()).unwrap(), Some("V20")),
        ("not yet valid", organisations.issue(&good().not_yet_valid()).unwrap(), Some("V20")),
        ("other root", mock.pki().foreign_root().unwrap().issue(&good()).unwrap(), Some("V20")),
        ("revoked", revoked, Some("V20")),
        ("authentication", organisations.issue(&authentication).unwrap(), Some("V21")),
        ("production class", organisations.issue(&production).unwrap(), Some("V21")),
        ("other structure", organisations.issue(&other_structure).unwrap(), Some("V23")),
    ];
    for (what, signer, rule) in &cases {
        let mut sender = Sender::air(&mock);
        sender.signer = signer;
        let answer = sender.existence().await;
        assert_eq!(answer.rule(), *rule, "{what}: {:?}", answer.fault_code());
    }
    let mut swapped = Sender::air(&mock);
    swapped.signer = &mock.pki().org_auth_cli;
    let reason = swapped.existence().await.fault().unwrap().reason;
    assert!(reason.ends_with("Not a valid signature certificate"), "{reason}");
}

#[tokio::test]
async fn an_establishment_may_act_with_the_certificates_of_its_legal_entity() {
    let mock = MockDmp::start().await.unwrap();
    let mut sender = Sender::air(&mock);
    sender.tls = &mock.pki().ej_auth_cli;
    sender.signer = &mock.pki().ej_sign;
    assert_eq!(sender.existence().await.rule(), None);
    // The legal entity itself is refused in AIR simplifié, tolerated elsewhere but for SA17.
    let mut send_as_entity = Vec::new();
    for (mode, sector, rule) in [
        (AuthenticationMode::AirSimplifie, "SA01", Some("V34")),
        (AuthenticationMode::Indirecte, "SA01", None),
        (AuthenticationMode::Indirecte, "SA17", Some("V34")),
    ] {
        sender.mode = mode;
        let mut assertion = sender.assertion();
        set_text(&mut assertion, name::STRUCTURE, seed::STRUCTURE_EJ);
        set_text(&mut assertion, name::SECTOR, &format!("{sector}^1.2.250.1.71.4.2.4"));
        let signed = sender.sign(&assertion);
        let answer = sender.send_as(Transaction::Existence, &signed, |w| sender.existence_request().write(w)).await;
        send_as_entity.push((answer.rule().map(str::to_owned), rule.map(str::to_owned)));
    }
    for (found, expected) in send_as_entity {
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn the_white_list_acts_at_once_and_has_an_end() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    assert_eq!(sender.existence().await.rule(), None);
    mock.with_world(|world| world.withdraw_from_white_list(seed::STRUCTURE_EG, mock.clock().now()));
    let refused = sender.existence().await;
    assert_eq!(refused.rule(), Some("V72"));
    assert_eq!(refused.fault_code().as_deref(), Some("DMPAccessDeniedByRightsService"));
    assert_eq!(Sender::indirecte(&mock).existence().await.rule(), None, "only AIR simplifié is on the list");
    let renewed = WhiteListEntry {
        certificate: seed::STRUCTURE_EG.into(),
        structure: seed::STRUCTURE_EG.into(),
        valid_to: Some(mock.clock().now() + SignedDuration::from_hours(1)),
        withdrawn_at: None,
    };
    mock.with_world(|world| world.add_to_white_list(renewed));
    assert_eq!(sender.existence().await.rule(), None);
    mock.clock().advance(SignedDuration::from_hours(2));
    assert_eq!(sender.existence().await.rule(), Some("V72"));
}

#[tokio::test]
async fn envelopes_are_refused_before_any_rule() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let good = || {
        let assertion = sender.sign(&sender.assertion());
        sender.envelope(Transaction::Existence, &assertion, |w| sender.existence_request().write(w))
    };
    let without = |envelope: String, from: &str, to: &str| {
        let start = envelope.find(from).unwrap();
        let end = envelope[start..].find(to).unwrap() + start + to.len();
        format!("{}{}", &envelope[..start], &envelope[end..])
    };
    let cases = [
        (good().replace("2003/05/soap-envelope", "2001/12/soap-envelope"), "VersionMismatch"),
        (
            good().replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"),
            "VersionMismatch",
        ),
        (good().replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE x><!-- -->"), "DMPInvalidRequest"),
        (good() + "<again/>", "DMPInvalidRequest"),
        (without(good(), "<MessageID", "</MessageID>"), "MessageAddressingHeaderRequired"),
        (without(good(), "<Action", "</Action>"), "MessageAddressingHeaderRequired"),
        (without(good(), "<wsse:Security", "</wsse:Security>"), "DMPInvalidRequest"),
        (good().replacen("<wsse:Security ", "<wsse:Security soap:mustUnderstand=\"1\" ", 1), "MustUnderstand"),
        (String::new(), "DMPInvalidRequest"),
    ];
    for (index, (envelope, code)) in cases.into_iter().enumerate() {
        let answer = sender.send_envelope(Transaction::Existence, envelope).await;
        assert_eq!((answer.status.as_u16(), answer.fault_code().as_deref()), (500, Some(code)), "case {index}");
    }
    // A known body on the wrong service, and a withdrawn transaction.
    let lost = sender.send_envelope(Transaction::Search, good()).await;
    assert_eq!(lost.fault_code().as_deref(), Some("ActionNotSupported"));
    let assertion = sender.sign(&sender.assertion());
    let withdrawn = sender.send_as(Transaction::Existence, &assertion, |w| {
        w.empty("PRPA_IN201311UV02", &[("xmlns", "urn:hl7-org:v3")]);
    });
    let withdrawn = withdrawn.await;
    assert_eq!(withdrawn.rule(), Some("FUN-02"));
}

/// A request that is not understood is refused in an acknowledgement that answers it, unless there is none to answer.
#[tokio::test]
async fn a_question_that_is_not_understood_is_acknowledged_with_an_error() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let request = sender.existence_request();
    let mut writer = Writer::new();
    request.write(&mut writer);
    let body = writer.finish().unwrap();
    let rows = [
        ("an unknown reason", body.replace("TEST_EXST", "AUTRE"), true),
        ("a withdrawn reason", body.replace("TEST_EXST", "CREA_RD"), true),
        ("no patient", body.replace("patientIdentifier", "somebody"), true),
        ("no query", body.replace("queryByParameter", "query"), false),
    ];
    for (name, sent, acknowledged) in rows {
        let assertion = sender.sign(&sender.assertion());
        // The body is put in place of an empty one: no type writes it.
        let envelope = sender.envelope(Transaction::Existence, &assertion, |w| w.empty("x", &[]));
        let answer = sender.send_envelope(Transaction::Existence, envelope.replace("<x/>", &sent)).await;
        assert_eq!(answer.rule(), Some("TD0.2"), "{name}");
        if !acknowledged {
            assert_eq!(answer.fault_code().as_deref(), Some("DMPInvalidRequest"), "{name}");
            continue;
        }
        let response = PatientQueryResponse::read(answer.envelope().body()).unwrap();
        assert_eq!(
            (response.request_id, response.query_id),
            (Some(request.head.id.clone()), Some(request.head.query_id.clone()))
        );
        let Answer::Refused(refusal) = response.answer else { panic!("{name}") };
        let error = DmpError::from_acknowledgement(Transaction::Existence, &refusal);
        assert_eq!(error.code().map(|code| code.as_str()), Some("DMPInvalidRequest"), "{name}");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Validation, Outcome::Refused), "{name}");
    }
}
