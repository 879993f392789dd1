//! The vaccinations of a patient, told by notes de vaccination or by the holder, and the history that lists them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use xds_model::{AvailabilityStatus, CodedValue};

use super::holder::own_lot;
use super::{Content, OwnDocument, PatientId, World};
use crate::issued::{Header, vaccination_history};

/// A vaccination. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vaccination {
    /// `substanceAdministration/id`, a UUID; the holder gives none.
    pub id: Option<String>,
    /// Day, `AAAAMMJJ`.
    pub date: String,
    /// CIS code of the vaccine.
    pub product: String,
    /// Its name.
    pub label: String,
    /// uniqueId of the note that tells of it; `None`: the holder does, and no professional has validated it yet.
    pub note: Option<String>,
}

impl Vaccination {
    /// Whether both are the same vaccine on the same day.
    #[must_use]
    pub fn same_act(&self, other: &Self) -> bool {
        self.date == other.date && self.product == other.product
    }
}

impl fmt::Debug for Vaccination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vaccination").field("by_holder", &self.note.is_none()).finish_non_exhaustive()
    }
}

/// What is known of one patient's vaccinations.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Vaccinations {
    given: Vec<Vaccination>,
    /// uniqueId of the document that lists them.
    history: Option<String>,
}

impl World {
    /// The vaccinations of a patient, in the order in which the DMP learnt of them.
    #[must_use]
    pub fn vaccinations(&self, patient: &PatientId) -> &[Vaccination] {
        self.vaccinations.get(patient).map(|known| known.given.as_slice()).unwrap_or_default()
    }

    /// Adds what new notes, or the holder, tell; what a professional says of a vaccination takes the place of what the
    /// holder said of it. Then the history follows, as after a replacement or a deletion of notes.
    pub(crate) fn settle_vaccinations(&mut self, patient: &PatientId, new: Vec<Vaccination>, now: Timestamp) {
        let mut known = self.vaccinations.remove(patient).unwrap_or_default();
        let before = known.given.clone();
        self.changes.vaccinations.insert(patient.clone());
        known.given.retain(|one| one.note.as_ref().is_none_or(|note| self.is_current(note)));
        for vaccination in new {
            known.given.retain(|one| one.note.is_some() || !one.same_act(&vaccination));
            known.given.push(vaccination);
        }
        if known.given != before {
            known.history = self.issue_history(patient, &known, now);
        }
        if !known.given.is_empty() || known.history.is_some() {
            self.vaccinations.insert(patient.clone(), known);
        }
    }

    fn is_current(&self, unique_id: &str) -> bool {
        let status = self.registry.last_version(unique_id).and_then(|stored| stored.entry.status.as_ref());
        matches!(status, Some(AvailabilityStatus::Approved | AvailabilityStatus::Archived))
    }

    /// The history document in force: a new one in place of the former, none when there is nothing to list.
    fn issue_history(&mut self, patient: &PatientId, known: &Vaccinations, now: Timestamp) -> Option<String> {
        let former = known.history.as_deref().and_then(|id| self.registry.last_version(id));
        let former = former.map(|stored| stored.entry.entry_uuid.clone());
        if known.given.is_empty() {
            let former = former?;
            self.registry.add_update(own_lot(patient, now), patient.clone());
            self.registry.change_status(&former, &AvailabilityStatus::Deleted);
            return None;
        }
        let unique_id = format!("2.25.{}", Uuid::new_v4().as_u128());
        let kind = CodedValue::new("11369-6", "Historique des vaccinations", "2.16.840.1.113883.6.1");
        let title = "Historique des vaccinations";
        let header = Header { unique_id: &unique_id, patient, kind: &kind, title, at: now, template: "" };
        let content = match vaccination_history(header, &known.given) {
            Ok(bytes) => Content::from_bytes(bytes),
            Err(error) => {
                tracing::error!(%error, "the vaccination history could not be written");
                return known.history.clone();
            }
        };
        let format = CodedValue::new("urn:asip:ci-sis:vac:2019", title, "1.2.250.1.213.1.1.4.2.282");
        let document = OwnDocument {
            unique_id: unique_id.clone(),
            kind,
            title: title.to_owned(),
            mime_type: "text/xml".to_owned(),
            format: Some(format),
            content,
        };
        self.deposit_own(patient, document, former.as_deref(), now);
        Some(unique_id)
    }
}
