//! What the register of stances says of an episode, whichever team and system wrote it.

use std::collections::{BTreeMap, HashMap};

use crate::consent::{Stance, StanceLedger, StanceRecord};
use crate::context::{EpisodeId, PatientKey};
use crate::store::StoreError;

/// What is known of a patient's will in an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Informed {
    /// Nobody informed the patient, or nobody wrote it down.
    No,
    /// Informed, and opposed to nothing.
    NotOpposed,
    /// Informed, and opposed to consultation, feeding or both (project default).
    Opposed,
}

/// Reads each patient once.
pub(super) struct Stances<'a, L> {
    ledger: &'a L,
    read: HashMap<PatientKey, Vec<StanceRecord>>,
}

impl<'a, L: StanceLedger> Stances<'a, L> {
    pub(super) fn of(ledger: &'a L) -> Self {
        Self { ledger, read: HashMap::new() }
    }

    pub(super) async fn informed(&mut self, patient: &PatientKey, episode: &EpisodeId) -> Result<Informed, StoreError> {
        if !self.read.contains_key(patient) {
            self.read.insert(patient.clone(), self.ledger.history(patient.clone()).await?);
        }
        let records = self.read.get(patient).into_iter().flatten();
        // The last record of each team and question; history is oldest first.
        let mut last = BTreeMap::new();
        for record in records.filter(|record| record.key.episode == *episode) {
            last.insert((record.key.team.clone(), record.key.scope.as_kept()), record.stance);
        }
        Ok(match () {
            () if last.values().any(|stance| *stance == Stance::InformedOpposed) => Informed::Opposed,
            () if last.values().any(|stance| *stance == Stance::InformedNotOpposed) => Informed::NotOpposed,
            () => Informed::No,
        })
    }
}
