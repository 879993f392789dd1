//! Who brings documents to the DMP.

use std::future::Future;

use dmp_client::mode::Feeds;
use dmp_client::{Consent, DmpError, Existence, QualifiedPatient, Receipt, Record, Session, Submission};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::vihf::AuthenticationMode;

use crate::context::PatientKey;

/// Whether the software shows feeding, and its queue, to a user who is authenticated so: AIR has neither (`EX_AIR-010`).
#[must_use]
pub fn is_offered(mode: AuthenticationMode) -> bool {
    !mode.is_air()
}

/// Feeds one DMP. Implemented by the sessions of `dmp-client` that feed: a structure (INDIRECTE), the holder of a card
/// (DIRECTE). AIR feeds nothing, so its sessions are no feeders:
///
/// ```compile_fail
/// fn feeder<F: dmp_lps::outbox::Feeder>(_: F) {}
/// fn air(session: dmp_client::AirSession) {
///     feeder(session);
/// }
/// ```
pub trait Feeder: Send + Sync + 'static {
    /// TD0.2: whether there is a record, before each lot.
    fn existence(&self, patient: &PatientKey) -> impl Future<Output = Result<Existence, DmpError>> + Send;

    /// TD2.1.
    fn submit(
        &self,
        patient: &PatientKey,
        submission: &Submission,
    ) -> impl Future<Output = Result<Receipt, DmpError>> + Send;

    /// TD3.1b: whether the DMP holds a document.
    fn holds(&self, patient: &PatientKey, unique_id: &str) -> impl Future<Output = Result<bool, DmpError>> + Send;

    /// TD3.1b, then TD3.3c: deletes a document, with the versions that it replaced.
    fn delete(&self, patient: &PatientKey, unique_id: &str) -> impl Future<Output = Result<(), DmpError>> + Send;

    /// Which documents of a submission a refusal before the network is about, by their place.
    fn blame(
        &self,
        patient: &PatientKey,
        submission: &Submission,
        refusal: &DmpError,
    ) -> impl Future<Output = Vec<usize>> + Send;
}

impl<A: Feeds> Feeder for Session<A> {
    async fn existence(&self, patient: &PatientKey) -> Result<Existence, DmpError> {
        open(self, patient)?.existence().await
    }

    async fn submit(&self, patient: &PatientKey, submission: &Submission) -> Result<Receipt, DmpError> {
        open(self, patient)?.submit(submission).await
    }

    async fn holds(&self, patient: &PatientKey, unique_id: &str) -> Result<bool, DmpError> {
        Ok(open(self, patient)?.reference_of(unique_id).await?.entry_uuid.is_some())
    }

    async fn delete(&self, patient: &PatientKey, unique_id: &str) -> Result<(), DmpError> {
        open(self, patient)?.delete(unique_id).await.map(drop)
    }

    async fn blame(&self, patient: &PatientKey, submission: &Submission, refusal: &DmpError) -> Vec<usize> {
        let Ok(record) = open(self, patient) else { return Vec::new() };
        let findings = record.preflight(submission).await.unwrap_or_default();
        let same = findings.iter().filter(|finding| Some(finding.rule()) == refusal.rule());
        same.filter_map(|finding| finding.document).collect()
    }
}

/// The gate has been asked: the record is opened for feeding alone.
fn open<A: Feeds>(session: &Session<A>, patient: &PatientKey) -> Result<Record<A>, DmpError> {
    session.record(qualified(patient)?, Consent::expressed(false, true))
}

/// The INS of a patient who was qualified when the document was queued; the session checks its kind and key again.
pub(super) fn qualified(patient: &PatientKey) -> Result<QualifiedPatient, DmpError> {
    patient.ins().map(QualifiedPatient::declared).ok_or_else(|| {
        DmpError::local(LocalRefusal::new("platform").found("a patient of the queue whose INS cannot be read"))
    })
}
