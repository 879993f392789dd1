//! Access tokens of Pro Santé Connect, and who has them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use secrecy::{ExposeSecret, SecretString};

/// An access token of Pro Santé Connect, which lives about two minutes. Never shown.
#[derive(Clone)]
pub struct AccessToken(SecretString);

impl AccessToken {
    /// The token as Pro Santé Connect gave it.
    #[must_use]
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(hidden)")
    }
}

/// Nobody is logged in any more: the professional has to confirm again on the e-CPS or insert the card.
#[derive(Debug, Default, thiserror::Error)]
#[error("no access token of Pro Santé Connect: the professional must log in again")]
pub struct LoginRequired {
    /// What the program met; its text must hold no token.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Who gives the access token of the professional when the DMP's own token has expired (`SC.PSC.08`): the part of the
/// program that talks to Pro Santé Connect, and refreshes its session there.
pub trait AccessTokens: Send + Sync {
    /// A token that is still valid.
    fn access_token(&self) -> Pin<Box<dyn Future<Output = Result<AccessToken, LoginRequired>> + Send + '_>>;
}

/// A token that nobody renews: once the DMP's token has expired, the professional logs in again.
impl AccessTokens for AccessToken {
    fn access_token(&self) -> Pin<Box<dyn Future<Output = Result<AccessToken, LoginRequired>> + Send + '_>> {
        Box::pin(async { Ok(self.clone()) })
    }
}
