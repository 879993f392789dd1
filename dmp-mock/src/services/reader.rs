//! Which documents a caller may find and read, one by one (access-rules.md §4, step 10).

use xds_model::AvailabilityStatus;

use super::Call;
use crate::rules::author::owns;
use crate::rules::{Action, ActorClass, Cell, Hearing, functional, visibility};
use crate::world::{Patient, StoredEntry};

/// A caller in front of the documents of one patient.
pub(super) struct Reader<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) class: ActorClass,
    pub(super) patient: &'a Patient,
    /// The search only asks for the reference of a known document.
    pub(super) reference_only: bool,
    /// Cell of the search action.
    pub(super) search_cell: Cell,
}

impl Reader<'_> {
    /// Whether a search shows the document; what it hides is counted by rule.
    pub(super) fn may_find(&self, stored: &StoredEntry, hearing: &mut Hearing<'_>) -> bool {
        let owned = self.owns(stored);
        // OWN-10: a structure finds the references of its own documents.
        if self.reference_only && self.search_cell == Cell::ReferenceOnly && !owned {
            hearing.filter("OWN-10");
            return false;
        }
        match self.check_mask(stored, owned) {
            Ok(()) => true,
            Err(rule) => {
                hearing.filter(rule);
                false
            }
        }
    }

    /// Whether the bytes may be read: one right for each state of the document, all must pass.
    ///
    /// # Errors
    /// The rule that hides it.
    pub(super) fn check_read(&self, stored: &StoredEntry) -> Result<(), &'static str> {
        let entry = &stored.entry;
        let state = match entry.status {
            Some(AvailabilityStatus::Archived) => Some(Action::ReadArchived),
            Some(AvailabilityStatus::Deprecated) => Some(Action::ReadObsolete),
            Some(AvailabilityStatus::Deleted) => return Err("LIF-06"),
            _ => None,
        };
        let invisible = entry.has_confidentiality(visibility::INVISIBLE_PATIENT)
            || entry.has_confidentiality(visibility::INVISIBLE_REPRESENTANTS);
        let actions = [state, invisible.then_some(Action::ReadInvisible)];
        if actions.into_iter().flatten().any(|action| self.cell(action) == Cell::No) {
            return Err("FUN-01");
        }
        self.check_mask(stored, self.owns(stored))
    }

    /// OWN-03.
    pub(super) fn owns(&self, stored: &StoredEntry) -> bool {
        owns(&self.call.admitted.caller, self.class, stored, &self.call.dmp.settings.switches.server)
    }

    /// VIS-01 to VIS-03.
    pub(super) fn check_mask(&self, stored: &StoredEntry, owned: bool) -> Result<(), &'static str> {
        let purpose = self.call.admitted.caller.purpose;
        let cell = self.cell(Action::ReadMasked);
        visibility::check_readable(&stored.entry, cell, self.class, purpose, owned, self.patient)
    }

    fn cell(&self, action: Action) -> Cell {
        let caller = &self.call.admitted.caller;
        functional::cell(action, self.class, caller.purpose, caller.mode)
    }
}
