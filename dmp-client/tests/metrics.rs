//! Counters and durations as OpenTelemetry collects them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::sync::Arc;

use dmp_client::metrics::TransactionMetrics;
use dmp_client::watch::{Attempt, Step, Watch};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::Fault;
use dmp_mock::world::seed;
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::transaction::Transaction;
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use support::documents::{document, letter};
use support::*;

/// A guard that says no.
struct Refuses;

impl Watch for Refuses {
    fn before<'a>(&'a self, _: &'a Attempt) -> Step<'a, Result<(), DmpError>> {
        Box::pin(async { Err(DmpError::local(LocalRefusal::new("NOT_INFORMED"))) })
    }
}

/// `TD3.1 air_simplifie refused XDSRegistryError`.
fn labels<'a>(attributes: impl Iterator<Item = &'a KeyValue>) -> String {
    let mut sorted: Vec<&KeyValue> = attributes.collect();
    sorted.sort_by_key(|one| {
        ["dmp.transaction", "dmp.authentication.mode", "dmp.outcome", "error.type"]
            .iter()
            .position(|name| *name == one.key.as_str())
            .expect("an attribute that is documented")
    });
    sorted.iter().map(|one| one.value.to_string()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn transactions_are_counted_by_outcome_with_their_duration() {
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder().with_reader(PeriodicReader::builder(exporter.clone()).build()).build();
    let metrics = Arc::new(TransactionMetrics::new(&provider.meter("dmp-client")));
    let mock = MockDmp::start().await.unwrap();
    let client = builder(&mock).watch(metrics).build().unwrap();
    let feeding = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    feeding.submit(&Submission::of(document(&letter()).await).and(document(&letter()).await)).await.unwrap();
    let session = client.air_simplifie(medecin(), factor()).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    for _ in 0..2 {
        record.existence().await.unwrap();
    }
    for code in ["XDSRegistryError", "X280057599900151"] {
        mock.faults().add(Fault::code(code).on(Transaction::Search).times(1)).unwrap();
        record.find(Search::approved()).await.unwrap_err();
    }
    let guarded = session.watched(Arc::new(Refuses)).record(followed(), Consent::given()).unwrap();
    guarded.existence().await.unwrap_err();

    provider.force_flush().unwrap();
    let collected = exporter.get_finished_metrics().unwrap();
    let all: Vec<_> = collected.iter().flat_map(|one| one.scope_metrics()).flat_map(|one| one.metrics()).collect();
    let units: Vec<(&str, &str)> = all.iter().map(|one| (one.name(), one.unit())).collect();
    assert_eq!(
        units,
        [
            ("dmp.client.transaction.duration", "s"),
            ("dmp.client.transactions", "{transaction}"),
            ("dmp.client.requests", "{request}"),
            ("dmp.client.documents", "{document}"),
        ]
    );
    let counts = |name: &str| {
        let metric = all.iter().find(|one| one.name() == name).unwrap();
        let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() else { panic!("{name} is no counter") };
        let mut points: Vec<(String, u64)> =
            sum.data_points().map(|point| (labels(point.attributes()), point.value())).collect();
        points.sort();
        points
    };
    let rows =
        |rows: &[(&str, u64)]| rows.iter().map(|(labels, count)| ((*labels).to_owned(), *count)).collect::<Vec<_>>();
    let expected = rows(&[
        ("TD0.2 air_simplifie done", 2),
        ("TD0.2 air_simplifie not_sent NOT_INFORMED", 1),
        ("TD2.1 indirecte done", 1),
        ("TD3.1 air_simplifie refused XDSRegistryError", 1),
        ("TD3.1 air_simplifie refused _OTHER", 1),
    ]);
    assert_eq!(counts("dmp.client.transactions"), expected);
    let written = |rows: Vec<(String, u64)>| rows.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>();
    let requests: Vec<_> = expected.iter().filter(|(labels, _)| !labels.contains("not_sent")).cloned().collect();
    assert_eq!(written(counts("dmp.client.requests")), requests);
    assert_eq!(written(counts("dmp.client.documents")), rows(&[("TD2.1 indirecte done", 2)]));

    let AggregatedMetrics::F64(MetricData::Histogram(durations)) = all[0].data() else { panic!("no histogram") };
    let mut timed: Vec<(String, u64)> =
        durations.data_points().map(|point| (labels(point.attributes()), point.count())).collect();
    timed.sort();
    assert_eq!(timed, expected, "each transaction has one duration");
    assert!(durations.data_points().all(|point| point.sum() > 0.0 && point.bounds().count() == 12));
    let text = format!("{collected:?}");
    for hidden in [seed::PATIENT_FOLLOWED, seed::MEDECIN, "EXEMPLE", "MODELE"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
}
