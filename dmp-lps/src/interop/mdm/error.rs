//! What is wrong with a message, as it is told to its sender.

/// A message that is refused: field, problem and what was expected; never a value of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}; expected {expected}")]
pub struct MdmError {
    /// The field, such as `TXA-12`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
    /// What was expected.
    pub expected: &'static str,
    /// Code of the table HL7 0357, for ERR-3.
    pub code: u16,
}

impl MdmError {
    pub(super) const NOT_A_CDA: Self =
        Self { field: "OBX-5", problem: "not a CDA document", expected: "a CDA R2 in base64", code: 207 };
    pub(super) const NO_TYPE: Self =
        Self { field: "TXA-2", problem: "no type of document", expected: "a code of JDV_J07", code: 101 };

    pub(super) fn missing(field: &'static str, expected: &'static str) -> Self {
        Self { field, problem: "missing", expected, code: 101 }
    }

    /// Not in the table, or not of the type, of the field.
    pub(super) fn value(field: &'static str, expected: &'static str) -> Self {
        Self { field, problem: "an unknown value", expected, code: 103 }
    }

    /// A message of another kind or version: rejected, nobody looked into it.
    pub(super) fn unsupported(field: &'static str, expected: &'static str, code: u16) -> Self {
        Self { field, problem: "not supported", expected, code }
    }

    pub(super) fn disagreement(field: &'static str, expected: &'static str) -> Self {
        Self { field, problem: "says something else than another field", expected, code: 207 }
    }

    /// Whether the message is rejected (`AR`) rather than in error (`AE`): codes 200 and following are about the message
    /// as a whole.
    #[must_use]
    pub fn rejects(&self) -> bool {
        self.code >= 200
    }
}
