//! Sockets, TLS, HTTP, SOAP: everything between the bytes and the services.

mod answer;
mod broken;
mod door;
mod exchange;
mod http;
mod idle;
mod listener;
mod public;
mod received;
mod sever;
mod tls;

pub(crate) use answer::{Answer, AnswerPart};
pub(crate) use door::{Door, Doors};
pub(crate) use http::BASE_PATH;
pub(crate) use listener::{Peer, TlsListener};
pub(crate) use public::{PARAMETERS_PATH, PublicListener, public_tls};
pub(crate) use received::Received;
pub(crate) use sever::Sever;
pub use tls::TlsError;
pub(crate) use tls::TlsSetting;

use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::dmp::Dmp;

/// Serves until the other end of `stop` is dropped; open connections are then closed after their current exchange.
pub(crate) async fn run(listener: TlsListener, door: Door, dmp: Arc<Dmp>, stop: oneshot::Receiver<()>) {
    let service = http::router(door, dmp).into_make_service_with_connect_info::<Peer>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(until_dropped(stop));
    if let Err(error) = serving.await {
        tracing::error!(%error, "the service port stopped");
    }
}

/// As [`run`], for the control port.
pub(crate) async fn run_control(tcp: TcpListener, router: Router, stop: oneshot::Receiver<()>) {
    if let Err(error) = axum::serve(tcp, router).with_graceful_shutdown(until_dropped(stop)).await {
        tracing::error!(%error, "the control port stopped");
    }
}

/// As [`run`], for the public site.
pub(crate) async fn run_public(listener: PublicListener, dmp: Arc<Dmp>, stop: oneshot::Receiver<()>) {
    let serving = axum::serve(listener, public::router(dmp)).with_graceful_shutdown(until_dropped(stop));
    if let Err(error) = serving.await {
        tracing::error!(%error, "the public port stopped");
    }
}

async fn until_dropped(stop: oneshot::Receiver<()>) {
    // Nobody sends: the end of the channel is the signal.
    let _ = stop.await;
}
