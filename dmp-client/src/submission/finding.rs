//! One line of a pre-flight report.

use std::fmt;

use cda::check;
use dmp_protocol::error::{Explanation, Language};

use crate::DmpError;

/// Something that speaks against sending a submission. It holds no health data.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finding {
    /// Position of the document in the submission, from 0; `None`: the lot, or the session.
    pub document: Option<usize>,
    /// What follows from it.
    pub consequence: Consequence,
    /// XPath in the document, where that is known.
    pub xpath: Option<String>,
    /// Line and column in its file, from 1, where they are known.
    pub position: Option<(u64, u64)>,
    /// What it is.
    pub cause: Cause,
}

/// What follows from a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consequence {
    /// The submission is refused, by [`submit`](crate::IndirectRecord::submit) before the network or by the DMP.
    Refused,
    /// A fault of the document, which is sent if that is asked: whoever receives it may refuse it.
    Fault,
    /// To be known: a warning of the checks, or a rule that the policy made lenient.
    Warning,
}

/// What a finding is.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// A refusal before the network.
    Refusal(DmpError),
    /// A finding of the checks of the document.
    Check(check::Finding),
}

impl Finding {
    /// A refusal of the whole submission.
    pub(crate) fn refused(refusal: DmpError) -> Self {
        let cause = Cause::Refusal(refusal);
        Self { document: None, consequence: Consequence::Refused, xpath: None, position: None, cause }
    }

    /// The rule: `X12`, `CDA-HDR-017`, `EXI 02`.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match &self.cause {
            Cause::Refusal(refusal) => refusal.rule().unwrap_or_default(),
            Cause::Check(finding) => finding.rule,
        }
    }

    /// What is wrong. The texts of the checks exist in English only.
    #[must_use]
    pub fn message(&self, language: Language) -> Option<String> {
        self.text(language, |finding| finding.message.to_owned(), |explanation| explanation.meaning)
    }

    /// What was found.
    #[must_use]
    pub fn found(&self) -> Option<String> {
        self.text(Language::English, |finding| finding.found.clone(), |explanation| explanation.found)
    }

    /// What was expected.
    #[must_use]
    pub fn expected(&self, language: Language) -> Option<String> {
        self.text(language, |finding| finding.expected.to_owned(), |explanation| explanation.expected)
    }

    /// What to do.
    #[must_use]
    pub fn remedy(&self, language: Language) -> Option<String> {
        self.text(language, |finding| finding.remedy.to_owned(), |explanation| explanation.remedy)
    }

    fn text(
        &self,
        language: Language,
        of_check: impl Fn(&check::Finding) -> String,
        of_refusal: impl Fn(Explanation) -> Option<String>,
    ) -> Option<String> {
        match &self.cause {
            Cause::Refusal(refusal) => of_refusal(refusal.explain(language)),
            Cause::Check(finding) => Some(of_check(finding)),
        }
    }
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::Fault => "fault",
            Self::Warning => "warning",
        })
    }
}

impl fmt::Display for Finding {
    /// In English: consequence, rule, document, place and message, then what is known of found, expected and remedy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.consequence, self.rule())?;
        if let Some(index) = self.document {
            write!(f, ", document {}", index + 1)?;
        }
        if let Some(xpath) = &self.xpath {
            write!(f, ", {xpath}")?;
        }
        if let Some((line, column)) = self.position {
            write!(f, " (line {line}, column {column})")?;
        }
        if let Some(message) = self.message(Language::English) {
            write!(f, ": {message}")?;
        }
        let details = [
            ("found", self.found()),
            ("expected", self.expected(Language::English)),
            ("remedy", self.remedy(Language::English)),
        ];
        for (label, text) in details {
            if let Some(text) = text {
                write!(f, "\n  {label}: {text}")?;
            }
        }
        Ok(())
    }
}
