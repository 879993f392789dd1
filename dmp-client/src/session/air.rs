//! What a person who consults does: TD0.3, TD3.1, TD3.2, TD3.3a, b and d.

use std::path::Path;

use bytes::Bytes;
use dmp_protocol::rights::SetAuthorization;
use dmp_protocol::transaction::Transaction;
use tokio::io::AsyncWrite;
use xds_model::DocumentEntry;

use super::criteria::Search;
use super::existence::Change;
use super::found::Found;
use super::mode::{AccessMode, Air, Consults};
use super::opening::Session;
use super::record::Record;
use super::retrieve::Retrieved;
use super::search::Target;
use super::update::Updated;
use crate::submission::Hidden;
use crate::{DmpError, ErrorKind, failure};

/// A professional who consults. Feeding is not offered: the DMP refuses it in AIR (`EX_AIR-010`).
///
/// ```compile_fail
/// # use dmp_client::{AirRecord, Submission};
/// async fn feed(record: AirRecord, submission: Submission) {
///     record.submit(&submission).await;
/// }
/// ```
pub type AirSession = Session<Air>;

/// One patient's record, consulted by one professional. Every request takes a new assertion (30 s, single use).
///
/// In bris de glace there is no TD0.3 and no change of visibility:
///
/// ```compile_fail
/// # use dmp_client::{Record, mode};
/// async fn authorise(record: Record<mode::Air, mode::BrisDeGlace>) {
///     record.authorise().await;
/// }
/// ```
/// ```compile_fail
/// # use dmp_client::{Record, mode};
/// async fn mask(record: Record<mode::Air, mode::Centre15>) {
///     record.mask("2.25.1").await;
/// }
/// ```
pub type AirRecord = Record<Air>;

impl<A: Consults> Record<A> {
    /// TD0.3 AJOUT: declares that the patient authorised this professional, on an explicit wish to consult.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn authorise(&self) -> Result<Change, DmpError> {
        self.require_consultation()?;
        self.known.require_unblocked()?;
        self.caller.set_authorization(SetAuthorization::add()).await
    }

    /// TD0.3 SUPPRESSION: gives the authorisation back.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn remove_authorisation(&self) -> Result<Change, DmpError> {
        self.caller.set_authorization(SetAuthorization::remove()).await
    }

    /// TD3.3a: hides a document from professionals (reads its current entry first, TD3.1).
    ///
    /// # Errors
    /// [`DmpError`], also X21: not together with "invisible to the patient".
    pub async fn mask(&self, document: impl Into<Target>) -> Result<Updated, DmpError> {
        self.require_consultation()?;
        self.caller.mask(&document.into()).await
    }

    /// TD3.3a: shows a hidden document to professionals again (reads its current entry first, TD3.1).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn unmask(&self, document: impl Into<Target>) -> Result<Updated, DmpError> {
        self.require_consultation()?;
        self.caller.show(&document.into(), Hidden::FromProfessionals).await
    }

    /// TD3.3b: makes a document visible to the patient. **Irreversible**: ask for confirmation (`EX_3.3-1040`).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn reveal_to_patient(&self, document: impl Into<Target>) -> Result<Updated, DmpError> {
        self.require_consultation()?;
        self.caller.show(&document.into(), Hidden::FromPatient).await
    }

    /// TD3.3b: makes a document visible to the legal representatives. **Irreversible** (`EX_3.3-1045`).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn reveal_to_representatives(&self, document: impl Into<Target>) -> Result<Updated, DmpError> {
        self.require_consultation()?;
        if self.caller.connexion_secrete {
            let refusal = failure::Local {
                rule: "MIN-07",
                kind: ErrorKind::Authorisation,
                found: "a document to be shown to the representatives, in connexion secrète",
                expected: "the same in an ordinary access, at the minor's wish",
            };
            return Err(refusal.error(Transaction::Reveal));
        }
        self.caller.show(&document.into(), Hidden::FromRepresentatives).await
    }
}

impl<A: Consults, X: AccessMode> Record<A, X> {
    /// TD3.1: documents that match. Each search is traced and may notify the patient: none is automatic here.
    ///
    /// # Errors
    /// [`DmpError`], also `EX_3.1-1015`: reimbursements over too long a period. Nothing found is an empty list.
    pub async fn find(&self, search: Search) -> Result<Found, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Search)?;
        self.caller.find(&search).await
    }

    /// TD3.1 by uniqueId: the current metadata of one document.
    ///
    /// # Errors
    /// [`DmpError`], also when this session sees no such document.
    pub async fn entry(&self, document: impl Into<Target>) -> Result<DocumentEntry, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Search)?;
        self.caller.current_entry(Transaction::Search, &document.into(), &mut Vec::new()).await
    }

    /// TD3.2: the bytes of a document, in memory. With an entry, SHA-1 and size are compared with it.
    ///
    /// # Errors
    /// [`DmpError`], with an [`crate::IntegrityError`] as its source when the bytes are not those of the entry.
    pub async fn retrieve(&self, document: impl Into<Target>) -> Result<Bytes, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Retrieve)?;
        self.caller.retrieve_bytes(document.into()).await
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
        self.require_consultation()?;
        self.known.require_open(Transaction::Retrieve)?;
        self.caller.retrieve(document.into(), sink).await
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
        self.require_consultation()?;
        self.known.require_open(Transaction::Retrieve)?;
        self.caller.retrieve_to_file(document.into(), path.as_ref()).await
    }

    /// TD3.3d: archives a document (reads its current entry first, TD3.1).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn archive(&self, document: impl Into<Target>) -> Result<Updated, DmpError> {
        self.require_consultation()?;
        self.caller.archive(&document.into(), true).await
    }

    /// TD3.3d: takes a document out of the archive.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn unarchive(&self, document: impl Into<Target>) -> Result<Updated, DmpError> {
        self.require_consultation()?;
        self.caller.archive(&document.into(), false).await
    }
}
