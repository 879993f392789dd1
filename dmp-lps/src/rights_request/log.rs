//! The log of requests.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::clock::{Clock, months_later};
use crate::context::{InternalUserId, PatientKey, ServiceId};
use crate::store::StoreError;

/// Months in which a request is answered (GDPR art. 12; project default).
const ANSWER_MONTHS: i32 = 1;

/// Identifies a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(Uuid);

impl RequestId {
    /// From its text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the patient asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// To see the data (GDPR art. 15).
    Access,
    /// To correct them (art. 16).
    Rectification,
    /// To delete them, with a legitimate reason (art. 17; L. 1111-14 CSP).
    Deletion,
    /// To oppose (art. 21).
    Opposition,
}

impl RequestKind {
    pub(super) const ALL: [(Self, &'static str); 4] = [
        (Self::Access, "access"),
        (Self::Rectification, "rectification"),
        (Self::Deletion, "deletion"),
        (Self::Opposition, "opposition"),
    ];
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestOutcome {
    /// Done as asked.
    Granted,
    /// Done in part.
    GrantedInPart,
    /// Refused: the answer says why, and where to complain.
    Refused,
}

impl RequestOutcome {
    pub(super) const ALL: [(Self, &'static str); 3] =
        [(Self::Granted, "granted"), (Self::GrantedInPart, "granted-in-part"), (Self::Refused, "refused")];
}

/// A request that came in.
#[derive(Clone)]
pub struct NewRequest {
    /// Who asks.
    pub patient: PatientKey,
    /// What.
    pub kind: RequestKind,
    /// When it came in, UTC.
    pub received_at: Timestamp,
    /// The service that answers.
    pub service: ServiceId,
}

/// A request. `Debug` does not show who asks.
#[derive(Clone, PartialEq, Eq)]
pub struct RightsRequest {
    /// Its identifier.
    pub id: RequestId,
    /// Who asks.
    pub patient: PatientKey,
    /// What.
    pub kind: RequestKind,
    /// When it came in, UTC.
    pub received_at: Timestamp,
    /// Until when it is answered, UTC.
    pub due_at: Timestamp,
    /// The service that answers.
    pub service: ServiceId,
    /// What was answered, when and by whom.
    pub outcome: Option<(RequestOutcome, Timestamp, InternalUserId)>,
}

impl fmt::Debug for RightsRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RightsRequest")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("due_at", &self.due_at)
            .field("outcome", &self.outcome.as_ref().map(|(outcome, at, _)| (outcome, at)))
            .finish_non_exhaustive()
    }
}

/// Keeps the log. Every method is one transaction; what it returned has survived a crash.
pub trait RequestStore: Send + Sync + 'static {
    /// Adds a request.
    fn add_request(&self, request: RightsRequest) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Requests, first due first: of one patient or all.
    fn requests(
        &self,
        patient: Option<PatientKey>,
    ) -> impl Future<Output = Result<Vec<RightsRequest>, StoreError>> + Send;

    /// Writes an answer to a request that has none; says whether it did.
    fn answer(
        &self,
        id: RequestId,
        outcome: (RequestOutcome, Timestamp, InternalUserId),
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// The log of an establishment. Cheap to clone.
pub struct RequestLog<S> {
    store: Arc<S>,
    clock: Arc<dyn Clock>,
    months: i32,
}

impl<S> Clone for RequestLog<S> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), clock: Arc::clone(&self.clock), months: self.months }
    }
}

impl<S> fmt::Debug for RequestLog<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestLog").field("months", &self.months).finish_non_exhaustive()
    }
}

/// Why a request was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// No such request, or it was answered.
    #[error("F12 rule 12: no request {0} that waits for an answer")]
    NotWaiting(RequestId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A request without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRequest {
    /// The request.
    pub request: RightsRequest,
    /// Its time is past.
    pub late: bool,
}

impl<S: RequestStore> RequestLog<S> {
    /// A log over a store. Requests are due after one calendar month.
    #[must_use]
    pub fn new(store: S, clock: impl Clock) -> Self {
        Self { store: Arc::new(store), clock: Arc::new(clock), months: ANSWER_MONTHS }
    }

    /// Requests are due after so many calendar months, one at least.
    #[must_use]
    pub fn due_after(self, months: i32) -> Self {
        Self { months: months.max(1), ..self }
    }

    /// A request came in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receive(&self, new: NewRequest) -> Result<RightsRequest, StoreError> {
        let request = RightsRequest {
            id: RequestId(Uuid::new_v4()),
            patient: new.patient,
            kind: new.kind,
            received_at: new.received_at,
            due_at: months_later(new.received_at, self.months),
            service: new.service,
            outcome: None,
        };
        self.store.add_request(request.clone()).await?;
        Ok(request)
    }

    /// It was answered.
    ///
    /// # Errors
    /// [`RequestError`].
    pub async fn answered(
        &self,
        id: RequestId,
        outcome: RequestOutcome,
        by: &InternalUserId,
    ) -> Result<(), RequestError> {
        match self.store.answer(id, (outcome, self.clock.now(), by.clone())).await? {
            true => Ok(()),
            false => Err(RequestError::NotWaiting(id)),
        }
    }

    /// Every request of a patient, first due first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(&self, patient: &PatientKey) -> Result<Vec<RightsRequest>, StoreError> {
        self.store.requests(Some(patient.clone())).await
    }

    /// Requests without an answer that are due within that time, or late; first due first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reminders(&self, within: SignedDuration) -> Result<Vec<DueRequest>, StoreError> {
        let now = self.clock.now();
        let waiting = self.store.requests(None).await?.into_iter().filter(|request| request.outcome.is_none());
        let due = waiting.filter(|request| request.due_at.duration_since(now) <= within);
        Ok(due.map(|request| DueRequest { late: request.due_at < now, request }).collect())
    }
}
