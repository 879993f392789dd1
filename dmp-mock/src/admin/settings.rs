//! How the mock behaves: switches and strictness of the rules, shown and changed while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use dmp_protocol::rules::Strictness;
use serde::Deserialize;
use serde_json::json;

use super::problem;
use crate::dmp::Dmp;
use crate::settings::{Settings, SettingsError};

pub(super) fn routes() -> Router<Arc<Dmp>> {
    Router::new().route("/settings", get(show).patch(change))
}

async fn show(State(dmp): State<Arc<Dmp>>) -> Response {
    Json(described(&dmp.settings())).into_response()
}

/// Every switch that has a name, and the rules that are not strict.
fn described(settings: &Settings) -> serde_json::Value {
    let switches: BTreeMap<&str, String> = settings.switches.named().map(|(name, value, _)| (name, value)).collect();
    let rules: BTreeMap<&str, &str> =
        settings.policy.exceptions().map(|(rule, strictness)| (rule, word(strictness))).collect();
    json!({ "open_world": settings.open_world, "switches": switches, "rules": rules })
}

fn word(strictness: Strictness) -> &'static str {
    match strictness {
        Strictness::Strict => "strict",
        Strictness::Lenient => "lenient",
        Strictness::Off => "off",
    }
}

/// What to change; the rest stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Value by name of switch.
    #[serde(default)]
    switches: BTreeMap<String, String>,
    /// Strictness by rule id.
    #[serde(default)]
    rules: BTreeMap<String, Word>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Word {
    Strict,
    Lenient,
    Off,
}

impl From<Word> for Strictness {
    fn from(word: Word) -> Self {
        match word {
            Word::Strict => Strictness::Strict,
            Word::Lenient => Strictness::Lenient,
            Word::Off => Strictness::Off,
        }
    }
}

async fn change(State(dmp): State<Arc<Dmp>>, body: Result<Json<Change>, JsonRejection>) -> Response {
    let change = match body {
        Ok(Json(change)) => change,
        Err(error) => return problem(StatusCode::BAD_REQUEST, error),
    };
    let changed = dmp.change_settings(|settings| {
        for (name, value) in &change.switches {
            settings.switches.set(name, value)?;
        }
        for (rule, word) in &change.rules {
            settings.apply(rule, (*word).into())?;
        }
        Ok::<(), SettingsError>(())
    });
    match changed {
        Ok(()) => show(State(dmp)).await,
        Err(error) => problem(StatusCode::BAD_REQUEST, error),
    }
}
