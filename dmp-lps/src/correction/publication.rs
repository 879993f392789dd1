//! What the software knows of one document that it fed.

use std::fmt;

use dmp_client::{Document, Hidden};
use jiff::Timestamp;

use super::cause::CorrectionCause;
use crate::context::{AccessContext, PatientKey, ProfessionalKey};
use crate::outbox::FeedItem;

/// Where a fed document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublicationState {
    /// Its request was begun, and nobody knows whether it arrived.
    Pending,
    /// The DMP has it.
    Sent,
    /// The DMP has a newer version.
    Replaced,
    /// It was taken out of the DMP.
    Removed,
}

impl PublicationState {
    pub(super) const ALL: [(Self, &'static str); 4] =
        [(Self::Pending, "pending"), (Self::Sent, "sent"), (Self::Replaced, "replaced"), (Self::Removed, "removed")];
}

/// One version of a document. `Debug` shows no identity.
#[derive(Clone, PartialEq, Eq)]
pub struct Publication {
    /// uniqueId.
    pub unique_id: String,
    /// Whose it is.
    pub patient: PatientKey,
    /// SHA-1 of its bytes, in hexadecimal; empty when they are not known.
    pub hash: String,
    /// setId of its header, where known.
    pub set_id: Option<String>,
    /// versionNumber of its header, where known.
    pub version: Option<u64>,
    /// The professional who fed it.
    pub professional: Option<ProfessionalKey>,
    /// The structure that fed it (Struct_IdNat), where known.
    pub structure: Option<String>,
    /// From whom it is hidden in the DMP.
    pub hidden: Vec<Hidden>,
    /// uniqueId of the version that it replaces.
    pub replaces: Option<String>,
    /// Why it replaced that version.
    pub cause: Option<CorrectionCause>,
    /// uniqueId of the version that replaced it.
    pub replaced_by: Option<String>,
    /// Where it stands.
    pub state: PublicationState,
    /// Since when, UTC.
    pub since: Timestamp,
}

/// What the header of the next version has to say (rule 1). The number moves when the DMP accepts a version, never when
/// one is saved (rule 10, M11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextVersion {
    /// `setId`: that of all versions.
    pub set_id: String,
    /// `versionNumber`.
    pub number: u64,
    /// uniqueId in `relatedDocument[@typeCode='RPLC']`.
    pub replaces: String,
}

impl Publication {
    /// A document that is about to be sent.
    pub(super) fn begun(ctx: &AccessContext, patient: &PatientKey, document: &Document, now: Timestamp) -> Self {
        let (entry, version) = (document.entry(), document.version());
        Self {
            unique_id: entry.unique_id.clone(),
            patient: patient.clone(),
            hash: entry.hash.clone().unwrap_or_default(),
            set_id: version.set_id.clone(),
            version: version.number,
            professional: ctx.professional_key(),
            structure: Some(ctx.structure.as_str().to_owned()),
            hidden: Hidden::of(entry),
            replaces: None,
            cause: None,
            replaced_by: None,
            state: PublicationState::Pending,
            since: now,
        }
    }

    /// A document of which nothing is known but that the DMP had it.
    pub(super) fn unknown(patient: &PatientKey, unique_id: &str, now: Timestamp) -> Self {
        Self {
            unique_id: unique_id.to_owned(),
            patient: patient.clone(),
            hash: String::new(),
            set_id: None,
            version: None,
            professional: None,
            structure: None,
            hidden: Vec::new(),
            replaces: None,
            cause: None,
            replaced_by: None,
            state: PublicationState::Sent,
            since: now,
        }
    }

    pub(super) fn to(mut self, state: PublicationState, now: Timestamp) -> Self {
        (self.state, self.since) = (state, now);
        self
    }

    /// It was taken out of the DMP: nothing is masked where there is nothing (rule 9).
    pub(super) fn removed(self, now: Timestamp) -> Self {
        Self { hidden: Vec::new(), ..self.to(PublicationState::Removed, now) }
    }

    /// What the next version says; `None` as long as set and number of this one are not known.
    #[must_use]
    pub fn next_version(&self) -> Option<NextVersion> {
        let (set_id, version) = (self.set_id.clone()?, self.version?);
        Some(NextVersion { set_id, number: version.checked_add(1)?, replaces: self.unique_id.clone() })
    }
}

/// What the queue knows of a document that it sent.
impl From<&FeedItem> for Publication {
    fn from(item: &FeedItem) -> Self {
        let at = item.sent_at.unwrap_or(item.queued_at);
        let sent = Self {
            hash: item.hash.clone(),
            set_id: item.set_id.clone(),
            version: item.version,
            professional: item.professional.clone(),
            structure: Some(item.structure.clone()),
            hidden: item.hidden.clone(),
            replaces: item.replaces.clone(),
            ..Self::unknown(&item.patient, &item.unique_id, at)
        };
        if item.removed { sent.removed(at) } else { sent }
    }
}

impl fmt::Debug for Publication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publication")
            .field("version", &self.version)
            .field("hidden", &self.hidden)
            .field("state", &self.state)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}
