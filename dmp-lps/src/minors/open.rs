//! Which connexions secrètes are open, in memory only: none outlives the software, or the visit it was asked for.

use std::sync::{Arc, Mutex, PoisonError};

use dmp_client::Subject;
use dmp_vocabulary::identity::BirthDate;

use super::{ActId, SecretScope};
use crate::context::{EpisodeId, InternalUserId};

/// Shared by the sessions and the guard.
#[derive(Clone, Default)]
pub(super) struct OpenOnes(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    opened: u64,
    open: Vec<OpenOne>,
}

#[derive(Clone)]
pub(super) struct OpenOne {
    pub(super) number: u64,
    pub(super) user: InternalUserId,
    pub(super) patient: Subject,
    pub(super) birth: BirthDate,
    pub(super) scope: SecretScope,
}

impl OpenOnes {
    /// Adds one, in place of any other of the same user on the same patient; its number.
    pub(super) fn add(&self, user: &InternalUserId, patient: &Subject, birth: BirthDate, scope: SecretScope) -> u64 {
        self.with(|state| {
            state.open.retain(|one| one.user != *user || one.patient != *patient);
            state.opened += 1;
            let number = state.opened;
            state.open.push(OpenOne { number, user: user.clone(), patient: patient.clone(), birth, scope });
            number
        })
    }

    pub(super) fn of(&self, user: &InternalUserId, patient: &Subject) -> Option<OpenOne> {
        self.with(|state| state.open.iter().find(|one| one.user == *user && one.patient == *patient).cloned())
    }

    pub(super) fn is_open(&self, number: u64) -> bool {
        self.with(|state| state.open.iter().any(|one| one.number == number))
    }

    pub(super) fn close(&self, number: u64) {
        self.with(|state| state.open.retain(|one| one.number != number));
    }

    pub(super) fn close_episode(&self, episode: &EpisodeId) {
        self.with(|state| state.open.retain(|one| one.scope != SecretScope::Stay(episode.clone())));
    }

    pub(super) fn close_act(&self, act: &ActId) {
        self.with(|state| state.open.retain(|one| one.scope != SecretScope::Act(act.clone())));
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
