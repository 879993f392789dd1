//! How it ended.

use std::time::Duration;

use super::attempt::WatchedDocument;
use crate::{Code, DmpError, ErrorKind, Outcome};

/// How a transaction ended. No health data but the identifiers of documents, which `Debug` does not show.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ended {
    /// In what.
    pub end: End,
    /// From the first step to the last.
    pub duration: Duration,
    /// Every assertion that was issued for it, in order.
    pub assertions: Vec<AssertionUse>,
    /// The documents that it gave: listed by TD3.1, received by TD3.2. Empty otherwise.
    pub documents: Vec<WatchedDocument>,
}

impl Ended {
    /// How many requests were written: 0 when nothing was sent.
    #[must_use]
    pub fn tries(&self) -> usize {
        self.assertions.iter().filter(|one| one.written).count()
    }
}

/// What a transaction ended in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The DMP did it; or the page of the Web-PS was made.
    Done,
    /// It failed, here or there.
    Failed(Failure),
    /// The caller stopped waiting.
    Abandoned(Outcome),
}

/// What a trace keeps of an error: nothing that the DMP wrote in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Its kind.
    pub kind: ErrorKind,
    /// The code of the DMP.
    pub code: Option<Code>,
    /// The rule of a refusal made here.
    pub rule: Option<&'static str>,
    /// What became of the request.
    pub outcome: Outcome,
}

impl From<&DmpError> for Failure {
    fn from(error: &DmpError) -> Self {
        Self { kind: error.kind(), code: error.code().cloned(), rule: error.rule(), outcome: error.outcome() }
    }
}

impl<T> From<&Result<T, DmpError>> for End {
    fn from(result: &Result<T, DmpError>) -> Self {
        result.as_ref().err().map_or(Self::Done, |error| Self::Failed(Failure::from(error)))
    }
}

/// What became of one assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionUse {
    /// Its identifier.
    pub assertion: String,
    /// Whether it left: given to the connection, or to the browser. Otherwise it was thrown away unread.
    pub written: bool,
}
