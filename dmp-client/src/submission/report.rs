//! The pre-flight report: the coherence rules, the checks of each document, and its entry against its bytes.

use cda::check::{self, CheckOptions, RulePolicy, Severity};
use cda::metadata::MappingOptions;
use dmp_protocol::rules::{Policy, Strictness};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::Realm;
use jiff::Timestamp;

use super::document::{Document, DocumentError, mapping, off_thread};
use super::finding::{Cause, Consequence, Finding};
use super::lot::Submission;
use super::preflight::{Breach, Preflight};
use crate::QualifiedPatient;
use crate::session::Caller;

/// Rules that compare an entry with its document.
const COHERENCE: &str = "CDA-XDS";
/// The rule of the DMP for that, which may be lenient.
const COHERENCE_OF_THE_DMP: &str = "X13";

impl Caller {
    /// All that can be known before the network: first the lot, then each document.
    pub(crate) async fn examine(&self, submission: &Submission) -> Result<Vec<Finding>, DocumentError> {
        report(submission, self.breaches(submission), self.shared.realm, &self.shared.policy).await
    }
}

impl Submission {
    /// What speaks against its documents whoever sends them, before there is a session: as
    /// [`preflight`](crate::IndirectRecord::preflight), without what depends on the sender (authors, keys, mode).
    /// `cumulation` is the parameter `cumul-invisible_patient-masque_ps` of the DMP.
    ///
    /// # Errors
    /// [`DocumentError`] if the bytes of a document cannot be read any more.
    pub async fn examine(
        &self,
        patient: &QualifiedPatient,
        policy: &Policy,
        cumulation: bool,
    ) -> Result<Vec<Finding>, DocumentError> {
        let mut preflight = Preflight::new(Transaction::Submit, policy, cumulation, Timestamp::now());
        preflight.submission(self.documents(), &patient.ins().to_cx());
        let test = patient.ins().oid() == dmp_vocabulary::oids::INS_NIR_TEST;
        let realm = if test { Realm::Test } else { Realm::Production };
        report(self, preflight.into_breaches(), realm, policy).await
    }
}

/// The breaches, and what the checks of each document find.
async fn report(
    submission: &Submission,
    breaches: Vec<Breach>,
    realm: Realm,
    policy: &Policy,
) -> Result<Vec<Finding>, DocumentError> {
    let (mut breaches, of_documents): (Vec<Breach>, Vec<Breach>) =
        breaches.into_iter().partition(|breach| breach.document.is_none());
    breaches.extend(of_documents);
    let mut findings: Vec<Finding> = Vec::new();
    let mut checked = Vec::new();
    let options = options(realm, policy);
    let lenient = policy.strictness(COHERENCE_OF_THE_DMP) != Strictness::Strict;
    for (index, document) in submission.documents().iter().enumerate() {
        let (document, options) = (document.clone(), options.clone());
        let found = off_thread(move || document.check(&options)).await?;
        checked.extend(found.into_iter().map(|finding| of_check(index, finding, lenient)));
    }
    for breach in breaches {
        findings.push(of_breach(breach, &mut checked));
    }
    findings.append(&mut checked);
    // The lot first, then document by document, what is worst first.
    findings.sort_by_key(|finding| (finding.document, finding.consequence));
    Ok(findings)
}

/// A received document, in the profile of the DMP, with the policies of the client.
fn options(realm: Realm, policy: &Policy) -> CheckOptions {
    let options = CheckOptions::receive().for_the_dmp().in_realm(realm);
    policy.exceptions().fold(options, |options, (rule, strictness)| {
        let policy = match strictness {
            Strictness::Strict => RulePolicy::Enforce,
            Strictness::Lenient => RulePolicy::Warn,
            Strictness::Off => RulePolicy::Off,
        };
        // The rules of the DMP (X12, V41) are not those of a document.
        options.clone().with_policy(rule, policy).unwrap_or(options)
    })
}

impl Document {
    /// Reads the bytes again: what they break, and where the entry does not say what they say.
    fn check(&self, options: &CheckOptions) -> Result<Vec<check::Finding>, DocumentError> {
        if !self.is_cda() {
            return self.check_opaque(options);
        }
        let mut options = options.clone();
        options.limits = self.limits;
        let mut findings = check::check_reader(self.open()?, &options)?.findings;
        // A document that cannot be read any more has said so.
        if let Ok(document) = cda::read(self.open()?, &self.limits) {
            let coherence = check::check_entry(&document, &self.entry, &mapping(&self.findings), &options);
            findings.extend(coherence.findings);
        }
        Ok(findings)
    }

    /// What was described by hand is compared with the bytes, if they are a CDA after all.
    fn check_opaque(&self, options: &CheckOptions) -> Result<Vec<check::Finding>, DocumentError> {
        let Ok(document) = cda::read(self.open()?, &self.limits) else { return Ok(Vec::new()) };
        Ok(check::check_entry(&document, &self.entry, &MappingOptions::default(), options).findings)
    }
}

fn of_check(index: usize, finding: check::Finding, coherence_is_lenient: bool) -> Finding {
    let coherence = finding.rule.starts_with(COHERENCE);
    let consequence = match finding.severity {
        Severity::Warning => Consequence::Warning,
        Severity::Error if coherence && coherence_is_lenient => Consequence::Warning,
        Severity::Error if coherence => Consequence::Refused,
        Severity::Error => Consequence::Fault,
    };
    Finding {
        document: Some(index),
        consequence,
        xpath: Some(finding.xpath.clone()),
        position: (finding.line > 0).then_some((finding.line, finding.column)),
        cause: Cause::Check(finding),
    }
}

/// A refusal that stems from a rule of the document takes its place, and stands for it.
fn of_breach(breach: Breach, checked: &mut Vec<Finding>) -> Finding {
    let Breach { document, tolerated, origin, refusal } = breach;
    let consequence = if tolerated { Consequence::Warning } else { Consequence::Refused };
    let mut finding = Finding { document, consequence, xpath: None, position: None, cause: Cause::Refusal(refusal) };
    if let Some((rule, xpath)) = origin {
        finding.xpath = Some(xpath);
        let same = |other: &Finding| other.document == document && other.rule() == rule;
        if let Some(twin) = checked.iter().position(same) {
            let twin = checked.remove(twin);
            (finding.xpath, finding.position) = (twin.xpath, twin.position);
        }
    }
    finding
}
