//! One error inside an answer that may carry several.

use std::fmt;

use super::code::Code;

/// An `acknowledgementDetail`, a `RegistryError`, a status or a fault, reduced to what they share.
#[derive(Clone, PartialEq, Eq)]
pub struct RemoteError {
    /// The code; `None` when there is none.
    pub code: Option<Code>,
    /// The sentence, possibly about the patient: never in `Debug`.
    pub text: Option<String>,
    /// Error or warning.
    pub severity: Severity,
}

/// `RegistryError/@severity`; everything else is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It refuses.
    Error,
    /// It does not.
    Warning,
}

impl RemoteError {
    /// An error with that code and sentence; blank means none.
    #[must_use]
    pub fn new(code: &str, text: &str) -> Self {
        let text = text.trim();
        Self { code: Code::parse(code), text: (!text.is_empty()).then(|| text.to_owned()), severity: Severity::Error }
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }
}

impl From<&xds_model::RegistryError> for RemoteError {
    fn from(error: &xds_model::RegistryError) -> Self {
        let remote = Self::new(&error.code, &error.context);
        match error.severity {
            xds_model::Severity::Warning => remote.warning(),
            _ => remote,
        }
    }
}

impl fmt::Debug for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteError")
            .field("code", &self.code)
            .field("severity", &self.severity)
            .finish_non_exhaustive()
    }
}
