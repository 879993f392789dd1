//! What a software gives to the queue.

use dmp_client::Hidden;

use super::Lane;
use crate::context::{AccessContext, PatientKey, ServiceId};

/// A document to be queued.
#[derive(Debug, Clone)]
pub struct NewFeed {
    pub(super) context: AccessContext,
    pub(super) patient: PatientKey,
    pub(super) service: Option<ServiceId>,
    /// `None`: as the rules say.
    pub(super) hidden: Option<Vec<Hidden>>,
    pub(super) replaces: Option<String>,
    pub(super) validated: bool,
    pub(super) lane: Lane,
}

impl NewFeed {
    /// A document about a patient, made in this care. Not validated yet: it waits as a draft.
    #[must_use]
    pub fn of(context: AccessContext, patient: PatientKey) -> Self {
        Self { context, patient, service: None, hidden: None, replaces: None, validated: false, lane: Lane::Daily }
    }

    /// It is medically validated: the delay begins.
    #[must_use]
    pub fn validated(mut self) -> Self {
        self.validated = true;
        self
    }

    /// The service that made it, for the rules that are about services.
    #[must_use]
    pub fn service(mut self, service: ServiceId) -> Self {
        self.service = Some(service);
        self
    }

    /// Hides it from somebody in the DMP (EXI 07), whatever the rules propose.
    #[must_use]
    pub fn hidden(mut self, from: Hidden) -> Self {
        self.hidden.get_or_insert_default().push(from);
        self
    }

    /// Hides it from nobody, whatever the rules propose.
    #[must_use]
    pub fn visible(mut self) -> Self {
        self.hidden = Some(Vec::new());
        self
    }

    /// It replaces the document of this uniqueId in the DMP; its current entry is read just before (TD3.1b).
    #[must_use]
    pub fn replacing(mut self, unique_id: impl Into<String>) -> Self {
        self.replaces = Some(unique_id.into());
        self
    }

    /// It belongs to the historical feeding.
    pub(crate) fn historical(mut self) -> Self {
        self.lane = Lane::Historical;
        self
    }
}
