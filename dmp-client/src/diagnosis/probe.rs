//! One connection: does the server answer, is it the right one, and what time does it think it is?

use std::time::Duration;

use bytes::Bytes;
use dmp_protocol::certificate::Certificate;
use dmp_protocol::transaction::Transaction;
use http::header;
use http_body_util::Empty;
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::time::timeout;
use url::Position;

use super::{Check, Verdict};
use crate::session::Shared;
use crate::transport::{ClientStream, TransportError, drift};

/// Assertions of AIR live 30 seconds; the DMP's own tolerance is not public.
const CLOCK_TOLERANCE: i64 = 10;

pub(super) async fn check(shared: &Shared) -> Vec<Check> {
    let stream = match shared.transport.open(&shared.base).await {
        Ok(stream) => stream,
        Err(error) => return vec![unreachable(shared, &error)],
    };
    let mut checks = vec![server(shared, &stream)];
    checks.push(clock(shared, stream).await);
    checks
}

fn unreachable(shared: &Shared, error: &TransportError) -> Check {
    let host = shared.base.host_str().unwrap_or_default();
    let check = Check::new("0.1-050", ("connection to the DMP", "connexion au DMP")).found(format!("{host}: {error}"));
    check.because(
        Verdict::Failed,
        (
            "check address, network and allow-list, then the trust anchors; `dmp --help` tells how to log more",
            "vérifier l'adresse, le réseau et la liste blanche, puis les ancres ; `dmp --help` dit comment en journaliser plus",
        ),
    )
}

fn server(shared: &Shared, stream: &ClientStream) -> Check {
    let (_, session) = stream.get_ref();
    let version = session.protocol_version().and_then(|version| version.as_str()).unwrap_or("TLS");
    let suite = session.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or("unknown suite");
    let leaf = session.peer_certificates().and_then(<[_]>::first);
    let leaf = leaf.and_then(|der| Certificate::from_der(der).ok());
    let (named, until) = match &leaf {
        Some(leaf) => (leaf.subject().masked(), leaf.not_after().to_string()),
        None => ("unreadable".to_owned(), String::new()),
    };
    let host = shared.base.host_str().unwrap_or_default();
    Check::new("0.1-050", ("connection to the DMP", "connexion au DMP"))
        .found(format!("{host}: {version}, {suite}; server {named}, until {until}"))
}

/// A HEAD on the address of a service: no SOAP message, no transaction; whatever the status, the answer has a date.
async fn clock(shared: &Shared, stream: ClientStream) -> Check {
    let check = Check::new("EX_GEN-1460", ("clock, against the DMP's", "horloge, face à celle du DMP"));
    let remedy = (
        "synchronise the clock (NTP) at least daily: assertions are refused as expired or not yet valid",
        "synchroniser l'horloge (NTP) au moins chaque jour : les assertions sont refusées, expirées ou pas encore valides",
    );
    match date(shared, stream).await {
        Ok(Some(date)) => match drift(&date, Timestamp::now()) {
            Some(drift) => {
                let seconds = drift.as_secs();
                let verdict = if seconds.abs() >= 30 { Verdict::Failed } else { Verdict::Warning };
                let found = format!("{seconds:+} s");
                check.found(found).unless(seconds.abs() > CLOCK_TOLERANCE, verdict, remedy)
            }
            None => unknown(check, "a date that cannot be read"),
        },
        Ok(None) => unknown(check, "an answer without a date"),
        Err(found) => refused(check, &found),
    }
}

fn unknown(check: Check, found: &str) -> Check {
    let remedy = (
        "compare the clock with a time server by other means",
        "comparer l'horloge à un serveur de temps par un autre moyen",
    );
    check.found(found).because(Verdict::Warning, remedy)
}

fn refused(check: Check, found: &str) -> Check {
    let remedy = (
        "the server hung up: is the client certificate accepted there (EX_AIR-080), and this address on its list?",
        "le serveur a raccroché : le certificat client y est-il accepté (EX_AIR-080), et cette adresse sur sa liste ?",
    );
    check.found(found).because(Verdict::Failed, remedy)
}

async fn date(shared: &Shared, stream: ClientStream) -> Result<Option<String>, String> {
    let url = shared.call(Transaction::Existence).url;
    let request = Request::head(url[Position::BeforePath..Position::AfterPath].to_owned())
        .header(header::HOST, url[Position::BeforeHost..Position::AfterPort].to_owned())
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    let limit: Duration = shared.transport.timeouts.message;
    let asked = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let answer = sender.send_request(request).await;
        connection.abort();
        answer
    };
    let answer = timeout(limit, asked).await.map_err(|_| format!("no answer within {} s", limit.as_secs()))?;
    let answer = answer.map_err(|error| format!("no answer: {error}"))?;
    Ok(answer.headers().get(header::DATE).and_then(|date| date.to_str().ok()).map(str::to_owned))
}
