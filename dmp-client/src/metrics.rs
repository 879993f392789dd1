//! Counters and durations by transaction and outcome, for OpenTelemetry (feature `metrics`).
//!
//! ```
//! use std::sync::Arc;
//! use dmp_client::metrics::TransactionMetrics;
//!
//! # fn program(builder: dmp_client::DmpClientBuilder) -> dmp_client::DmpClientBuilder {
//! // The provider is that of the program: none is installed here, and then nothing is counted.
//! let meter = opentelemetry::global::meter("dmp-client");
//! builder.watch(Arc::new(TransactionMetrics::new(&meter)))
//! # }
//! ```

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};

use crate::watch::{Attempt, End, Ended, Step, Watch, label};

/// Bounds of the histogram, in seconds: from a search that is answered at once to the limit of a large document.
const SECONDS: [f64; 12] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];

/// Counts the transactions of a client or a session. Put it before the guards: it then also counts what they refuse.
///
/// | instrument | kind, unit | what |
/// |---|---|---|
/// | `dmp.client.transaction.duration` | histogram, `s` | each transaction, from its first step to its last |
/// | `dmp.client.transactions` | counter, `{transaction}` | the same, counted |
/// | `dmp.client.requests` | counter, `{request}` | requests that were written, with what was tried again |
/// | `dmp.client.documents` | counter, `{document}` | documents submitted, listed or received |
///
/// Attributes: `dmp.transaction` (`TD3.1`), `dmp.authentication.mode` (`air_simplifie`…), `dmp.outcome` (`done`,
/// `not_sent`, `not_processed`, `refused`, `unknown`) and, when it failed, `error.type`: a code of the DMP, a rule, or a
/// kind. Nothing tells a patient, a person or a document from another.
#[derive(Debug, Clone)]
pub struct TransactionMetrics {
    duration: Histogram<f64>,
    transactions: Counter<u64>,
    requests: Counter<u64>,
    documents: Counter<u64>,
}

impl TransactionMetrics {
    /// The instruments of a meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self {
            duration: meter
                .f64_histogram("dmp.client.transaction.duration")
                .with_unit("s")
                .with_description("Duration of DMP transactions, with what was tried again.")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            transactions: meter
                .u64_counter("dmp.client.transactions")
                .with_unit("{transaction}")
                .with_description("DMP transactions that ended.")
                .build(),
            requests: meter
                .u64_counter("dmp.client.requests")
                .with_unit("{request}")
                .with_description("Requests written to the DMP.")
                .build(),
            documents: meter
                .u64_counter("dmp.client.documents")
                .with_unit("{document}")
                .with_description("Documents submitted, listed or received.")
                .build(),
        }
    }

    fn count(&self, attempt: &Attempt, ended: &Ended) {
        let mut attributes = vec![
            KeyValue::new("dmp.transaction", attempt.td()),
            KeyValue::new("dmp.authentication.mode", attempt.mode.name()),
            KeyValue::new("dmp.outcome", label::outcome(&ended.end)),
        ];
        attributes.extend(label::error_type(&ended.end).map(|value| KeyValue::new("error.type", value)));
        self.duration.record(ended.duration.as_secs_f64(), &attributes);
        self.transactions.add(1, &attributes);
        self.requests.add(ended.tries() as u64, &attributes);
        if ended.end == End::Done {
            // What a submission names it gives; a search and a retrieval give what they found.
            let documents = attempt.documents.len().max(ended.documents.len());
            self.documents.add(documents as u64, &attributes);
        }
    }
}

impl Watch for TransactionMetrics {
    fn after<'a>(&'a self, attempt: &'a Attempt, ended: &'a Ended) -> Step<'a, ()> {
        // Counted before anybody waits: a future that is dropped now is not counted twice.
        self.count(attempt, ended);
        Box::pin(std::future::ready(()))
    }

    fn abandoned(&self, attempt: &Attempt, ended: &Ended) {
        self.count(attempt, ended);
    }
}
