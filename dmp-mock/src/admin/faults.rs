//! Faults on demand.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};

use super::problem;
use crate::dmp::Dmp;
use crate::faults::Fault;

pub(super) fn routes() -> Router<Arc<Dmp>> {
    Router::new()
        .route("/faults", get(list).post(add).delete(clear))
        .route("/faults/{number}", delete(remove))
        .route("/gates/{gate}", get(waiting))
        .route("/gates/{gate}/open", post(open))
}

async fn list(State(dmp): State<Arc<Dmp>>) -> Response {
    Json(dmp.faults.list()).into_response()
}

async fn add(State(dmp): State<Arc<Dmp>>, body: Result<Json<Fault>, JsonRejection>) -> Response {
    let Ok(Json(fault)) = body else {
        return problem(StatusCode::BAD_REQUEST, "expected the fields of a fault, see docs/mock-control.md");
    };
    match dmp.faults.add(fault) {
        Ok(number) => (StatusCode::CREATED, Json(serde_json::json!({ "fault": number }))).into_response(),
        Err(error) => problem(StatusCode::BAD_REQUEST, error),
    }
}

async fn clear(State(dmp): State<Arc<Dmp>>) -> Response {
    dmp.faults.clear();
    StatusCode::NO_CONTENT.into_response()
}

async fn remove(State(dmp): State<Arc<Dmp>>, Path(number): Path<u64>) -> Response {
    if dmp.faults.remove(number) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        problem(StatusCode::NOT_FOUND, "no fault has that number")
    }
}

async fn waiting(State(dmp): State<Arc<Dmp>>, Path(gate): Path<String>) -> Response {
    Json(serde_json::json!({ "waiting": dmp.faults.waiting(&gate) })).into_response()
}

async fn open(State(dmp): State<Arc<Dmp>>, Path(gate): Path<String>) -> Response {
    dmp.faults.open(&gate);
    StatusCode::NO_CONTENT.into_response()
}
