//! Certificate and transport traps (section 13), and what goes with them.

mod client_certificate;
mod foreign_server;
mod log;
mod revocation;
mod server_identity;

use dmp_client::*;
use dmp_mock::MockDmp;

use crate::support::*;

/// A client of the mock's structure that calls `url`.
fn record_at(mock: &MockDmp, url: &str) -> AirRecord {
    record_of(builder_for(mock, url))
}

fn record_of(builder: DmpClientBuilder) -> AirRecord {
    let session = builder.build().unwrap().air_simplifie(medecin(), factor()).unwrap();
    session.record(followed(), Consent::given()).unwrap()
}

/// TLS-REFUSED: nothing was sent, and why.
fn refused(outcome: Result<Existence, DmpError>) -> TlsRefusal {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Tls, Outcome::NotSent), "{error:?}");
    error.tls_refusal().unwrap()
}
