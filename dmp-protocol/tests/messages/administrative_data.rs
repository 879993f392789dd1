//! TD1.3a: what it adds to TD0.2, as written and as it circulates.

use dmp_protocol::identity::Ins;
use dmp_protocol::patient::{
    Address, AdministrativeData, Answer, CivilData, Dmp, Existence, LegalRepresentative, Observation, PatientQuery,
    PatientQueryResponse, Question, Telecom,
};

use crate::patient::{INS_OID, MATRICULE, closed, dmp, lps, now, response};
use crate::support::{tree, uuid, written};

pub(crate) fn request() -> PatientQuery {
    let ins = Ins::parse(MATRICULE, INS_OID, dmp_vocabulary::Realm::Test).expect("the seed patient").value;
    let message = uuid("7112b0bf-8670-4435-8f9c-95f3e5bec019");
    let query = uuid("86a1f57a-99ee-4e26-958b-64068a8364aa");
    PatientQuery::administrative_data(lps(), &ins, message, query, now())
}

pub(crate) fn administrative(answer: Answer) -> PatientQueryResponse {
    let request = request();
    PatientQueryResponse {
        question: request.question,
        request_id: Some(request.head.id),
        query_id: Some(request.head.query_id),
        ..response(answer)
    }
}

pub(crate) fn full() -> Existence {
    let city = || Some("VALFLEURY".to_owned());
    let home = Address {
        lines: vec!["12 ALLEE DES TILLEULS".to_owned()],
        locators: vec!["BATIMENT C".to_owned()],
        postal_code: Some("88990".to_owned()),
        city: city(),
        country: Some("FRANCE".to_owned()),
    };
    let mother = LegalRepresentative {
        relationship: "MTH".to_owned(),
        prefix: Some("Mme".to_owned()),
        given: vec!["ROSELINE".to_owned()],
        family: Some("EXEMPLE".to_owned()),
        addresses: vec![home.clone()],
        telecoms: vec![Telecom { purpose: Some("MC".to_owned()), url: "tel:0639980003".to_owned() }],
    };
    let civil = CivilData {
        deceased: Some(false),
        addresses: vec![home],
        representatives: vec![mother],
        birth_place: Some(Address { city: city(), ..Address::default() }),
    };
    let observations = vec![Observation::opposes_bris_de_glace(false), Observation::opposes_centre_15(true)];
    Existence::Active(Box::new(Dmp { authorisation: None, medecin_traitant: None, civil, observations, ..dmp() }))
}

#[test]
fn question_and_answer_are_read_back_as_written() {
    let request = request();
    let body = tree(&written(|w| request.write(w)));
    assert_eq!(PatientQuery::question_of(&body), Some(Question::AdministrativeData));
    assert_eq!(PatientQuery::read(&body), Ok(request));
    for existence in [full(), closed(), Existence::Absent] {
        let message = administrative(Answer::Existence(existence));
        assert_eq!(PatientQueryResponse::read(&tree(&written(|w| message.write(w)))), Ok(message));
    }
}

#[test]
fn the_data_say_what_the_answer_says() {
    let data = AdministrativeData::of(full()).expect("a record");
    assert_eq!((data.opposes_bris_de_glace(), data.opposes_centre_15()), (Some(false), Some(true)));
    assert!(data.closing().is_none());
    assert_eq!(data.civil().representatives.len(), 1);
    let shown = format!("{data:?}");
    for secret in ["TILLEULS", "ROSELINE", "VALFLEURY", "EXEMPLE", MATRICULE, "0639980003"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert_eq!(AdministrativeData::of(Existence::Absent), None);
    let shut = AdministrativeData::of(closed()).expect("a record");
    assert!(shut.closing().is_some());
    assert_eq!(shut.opposes_bris_de_glace(), None, "not said is not no");
}

#[test]
fn variants_that_circulate_are_read() {
    let xml = written(|w| administrative(Answer::Existence(full())).write(w));
    for (from, to, check) in [
        // An empty birth place, and an empty address, are none.
        (
            "<birthPlace classCode=\"BIRTHPL\"><addr><city>VALFLEURY</city></addr>",
            "<birthPlace><addr/>",
            (|data| data.civil().birth_place.is_none()) as fn(&AdministrativeData) -> bool,
        ),
        ("<deceasedInd value=\"false\"/>", "<deceasedInd xsi:nil=\"true\"/>", |data| data.civil().deceased.is_none()),
        ("<deceasedInd value=\"false\"/>", "<addr/>", |data| data.civil().addresses.len() == 1),
        ("<family>EXEMPLE</family>", "<family> non_renseigne </family>", |data| {
            data.civil().representatives.first().is_some_and(|one| one.family.is_none())
        }),
        ("code=\"MTH\"", "code=\"TUTEUR\"", |data| {
            data.civil().representatives.first().is_some_and(|one| one.relationship == "TUTEUR")
        }),
        ("<acknowledgement", "<attentionLine/><acknowledgement", |data| data.opposes_centre_15() == Some(true)),
        ("<family qualifier=\"SP\">MODELLO</family>", "<family qualifier=\"SP\">NON RENSEIGNE</family>", |data| {
            data.traits().used_name.is_none()
        }),
    ] {
        let changed = xml.replacen(from, to, 1);
        assert_ne!(changed, xml, "{from}");
        let read = PatientQueryResponse::read(&tree(&changed)).unwrap_or_else(|error| panic!("{error}\n{changed}"));
        let Answer::Existence(existence) = read.answer else { panic!("not an existence: {to}") };
        let data = AdministrativeData::of(existence).unwrap_or_else(|| panic!("no record: {to}"));
        assert!(check(&data), "{to}");
    }
}
