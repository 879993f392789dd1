//! The control port: plain HTTP and JSON on the loopback, for tests in any language and for those who check revocation.
//! Documented in docs/mock-control.md.

mod faults;
mod journal;
mod patients;
mod pro_sante_connect;
mod settings;
mod world;

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::addresses::WebAddresses;
use crate::dmp::Dmp;

/// Every route.
pub(crate) fn router(dmp: Arc<Dmp>, addresses: WebAddresses) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/addresses", get(move || async move { Json(addresses) }))
        .merge(world::routes())
        .merge(patients::routes())
        .merge(pro_sante_connect::routes())
        .merge(settings::routes())
        .merge(faults::routes())
        .merge(journal::routes())
        .route("/crl/{file}", get(crl))
        .route("/ca.pem", get(ca))
        .layer(middleware::from_fn_with_state(Arc::clone(&dmp), kept))
        .with_state(dmp)
}

/// What a request changed is on the disk before it is answered, when the state is kept in a file.
async fn kept(State(dmp): State<Arc<Dmp>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match tokio::task::spawn_blocking(move || dmp.commit()).await {
        Ok(Ok(())) => response,
        Ok(Err(error)) => problem(StatusCode::INTERNAL_SERVER_ERROR, error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn health() -> Response {
    Json(serde_json::json!({ "status": "ok" })).into_response()
}

async fn ca(State(dmp): State<Arc<Dmp>>) -> Response {
    ([(header::CONTENT_TYPE, "application/x-pem-file")], dmp.pki.root.certificate_pem()).into_response()
}

async fn crl(State(dmp): State<Arc<Dmp>>, Path(file): Path<String>) -> Response {
    let authority = file.strip_suffix(".crl").and_then(|name| dmp.pki.crl_authority(name));
    let Some(authority) = authority else { return StatusCode::NOT_FOUND.into_response() };
    match authority.crl(dmp.clock.now()) {
        Ok(list) => ([(header::CONTENT_TYPE, "application/pkix-crl")], list.to_vec()).into_response(),
        Err(error) => {
            tracing::error!(%error, "a revocation list could not be signed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A refusal of the control API: `{"error": "…"}`.
fn problem(status: StatusCode, error: impl std::fmt::Display) -> Response {
    (status, Json(serde_json::json!({ "error": error.to_string() }))).into_response()
}
