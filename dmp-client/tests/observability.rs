//! Spans of a whole journey: one per transaction, with how it ended, and no health data in anything that is logged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use dmp_client::watch::{Attempt, Issued, Step, Watch};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use support::documents::{document, letter, unique_id};
use support::*;
use tracing::field::{Field, Visit};
use tracing::span::{self, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Everything that was logged, by whatever crate but the mock.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Logged>>);

#[derive(Default)]
struct Logged {
    spans: Vec<(u64, BTreeMap<String, String>)>,
    /// Each event with the span that it was in.
    events: Vec<(Option<u64>, String)>,
}

impl Log {
    /// The spans of transactions, closed or not.
    fn transactions(&self) -> Vec<BTreeMap<String, String>> {
        let all = self.0.lock().unwrap();
        all.spans.iter().map(|(_, fields)| fields.clone()).filter(|fields| fields.contains_key("otel.name")).collect()
    }

    /// All of it as one text.
    fn text(&self) -> String {
        let all = self.0.lock().unwrap();
        format!("{:?} {:?}", all.spans, all.events)
    }

    /// What was logged inside a span of that transaction.
    fn inside(&self, transaction: &str) -> Vec<String> {
        let all = self.0.lock().unwrap();
        let ids: Vec<u64> = all
            .spans
            .iter()
            .filter(|(_, fields)| fields.get("otel.name").is_some_and(|name| name == transaction))
            .map(|(id, _)| *id)
            .collect();
        let inside = all.events.iter().filter(|(span, _)| span.is_some_and(|span| ids.contains(&span)));
        inside.map(|(_, text)| text.clone()).collect()
    }
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, _: Context<'_, S>) {
        if !attributes.metadata().target().starts_with("dmp_mock") {
            let mut fields = BTreeMap::new();
            attributes.record(&mut Fields(&mut fields));
            self.0.lock().unwrap().spans.push((id.into_u64(), fields));
        }
    }

    fn on_record(&self, id: &span::Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut all = self.0.lock().unwrap();
        if let Some((_, fields)) = all.spans.iter_mut().rev().find(|(known, _)| *known == id.into_u64()) {
            values.record(&mut Fields(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if !event.metadata().target().starts_with("dmp_mock") {
            let mut fields = BTreeMap::new();
            event.record(&mut Fields(&mut fields));
            let span = context.current_span().id().map(span::Id::into_u64);
            self.0.lock().unwrap().events.push((span, format!("{} {fields:?}", event.metadata().target())));
        }
    }
}

/// Remembers what must not be logged.
#[derive(Default)]
struct Secrets(Mutex<Vec<String>>);

impl Watch for Secrets {
    fn assertion<'a>(&'a self, _: &'a Attempt, issued: &'a Issued) -> Step<'a, Result<(), DmpError>> {
        self.0.lock().unwrap().push(issued.assertion.clone());
        Box::pin(async { Ok(()) })
    }
}

/// Everything at every level. It must stay the only test of this program: another would log here too.
#[tokio::test]
async fn a_journey_has_one_span_per_transaction_and_logs_no_health_data() {
    let log = Log::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(log.clone())).unwrap();
    let (mock, secrets) = (MockDmp::start().await.unwrap(), Arc::new(Secrets::default()));
    let retry = RetryPolicy { first_delay: std::time::Duration::ZERO, ..RetryPolicy::default() };
    let client = builder(&mock).retry(retry).watch(secrets.clone()).build().unwrap();
    let letter = letter();
    let feeding = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    feeding.submit(&Submission::of(document(&letter).await)).await.unwrap();
    let session = client.air_simplifie(medecin(), factor()).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    mock.faults().add(Fault::http(503).on(Transaction::Existence).times(1)).unwrap();
    record.existence().await.unwrap();
    record.authorise().await.unwrap();
    let found = record.find(Search::approved()).await.unwrap();
    let entry = found.iter().find(|entry| entry.unique_id == unique_id(&letter)).unwrap();
    record.retrieve(entry).await.unwrap();
    record.administrative_data().await.unwrap();
    mock.faults().add(Fault::code("XDSRegistryError").on(Transaction::Search).times(2)).unwrap();
    record.find(Search::approved()).await.unwrap_err();
    mock.faults().add(Fault::new(Effect::Hold { gate: "answer".to_owned() }).processed(true)).unwrap();
    {
        let mut dropped = std::pin::pin!(record.authorisations(AuthorizationMode::Active));
        while mock.faults().waiting("answer") == 0 {
            tokio::select! {
                biased;
                _ = &mut dropped => panic!("the answer is held"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    mock.faults().open("answer");

    let spans = log.transactions();
    let told = |span: &BTreeMap<String, String>| {
        ["otel.name", "dmp.authentication.mode", "dmp.outcome", "error.type", "dmp.requests"]
            .map(|name| span.get(name).cloned().unwrap_or_default())
            .join(" ")
    };
    let told: Vec<String> = spans.iter().map(told).collect();
    let expected = [
        "TD2.1 indirecte done  1",
        "TD0.2 air_simplifie done  2",
        "TD0.3 air_simplifie done  1",
        "TD3.1 air_simplifie done  1",
        "TD3.2 air_simplifie done  1",
        "TD1.3a air_simplifie done  1",
        "TD3.1 air_simplifie refused XDSRegistryError 2",
        "TD1.6 air_simplifie unknown abandoned 1",
    ];
    assert_eq!(told, expected);
    for span in &spans {
        assert_eq!(span["otel.kind"], "client");
        assert!(span["dmp.duration_ms"].parse::<u64>().is_ok(), "{span:?}");
        assert_eq!(span.get("otel.status_code").map(String::as_str), span.get("error.type").map(|_| "ERROR"));
    }
    assert_eq!(log.inside("TD0.2").iter().filter(|text| text.contains("trying again")).count(), 1);

    let mut hidden: Vec<String> = secrets.0.lock().unwrap().clone();
    assert!(hidden.len() >= expected.len());
    let unique_id = unique_id(&letter);
    hidden.extend(
        [
            seed::PATIENT_FOLLOWED,
            &seed::PATIENT_FOLLOWED[..13],
            seed::MEDECIN,
            "99999000013",
            "EXEMPLE",
            "CAMILLE",
            "MODELE",
            "ALIX",
            "Compte rendu",
            "Tout va bien",
            "XXX-000000-tmp0",
            "saml",
            unique_id.as_str(),
        ]
        .map(str::to_owned),
    );
    let text = log.text();
    for hidden in hidden {
        assert!(!text.contains(&hidden), "{hidden} was logged");
    }
}
