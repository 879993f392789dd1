//! Faults on demand, over the wire: which requests they hit, what is answered, and whether the DMP acted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::faults::{CodeAnswer, Cut, Effect, Fault, FaultCarrier, FaultError, Weight};
use dmp_mock::journal::JournalQuery;
use dmp_mock::world::{PatientId, seed};
use dmp_protocol::rights::SetAuthorization;
use dmp_protocol::transaction::Transaction;
use support::lot::{document, flag, submission, submission_set, unique_id};
use support::{Connection, HttpAnswer, Sender, tls_client};
use xds_model::iti18::{GetDocuments, QueryResponse, ReturnType};
use xds_model::iti43::{RetrieveRequest, RetrieveResponse};
use xds_model::iti57::SubmitObjects;
use xds_model::{AvailabilityStatus, RegistryResponse, ResponseStatus};

const REPOSITORY: &str = "1.2.250.1.213.4.1.1.1.2";

/// Sends TD0.2 and says whether an answer came.
async fn existence_answered(sender: &Sender<'_>) -> Result<HttpAnswer, hyper::Error> {
    let assertion = sender.sign(&sender.assertion());
    let envelope = sender.envelope(Transaction::Existence, &assertion, |w| sender.existence_request().write(w));
    let mut connection = Connection::to(sender.mock, sender.tls).await;
    let path = "/si-dmp-server/v2/services/patients";
    connection.request("POST", path, "application/soap+xml; charset=UTF-8", envelope).await
}

async fn retrieve(sender: &Sender<'_>) -> HttpAnswer {
    let request = RetrieveRequest::single(REPOSITORY, unique_id(1));
    sender.send(Transaction::Retrieve, |w| request.write(w)).await
}

/// A mock with one document of the followed patient.
async fn with_document() -> MockDmp {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    let answer = submission(&sender, vec![document(1)]).send(&sender).await;
    assert_eq!(answer.rule(), None);
    mock
}

fn is_stored(mock: &MockDmp, number: u32) -> bool {
    mock.with_world(|world| world.registry.knows_unique_id(&unique_id(number)))
}

#[tokio::test]
async fn transaction_patient_actor_rank_and_count_decide_who_is_hit() {
    let mock = MockDmp::start().await.unwrap();
    let alix = Sender::air(&mock);
    let faults = [
        Fault::code("DMPClosed").on(Transaction::SetAuthorization),
        Fault::http(503).of_patient(seed::PATIENT_UNKNOWN_TO_ALL),
        Fault::http(429).by_actor(seed::PHARMACIEN),
        Fault::http(500).on(Transaction::Existence).skipping(1).times(2),
    ];
    for fault in faults {
        mock.faults().add(fault).unwrap();
    }
    let statuses = [(&alix, [200, 500, 500, 200])];
    for (sender, expected) in statuses {
        for status in expected {
            assert_eq!(sender.existence().await.status, status);
        }
    }
    let other = Sender::air(&mock).with_patient(seed::PATIENT_UNKNOWN_TO_ALL);
    assert_eq!(other.existence().await.status, 503);
    assert_eq!(Sender::air(&mock).by_pharmacist().existence().await.status, 429);
    let answer = alix.authorise(&SetAuthorization::add()).await;
    assert!(String::from_utf8_lossy(&answer.body).contains("DMPClosed"));
    let fired: Vec<_> = mock.faults().list().iter().map(|state| (state.number, state.fired)).collect();
    assert_eq!(fired, [(1, 1), (2, 1), (3, 1), (4, 2)]);
    assert!(mock.faults().remove(1) && !mock.faults().remove(1));
    mock.faults().clear();
    assert_eq!(alix.existence().await.status, 200);
    // The journal names the fault, and its queries find who was hit.
    let of = |query: JournalQuery| mock.journal().find(&query);
    let pharmacist = of(JournalQuery { actor: Some(seed::PHARMACIEN.into()), ..JournalQuery::default() });
    assert_eq!(pharmacist.len(), 1);
    let hit = pharmacist[0].fault.as_ref().unwrap();
    assert_eq!((hit.number, hit.kind, hit.processed, pharmacist[0].status), (3, "http", false, 429));
    assert_eq!(pharmacist[0].transaction.as_deref(), Some("TD0.2"));
}

#[tokio::test]
async fn the_same_seed_hits_the_same_requests() {
    let mut series = Vec::new();
    for seed in [7, 7, 8] {
        let mock = MockDmp::start().await.unwrap();
        mock.faults().add(Fault::http(500).with_probability(0.5, seed)).unwrap();
        let mut hits = Vec::new();
        for _ in 0..16 {
            hits.push(Sender::air(&mock).existence().await.status == 500);
        }
        series.push(hits);
    }
    assert_eq!(series[0], series[1]);
    assert_ne!(series[0], series[2]);
}

#[tokio::test]
async fn updates_are_told_apart() {
    let mock = with_document().await;
    let sender = Sender::air(&mock);
    let query = GetDocuments::UniqueIds(vec![unique_id(1)]);
    mock.faults().add(Fault::code("XDSRegistryBusy").on(Transaction::Locate)).unwrap();
    let located = sender.send(Transaction::Locate, |w| query.to_query(ReturnType::ObjectRef).write(w)).await;
    let code = |answer: &HttpAnswer| {
        let response = QueryResponse::read(answer.envelope().body()).unwrap().response;
        response.errors.first().map(|error| error.code.clone())
    };
    assert_eq!(code(&located).as_deref(), Some("XDSRegistryBusy"));
    let found = sender.send(Transaction::Search, |w| query.to_query(ReturnType::LeafClass).write(w)).await;
    assert_eq!(code(&found), None);

    let entry = QueryResponse::read(found.envelope().body()).unwrap().objects.document_entries.remove(0);
    let set = || submission_set(&sender);
    let masked = [entry.confidentiality_codes.clone(), vec![flag("MASQUE_PS")]].concat();
    let masking = SubmitObjects::update_visibility(set(), &entry, masked).unwrap();
    let status = |new| SubmitObjects::update_status(set(), &entry.entry_uuid, &AvailabilityStatus::Approved, &new);
    let requests = [
        (Transaction::Mask, masking),
        (Transaction::Archive, status(AvailabilityStatus::Archived)),
        (Transaction::Delete, status(AvailabilityStatus::Deleted)),
    ];
    let anything = Fault { transaction: Some("TD3.3".into()), ..Fault::http(500) };
    for (own, request) in &requests {
        let kept = mock.snapshot();
        for (asked, _) in &requests {
            mock.faults().clear();
            mock.faults().add(Fault::http(500).on(*asked)).unwrap();
            let answer = sender.send(Transaction::Mask, |w| request.write(w)).await;
            assert_eq!(answer.status == 500, asked == own, "{own} with a fault on {asked}");
            mock.restore(&kept);
        }
        mock.faults().clear();
        mock.faults().add(anything.clone()).unwrap();
        assert_eq!(sender.send(Transaction::Mask, |w| request.write(w)).await.status, 500, "{own}");
    }
}

#[tokio::test]
async fn a_request_lost_and_an_answer_lost_are_not_the_same() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    for (number, processed) in [(1, false), (2, true)] {
        for effect in [
            Effect::Cut { at: Cut::BeforeAnswer },
            Effect::Http { status: 504, content_type: None, body: None, retry_after: None },
            Effect::Code(CodeAnswer::new("XDSRegistryNotAvailable")),
        ] {
            let kept = mock.snapshot();
            mock.faults().add(Fault::new(effect.clone()).on(Transaction::Submit).processed(processed)).unwrap();
            let lot = submission(&sender, vec![document(number)]);
            let sent = lot.try_send(&sender).await;
            assert_eq!(is_stored(&mock, number), processed, "{effect:?}");
            match &effect {
                Effect::Cut { .. } => assert!(sent.is_err()),
                Effect::Http { .. } => assert_eq!(sent.unwrap().status, 504),
                _ => {
                    let response = RegistryResponse::read(sent.unwrap().envelope().body()).unwrap();
                    assert_eq!(response.errors[0].code, "XDSRegistryNotAvailable");
                }
            }
            mock.faults().clear();
            mock.restore(&kept);
        }
    }
}

#[tokio::test]
async fn connections_die_before_inside_and_after_the_answer() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    for at in [Cut::BeforeAnswer, Cut::InsideAnswer] {
        mock.faults().add(Fault::new(Effect::Cut { at }).times(1)).unwrap();
        assert!(existence_answered(&sender).await.is_err(), "{at:?}");
        assert!(existence_answered(&sender).await.is_ok(), "{at:?}");
    }
    mock.faults().add(Fault::new(Effect::Cut { at: Cut::AfterAnswer }).times(1)).unwrap();
    let mut connection = Connection::to(&mock, &mock.pki().org_auth_cli).await;
    let envelope = sender.envelope(Transaction::Existence, &sender.sign(&sender.assertion()), |w| {
        sender.existence_request().write(w);
    });
    let answer = connection.post("patients", "application/soap+xml", envelope).await;
    assert_eq!((answer.status.as_u16(), answer.fault()), (200, None));
    connection.closed().await;
}

#[tokio::test]
async fn handshakes_are_refused_by_an_alert_or_by_silence() {
    let mock = MockDmp::start().await.unwrap();
    for alert in [Some(49), None] {
        mock.faults().add(Fault::new(Effect::Handshake { alert }).times(1)).unwrap();
        let config = tls_client(&mock, Some(&mock.pki().org_auth_cli), rustls::ALL_VERSIONS);
        let error = Connection::open(mock.address(), config).await.err().expect("no handshake").to_string();
        assert_eq!(error.contains("AccessDenied"), alert.is_some(), "{error}");
        assert_eq!(Sender::air(&mock).existence().await.status, 200);
    }
}

#[tokio::test]
async fn a_gate_holds_a_request_until_it_opens() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::indirecte(&mock);
    for (number, processed) in [(1, false), (2, true)] {
        let gate = format!("gate {number}");
        let hold = Fault::new(Effect::Hold { gate: gate.clone() }).processed(processed).times(1);
        mock.faults().add(hold).unwrap();
        let lot = submission(&sender, vec![document(number)]);
        let feeding = lot.send(&sender);
        let opening = async {
            mock.faults().reached(&gate).await;
            assert_eq!((mock.faults().waiting(&gate), is_stored(&mock, number)), (1, processed));
            mock.faults().open(&gate);
        };
        let (answer, ()) = tokio::join!(feeding, opening);
        assert_eq!(answer.rule(), None);
        assert!(is_stored(&mock, number));
        assert_eq!(mock.faults().waiting(&gate), 0);
    }
}

#[tokio::test]
async fn answers_of_td3_2_are_spoilt_one_way_at_a_time() {
    let mock = with_document().await;
    let sender = Sender::air(&mock);
    let good = retrieve(&sender).await;
    let content = good.parts().remove(1).1;
    let spoilt = |effect: Effect| {
        mock.faults().clear();
        mock.faults().add(Fault::new(effect).on(Transaction::Retrieve)).unwrap();
    };

    spoilt(Effect::WrongBytes);
    let other = retrieve(&sender).await.parts().remove(1).1;
    assert_eq!((other.len(), other == content), (content.len(), false));

    spoilt(Effect::WrongContentId);
    let answer = retrieve(&sender).await;
    let response = RetrieveResponse::read(answer.envelope().body()).unwrap();
    let reference = format!("{:?}", response.documents[0].content);
    let part = answer.parts().remove(1).0.unwrap();
    assert!(!reference.contains(&part), "{reference} {part}");

    spoilt(Effect::WrongBoundary);
    let answer = retrieve(&sender).await;
    let content_type = answer.header("content-type").unwrap().to_owned();
    let boundary = content_type.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(!String::from_utf8_lossy(&answer.body).contains(&format!("--{boundary}")), "{content_type}");

    spoilt(Effect::Truncate { keep: None });
    let answer = retrieve(&sender).await;
    assert_eq!(answer.header("content-length").unwrap(), answer.body.len().to_string());
    assert!(!answer.body.ends_with(b"--\r\n") && !answer.body.ends_with(b"--"));

    spoilt(Effect::Drip { bytes: 512, milliseconds: 0 });
    assert_eq!(retrieve(&sender).await.parts().remove(1).1, content);

    spoilt(Effect::ContentType { value: "text/html".into() });
    assert_eq!(retrieve(&sender).await.header("content-type"), Some("text/html"));

    spoilt(Effect::Code(CodeAnswer { carrier: Some(FaultCarrier::C3), ..CodeAnswer::new("DMPAccessForbidden") }));
    let answer = retrieve(&sender).await;
    assert!(answer.is_multipart(), "a fault of TD3.2 travels in multipart");
    assert_eq!(answer.fault_code().as_deref(), Some("DMPAccessForbidden"));

    for (severity, status) in
        [(Weight::Warning, ResponseStatus::Success), (Weight::Partial, ResponseStatus::PartialSuccess)]
    {
        spoilt(Effect::Code(CodeAnswer { severity, ..CodeAnswer::new("XDSRepositoryError") }));
        let response = RetrieveResponse::read(retrieve(&sender).await.envelope().body()).unwrap();
        assert_eq!((response.response.status, response.documents.len()), (status, 1));
    }
}

#[tokio::test]
async fn heads_can_lie() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let id = mock.faults().add(Fault::new(Effect::WrongRelatesTo)).unwrap();
    let answer = sender.existence().await;
    let last = mock.journal().last().unwrap();
    assert_ne!(answer.envelope().headers.relates_to, last.message_id);
    mock.faults().remove(id);

    let id = mock.faults().add(Fault::new(Effect::ClockSkew { seconds: -3600 })).unwrap();
    let date = sender.existence().await.header("date").unwrap().to_owned();
    let date = jiff::fmt::rfc2822::parse(&date).unwrap().timestamp();
    let behind = mock.clock().now().duration_since(date).as_secs();
    assert!((3595..3660).contains(&behind), "{behind}");
    mock.faults().remove(id);

    let location = "https://ailleurs.exemple.test/".to_owned();
    mock.faults().add(Fault::new(Effect::Redirect { status: 308, location: location.clone() })).unwrap();
    let answer = sender.existence().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (308, Some(location.as_str())));
    mock.faults().clear();

    let page = Effect::Http { status: 429, content_type: None, body: None, retry_after: Some(7) };
    mock.faults().add(Fault::new(page)).unwrap();
    let answer = sender.existence().await;
    assert_eq!(
        (answer.header("retry-after"), answer.header("content-type")),
        (Some("7"), Some("text/html;charset=UTF-8"))
    );
    assert!(answer.body.starts_with(b"<html>"));
}

#[test]
fn a_fault_that_contradicts_itself_is_refused() {
    let faults = dmp_mock::faults::Faults::default();
    let code = |code: CodeAnswer| Fault::new(Effect::Code(code));
    let in_carrier = |carrier| CodeAnswer { carrier: Some(carrier), ..CodeAnswer::new("DMPClosed") };
    let warning = || CodeAnswer { severity: Weight::Warning, ..CodeAnswer::new("XDSExtraMetadataNotSaved") };
    let unknown = Fault { transaction: Some("TD9.9".into()), ..Fault::http(500) };
    let redirect = |status| Fault::new(Effect::Redirect { status, location: "/".into() });
    for (fault, expected) in [
        (unknown, "no transaction has that identifier"),
        (Fault::http(500).with_probability(1.5, 0), "1.5 is not a probability"),
        (Fault::http(302), "HTTP 302 is not possible here"),
        (redirect(200), "HTTP 200 is not possible here"),
        (redirect(302).processed(true), "always processed = false"),
        (Fault::new(Effect::WrongBytes).processed(false), "always processed = true"),
        (Fault::new(Effect::Handshake { alert: None }).on(Transaction::Submit), "no transaction, patient or actor"),
        (Fault::new(Effect::Drip { bytes: 0, milliseconds: 1 }), "would never end"),
        (Fault::new(Effect::ContentType { value: "a\nb".into() }), "cannot be an HTTP header"),
        (code(CodeAnswer::new("a\u{0}b")), "without control characters"),
        (code(in_carrier(FaultCarrier::C4)).on(Transaction::Submit), "TD2.1 does not refuse in that carrier"),
        (code(warning()).on(Transaction::Existence), "only a registry response"),
    ] {
        let error = faults.add(fault).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(faults.list(), []);
    let any = Fault { transaction: Some("TD3.3".into()), ..Fault::http(500) };
    assert_eq!(faults.add(any), Ok::<u64, FaultError>(1));
}

#[test]
fn a_file_of_faults_is_taken_whole_or_not_at_all() {
    let faults = dmp_mock::faults::Faults::default();
    let good = r#"
        [[fault]]
        transaction = "TD3.1"
        count = 2
        effect = { kind = "code", code = "DMPAccessDeniedByExcededThreshold" }
        [[fault]]
        patient = "280057599900151"
        probability = 0.1
        seed = 42
        processed = true
        effect = { kind = "cut", at = "before_answer" }
    "#;
    faults.add_toml(good).unwrap();
    assert_eq!(faults.list().len(), 2);
    assert!(!format!("{:?}", faults.list()[1].fault).contains("280057599900151"));
    for (bad, expected) in [
        ("[[fault]]\neffect = { kind = \"fire\" }", "unknown variant"),
        ("[[fault]]\neffect = { kind = \"delay\" }", "milliseconds"),
        ("[[fault]]\nwhen = 1\neffect = { kind = \"wrong_bytes\" }", "unknown field"),
        (
            "[[fault]]\neffect = { kind = \"wrong_bytes\" }\n[[fault]]\neffect = { kind = \"http\", status = 99 }",
            "number 2",
        ),
    ] {
        let error = faults.add_toml(bad).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(faults.list().len(), 2);
    assert!(faults.add_file("/nowhere/faults.toml".as_ref()).unwrap_err().to_string().contains("/nowhere"));
}

#[tokio::test]
async fn nothing_of_a_patient_changes_by_a_request_that_is_lost() {
    let mock = MockDmp::start().await.unwrap();
    let id = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    let history = || mock.with_world(|world| world.access_history(&id, true).len());
    let before = history();
    mock.faults().add(Fault::http(503)).unwrap();
    assert_eq!(Sender::air(&mock).existence().await.status, 503);
    assert_eq!(history(), before);
}
