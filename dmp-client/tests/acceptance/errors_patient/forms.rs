//! Messages that mean the same in another form: answers read by the client, requests served by the mock (xds.md §14,
//! transactions.md §3).

use dmp_mock::MockDmp;
use dmp_mock::faults::Effect;
use dmp_protocol::rights::SetAuthorization;
use dmp_protocol::transaction::Transaction;
use xds_model::Cx;
use xds_model::iti18::{FindDocuments, QueryResponse, ReturnType};

use super::{Scene, rewrite};
use crate::bare;

type Edits = &'static [(&'static str, &'static str)];

/// Forms of the envelope.
const ENVELOPES: [(&str, Edits); 10] = [
    ("another prefix", &[("<soap:", "<S:"), ("</soap:", "</S:"), ("xmlns:soap", "xmlns:S")]),
    ("unused prefixes", &[("<soap:Envelope ", "<soap:Envelope xmlns:ns1=\"urn:a\" xmlns:ns2=\"urn:b\" ")]),
    ("unknown header", &[("<soap:Header>", "<soap:Header><x:Trace xmlns:x=\"urn:x\" y=\"1\">z</x:Trace>")]),
    ("unknown attribute", &[("<soap:Body>", "<soap:Body xml:id=\"corps\" xmlns:u=\"urn:u\" u:Id=\"b\">")]),
    ("white space", &[("><", ">\r\n\t<")]),
    ("comments", &[("<soap:Body>", "<soap:Body><!-- a -->"), ("</soap:Body>", "<!-- b --></soap:Body>")]),
    ("no declaration", &[("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "")]),
    ("byte order mark", &[("<?xml", "\u{feff}<?xml")]),
    ("another action", &[("</Action>", ":Autre</Action>")]),
    (
        "prefixed addressing",
        &[
            ("<Action xmlns=", "<wsa:Action xmlns:wsa="),
            ("</Action>", "</wsa:Action>"),
            ("<MessageID xmlns=", "<wsa:MessageID xmlns:wsa="),
            ("</MessageID>", "</wsa:MessageID>"),
            ("<To xmlns=", "<wsa:To xmlns:wsa="),
            ("</To>", "</wsa:To>"),
        ],
    ),
];

/// Forms of answers only.
const ANSWERS: [(Transaction, &str, Edits); 22] = [
    (Transaction::Existence, "no RelatesTo", &[("RelatesTo", "Autre")]),
    (Transaction::Existence, "no MessageID, no To", &[("MessageID", "Autre"), ("<To ", "<A "), ("</To>", "</A>")]),
    (
        Transaction::Existence,
        "unknown elements",
        &[("<attentionLine>", "<inconnu a=\"1\"><b/></inconnu><attentionLine>")],
    ),
    (
        Transaction::Existence,
        "another prefix",
        &[
            ("<patientPerson ", "<v3:patientPerson xmlns:v3=\"urn:hl7-org:v3\" "),
            ("</patientPerson>", "</v3:patientPerson>"),
        ],
    ),
    (Transaction::SetAuthorization, "lower case", &[("DMPOk", "dmpok")]),
    (Transaction::SetAuthorization, "upper case", &[("DMPOk", "DMPOK")]),
    (Transaction::SetAuthorization, "spaces around", &[("DMPOk", "\r\n  DMPOk ")]),
    (Transaction::SetAuthorization, "unknown element", &[("<status", "<duree>6</duree><status")]),
    (Transaction::ListAuthorised, "lower case", &[("DMPOk", "dmpok")]),
    (Transaction::ListAuthorisations, "upper case", &[("DMPOk", "DMPOK")]),
    (Transaction::SearchPatient, "unknown element", &[("<queryAck>", "<inconnu/><queryAck>")]),
    (Transaction::AdministrativeData, "unknown element", &[("<custodian", "<inconnu x=\"y\"/><custodian")]),
    (Transaction::Submit, "another prefix", &[("<rs:", "<n:"), ("</rs:", "</n:"), ("xmlns:rs", "xmlns:n")]),
    (Transaction::Submit, "unknown attribute", &[(" status=\"urn:oasis", " requestId=\"x\" status=\"urn:oasis")]),
    (Transaction::Search, "another prefix", &[("<rim:", "<n:"), ("</rim:", "</n:"), ("xmlns:rim", "xmlns:n")]),
    (Transaction::Search, "no counts", &[("totalResultCount", "x"), ("startIndex", "y")]),
    (Transaction::Search, "wrong counts", &[("totalResultCount=\"1\"", "totalResultCount=\"9\"")]),
    (
        Transaction::Search,
        "unknown objects",
        &[(
            "<rim:RegistryObjectList>",
            "<rim:RegistryObjectList><rim:Person id=\"urn:uuid:1\"/><x:y xmlns:x=\"urn:x\"/>",
        )],
    ),
    (
        Transaction::Search,
        "empty slots",
        &[("<rim:Slot name=\"hash\">", "<rim:Slot name=\"hash2\"/><rim:Slot name=\"hash\">")],
    ),
    (Transaction::Search, "no isOpaque", &[(" isOpaque=\"false\"", "")]),
    (Transaction::Retrieve, "another prefix", &[("<xdsb:", "<n:"), ("</xdsb:", "</n:"), ("xmlns:xdsb", "xmlns:n")]),
    (Transaction::Delete, "another prefix", &[("<rs:", "<n:"), ("</rs:", "</n:"), ("xmlns:rs", "xmlns:n")]),
];

const TOLD: [Transaction; 10] = [
    Transaction::Existence,
    Transaction::SetAuthorization,
    Transaction::ListAuthorised,
    Transaction::SearchPatient,
    Transaction::AdministrativeData,
    Transaction::ListAuthorisations,
    Transaction::Submit,
    Transaction::Search,
    Transaction::Retrieve,
    Transaction::Delete,
];

#[tokio::test(flavor = "multi_thread")]
async fn w_02_answers_in_other_forms_say_the_same() {
    let scene = Scene::new().await;
    for transaction in TOLD {
        let kept = scene.mock.snapshot();
        let usual = scene.told(transaction).await.unwrap();
        scene.mock.restore(&kept);
        let envelopes = ENVELOPES.iter().map(|(name, edits)| (*name, *edits));
        let own = ANSWERS.iter().filter(|row| row.0 == transaction).map(|(_, name, edits)| (*name, *edits));
        for (name, edits) in envelopes.chain(own) {
            let told = scene.told_with(transaction, rewrite(edits)).await;
            assert_eq!(told.unwrap_or_else(|error| format!("{error:?}")), usual, "{transaction}: {name}");
        }
        if transaction == Transaction::Retrieve {
            continue;
        }
        for media_type in ["application/soap+xml", "text/xml; charset=utf-8", "application/xml;charset=UTF8"] {
            let told = scene.told_with(transaction, Effect::ContentType { value: media_type.to_owned() }).await;
            assert_eq!(told.unwrap_or_else(|error| format!("{error:?}")), usual, "{transaction}: {media_type}");
        }
    }
}

/// Forms of requests only: what circulates and a DMP serves.
const REQUESTS: [(&str, Edits); 8] = [
    ("mustUnderstand in no namespace", &[("<Action xmlns", "<Action mustUnderstand=\"true\" xmlns")]),
    ("soap:mustUnderstand", &[("<To xmlns", "<To soap:mustUnderstand=\"1\" xmlns")]),
    ("no ReplyTo", &[("ReplyTo", "Autre")]),
    ("another reply address", &[("addressing/anonymous", "addressing/none")]),
    ("a bare UUID", &[("urn:uuid:", "")]),
    (
        "Action first",
        &[
            ("<soap:Header>", "<soap:Header><Action xmlns=\"http://www.w3.org/2005/08/addressing\">x</Action>"),
            ("<Action xmlns=\"http://www.w3.org/2005/08/addressing\">urn", "<Autre xmlns=\"urn:x\">urn"),
            ("UV02</Action>", "UV02</Autre>"),
            ("setAuthorization</Action>", "setAuthorization</Autre>"),
            ("Query</Action>", "Query</Autre>"),
        ],
    ),
    (
        "other prefixes of the body",
        &[
            ("<rim:", "<n:"),
            ("</rim:", "</n:"),
            ("xmlns:rim", "xmlns:n"),
            ("<hab:", "<h:"),
            ("</hab:", "</h:"),
            ("xmlns:hab", "xmlns:h"),
        ],
    ),
    ("other spaces and quotes", &[("\" ", "\"\n  ")]),
];

/// Edits everything but the signed assertion.
fn edited(envelope: &str, edits: Edits) -> String {
    let (before, rest) = envelope.split_once("<saml2:Assertion").unwrap();
    let (assertion, after) = rest.split_once("</saml2:Assertion>").unwrap();
    let edit = |text: &str| edits.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    format!("{}<saml2:Assertion{assertion}</saml2:Assertion>{}", edit(before), edit(after))
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_other_forms_are_served() {
    let mock = MockDmp::start().await.unwrap();
    let sender = bare::Sender::air(&mock);
    let query = FindDocuments::approved(Cx::ins(&sender.patient.0, &sender.patient.1)).to_query(ReturnType::LeafClass);
    for (name, edits) in ENVELOPES.iter().chain(&REQUESTS) {
        for transaction in [Transaction::Existence, Transaction::SetAuthorization, Transaction::Search] {
            let assertion = sender.sign(&sender.assertion());
            let envelope = sender.envelope(transaction, &assertion, |w| match transaction {
                Transaction::Existence => sender.existence_request().write(w),
                Transaction::SetAuthorization => SetAuthorization::add().write(w),
                _ => query.write(w),
            });
            let answer = sender.send_envelope(transaction, edited(&envelope, edits)).await;
            assert_eq!((answer.status.as_u16(), answer.rule()), (200, None), "{transaction}: {name}");
            let envelope = answer.envelope();
            if transaction == Transaction::Search {
                assert!(QueryResponse::read(envelope.body()).unwrap().response.is_success(), "{name}");
            }
            assert!(envelope.headers.relates_to.is_some(), "{name}");
        }
    }
}

#[tokio::test]
async fn media_types_of_requests_are_taken_as_they_come() {
    let mock = MockDmp::start().await.unwrap();
    let sender = bare::Sender::air(&mock);
    for content_type in [
        "application/soap+xml",
        "application/soap+xml;action=\"None\"",
        "application/soap+xml; action=\"urn:autre\"; charset=utf-8",
        "APPLICATION/SOAP+XML; Charset=\"UTF-8\"",
        "text/xml",
    ] {
        let envelope = sender.envelope(Transaction::Existence, &sender.sign(&sender.assertion()), |w| {
            sender.existence_request().write(w);
        });
        let mut connection = bare::Connection::to(&mock, sender.tls).await;
        let answer = connection.post("patients", content_type, envelope).await;
        assert_eq!((answer.status.as_u16(), answer.rule()), (200, None), "{content_type}");
    }
}
