//! One patient's record, opened in one mode.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use dmp_protocol::patient::{AdministrativeData, Existence};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::Ins;

use super::caller::Caller;
use super::existence::{Change, KnownState, Reference};
use super::mode::{AccessMode, Authentication, Consults, Normal};
use super::patient::{Consent, QualifiedPatient};
use super::search::Target;
use super::subject::Subject;
use super::update::Updated;
use crate::DmpError;
use crate::watch::Act;

/// One patient's record, opened by one session. Each method is one transaction, or says which ones; which methods
/// there are follows the authentication `A` and the access mode `X` (see [`super::mode`]).
///
/// A dropped future stops waiting: whether the DMP has acted is then unknown, except before the request is sent.
pub struct Record<A, X = Normal> {
    pub(super) caller: Caller,
    pub(super) consent: Consent,
    pub(super) known: Arc<KnownState>,
    mode: PhantomData<fn() -> (A, X)>,
}

impl<A, X> Clone for Record<A, X> {
    fn clone(&self) -> Self {
        Self::new(self.caller.clone(), self.consent, Arc::clone(&self.known))
    }
}

impl<A, X> fmt::Debug for Record<A, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("access", &self.caller.access)
            .field("secret", &self.caller.connexion_secrete)
            .field("consent", &self.consent)
            .finish_non_exhaustive()
    }
}

impl<A, X> Record<A, X> {
    pub(super) fn new(caller: Caller, consent: Consent, known: Arc<KnownState>) -> Self {
        Self { caller, consent, known, mode: PhantomData }
    }
}

impl<A: Authentication> Record<A> {
    /// Whose record it is. A record of régulation does not tell: the number of a patient found by traits is shown to
    /// nobody (`EX_0.5-1020`); see [`Self::subject`].
    #[must_use]
    pub fn ins(&self) -> &Ins {
        &self.caller.patient
    }
}

impl<A: Authentication, X: AccessMode> Record<A, X> {
    /// Whom it is about, to be compared.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::from(&self.caller.patient)
    }

    /// Whether this is the record of that patient.
    #[must_use]
    pub fn is_of(&self, patient: &QualifiedPatient) -> bool {
        self.caller.patient == *patient.ins()
    }

    /// The same record, for calls that only prepare `act`: the watches of the session are told
    /// ([`Attempt::toward`](crate::watch::Attempt::toward)). TD0.2 before a feeding is not asked for by who consults.
    #[must_use]
    pub fn toward(&self, act: Act) -> Self {
        Self::new(self.caller.toward(act), self.consent, Arc::clone(&self.known))
    }

    /// TD0.2: whether the patient has a DMP, its state, and whether the one who acts is authorised on it.
    ///
    /// # Errors
    /// [`DmpError`]; "no DMP" and "closed" are answers, not errors.
    pub async fn existence(&self) -> Result<Existence, DmpError> {
        self.caller.existence(&self.known).await
    }

    /// TD1.3a: contacts, addresses, legal representatives, and above all the two oppositions to emergency accesses;
    /// `None` when there is no DMP. Identity data are hidden by default from users (`EX_1.3-1020`).
    ///
    /// # Errors
    /// [`DmpError`]: in normal access also when the patient does not agree to consultation (`EX_0.3-1010`).
    pub async fn administrative_data(&self) -> Result<Option<AdministrativeData>, DmpError> {
        self.require_consultation()?;
        let existence = self.caller.administrative_data(&self.known).await?;
        Ok(AdministrativeData::of(existence))
    }

    /// TD3.1b: the current technical identifier of a document, if the DMP has it.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn reference_of(&self, unique_id: &str) -> Result<Reference, DmpError> {
        let target = Target::from(unique_id);
        target.check(Transaction::Locate)?;
        self.caller.locate(&target.unique_id).await
    }

    /// TD3.3c: deletes a document of the one who acts and the versions it replaced (reads its technical identifier
    /// first, TD3.1b). **Irreversible**: ask for confirmation (`EX_3.3-1050`).
    ///
    /// With the entry that a search returned, a document that is no longer there is [`Change::AlreadyGone`]. By its
    /// uniqueId alone nobody knows whether it ever was: `RG_3130`.
    ///
    /// # Errors
    /// [`DmpError`], `LIF-02` for the entry of an obsolete version: the current one takes it along.
    pub async fn delete(&self, document: impl Into<Target>) -> Result<Updated, DmpError> {
        self.caller.delete(&document.into()).await
    }
}

/// The record of a patient who no longer agrees to consultation.
#[derive(Debug)]
pub struct WithdrawnRecord<A> {
    record: Record<A>,
}

impl<A> Clone for WithdrawnRecord<A> {
    fn clone(&self) -> Self {
        Self { record: self.record.clone() }
    }
}

impl<A: Consults> WithdrawnRecord<A> {
    pub(super) fn new(record: Record<A>) -> Self {
        Self { record }
    }

    /// TD0.3 SUPPRESSION: gives the authorisation back.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn remove_authorisation(&self) -> Result<Change, DmpError> {
        self.record.remove_authorisation().await
    }
}
