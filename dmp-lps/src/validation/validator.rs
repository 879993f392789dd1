//! Who judges a document.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cda::check::{self, CheckOptions, RulePolicy, Severity};
use dmp_client::Realm;

use super::Complaint;
use crate::clock::Clock;

/// What a validator said: its complaints, or why it could not judge at all.
pub type Judged = Result<Vec<Complaint>, String>;

/// Judges CDA documents: the rules of this project, the official schema (`CDA_extended.xsd`), a schematron of a volet.
pub trait CdaValidator: Send + Sync + 'static {
    /// Its name and version, for the report.
    fn name(&self) -> &str;

    /// Judges a document. An error (the tool is not installed, was killed) counts as a complaint: what was not checked is
    /// not valid.
    fn judge(&self, document: Arc<[u8]>) -> Pin<Box<dyn Future<Output = Judged> + Send + '_>>;
}

/// The 208 rules of the crate `cda`, as for a document of ours that goes to the DMP.
pub struct BuiltInRules {
    clock: Arc<dyn Clock>,
    realm: Option<Realm>,
}

/// What [`super::PdfA`] says instead.
const SAID_BY_PDF_A: [&str; 2] = ["CDA-BDY-008", "CDA-SEC-014"];

impl BuiltInRules {
    pub(super) fn new(clock: Arc<dyn Clock>, realm: Option<Realm>) -> Self {
        Self { clock, realm }
    }

    fn options(&self) -> CheckOptions {
        let mut options = CheckOptions::produce().for_the_dmp();
        options.realm = self.realm;
        options.clock = check::Clock::At(self.clock.now());
        for rule in SAID_BY_PDF_A {
            // A rule that the crate no longer has needs no policy.
            options = options.clone().with_policy(rule, RulePolicy::Off).unwrap_or(options);
        }
        options
    }
}

impl CdaValidator for BuiltInRules {
    fn name(&self) -> &'static str {
        concat!("dmp-sdk cda ", env!("CARGO_PKG_VERSION"))
    }

    fn judge(&self, document: Arc<[u8]>) -> Pin<Box<dyn Future<Output = Judged> + Send + '_>> {
        let options = self.options();
        Box::pin(async move {
            let checked = tokio::task::spawn_blocking(move || check::check(&document, &options)).await;
            let report = checked.map_err(|_| "the check was interrupted".to_owned())?;
            Ok(report.findings.iter().map(Complaint::from).collect())
        })
    }
}

impl From<&check::Finding> for Complaint {
    fn from(finding: &check::Finding) -> Self {
        Self {
            rule: finding.rule.to_owned(),
            is_error: finding.severity == Severity::Error,
            place: finding.xpath.clone(),
            text: format!("{}: found {}, expected {}", finding.message, finding.found, finding.expected),
        }
    }
}
