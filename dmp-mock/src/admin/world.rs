//! Clock, snapshots, journal.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{Span, Timestamp};
use serde::Deserialize;

use super::problem;
use crate::dmp::Dmp;
use crate::journal::JournalQuery;

pub(super) fn routes() -> Router<Arc<Dmp>> {
    Router::new()
        .route("/journal", get(journal))
        .route("/journal.jsonl", get(journal_lines))
        .route("/clock", get(clock).put(set_clock))
        .route("/clock/advance", post(advance_clock))
        .route("/snapshots", post(take_snapshot))
        .route("/snapshots/{number}/restore", post(restore_snapshot))
}

type Asked<T> = Result<Query<T>, QueryRejection>;

async fn journal(State(dmp): State<Arc<Dmp>>, query: Asked<JournalQuery>) -> Response {
    match query {
        Ok(Query(query)) => Json(dmp.journal.find(&query)).into_response(),
        Err(error) => problem(StatusCode::BAD_REQUEST, error),
    }
}

async fn journal_lines(State(dmp): State<Arc<Dmp>>, query: Asked<JournalQuery>) -> Response {
    match query {
        Ok(Query(query)) => {
            let lines = crate::journal::json_lines(&dmp.journal.find(&query));
            ([(header::CONTENT_TYPE, "application/jsonl")], lines).into_response()
        }
        Err(error) => problem(StatusCode::BAD_REQUEST, error),
    }
}

async fn clock(State(dmp): State<Arc<Dmp>>) -> Response {
    Json(serde_json::json!({ "now": dmp.clock.now() })).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    /// ISO 8601 with its offset.
    now: Timestamp,
}

async fn set_clock(State(dmp): State<Arc<Dmp>>, body: Result<Json<SetClock>, JsonRejection>) -> Response {
    match body {
        Ok(Json(SetClock { now })) => {
            dmp.clock.set(now);
            clock(State(dmp)).await
        }
        Err(error) => problem(StatusCode::BAD_REQUEST, error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceClock {
    /// ISO 8601 duration: `P6M`, `PT31S`; months are those of the calendar in Paris.
    by: Span,
}

async fn advance_clock(State(dmp): State<Arc<Dmp>>, body: Result<Json<AdvanceClock>, JsonRejection>) -> Response {
    match body {
        Ok(Json(AdvanceClock { by })) => match dmp.clock.advance_calendar(by) {
            Ok(()) => clock(State(dmp)).await,
            Err(error) => problem(StatusCode::BAD_REQUEST, error),
        },
        Err(error) => problem(StatusCode::BAD_REQUEST, error),
    }
}

async fn take_snapshot(State(dmp): State<Arc<Dmp>>) -> Response {
    let number = dmp.keep_snapshot();
    (StatusCode::CREATED, Json(serde_json::json!({ "snapshot": number }))).into_response()
}

async fn restore_snapshot(State(dmp): State<Arc<Dmp>>, Path(number): Path<usize>) -> Response {
    if dmp.restore_kept(number) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        problem(StatusCode::NOT_FOUND, "no snapshot has that number")
    }
}
