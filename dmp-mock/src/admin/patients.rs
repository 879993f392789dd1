//! Patients, and what their holders decide and see.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem;
use crate::dmp::Dmp;
use crate::world::holder::{HolderAction, HolderError};
use crate::world::{Patient, PatientId, PatientRow, RecordState, StoredEntry, World, seed};

pub(super) fn routes() -> Router<Arc<Dmp>> {
    Router::new()
        .route("/patients", get(list).post(add))
        .route("/patients/{ins}", get(show))
        .route("/patients/{ins}/actions", post(act))
        .route("/patients/{ins}/documents", get(documents))
        .route("/patients/{ins}/history", get(history))
        .route("/patients/{ins}/notifications", get(notifications))
}

/// `?oid=` of the number, the INS-NIR de test when absent, and `?viewer=representative`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    oid: Option<String>,
    #[serde(default)]
    viewer: Viewer,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Viewer {
    #[default]
    Holder,
    Representative,
}

impl Seen {
    /// `name` is a matricule, or a label of the world file.
    fn id(&self, world: &World, name: &str) -> PatientId {
        let labelled = world.labelled(name).cloned();
        labelled.unwrap_or_else(|| PatientId::new(name, self.oid.as_deref().unwrap_or(seed::TEST_NIR_OID)))
    }
}

type Asked = Result<Query<Seen>, QueryRejection>;

async fn list(State(dmp): State<Arc<Dmp>>) -> Response {
    let world = dmp.world();
    let all: Vec<Value> = world.patients().map(|patient| described(&world, patient)).collect();
    Json(all).into_response()
}

async fn add(State(dmp): State<Arc<Dmp>>, body: Result<Json<PatientRow>, JsonRejection>) -> Response {
    match body {
        Ok(Json(row)) => {
            dmp.world().add_patient_row(row, dmp.clock.now());
            StatusCode::CREATED.into_response()
        }
        Err(_) => problem(StatusCode::BAD_REQUEST, "expected the fields of a [[patient]] of a world file"),
    }
}

async fn show(State(dmp): State<Arc<Dmp>>, Path(ins): Path<String>, asked: Asked) -> Response {
    of_record(&dmp, &ins, asked, |(world, _), patient| described(world, patient))
}

/// State and choices of a record, without name nor birth date.
fn described(world: &World, patient: &Patient) -> Value {
    let label = world.labels().find(|(_, id)| **id == patient.id).map(|(label, _)| label);
    let state = match patient.record {
        RecordState::Active => "active",
        RecordState::Closed(_) => "closed",
    };
    json!({
        "ins": patient.id.matricule,
        "oid": patient.id.oid,
        "label": label,
        "record": state,
        "medecin_traitant": patient.medecin_traitant,
        "administrator": patient.administrator,
        "opposes_bris_de_glace": patient.opposes_bris_de_glace,
        "opposes_centre_15": patient.opposes_centre_15,
        "masked_in_emergency": patient.masked_in_emergency,
        "default_masking": patient.default_masking,
    })
}

async fn act(
    State(dmp): State<Arc<Dmp>>,
    Path(ins): Path<String>,
    asked: Asked,
    body: Result<Json<HolderAction>, JsonRejection>,
) -> Response {
    let Ok(Query(seen)) = asked else { return problem(StatusCode::BAD_REQUEST, "unknown parameter") };
    let Ok(Json(action)) = body else {
        return problem(StatusCode::BAD_REQUEST, "expected an action of the holder, see docs/mock-control.md");
    };
    let mut world = dmp.world();
    let id = seen.id(&world, &ins);
    let decided = world.decide(&id, action, dmp.clock.now());
    drop(world);
    match decided {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error @ (HolderError::NoRecord | HolderError::NoDocument)) => problem(StatusCode::NOT_FOUND, error),
        Err(error) => problem(StatusCode::CONFLICT, error),
    }
}

async fn documents(State(dmp): State<Arc<Dmp>>, Path(ins): Path<String>, asked: Asked) -> Response {
    of_record(&dmp, &ins, asked, |(world, seen), patient| {
        let shown = world.documents_seen_by_holder(&patient.id, seen.viewer == Viewer::Representative);
        shown.map(document).collect()
    })
}

fn document(stored: &StoredEntry) -> Value {
    let codes: Vec<&str> = stored.entry.confidentiality_codes.iter().map(|code| code.code.as_str()).collect();
    json!({
        "document": stored.entry.unique_id,
        "type_code": stored.entry.type_code.as_ref().map(|kind| kind.code.as_str()),
        "title": stored.entry.title,
        "status": stored.entry.status.as_ref().map(|status| status.short_name()),
        "confidentiality": codes,
        "deposited_at": stored.deposited_at,
    })
}

async fn history(State(dmp): State<Arc<Dmp>>, Path(ins): Path<String>, asked: Asked) -> Response {
    of_record(&dmp, &ins, asked, |(world, seen), patient| {
        json!(world.access_history(&patient.id, seen.viewer == Viewer::Representative))
    })
}

async fn notifications(State(dmp): State<Arc<Dmp>>, Path(ins): Path<String>, asked: Asked) -> Response {
    let calendar = dmp.settings().switches.server.visibility_calendar;
    let now = dmp.clock.now();
    of_record(&dmp, &ins, asked, |(world, seen), patient| {
        json!(world.notifications(&patient.id, seen.viewer == Viewer::Representative, now, calendar))
    })
}

/// Looks at one record, once time has done what it does.
fn of_record(dmp: &Dmp, ins: &str, asked: Asked, look: impl FnOnce((&World, &Seen), &Patient) -> Value) -> Response {
    let Ok(Query(seen)) = asked else { return problem(StatusCode::BAD_REQUEST, "unknown parameter or value") };
    let mut world = dmp.world();
    world.reveal_what_is_due(dmp.clock.now(), dmp.settings().switches.server.visibility_calendar);
    match world.patient(&seen.id(&world, ins)) {
        Some(patient) => Json(look((&world, &seen), patient)).into_response(),
        None => problem(StatusCode::NOT_FOUND, HolderError::NoRecord),
    }
}
