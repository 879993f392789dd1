//! How a command that failed ends: what it says, and its exit code.

use std::error::Error;
use std::fmt::Display;
use std::path::Path;

use dmp_client::{DmpError, ErrorKind, Policy};
use dmp_protocol::error::{Code, Language as Explained, Origin};
use dmp_protocol::rules::Strictness;
use serde_json::json;

use crate::arguments::Language;
use crate::terminal::{one_line, safe, safe_json, server_text};

/// Refused by the DMP, or by a check.
pub(crate) const REFUSED: u8 = 1;
/// Bad input or configuration.
pub(crate) const INPUT: u8 = 2;
/// The DMP could not be reached.
pub(crate) const UNREACHABLE: u8 = 3;

/// The checks before sending that a policy may turn into warnings, and that a DMP may judge otherwise.
const WAIVABLE: [&str; 14] =
    ["X03", "X04", "X05", "X09", "X10", "X11", "X12", "X13", "X14", "X15", "X19", "X20", "X21", "X23"];

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Bad input or configuration.
    Input(String),
    /// What could not be fetched.
    Unreached(String),
    /// Anything a call may end with.
    Dmp {
        error: DmpError,
        /// Files that it is about.
        files: Vec<String>,
        /// No policy lets it pass.
        settled: bool,
    },
}

impl Failure {
    pub(crate) fn input(message: impl Display) -> Self {
        Self::Input(message.to_string())
    }

    /// A refusal that cannot be left to the DMP.
    pub(crate) fn settled(error: DmpError) -> Self {
        Self::Dmp { error, files: Vec::new(), settled: true }
    }

    /// Names the files that it is about.
    pub(crate) fn about<'a>(self, files: impl IntoIterator<Item = &'a Path>) -> Self {
        let files: Vec<String> = files.into_iter().map(|file| file.display().to_string()).collect();
        match self {
            Self::Dmp { error, settled, .. } => Self::Dmp { error, files, settled },
            Self::Input(message) => Self::Input(format!("{}: {message}", files.join(", "))),
            Self::Unreached(message) => Self::Unreached(message),
        }
    }

    /// Exit code: a refusal made here before the network is bad input, unless the state of the record is its cause; one
    /// made from an answer of the DMP is the DMP's.
    pub(crate) fn code(&self) -> u8 {
        let error = match self {
            Self::Input(_) => return INPUT,
            Self::Unreached(_) => return UNREACHABLE,
            Self::Dmp { error, .. } => error,
        };
        match (error.origin(), error.kind()) {
            (Origin::Remote(_) | Origin::Concluded(_), _) | (Origin::Local(_), ErrorKind::PatientState) => REFUSED,
            (Origin::Local(_), ErrorKind::Transport) | (Origin::Signal(_), _) => UNREACHABLE,
            _ => INPUT,
        }
    }

    /// What is wrong, in one sentence.
    pub(crate) fn brief(&self) -> String {
        match self {
            Self::Input(message) | Self::Unreached(message) => message.clone(),
            Self::Dmp { error, .. } => error.to_string(),
        }
    }

    /// What to print on stderr. The server's own sentence is shown too, its long numbers masked: the user of this
    /// command asked for it.
    pub(crate) fn explain(&self, language: Language, policy: &Policy) -> String {
        let (error, files, settled) = match self {
            Self::Input(message) | Self::Unreached(message) => return safe(&format!("dmp: {message}")),
            Self::Dmp { error, files, settled } => (error, files, *settled),
        };
        let labels = Labels::of(language);
        let mut text = format!("dmp: {}\n\n{}", first_line(error, language), error.explain(language.into()));
        if !files.is_empty() {
            text.push_str(&format!("\n{}{}", labels.file, one_line(&files.join(", "))));
        }
        let waivable = |rule: &&str| WAIVABLE.contains(rule) && policy.strictness(rule) == Strictness::Strict;
        if let Some(rule) = error.rule().filter(waivable).filter(|_| !settled) {
            text.push_str(&format!("\n{}--lenient {rule}", labels.waive));
        }
        if let Some(sentence) = error.server_text() {
            text.push_str(&format!("\n{}{}", labels.server, server_text(sentence)));
        }
        if let Some(id) = error.message_id() {
            text.push_str(&format!("\n{}{id}", labels.message_id));
        }
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(&format!("\n{}{}", labels.because, server_text(&cause.to_string())));
            source = cause.source();
        }
        safe(&text)
    }

    /// The same for a program: one object.
    pub(crate) fn as_json(&self, explanation: &str) -> String {
        let error = match self {
            Self::Input(_) | Self::Unreached(_) => None,
            Self::Dmp { error, .. } => Some(error),
        };
        let refused =
            error.is_some_and(|error| !matches!(error.origin(), Origin::Signal(_))) && self.code() != UNREACHABLE;
        let object = json!({
            "status": if refused { "refused" } else { "error" },
            "code": error.and_then(DmpError::code).map(Code::as_str),
            "rule": error.and_then(DmpError::rule),
            "transaction": error.and_then(DmpError::transaction).map(|transaction| transaction.td()),
            "explanation": explanation,
        });
        safe_json(&format!("{object:#}"))
    }
}

/// In French only what was refused and by what: the labelled lines tell the rest.
fn first_line(error: &DmpError, language: Language) -> String {
    if matches!(language, Language::En) {
        return error.to_string();
    }
    let verb = match error.origin() {
        Origin::Local(_) => "refusé avant l'envoi",
        Origin::Concluded(_) => "non fait",
        Origin::Signal(_) => "en échec",
        _ => "refusé",
    };
    let transaction = error.transaction().map(|transaction| format!("{} ", transaction.td())).unwrap_or_default();
    let by = error.code().map(Code::as_str).or(error.rule()).map(|by| format!(" : {by}")).unwrap_or_default();
    format!("{transaction}{verb}{by}")
}

/// What this command says around the explanation of an error.
struct Labels {
    file: &'static str,
    waive: &'static str,
    server: &'static str,
    message_id: &'static str,
    because: &'static str,
}

impl Labels {
    fn of(language: Language) -> Self {
        match language {
            Language::En => Self {
                file: "File: ",
                waive: "To let the DMP decide: ",
                server: "Server: ",
                message_id: "MessageID: ",
                because: "Because: ",
            },
            Language::Fr => Self {
                file: "Fichier : ",
                waive: "Pour laisser le DMP décider : ",
                server: "Serveur : ",
                message_id: "MessageID : ",
                because: "Parce que : ",
            },
        }
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
        Self::Dmp { error, files: Vec::new(), settled: false }
    }
}
