//! What the holder is told: who came, and the events that each access raises (access-rules.md §15, TRC-01, TRC-02).

use dmp_protocol::switches::VisibilityCalendar;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PatientId, World};
use crate::rules::calendar::Calendar;

/// Accesses kept for one record; the oldest are forgotten first.
const CAPACITY: usize = 10_000;

/// One transaction on a record, as Mon espace santé shows it. Holds nothing of the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// `TD3.1`.
    pub transaction: String,
    /// Functional-rights action, `search_metadata`, when the request was understood.
    pub action: Option<String>,
    /// Rule that refused, when one did.
    pub refused_by: Option<String>,
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
}

impl World {
    /// TRC-01.
    pub(crate) fn record_access(&mut self, patient: &PatientId, access: Access) {
        let kept = self.history.entry(patient.clone()).or_default();
        if kept.len() == CAPACITY {
            kept.remove(0);
        }
        kept.push(access.clone());
        self.changes.access(patient, access);
    }

    /// An access that was kept, in its order.
    pub(super) fn restore_access(&mut self, patient: PatientId, access: Access) {
        let kept = self.history.entry(patient).or_default();
        if kept.len() == CAPACITY {
            kept.remove(0);
        }
        kept.push(access);
    }

    /// Accesses to a record, oldest first; a representative does not see those in connexion secrète (MIN-05).
    #[must_use]
    pub fn access_history(&self, patient: &PatientId, by_representative: bool) -> Vec<&Access> {
        let kept = self.history.get(patient).into_iter().flatten();
        kept.filter(|access| !(by_representative && access.secret)).collect()
    }

    /// What the holder has been told at `now`, oldest first.
    #[must_use]
    pub fn notifications(&self, patient: &PatientId, now: Timestamp, calendar: VisibilityCalendar) -> Vec<Event> {
        let accesses = self.history.get(patient).into_iter().flatten().filter(|access| access.refused_by.is_none());
        let accesses = accesses.filter_map(|access| {
            let kind = if access.mode != "normal" {
                EventKind::EmergencyAccess
            } else if access.transaction.starts_with("TD2") || access.transaction.starts_with("TD3") {
                EventKind::Access
            } else {
                return None;
            };
            Some(Event { at: access.at, kind, access: Some(access.clone()) })
        });
        let hidden = self.registry.hidden().filter(|stored| stored.patient == *patient);
        let notices = hidden.filter_map(|stored| {
            let at = Calendar::of_deposit(calendar, stored.hidden_since?)?.notice_at;
            (at <= now).then_some(Event { at, kind: EventKind::HiddenDocumentNotice, access: None })
        });
        let mut events: Vec<Event> = accesses.chain(notices).collect();
        events.sort_by_key(|event| event.at);
        events
    }
}
