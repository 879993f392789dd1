//! Answers of TD3.1 as servers may write them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::*;
use dmp_mock::MockDmp;
use support::server::{ScriptedServer, http, server_identity};
use support::*;

const FOUND: &str = include_str!("../../testdata/xds/iti18-finddocuments.response.soap.xml");
const SUCCESS: &str = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success";
const PARTIAL: &str = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess";

/// The golden answer, its reference to a request left out, after some replacements that must find something.
fn answer(edits: &[(&str, &str)]) -> String {
    let start = FOUND.find("<query:AdhocQueryResponse").unwrap();
    let end = FOUND.rfind("</query:AdhocQueryResponse>").unwrap() + "</query:AdhocQueryResponse>".len();
    let body = edits.iter().fold(FOUND[start..end].to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    enveloped(&body)
}

fn enveloped(body: &str) -> String {
    let envelope = "http://www.w3.org/2003/05/soap-envelope";
    let message = format!("<x:Envelope xmlns:x=\"{envelope}\"><x:Header/><x:Body>\n{body}\n</x:Body></x:Envelope>");
    http("200 OK", "Content-Type: application/soap+xml; charset=UTF-8\r\n", &message)
}

fn errors(severity: &str) -> String {
    format!(
        "<rs:RegistryErrorList><rs:RegistryError codeContext=\"x\" errorCode=\"XDSRegistryBusy\" \
         severity=\"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:{severity}\"/></rs:RegistryErrorList>"
    )
}

/// A record whose server gives these answers one after the other.
async fn record(mock: &MockDmp, answers: Vec<String>) -> AirRecord {
    let server = ScriptedServer::start(server_identity(mock), move |number| answers.get(number).cloned()).await;
    let client = builder_for(mock, &server.url()).build().unwrap();
    client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap()
}

/// A success of TD3.3 with a warning.
fn done_with_a_warning() -> String {
    let list = "<rs:RegistryErrorList><rs:RegistryError codeContext=\"x\" errorCode=\"XDSExtraMetadataNotSaved\" \
                severity=\"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning\"/></rs:RegistryErrorList>";
    let body = format!(
        "<rs:RegistryResponse xmlns:rs=\"urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0\" status=\"{SUCCESS}\">{list}\
         </rs:RegistryResponse>"
    );
    enveloped(&body)
}

/// Warnings that come with a success are given to the caller: of the look-up first, then of the change.
#[tokio::test]
async fn warnings_of_a_look_up_and_of_a_change_are_returned() {
    let mock = MockDmp::start().await.unwrap();
    let list = "<rim:RegistryObjectList>";
    let warned = answer(&[(list, &format!("{}{list}", errors("Warning")))]);
    let unique_id = FOUND.split("identificationScheme=\"urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab\" value=\"");
    let unique_id = unique_id.last().unwrap().split('"').next().unwrap();

    let reference = record(&mock, vec![warned.clone()]).await.reference_of("2.25.1").await.unwrap();
    assert_eq!((reference.entry_uuid, reference.warnings), (None, vec!["XDSRegistryBusy".to_owned()]));

    let masked = record(&mock, vec![warned.clone(), done_with_a_warning()]).await.mask(unique_id).await.unwrap();
    assert_eq!(masked, Change::Done);
    assert_eq!(masked.warnings, ["XDSRegistryBusy", "XDSExtraMetadataNotSaved"]);
    let shown = record(&mock, vec![warned]).await.unmask(unique_id).await.unwrap();
    assert_eq!((shown.change, shown.warnings.len()), (Change::Unchanged, 1));
}

async fn find(answer: String) -> Result<Found, DmpError> {
    let mock = MockDmp::start().await.unwrap();
    record(&mock, vec![answer]).await.find(Search::approved()).await
}

/// E3-07, E3-08, and the quirks of `xds.md` §14 that reach a client: nothing is lost, nothing fails.
#[tokio::test]
async fn e3_07_and_e3_08_odd_entries_are_kept() {
    let rows: [(&str, &[(&str, &str)]); 9] = [
        ("as specified", &[]),
        (
            "other prefixes",
            &[
                ("<rim:", "<ns3:"),
                ("</rim:", "</ns3:"),
                ("xmlns:rim", "xmlns:ns3"),
                ("<query:", "<q:"),
                ("</query:", "</q:"),
                ("xmlns:query", "xmlns:q"),
            ],
        ),
        ("no count", &[(" startIndex=\"0\" totalResultCount=\"1\"", "")]),
        ("a wrong count", &[("totalResultCount=\"1\"", "totalResultCount=\"7\"")]),
        ("an unknown type", &[("nodeRepresentation=\"11488-4\"", "nodeRepresentation=\"99999-9\"")]),
        ("an entryUUID that is no UUID", &[("urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001", "FICHE_1")]),
        ("another INS of the same person", &[("285079999999935^^^", "285079999999999^^^")]),
        ("an unknown status", &[("StatusType:Approved", "StatusType:Suspended")]),
        ("no owner named", &[(" classifiedObject=\"urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001\"", "")]),
    ];
    for (name, edits) in rows {
        let found = find(answer(edits)).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].authors.len(), 1, "{name}");
        assert!(!found.is_partial() && found.notices().is_empty(), "{name}");
    }
}

/// E3-05: what came is kept, and said to be a part.
#[tokio::test]
async fn e3_05_a_partial_answer_and_warnings_keep_the_entries() {
    let list = "<rim:RegistryObjectList>";
    let [warning, error] = ["Warning", "Error"].map(|severity| format!("{}{list}", errors(severity)));
    let partial = find(answer(&[(SUCCESS, PARTIAL), (list, &error)])).await.unwrap();
    assert!(partial.is_partial());
    assert_eq!((partial.len(), partial.notices()), (1, &["XDSRegistryBusy".to_owned()][..]));
    let warned = find(answer(&[(list, &warning)])).await.unwrap();
    assert!(!warned.is_partial());
    assert_eq!((warned.len(), warned.notices().len()), (1, 1));
    let refused =
        find(answer(&[(SUCCESS, "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"), (list, &error)]));
    assert_eq!(refused.await.unwrap_err().code().map(Code::as_str), Some("XDSRegistryBusy"));
}
