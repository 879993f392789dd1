//! TD1.6 and TD0.4: lists there and back, and the forms that circulate.

use dmp_protocol::patient::{InstanceIdentifier, WireTime};
use dmp_protocol::rights::{
    AuthorizationMode, AuthorizedActor, ListAuthorizations, ListAuthorizationsResponse, ListCriterion, ListedDmp,
    MessageError, PatientList, PatientListResponse, ServiceStatus,
};

use crate::patient::{INS_OID, MATRICULE};
use crate::support::{tree, written};

pub(crate) fn actors() -> ListAuthorizationsResponse {
    let person = AuthorizedActor {
        national_id: "899999000013".to_owned(),
        national_id_type: AuthorizedActor::PERSON.to_owned(),
        first_name: Some("ALIX".to_owned()),
        last_name: Some("MODELE".to_owned()),
        specialties: vec![
            ("G15_10/SM26".to_owned(), Some("Médecin - Qualifié en médecine générale (SM)".to_owned())),
            ("G15_10/SM99".to_owned(), None),
        ],
        since: Some(WireTime::received("20260105083000")),
        last_action: Some(WireTime::received("20260302091530")),
        mode: AuthorizationMode::Active,
        specific_rights: vec!["MEDECIN_TRAITANT".to_owned()],
    };
    let structure = AuthorizedActor {
        national_id: "1990004566".to_owned(),
        national_id_type: AuthorizedActor::STRUCTURE.to_owned(),
        first_name: None,
        last_name: Some("CLINIQUE DU VIEUX CANAL".to_owned()),
        specialties: Vec::new(),
        since: Some(WireTime::received("20251203140000")),
        last_action: None,
        mode: AuthorizationMode::Interdite,
        specific_rights: Vec::new(),
    };
    ListAuthorizationsResponse { actors: vec![person, structure], output: ServiceStatus::ok() }
}

pub(crate) fn patient_list() -> PatientList {
    PatientList {
        since: Some(WireTime::received("20260201000000")),
        by: Some(ListCriterion::LastDocument),
        owner: Some("899999000013".to_owned()),
    }
}

pub(crate) fn dmps() -> PatientListResponse {
    let full = ListedDmp {
        identifiers: vec![
            InstanceIdentifier::new("1.2.250.1.213.1.4.2", "0412078563190227745318"),
            InstanceIdentifier::new(INS_OID, MATRICULE),
        ],
        used_name: Some("MODELLO".to_owned()),
        birth_name: Some("EXEMPLE".to_owned()),
        given: Some("CAMILLE".to_owned()),
        civility: Some("Mme".to_owned()),
        birth_date: Some("19800514".to_owned()),
        medecin_traitant: true,
        message: false,
        last_access: Some(WireTime::received("20260302091530")),
        last_update: Some(WireTime::received("20260227170500")),
        last_add: Some(WireTime::received("20260227170455")),
    };
    let bare =
        ListedDmp { identifiers: vec![InstanceIdentifier::new(INS_OID, "175112A99901005")], ..ListedDmp::default() };
    PatientListResponse { dmps: vec![full, bare], output: ServiceStatus::ok() }
}

#[test]
fn lists_are_read_back_as_written() {
    let refused = ListAuthorizationsResponse::refused("DMPAuthorizationNotFound", "Aucune autorisation");
    for message in [actors(), refused] {
        assert_eq!(ListAuthorizationsResponse::read(&tree(&written(|w| message.write(w)))), Ok(message));
    }
    for message in [dmps(), PatientListResponse::refused("DMPInvalidRequest", "Requête incomprise")] {
        assert_eq!(PatientListResponse::read(&tree(&written(|w| message.write(w)))), Ok(message));
    }
    use AuthorizationMode::{Active, Interdite, Other, Toute};
    for mode in [Active, Interdite, Toute, Other("EXPIREE".to_owned())] {
        let message = ListAuthorizations { mode };
        assert_eq!(ListAuthorizations::read(&tree(&written(|w| message.write(w)))), Ok(message));
    }
    for message in [
        patient_list(),
        PatientList::default(),
        PatientList { by: Some(ListCriterion::LastAuthorization), ..PatientList::default() },
        PatientList { by: Some(ListCriterion::Other("LASTAUTHORIZATION".to_owned())), ..PatientList::default() },
    ] {
        assert_eq!(PatientList::read(&tree(&written(|w| message.write(w)))), Ok(message));
    }
}

#[test]
fn requests_have_the_form_of_the_specification() {
    assert_eq!(
        written(|w| ListAuthorizations { mode: AuthorizationMode::Toute }.write(w)),
        "<listAuthorizationByPatient xmlns=\"urn:si-dmp-habilitations\"><mode>TOUTE</mode></listAuthorizationByPatient>"
    );
    assert_eq!(
        written(|w| patient_list().write(w)),
        "<patientList xmlns=\"urn:si-dmp-patients\"><startDate>20260201000000</startDate><dateType>LASTDOC</dateType>\
         <psOwnerId>899999000013</psOwnerId></patientList>"
    );
}

#[test]
fn variants_that_circulate_are_read() {
    let xml = "<patientListResponse xmlns='urn:si-dmp-patients'><output><status> dmpok </status><patientlistData>\
               <patientIdentifier><nationalIdType>1.2.250.1.213.1.4.10</nationalIdType></patientIdentifier>\
               <lastName>NON_RENSEIGNE</lastName><MT>1</MT><lastAccessDate>hier</lastAccessDate><new/>\
               </patientlistData></output></patientListResponse>";
    let list = PatientListResponse::read(&tree(xml)).expect("a list");
    let listed = list.dmps.first().expect("one record");
    assert!(list.output.is_ok() && listed.medecin_traitant && !listed.message);
    assert_eq!((listed.identifiers.len(), listed.used_name.as_deref()), (0, None));
    let access = listed.last_access.as_ref().expect("the text is kept");
    assert_eq!((access.as_str(), access.instant()), ("hier", None));

    let xml = "<listAuthorizationByPatientResponse xmlns='urn:si-dmp-habilitations'><output>\
               <listOfAuthorizationByPatient><libSpeciality>Médecin</libSpeciality><codeSpeciality>G15_10</codeSpeciality>\
               <mode>SUSPENDUE</mode></listOfAuthorizationByPatient><status>DMPOk</status><context/></output>\
               </listAuthorizationByPatientResponse>";
    let list = ListAuthorizationsResponse::read(&tree(xml)).expect("a list");
    let actor = list.actors.first().expect("one actor");
    assert_eq!(actor.mode, AuthorizationMode::Other("SUSPENDUE".to_owned()));
    assert_eq!(actor.specialties, vec![("G15_10".to_owned(), Some("Médecin".to_owned()))]);
    assert!(!actor.is_medecin_traitant());
}

#[test]
fn what_is_no_message_is_refused() {
    let nothing = "<listAuthorizationByPatient xmlns='urn:si-dmp-habilitations'><mode/></listAuthorizationByPatient>";
    assert_eq!(ListAuthorizations::read(&tree(nothing)), Err(MessageError::Missing("mode")));
    let foreign = "<patientList xmlns='urn:si-dmp-habilitations'/>";
    let error = PatientList::read(&tree(foreign)).expect_err("another namespace");
    assert!(error.to_string().contains("urn:si-dmp-patients"), "{error}");
    let silent =
        "<patientListResponse xmlns='urn:si-dmp-patients'><output><context>x</context></output></patientListResponse>";
    assert_eq!(PatientListResponse::read(&tree(silent)), Err(MessageError::Missing("output/status")));
}

#[test]
fn nobody_is_named_in_debug() {
    let shown = format!("{:?} {:?}", actors(), dmps());
    for secret in ["ALIX", "MODEL", "899999000013", "CANAL", "CAMILLE", "EXEMPLE", MATRICULE, "19800514"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
