//! HL7 v2 text inside XDS values: components, sub-components, escapes.
//!
//! A reader splits on `^` only and looks for `&` only in an assigning authority, so that a raw `&` in a name survives.

use std::borrow::Cow;

/// Escapes `^ & ~ \ |` of a text that becomes a component: `\S\ \T\ \R\ \E\ \F\`.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['^', '&', '~', '\\', '|']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '^' => escaped.push_str("\\S\\"),
            '&' => escaped.push_str("\\T\\"),
            '~' => escaped.push_str("\\R\\"),
            '\\' => escaped.push_str("\\E\\"),
            '|' => escaped.push_str("\\F\\"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// Undoes [`escape`]. What is not one of the five escapes stays as it is, a lone `\` included.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let replaced = match rest.as_bytes() {
            [b'\\', b'S', b'\\', ..] => Some('^'),
            [b'\\', b'T', b'\\', ..] => Some('&'),
            [b'\\', b'R', b'\\', ..] => Some('~'),
            [b'\\', b'E', b'\\', ..] => Some('\\'),
            [b'\\', b'F', b'\\', ..] => Some('|'),
            _ => None,
        };
        let taken = if replaced.is_some() { 3 } else { 1 };
        plain.push(replaced.unwrap_or('\\'));
        rest = &rest[taken..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// Component `number` (from 1) of a value, verbatim; empty when absent.
pub fn component(value: &str, number: usize) -> &str {
    value.split('^').nth(number.wrapping_sub(1)).unwrap_or_default()
}

/// The OID of an assigning authority `&OID&ISO`, or of `OID` alone; empty when absent.
pub fn authority_oid(component: &str) -> &str {
    if component.contains('&') { component.split('&').nth(1).unwrap_or_default() } else { component }
}

/// `&OID&ISO`, or nothing when there is no OID.
pub fn authority(oid: &str) -> String {
    if oid.is_empty() { String::new() } else { format!("&{oid}&ISO") }
}

/// Declares a newtype over the raw text of an HL7 value: kept verbatim, never printed by `Debug`.
macro_rules! raw_value {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Keeps `raw` as it is. Nothing is checked: values received are sent back byte for byte.
            pub fn from_raw(raw: impl Into<String>) -> Self {
                Self(raw.into())
            }

            /// The text on the wire (before XML escapes).
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether there is no text at all.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl From<String> for $name {
            fn from(raw: String) -> Self {
                Self(raw)
            }
        }

        impl From<&str> for $name {
            fn from(raw: &str) -> Self {
                Self(raw.to_owned())
            }
        }

        /// Prints the length only.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, concat!(stringify!($name), "({} bytes)"), self.0.len())
            }
        }
    };
}
pub(crate) use raw_value;
