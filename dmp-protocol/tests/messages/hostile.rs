//! Damaged messages: every reader answers or refuses, none panics, and a refusal can always be told.

use dmp_protocol::error::{DmpError, Language, RemoteError};
use dmp_protocol::mtom::includes;
use dmp_protocol::patient::{
    Answer, PatientQuery, PatientQueryResponse, PatientSearch, PatientSearchResponse, RegistrationRequest,
    RegistrationResponse,
};
use dmp_protocol::rights::{
    ListAuthorizations, ListAuthorizationsResponse, PatientList, PatientListResponse, SetAuthorization,
    SetAuthorizationResponse,
};
use dmp_protocol::soap::{Envelope, RequestRules, ResponseHeaders, write_fault};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::xml::Limits;
use proptest::prelude::*;

use crate::support::{RESPONSE, message_id, read};

const SEEDS: [&str; 16] = [
    "golden/td0.2.request.soap.xml",
    "golden/td0.2.response-active.soap.xml",
    "golden/td0.2.response-closed.soap.xml",
    "golden/td0.2.response-refused.soap.xml",
    "golden/td0.3.request-add.soap.xml",
    "golden/td0.3.response-closed.soap.xml",
    "golden/td0.4.request.soap.xml",
    "golden/td0.4.response.soap.xml",
    "golden/td0.5.request.soap.xml",
    "golden/td0.5.response-server.soap.xml",
    "golden/td1.3a.response.soap.xml",
    "golden/td1.3b.request.soap.xml",
    "golden/td1.4.response-refused.soap.xml",
    "golden/td1.6.response.soap.xml",
    "golden/fault.addressing.soap.xml",
    "xds/fault.soap.xml",
];

/// Pieces that put markup where values were, and values where markup was.
const PIECES: [&str; 14] = [
    "<",
    ">",
    "\"",
    "/>",
    "<x>",
    "</x>",
    "&amp;",
    "&x;",
    "xmlns=\"\"",
    "soap:",
    "xsi:nil=\"true\"",
    "é",
    "\u{0}",
    "<!DOCTYPE x>",
];

#[derive(Debug, Clone)]
enum Damage {
    Delete(usize, usize),
    Insert(usize, usize),
    Repeat(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<usize>(), 1..40_usize).prop_map(|(at, length)| Damage::Delete(at, length)),
        (any::<usize>(), 0..PIECES.len()).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        (any::<usize>(), 1..200_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let place = |at: usize| at % (bytes.len() + 1);
        match *damage {
            Damage::Delete(at, length) => {
                let at = place(at);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Damage::Insert(at, piece) => {
                let at = place(at);
                bytes.splice(at..at, PIECES[piece].bytes());
            }
            Damage::Repeat(at, length) => {
                let at = place(at);
                let copy = bytes[at..(at + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}

/// What both ends do with a message, whatever it is; the text says what came of it.
fn read_as_anything(bytes: &[u8]) -> String {
    let id = message_id(RESPONSE);
    let headers = ResponseHeaders { action: "", message_id: &id, relates_to: None };
    let refuse = |fault| write_fault(&headers, &fault).expect("a refusal can always be written");
    let envelope = match Envelope::parse(bytes, &Limits::default()) {
        Ok(envelope) => envelope,
        Err(error) => return refuse(error.fault()),
    };
    if let Err(error) = envelope.check_request(&RequestRules::default()) {
        refuse(error.fault());
    }
    let mut seen = format!("{:?} {:?} {:?}", envelope.fault(), envelope.assertion(), includes(envelope.root()));
    if let Ok(Some(fault)) = envelope.fault() {
        let error = DmpError::from_fault(Transaction::Submit, &fault);
        seen.push_str(&format!("{error} {}", error.explain(Language::French)));
    }
    let body = envelope.body();
    if let Ok(PatientQueryResponse { answer: Answer::Refused(refusal), .. }) = PatientQueryResponse::read(body) {
        seen.push_str(&DmpError::from_acknowledgement(Transaction::Existence, &refusal).to_string());
    }
    if let Ok(answer) = SetAuthorizationResponse::read(body) {
        let error = DmpError::from_status(
            Transaction::SetAuthorization,
            &answer.output.status,
            answer.output.context.as_deref(),
        );
        seen.push_str(&error.to_string());
    }
    seen.push_str(&format!("{:?} {:?}", PatientQuery::read(body), SetAuthorization::read(body)));
    seen.push_str(&format!("{:?} {:?}", PatientSearch::read(body), PatientSearchResponse::read(body)));
    seen.push_str(&format!("{:?} {:?}", RegistrationRequest::read(body), RegistrationResponse::read(body)));
    seen.push_str(&format!("{:?} {:?}", ListAuthorizations::read(body), ListAuthorizationsResponse::read(body)));
    format!("{seen} {:?} {:?}", PatientList::read(body), PatientListResponse::read(body))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn damaged_messages_are_read_or_refused(
        seed in 0..SEEDS.len(),
        damages in prop::collection::vec(damage(), 0..6),
    ) {
        let seen = read_as_anything(&damaged(read(SEEDS[seed]), &damages));
        prop_assert!(!seen.contains("280057599900151"), "the matricule is shown: {}", seen);
    }

    #[test]
    fn any_text_of_a_server_is_told_on_one_line(code in "\\PC{0,40}", text in any::<String>()) {
        for error in [
            DmpError::from_registry(Transaction::Search, vec![RemoteError::new(&code, &text)]),
            DmpError::from_status(Transaction::SetAuthorization, &code, Some(&text)),
        ] {
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}
