//! Making a document of the list visible: TD3.1b then TD3.3b, by a professional, in normal access.

use std::future::Future;

use dmp_client::mode::{Air, AirNonPs, Cpe, Direct, Indirect, ProSanteConnect};
use dmp_client::{DmpError, Record, Updated};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::Ins;

use super::entry::{EntryState, WorklistEntry};
use super::store::WorklistStore;
use super::worklist::{Worklist, WorklistError};
use crate::acts::{RevealToPatient, RevealToRepresentatives, spend};
use crate::confirmed::Confirmed;
use crate::context::PatientKey;
use crate::store::StoreError;
use crate::trace::{Note, TraceActor};

/// To whom a document is made visible, as the user confirmed it. Irreversible.
#[derive(Debug)]
pub enum Reveal {
    /// To the patient (`EX_3.3-1040`).
    ToPatient(Confirmed<RevealToPatient>),
    /// To the legal representatives (`EX_3.3-1045`).
    ToRepresentatives(Confirmed<RevealToRepresentatives>),
}

/// Why a document was not made visible.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakeVisibleError {
    /// The one who acts has no TD3.3b: INDIRECTE, a CPE.
    #[error(
        "F08: making visible (TD3.3b) is not open to INDIRECTE nor to employees; replace the document without the \
         restriction, as the structure of its author (F12, cause VisibilityByReplacement)"
    )]
    UseReplacement,
    /// The record is of another patient than the entry.
    #[error("F08: the document is of another patient than the record; open the record of its patient")]
    OtherPatient,
    /// The DMP, or a rule before it, refused.
    #[error(transparent)]
    Dmp(#[from] DmpError),
    /// The list refused.
    #[error(transparent)]
    Worklist(#[from] WorklistError),
}

impl From<StoreError> for MakeVisibleError {
    fn from(error: StoreError) -> Self {
        Self::Worklist(error.into())
    }
}

/// A record in normal access, whoever opened it. Emergency accesses are none: TD3.3b is refused there.
///
/// ```compile_fail
/// fn reveals<R: dmp_lps::visibility::Reveals>(_: R) {}
/// fn emergency(record: dmp_client::Record<dmp_client::mode::Air, dmp_client::mode::BrisDeGlace>) {
///     reveals(record);
/// }
/// ```
pub trait Reveals: sealed::Sealed + Sync {
    /// Whether TD3.3b is open to the one who acts.
    const HAS_TD33B: bool;

    /// Whose record it is.
    fn holder(&self) -> &Ins;

    /// TD3.1b and TD3.3b, to the patient.
    fn to_patient(&self, unique_id: &str) -> impl Future<Output = Result<Updated, MakeVisibleError>> + Send;

    /// TD3.1b and TD3.3b, to the legal representatives.
    fn to_representatives(&self, unique_id: &str) -> impl Future<Output = Result<Updated, MakeVisibleError>> + Send;
}

macro_rules! reveals {
    ($($mode:ty),+) => {$(
        impl sealed::Sealed for Record<$mode> {}
        impl Reveals for Record<$mode> {
            const HAS_TD33B: bool = true;

            fn holder(&self) -> &Ins {
                self.ins()
            }

            async fn to_patient(&self, unique_id: &str) -> Result<Updated, MakeVisibleError> {
                Ok(self.reveal_to_patient(unique_id).await?)
            }

            async fn to_representatives(&self, unique_id: &str) -> Result<Updated, MakeVisibleError> {
                Ok(self.reveal_to_representatives(unique_id).await?)
            }
        }
    )+};
}

macro_rules! reveals_nothing {
    ($($mode:ty),+) => {$(
        impl sealed::Sealed for Record<$mode> {}
        impl Reveals for Record<$mode> {
            const HAS_TD33B: bool = false;

            fn holder(&self) -> &Ins {
                self.ins()
            }

            async fn to_patient(&self, _: &str) -> Result<Updated, MakeVisibleError> {
                Err(MakeVisibleError::UseReplacement)
            }

            async fn to_representatives(&self, _: &str) -> Result<Updated, MakeVisibleError> {
                Err(MakeVisibleError::UseReplacement)
            }
        }
    )+};
}

reveals!(Air, Direct, ProSanteConnect);
reveals_nothing!(Indirect, Cpe, AirNonPs);

impl<S: WorklistStore> Worklist<S> {
    /// Makes a listed document visible to those whom the user confirmed, one TD3.3b each; the others go on not seeing it.
    /// The entry is closed when nobody is left. The new technical identifier is not kept: it is read before each act.
    ///
    /// A future that is dropped on the way leaves the entry open: [`Self::reconcile`] closes it.
    ///
    /// # Errors
    /// [`MakeVisibleError`]. `MIN-07`: to the representatives, in connexion secrète (V4).
    pub async fn make_visible<R: Reveals>(
        &self,
        record: &R,
        unique_id: &str,
        to: impl IntoIterator<Item = Reveal>,
    ) -> Result<WorklistEntry, MakeVisibleError> {
        let mut entry = self.open_entry(unique_id).await?;
        if entry.patient != PatientKey::from(record.holder()) {
            return Err(MakeVisibleError::OtherPatient);
        }
        if !R::HAS_TD33B {
            return Err(MakeVisibleError::UseReplacement);
        }
        for reveal in to {
            let mut hidden = entry.targets;
            match reveal {
                Reveal::ToPatient(confirmed) => {
                    self.confirmed(&entry, confirmed).await?;
                    record.to_patient(unique_id).await?;
                    hidden.patient = false;
                }
                Reveal::ToRepresentatives(confirmed) => {
                    self.confirmed(&entry, confirmed).await?;
                    record.to_representatives(unique_id).await?;
                    hidden.representatives = false;
                }
            }
            entry = self.change(unique_id, |entry| entry.show(hidden, EntryState::MadeVisible)).await?;
        }
        Ok(entry)
    }

    /// Traces a confirmation and spends it.
    async fn confirmed<A>(&self, entry: &WorklistEntry, confirmed: Confirmed<A>) -> Result<(), MakeVisibleError> {
        let note = Note::confirmation(&confirmed).patient(&entry.patient);
        let actor = TraceActor::user(confirmed.action().user.clone());
        self.notes.note(actor, note.document(&entry.unique_id, Some(&entry.type_code))).await?;
        Ok(spend(confirmed, &*self.clock, Transaction::Reveal)?)
    }

    async fn open_entry(&self, unique_id: &str) -> Result<WorklistEntry, WorklistError> {
        let entry = self.store.entry(unique_id.to_owned()).await?.ok_or(WorklistError::NotListed)?;
        match entry.state.is_open() {
            true => Ok(entry),
            false => Err(WorklistError::Closed { state: entry.state }),
        }
    }
}

mod sealed {
    /// The modes of the DMP are a closed list.
    pub trait Sealed {}
}
