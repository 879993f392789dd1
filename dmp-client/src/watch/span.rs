//! One `tracing` span per transaction, named as OpenTelemetry names one of a client.

use tracing::Span;
use tracing::field::Empty;

use super::{Attempt, Ended, label};

/// Opens the span of a transaction under the span that the caller is in. What is tried again, redirected or refused by
/// TLS is logged inside it.
pub(crate) fn open(attempt: &Attempt) -> Span {
    tracing::info_span!(
        "dmp.transaction",
        otel.name = attempt.td(),
        otel.kind = "client",
        otel.status_code = Empty,
        dmp.transaction = attempt.td(),
        dmp.authentication.mode = attempt.mode.name(),
        dmp.outcome = Empty,
        error.r#type = Empty,
        dmp.requests = Empty,
        dmp.documents = Empty,
        dmp.duration_ms = Empty,
    )
}

/// Writes how it ended.
pub(crate) fn close(span: &Span, ended: &Ended) {
    span.record("dmp.outcome", label::outcome(&ended.end));
    span.record("dmp.requests", ended.tries());
    span.record("dmp.documents", ended.documents.len());
    span.record("dmp.duration_ms", u64::try_from(ended.duration.as_millis()).unwrap_or(u64::MAX));
    if let Some(error_type) = label::error_type(&ended.end) {
        span.record("error.type", error_type);
        span.record("otel.status_code", "ERROR");
    }
}
