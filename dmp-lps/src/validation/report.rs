//! What was found, and what it means for the document.

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Judged, Policy};

/// One complaint about a document; it holds nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// Rule, such as `CDA-HDR-012`.
    pub rule: String,
    /// Whether the document breaks the rule; else it is advice.
    pub is_error: bool,
    /// Where: an XPath with positions, or a line.
    pub place: String,
    /// What was found and expected.
    pub text: String,
}

/// What one validator said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Name and version of the validator.
    pub validator: String,
    /// What its errors do.
    pub policy: Policy,
    /// Why it could not judge.
    pub failure: Option<String>,
    /// What it found.
    pub complaints: Vec<Complaint>,
}

/// The evidence of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationReport {
    /// SHA-256 of the bytes that were checked, in hexadecimal.
    pub sha256: String,
    /// When, UTC.
    pub checked_at: Timestamp,
    /// Verdicts, the rules of this project first.
    pub verdicts: Vec<Verdict>,
}

impl Verdict {
    pub(super) fn of(validator: &str, policy: Policy, judged: Judged) -> Self {
        let (failure, complaints) = match judged {
            Ok(complaints) => (None, complaints),
            Err(failure) => (Some(failure), Vec::new()),
        };
        Self { validator: validator.to_owned(), policy, failure, complaints }
    }

    /// Whether nothing is wrong that stops the document.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.policy == Policy::Warn || (self.failure.is_none() && self.errors().next().is_none())
    }

    /// What is wrong, advice left out.
    pub fn errors(&self) -> impl Iterator<Item = &Complaint> {
        self.complaints.iter().filter(|complaint| complaint.is_error)
    }
}

impl ValidationReport {
    /// Whether the document may be sent.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.verdicts.iter().all(Verdict::passes)
    }

    /// Goes on only with a document that may be sent.
    ///
    /// # Errors
    /// A refusal before the network (`CDA_INVALID` of F10), which names the rules that were broken.
    pub fn require(&self) -> Result<(), DmpError> {
        if self.is_accepted() {
            return Ok(());
        }
        let stopping = || self.verdicts.iter().filter(|verdict| !verdict.passes());
        let mut rules: Vec<&str> = stopping().flat_map(Verdict::errors).map(|one| one.rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        let silent = stopping().filter(|verdict| verdict.failure.is_some()).map(|verdict| verdict.validator.as_str());
        let found: Vec<&str> = rules.into_iter().chain(silent).collect();
        let refusal = LocalRefusal::new("EX_2.1-1071")
            .kind(ErrorKind::Validation)
            .meaning("the document is not a valid CDA of the CI-SIS", "le document n'est pas un CDA du CI-SIS valide")
            .found(found.join(", "))
            .expected("no error of any validator whose policy is Enforce")
            .remedy("read the report, correct the document", "lire le rapport, corriger le document");
        Err(DmpError::local(refusal))
    }
}
