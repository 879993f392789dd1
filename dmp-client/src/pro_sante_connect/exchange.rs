//! Token exchange, and the token of the DMP as long as it lives.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use dmp_protocol::soap::MessageId;
use dmp_protocol::transaction::Transaction;
use dmp_protocol::web_ps::write_urlencoded;
use http::HeaderValue;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::token::AccessTokens;
use crate::failure::{self, Origin};
use crate::transport::{Call, Mint, Outgoing, Segment, Transport, deadline_after};
use crate::{DmpError, ErrorKind};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// `…:jwt` is the other one known (probable).
const SUBJECT_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
/// A token this near its end is not used any more.
const MARGIN: Duration = Duration::from_secs(30);

/// Exchanges tokens for one session, one exchange at a time.
pub(crate) struct TokenDesk {
    url: Url,
    scope: String,
    source: Box<dyn AccessTokens>,
    current: Mutex<Option<DmpToken>>,
}

/// A token of the DMP, ready to travel.
struct DmpToken {
    header: HeaderValue,
    until: Instant,
}

impl TokenDesk {
    pub(crate) fn new(url: Url, scope: String, source: Box<dyn AccessTokens>) -> Self {
        Self { url, scope, source, current: Mutex::default() }
    }

    /// `Bearer …` for a call of that transaction: the token kept, or a new one.
    pub(crate) async fn bearer(
        &self,
        transport: &Transport,
        transaction: Transaction,
    ) -> Result<HeaderValue, DmpError> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| Instant::now() + MARGIN < token.until) {
            return Ok(token.header.clone());
        }
        *current = None;
        let token = self.exchange(transport, transaction).await?;
        let header = token.header.clone();
        *current = Some(token);
        Ok(header)
    }

    /// Forgets a token that the DMP refused.
    pub(crate) async fn forget(&self, refused: &HeaderValue) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|token| token.header == *refused) {
            *current = None;
        }
    }

    async fn exchange(&self, transport: &Transport, transaction: Transaction) -> Result<DmpToken, DmpError> {
        let subject = self.source.access_token().await.map_err(|required| {
            let refusal = failure::Local {
                rule: "SC.PSC.08",
                kind: ErrorKind::Authentication,
                found: "no access token of Pro Santé Connect",
                expected: "a professional who is logged in there: ask for a new login",
            };
            refusal.error(transaction).with_source(required)
        })?;
        let mut fields = vec![
            ("grant_type", GRANT),
            ("subject_token", subject.expose()),
            ("subject_token_type", SUBJECT_TOKEN_TYPE),
        ];
        if !self.scope.is_empty() {
            fields.push(("scope", self.scope.as_str()));
        }
        let body = Bytes::from(write_urlencoded(fields));
        let mint: Mint<DmpError> = Arc::new(move |_| {
            Box::pin(ready(Ok(Outgoing {
                progress: None,
                content_type: "application/x-www-form-urlencoded".to_owned(),
                authorization: None,
                body: vec![Segment::Bytes(body.clone())],
                message_id: MessageId::random(),
            })))
        });
        let call = Call {
            transaction: "PSC",
            url: self.url.clone(),
            // A second exchange of the same token gives a second token.
            repeatable: true,
            deadline: deadline_after(transport.timeouts.message),
            limit: transport.timeouts.message,
        };
        let asked = Instant::now();
        let mut response = transport.send(&call, &mint).await.map_err(|error| failure::send(transaction, error))?;
        let origin = Origin::of(transaction, &response);
        let answer = response.body.collect(response.status).await;
        let answer = answer.map_err(|error| failure::receive(&origin, error))?;
        read(&origin, &answer, asked)
    }
}

/// `{"access_token": …, "token_type": "Bearer", "expires_in": …}`, or `{"error": …}`. Without `expires_in` the token
/// serves one call.
fn read(origin: &Origin, answer: &[u8], asked: Instant) -> Result<DmpToken, DmpError> {
    let status = origin.status;
    let json: Option<Value> = serde_json::from_slice(answer).ok();
    let text = |name: &str| json.as_ref().and_then(|json| json.get(name)).and_then(Value::as_str);
    if !status.is_success() {
        // A front-end answers without JSON.
        return Err(match text("error") {
            Some(error) => DmpError::from_oauth(status.as_u16(), error).with_transaction(origin.transaction),
            None => failure::http_status(origin),
        });
    }
    let is_bearer = text("token_type").is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    let token = text("access_token").filter(|token| is_bearer && !token.is_empty());
    let header = token.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
    let Some(mut header) = header else { return Err(failure::unreadable(origin, NoToken)) };
    header.set_sensitive(true);
    let lifetime = json.as_ref().and_then(|json| json.get("expires_in")).and_then(Value::as_u64).unwrap_or(0);
    // A lifetime past the end of time has no end that matters.
    let until = asked.checked_add(Duration::from_secs(lifetime)).unwrap_or(asked);
    Ok(DmpToken { header, until })
}

#[derive(Debug, thiserror::Error)]
#[error("the token endpoint answered without a usable Bearer token")]
struct NoToken;
