//! What is wrong with an installation, before the DMP says it: certificates, settings, network, clock.
//!
//! [`DmpClient::diagnose`] looks at what the client was given; [`DmpClient::probe`] opens one connection and asks for
//! nothing that concerns a patient. `dmp doctor` prints both.
//!
//! ```no_run
//! # async fn program(client: dmp_client::DmpClient) {
//! use dmp_client::diagnosis::Verdict;
//!
//! let mut checks = client.diagnose(&[]);
//! checks.extend(client.probe().await);
//! assert!(checks.iter().all(|check| check.verdict != Verdict::Failed), "{checks:?}");
//! # }
//! ```

mod assertion;
mod certificates;
mod probe;
mod settings;

use dmp_protocol::certificate::Certificate;
use dmp_protocol::error::Bilingual;
use jiff::Timestamp;

use crate::DmpClient;

pub use assertion::ExplainedAssertion;
pub use dmp_protocol::vihf::AssertionLine;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Requirement or rule that it serves, such as `EX_GEN-1460` or `V23`.
    pub requirement: &'static str,
    /// What was looked at.
    pub subject: Bilingual,
    /// What came of it.
    pub verdict: Verdict,
    /// What was found: no key, no homologation number, no name of a person.
    pub found: String,
    /// What to do, empty where nothing is to be done.
    pub remedy: Bilingual,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// Works today; look at it.
    Warning,
    /// Will be refused, or cannot work.
    Failed,
}

impl Verdict {
    /// `ok`, `warning` or `failed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

impl Check {
    fn new(requirement: &'static str, subject: (&'static str, &'static str)) -> Self {
        let (english, french) = subject;
        Self {
            requirement,
            subject: Bilingual { english, french },
            verdict: Verdict::Passed,
            found: String::new(),
            remedy: Bilingual::default(),
        }
    }

    fn found(mut self, found: impl Into<String>) -> Self {
        self.found = found.into();
        self
    }

    fn because(mut self, verdict: Verdict, remedy: (&'static str, &'static str)) -> Self {
        (self.verdict, self.remedy) = (verdict, Bilingual { english: remedy.0, french: remedy.1 });
        self
    }

    /// Keeps the check as passed unless `wrong`.
    fn unless(self, wrong: bool, verdict: Verdict, remedy: (&'static str, &'static str)) -> Self {
        if wrong { self.because(verdict, remedy) } else { self }
    }
}

impl DmpClient {
    /// Looks at the certificates, the software and the settings of this client; nothing is sent.
    ///
    /// `authorities` are those that the caller knows beside what the certificate files hold, such as the trust anchors:
    /// the path of each certificate is followed up to one of them.
    #[must_use]
    pub fn diagnose(&self, authorities: &[Certificate]) -> Vec<Check> {
        let shared = self.shared();
        let now = Timestamp::now();
        let mut checks = certificates::check(shared, authorities, now);
        checks.extend(settings::check(shared));
        checks
    }

    /// Opens one connection to the DMP and asks for the head of an answer: name and path of the server, TLS, the clock.
    /// No transaction is sent and nothing is retried.
    pub async fn probe(&self) -> Vec<Check> {
        probe::check(self.shared()).await
    }
}
