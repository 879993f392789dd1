//! The login at Pro Santé Connect, for a software under test that has no browser.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;

use super::problem;
use crate::dmp::Dmp;

pub(super) fn routes() -> Router<Arc<Dmp>> {
    Router::new().route("/pro-sante-connect/login", post(log_in))
}

/// Who logs in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    /// PS_IdNat.
    professional: String,
}

async fn log_in(State(dmp): State<Arc<Dmp>>, body: Result<Json<Login>, JsonRejection>) -> Response {
    let Ok(Json(Login { professional })) = body else {
        return problem(StatusCode::BAD_REQUEST, "expected {\"professional\": PS_IdNat}, see docs/mock-control.md");
    };
    if dmp.world().professional(&professional).is_none() {
        return problem(
            StatusCode::NOT_FOUND,
            "no professional of the world has that PS_IdNat: expected 8 followed by an RPPS that the world knows",
        );
    }
    let token = dmp.tokens.log_in(&professional, dmp.clock.now());
    // RFC 6749 §5.1: no cache keeps a token.
    let answer = serde_json::json!({ "access_token": token, "token_type": "Bearer" });
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}
