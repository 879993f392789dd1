//! Each code of the catalogue in each of its carriers, sent by the mock over TLS and made into an error by the client;
//! codes of no catalogue; what is no message at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::collections::BTreeSet;
use std::process::Command;

use cda::n1::N1Builder;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{CodeAnswer, Cut, Effect, Fault, FaultCarrier, Weight};
use dmp_mock::world::seed;
use dmp_protocol::error::{Advice, Code, KnownCode, Language, Origin};
use dmp_protocol::rights::AuthorizationMode;
use dmp_protocol::transaction::Transaction;
use support::documents::{document, letter, unique_id};
use support::*;

const EXPECTED: &str = include_str!("../../testdata/errors/expected.tsv");
const SENTENCE: &str = "Phrase du serveur, gardée telle quelle";

/// One client, one document, and every transaction as a caller makes it.
struct Scene {
    mock: MockDmp,
    client: DmpClient,
    /// uniqueId of a document that the patient sees.
    document: String,
    /// uniqueId of one that the patient does not see yet.
    hidden: String,
}

impl Scene {
    async fn new() -> Self {
        let mock = MockDmp::start().await.unwrap();
        mock.with_world(|world| {
            let mut structure = world.structure(seed::STRUCTURE_EG).unwrap().clone();
            structure.centre_15 = true;
            world.add_structure(structure);
        });
        let (document, hidden) = (letter(), letter());
        let scene = Scene { client: client(&mock), document: unique_id(&document), hidden: unique_id(&hidden), mock };
        scene.feed(&document, None).await.unwrap();
        scene.feed(&hidden, Some(Hidden::FromPatient)).await.unwrap();
        scene
    }

    fn session(&self) -> AirSession {
        self.client.air_simplifie(medecin(), factor()).unwrap()
    }

    async fn feed(&self, builder: &N1Builder, hidden: Option<Hidden>) -> Result<Vec<String>, DmpError> {
        let record = self.client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
        let document = document(builder).await;
        let document = match hidden {
            Some(hidden) => document.hidden(hidden),
            None => document,
        };
        Ok(record.submit(&Submission::of(document)).await?.warnings)
    }

    /// Makes a transaction once; gives the warnings of a success, where the caller is told them.
    async fn attempt(&self, transaction: Transaction) -> Result<Option<Vec<String>>, DmpError> {
        let record = self.session().record(followed(), Consent::given()).unwrap();
        let other = self.session().record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given()).unwrap();
        let document = self.document.as_str();
        match transaction {
            Transaction::Existence => drop(record.existence().await?),
            Transaction::SetAuthorization => drop(other.authorise().await?),
            Transaction::ListAuthorised => drop(self.session().authorised(AuthorisedList::all()).await?),
            Transaction::SearchPatient => {
                drop(self.session().centre_15().search_patients(PatientCriteria::named("exemple")).await?);
            }
            Transaction::AdministrativeData => drop(record.administrative_data().await?),
            Transaction::ListAuthorisations => drop(record.authorisations(AuthorizationMode::Toute).await?),
            Transaction::Submit => return Ok(Some(self.feed(&letter(), None).await?)),
            Transaction::Search => return Ok(Some(record.find(Search::approved()).await?.notices().to_vec())),
            Transaction::Retrieve => {
                let entry = record.entry(document).await?;
                drop(record.retrieve(&entry).await?);
            }
            Transaction::Mask => drop(record.mask(document).await?),
            Transaction::Locate | Transaction::Delete => drop(record.delete(document).await?),
            Transaction::Archive => drop(record.archive(document).await?),
            Transaction::Reveal => drop(record.reveal_to_patient(self.hidden.as_str()).await?),
            other => panic!("{other}: not made here"),
        }
        Ok(None)
    }

    /// The same, hit by a fault, in a world that is then as before.
    async fn hit(&self, transaction: Transaction, effect: Effect) -> Result<Option<Vec<String>>, DmpError> {
        let kept = self.mock.snapshot();
        self.mock.faults().add(Fault::new(effect).on(transaction)).unwrap();
        let attempted = self.attempt(transaction).await;
        assert!(self.mock.faults().list()[0].fired > 0, "{transaction} was not made: {attempted:?}");
        self.mock.faults().clear();
        self.mock.restore(&kept);
        attempted
    }
}

fn carrier(id: &str) -> FaultCarrier {
    [FaultCarrier::C3, FaultCarrier::C4, FaultCarrier::C5, FaultCarrier::C6]
        .into_iter()
        .find(|carrier| format!("{carrier:?}") == id)
        .unwrap()
}

fn advice_name(advice: Advice) -> String {
    match advice {
        Advice::Never => "never".into(),
        Advice::AfterFix => "fix".into(),
        Advice::AskUser => "ask".into(),
        Advice::Once => "once".into(),
        Advice::ReadStateFirst => "state".into(),
        Advice::Backoff { min } => format!("back:{}", min.as_secs()),
        other => panic!("{other:?}"),
    }
}

fn rows() -> impl Iterator<Item = [&'static str; 9]> {
    EXPECTED
        .lines()
        .skip_while(|line| line.starts_with('#'))
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>().try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn f27_each_code_in_each_of_its_carriers() {
    let scene = Scene::new().await;
    for [code, severity, id, td, kind, advice, outcome, english, french] in rows() {
        let name = format!("{code} as {id} ({severity}) of {td}");
        let severity = if severity == "warning" { Weight::Warning } else { Weight::Error };
        let text = Some(SENTENCE.to_owned());
        let answer = CodeAnswer { carrier: Some(carrier(id)), severity, text, ..CodeAnswer::new(code) };
        let attempted = scene.hit(Transaction::from_td(td).unwrap(), Effect::Code(answer)).await;
        if kind == "done" {
            let warnings = attempted.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let expected = if severity == Weight::Warning { vec![code.to_owned()] } else { Vec::new() };
            assert!(warnings.is_none_or(|warnings| warnings == expected), "{name}");
            continue;
        }
        let error = attempted.expect_err(&name);
        assert_eq!(error.kind().as_str(), kind, "{name}");
        assert_eq!(advice_name(error.advice()), advice, "{name}");
        assert_eq!(format!("{:?}", error.outcome()), outcome, "{name}");
        assert_eq!(error.transaction().map(Transaction::td), Some(td), "{name}");
        assert_eq!(error.carrier().map(|carrier| carrier.id()), Some(id), "{name}");
        assert_eq!(error.server_text(), Some(SENTENCE), "{name}");
        assert_eq!(error.http_status(), Some(if id == "C3" { 500 } else { 200 }), "{name}");
        assert!(error.message_id().is_some(), "{name}");
        assert_eq!(error.code().map(Code::as_str), Some(code), "{name}");
        for (language, meaning) in [(Language::English, english), (Language::French, french)] {
            let explained = error.explain(language);
            assert_eq!(explained.meaning.as_deref().unwrap_or_default(), meaning, "{name}");
            assert!(explained.remedy.is_some(), "{name}");
        }
        // The sentence may be about the patient: it is asked for, never shown.
        assert!(!format!("{error} {error:?} {}", error.explain(Language::French)).contains(SENTENCE), "{name}");
    }
}

#[test]
fn f27_no_code_nor_carrier_of_the_catalogue_is_left_out() {
    let expected: BTreeSet<(&str, &str)> = rows().map(|row| (row[0], row[2])).collect();
    let mut missing = Vec::new();
    for code in KnownCode::all() {
        // C7 and C8 are pages and tokens, not messages of the services.
        let carriers = code.entry().carriers.split(' ').filter(|carrier| !["C7", "C8"].contains(carrier));
        missing.extend(carriers.map(|carrier| (code.as_str(), carrier)).filter(|pair| !expected.contains(pair)));
    }
    assert_eq!(missing, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn f27_an_unknown_code_is_kept_whole_in_every_carrier_of_every_transaction() {
    let scene = Scene::new().await;
    // TD2.2 is the message of TD2.1, with a card; TD1.3b and TD1.4 are made with the feature `legacy` only.
    let elsewhere = [Transaction::SubmitByCpe, Transaction::UpdateAdministrativeData, Transaction::CloseRecord];
    for transaction in Transaction::ALL.into_iter().filter(|one| !elsewhere.contains(one)) {
        let usual = FaultCarrier::from(transaction.response_carrier());
        for (carrier, expected) in [(FaultCarrier::C3, ErrorKind::SoapFault), (usual, default_kind(transaction))] {
            let name = format!("{carrier:?} of {transaction}");
            let text = Some(SENTENCE.to_owned());
            let answer = CodeAnswer { carrier: Some(carrier), text, ..CodeAnswer::new("DMPCodeDeDemain") };
            let error = scene.hit(transaction, Effect::Code(answer)).await.expect_err(&name);
            assert!(matches!(error.code(), Some(Code::Other(code)) if code.to_string() == "DMPCodeDeDemain"), "{name}");
            assert_eq!((error.kind(), error.advice()), (expected, Advice::Never), "{name}");
            assert_eq!((error.transaction(), error.server_text()), (Some(transaction), Some(SENTENCE)), "{name}");
            assert!(error.to_string().contains("DMPCodeDeDemain"), "{error}");
        }
    }
}

/// errors.md §8.3.
fn default_kind(transaction: Transaction) -> ErrorKind {
    match transaction {
        Transaction::SetAuthorization | Transaction::ListAuthorisations => ErrorKind::Authorisation,
        _ => ErrorKind::Validation,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_is_told_apart() {
    let scene = Scene::new().await;
    let page = |status| Effect::Http { status, content_type: None, body: None, retry_after: None };
    let cut = |at| Effect::Cut { at };
    let elsewhere = Effect::Redirect { status: 307, location: "https://ailleurs.exemple.test/".into() };
    let junk = Effect::Http {
        status: 200,
        content_type: Some("application/soap+xml".into()),
        body: Some("<pas-une-enveloppe/>".into()),
        retry_after: None,
    };
    let later = Effect::Http { status: 503, content_type: None, body: None, retry_after: Some(30) };
    let rows = [
        (Transaction::Existence, page(400), "http-400", "Transport", "NotProcessed", "fix"),
        (Transaction::Existence, page(401), "http-403", "Authorisation", "NotProcessed", "never"),
        (Transaction::Existence, page(403), "http-403", "Authorisation", "NotProcessed", "never"),
        (Transaction::Existence, page(404), "http-404", "Transport", "NotProcessed", "fix"),
        (Transaction::Existence, page(405), "http-404", "Transport", "NotProcessed", "fix"),
        (Transaction::Submit, page(413), "http-413", "Validation", "NotProcessed", "fix"),
        (Transaction::Search, page(429), "http-429", "Throttled", "NotProcessed", "back:1"),
        (Transaction::Mask, page(418), "http-other", "Transport", "NotProcessed", "never"),
        (Transaction::Existence, page(500), "http-5xx", "Server", "Unknown", "back:1"),
        (Transaction::Submit, page(502), "http-5xx", "Server", "Unknown", "state"),
        (Transaction::Delete, page(503), "http-5xx", "Server", "Unknown", "state"),
        (Transaction::Existence, later, "http-5xx", "Server", "Unknown", "back:30"),
        (Transaction::Search, page(504), "http-5xx", "Server", "Unknown", "once"),
        (Transaction::Existence, page(200), "http-html", "Transport", "Unknown", "back:1"),
        (Transaction::Existence, junk, "unexpected-response", "Transport", "Unknown", "never"),
        (Transaction::Existence, elsewhere, "redirect-host", "Validation", "NotProcessed", "fix"),
        (Transaction::Submit, cut(Cut::BeforeAnswer), "lost-answer", "Transport", "Unknown", "state"),
        (Transaction::Submit, cut(Cut::InsideAnswer), "lost-answer", "Transport", "Unknown", "state"),
        (Transaction::Mask, cut(Cut::InsideAnswer), "lost-answer", "Transport", "Unknown", "state"),
        (
            Transaction::Retrieve,
            Effect::Truncate { keep: None },
            "unexpected-response",
            "Transport",
            "Unknown",
            "never",
        ),
        (Transaction::Retrieve, Effect::WrongBoundary, "unexpected-response", "Transport", "Unknown", "never"),
        (Transaction::Retrieve, Effect::WrongContentId, "unexpected-response", "Transport", "Unknown", "never"),
        (Transaction::Existence, Effect::WrongRelatesTo, "unexpected-response", "Transport", "Unknown", "never"),
    ];
    for (transaction, effect, key, kind, outcome, advice) in rows {
        let name = format!("{transaction} {effect:?}");
        let error = scene.hit(transaction, effect).await.expect_err(&name);
        let Origin::Signal(signal) = error.origin() else { panic!("{name}: {error:?}") };
        assert_eq!(signal.key(), key, "{name}: {error:?}");
        assert_eq!((error.kind().as_str(), format!("{:?}", error.outcome()).as_str()), (kind, outcome), "{name}");
        assert_eq!(advice_name(error.advice()), advice, "{name}");
        for language in [Language::English, Language::French] {
            let explained = error.explain(language);
            assert!(explained.meaning.is_some() && explained.remedy.is_some(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_document_that_is_not_the_one_announced_is_not_given() {
    let scene = Scene::new().await;
    let error = scene.hit(Transaction::Retrieve, Effect::WrongBytes).await.unwrap_err();
    assert_eq!((error.rule(), error.kind()), (Some("X07"), ErrorKind::Transport), "{error:?}");
    scene.attempt(Transaction::Retrieve).await.unwrap();
    // Small pieces change nothing.
    scene.hit(Transaction::Retrieve, Effect::Drip { bytes: 700, milliseconds: 0 }).await.unwrap();
}

#[tokio::test]
async fn a_refused_handshake_is_a_matter_of_certificates() {
    let mock = MockDmp::start().await.unwrap();
    // certificate_expired, certificate_revoked, unknown_ca, access_denied; handshake_failure before any hello: no suite
    // in common.
    let fix = Advice::AfterFix;
    for (alert, advice) in [(45, fix), (44, fix), (48, fix), (49, fix), (40, Advice::Never)] {
        mock.faults().add(Fault::new(Effect::Handshake { alert: Some(alert) }).times(1)).unwrap();
        let record = air(&mock).record(followed(), Consent::given()).unwrap();
        let error = record.existence().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Tls, Outcome::NotSent), "{alert}: {error:?}");
        assert_eq!(error.advice(), advice, "{alert}");
    }
}

#[test]
fn f27_the_command_explains_each_code_in_both_languages() {
    for code in KnownCode::all() {
        for (language, meaning) in [("en", code.entry().meaning.english), ("fr", code.entry().meaning.french)] {
            let run = Command::new(env!("CARGO_BIN_EXE_dmp"))
                .args(["--language", language, "explain", code.as_str()])
                .output()
                .unwrap();
            let said = String::from_utf8(run.stdout).unwrap();
            assert!(run.status.success() && said.contains(meaning), "{}: {said}", code.as_str());
        }
    }
}
