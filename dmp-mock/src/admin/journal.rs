//! What was answered, and why.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use super::problem;
use crate::dmp::Dmp;
use crate::journal::{JournalQuery, Side};

pub(super) fn routes() -> Router<Arc<Dmp>> {
    Router::new()
        .route("/journal", get(list))
        .route("/journal.jsonl", get(lines))
        .route("/journal/{number}", get(one))
        .route("/journal/{number}/request", get(request))
        .route("/journal/{number}/response", get(response))
}

type Asked = Result<Query<JournalQuery>, QueryRejection>;

fn found(dmp: &Dmp, query: &JournalQuery) -> Vec<Value> {
    dmp.journal.find(query).iter().map(|exchange| dmp.journal.describe(exchange)).collect()
}

async fn list(State(dmp): State<Arc<Dmp>>, query: Asked) -> Response {
    match query {
        Ok(Query(query)) => Json(found(&dmp, &query)).into_response(),
        Err(error) => problem(StatusCode::BAD_REQUEST, error),
    }
}

async fn lines(State(dmp): State<Arc<Dmp>>, query: Asked) -> Response {
    match query {
        Ok(Query(query)) => {
            let lines: String = found(&dmp, &query).iter().map(|value| format!("{value}\n")).collect();
            ([(header::CONTENT_TYPE, "application/jsonl")], lines).into_response()
        }
        Err(error) => problem(StatusCode::BAD_REQUEST, error),
    }
}

async fn one(State(dmp): State<Arc<Dmp>>, Path(number): Path<u64>) -> Response {
    let Some(exchange) = dmp.journal.exchange(number) else {
        return problem(StatusCode::NOT_FOUND, "no exchange of that number is kept");
    };
    let mut value = dmp.journal.describe(&exchange);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("verdicts".to_owned(), serde_json::json!(exchange.verdicts(&dmp.settings().policy)));
    }
    Json(value).into_response()
}

async fn request(State(dmp): State<Arc<Dmp>>, Path(number): Path<u64>) -> Response {
    raw(&dmp, number, Side::Request)
}

async fn response(State(dmp): State<Arc<Dmp>>, Path(number): Path<u64>) -> Response {
    raw(&dmp, number, Side::Response)
}

fn raw(dmp: &Dmp, number: u64, side: Side) -> Response {
    match dmp.journal.raw(number, side) {
        Some(message) => {
            let truncated = if message.truncated { "true" } else { "false" };
            let headers = [("content-type", "application/octet-stream"), ("x-dmp-mock-truncated", truncated)];
            (headers, message.bytes).into_response()
        }
        None => problem(
            StatusCode::NOT_FOUND,
            "the bytes of that exchange are not kept: start with --journal-raw, and ask before they are forgotten",
        ),
    }
}
