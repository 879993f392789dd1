//! The tokens in circulation. They never leave memory, and no log shows them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Life of an access token of Pro Santé Connect (about two minutes).
const LOGIN_LIFE: SignedDuration = SignedDuration::from_mins(2);
/// Life of a token of the DMP (1 to 4 hours, probable).
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// SHA-256 of the DER of a certificate: `x5t#S256`.
pub(crate) type Thumbprint = [u8; 32];

/// Every token that was given.
#[derive(Default)]
pub(crate) struct TokenDesk {
    issued: Mutex<Issued>,
}

#[derive(Default)]
struct Issued {
    logins: HashMap<String, Login>,
    tokens: HashMap<String, DmpToken>,
}

/// An access token of Pro Santé Connect.
struct Login {
    professional: String,
    until: Timestamp,
}

/// A token of the DMP, bound to the certificate that exchanged it (RFC 8705).
struct DmpToken {
    professional: String,
    thumbprint: Thumbprint,
    until: Timestamp,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenRefusal {
    /// Not one that was given.
    Unknown,
    /// Past its end.
    Expired,
    /// Exchanged under another certificate.
    OtherCertificate,
}

impl TokenRefusal {
    pub(crate) fn found(self) -> &'static str {
        match self {
            TokenRefusal::Unknown => "no token, or one that was never given",
            TokenRefusal::Expired => "a token past its end",
            TokenRefusal::OtherCertificate => "a token that was exchanged under another certificate",
        }
    }
}

impl TokenDesk {
    /// A professional logs in at Pro Santé Connect: the access token.
    pub(crate) fn log_in(&self, professional: &str, now: Timestamp) -> String {
        let token = fresh();
        let login = Login { professional: professional.to_owned(), until: later(now, LOGIN_LIFE) };
        self.issued().logins.insert(token.clone(), login);
        token
    }

    /// Who is logged in under an access token.
    pub(crate) fn logged_in(&self, token: &str, now: Timestamp) -> Result<String, TokenRefusal> {
        let issued = self.issued();
        let login = issued.logins.get(token).ok_or(TokenRefusal::Unknown)?;
        if now < login.until { Ok(login.professional.clone()) } else { Err(TokenRefusal::Expired) }
    }

    /// Exchanges an access token: the token of the DMP and its life, in seconds.
    pub(crate) fn exchange(
        &self,
        token: &str,
        thumbprint: Thumbprint,
        now: Timestamp,
    ) -> Result<(String, i64), TokenRefusal> {
        let professional = self.logged_in(token, now)?;
        let token = fresh();
        let given = DmpToken { professional, thumbprint, until: later(now, TOKEN_LIFE) };
        self.issued().tokens.insert(token.clone(), given);
        Ok((token, TOKEN_LIFE.as_secs()))
    }

    /// Whose token a call bears.
    pub(crate) fn subject(&self, token: &str, thumbprint: Thumbprint, now: Timestamp) -> Result<String, TokenRefusal> {
        let issued = self.issued();
        let token = issued.tokens.get(token).ok_or(TokenRefusal::Unknown)?;
        if token.thumbprint != thumbprint {
            return Err(TokenRefusal::OtherCertificate);
        }
        if now < token.until { Ok(token.professional.clone()) } else { Err(TokenRefusal::Expired) }
    }

    fn issued(&self) -> std::sync::MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TokenDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenDesk").finish_non_exhaustive()
    }
}

fn fresh() -> String {
    Uuid::new_v4().simple().to_string()
}

fn later(now: Timestamp, life: SignedDuration) -> Timestamp {
    now.saturating_add(life).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_its_certificate_and_its_time() {
        let desk = TokenDesk::default();
        let now = Timestamp::UNIX_EPOCH;
        let access = desk.log_in("899999000013", now);
        let (token, seconds) = desk.exchange(&access, [1; 32], now).unwrap();
        assert_eq!(seconds, 3600);
        assert_eq!(desk.subject(&token, [1; 32], now), Ok("899999000013".to_owned()));
        assert_eq!(desk.subject(&token, [2; 32], now), Err(TokenRefusal::OtherCertificate));
        assert_eq!(desk.subject(&token, [1; 32], now + TOKEN_LIFE), Err(TokenRefusal::Expired));
        assert_eq!(desk.subject(&access, [1; 32], now), Err(TokenRefusal::Unknown), "the two kinds are not one");
        assert_eq!(desk.exchange(&access, [1; 32], now + LOGIN_LIFE), Err(TokenRefusal::Expired));
        assert_eq!(desk.exchange(&token, [1; 32], now), Err(TokenRefusal::Unknown));
    }
}
