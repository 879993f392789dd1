//! Answers of TD3.2 as servers may frame them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::*;
use dmp_mock::MockDmp;
use support::server::{ScriptedServer, http, server_identity};
use support::*;

const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";

fn envelope(body: &str) -> String {
    format!("<s:Envelope xmlns:s=\"{ENVELOPE}\"><s:Body>{body}</s:Body></s:Envelope>")
}

/// An answer that holds the document of that uniqueId, with that content.
fn success(unique_id: &str, content: &str) -> String {
    envelope(&format!(
        "<x:RetrieveDocumentSetResponse xmlns:x=\"urn:ihe:iti:xds-b:2007\"><r:RegistryResponse \
         xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0\" \
         status=\"urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success\"/><x:DocumentResponse>\
         <x:RepositoryUniqueId>1.2</x:RepositoryUniqueId><x:DocumentUniqueId>{unique_id}</x:DocumentUniqueId>\
         <x:mimeType>text/xml</x:mimeType><x:Document>{content}</x:Document></x:DocumentResponse>\
         </x:RetrieveDocumentSetResponse>"
    ))
}

fn include(cid: &str) -> String {
    format!("<i:Include xmlns:i=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:{cid}\"/>")
}

fn part(id: &str, content: &str) -> String {
    format!("--b\r\nContent-Type: application/octet-stream\r\nContent-ID: <{id}>\r\n\r\n{content}\r\n")
}

fn multipart(parts: &[String], end: &str) -> String {
    let headers = "Content-Type: multipart/related; boundary=b; start=\"<root>\"; type=\"application/xop+xml\"\r\n";
    http("200 OK", headers, &format!("{}{end}", parts.concat()))
}

async fn retrieve(answer: String) -> Result<Vec<u8>, DmpError> {
    let mock = MockDmp::start().await.unwrap();
    let server = ScriptedServer::start(server_identity(&mock), move |_| Some(answer.clone())).await;
    let client = builder_for(&mock, &server.url()).build().unwrap();
    let record = client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
    record.retrieve("2.25.7").await.map(|bytes| bytes.to_vec())
}

#[tokio::test]
async fn the_document_is_found_whatever_the_order() {
    let root = part("root", &success("2.25.7", &include("d%40x")));
    let document = part("d@x", "<a>\r\n--bc\r\n</a>");
    let noise = part("noise", "zzz");
    for parts in [
        vec![root.clone(), document.clone()],
        vec![root.clone(), noise.clone(), document.clone()],
        vec![document.clone(), root.clone()],
        vec![document.clone(), noise.clone(), root.clone()],
        vec![noise.clone(), document.clone(), root.clone()],
    ] {
        assert_eq!(retrieve(multipart(&parts, "--b--\r\n")).await.unwrap(), b"<a>\r\n--bc\r\n</a>");
    }
}

#[tokio::test]
async fn a_document_inside_the_message_is_one_too() {
    let inline = success("2.25.7", "PGEv\nPg==");
    assert_eq!(retrieve(multipart(&[part("root", &inline)], "--b--")).await.unwrap(), b"<a/>");
    let plain = http("200 OK", "Content-Type: application/soap+xml\r\n", &inline);
    assert_eq!(retrieve(plain).await.unwrap(), b"<a/>");
}

#[tokio::test]
async fn what_is_not_the_document_asked_for_is_an_error() {
    let root = part("root", &success("2.25.7", &include("d")));
    let document = part("d", "<a/>");
    let other = part("root", &success("2.25.8", &include("d")));
    let fault = envelope(&format!(
        "<s:Fault xmlns:s=\"{ENVELOPE}\"><s:Code><s:Value>s:Sender</s:Value><s:Subcode>\
         <s:Value>s:XDSDocumentUniqueIdError</s:Value></s:Subcode></s:Code><s:Reason>\
         <s:Text xml:lang=\"fr\">inconnu</s:Text></s:Reason></s:Fault>"
    ));
    for (name, answer, code) in [
        ("no part", multipart(std::slice::from_ref(&root), "--b--"), None),
        ("another part", multipart(&[root.clone(), part("e", "<a/>")], "--b--"), None),
        ("another part before", multipart(&[part("e", "<a/>"), root.clone()], "--b--"), None),
        ("no end", multipart(&[root.clone(), document.clone()], ""), None),
        ("no root", multipart(std::slice::from_ref(&document), "--b--"), None),
        ("another document", multipart(&[other, document.clone()], "--b--"), None),
        ("bad reference", multipart(&[part("root", &success("2.25.7", &include("%zz")))], "--b--"), None),
        ("fault", multipart(&[part("root", &fault)], "--b--"), Some("XDSDocumentUniqueIdError")),
    ] {
        let error = retrieve(answer).await.unwrap_err();
        assert_eq!(error.code().map(Code::as_str), code, "{name}: {error:?}");
        assert!(code.is_some() || error.kind() == ErrorKind::Transport, "{name}: {error:?}");
    }
}

/// Two documents asked for: the order of the parts means nothing, not even that of the message.
#[tokio::test]
async fn several_documents_find_their_sinks() {
    let documents = |ids: [(&str, &str); 2]| {
        let one = |(id, content): (&str, &str)| {
            format!(
                "<x:DocumentResponse><x:RepositoryUniqueId>1.2</x:RepositoryUniqueId><x:DocumentUniqueId>{id}\
                 </x:DocumentUniqueId><x:mimeType>text/xml</x:mimeType><x:Document>{content}</x:Document>\
                 </x:DocumentResponse>"
            )
        };
        envelope(&format!(
            "<x:RetrieveDocumentSetResponse xmlns:x=\"urn:ihe:iti:xds-b:2007\"><r:RegistryResponse \
             xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0\" \
             status=\"urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success\"/>{}</x:RetrieveDocumentSetResponse>",
            ids.map(one).concat()
        ))
    };
    let both = documents([("2.25.8", &include("e")), ("2.25.7", &include("d"))]);
    let (root, seven, eight) = (part("root", &both), part("d", "<seven/>"), part("e", "<eight/>"));
    let inline = part("root", &documents([("2.25.8", "PGVpZ2h0Lz4="), ("2.25.7", &include("d"))]));
    let rows = [
        ("in order", vec![root.clone(), eight.clone(), seven.clone()], Ok([true, true])),
        ("in another order", vec![root.clone(), seven.clone(), eight.clone()], Ok([true, true])),
        ("with noise", vec![root.clone(), part("x", "?"), seven.clone(), eight.clone()], Ok([true, true])),
        ("one inside the message", vec![inline, seven.clone()], Ok([true, true])),
        ("one part missing", vec![root.clone(), eight.clone()], Ok([false, true])),
        ("a part twice", vec![root.clone(), eight.clone(), eight.clone(), seven.clone()], Err(())),
        ("before the message", vec![part("x", "?"), eight, root, seven], Ok([true, true])),
    ];
    for (name, parts, expected) in rows {
        let mock = MockDmp::start().await.unwrap();
        let answer = multipart(&parts, "--b--\r\n");
        let server = ScriptedServer::start(server_identity(&mock), move |_| Some(answer.clone())).await;
        let client = builder_for(&mock, &server.url()).build().unwrap();
        let record = client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let deliveries = vec![Delivery::new("2.25.7", &mut first), Delivery::new("2.25.8", &mut second)];
        let outcomes = record.retrieve_all(deliveries).await;
        let kept = outcomes.as_ref().map(|both| [both[0].is_ok(), both[1].is_ok()]).map_err(|_| ());
        assert_eq!(kept, expected, "{name}: {outcomes:?}");
        if expected == Ok([true, true]) {
            assert_eq!((first.as_slice(), second.as_slice()), (&b"<seven/>"[..], &b"<eight/>"[..]), "{name}");
        }
    }
}

const STATUS: &str = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:";

/// `rs:RegistryResponse` of that status, with one error.
fn registry_response(status: &str, severity: &str, code: &str) -> String {
    format!(
        "<r:RegistryResponse xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0\" status=\"{status}\">\
         <r:RegistryErrorList><r:RegistryError errorCode=\"{code}\" codeContext=\"\" \
         severity=\"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:{severity}\"/></r:RegistryErrorList>\
         </r:RegistryResponse>"
    )
}

/// An answer that gives the document and this verdict.
fn given_with(verdict: &str) -> String {
    let (before, rest) = success("2.25.7", "PGEvPg==").split_once("<r:RegistryResponse").map(own).unwrap();
    let (_, after) = rest.split_once("/>").map(own).unwrap();
    http("200 OK", "Content-Type: application/soap+xml\r\n", &format!("{before}{verdict}{after}"))
}

fn own((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}

#[tokio::test]
async fn a_document_beside_an_error_is_not_given() {
    let partial = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess";
    for (status, severity, given) in [
        (format!("{STATUS}Success"), "Warning", true),
        (partial.to_owned(), "Error", true),
        (format!("{STATUS}Success"), "Error", false),
        (format!("{STATUS}Failure"), "Error", false),
        (format!("{STATUS}Failure"), "Warning", false),
        ("urn:of:nobody".to_owned(), "Warning", false),
    ] {
        let outcome = retrieve(given_with(&registry_response(&status, severity, "DMPClosed"))).await;
        match outcome {
            Ok(bytes) => assert!(given && bytes == b"<a/>", "{status} {severity}"),
            Err(error) => {
                assert!(!given, "{status} {severity}: {error}");
                // A warning is never the code of a refusal.
                let code = (severity == "Error").then_some("DMPClosed");
                assert_eq!(error.code().map(Code::as_str), code, "{status} {severity}");
            }
        }
    }
}

#[tokio::test]
async fn warnings_come_with_the_document() {
    let mock = MockDmp::start().await.unwrap();
    let answer = given_with(&registry_response(&format!("{STATUS}Success"), "Warning", "XDSRegistryBusy"));
    let server = ScriptedServer::start(server_identity(&mock), move |_| Some(answer.clone())).await;
    let client = builder_for(&mock, &server.url()).build().unwrap();
    let record = client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
    let outcomes = record.retrieve_all(vec![Delivery::new("2.25.7", &mut Vec::new())]).await.unwrap();
    assert_eq!(outcomes[0].as_ref().unwrap().warnings, ["XDSRegistryBusy"]);
}

/// A refusal may be a bare `rs:RegistryResponse` (`vihf.md` §7.2).
#[tokio::test]
async fn a_bare_refusal_gives_its_code() {
    for (status, code) in [("Failure", Some("DMPAccessForbidden")), ("Success", None)] {
        let mock = MockDmp::start().await.unwrap();
        let severity = if code.is_some() { "Error" } else { "Warning" };
        let body = envelope(&registry_response(&format!("{STATUS}{status}"), severity, "DMPAccessForbidden"));
        let answer = http("200 OK", "Content-Type: application/soap+xml\r\n", &body);
        let server = ScriptedServer::start(server_identity(&mock), move |_| Some(answer.clone())).await;
        let client = builder_for(&mock, &server.url()).build().unwrap();
        let record = client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
        let errors = [
            record.find(Search::approved()).await.unwrap_err(),
            record.reference_of("2.25.7").await.unwrap_err(),
            record.retrieve("2.25.7").await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.code().map(Code::as_str), code, "{error:?}");
        }
    }
}
