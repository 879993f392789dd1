//! Clock, snapshots.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::BytesMut;
use futures_util::{TryStreamExt as _, stream};
use jiff::{Span, Timestamp};
use serde::Deserialize;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::problem;
use crate::dmp::Dmp;
use crate::snapshot::Snapshot;
use crate::state::{FORMAT_VERSION, StateError};

/// A SQLite file.
const SNAPSHOT_TYPE: &str = "application/vnd.sqlite3";
/// Bytes of a snapshot sent at a time.
const PIECE: usize = 64 << 10;

pub(super) fn routes() -> Router<Arc<Dmp>> {
    Router::new()
        .route("/clock", get(clock).put(set_clock))
        .route("/clock/advance", post(advance_clock))
        .route("/snapshot", get(download_snapshot).put(upload_snapshot))
        .route("/snapshots", post(take_snapshot))
        .route("/snapshots/{number}/restore", post(restore_snapshot))
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

/// The file is unlinked once it is open: nothing stays behind.
async fn download_snapshot(State(dmp): State<Arc<Dmp>>) -> Response {
    let written = tokio::task::spawn_blocking(move || {
        let path = NamedTempFile::new()?.into_temp_path();
        dmp.snapshot().save_to(&path).map_err(io::Error::other)?;
        std::fs::File::open(&path)
    });
    match written.await.map_err(io::Error::other) {
        Ok(Ok(file)) => {
            let pieces = stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
                let mut piece = BytesMut::with_capacity(PIECE);
                let more = file.read_buf(&mut piece).await? > 0;
                Ok::<_, io::Error>(more.then(|| (piece.freeze(), file)))
            });
            ([(header::CONTENT_TYPE, SNAPSHOT_TYPE)], Body::from_stream(pieces)).into_response()
        }
        Ok(Err(error)) | Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, error),
    }
}

async fn upload_snapshot(State(dmp): State<Arc<Dmp>>, body: Body) -> Response {
    let received = async {
        let (file, path) = NamedTempFile::new()?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.try_next().await.map_err(io::Error::other)? {
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        Ok::<_, io::Error>(path)
    };
    let path = match received.await {
        Ok(path) => path,
        Err(error) => return problem(StatusCode::BAD_REQUEST, error),
    };
    let restored = tokio::task::spawn_blocking(move || Snapshot::load_from(&path).map(|it| dmp.restore(&it)));
    match restored.await {
        Ok(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        // The path is that of a temporary file: the upload is what the caller knows.
        Ok(Err(StateError::NotAState { .. })) => problem(StatusCode::BAD_REQUEST, "the upload is no state of dmp-mock"),
        Ok(Err(StateError::Version { found, .. })) => problem(
            StatusCode::CONFLICT,
            format!("the upload has format {found}, this dmp-mock reads format {FORMAT_VERSION}"),
        ),
        Ok(Err(StateError::Damaged { what, .. })) => {
            problem(StatusCode::BAD_REQUEST, format!("the upload is damaged: {what}"))
        }
        Ok(Err(error)) => problem(StatusCode::INTERNAL_SERVER_ERROR, error),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, error),
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
