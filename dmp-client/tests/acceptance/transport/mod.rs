//! Certificate and transport traps (section 13), and what goes with them.

mod client_certificate;
mod cuts;
mod doorway;
mod foreign_server;
mod log;
mod overload;
mod parameter_file;
mod redirections;
mod revocation;
mod server_identity;

use std::time::Duration;

use dmp_client::*;
use dmp_mock::MockDmp;

use crate::support::*;

/// The default policy without its delays.
const IMPATIENT: RetryPolicy = RetryPolicy {
    attempts: 4,
    first_delay: Duration::ZERO,
    longest_delay: Duration::ZERO,
    circuit_opens_after: 0,
    circuit_rests: Duration::from_secs(30),
    searches_rest: Duration::from_secs(15 * 60),
};

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
