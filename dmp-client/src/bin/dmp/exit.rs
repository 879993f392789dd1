//! How a command that failed ends: what it says, and its exit code.

use std::error::Error;
use std::fmt::Display;

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::{Language as Explained, Origin};

use crate::arguments::Language;

/// Refused by the DMP, or by a check.
pub(crate) const REFUSED: u8 = 1;
/// Bad input or configuration.
pub(crate) const INPUT: u8 = 2;
/// The DMP could not be reached.
pub(crate) const UNREACHABLE: u8 = 3;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Bad input or configuration.
    Input(String),
    /// Anything a call may end with.
    Dmp(DmpError),
}

impl Failure {
    pub(crate) fn input(message: impl Display) -> Self {
        Self::Input(message.to_string())
    }

    /// Exit code: a refusal made here before the network is bad input, unless the state of the record is its cause.
    pub(crate) fn code(&self) -> u8 {
        let Self::Dmp(error) = self else { return INPUT };
        match (error.origin(), error.kind()) {
            (Origin::Remote(_), _) | (Origin::Local(_), ErrorKind::PatientState) => REFUSED,
            (Origin::Local(_), ErrorKind::Transport) | (Origin::Signal(_), _) => UNREACHABLE,
            _ => INPUT,
        }
    }

    /// What to print on stderr. The server's own sentence is shown too: the user of this command asked for it.
    pub(crate) fn explain(&self, language: Language) -> String {
        let error = match self {
            Self::Input(message) => return format!("dmp: {message}"),
            Self::Dmp(error) => error,
        };
        let mut text = format!("dmp: {error}\n\n{}", error.explain(language.into()));
        if let Some(rule) = error.rule().filter(|rule| rule.starts_with('X')) {
            text.push_str(&format!("\nTo let the DMP decide: --lenient {rule}"));
        }
        if let Some(sentence) = error.server_text() {
            text.push_str(&format!("\nServer: {sentence}"));
        }
        if let Some(id) = error.message_id() {
            text.push_str(&format!("\nMessageID: {id}"));
        }
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(&format!("\nBecause: {cause}"));
            source = cause.source();
        }
        text
    }
}

impl From<Language> for Explained {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::English,
            Language::Fr => Self::French,
        }
    }
}

impl From<DmpError> for Failure {
    fn from(error: DmpError) -> Self {
        Self::Dmp(error)
    }
}
