//! HTTP of the service port: paths, methods, media types (errors.md §11 line 3), then one exchange.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use dmp_protocol::mtom;
use dmp_protocol::soap;
use dmp_protocol::transaction::Service;
use http::{HeaderValue, Method, StatusCode, Uri, header};
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::task::JoinError;

use super::exchange::Incoming;
use super::listener::Peer;
use super::received::Received;
use super::{Answer, Door, broken, exchange};
use crate::dmp::Dmp;
use crate::faults::{Effect, Glimpse};
use crate::pro_sante_connect::{self, TOKEN_PATH};
use crate::web;

/// Base of the service URLs.
pub(crate) const BASE_PATH: &str = "/si-dmp-server/v2/services";

/// The router of the service port: every path goes through the same door.
pub(crate) fn router(door: Door, dmp: Arc<Dmp>) -> Router {
    let dated = middleware::map_response_with_state(Arc::clone(&dmp), dated);
    Router::new().fallback(serve).layer(dated).with_state((door, dmp))
}

/// `Date` by the clock of the mock: a client compares it with its own.
async fn dated(State(dmp): State<Arc<Dmp>>, mut response: Response) -> Response {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&dmp.clock.now());
    if let Some(date) = date.ok().and_then(|date| HeaderValue::from_str(&date).ok()) {
        // A fault may have set another one.
        response.headers_mut().entry(header::DATE).or_insert(date);
    }
    response
}

async fn serve(
    State((door, dmp)): State<(Door, Arc<Dmp>)>,
    ConnectInfo(mut peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    match door {
        Door::Browser => return web::serve(door, dmp, peer, request).await,
        Door::Services if web::is_page(path) => return web::serve(door, dmp, peer, request).await,
        Door::ProSanteConnect if path == TOKEN_PATH && request.method() == Method::POST => {
            return pro_sante_connect::exchange(&dmp, &peer, request.into_body()).await;
        }
        Door::Services | Door::ProSanteConnect => {}
    }
    let (head, mut body) = request.into_parts();
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let service = match route(&head.method, &head.uri, content_type) {
        Ok(service) => service,
        Err(refused) => return refused.into_response(),
    };
    if door == Door::ProSanteConnect {
        match pro_sante_connect::subject(&dmp, &peer, &head.headers) {
            Ok(subject) => peer.token_subject = Some(subject.into()),
            Err(refusal) => return pro_sante_connect::refused(&dmp, service.path_segment(), refusal),
        }
    }
    let tape = dmp.journal.tape();
    if let Some(tape) = &tape {
        body = tape.request(&head, body);
    }
    let received = Received::read(body, content_type).await;
    let serving = peer.activity.serving();
    let incoming = Incoming { service, received, hit: None, tape: tape.clone() };
    let answered = if dmp.faults.is_empty() {
        answer(&dmp, &peer, incoming).await.map(IntoResponse::into_response)
    } else {
        answer_or_fail(&dmp, &peer, incoming).await
    };
    drop(serving);
    let response = answered.unwrap_or_else(|error| {
        tracing::error!(%error, "an exchange was lost");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    });
    match tape {
        Some(tape) => tape.response(response),
        None => response,
    }
}

/// Signatures and documents are checked off the runtime's threads; nothing is acknowledged before it is on the disk.
async fn answer(dmp: &Arc<Dmp>, peer: &Peer, incoming: Incoming) -> Result<Answer, JoinError> {
    let (dmp, peer) = (Arc::clone(dmp), peer.clone());
    let answering = move || {
        let answer = exchange::answer(&dmp, &peer, incoming);
        dmp.commit().map_or_else(|error| Answer::withheld(&error), |()| answer)
    };
    tokio::task::spawn_blocking(answering).await
}

/// errors.md §11 line 2: a fault on demand, before the request is looked at or after it was processed.
async fn answer_or_fail(dmp: &Arc<Dmp>, peer: &Peer, incoming: Incoming) -> Result<Response, JoinError> {
    let looking = Arc::clone(dmp);
    let looked = tokio::task::spawn_blocking(move || {
        let received = incoming.received.as_ref();
        let glimpse = received.map(|received| Glimpse::of(incoming.service, received, &looking.world()));
        (looking.faults.hit(glimpse.unwrap_or_default()), incoming)
    });
    let (hit, incoming) = looked.await?;
    let Some(hit) = hit else {
        return Ok(answer(dmp, peer, incoming).await?.into_response());
    };
    if !hit.processed {
        wait(dmp, &hit.effect).await;
    }
    let answer = answer(dmp, peer, Incoming { hit: Some(hit.clone()), ..incoming }).await?;
    if hit.processed {
        wait(dmp, &hit.effect).await;
    }
    let response = broken::instead(&hit.effect).unwrap_or_else(|| answer.into_response());
    Ok(broken::break_answer(response, &hit.effect, &peer.sever, dmp.clock.now()).await)
}

async fn wait(dmp: &Dmp, effect: &Effect) {
    match effect {
        Effect::Delay { milliseconds } => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
        Effect::Hold { gate } => dmp.faults.pass(gate).await,
        _ => {}
    }
}

/// A request that never reaches SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HttpRefusal {
    /// Not one of the service paths, or `?wsdl`.
    NotFound,
    /// Anything but POST on a service path.
    MethodNotAllowed,
    /// Neither SOAP nor multipart.
    UnsupportedMediaType,
}

impl IntoResponse for HttpRefusal {
    fn into_response(self) -> Response {
        match self {
            HttpRefusal::NotFound => StatusCode::NOT_FOUND.into_response(),
            HttpRefusal::MethodNotAllowed => {
                let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
                response
            }
            HttpRefusal::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response(),
        }
    }
}

fn route(method: &Method, uri: &Uri, content_type: &str) -> Result<Service, HttpRefusal> {
    let service = service_of_path(uri.path()).ok_or(HttpRefusal::NotFound)?;
    if method != Method::POST {
        let asks_for_wsdl =
            method == Method::GET && uri.query().is_some_and(|query| query.eq_ignore_ascii_case("wsdl"));
        return Err(if asks_for_wsdl { HttpRefusal::NotFound } else { HttpRefusal::MethodNotAllowed });
    }
    if mtom::is_multipart(content_type) || soap::is_xml_media_type(content_type) {
        Ok(service)
    } else {
        Err(HttpRefusal::UnsupportedMediaType)
    }
}

/// The service of a path; test platforms may insert one segment of digits before the base (transactions.md §2).
fn service_of_path(path: &str) -> Option<Service> {
    let (before, segment) = path.split_once(BASE_PATH)?;
    let platform = before.strip_prefix('/').unwrap_or(before);
    if !platform.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Service::from_path_segment(segment.strip_prefix('/')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_methods_and_media_types() {
        const SOAP: &str = "application/soap+xml; charset=UTF-8; action=\"x\"";
        let cases = [
            ("POST", "/si-dmp-server/v2/services/patients", SOAP, Ok(Service::Patients)),
            ("POST", "/001/si-dmp-server/v2/services/registry", SOAP, Ok(Service::Registry)),
            ("POST", "/si-dmp-server/v2/services/repository", "Multipart/Related; boundary=x", Ok(Service::Repository)),
            ("POST", "/si-dmp-server/v1/services/patients", SOAP, Err(HttpRefusal::NotFound)),
            ("POST", "/a/b/si-dmp-server/v2/services/patients", SOAP, Err(HttpRefusal::NotFound)),
            ("POST", "/si-dmp-server/v2/services/unknown", SOAP, Err(HttpRefusal::NotFound)),
            ("POST", "/si-dmp-server/v2/services/patients/x", SOAP, Err(HttpRefusal::NotFound)),
            ("GET", "/si-dmp-server/v2/services/patients?wsdl", "", Err(HttpRefusal::NotFound)),
            ("GET", "/si-dmp-server/v2/services/patients", "", Err(HttpRefusal::MethodNotAllowed)),
            ("PUT", "/si-dmp-server/v2/services/patients", SOAP, Err(HttpRefusal::MethodNotAllowed)),
            ("POST", "/si-dmp-server/v2/services/patients", "application/json", Err(HttpRefusal::UnsupportedMediaType)),
            ("POST", "/si-dmp-server/v2/services/patients", "", Err(HttpRefusal::UnsupportedMediaType)),
        ];
        for (method, uri, content_type, expected) in cases {
            let found = route(&method.parse().unwrap(), &uri.parse().unwrap(), content_type);
            assert_eq!(found, expected, "{method} {uri} {content_type}");
        }
    }
}
