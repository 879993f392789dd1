//! The running DMP, shared by every request.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use dmp_protocol::certificate::chain::{ChainError, RevocationList, Trust};
use dmp_protocol::certificate::{Certificate, CertificateError};
use jiff::{SignedDuration, Timestamp};

use crate::admission::SingleUse;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::pace::Pace;
use crate::pki::{Pki, PkiError};
use crate::pro_sante_connect::TokenDesk;
use crate::searches::Searches;
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use crate::state::{Batch, Keeper, StateError, StateFile};
use crate::web::WebState;
use crate::world::World;

/// Why the trust of the mock in its own PKI could not be built.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A list could not be issued.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// A certificate could not be read back.
    #[error("the throwaway PKI issued a certificate that cannot be read: {0}")]
    Certificate(#[from] CertificateError),
    /// A revocation list could not be read back.
    #[error("the throwaway PKI issued a revocation list that cannot be read: {0}")]
    RevocationList(#[from] ChainError),
}

/// Whom the mock trusts, with revocation lists as of a time.
struct Trusted {
    trust: Arc<Trust>,
    as_of: Timestamp,
}

/// Revocation lists are issued again after this time, well before they expire.
const REVOCATION_REFRESH: SignedDuration = SignedDuration::from_hours(24);

pub(crate) struct Dmp {
    settings: RwLock<Arc<Settings>>,
    pub(crate) clock: Clock,
    pub(crate) pki: Pki,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    pub(crate) single_use: SingleUse,
    pub(crate) searches: Searches,
    pub(crate) pace: Pace,
    pub(crate) tokens: TokenDesk,
    pub(crate) web: WebState,
    trust: RwLock<Trusted>,
    world: Mutex<World>,
    snapshots: Mutex<Vec<Snapshot>>,
    /// Writer of the state file, if there is one.
    keeper: Option<Keeper>,
}

impl Dmp {
    /// With an empty world.
    pub(crate) fn new(settings: Settings, pki: Pki) -> Result<Self, TrustError> {
        let clock = Clock::default();
        let trust = RwLock::new(Trusted::new(&pki, clock.now())?);
        Ok(Dmp {
            settings: RwLock::new(Arc::new(settings)),
            clock,
            pki,
            journal: Journal::default(),
            faults: Faults::default(),
            single_use: SingleUse::default(),
            searches: Searches::default(),
            pace: Pace::default(),
            tokens: TokenDesk::default(),
            web: WebState::default(),
            trust,
            world: Mutex::default(),
            snapshots: Mutex::default(),
            keeper: None,
        })
    }

    /// How the mock behaves; a request keeps what it got until its end.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes how the mock behaves, for the next requests; nothing when the change is refused.
    pub(crate) fn change_settings<E>(&self, change: impl FnOnce(&mut Settings) -> Result<(), E>) -> Result<(), E> {
        let mut current = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Settings::clone(&current);
        change(&mut changed)?;
        *current = Arc::new(changed);
        Ok(())
    }

    /// The world, for the time of one request. No rule holds it across anything that waits.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the state in a file from now on: takes what the file holds, else writes that world.
    pub(crate) fn keep_in<E: From<StateError>>(
        &mut self,
        path: &Path,
        world: impl FnOnce() -> Result<World, E>,
    ) -> Result<(), E> {
        let (file, filled) = StateFile::open(path)?;
        if filled {
            let whole = file.read()?;
            *self.world() = whole.world;
            self.clock.set_offset(whole.clock_offset);
            self.single_use.restore(whole.used);
            let _ = self.single_use.take_unsaved();
            self.world().track_further_changes();
        } else {
            *self.world() = world()?;
            self.world().track_changes();
        }
        self.keeper = Some(Keeper::new(file));
        Ok(self.commit()?)
    }

    /// Returns when everything that happened until now is on the disk: nothing is acknowledged before. Blocks; does
    /// nothing without state file.
    pub(crate) fn commit(&self) -> Result<(), StateError> {
        let Some(keeper) = &self.keeper else { return Ok(()) };
        let number = {
            let mut world = self.world();
            let saved = match world.take_changes() {
                Ok(saved) => saved,
                Err(error) => {
                    keeper.stop(error.to_string());
                    return Err(StateError::Stopped(error.to_string()));
                }
            };
            let used = if saved.everything { self.single_use.all() } else { self.single_use.take_unsaved() };
            keeper.give(Batch { saved, used, ..Batch::default() }, self.clock.offset())
        };
        keeper.wait(number)
    }

    /// Lets the state file go; nothing is acknowledged any more.
    pub(crate) fn close_state(&self) {
        if let Some(keeper) = &self.keeper {
            keeper.close();
        }
    }

    /// The whole state, documents shared.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot { world: self.world().clone(), now: self.clock.now(), used: self.single_use.all() }
    }

    /// Goes back to a state, and to its time.
    pub(crate) fn restore(&self, snapshot: &Snapshot) {
        let mut world = self.world();
        *world = snapshot.world.clone();
        if self.keeper.is_some() {
            world.track_changes();
        }
        self.clock.set(snapshot.now);
        self.single_use.restore(snapshot.used.clone());
    }

    /// Keeps a snapshot and gives its number.
    pub(crate) fn keep_snapshot(&self) -> usize {
        let snapshot = self.snapshot();
        let mut kept = self.snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(snapshot);
        kept.len()
    }

    /// Restores a snapshot that was kept; `false` when there is none of that number.
    pub(crate) fn restore_kept(&self, number: usize) -> bool {
        let kept = self.snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = number.checked_sub(1).and_then(|index| kept.get(index)).cloned();
        drop(kept);
        snapshot.inspect(|snapshot| self.restore(snapshot)).is_some()
    }

    /// Whom signatures are trusted from, at that time.
    pub(crate) fn trust(&self, now: Timestamp) -> Arc<Trust> {
        {
            let trusted = self.trust.read().unwrap_or_else(PoisonError::into_inner);
            if now.duration_since(trusted.as_of).abs() < REVOCATION_REFRESH {
                return Arc::clone(&trusted.trust);
            }
        }
        if let Err(error) = self.refresh_trust(now) {
            tracing::error!(%error, "revocation lists could not be issued again");
        }
        Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner).trust)
    }

    /// Takes new revocation lists into account.
    pub(crate) fn refresh_trust(&self, now: Timestamp) -> Result<(), TrustError> {
        let fresh = Trusted::new(&self.pki, now)?;
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

impl Trusted {
    fn new(pki: &Pki, now: Timestamp) -> Result<Self, TrustError> {
        Ok(Trusted { trust: Arc::new(trust(pki, now)?), as_of: now })
    }
}

fn trust(pki: &Pki, now: Timestamp) -> Result<Trust, TrustError> {
    let read = |authority: &crate::pki::Authority| Certificate::from_der(authority.certificate_der());
    Ok(Trust {
        anchors: vec![read(&pki.root)?],
        intermediates: vec![read(&pki.organisations)?, read(&pki.personnes)?],
        revocation_lists: pki.crls(now)?.iter().map(|list| RevocationList::from_der(list)).collect::<Result<_, _>>()?,
    })
}
