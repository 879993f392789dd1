//! What would become of each document, and the queueing of those that may be fed.

use dmp_client::DocumentError;

use super::traits::traits_differ;
use super::{Archive, ArchiveError, Candidate, DailyVolume, History, LocalContent, Standing};
use crate::confirmed::{ConfirmationExpired, Confirmed};
use crate::consent::StanceLedger;
use crate::context::{AccessContext, PatientKey};
use crate::outbox::{FeedId, FeedStore, NewFeed, OutboxError, PatientRegister, Reason};
use crate::store::StoreError;

/// Historical feeding of the documents of a plan.
#[derive(Debug, Clone, Copy)]
pub enum HistoryFeed {}

/// Why historical feeding did not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The queue refused.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The user confirmed too long ago.
    #[error(transparent)]
    Confirmation(#[from] ConfirmationExpired),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a document may be fed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It may.
    Eligible,
    /// These reasons speak against it.
    Refused(Vec<Reason>),
    /// Its header has other traits of the patient than the ones of now: make the CDA document again from the identity of now.
    TraitsChanged,
    /// It is no CDA document, or none can be made of it: what is wrong with it.
    Unusable(String),
}

/// A candidate and its verdict.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The document.
    pub candidate: Candidate,
    /// Whether it may be fed.
    pub verdict: Verdict,
    patient: PatientKey,
    context: AccessContext,
}

/// What a user looks at before confirming. Plans of several patients may be put together.
#[derive(Debug, Clone, Default)]
pub struct HistoryPlan {
    planned: Vec<Planned>,
}

impl HistoryPlan {
    /// Every document, in the order of the selection.
    #[must_use]
    pub fn planned(&self) -> &[Planned] {
        &self.planned
    }

    /// How many may be fed.
    #[must_use]
    pub fn eligible(&self) -> usize {
        self.planned.iter().filter(|planned| planned.verdict == Verdict::Eligible).count()
    }

    /// With the documents of another plan.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.planned.extend(other.planned);
        self
    }
}

/// What was queued.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fed {
    /// The documents in the queue, in the order of the plan.
    pub queued: Vec<FeedId>,
    /// Documents of the plan that were not: not eligible, or queued meanwhile.
    pub skipped: usize,
    /// More waits than the operator of the DMP wants on one day: tell them before.
    pub warning: Option<DailyVolume>,
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister, A: Archive> History<S, L, P, A> {
    /// Looks at each document of a selection as the queue would (F10), and queues nothing. `context` is the care in which they
    /// are sent now: its episode and team answer for the patient's stance.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub async fn plan(
        &self,
        context: &AccessContext,
        patient: &PatientKey,
        selection: Vec<Candidate>,
    ) -> Result<HistoryPlan, HistoryError> {
        let mut planned = Vec::new();
        for candidate in selection {
            let verdict = self.verdict(context, patient, &candidate).await?;
            planned.push(Planned { candidate, verdict, patient: patient.clone(), context: context.clone() });
        }
        Ok(HistoryPlan { planned })
    }

    /// Queues the eligible documents of a plan. Interrupted, it is begun again with new [candidates](Self::candidates): what
    /// is queued already is none any more.
    ///
    /// # Errors
    /// [`HistoryError`]; what was queued before stays queued.
    pub async fn feed(&self, plan: HistoryPlan, confirmed: Confirmed<HistoryFeed>) -> Result<Fed, HistoryError> {
        confirmed.spend(self.outbox.now())?;
        let mut fed = Fed::default();
        for planned in plan.planned {
            let Planned { candidate, verdict, patient, context } = planned;
            let standing = self.standing(&patient, &candidate.document).await?;
            let Some(standing) = standing.filter(|_| verdict == Verdict::Eligible) else {
                fed.skipped += 1;
                continue;
            };
            let Ok(bytes) = self.bytes(&patient, &candidate).await? else {
                fed.skipped += 1;
                continue;
            };
            match standing {
                Standing::Failed(id) | Standing::Excluded(id) if self.outbox.holds_bytes(id, &bytes).await => {
                    self.outbox.retry_as_history(id).await?;
                    fed.queued.push(id);
                }
                // What waits has the traits of then: the document that was judged takes its place.
                _ => {
                    let feed = NewFeed::of(context, patient).validated().historical();
                    fed.queued.push(self.outbox.enqueue_bytes(feed, bytes).await?);
                }
            }
        }
        fed.warning = self.progress().await?.warning;
        Ok(fed)
    }

    async fn verdict(
        &self,
        context: &AccessContext,
        patient: &PatientKey,
        candidate: &Candidate,
    ) -> Result<Verdict, HistoryError> {
        let bytes = match self.bytes(patient, candidate).await? {
            Ok(bytes) => bytes,
            Err(verdict) => return Ok(verdict),
        };
        let feed = NewFeed::of(context.clone(), patient.clone()).validated().historical();
        Ok(match self.outbox.assess(feed, bytes).await {
            Ok(reasons) if reasons.is_empty() => Verdict::Eligible,
            Ok(reasons) => Verdict::Refused(reasons),
            Err(OutboxError::Document(error)) => Verdict::Unusable(error.to_string()),
            Err(error) => return Err(error.into()),
        })
    }

    /// The document as it would be sent: a file gets a header with the traits of now, a CDA document must have them already.
    async fn bytes(
        &self,
        patient: &PatientKey,
        candidate: &Candidate,
    ) -> Result<Result<Vec<u8>, Verdict>, HistoryError> {
        let traits = self.archive.traits(patient).await?;
        Ok(match self.archive.content(&candidate.document).await? {
            LocalContent::Cda(bytes) => match traits_differ(&bytes, &traits) {
                Ok(false) => Ok(bytes),
                Ok(true) => Err(Verdict::TraitsChanged),
                Err(error) => Err(Verdict::Unusable(DocumentError::from(error).to_string())),
            },
            LocalContent::File { mut header, media_type, bytes } => {
                header.patient = traits;
                let built = header.build(cda::n1::N1Content { media_type, bytes: &bytes });
                built.map_err(|error| Verdict::Unusable(error.to_string()))
            }
        })
    }
}
