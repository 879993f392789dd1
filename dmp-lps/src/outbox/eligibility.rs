//! F10: what speaks against feeding a document. All reasons are told, not only the first.

use std::future::Future;

use super::queue::Inner;
use super::{FeedFilter, FeedItem, FeedStore, Order, Reason};
use crate::consent::{Asker, GateRefusal, Scope, StanceLedger};
use crate::context::PatientKey;
use crate::store::StoreError;

/// What the software knows of a patient at the moment of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatientFacts {
    /// The INS is qualified *now*.
    pub qualified: bool,
    /// The patient is known to have died.
    pub deceased: bool,
}

/// The register of patients of the software.
pub trait PatientRegister: Send + Sync + 'static {
    /// What is known of a patient now.
    fn facts(&self, patient: &PatientKey) -> impl Future<Output = PatientFacts> + Send;
}

impl<F: Fn(&PatientKey) -> PatientFacts + Send + Sync + 'static> PatientRegister for F {
    async fn facts(&self, patient: &PatientKey) -> PatientFacts {
        self(patient)
    }
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister> Inner<S, L, P> {
    /// What can be known without the document and the DMP, and may change at any time: asked again right before sending.
    pub(super) async fn standing_reasons(&self, item: &FeedItem) -> Result<Vec<Reason>, StoreError> {
        let facts = self.register.facts(&item.patient).await;
        let mut reasons = Vec::new();
        if !facts.qualified || item.patient.is_nia() {
            reasons.push(Reason::InsNotQualified);
        }
        // What was fed may always be deleted (F12 rule 7).
        if item.order == Order::Delete {
            return Ok(reasons);
        }
        if facts.deceased {
            reasons.push(Reason::Deceased);
        }
        if self.opposed(item).await? {
            reasons.push(Reason::Opposed);
        }
        reasons.extend(self.reasons_of_history(item).await?);
        reasons.sort_unstable();
        reasons.dedup();
        Ok(reasons)
    }

    async fn opposed(&self, item: &FeedItem) -> Result<bool, StoreError> {
        let decision = self.gate.decide(Scope::Feeding, &Asker::from(item), &item.patient).await?;
        Ok(match decision.refusal() {
            Some(GateRefusal::Opposed) if self.settings.replace_after_opposition => !self.corrects_own(item).await?,
            Some(GateRefusal::Opposed | GateRefusal::NoExpressConsent) => true,
            _ => false,
        })
    }

    /// Whether a professional corrects what they published themselves: a header that names something else is no correction.
    async fn corrects_own(&self, item: &FeedItem) -> Result<bool, StoreError> {
        let Some(replaced) = item.replaces.clone() else { return Ok(false) };
        let published = FeedFilter { unique_id: Some(replaced), ..FeedFilter::of(&item.patient) };
        let mut published = self.store.list(published).await?.into_iter().filter(FeedItem::is_published);
        Ok(item.professional.is_some() && published.any(|published| published.professional == item.professional))
    }

    /// What was done with these bytes, or this document, before.
    async fn reasons_of_history(&self, item: &FeedItem) -> Result<Vec<Reason>, StoreError> {
        let mut reasons = Vec::new();
        let same_bytes = FeedFilter { hash: Some(item.hash.clone()), ..FeedFilter::of(&item.patient) };
        let same_document = FeedFilter { unique_id: Some(item.unique_id.clone()), ..FeedFilter::of(&item.patient) };
        for filter in [same_bytes, same_document] {
            let others = self.store.list(filter).await?;
            // Of two that are on the way together the first goes: they must not exclude each other.
            let own = others.iter().position(|other| other.id == item.id).unwrap_or(others.len());
            let fed = others.iter().enumerate().any(|(place, other)| {
                let goes = other.is_published() || (place < own && other.is_on_the_way());
                place != own && other.order == Order::Feed && goes
            });
            if fed {
                reasons.push(Reason::AlreadyFed);
            }
        }
        let (patient, unique_id, hash) = (item.patient.clone(), item.unique_id.clone(), item.hash.clone());
        if self.store.is_removed(patient, unique_id, hash).await? {
            reasons.push(Reason::RemovedByUser);
        }
        if let (Some(set_id), Some(version)) = (item.set_id.clone(), item.version) {
            let versions = FeedFilter { set_id: Some(set_id), ..FeedFilter::of(&item.patient) };
            let versions = self.store.list(versions).await?;
            // As a document of its own it would stand beside the newer version.
            if versions.iter().any(|other| other.is_published() && other.version.is_some_and(|newer| newer > version)) {
                reasons.push(Reason::Unchanged);
            }
        }
        if let Some(replaced) = &item.replaces {
            let published = FeedFilter { unique_id: Some(replaced.clone()), ..FeedFilter::of(&item.patient) };
            let published = self.store.list(published).await?.into_iter().rfind(FeedItem::is_published);
            if published.is_some_and(|published| published.substance == item.substance) {
                reasons.push(Reason::Unchanged);
            }
        }
        Ok(reasons)
    }
}
