//! The token endpoint, and the `Authorization` of the calls.

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use dmp_protocol::certificate::Certificate;
use dmp_protocol::signature::DigestAlgorithm;
use dmp_protocol::web_ps::read_form;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::desk::{Thumbprint, TokenRefusal};
use crate::dmp::Dmp;
use crate::journal::Exchange;
use crate::rules::breach;
use crate::server::Peer;

/// Where tokens are exchanged, as on the homologation platform.
pub(crate) const TOKEN_PATH: &str = "/api-lps/oauth/token";

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const TOKEN_TYPES: [&str; 2] =
    ["urn:ietf:params:oauth:token-type:access_token", "urn:ietf:params:oauth:token-type:jwt"];
/// A token and four words.
const BODY_MAX: usize = 64 << 10;

/// Answers a token exchange (RFC 8693); the certificate of the connection is the client (RFC 8705).
pub(crate) async fn exchange(dmp: &Dmp, peer: &Peer, body: Body) -> Response {
    let answered = exchanged(dmp, peer, body).await;
    let (status, json) = match &answered {
        Ok((token, seconds)) => (
            StatusCode::OK,
            json!({
                "access_token": token, "issued_token_type": TOKEN_TYPES[0], "token_type": "Bearer",
                "expires_in": seconds,
            }),
        ),
        Err(refused) => {
            (StatusCode::BAD_REQUEST, json!({ "error": refused.error, "error_description": refused.found }))
        }
    };
    let refusal = answered.as_ref().err().map(|refused| {
        breach(
            "PSC",
            refused.error,
            "",
            refused.found,
            "a token exchange with a token of Pro Santé Connect that is still valid",
        )
    });
    dmp.journal.record(Exchange::outside_soap(dmp.clock.now(), ("token", "TD0.1"), status.as_u16(), refusal.as_ref()));
    ([(header::CACHE_CONTROL, "no-store")], (status, Json(json))).into_response()
}

/// An OAuth error and what was found.
struct Refused {
    error: &'static str,
    found: &'static str,
}

async fn exchanged(dmp: &Dmp, peer: &Peer, body: Body) -> Result<(String, i64), Refused> {
    let invalid = |found| Refused { error: "invalid_request", found };
    let bytes = axum::body::to_bytes(body, BODY_MAX).await.map_err(|_| invalid("a body that cannot be read"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| invalid("a body that is no form"))?;
    let form = read_form(text).map_err(|_| invalid("a body that is no form"))?;
    let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if field("grant_type") != Some(GRANT) {
        return Err(Refused { error: "unsupported_grant_type", found: "another grant_type than token-exchange" });
    }
    if !field("subject_token_type").is_some_and(|kind| TOKEN_TYPES.contains(&kind)) {
        return Err(invalid("no subject_token_type, or an unknown one"));
    }
    let leaf = leaf(peer).filter(|leaf| !leaf.names_a_person());
    let Some(leaf) = leaf else {
        return Err(Refused {
            error: "invalid_client",
            found: "a certificate that is not the ORG_AUTH_CLI of a proxy",
        });
    };
    let token = field("subject_token").unwrap_or_default();
    let given = dmp.tokens.exchange(token, thumbprint(&leaf), dmp.clock.now());
    given.map_err(|refusal| Refused { error: "invalid_grant", found: refusal.found() })
}

/// Whose token a call bears.
pub(crate) fn subject(dmp: &Dmp, peer: &Peer, headers: &HeaderMap) -> Result<String, TokenRefusal> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).ok_or(TokenRefusal::Unknown)?;
    let leaf = leaf(peer).ok_or(TokenRefusal::OtherCertificate)?;
    dmp.tokens.subject(token.trim(), thumbprint(&leaf), dmp.clock.now())
}

/// 401 (unknown: this).
pub(crate) fn refused(dmp: &Dmp, service: &'static str, refusal: TokenRefusal) -> Response {
    let breach = breach(
        "PSC",
        "invalid_token",
        "",
        refusal.found(),
        "the DMP's own token, under the certificate of its exchange",
    );
    let status = StatusCode::UNAUTHORIZED;
    let exchange = Exchange::outside_soap(dmp.clock.now(), (service, "TD0.1"), status.as_u16(), Some(&breach));
    dmp.journal.record(exchange);
    let mut response = status.into_response();
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

fn leaf(peer: &Peer) -> Option<Certificate> {
    Certificate::from_der(peer.certificates.first()?).ok()
}

fn thumbprint(certificate: &Certificate) -> Thumbprint {
    let mut value = [0; 32];
    for (byte, digest) in value.iter_mut().zip(DigestAlgorithm::Sha256.digest(certificate.der())) {
        *byte = digest;
    }
    value
}
