//! The public site of the DMP: its parameter file, over HTTPS and without client certificate (transactions.md §7).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::Listener;
use dmp_protocol::switches::ServerSwitches;
use http::{StatusCode, header};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::tls::TlsError;
use crate::dmp::Dmp;
use crate::pki::Pki;

/// Path of the parameter file; it redirects, as that of the DMP does.
pub(crate) const PARAMETERS_PATH: &str = "/param-lps";
const PARAMETERS_PLACE: &str = "/documents/param-lps.xml";

/// A peer that does not finish its handshake in this time is dropped; one is made at a time.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(2);

/// Every route.
pub(crate) fn router(dmp: Arc<Dmp>) -> Router {
    Router::new().route(PARAMETERS_PATH, get(moved)).route(PARAMETERS_PLACE, get(parameters)).with_state(dmp)
}

async fn moved() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, PARAMETERS_PLACE)]).into_response()
}

async fn parameters(State(dmp): State<Arc<Dmp>>) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], file(&dmp.settings().switches.server)).into_response()
}

/// The values by which this mock decides; the format of the DMP is not published.
fn file(switches: &ServerSwitches) -> String {
    let values = [
        ("fonctions-gestion-mineurs", switches.gestion_mineurs.to_string()),
        ("age-majorite", switches.age_majorite.to_string()),
        ("cumul-invisible_patient-masque_ps", switches.cumul_invisible_patient_masque_ps.to_string()),
        ("hr-periode-max-mois", switches.hr_periode_max_mois.to_string()),
    ];
    let rows: String =
        values.iter().map(|(name, value)| format!("  <parametre nom=\"{name}\" valeur=\"{value}\"/>\n")).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<parametres>\n{rows}</parametres>\n")
}

/// TLS that asks for no client certificate.
pub(crate) struct PublicListener {
    tcp: TcpListener,
    tls: TlsAcceptor,
}

impl PublicListener {
    pub(crate) fn new(tcp: TcpListener, tls: Arc<ServerConfig>) -> Self {
        PublicListener { tcp, tls: TlsAcceptor::from(tls) }
    }
}

/// The certificate of the mock, no client certificate asked for.
pub(crate) fn public_tls(pki: &Pki) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(pki.server.tls_chain(), pki.server.key_der()?)?;
    Ok(Arc::new(config))
}

impl Listener for PublicListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.tcp.accept().await {
                Ok((stream, address)) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIMEOUT, self.tls.accept(stream)).await {
                        return (stream, address);
                    }
                    tracing::debug!(%address, "no handshake on the public port");
                }
                Err(error) => {
                    // Usually out of file descriptors: wait for some to come back.
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_what_the_mock_does() {
        let switches = ServerSwitches { age_majorite: 16, ..ServerSwitches::default() };
        let file = file(&switches);
        assert!(file.contains("nom=\"age-majorite\" valeur=\"16\"/>"), "{file}");
        assert_eq!(file.matches("<parametre ").count(), 4);
    }
}
