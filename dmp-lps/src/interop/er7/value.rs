//! Fields and their parts, read where they stand.

use std::borrow::Cow;
use std::fmt;

use super::escape::unescape;

/// The delimiters that a message declares in MSH-1 and MSH-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Separators {
    pub(super) field: char,
    pub(super) component: char,
    pub(super) repetition: char,
    pub(super) escape: char,
    pub(super) subcomponent: char,
}

/// A field, a repetition, a component or a subcomponent; empty when it is not there. `Debug` shows its length only.
#[derive(Clone, Copy)]
pub struct Value<'m> {
    pub(super) raw: &'m str,
    pub(super) separators: &'m Separators,
}

impl<'m> Value<'m> {
    /// The repetitions of a field, at least one.
    pub fn repetitions(self) -> impl Iterator<Item = Value<'m>> {
        self.raw.split(self.separators.repetition).map(move |raw| Value { raw, ..self })
    }

    /// A component of the first repetition, from 1.
    #[must_use]
    pub fn component(self, number: usize) -> Self {
        let first = self.raw.split(self.separators.repetition).next().unwrap_or_default();
        Self { raw: part(first, self.separators.component, number), ..self }
    }

    /// A subcomponent of a component, from 1.
    #[must_use]
    pub fn subcomponent(self, number: usize) -> Self {
        Self { raw: part(self.raw, self.separators.subcomponent, number), ..self }
    }

    /// The text, escapes undone.
    #[must_use]
    pub fn text(self) -> Cow<'m, str> {
        unescape(self.raw, self.separators)
    }

    /// As it stands in the message, escapes and delimiters included.
    #[must_use]
    pub fn raw(self) -> &'m str {
        self.raw
    }

    /// Nothing was sent: what the receiver knows stays.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// `""`: the sender deletes the value.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.raw == "\"\""
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({} bytes)", self.raw.len())
    }
}

fn part(text: &str, separator: char, number: usize) -> &str {
    text.split(separator).nth(number.wrapping_sub(1)).unwrap_or_default()
}
