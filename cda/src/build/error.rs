//! Why a document was not built.

use super::structured::EntryError;

/// What is missing and what is wrong, all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Fields to fill in or to correct.
    #[error("{}", describe(.missing, .invalid))]
    Fields {
        /// Names of the fields that are missing, e.g. `patient.birth_place`, in the order of the document.
        missing: Vec<String>,
        /// Fields whose value is refused.
        invalid: Vec<InvalidField>,
    },
    /// A value holds a character that XML forbids.
    #[error(transparent)]
    Write(#[from] dmp_xml::WriteError),
    /// A coded entry that this crate wrote is refused: a limit is passed.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The document cannot be wrapped as autoprésentable.
    #[error("the document cannot be wrapped as autoprésentable: {0}")]
    Wrap(&'static str),
}

/// A field whose value is refused; the value itself is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason} ({rule})")]
pub struct InvalidField {
    /// Name of the field, e.g. `encounter.facility`.
    pub field: String,
    /// Rule of the CDA checks.
    pub rule: &'static str,
    /// What was expected.
    pub reason: &'static str,
}

fn describe(missing: &[String], invalid: &[InvalidField]) -> String {
    let mut parts = Vec::new();
    if !missing.is_empty() {
        parts.push(format!("missing fields: {}", missing.join(", ")));
    }
    parts.extend(invalid.iter().map(ToString::to_string));
    parts.join("; ")
}
