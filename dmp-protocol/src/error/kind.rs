//! The few words by which a caller decides.

use std::fmt;
use std::time::Duration;

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Network, HTTP, unreadable response.
    Transport,
    /// Handshake, server identity, client certificate.
    Tls,
    /// Protocol-level fault without a better category.
    SoapFault,
    /// VIHF, its signature, identities, structure.
    Authentication,
    /// Functional rights, individual authorisation, patient opposition, IP address.
    Authorisation,
    /// No DMP, closed, already existing.
    PatientState,
    /// Metadata, query, content; also refusals made locally.
    Validation,
    /// Too many calls.
    Throttled,
    /// Outage or internal error of the DMP.
    Server,
}

impl ErrorKind {
    /// Name used in the catalogue and in `Display`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transport => "Transport",
            Self::Tls => "Tls",
            Self::SoapFault => "SoapFault",
            Self::Authentication => "Authentication",
            Self::Authorisation => "Authorisation",
            Self::PatientState => "PatientState",
            Self::Validation => "Validation",
            Self::Throttled => "Throttled",
            Self::Server => "Server",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [
            Self::Transport,
            Self::Tls,
            Self::SoapFault,
            Self::Authentication,
            Self::Authorisation,
            Self::PatientState,
            Self::Validation,
            Self::Throttled,
            Self::Server,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the failure was carried (errors.md §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Carrier {
    /// C1: TCP or TLS failure.
    Connection,
    /// C2: HTTP without SOAP.
    Http,
    /// C3: SOAP fault.
    Fault,
    /// C4: HL7 V3 acknowledgement.
    Acknowledgement,
    /// C5: status and context.
    Status,
    /// C6: ebRS registry response.
    Registry,
    /// C7: error page of the Web-PS.
    WebPage,
    /// C8: error of the token endpoint, or of a call whose token is refused (Pro Santé Connect).
    OAuth,
}

impl Carrier {
    /// Number in the specification, `C3`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Connection => "C1",
            Self::Http => "C2",
            Self::Fault => "C3",
            Self::Acknowledgement => "C4",
            Self::Status => "C5",
            Self::Registry => "C6",
            Self::WebPage => "C7",
            Self::OAuth => "C8",
        }
    }
}

/// What became of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The DMP never had it whole.
    NotSent,
    /// The DMP stopped before acting on it.
    NotProcessed,
    /// The DMP processed it and said no.
    Refused,
    /// Nobody knows: read the state before sending a change again.
    Unknown,
}

impl Outcome {
    /// A name for logs and metrics, `not_sent`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::NotProcessed => "not_processed",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// What a caller may do about it (errors.md §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// The same input fails again.
    Never,
    /// After data, context or rights are corrected.
    AfterFix,
    /// The user or the patient must decide.
    AskUser,
    /// Later, with growing delays from `min` on.
    Backoff {
        /// First delay.
        min: Duration,
    },
    /// At once, one time, on a new connection.
    Once,
    /// Read the state (TD3.1b), then decide.
    ReadStateFirst,
}

impl Advice {
    /// `never`, `fix`, `ask`, `once`, `state`, `back:<seconds>`; `-` for codes that are not refusals.
    pub(super) fn from_catalogue(text: &str) -> Option<Self> {
        Some(match text {
            "never" | "-" => Self::Never,
            "fix" => Self::AfterFix,
            "ask" => Self::AskUser,
            "once" => Self::Once,
            "state" => Self::ReadStateFirst,
            text => {
                let seconds = text.strip_prefix("back:")?.parse().ok()?;
                Self::Backoff { min: Duration::from_secs(seconds) }
            }
        })
    }
}

/// Language of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}
