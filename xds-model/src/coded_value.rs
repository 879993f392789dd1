//! A code of a code system.

use std::fmt;

use serde::Serialize;

/// A code, its code system and the text that goes with it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
pub struct CodedValue {
    /// The code (`11488-4`).
    pub code: String,
    /// The text that the producer joined, never to be compared: labels differ between nomenclature versions.
    pub display: Option<String>,
    /// Code system: a bare OID, or `URN` or `ASTM` on a signature entry. Empty when the producer left it out.
    pub system: String,
}

impl CodedValue {
    /// A code with its display text.
    pub fn new(code: impl Into<String>, display: impl Into<String>, system: impl Into<String>) -> Self {
        Self { code: code.into(), display: Some(display.into()), system: system.into() }
    }

    /// A code without display text, as queries use it.
    pub fn without_display(code: impl Into<String>, system: impl Into<String>) -> Self {
        Self { code: code.into(), display: None, system: system.into() }
    }

    /// Whether this is the code `code` of `system`.
    pub fn is(&self, code: &str, system: &str) -> bool {
        self.code == code && self.system == system
    }

    /// Whether both name the same code of the same system, whatever their displays.
    pub fn same_code(&self, other: &Self) -> bool {
        self.is(&other.code, &other.system)
    }
}

/// Prints the code system only: the code of a diagnosis or of a document type is health data.
impl fmt::Debug for CodedValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CodedValue").field("system", &self.system).finish_non_exhaustive()
    }
}
