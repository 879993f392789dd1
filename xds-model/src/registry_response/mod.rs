//! The answer of a registry or repository: a status and a list of errors, the same in its three carriers.

mod message;

use std::fmt;

use serde::{Serialize, Serializer};

/// `rs:RegistryResponse/@status`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseStatus {
    /// Done. Warnings may come with it.
    Success,
    /// Done in part (retrieve, query): errors and results.
    PartialSuccess,
    /// Refused.
    Failure,
    /// Any other value, verbatim; empty when the attribute is missing.
    Other(String),
}

impl ResponseStatus {
    /// Reads the URN on the wire. Total.
    pub fn from_urn(urn: &str) -> Self {
        let known = [Self::Success, Self::PartialSuccess, Self::Failure];
        known.into_iter().find(|status| status.as_urn() == urn).unwrap_or_else(|| Self::Other(urn.to_owned()))
    }

    /// The URN on the wire.
    pub fn as_urn(&self) -> &str {
        match self {
            Self::Success => "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success",
            Self::PartialSuccess => "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess",
            Self::Failure => "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure",
            Self::Other(urn) => urn,
        }
    }
}

impl Serialize for ResponseStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_urn())
    }
}

/// `rs:RegistryError/@severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Severity {
    /// The request was done all the same.
    Warning,
    /// The request, or a part of it, was refused. Also what a missing or unknown severity means.
    Error,
}

impl Severity {
    /// Reads the URN on the wire. Total.
    pub fn from_urn(urn: &str) -> Self {
        if urn == Self::Warning.as_urn() { Self::Warning } else { Self::Error }
    }

    /// The URN on the wire.
    pub fn as_urn(self) -> &'static str {
        match self {
            Self::Warning => "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning",
            Self::Error => "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error",
        }
    }
}

/// One error or warning of a registry or repository.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RegistryError {
    /// `@errorCode` (`XDSUnknownPatientId`, `DMPClosed`); empty when missing.
    pub code: String,
    /// `@codeContext`: a sentence, or `uniqueId=…`, `parameterName=…`, or `detail;sentence`.
    pub context: String,
    /// `@severity`.
    pub severity: Severity,
    /// `@location`: empty, or a stack trace of the server. For logs only.
    pub location: Option<String>,
}

impl RegistryError {
    /// An error, with the empty location that servers send.
    pub fn error(code: impl Into<String>, context: impl Into<String>) -> Self {
        Self { code: code.into(), context: context.into(), severity: Severity::Error, location: Some(String::new()) }
    }

    /// A warning, with the empty location that servers send.
    pub fn warning(code: impl Into<String>, context: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, context) }
    }
}

/// Prints code and severity: the context may hold an identifier of the patient, the location a trace.
impl fmt::Debug for RegistryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RegistryError")
            .field("code", &self.code)
            .field("severity", &self.severity)
            .finish_non_exhaustive()
    }
}

/// Status and errors: `rs:RegistryResponse`, or the same part of the answers of ITI-18 and ITI-43.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegistryResponse {
    /// What became of the request.
    pub status: ResponseStatus,
    /// Errors and warnings, in the order received. May be empty even on a failure.
    pub errors: Vec<RegistryError>,
}

impl RegistryResponse {
    /// Success without warnings.
    pub fn success() -> Self {
        Self { status: ResponseStatus::Success, errors: Vec::new() }
    }

    /// Failure with its errors.
    pub fn failure(errors: Vec<RegistryError>) -> Self {
        Self { status: ResponseStatus::Failure, errors }
    }

    /// Partial success with the errors of the part that failed.
    pub fn partial_success(errors: Vec<RegistryError>) -> Self {
        Self { status: ResponseStatus::PartialSuccess, errors }
    }

    /// Whether everything was done.
    pub fn is_success(&self) -> bool {
        self.status == ResponseStatus::Success
    }

    /// The highest severity of the list; `None` when the list is empty.
    pub fn highest_severity(&self) -> Option<Severity> {
        self.errors.iter().map(|error| error.severity).max()
    }
}
