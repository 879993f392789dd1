//! TD0.3: forms written, forms read.

use dmp_protocol::rights::{
    AuthorizationAction, AuthorizationRole, MessageError, SetAuthorization, SetAuthorizationResponse,
};

use crate::support::{tree, written};

#[test]
fn requests_have_the_form_of_the_specification() {
    let xml = written(|w| SetAuthorization::add().write(w));
    assert_eq!(xml, "<setAuthorization xmlns=\"urn:si-dmp-habilitations\"><action>AJOUT</action></setAuthorization>");
    let role = Some(AuthorizationRole::MedecinTraitant);
    let leave = SetAuthorization { action: AuthorizationAction::Suppression, role };
    let xml = written(|w| leave.write(w));
    assert!(xml.contains("<action>SUPPRESSION</action><role>MEDECIN_TRAITANT</role>"));
}

#[test]
fn requests_are_read_back_as_written() {
    for message in [
        SetAuthorization::add(),
        SetAuthorization::remove(),
        SetAuthorization { action: AuthorizationAction::Other("BLOCAGE".to_owned()), role: None },
        SetAuthorization {
            action: AuthorizationAction::Ajout,
            role: Some(AuthorizationRole::Other("PHARMACIEN".to_owned())),
        },
    ] {
        assert_eq!(SetAuthorization::read(&tree(&written(|w| message.write(w)))), Ok(message));
    }
}

#[test]
fn answers_are_read_whatever_their_prefix_and_case() {
    for (xml, is_ok, context) in [
        (
            "<setAuthorizationResponse xmlns='urn:si-dmp-habilitations'><output><status>DMPOk</status></output></setAuthorizationResponse>",
            true,
            None,
        ),
        (
            "<h:setAuthorizationResponse xmlns:h='urn:si-dmp-habilitations'><h:output><h:status> dmpok </h:status><h:context/></h:output></h:setAuthorizationResponse>",
            true,
            None,
        ),
        (
            "<h:setAuthorizationResponse xmlns:h='urn:si-dmp-habilitations'><h:output><h:context>Déjà présent</h:context><h:status>DMPOK</h:status></h:output></h:setAuthorizationResponse>",
            true,
            Some("Déjà présent"),
        ),
        (
            "<h:setAuthorizationResponse xmlns:h='urn:si-dmp-habilitations'><h:output><h:status>DMPClosed</h:status></h:output></h:setAuthorizationResponse>",
            false,
            None,
        ),
    ] {
        let answer = SetAuthorizationResponse::read(&tree(xml)).unwrap_or_else(|error| panic!("{error}\n{xml}"));
        assert_eq!((answer.output.is_ok(), answer.output.context.as_deref()), (is_ok, context), "{xml}");
    }
    for answer in [
        SetAuthorizationResponse::ok("Autorisation <enregistrée>"),
        SetAuthorizationResponse::refused("DMPAccessForbidden", "Bloqué"),
    ] {
        assert_eq!(SetAuthorizationResponse::read(&tree(&written(|w| answer.write(w)))), Ok(answer.clone()));
        assert!(!format!("{answer:?}").contains(answer.output.context.as_deref().expect("a context")));
    }
}

#[test]
fn what_is_no_message_is_refused() {
    for (xml, expected) in [
        ("<setAuthorization xmlns='urn:other'><action>AJOUT</action></setAuthorization>", None),
        ("<setAuthorization xmlns='urn:si-dmp-habilitations'><action> </action></setAuthorization>", Some("action")),
        (
            "<setAuthorization xmlns='urn:si-dmp-habilitations'><action xmlns=''>AJOUT</action></setAuthorization>",
            Some("action"),
        ),
    ] {
        let error = SetAuthorization::read(&tree(xml)).expect_err(xml);
        match expected {
            Some(missing) => assert_eq!(error, MessageError::Missing(missing)),
            None => assert!(matches!(error, MessageError::Body { .. })),
        }
    }
    let no_status = "<setAuthorizationResponse xmlns='urn:si-dmp-habilitations'><output/></setAuthorizationResponse>";
    assert_eq!(SetAuthorizationResponse::read(&tree(no_status)), Err(MessageError::Missing("output/status")));
}
