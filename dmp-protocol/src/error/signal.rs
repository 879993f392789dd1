//! Failures without a message of the DMP (errors.md §7).

use super::catalogue::{Entry, signals};
use super::kind::{Carrier, Outcome};
use super::tls_refusal::TlsRefusal;

/// What was seen instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signal {
    /// No connection: DNS, refused, unreachable, time-out.
    Network,
    /// The connection ended, or the time limit passed, before the request was written in full.
    NotSent,
    /// Reset, end of stream or time-out after the request was sent.
    LostAnswer,
    /// An answer came that cannot be understood.
    UnexpectedResponse,
    /// No TLS connection: one side refused the other.
    Tls(TlsRefusal),
    /// The private key cannot be used.
    LocalKey,
    /// A redirection that is not followed: a loop, too many, not https, an unusable status.
    Redirect,
    /// A redirection to a host that the configuration does not name.
    RedirectHost,
    /// A web page with a success status.
    WebPage,
    /// An HTTP status without SOAP.
    Status(u16),
}

impl Signal {
    /// Its row in the catalogue.
    #[must_use]
    pub fn entry(self) -> Option<&'static Entry> {
        signals().iter().find(|entry| entry.code == self.key())
    }

    /// Name in the catalogue and in `Display`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::NotSent => "not-sent",
            Self::LostAnswer => "lost-answer",
            Self::UnexpectedResponse => "unexpected-response",
            Self::Tls(refusal) => refusal.key(),
            Self::LocalKey => "local-key",
            Self::Redirect => "redirect",
            Self::RedirectHost => "redirect-host",
            Self::WebPage => "http-html",
            Self::Status(400) => "http-400",
            Self::Status(401 | 403) => "http-403",
            Self::Status(404 | 405) => "http-404",
            Self::Status(413) => "http-413",
            Self::Status(429) => "http-429",
            Self::Status(500..=599) => "http-5xx",
            Self::Status(_) => "http-other",
        }
    }

    pub(super) fn carrier(self) -> Carrier {
        match self {
            Self::UnexpectedResponse | Self::Redirect | Self::RedirectHost | Self::WebPage | Self::Status(_) => {
                Carrier::Http
            }
            _ => Carrier::Connection,
        }
    }

    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Network | Self::NotSent | Self::Tls(_) | Self::LocalKey => Outcome::NotSent,
            Self::Redirect | Self::RedirectHost | Self::Status(400..=499) => Outcome::NotProcessed,
            Self::LostAnswer | Self::UnexpectedResponse | Self::WebPage | Self::Status(_) => Outcome::Unknown,
        }
    }

    pub(super) fn http_status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            _ => None,
        }
    }
}
