//! A segment to write, with the usual delimiters.

use std::collections::BTreeMap;

use super::{Charset, escape};

/// A segment to write: fields by number, those between them empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    name: &'static str,
    fields: BTreeMap<usize, String>,
    charset: Charset,
}

impl Line {
    /// A segment without any field.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, fields: BTreeMap::new(), charset: Charset::default() }
    }

    /// The header of a message: MSH-1, -2, -7 and -18.
    #[must_use]
    pub fn msh(at: &str, charset: Charset) -> Self {
        let line = Self { charset, ..Self::new("MSH") };
        line.text(7, at).text(18, charset.as_str())
    }

    /// Puts a text into a field.
    #[must_use]
    pub fn text(self, number: usize, text: &str) -> Self {
        self.raw(number, escape(text))
    }

    /// Puts components into a field.
    #[must_use]
    pub fn components(self, number: usize, components: &[&str]) -> Self {
        let parts: Vec<String> = components.iter().map(|part| escape(part)).collect();
        self.raw(number, parts.join("^").trim_end_matches('^').to_owned())
    }

    /// Puts what is already written with the usual delimiters into a field.
    #[must_use]
    pub fn raw(mut self, number: usize, raw: impl Into<String>) -> Self {
        self.fields.insert(number, raw.into());
        self
    }

    pub(super) fn is_header(&self) -> bool {
        self.name == "MSH"
    }

    pub(super) fn charset(&self) -> Charset {
        self.charset
    }

    /// Fields before the first and after the last that is filled are not written.
    pub(super) fn write(&self, text: &mut String) {
        text.push_str(self.name);
        let first = if self.is_header() { 2 } else { 0 };
        if self.is_header() {
            text.push_str("|^~\\&");
        }
        let mut at = first;
        for (&number, value) in self.fields.iter().filter(|(number, value)| **number > first && !value.is_empty()) {
            (at..number).for_each(|_| text.push('|'));
            // A raw value with a line break would end the segment.
            text.extend(value.chars().filter(|c| !matches!(c, '\r' | '\n')));
            at = number;
        }
    }
}

/// Shows no field.
impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({}, {} fields)", self.name, self.fields.len())
    }
}

impl std::fmt::Display for Line {
    /// The segment as it is written, health data included.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}
