//! TD0.2: every state there and back.

use dmp_protocol::identity::Ins;
use dmp_protocol::patient::{
    Acknowledgement, AcknowledgementDetail, AcknowledgementKind, Answer, Authorisation, CivilData, Closing, Dmp,
    Existence, Gender, InstanceIdentifier, Lps, Observation, PatientQuery, PatientQueryResponse, PatientTraits,
    ProcessingCode, Telecom, WireTime,
};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::support::{tree, uuid, written};

pub(crate) const INS_OID: &str = "1.2.250.1.213.1.4.10";
pub(crate) const MATRICULE: &str = "280057599900151";

pub(crate) fn now() -> Timestamp {
    "2026-03-02T09:15:30.120Z".parse().expect("an instant")
}

pub(crate) fn lps() -> Lps {
    Lps { root: "1.3.6.1.4.1.32473.7.1".to_owned(), name: "LPS EXEMPLE".to_owned() }
}

pub(crate) fn request() -> PatientQuery {
    let ins = Ins::parse(MATRICULE, INS_OID, dmp_vocabulary::Realm::Test).expect("the seed patient").value;
    let message = uuid("196beacc-2123-4a26-9316-1c338a8f8d59");
    let query = uuid("b484c01f-590f-4bd0-a91c-2fd8d7b6e913");
    PatientQuery::existence(lps(), &ins, message, query, now())
}

pub(crate) fn response(answer: Answer) -> PatientQueryResponse {
    let request = request();
    PatientQueryResponse {
        question: request.question,
        id: InstanceIdentifier::bare("4e0205f5-12d4-4a05-9ac6-29e24fc18815"),
        creation_time: WireTime::at("2026-03-02T09:15:31Z".parse().expect("an instant")),
        lps: lps(),
        request_id: Some(request.head.id),
        query_id: Some(request.head.query_id),
        answer,
    }
}

pub(crate) fn dmp() -> Dmp {
    Dmp {
        identifiers: vec![
            InstanceIdentifier::new("1.2.250.1.213.1.4.2", "0412078563190227745318"),
            InstanceIdentifier::new(INS_OID, MATRICULE),
        ],
        authorisation: Some(Authorisation::Valide),
        medecin_traitant: Some(true),
        traits: PatientTraits {
            prefix: Some("Mme".to_owned()),
            given: vec!["CAMILLE".to_owned()],
            used_name: Some("MODELLO".to_owned()),
            birth_name: Some("EXEMPLE".to_owned()),
            telecoms: vec![
                Telecom { purpose: None, url: "mailto:camille@exemple.test".to_owned() },
                Telecom { purpose: Some("MC".to_owned()), url: "tel:0639980001".to_owned() },
            ],
            gender: Some(Gender::Female),
            birth_time: Some("19800514".to_owned()),
        },
        civil: CivilData::default(),
        observations: vec![Observation::internet_account_open(true), Observation::attached_to_ens(false)],
    }
}

pub(crate) fn closed() -> Existence {
    let on = Some(WireTime::at("2025-11-14T10:30:00Z".parse().expect("an instant")));
    let reason = Some("FERMETURE_DEMANDE_PATIENT".to_owned());
    let text = Some("Fermeture demandée par la titulaire".to_owned());
    let dmp = Dmp { authorisation: None, medecin_traitant: None, ..dmp() };
    Existence::Closed(Box::new(dmp), Closing { on, reason, text })
}

fn round_trip(message: &PatientQueryResponse) -> PatientQueryResponse {
    PatientQueryResponse::read(&tree(&written(|w| message.write(w)))).expect("readable")
}

#[test]
fn a_request_is_read_back_as_written() {
    let message = request();
    assert_eq!(message.head.processing, ProcessingCode::Test, "a test INS is never asked for in production");
    assert_eq!(message.head.creation_time.as_str(), "20260302091530");
    assert_eq!((message.patient.root.as_str(), message.patient.extension()), (INS_OID, MATRICULE));
    assert_eq!(message.head.id.root, "1.3.6.1.4.1.32473.7.1.1");
    assert_eq!(message.head.query_id.root, "1.3.6.1.4.1.32473.7.1.2");
    let xml = written(|w| message.write(w));
    assert_eq!(PatientQuery::read(&tree(&xml)), Ok(message));
}

#[test]
fn every_answer_is_read_back_as_written() {
    let active = |change: fn(&mut Dmp)| {
        let mut dmp = dmp();
        change(&mut dmp);
        Answer::Existence(Existence::Active(Box::new(dmp)))
    };
    for answer in [
        active(|_| ()),
        active(|dmp| dmp.authorisation = Some(Authorisation::Expire)),
        active(|dmp| dmp.authorisation = Some(Authorisation::Interdit)),
        active(|dmp| dmp.authorisation = Some(Authorisation::NonExiste)),
        active(|dmp| dmp.authorisation = Some(Authorisation::Other("SUSPENDU".to_owned()))),
        active(|dmp| dmp.authorisation = None),
        active(|dmp| dmp.medecin_traitant = None),
        active(|dmp| dmp.traits = PatientTraits::default()),
        active(|dmp| dmp.traits.birth_name = None),
        active(|dmp| dmp.traits.birth_time = Some("19800000".to_owned())),
        active(|dmp| dmp.traits.gender = Some(Gender::Other("UN".to_owned()))),
        active(|dmp| dmp.observations.clear()),
        active(|dmp| {
            dmp.observations.push(Observation { code: "NEW".to_owned(), system: None, display: None, value: None })
        }),
        Answer::Existence(Existence::Absent),
        Answer::Existence(closed()),
        Answer::Existence(Existence::Closed(Box::new(dmp()), Closing::default())),
        Answer::Existence(Existence::Unknown { status: "suspended".to_owned(), dmp: Box::new(dmp()) }),
        Answer::Refused(Acknowledgement::error("DMPAuthorizationNotFound", "Aucune autorisation d'accès")),
        Answer::Refused(Acknowledgement { kind: AcknowledgementKind::Rejected, details: vec![] }),
        Answer::Refused(Acknowledgement {
            kind: AcknowledgementKind::Error,
            details: vec![
                AcknowledgementDetail { code: None, text: Some("sans code".to_owned()) },
                AcknowledgementDetail { code: Some("DMPClosed".to_owned()), text: None },
            ],
        }),
    ] {
        let message = response(answer);
        assert_eq!(round_trip(&message), message);
    }
}

#[test]
fn what_a_dmp_says_is_within_reach() {
    let dmp = dmp();
    assert_eq!(dmp.authorisation(), Authorisation::Valide);
    assert_eq!(dmp.ins().map(InstanceIdentifier::extension).collect::<Vec<_>>(), [MATRICULE]);
    assert_eq!((dmp.attached_to_ens(), dmp.internet_account_open()), (Some(false), Some(true)));
    assert_eq!(Dmp::default().authorisation(), Authorisation::NonExiste);
    assert_eq!(Dmp::default().attached_to_ens(), None);
}

#[test]
fn nothing_about_the_patient_is_in_debug() {
    let text = format!("{:?} {:?} {:?}", request(), response(Answer::Existence(closed())), dmp());
    for secret in [MATRICULE, "EXEMPLE CAMILLE", "CAMILLE", "MODELLO", "19800514", "0639980001", "mailto", "titulaire"]
    {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn instants_are_utc_and_tolerant_of_precision() {
    for (text, instant) in [
        ("20251114103000", Some("2025-11-14T10:30:00Z")),
        ("202511141030", Some("2025-11-14T10:30:00Z")),
        ("2025111410", Some("2025-11-14T10:00:00Z")),
        (" 20251114 ", Some("2025-11-14T00:00:00Z")),
        ("20251314", None),
        ("20251114103060", None),
        ("20251114103000+0100", None),
        ("2025", None),
        ("", None),
        ("２０２５１１１４", None),
    ] {
        let expected = instant.map(|i| i.parse::<Timestamp>().expect("an instant"));
        assert_eq!(WireTime::received(text).instant(), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn names_of_any_text_survive(given in "[^\u{0}-\u{1f}\u{7f}-\u{9f}\u{fffe}\u{ffff}]{1,20}", name in "[A-Z<>&\"' é-]{1,20}") {
        let (given, name) = (given.trim().to_owned(), name.trim().to_owned());
        prop_assume!(!given.is_empty() && !name.is_empty());
        let mut dmp = dmp();
        dmp.traits.given = vec![given];
        dmp.traits.birth_name = Some(name);
        let message = response(Answer::Existence(Existence::Active(Box::new(dmp))));
        prop_assert_eq!(round_trip(&message), message);
    }
}
