//! TD1.3b and TD1.4: as written, and as it circulates.

use dmp_protocol::identity::Ins;
use dmp_protocol::patient::{
    Acknowledgement, Address, AdministrativeData, AdministrativeUpdate, AnswerForm, Existence, InstanceIdentifier,
    MessageError, PatientTraits, RegistrationAnswer, RegistrationAuthor, RegistrationChange, RegistrationReason,
    RegistrationRequest, RegistrationResponse, WireTime,
};

use crate::administrative_data::full;
use crate::patient::{INS_OID, MATRICULE, dmp, lps, now};
use crate::support::{tree, uuid, written};

pub(crate) fn update() -> RegistrationChange {
    let data = AdministrativeData::of(full()).expect("a record");
    let update = AdministrativeUpdate::of(&data).expect("both oppositions");
    let address = Address { lines: vec!["30 QUAI DES MARINIERS".to_owned()], ..Address::default() };
    RegistrationChange::Update(Box::new(AdministrativeUpdate { address: Some(address), ..update }))
}

pub(crate) fn close() -> RegistrationChange {
    RegistrationChange::close(Some("La titulaire ne souhaite plus utiliser son DMP"))
}

pub(crate) fn request(change: RegistrationChange) -> RegistrationRequest {
    let ins = Ins::parse(MATRICULE, INS_OID, dmp_vocabulary::Realm::Test).expect("the seed patient").value;
    let author = RegistrationAuthor {
        id: "899999000013".to_owned(),
        specialty: Some(("G15_10/SM26".to_owned(), "Médecin - Qualifié en médecine générale (SM)".to_owned())),
        family: "MODELE".to_owned(),
        given: "ALIX".to_owned(),
        structure: "10B0990008".to_owned(),
        structure_name: Some("CLINIQUE DU MODELE".to_owned()),
    };
    RegistrationRequest::new(
        lps(),
        &ins,
        dmp().traits,
        change,
        author,
        uuid("f9863c67-c75e-4e7b-93df-4a14d8488a5f"),
        now(),
    )
}

pub(crate) fn response(reason: RegistrationReason, answer: RegistrationAnswer) -> RegistrationResponse {
    RegistrationResponse {
        reason,
        id: InstanceIdentifier::new(RegistrationResponse::MESSAGES, "2c8e3b3e-0a8d-4c5e-9655-3b8231204d2a"),
        creation_time: WireTime::at("2026-03-02T10:30:01Z".parse().expect("an instant")),
        lps: lps(),
        request_id: Some(request(close()).head.id),
        answer,
    }
}

pub(crate) fn accepted() -> RegistrationAnswer {
    let traits = PatientTraits { telecoms: Vec::new(), gender: None, birth_time: None, ..dmp().traits };
    RegistrationAnswer::Accepted {
        identifiers: vec![InstanceIdentifier::new(INS_OID, MATRICULE)],
        traits: Box::new(traits),
    }
}

pub(crate) fn refused() -> RegistrationAnswer {
    RegistrationAnswer::Refused(Acknowledgement::error("DMPClosed", "Le DMP est déjà fermé"))
}

#[test]
fn changes_and_answers_are_read_back_as_written() {
    for change in [update(), close(), RegistrationChange::close(None)] {
        let (request, reason) = (request(change.clone()), change.reason());
        let body = tree(&written(|w| request.write(w)));
        assert_eq!(RegistrationRequest::reason_of(&body), Some(reason));
        assert_eq!(RegistrationRequest::read(&body), Ok(request));
        for answer in [accepted(), refused()] {
            let response = response(reason, answer);
            let body = tree(&written(|w| response.write(w, AnswerForm::SchemaValid)));
            assert_eq!(RegistrationResponse::read(&body), Ok(response));
        }
    }
    // The form of the server has no identifier.
    let body = tree(&written(|w| response(RegistrationReason::Close, accepted()).write(w, AnswerForm::Server)));
    let read = RegistrationResponse::read(&body).expect("readable").answer;
    assert!(matches!(read, RegistrationAnswer::Accepted { identifiers, .. } if identifiers.is_empty()));
}

#[test]
fn what_a_change_cannot_do_without_is_missed() {
    let (update, close) = (written(|w| request(update()).write(w)), written(|w| request(close()).write(w)));
    for (message, from, to, expected) in [
        (&update, "OPPOSITION_ACCES_URGENCE", "AUTRE", MessageError::Missing("OPPOSITION_ACCES_URGENCE")),
        (&update, "<author ", "<author xmlns=\"urn:autre\" ", MessageError::Missing("author/assignedEntity")),
        (&close, "\"terminated\"", "\"active\"", MessageError::Missing("the patient/statusCode of this reason")),
        (&close, "FERMETURE_DEMANDE_PATIENT", "", MessageError::Missing("reasonOf/detectedIssueEvent/code")),
        (&close, "FERM\"", "REAC\"", MessageError::Reason { found: "REAC".to_owned(), expected: "MODIF_DATA or FERM" }),
    ] {
        assert!(message.contains(from), "{from}");
        let spoilt = message.replacen(from, to, 1);
        assert_eq!(RegistrationRequest::read(&tree(&spoilt)), Err(expected), "{from}");
    }
}

#[test]
fn a_refusal_is_never_taken_for_a_success() {
    let message = written(|w| response(RegistrationReason::Close, refused()).write(w, AnswerForm::Server));
    for (from, to) in [("typeCode=\"AE\"", "typeCode=\"AR\""), ("typeCode=\"AE\"", "typeCode=\"AA\"")] {
        let read = RegistrationResponse::read(&tree(&message.replacen(from, to, 1))).expect("readable");
        let RegistrationAnswer::Refused(refusal) = read.answer else { panic!("{to} was taken for a success") };
        assert_eq!(refusal.details[0].code.as_deref(), Some("DMPClosed"), "{to}");
    }
}

#[test]
fn an_opposition_that_is_not_told_is_not_guessed() {
    let Existence::Active(mut dmp) = full() else { panic!("an active record") };
    dmp.observations.pop();
    let data = AdministrativeData::of(Existence::Active(dmp)).expect("a record");
    assert_eq!(AdministrativeUpdate::of(&data), None);
}
