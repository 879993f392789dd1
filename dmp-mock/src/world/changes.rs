//! What changed in the world since it was last kept (see `state`).

use std::collections::{BTreeMap, BTreeSet};

use super::{Access, PatientId};

/// Marks of what must be kept again. Sets of names stay as small as the world; accesses are listed only when somebody
/// keeps them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    /// Whether somebody takes the changes.
    pub(super) tracked: bool,
    /// Whether nothing of this world was kept yet: it was just loaded from a file, or restored.
    pub(super) everything: bool,
    pub(super) patients: BTreeSet<PatientId>,
    pub(super) vaccinations: BTreeSet<PatientId>,
    /// Professionals, structures, white list, labels.
    pub(super) directory: bool,
    /// Accesses with their rank in the history of their patient.
    pub(super) accesses: Vec<(PatientId, u64, Access)>,
    /// Accesses that each patient ever had.
    pub(super) access_count: BTreeMap<PatientId, u64>,
}

impl Changes {
    pub(super) fn access(&mut self, patient: &PatientId, access: Access) {
        let count = self.access_count.entry(patient.clone()).or_default();
        if self.tracked {
            self.accesses.push((patient.clone(), *count, access));
        }
        *count += 1;
    }
}
