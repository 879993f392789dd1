//! `status` and `context`, which end every answer of `habilitations` and `patientsSpecific` (carrier C5).

use std::fmt;

use dmp_xml::{Element, Writer};

use super::MessageError;
use crate::received_name::shorten;

/// A code, and a sentence that may be about the patient (never in `Debug`).
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceStatus {
    /// `DMPOk` or a refusal code.
    pub status: String,
    /// Free French text.
    pub context: Option<String>,
}

impl ServiceStatus {
    /// Success, without a word.
    #[must_use]
    pub fn ok() -> Self {
        Self { status: "DMPOk".to_owned(), context: None }
    }

    /// A refusal.
    #[must_use]
    pub fn refused(code: impl Into<String>, context: impl Into<String>) -> Self {
        Self { status: code.into(), context: Some(context.into()) }
    }

    /// With a sentence.
    #[must_use]
    pub fn with_context(self, context: impl Into<String>) -> Self {
        Self { context: Some(context.into()), ..self }
    }

    /// Whether the status is `DMPOk`, case ignored.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status.eq_ignore_ascii_case("DMPOk")
    }

    /// Writes both elements, in the namespace of the prefix.
    pub(super) fn write(&self, w: &mut Writer, prefix: &str) {
        w.leaf(&format!("{prefix}:status"), &[], &self.status);
        if let Some(context) = &self.context {
            w.leaf(&format!("{prefix}:context"), &[], context);
        }
    }

    /// Reads both below `output`.
    pub(super) fn read(output: &Element, namespace: &str) -> Result<Self, MessageError> {
        Ok(Self {
            status: child_text(output, namespace, "status").ok_or(MessageError::Missing("output/status"))?,
            context: child_text(output, namespace, "context"),
        })
    }
}

impl fmt::Debug for ServiceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceStatus").field("status", &self.status).finish_non_exhaustive()
    }
}

/// The body of that name, or an error that says what it is instead.
pub(super) fn expect_body(
    element: &Element,
    namespace: &'static str,
    expected: &'static str,
) -> Result<(), MessageError> {
    if element.is(namespace, expected) {
        Ok(())
    } else {
        Err(MessageError::Body { found: shorten(&element.name.local), namespace, expected })
    }
}

/// `output` of an answer of that name.
pub(super) fn expect_output<'a>(
    element: &'a Element,
    namespace: &'static str,
    expected: &'static str,
) -> Result<&'a Element, MessageError> {
    expect_body(element, namespace, expected)?;
    element.child(namespace, "output").ok_or(MessageError::Missing("output"))
}

/// Trimmed text of a child; `None` when absent or empty.
pub(super) fn child_text(element: &Element, namespace: &str, local: &str) -> Option<String> {
    trimmed(element.child(namespace, local)?)
}

/// Trimmed text of each child of that name that is not empty.
pub(super) fn children_text(element: &Element, namespace: &str, local: &str) -> Vec<String> {
    element.children_named(namespace, local).filter_map(trimmed).collect()
}

fn trimmed(element: &Element) -> Option<String> {
    let text = element.text();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A leaf, when there is something to write.
pub(super) fn optional_leaf(w: &mut Writer, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        w.leaf(name, &[], text);
    }
}
