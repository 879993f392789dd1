//! AIR simplifié: consultation by a named professional.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use dmp_protocol::patient::Existence;
use dmp_protocol::rights::SetAuthorization;
use dmp_protocol::transaction::Transaction;
use tokio::io::AsyncWrite;
use xds_model::DocumentEntry;

use super::caller::Caller;
use super::existence::{Change, KnownState};
use super::patient::{Consent, QualifiedPatient};
use super::retrieve::Retrieved;
use super::search::{Search, Target};
use super::shared::{Acting, Shared};
use crate::submission::Hidden;
use crate::{DmpError, ErrorKind, failure};

/// A professional who consults. Feeding is not offered: the DMP refuses it in AIR (`EX_AIR-010`).
///
/// ```compile_fail
/// # use dmp_client::{AirRecord, Submission};
/// async fn feed(record: AirRecord, submission: Submission) {
///     record.submit(submission).await;
/// }
/// ```
#[derive(Clone)]
pub struct AirSession {
    shared: Arc<Shared>,
    acting: Arc<Acting>,
}

impl fmt::Debug for AirSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AirSession").finish_non_exhaustive()
    }
}

impl AirSession {
    pub(crate) fn new(shared: Arc<Shared>, acting: Arc<Acting>) -> Self {
        Self { shared, acting }
    }

    /// The record of a patient.
    ///
    /// # Errors
    /// The patient does not agree to consultation (`EX_0.3-1010`), or the INS is not one of this platform.
    pub fn record(&self, patient: QualifiedPatient, consent: Consent) -> Result<AirRecord, DmpError> {
        if !consent.consultation {
            let refusal = failure::Local {
                rule: "EX_0.3-1010",
                kind: ErrorKind::Authorisation,
                found: "a patient who does not agree to consultation",
                expected: "the patient's consent; TD0.3 withdraws an authorisation given before",
            };
            return Err(refusal.session_error());
        }
        self.record_to_withdraw_from(patient)
    }

    /// The record of a patient who changed their mind: only to give the authorisation back (`EX_0.3-1040`).
    ///
    /// # Errors
    /// The INS is not one of this platform.
    pub fn withdraw(&self, patient: QualifiedPatient) -> Result<WithdrawnRecord, DmpError> {
        Ok(WithdrawnRecord { record: self.record_to_withdraw_from(patient)? })
    }

    fn record_to_withdraw_from(&self, patient: QualifiedPatient) -> Result<AirRecord, DmpError> {
        let caller = Caller {
            patient: self.shared.admit(&patient)?,
            shared: Arc::clone(&self.shared),
            acting: Arc::clone(&self.acting),
        };
        Ok(AirRecord { caller, known: Arc::new(KnownState::default()) })
    }
}

/// The record of a patient who no longer agrees to consultation.
#[derive(Debug, Clone)]
pub struct WithdrawnRecord {
    record: AirRecord,
}

impl WithdrawnRecord {
    /// TD0.3 SUPPRESSION: gives the authorisation back.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn remove_authorisation(&self) -> Result<Change, DmpError> {
        self.record.remove_authorisation().await
    }
}

/// One patient's record, consulted by one professional. Each method is one transaction, or says which ones.
///
/// Every method takes a new assertion (30 s, single use). A dropped future stops waiting: whether the DMP has acted is
/// then unknown, except before the request is sent.
#[derive(Clone)]
pub struct AirRecord {
    caller: Caller,
    known: Arc<KnownState>,
}

impl fmt::Debug for AirRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AirRecord").finish_non_exhaustive()
    }
}

impl AirRecord {
    /// TD0.2: whether the patient has a DMP, its state, and whether this professional is authorised on it.
    ///
    /// # Errors
    /// [`DmpError`]; "no DMP" and "closed" are answers, not errors.
    pub async fn existence(&self) -> Result<Existence, DmpError> {
        self.caller.existence(&self.known).await
    }

    /// TD0.3 AJOUT: declares that the patient authorised this professional, on an explicit wish to consult.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn authorise(&self) -> Result<Change, DmpError> {
        self.known.require_open(Transaction::SetAuthorization)?;
        self.caller.set_authorization(SetAuthorization::add()).await
    }

    /// TD0.3 SUPPRESSION: gives the authorisation back.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn remove_authorisation(&self) -> Result<Change, DmpError> {
        self.caller.set_authorization(SetAuthorization::remove()).await
    }

    /// TD3.1: documents that match. Each search is traced and may notify the patient: none is automatic here.
    ///
    /// # Errors
    /// [`DmpError`]; nothing found is an empty list.
    pub async fn find(&self, search: Search) -> Result<Vec<DocumentEntry>, DmpError> {
        self.known.require_open(Transaction::Search)?;
        self.caller.find(&search).await
    }

    /// TD3.1 by uniqueId: the current metadata of one document.
    ///
    /// # Errors
    /// [`DmpError`], also when this session sees no such document.
    pub async fn entry(&self, document: impl Into<Target>) -> Result<DocumentEntry, DmpError> {
        self.known.require_open(Transaction::Search)?;
        self.caller.current_entry(Transaction::Search, &document.into()).await
    }

    /// TD3.1b: the current technical identifier of a document; `None` if the DMP has no such document.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn reference_of(&self, unique_id: &str) -> Result<Option<String>, DmpError> {
        let target = Target::from(unique_id);
        target.check(Transaction::Locate)?;
        self.caller.locate(&target.unique_id).await
    }

    /// TD3.2: the bytes of a document, in memory. With an entry, SHA-1 and size are compared with it.
    ///
    /// # Errors
    /// [`DmpError`], with an [`crate::IntegrityError`] as its source when the bytes are not those of the entry.
    pub async fn retrieve(&self, document: impl Into<Target>) -> Result<Bytes, DmpError> {
        self.known.require_open(Transaction::Retrieve)?;
        self.caller.retrieve_bytes(&document.into()).await
    }

    /// TD3.2, streamed: after an error, what was written is to be discarded.
    ///
    /// # Errors
    /// As [`Self::retrieve`].
    pub async fn retrieve_to(
        &self,
        document: impl Into<Target>,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<Retrieved, DmpError> {
        self.known.require_open(Transaction::Retrieve)?;
        self.caller.retrieve(&document.into(), sink).await
    }

    /// TD3.2 into a file, which takes its name, in place of any other, only once it is whole and verified.
    ///
    /// # Errors
    /// As [`Self::retrieve`].
    pub async fn retrieve_to_file(
        &self,
        document: impl Into<Target>,
        path: impl AsRef<Path>,
    ) -> Result<Retrieved, DmpError> {
        self.known.require_open(Transaction::Retrieve)?;
        self.caller.retrieve_to_file(&document.into(), path.as_ref()).await
    }

    /// TD3.3a: hides a document from professionals (reads its current entry first, TD3.1).
    ///
    /// # Errors
    /// [`DmpError`], also X21: not together with "invisible to the patient".
    pub async fn mask(&self, document: impl Into<Target>) -> Result<Change, DmpError> {
        self.caller.mask(&document.into()).await
    }

    /// TD3.3a: shows a hidden document to professionals again (reads its current entry first, TD3.1).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn unmask(&self, document: impl Into<Target>) -> Result<Change, DmpError> {
        self.caller.show(&document.into(), Hidden::FromProfessionals).await
    }

    /// TD3.3b: makes a document visible to the patient. **Irreversible**: ask for confirmation (`EX_3.3-1040`).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn reveal_to_patient(&self, document: impl Into<Target>) -> Result<Change, DmpError> {
        self.caller.show(&document.into(), Hidden::FromPatient).await
    }

    /// TD3.3b: makes a document visible to the legal representatives. **Irreversible** (`EX_3.3-1045`).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn reveal_to_representatives(&self, document: impl Into<Target>) -> Result<Change, DmpError> {
        self.caller.show(&document.into(), Hidden::FromRepresentatives).await
    }

    /// TD3.3d: archives a document (reads its current entry first, TD3.1).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn archive(&self, document: impl Into<Target>) -> Result<Change, DmpError> {
        self.caller.archive(&document.into(), true).await
    }

    /// TD3.3d: takes a document out of the archive.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn unarchive(&self, document: impl Into<Target>) -> Result<Change, DmpError> {
        self.caller.archive(&document.into(), false).await
    }

    /// TD3.3c: deletes a document and the versions it replaced. **Irreversible**: ask for confirmation (`EX_3.3-1050`).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn delete(&self, document: impl Into<Target>) -> Result<Change, DmpError> {
        self.caller.delete(&document.into()).await
    }
}
