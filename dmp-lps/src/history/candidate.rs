//! Which documents of the software may be fed afterwards.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Archive, History, HistoryError, LocalDocument};
use crate::consent::StanceLedger;
use crate::context::PatientKey;
use crate::outbox::{FeedFilter, FeedId, FeedItem, FeedStore, Order, PatientRegister, Reason, State};

/// Which candidates are wanted; an empty filter wants all.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    /// Only these typeCodes; empty: all.
    pub types: BTreeSet<String>,
    /// Only documents made at this instant or later.
    pub from: Option<Timestamp>,
    /// Only documents made before this instant.
    pub until: Option<Timestamp>,
}

impl HistoryFilter {
    fn wants(&self, document: &LocalDocument) -> bool {
        let of_type = self.types.is_empty() || self.types.contains(&document.type_code);
        let late_enough = self.from.is_none_or(|from| from <= document.created_at);
        of_type && late_enough && self.until.is_none_or(|until| document.created_at < until)
    }
}

/// Why a document is a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was never queued, or a user withdrew it before it was sent.
    NeverSent,
    /// It was refused.
    Failed(FeedId),
    /// It was excluded for reasons that are gone, or that only the DMP knows.
    Excluded(FeedId),
}

/// A document that may be fed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The document.
    pub document: LocalDocument,
    /// Why.
    pub standing: Standing,
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister, A: Archive> History<S, L, P, A> {
    /// The documents of a patient that are not in the DMP and not on their way there (SC.DMP/HISTO.01).
    ///
    /// # Errors
    /// [`HistoryError`].
    pub async fn candidates(
        &self,
        patient: &PatientKey,
        filter: &HistoryFilter,
    ) -> Result<Vec<Candidate>, HistoryError> {
        let mut candidates = Vec::new();
        let documents = self.archive.documents(patient).await?;
        for document in documents.into_iter().filter(|document| filter.wants(document)) {
            if let Some(standing) = self.standing(patient, &document).await? {
                candidates.push(Candidate { document, standing });
            }
        }
        Ok(candidates)
    }

    /// `None`: there is nothing to do about it.
    pub(super) async fn standing(
        &self,
        patient: &PatientKey,
        document: &LocalDocument,
    ) -> Result<Option<Standing>, HistoryError> {
        let same = FeedFilter { unique_id: Some(document.unique_id.clone()), ..FeedFilter::of(patient) };
        let queued = self.outbox.list(same).await?.into_iter().rfind(|item| item.order == Order::Feed);
        let Some(item) = queued else { return Ok(Some(Standing::NeverSent)) };
        Ok(match item.state {
            // A version that gave way to a newer one is not fed behind its back.
            _ if item.superseded_by.is_some() => None,
            State::Cancelled => Some(Standing::NeverSent),
            State::Failed => Some(Standing::Failed(item.id)),
            State::Excluded if self.reasons_are_gone(&item).await? => Some(Standing::Excluded(item.id)),
            _ => None,
        })
    }

    async fn reasons_are_gone(&self, item: &FeedItem) -> Result<bool, HistoryError> {
        // What only the DMP knows is asked again when it is sent.
        let dmp = [Reason::NoDmp, Reason::DmpClosed, Reason::Mode];
        let left: Vec<Reason> = item.reasons.iter().copied().filter(|reason| !dmp.contains(reason)).collect();
        if left.is_empty() {
            return Ok(true);
        }
        let now = self.outbox.standing_reasons(item).await?;
        Ok(left.iter().all(|reason| reason.is_about_the_patient() && !now.contains(reason)))
    }
}
