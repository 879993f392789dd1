//! Sessions, and the records they open.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use dmp_protocol::vihf::Access;

use super::caller::Caller;
use super::existence::KnownState;
use super::mode::{AccessMode, Air, Centre15, Consults, Feeds, Normal, Regulates};
use super::patient::{Consent, QualifiedPatient};
use super::record::{Record, WithdrawnRecord};
use super::shared::{Acting, Shared};
use crate::watch::Watch;
use crate::{DmpError, ErrorKind, failure};

/// Somebody, authenticated in one way, who opens records in one access mode. Cheap to clone.
pub struct Session<A, X = Normal> {
    pub(crate) shared: Arc<Shared>,
    pub(crate) acting: Arc<Acting>,
    mode: PhantomData<fn() -> (A, X)>,
}

impl<A, X> Clone for Session<A, X> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.shared), Arc::clone(&self.acting))
    }
}

impl<A, X> fmt::Debug for Session<A, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("mode", &self.acting.mode()).finish_non_exhaustive()
    }
}

impl<A, X> Session<A, X> {
    pub(crate) fn new(shared: Arc<Shared>, acting: Arc<Acting>) -> Self {
        Self { shared, acting, mode: PhantomData }
    }

    /// The same session, whose transactions are also watched by `watch`, after the watches already there.
    #[must_use]
    pub fn watched(&self, watch: Arc<dyn Watch>) -> Self {
        let watches = self.shared.watches.iter().cloned().chain([watch]).collect();
        Self::new(Arc::new(Shared { watches, ..(*self.shared).clone() }), Arc::clone(&self.acting))
    }

    pub(super) fn open(
        &self,
        patient: &QualifiedPatient,
        consent: Consent,
        access: Access,
    ) -> Result<Record<A, X>, DmpError> {
        let caller = Caller {
            patient: self.shared.admit(patient)?,
            found_by_traits: false,
            shared: Arc::clone(&self.shared),
            acting: Arc::clone(&self.acting),
            access,
            connexion_secrete: false,
            toward: None,
            searches: Arc::default(),
        };
        Ok(Record::new(caller, consent, Arc::new(KnownState::default())))
    }
}

impl Session<Air> {
    /// The record of a patient who agrees; [`Self::before_consent`] for one who is not asked yet.
    ///
    /// # Errors
    /// The patient does not agree to consultation (`EX_0.3-1010`), or the INS is not one of this platform.
    pub fn record(&self, patient: QualifiedPatient, consent: Consent) -> Result<Record<Air>, DmpError> {
        let record = self.open(&patient, consent, Access::Normal)?;
        record.require_consultation()?;
        Ok(record)
    }
}

impl<A: Feeds> Session<A> {
    /// The record of a patient. What the patient does not agree to is refused when it is asked; deleting what was fed
    /// stays possible.
    ///
    /// # Errors
    /// The INS is not one of this platform.
    pub fn record(&self, patient: QualifiedPatient, consent: Consent) -> Result<Record<A>, DmpError> {
        self.open(&patient, consent, Access::Normal)
    }
}

impl<A: Consults> Session<A> {
    /// The record of a patient who changed their mind: only to give the authorisation back (`EX_0.3-1040`).
    ///
    /// # Errors
    /// The INS is not one of this platform.
    pub fn withdraw(&self, patient: QualifiedPatient) -> Result<WithdrawnRecord<A>, DmpError> {
        Ok(WithdrawnRecord::new(self.open(&patient, Consent::refused(), Access::Normal)?))
    }
}

impl<A: Regulates> Session<A> {
    /// The same person or structure in régulation médicale. The DMP wants a structure that its directory flags as a
    /// centre de régulation (V44).
    ///
    /// A regulation software calls it once and keeps nothing else: no record of the session it returns has another
    /// access mode (LDRM-01).
    #[must_use]
    pub fn centre_15(&self) -> Session<A, Centre15> {
        Session::new(Arc::clone(&self.shared), Arc::clone(&self.acting))
    }
}

impl<A: Regulates> Session<A, Centre15> {
    /// The record of a patient. No authorisation is needed (`EMG-06`); opposition to feeding still holds.
    ///
    /// # Errors
    /// The INS is not one of this platform.
    pub fn record(&self, patient: QualifiedPatient, consent: Consent) -> Result<Record<A, Centre15>, DmpError> {
        self.open(&patient, consent, Access::Centre15)
    }
}

impl<A, X: AccessMode> Record<A, X> {
    /// In normal access the patient agrees first; in an emergency nobody can be asked.
    pub(super) fn require_consultation(&self) -> Result<(), DmpError> {
        if self.caller.access != Access::Normal || self.consent.consultation {
            return Ok(());
        }
        let refusal = failure::Local {
            rule: "EX_0.3-1010",
            kind: ErrorKind::Authorisation,
            found: "a patient who does not agree to consultation",
            expected: "the patient's consent; TD0.3 withdraws an authorisation given before",
        };
        Err(refusal.session_error())
    }
}
