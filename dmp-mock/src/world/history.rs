//! What the holder is told: who came, and the events that each access raises (access-rules.md §15, TRC-01, TRC-02).

use std::fmt;

use dmp_protocol::switches::VisibilityCalendar;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PatientId, World};
use crate::rules::calendar::Calendar;
use crate::rules::visibility::INVISIBLE_REPRESENTANTS;

/// Accesses kept for one record; the oldest are forgotten first.
const CAPACITY: usize = 10_000;

/// One transaction on a record, as Mon espace santé shows it. Holds nothing of the patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// When, on the mock's clock, UTC.
    pub at: Timestamp,
    /// NameID of the professional, or internal number.
    pub professional: String,
    /// Struct_IdNat.
    pub structure: String,
    /// `normal`, `bris_de_glace`, `centre_15`.
    pub mode: String,
    /// Connexion secrète: not shown to the representatives (MIN-05).
    pub secret: bool,
    /// What the user typed to open the record in bris de glace (EMG-06).
    #[serde(default)]
    pub reason: Option<String>,
    /// `TD3.1`.
    pub transaction: String,
    /// Functional-rights action, `search_metadata`, when the request was understood.
    pub action: Option<String>,
    /// uniqueIds of the documents fed, read or changed; none for a search.
    #[serde(default)]
    pub documents: Vec<String>,
    /// Rule that refused, when one did.
    pub refused_by: Option<String>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Who came, and why, is the holder's.
        f.debug_struct("Access")
            .field("at", &self.at)
            .field("mode", &self.mode)
            .field("transaction", &self.transaction)
            .field("action", &self.action)
            .field("refused_by", &self.refused_by)
            .finish_non_exhaustive()
    }
}

/// Why the holder is told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A search, a reading, a feeding or an update (TRC-02).
    Access,
    /// An emergency access; the médecin traitant is told too (EMG-06).
    EmergencyAccess,
    /// A document that the holder does not see yet, without title nor content (VIS-10).
    HiddenDocumentNotice,
}

/// What the holder is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When, UTC.
    pub at: Timestamp,
    /// Why.
    pub kind: EventKind,
    /// The access, when it is one.
    pub access: Option<Access>,
    /// NameID of the médecin traitant, when he is told too: of an emergency access (EMG-06).
    pub told_to: Option<String>,
}

impl World {
    /// TRC-01.
    pub(crate) fn record_access(&mut self, patient: &PatientId, access: Access) {
        let kept = self.history.entry(patient.clone()).or_default();
        if kept.len() == CAPACITY {
            kept.pop_front();
        }
        kept.push_back(access.clone());
        self.changes.access(patient, access);
    }

    /// An access that was kept, in its order.
    pub(super) fn restore_access(&mut self, patient: PatientId, access: Access) {
        let kept = self.history.entry(patient).or_default();
        if kept.len() == CAPACITY {
            kept.pop_front();
        }
        kept.push_back(access);
    }

    /// Accesses to a record, oldest first; a representative does not see those in connexion secrète (MIN-05).
    #[must_use]
    pub fn access_history(&self, patient: &PatientId, by_representative: bool) -> Vec<&Access> {
        let kept = self.history.get(patient).into_iter().flatten();
        kept.filter(|access| !(by_representative && access.secret)).collect()
    }

    /// What the holder has been told at `now`, oldest first; a representative is not told of accesses in connexion
    /// secrète (MIN-05), nor of a document that he will not see.
    #[must_use]
    pub fn notifications(
        &self,
        patient: &PatientId,
        by_representative: bool,
        now: Timestamp,
        calendar: VisibilityCalendar,
    ) -> Vec<Event> {
        let treating = self.patient(patient).and_then(|patient| patient.medecin_traitant.as_ref());
        let accesses = self.access_history(patient, by_representative).into_iter();
        let accesses = accesses.filter(|access| access.refused_by.is_none()).filter_map(|access| {
            let kind = if access.mode != "normal" {
                EventKind::EmergencyAccess
            } else if access.transaction.starts_with("TD2") || access.transaction.starts_with("TD3") {
                EventKind::Access
            } else {
                return None;
            };
            let told_to = treating.filter(|_| kind == EventKind::EmergencyAccess).cloned();
            Some(Event { at: access.at, kind, access: Some(access.clone()), told_to })
        });
        let hidden = self.registry.hidden().filter(|stored| {
            let secret = by_representative && stored.entry.has_confidentiality(INVISIBLE_REPRESENTANTS);
            stored.patient == *patient && !secret
        });
        let notices = hidden.filter_map(|stored| {
            let at = Calendar::of_deposit(calendar, stored.hidden_since?)?.notice_at;
            let event = Event { at, kind: EventKind::HiddenDocumentNotice, access: None, told_to: None };
            (at <= now).then_some(event)
        });
        let mut events: Vec<Event> = accesses.chain(notices).collect();
        events.sort_by_key(|event| event.at);
        events
    }
}
