//! The export of traces as IHE ATNA audit messages: what they say, and that none is lost on the way.

use std::sync::{Arc, Mutex};

use crate::support::{clock, consulting, context, documents, feeding, qualified, traces};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dmp_client::{Consent, Search, Submission};
use dmp_lps::atna::*;
use dmp_lps::trace::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::Pki;
use dmp_protocol::xml::{Element, Limits};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

fn node() -> AuditNode {
    AuditNode::new(SyslogOrigin::new("poste-12.clinique.test", "lps").unwrap(), "10B0990008", "dmp.exemple.test")
}

/// The XML of a message, after its header.
fn xml(message: &str) -> &str {
    message.split_once('\u{feff}').unwrap().1
}

fn parsed(message: &str) -> Element {
    dmp_protocol::xml::parse(xml(message).as_bytes(), &Limits::default()).unwrap()
}

fn attribute(element: &Element, name: &str) -> String {
    element.attr(name).unwrap_or_default().to_owned()
}

/// `110106 U ITI-57,TD3.3a 0`.
fn event(message: &str) -> String {
    let message = parsed(message);
    let event = message.child("", "EventIdentification").unwrap();
    let types = event.children_named("", "EventTypeCode").map(|one| attribute(one, "csd-code")).collect::<Vec<_>>();
    let id = attribute(event.child("", "EventID").unwrap(), "csd-code");
    let [action, outcome] = ["EventActionCode", "EventOutcomeIndicator"].map(|name| attribute(event, name));
    format!("{id} {action} {} {outcome}", types.join(","))
}

/// The messages of everything that a tracer holds.
async fn messages(tracer: &Tracer) -> Vec<String> {
    traces::lines(tracer).await.iter().filter_map(|line| node().message(line)).map(|one| one.message).collect()
}

/// Keeps what it is given; may take half of a batch and fail.
#[derive(Clone, Default)]
struct Shelf {
    kept: Arc<Mutex<Vec<String>>>,
    failures: Arc<Mutex<u32>>,
}

impl AuditSink for Shelf {
    async fn deliver(&self, batch: &[String]) -> Result<(), SinkError> {
        let fails = {
            let mut failures = self.failures.lock().unwrap();
            let fails = *failures > 0;
            *failures = failures.saturating_sub(1);
            fails
        };
        let taken = if fails { batch.len() / 2 } else { batch.len() };
        self.kept.lock().unwrap().extend_from_slice(&batch[..taken]);
        match fails {
            true => Err(SinkError::Io { doing: "cutting the line", source: std::io::ErrorKind::BrokenPipe.into() }),
            false => Ok(()),
        }
    }
}

/// So many views of a document, each traced.
async fn views(tracer: &Tracer, count: u32) {
    let (ctx, patient) = (context("alix", "team-1", "visit-1"), crate::support::patient());
    for number in 0..count {
        let note = Note::of(Action::View).patient(&patient).document(format!("1.2.3.{number}"), Some("11488-4"));
        tracer.note(&ctx, note).await.unwrap();
    }
}

#[tokio::test]
async fn atna_a_message_says_who_did_what_to_which_document_of_whom() {
    let tracer = traces::tracer(&clock()).at_workstation("poste-12");
    views(&tracer, 1).await;
    let message = messages(&tracer).await.remove(0);
    let (header, xml) = message.split_once('\u{feff}').unwrap();
    assert_eq!(
        header,
        "<85>1 2026-03-02T08:00:00.000000Z poste-12.clinique.test lps - IHE+RFC-3881 [meta sequenceId=\"1\"] "
    );
    let expected = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?><AuditMessage>"#,
        r#"<EventIdentification EventActionCode="R" EventDateTime="2026-03-02T08:00:00.000000Z" EventOutcomeIndicator="0">"#,
        r#"<EventID csd-code="110110" codeSystemName="DCM" originalText="Patient Record"/>"#,
        r#"<EventTypeCode csd-code="view" codeSystemName="DMP" originalText="view"/>"#,
        r#"<PurposeOfUse csd-code="normal" codeSystemName="1.2.250.1.213.1.1.4.248" originalText="normal"/>"#,
        r#"</EventIdentification>"#,
        r#"<ActiveParticipant UserID="alix" AlternativeUserID="899999000013" UserIsRequestor="true""#,
        r#" NetworkAccessPointID="poste-12" NetworkAccessPointTypeCode="1"/>"#,
        r#"<ActiveParticipant UserID="lps" AlternativeUserID="10B0990008" UserIsRequestor="false""#,
        r#" NetworkAccessPointID="poste-12.clinique.test" NetworkAccessPointTypeCode="1">"#,
        r#"<RoleIDCode csd-code="110150" codeSystemName="DCM" originalText="Application"/></ActiveParticipant>"#,
        r#"<AuditSourceIdentification AuditEnterpriseSiteID="10B0990008" AuditSourceID="poste-12.clinique.test">"#,
        r#"<AuditSourceTypeCode csd-code="4" codeSystemName="RFC-3881" originalText="Application Server"/>"#,
        r#"</AuditSourceIdentification>"#,
        r#"<ParticipantObjectIdentification ParticipantObjectID="280057599900151^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH""#,
        r#" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1">"#,
        r#"<ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881" originalText="Patient Number"/>"#,
        r#"<ParticipantObjectDetail type="episode" value="dmlzaXQtMQ=="/></ParticipantObjectIdentification>"#,
        r#"<ParticipantObjectIdentification ParticipantObjectID="1.2.3.0" ParticipantObjectTypeCode="2""#,
        r#" ParticipantObjectTypeCodeRole="3">"#,
        r#"<ParticipantObjectIDTypeCode csd-code="9" codeSystemName="RFC-3881" originalText="Report Number"/>"#,
        r#"<ParticipantObjectDetail type="typeCode" value="MTE0ODgtNA=="/></ParticipantObjectIdentification>"#,
        r#"</AuditMessage>"#,
    );
    assert_eq!(xml, expected);
}

#[tokio::test]
async fn atna_each_act_has_the_event_of_dicom_and_the_transaction_of_ihe() {
    let tracer = traces::tracer(&clock());
    let ctx = context("alix", "team-1", "visit-1");
    let td = |action, td| Note::of(action).transaction(td);
    let cases = [
        (td(Action::Existence, "TD0.2"), "110112 E TD0.2 0"),
        (td(Action::Authorise, "TD0.3"), "110110 U 110137,TD0.3 0"),
        (td(Action::SearchPatients, "TD0.5"), "110112 E ITI-47,TD0.5 0"),
        (td(Action::WebPs, "TD0.10"), "110110 R TD0.10 0"),
        (td(Action::Feed, "TD2.1"), "110106 R ITI-41,TD2.1 0"),
        (td(Action::Search, "TD3.1"), "110112 E ITI-18,TD3.1 0"),
        (td(Action::Retrieve, "TD3.2"), "110107 C ITI-43,TD3.2 0"),
        (td(Action::Mask, "TD3.3a"), "110106 U ITI-57,TD3.3a 0"),
        (td(Action::Delete, "TD3.3c"), "110106 U ITI-57,TD3.3c 0"),
        (
            td(Action::Search, "TD3.1").outcome(TraceOutcome::Refused).code("DMPAccessForbidden"),
            "110112 E ITI-18,TD3.1 8",
        ),
        (td(Action::Search, "TD3.1").outcome(TraceOutcome::Unknown), "110112 E ITI-18,TD3.1 4"),
        (td(Action::Search, "TD3.1").outcome(TraceOutcome::Denied), "110112 E ITI-18,TD3.1,110132 8"),
        (Note::denied("OPPOSED"), "110113 E 110132,denied 8"),
        (Note::of(Action::Save), "110110 C save 0"),
        (Note::of(Action::StanceChange), "110110 U stance-change 0"),
        (Note::of(Action::ExtractTraces), "110101 R extract-traces 0"),
        (Note::of(Action::Purge), "110110 D purge 0"),
        (Note::of(Action::Notice), "110100 E notice 0"),
    ];
    let mut expected = Vec::new();
    for (note, event) in cases {
        tracer.note(&ctx, note).await.unwrap();
        expected.push(event);
    }
    let messages = messages(&tracer).await;
    assert_eq!(messages.iter().map(|message| event(message)).collect::<Vec<_>>(), expected);
    // Failures are warnings of syslog, with their code.
    let refused = messages.iter().find(|message| message.contains("DMPAccessForbidden")).unwrap();
    assert!(
        refused.starts_with("<84>1 ") && refused.contains("<EventOutcomeDescription>DMPAccessForbidden<"),
        "{refused}"
    );
    // The DMP receives what is exported and gives what is imported.
    for (action, role) in [("TD2.1", "110152"), ("TD3.2", "110153")] {
        let message = parsed(messages.iter().find(|message| message.contains(&format!("\"{action}\""))).unwrap());
        let dmp = message.children_named("", "ActiveParticipant").last().unwrap();
        let found = (attribute(dmp, "UserID"), attribute(dmp.child("", "RoleIDCode").unwrap(), "csd-code"));
        assert_eq!(found, ("https://dmp.exemple.test".to_owned(), role.to_owned()));
    }
}

#[tokio::test]
async fn atna_a_journey_is_exported_once_without_secret_nor_content() {
    let (mock, folder) = (MockDmp::start().await.unwrap(), tempfile::tempdir().unwrap());
    let (tracer, ctx) = (traces::tracer(&clock()), context("alix", "team-1", "visit-1"));
    let letter = documents::letter();
    let fed = feeding(&mock).watched(tracer.of(&ctx)).record(qualified(), Consent::given()).unwrap();
    fed.submit(&Submission::of(documents::document(&letter).await)).await.unwrap();
    let record = consulting(&mock).watched(tracer.of(&ctx)).record(qualified(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    let found = record.find(Search::approved()).await.unwrap();
    record.retrieve(found.iter().next().unwrap()).await.unwrap();

    let path = folder.path().join("audit.log");
    let export = AtnaExport::new(node(), Database::in_memory().unwrap(), FileSink::new(&path));
    assert_eq!((export.take(&tracer).await.unwrap(), export.take(&tracer).await.unwrap()), (4, 0));
    assert_eq!((export.flush().await.unwrap(), export.flush().await.unwrap()), (4, 0));
    let written = std::fs::read_to_string(&path).unwrap();
    let events: Vec<String> = written.lines().map(event).collect();
    let expected =
        ["110106 R ITI-41,TD2.1 0", "110112 E TD0.2 0", "110112 E ITI-18,TD3.1 0", "110107 C ITI-43,TD3.2 0"];
    assert_eq!(events, expected);
    let unique_id = documents::unique_id(&letter);
    assert_eq!(written.matches(&unique_id).count(), 2, "submitted, then retrieved");
    let search = parsed(written.lines().nth(2).unwrap());
    let query = search.children_named("", "ParticipantObjectIdentification").nth(1).unwrap();
    let criteria = STANDARD.decode(query.child("", "ParticipantObjectQuery").unwrap().text()).unwrap();
    assert!(String::from_utf8(criteria).unwrap().contains("DocumentEntryStatus"));
    let assertions: Vec<String> = traces::lines(&tracer).await.into_iter().flat_map(|line| line.assertions).collect();
    assert!(!assertions.is_empty());
    let hidden = ["Compte rendu", "Tout va bien", "EXEMPLE", "MODELE", "XXX-000000-tmp0"];
    for hidden in hidden.iter().copied().chain(assertions.iter().map(String::as_str)) {
        assert!(!written.contains(hidden), "{hidden}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn atna_a_text_that_xml_cannot_hold_loses_no_message() {
    let tracer = traces::tracer(&clock());
    let ctx = context("alix", "team-1", "visit-1");
    let note = Note::of(Action::View).document("1.2\u{0}3\n<&\"", None).code("\u{1b}[0m");
    tracer.note(&ctx, note).await.unwrap();
    let message = messages(&tracer).await.remove(0);
    assert!(!message.contains('\n') && message.contains("1.2\u{fffd}3\u{fffd}&lt;&amp;&quot;"), "{message}");
    assert_eq!(event(&message), "110110 R view 0");
}

#[tokio::test]
async fn atna_the_spool_survives_kills_and_a_sink_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let (path, shelf) = (folder.path().join("spool.db"), Shelf::default());
    let tracer = traces::tracer(&clock());
    // Each round is another process over the same file: what was only in memory is lost with it.
    let open = || AtnaExport::new(node(), Database::open(&path).unwrap(), shelf.clone());
    views(&tracer, 300).await;
    {
        let export = open();
        assert_eq!(export.take(&tracer).await.unwrap(), 300);
        *shelf.failures.lock().unwrap() = 1;
        export.flush().await.unwrap_err();
        assert_eq!(export.waiting().await.unwrap(), 300, "half of a batch is no batch");
    }
    views(&tracer, 50).await;
    {
        // Killed between the taking and the sending.
        assert_eq!(open().take(&tracer).await.unwrap(), 50);
    }
    {
        // The sink takes the first batch and dies in the second; nobody takes note but the spool.
        let export = open();
        assert_eq!(export.take(&tracer).await.unwrap(), 0, "what is in the spool is not taken again");
        let dropped = {
            let mut flush = std::pin::pin!(export.flush());
            std::future::poll_fn(|cx| std::task::Poll::Ready(flush.as_mut().poll(cx).is_pending())).await
        };
        assert!(dropped, "the future was dropped on its way");
    }
    let export = open();
    export.flush().await.unwrap();
    assert_eq!(export.waiting().await.unwrap(), 0);
    let kept = shelf.kept.lock().unwrap().clone();
    let seq = |message: &String| -> u64 {
        message.split_once("sequenceId=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap()
    };
    let mut numbers: Vec<u64> = kept.iter().map(seq).collect();
    // The half of the batch that failed, and what the dropped flush had time to deliver, came again.
    assert!(numbers.len() >= 350 + 100, "{}", numbers.len());
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, (1..=350).collect::<Vec<_>>(), "at least once each");
}

#[tokio::test]
async fn atna_a_torn_line_in_a_file_stays_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.log");
    std::fs::write(&path, "<85>1 half a mess").unwrap();
    let sink = FileSink::new(&path);
    sink.deliver(&["one".to_owned(), "two".to_owned()]).await.unwrap();
    sink.deliver(&["three".to_owned()]).await.unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "<85>1 half a mess\none\ntwo\nthree\n");
    let refused = FileSink::new(folder.path()).deliver(&["four".to_owned()]).await.unwrap_err();
    assert!(refused.to_string().contains("wait in the spool"), "{refused}");
}

/// How a receiver of syslog ends a connection.
#[derive(Clone, Copy, PartialEq)]
enum Ending {
    /// Reads all, then closes in answer.
    Answers,
    /// Goes away after the first bytes.
    Dies,
}

/// Reads frames until the sender says that no more come.
async fn received(mut stream: impl AsyncRead + AsyncWrite + Unpin, ending: Ending) -> Vec<String> {
    let mut bytes = Vec::new();
    if ending == Ending::Dies {
        let _ = stream.read_u8().await;
        return Vec::new();
    }
    stream.read_to_end(&mut bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut rest = bytes.as_slice();
    let mut frames = Vec::new();
    while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
        let length: usize = std::str::from_utf8(&rest[..space]).unwrap().parse().unwrap();
        let (frame, after) = rest[space + 1..].split_at(length);
        frames.push(String::from_utf8(frame.to_vec()).unwrap());
        rest = after;
    }
    assert!(rest.is_empty());
    frames
}

/// A repository that takes connections one after the other; the first dies.
async fn repository<S, F>(listener: TcpListener, accept: impl Fn(TcpStream) -> F) -> Vec<String>
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Future<Output = S>,
{
    let first = accept(listener.accept().await.unwrap().0).await;
    received(first, Ending::Dies).await;
    let second = accept(listener.accept().await.unwrap().0).await;
    received(second, Ending::Answers).await
}

/// Exports to a repository whose first connection dies: nothing is lost.
async fn survives<K: AuditSink>(sink: K, repository: impl Future<Output = Vec<String>>) {
    let tracer = traces::tracer(&clock());
    views(&tracer, 3).await;
    let export = AtnaExport::new(node(), Database::in_memory().unwrap(), sink);
    export.take(&tracer).await.unwrap();
    let sent = async {
        export.flush().await.unwrap_err();
        assert_eq!(export.waiting().await.unwrap(), 3);
        assert_eq!(export.flush().await.unwrap(), 3);
    };
    let ((), frames) = tokio::join!(sent, repository);
    assert_eq!(frames, messages(&tracer).await);
}

#[tokio::test]
async fn atna_a_relay_of_this_machine_takes_counted_frames() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sink = RelaySink::on_port(listener.local_addr().unwrap().port());
    survives(sink, repository(listener, |stream| async { stream })).await;
}

fn tls(pki: &Pki) -> (Arc<ClientConfig>, TlsAcceptor) {
    let provider = || Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(pki.root.certificate_der().clone()).unwrap();
    let node = &pki.org_auth_cli;
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots.clone())
        .with_client_auth_cert(node.tls_chain(), node.key_der().unwrap())
        .unwrap();
    let nodes =
        rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build().unwrap();
    let server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(nodes)
        .with_single_cert(pki.server.tls_chain(), pki.server.key_der().unwrap())
        .unwrap();
    (Arc::new(client), TlsAcceptor::from(Arc::new(server)))
}

#[tokio::test]
async fn atna_a_repository_over_mutual_tls_confirms_by_closing_in_answer() {
    let mock = MockDmp::start().await.unwrap();
    let (client, acceptor) = tls(mock.pki());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sink = TlsSink::new("localhost", listener.local_addr().unwrap().port(), client).unwrap();
    survives(sink, repository(listener, |stream| async { acceptor.accept(stream).await.unwrap() })).await;
    assert!(TlsSink::new("no host", 6514, tls(mock.pki()).0).is_err());
}

#[tokio::test]
async fn atna_a_connexion_secrete_leaves_only_where_it_is_asked_for() {
    let tracer = traces::tracer(&clock());
    let ordinary = context("alix", "team-1", "visit-1");
    let secret = dmp_lps::AccessContext { secret: true, ..ordinary.clone() };
    for ctx in [&ordinary, &secret] {
        tracer.note(ctx, Note::of(Action::View).document("1.2.3", None)).await.unwrap();
    }
    for (node, expected) in [(node(), 1), (node().with_connexion_secrete(), 2)] {
        let export = AtnaExport::new(node, Database::in_memory().unwrap(), Shelf::default());
        assert_eq!(export.take(&tracer).await.unwrap(), expected);
        assert_eq!(export.take(&tracer).await.unwrap(), 0, "what was left out is not asked for again");
    }
}
