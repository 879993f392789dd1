//! What the model does not name: slots, classifications and identifiers kept so that an object can be sent back.

use std::fmt;

use serde::Serialize;

/// A named list of values. Values are trimmed; empty ones are dropped.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Slot {
    /// Name of the slot.
    pub name: String,
    /// Its values, at least one in a slot that is written.
    pub values: Vec<String>,
}

impl Slot {
    /// A slot of one value.
    pub fn single(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), values: vec![value.into()] }
    }
}

/// Prints the name only.
impl fmt::Debug for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Slot({}: {} values)", self.name, self.values.len())
    }
}

/// A classification of a scheme that the model does not name, or a second one where the model takes one.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Classification {
    /// `@classificationScheme`.
    pub scheme: Option<String>,
    /// `@classificationNode`.
    pub node: Option<String>,
    /// `@nodeRepresentation`: the code.
    pub code: Option<String>,
    /// `rim:Name`: the display.
    pub display: Option<String>,
    /// Slots, `codingScheme` included.
    pub slots: Vec<Slot>,
}

/// Prints scheme and node only.
impl fmt::Debug for Classification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut structure = formatter.debug_struct("Classification");
        structure.field("scheme", &self.scheme).field("node", &self.node).finish_non_exhaustive()
    }
}

/// An external identifier of a scheme that the model does not name, or a second one.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct ExternalIdentifier {
    /// `@identificationScheme`.
    pub scheme: String,
    /// `@value`.
    pub value: String,
    /// `rim:Name`.
    pub name: Option<String>,
}

/// Prints the scheme only.
impl fmt::Debug for ExternalIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ExternalIdentifier").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// Everything of an entry or submission set that no field of the model holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Extras {
    /// Unknown slots; values of a known slot beyond those its field holds; a `size` that is not a number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
    /// Unknown classifications, and repeated ones where the model takes one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classifications: Vec<Classification>,
    /// Unknown identifiers, and repeated ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<ExternalIdentifier>,
}

impl Extras {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.classifications.is_empty() && self.identifiers.is_empty()
    }
}
