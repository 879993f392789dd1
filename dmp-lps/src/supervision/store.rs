//! Where acts, alerts and blocks are kept.

use std::future::Future;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Alert, AlertId, AlertState, Block, Observation, Response, RuleId};
use crate::context::{InternalUserId, ProfessionalKey};
use crate::store::StoreError;

/// That an act met a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which.
    pub rule: RuleId,
    /// What follows.
    pub response: Response,
    /// From the oldest trace that speaks for it.
    pub from: Timestamp,
    /// Until when a new alert of that rule and actor is the same one.
    pub until: Timestamp,
    /// Numbers of the traces.
    pub evidence: Vec<u64>,
}

/// What a new act raised.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Raised {
    /// New alerts; one that only grew is not among them.
    pub alerts: Vec<Alert>,
    /// A block that was set.
    pub block: Option<Block>,
}

/// Keeps what supervision needs. Acts may be forgotten after thirty days or the longest window; alerts and blocks are for
/// the review.
pub trait SupervisionStore: Send + Sync + 'static {
    /// The highest number of a trace that was fed, 0 at first.
    fn last_fed(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The acts of a user after `from`, oldest first.
    fn of_user(
        &self,
        actor: InternalUserId,
        from: Timestamp,
    ) -> impl Future<Output = Result<Vec<Observation>, StoreError>> + Send;

    /// The acts under an RPPS after `from`, oldest first.
    fn of_professional(
        &self,
        professional: ProfessionalKey,
        from: Timestamp,
    ) -> impl Future<Output = Result<Vec<Observation>, StoreError>> + Send;

    /// How many distinct records a user consulted on each day in Paris from `from` and before `to`; days without any are
    /// left out.
    fn records_by_day(
        &self,
        actor: InternalUserId,
        from: Date,
        to: Date,
    ) -> impl Future<Output = Result<Vec<u32>, StoreError>> + Send;

    /// Keeps an act with what it met, all or nothing: an alert of the same rule and actor that still runs grows, otherwise
    /// one is raised; a rule that blocks also blocks, unless a block stands. Acts before `forget` may go. An act whose
    /// number was fed before changes nothing.
    fn keep(
        &self,
        act: Observation,
        verdicts: Vec<Verdict>,
        forget: Timestamp,
    ) -> impl Future<Output = Result<Raised, StoreError>> + Send;

    /// The alerts raised from `from` and before `to`, oldest first.
    fn alerts(&self, from: Timestamp, to: Timestamp) -> impl Future<Output = Result<Vec<Alert>, StoreError>> + Send;

    /// Moves an alert; `None` when there is none of that number.
    fn settle(
        &self,
        alert: AlertId,
        state: AlertState,
        by: InternalUserId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Option<Alert>, StoreError>> + Send;

    /// The block that stands against a user or a professional.
    fn standing_block(
        &self,
        actor: InternalUserId,
        professional: Option<ProfessionalKey>,
    ) -> impl Future<Output = Result<Option<Block>, StoreError>> + Send;

    /// Lifts the blocks of a user: those that stood.
    fn lift(
        &self,
        actor: InternalUserId,
        by: InternalUserId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Vec<Block>, StoreError>> + Send;

    /// The blocks set from `from` and before `to`, oldest first.
    fn blocks(&self, from: Timestamp, to: Timestamp) -> impl Future<Output = Result<Vec<Block>, StoreError>> + Send;
}
