//! Codes as data: known ones point into the catalogue, others are kept as received.

use std::fmt;

use super::catalogue::{Entry, codes};

/// A code of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// In the catalogue.
    Known(KnownCode),
    /// Not in the catalogue; written in `Display` only when it has the shape of a code.
    Other(OtherCode),
}

/// A code of the catalogue.
#[derive(Clone, Copy)]
pub struct KnownCode(&'static Entry);

/// A received code that the catalogue does not have.
#[derive(Clone, PartialEq, Eq)]
pub struct OtherCode(String);

impl Code {
    /// The code of that text; `None` when it is blank.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some(KnownCode::find(text).map_or_else(|| Self::Other(OtherCode(text.to_owned())), Self::Known))
    }

    /// The text received.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(code) => code.as_str(),
            Self::Other(code) => &code.0,
        }
    }

    /// The catalogue's entry.
    #[must_use]
    pub fn known(&self) -> Option<KnownCode> {
        match self {
            Self::Known(code) => Some(*code),
            Self::Other(_) => None,
        }
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(code) => f.write_str(code.as_str()),
            Self::Other(code) => code.fmt(f),
        }
    }
}

impl KnownCode {
    /// The code of that name, compared exactly.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        codes().iter().find(|entry| entry.code == name).map(Self)
    }

    /// Every code of the catalogue, in its order.
    pub fn all() -> impl Iterator<Item = Self> {
        codes().iter().map(Self)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.code
    }

    /// What is known of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        self.0
    }
}

impl PartialEq for KnownCode {
    fn eq(&self, other: &Self) -> bool {
        self.0.code == other.0.code
    }
}

impl Eq for KnownCode {}

impl fmt::Debug for KnownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code)
    }
}

impl fmt::Display for OtherCode {
    /// A server may put anything where a code belongs: only what looks like one, without a long number, is repeated.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.0;
        let has_shape =
            text.len() <= 80 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if has_shape && digits < 6 {
            f.write_str(text)
        } else {
            write!(f, "(unknown code of {} characters)", text.chars().count())
        }
    }
}

impl fmt::Debug for OtherCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
