//! The Web-PS: pages for browsers and for the proxies of structures (TD0.9, TD0.10), each of which says its verdict.
//!
//! A page names itself and the state of the record in `meta` elements; a refusal is a 403 whose code is in
//! `<meta name="dmp-error">`. These are conventions of the mock: real pages have none.

mod air;
mod direct;
mod open;
mod page;
mod state;
mod visit;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use dmp_protocol::web_ps::{AIR_PATH, DIRECT_PATH, read_form};
use http::{StatusCode, header};

pub(crate) use state::WebState;

use crate::dmp::Dmp;
use crate::journal::Exchange;
use crate::server::{Door, Peer};
use page::WebAnswer;
use visit::Visit;

/// A token is some kilobytes.
const BODY_MAX: usize = 1 << 20;

/// Whether a path of the service port is one of the Web-PS.
pub(crate) fn is_page(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    [DIRECT_PATH, AIR_PATH].contains(&first)
}

/// Answers one request of a browser or of a proxy.
pub(crate) async fn serve(door: Door, dmp: Arc<Dmp>, peer: Peer, request: Request) -> Response {
    if !dmp.web.admits(peer.address.ip()) {
        journal(&dmp, &page::access_forbidden());
        return page::access_forbidden().into_response();
    }
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let form = std::str::from_utf8(&body).ok().and_then(|body| read_form(body).ok());
    let Some(form) = form else { return StatusCode::BAD_REQUEST.into_response() };
    let cookies = head.headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let visit = Visit {
        door,
        peer,
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        form,
        cookies: cookies.to_owned(),
        now: dmp.clock.now(),
    };
    // Signatures are checked off the runtime's threads.
    let answered = tokio::task::spawn_blocking(move || {
        let answer = answer(&dmp, &visit);
        journal(&dmp, &answer);
        // An authorisation given on a page is on the disk before it is said.
        dmp.commit().map(|()| answer)
    });
    match answered.await {
        Ok(Ok(answer)) => answer.into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "a page was withheld");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page was lost");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn answer(dmp: &Dmp, visit: &Visit) -> WebAnswer {
    let answered = match visit.door {
        Door::Browser => direct::by_pro_sante_connect(dmp, visit),
        _ if visit.path.starts_with(&format!("/{AIR_PATH}/")) => air::enter(dmp, visit),
        _ => direct::by_card(dmp, visit),
    };
    answered.unwrap_or_else(|denied| *denied)
}

fn journal(dmp: &Dmp, answer: &WebAnswer) {
    let what = ("web-ps", answer.td);
    let exchange = Exchange::outside_soap(dmp.clock.now(), what, answer.status.as_u16(), answer.refusal.as_ref());
    dmp.journal.record(Exchange {
        patient: answer.patient.clone(),
        actor: answer.actor.clone(),
        warnings: answer.warnings.iter().map(Into::into).collect(),
        ..exchange
    });
}
