//! TD0.5: criteria, candidates, both forms of the answer.

use dmp_protocol::patient::{
    Acknowledgement, AnswerForm, Candidate, Candidates, CivilData, CriteriaError, Gender, InstanceIdentifier,
    MessageError, Observation, PatientCriteria, PatientSearch, PatientSearchResponse, PatientTraits, ProcessingCode,
    WireTime,
};

use crate::patient::{INS_OID, MATRICULE, lps, now};
use crate::support::{tree, uuid, written};

pub(crate) fn all_criteria() -> PatientCriteria {
    PatientCriteria {
        gender: Some(Gender::Female),
        birth_time: Some("19800514".to_owned()),
        given: Some("CAMILLE".to_owned()),
        city: Some("VALFLEURY".to_owned()),
        postal_code: Some("88990".to_owned()),
        ..PatientCriteria::named_about("EXEMPL")
    }
}

pub(crate) fn search(criteria: PatientCriteria) -> PatientSearch {
    let message = uuid("9b702c03-3f14-4197-a7ce-b9f236b0213a");
    let query = uuid("50dbe7a1-ed5b-44af-9bc2-83c0135ffc88");
    PatientSearch::new(lps(), ProcessingCode::Test, criteria, message, query, now())
}

pub(crate) fn candidate() -> Candidate {
    Candidate {
        identifiers: vec![
            InstanceIdentifier::new(INS_OID, MATRICULE),
            InstanceIdentifier::new("1.2.250.1.213.1.4.2", "0412078563190227745318"),
        ],
        traits: PatientTraits {
            prefix: Some("Mme".to_owned()),
            given: vec!["CAMILLE".to_owned()],
            birth_name: Some("EXEMPLE".to_owned()),
            gender: Some(Gender::Female),
            birth_time: Some("19800514".to_owned()),
            ..PatientTraits::default()
        },
        civil: CivilData::default(),
        match_percentage: Some(85),
        observations: vec![Observation::opposes_centre_15(false)],
    }
}

pub(crate) fn answer(answer: Candidates) -> PatientSearchResponse {
    let request = search(PatientCriteria::named("EXEMPLE"));
    PatientSearchResponse {
        id: InstanceIdentifier::bare("f26df8e8-fab0-4f2f-9215-b8d03b43e743"),
        creation_time: WireTime::at(now()),
        lps: lps(),
        request_id: Some(request.head.id),
        query_id: Some(request.head.query_id),
        criteria: Some(request.criteria),
        answer,
    }
}

pub(crate) fn too_many() -> Candidates {
    Candidates::Refused(Acknowledgement::error("DMPTooManyResult", "Trop de patients correspondent aux critères"))
}

#[test]
fn requests_are_read_back_as_written() {
    let criteria = [
        all_criteria(),
        PatientCriteria::named("EXEMPLE"),
        PatientCriteria { gender: Some(Gender::Male), ..PatientCriteria::default() },
        PatientCriteria { given: Some("CAMILLE".to_owned()), ..PatientCriteria::default() },
        PatientCriteria { postal_code: Some("88990".to_owned()), ..PatientCriteria::default() },
        PatientCriteria::default(),
    ];
    for criteria in criteria {
        let message = search(criteria);
        let xml = written(|w| message.write(w));
        assert_eq!(PatientSearch::read(&tree(&xml)), Ok(message), "{xml}");
    }
}

#[test]
fn answers_are_read_back_in_both_forms() {
    let anonymous = Candidate { match_percentage: None, ..Candidate::default() };
    for content in [
        Candidates::Found(vec![candidate()]),
        Candidates::Found(vec![candidate(), anonymous]),
        Candidates::Found(Vec::new()),
        too_many(),
    ] {
        let message = answer(content);
        for form in [AnswerForm::Server, AnswerForm::SchemaValid] {
            let xml = written(|w| message.write(w, form));
            assert_eq!(PatientSearchResponse::read(&tree(&xml)).as_ref(), Ok(&message), "{xml}");
        }
    }
    let server = written(|w| answer(Candidates::Found(vec![candidate()])).write(w, AnswerForm::Server));
    for mark in ["<subjectOf2><administrativeObservation>", "<code xsi:type=\"CS\"", "<value use=\"\">"] {
        assert!(server.contains(mark), "{mark}");
    }
}

#[test]
fn criteria_are_checked_before_they_are_sent() {
    let long = |length: usize| Some("X".repeat(length));
    let empty = PatientCriteria::default;
    let refused = |field, found, min, max| Err(CriteriaError::Length { field, found, min, max });
    for (criteria, expected) in [
        (empty(), Err(CriteriaError::Empty)),
        (PatientCriteria { approximate: true, ..empty() }, Err(CriteriaError::Empty)),
        (PatientCriteria::named("É"), refused("name", 1, 2, 80)),
        (PatientCriteria::named(" E "), refused("name", 1, 2, 80)),
        (PatientCriteria::named("ÉÉ"), Ok(())),
        (PatientCriteria { family: long(80), ..empty() }, Ok(())),
        (PatientCriteria { family: long(81), ..empty() }, refused("name", 81, 2, 80)),
        (PatientCriteria { given: long(61), ..empty() }, refused("given name", 61, 1, 60)),
        (PatientCriteria { city: long(39), ..empty() }, refused("city", 39, 1, 38)),
        (PatientCriteria { postal_code: long(11), ..empty() }, refused("postal code", 11, 1, 10)),
        (PatientCriteria { gender: Some(Gender::Male), ..empty() }, Ok(())),
    ] {
        assert_eq!(criteria.check(), expected);
    }
}

#[test]
fn variants_that_circulate_are_read() {
    let xml = written(|w| answer(Candidates::Found(vec![candidate()])).write(w, AnswerForm::SchemaValid));
    let read = |xml: &str| match PatientSearchResponse::read(&tree(xml)).map(|response| response.answer) {
        Ok(Candidates::Found(candidates)) => candidates,
        other => panic!("{other:?}\n{xml}"),
    };
    let first = |from: &str, to: &str| {
        let changed = xml.replacen(from, to, 1);
        assert_ne!(changed, xml, "{from}");
        read(&changed).into_iter().next().unwrap_or_else(|| panic!("no candidate: {to}"))
    };
    assert_eq!(first("value=\"85\"", "value=\"850\"").match_percentage, None);
    assert_eq!(first("code=\"POURCENTAGE\"", "code=\"SCORE\"").match_percentage, None);
    assert_eq!(first("subjectOf2 typeCode=\"SBJ\"", "subjectOf2").opposes_centre_15(), Some(false));
    let no_ins = first(&format!("<id root=\"{INS_OID}\" extension=\"{MATRICULE}\"/>"), "");
    assert_eq!((no_ins.ins(), no_ins.identifiers.len()), (None, 1));
    // `OK` without a subject is nobody; so is a subject that is a filler.
    let nobody = written(|w| answer(Candidates::Found(Vec::new())).write(w, AnswerForm::Server));
    assert!(read(&nobody.replace("code=\"NF\"", "code=\"OK\"")).is_empty());
    assert!(read(&nobody.replace("<queryAck>", "<subject xsi:nil=\"true\"/><queryAck>")).is_empty());
    // The attribute of edition 2009 tells as much.
    let refused = written(|w| answer(too_many()).write(w, AnswerForm::Server));
    let attribute = refused
        .replace("<acknowledgement><typeCode code=\"AE\"/>", "<acknowledgement typeCode=\"AE\">")
        .replace("queryResponseCode code=\"AE\"", "queryResponseCode code=\"OK\"");
    let answered = PatientSearchResponse::read(&tree(&attribute)).map(|response| response.answer);
    assert_eq!(answered, Ok(too_many()));
}

#[test]
fn nothing_of_the_patient_is_in_debug() {
    let shown = format!("{:?} {:?}", search(all_criteria()), answer(Candidates::Found(vec![candidate()])));
    for secret in ["CAMILLE", "VALFLEURY", "88990", "19800514", MATRICULE, "0412078563190227745318"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

#[test]
fn what_is_no_message_is_refused() {
    let xml = written(|w| search(PatientCriteria::named("EXEMPLE")).write(w));
    for (from, to, expected) in [
        ("PRPA_IN201305UV02", "PRPA_IN201399UV02", None),
        ("controlActProcess", "controlAct", Some("controlActProcess")),
        ("queryByParameter", "query", Some("queryByParameter")),
    ] {
        let error = PatientSearch::read(&tree(&xml.replace(from, to))).expect_err(from);
        match expected {
            Some(missing) => assert_eq!(error, MessageError::Missing(missing)),
            None => assert!(matches!(error, MessageError::Body { .. })),
        }
    }
    let answer = written(|w| answer(too_many()).write(w, AnswerForm::Server));
    let silent = answer.replace("acknowledgement", "ack");
    assert_eq!(PatientSearchResponse::read(&tree(&silent)), Err(MessageError::Missing("acknowledgement")));
}
