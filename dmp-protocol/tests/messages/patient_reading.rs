//! TD0.2: the variants that circulate are read, the messages that say nothing are refused.

use dmp_protocol::patient::{
    AcknowledgementKind, Answer, Authorisation, Existence, MessageError, PatientQuery, PatientQueryResponse,
};

use crate::patient::{closed, dmp, request, response};
use crate::support::{tree, written};

/// The answer for an active DMP, after a change of its text.
fn changed(from: &str, to: &str) -> Result<PatientQueryResponse, MessageError> {
    let xml = written(|w| response(Answer::Existence(Existence::Active(Box::new(dmp())))).write(w));
    assert!(xml.contains(from), "{from} is not in {xml}");
    PatientQueryResponse::read(&tree(&xml.replace(from, to)))
}

fn existence(from: &str, to: &str) -> Existence {
    match changed(from, to).unwrap_or_else(|error| panic!("{error}: {from} -> {to}")).answer {
        Answer::Existence(existence) => existence,
        Answer::Refused(refusal) => panic!("{refusal:?}: {from} -> {to}"),
    }
}

#[test]
fn fillers_and_other_orders_change_nothing() {
    let expected = existence("", "");
    let nil = |name: &str| format!("<{name} xsi:nil=\"true\"/>");
    for (from, to) in [
        ("<acknowledgement ", format!("{}<acknowledgement ", nil("attentionLine"))),
        ("<queryAck>", format!("{}{}<queryAck>", nil("authorOrPerformer"), nil("reasonOf"))),
        ("<subject ", format!("{}<subject ", nil("overseer"))),
        ("<subject1 ", format!("{}{}<subject1 ", nil("dataEnterer"), nil("subject1"))),
        (" classCode=\"PAT\"", String::new()),
        (" typeCode=\"SUBJ\" contextConductionInd=\"false\"", String::new()),
        (" classCode=\"REG\" moodCode=\"EVN\"", String::new()),
        ("<name>", "<addr/><name use=\"\" xsi:type=\"PN\">".to_owned()),
        ("<custodian ", format!("{}<custodian ", nil("replacementOf"))),
        ("xsi:type=\"CV\" ", "xsi:type=\"hl7:CV\" xmlns:hl7=\"urn:hl7-org:v3\" ".to_owned()),
        ("value=\"true\"", "value=\" true \"".to_owned()),
        ("code=\"active\"", "code=\"active\" codeSystem=\"2.16.840.1.113883.5.14\" xsi:type=\"CS\"".to_owned()),
        ("<prefix>", "<!-- comment --><prefix>\n ".to_owned()),
    ] {
        assert_eq!(existence(from, &to), expected, "{from} -> {to}");
    }
    // The closing reason may come before the subject.
    let xml = written(|w| response(Answer::Existence(closed())).write(w));
    let (start, end) = (xml.find("<reasonOf").expect("a reason"), xml.find("<queryAck").expect("an end"));
    let moved =
        format!("{}{}", &xml[..start], &xml[end..]).replace("<subject ", &format!("{}<subject ", &xml[start..end]));
    assert_eq!(PatientQueryResponse::read(&tree(&moved)).expect("readable").answer, Answer::Existence(closed()));
}

#[test]
fn the_edition_of_2008_and_errors_of_the_query_are_refusals() {
    let child = "<acknowledgement><typeCode code=\"AR\"/>";
    for (from, to, kind) in [
        ("<acknowledgement typeCode=\"AA\">", "<acknowledgement typeCode=\"AE\">", AcknowledgementKind::Error),
        ("<acknowledgement typeCode=\"AA\">", child, AcknowledgementKind::Rejected),
        (
            "<acknowledgement typeCode=\"AA\">",
            "<acknowledgement typeCode=\"XX\">",
            AcknowledgementKind::Other("XX".to_owned()),
        ),
        ("<queryResponseCode code=\"OK\"/>", "<queryResponseCode code=\"AE\"/>", AcknowledgementKind::Error),
        (
            "<queryResponseCode code=\"OK\"/>",
            "<queryResponseCode code=\"QE\"/>",
            AcknowledgementKind::Other("QE".to_owned()),
        ),
    ] {
        match changed(from, to).expect("readable").answer {
            Answer::Refused(refusal) => assert_eq!(refusal.kind, kind, "{to}"),
            Answer::Existence(existence) => panic!("{existence:?}: {to}"),
        }
    }
}

#[test]
fn unknown_values_are_kept() {
    let dmp_of = |existence: Existence| match existence {
        Existence::Active(dmp) => dmp,
        other => panic!("{other:?}"),
    };
    let read = dmp_of(existence("code=\"VALIDE\"", "code=\"valide\""));
    assert_eq!(read.authorisation(), Authorisation::Other("valide".to_owned()), "codes are case-sensitive");
    let read = dmp_of(existence("code=\"AUTORISATION\"", "code=\"AUTRE\""));
    assert_eq!((read.authorisation(), read.medecin_traitant), (Authorisation::NonExiste, Some(true)));
    let read = dmp_of(existence("value=\"19800514\"", "value=\"pas une date\""));
    assert_eq!((read.traits.birth_time.as_deref(), read.traits.birth_date()), (Some("pas une date"), None));
    let read = dmp_of(existence("value=\"19800514\"", "value=\"19800500\""));
    let birth = read.traits.birth_date().expect("a lunar date");
    assert_eq!((birth.year(), birth.to_calendar()), (1980, None));
    match existence("code=\"active\"", "code=\"nullified\"") {
        Existence::Unknown { status, .. } => assert_eq!(status, "nullified"),
        other => panic!("{other:?}"),
    }
    // An unknown query response does not hide a subject.
    assert_eq!(existence("<queryResponseCode code=\"OK\"/>", "<queryResponseCode code=\"ZZ\"/>"), existence("", ""));
}

#[test]
fn a_name_that_is_not_given_is_absent() {
    for text in ["NON RENSEIGNE", " non_renseigne ", "Non Renseigne"] {
        let Existence::Active(dmp) = existence(">EXEMPLE<", &format!(">{text}<")) else { panic!("active") };
        assert_eq!((dmp.traits.birth_name, dmp.traits.used_name.as_deref()), (None, Some("MODELLO")), "{text}");
    }
    let Existence::Active(dmp) = existence("<family qualifier=\"BR\">", "<family>") else { panic!("active") };
    assert_eq!(dmp.traits.birth_name.as_deref(), Some("EXEMPLE"), "a name without qualifier is the birth name");
}

#[test]
fn an_answer_that_says_nothing_is_refused() {
    let acknowledgement = written(|w| response(Answer::Existence(Existence::Absent)).write(w));
    assert!(acknowledgement.contains("<acknowledgement typeCode=\"AA\">"));
    for (from, to, missing) in [
        ("<acknowledgement typeCode=\"AA\">", "<acknowledgement>", "acknowledgement/@typeCode"),
        ("acknowledgement", "acknowledged", "acknowledgement"),
        ("controlActProcess", "controlAct", "controlActProcess"),
        ("registrationEvent", "registration", "subject/registrationEvent"),
        ("subject1", "subject2", "subject1/patient"),
    ] {
        assert_eq!(changed(from, to), Err(MessageError::Missing(missing)), "{from}");
    }
    let other = changed("PRPA_IN201308UV02", "PRPA_IN201306UV02");
    assert!(matches!(other, Err(MessageError::Body { .. })));
    assert!(matches!(changed("urn:hl7-org:v3", "urn:hl7-org:v4"), Err(MessageError::Body { .. })));
}

#[test]
fn requests_of_another_reason_or_without_patient_are_refused() {
    let xml = written(|w| request().write(w));
    let read = |from: &str, to: &str| {
        assert!(xml.contains(from), "{from}");
        PatientQuery::read(&tree(&xml.replace(from, to)))
    };
    let reason =
        |found: &str| Err(MessageError::Reason { found: found.to_owned(), expected: "TEST_EXST or CNSLT_DATA" });
    assert_eq!(read("code=\"TEST_EXST\"", "code=\"FERM\""), reason("FERM"));
    assert_eq!(read("reasonCode", "reason"), reason(""));
    assert_eq!(read("<value root", "<value toor"), Err(MessageError::Missing("patientIdentifier/value")));
    assert_eq!(read("<queryId root", "<queryId toor"), Err(MessageError::Missing("queryId")));
    assert_eq!(read("queryByParameter", "query"), Err(MessageError::Missing("queryByParameter")));
    // Habits of real requests.
    for (from, to) in [
        (
            "<queryByParameter>",
            "<authorOrPerformer xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/><queryByParameter>",
        ),
        ("<statusCode code=\"new\"/>", ""),
        (" displayName=\"Test d'existence de dossier\"", ""),
        (" classCode=\"CACT\" moodCode=\"EVN\"", ""),
        ("<semanticsText>Patient.id</semanticsText>", ""),
        ("<processingModeCode code=\"T\"/>", ""),
    ] {
        assert_eq!(read(from, to), Ok(request()), "{from}");
    }
}
