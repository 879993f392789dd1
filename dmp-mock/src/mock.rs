//! A mock that runs.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use dmp_protocol::rules::Strictness;
use dmp_protocol::transaction::Transaction;
use rustls_pki_types::CertificateDer;
use tokio::sync::oneshot;

use crate::builder::{MockBuilder, StartError};
use crate::clock::Clock;
use crate::dmp::Dmp;
use crate::expectation::Expectation;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::pki::Pki;
use crate::server::{Doors, TlsSetting};
use crate::settings::SettingsError;
use crate::snapshot::Snapshot;
use crate::state::StateError;
use crate::world::holder::{HolderAction, HolderError};
use crate::world::{Event, PatientId, World};

/// A running DMP. It stops when this value is dropped.
///
/// ```
/// # async fn run() -> Result<(), dmp_mock::StartError> {
/// let mock = dmp_mock::MockDmp::start().await?;
/// assert!(mock.url().starts_with("https://127.0.0.1:"));
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
/// ```
pub struct MockDmp {
    pub(crate) dmp: Arc<Dmp>,
    pub(crate) tls: Arc<TlsSetting>,
    pub(crate) address: SocketAddr,
    pub(crate) admin_address: SocketAddr,
    pub(crate) public_address: SocketAddr,
    pub(crate) doors: Doors,
    /// Dropping them stops the servers.
    pub(crate) _running: Vec<oneshot::Sender<()>>,
}

impl std::fmt::Debug for MockDmp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockDmp").field("url", &self.url()).field("admin", &self.admin_url()).finish_non_exhaustive()
    }
}

impl Drop for MockDmp {
    fn drop(&mut self) {
        // Connections may outlive this value for a moment; the file does not wait for them.
        self.dmp.close_state();
    }
}

impl MockDmp {
    /// A mock with the seeded world, strict rules, its own PKI, on a free port of the loopback.
    ///
    /// # Errors
    /// [`StartError`] says what could not be done.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// What to change before starting.
    #[must_use]
    pub fn builder() -> MockBuilder {
        MockBuilder::default()
    }

    /// The throwaway PKI: what to trust, and identities to connect and sign with.
    #[must_use]
    pub fn pki(&self) -> &Pki {
        &self.dmp.pki
    }

    /// The clock of the mock, which a test may move.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.dmp.clock
    }

    /// What was answered, and why.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.dmp.journal
    }

    /// Expects that transaction from now on; checked when the value is dropped.
    ///
    /// ```
    /// # use dmp_mock::MockDmp;
    /// # use dmp_protocol::transaction::Transaction;
    /// # async fn run() -> Result<(), dmp_mock::StartError> {
    /// let mock = MockDmp::start().await?;
    /// let feeding = mock.expect(Transaction::Submit).times(1);
    /// // … what the software under test does …
    /// assert!(feeding.check().unwrap_err().starts_with("expected 1 TD2.1, found 0"));
    /// # std::mem::forget(feeding);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
    /// ```
    pub fn expect(&self, transaction: Transaction) -> Expectation {
        Expectation::new(Arc::clone(&self.dmp), transaction)
    }

    /// What goes wrong on demand.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.dmp.faults
    }

    /// Sets a switch by its name, for the next requests: `rights_carrier` to `service`.
    ///
    /// # Errors
    /// [`SettingsError::Switch`]: no switch of that name, or no such value; nothing is changed then.
    pub fn set_switch(&self, name: &str, value: &str) -> Result<(), SettingsError> {
        self.dmp.change_settings(|settings| Ok(settings.switches.set(name, value)?))
    }

    /// Sets how strictly the rules of a list, separated by commas, are applied to the next requests.
    ///
    /// # Errors
    /// [`SettingsError`]: an item is no rule; nothing is changed then.
    pub fn set_rules(&self, rules: &str, strictness: Strictness) -> Result<(), SettingsError> {
        self.dmp.change_settings(|settings| settings.apply(rules, strictness))
    }

    /// Looks at the world, or changes it, between two requests.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let looked = look(&mut self.dmp.world());
        self.keep();
        looked
    }

    /// The number that the world file calls so: `P-RICH` of `testdata/worlds/acceptance.toml`.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Option<PatientId> {
        self.dmp.world().labelled(label).cloned()
    }

    /// Records a decision of the holder of that record, as in Mon espace santé.
    ///
    /// # Errors
    /// [`HolderError`] when there is no such open record or document.
    pub fn decide(&self, patient: &PatientId, action: HolderAction) -> Result<(), HolderError> {
        let decided = self.dmp.world().decide(patient, action, self.dmp.clock.now());
        self.keep();
        decided
    }

    /// What the holder has been told until now.
    #[must_use]
    pub fn notifications(&self, patient: &PatientId) -> Vec<Event> {
        let calendar = self.dmp.settings().switches.server.visibility_calendar;
        let now = self.dmp.clock.now();
        let mut world = self.dmp.world();
        world.reveal_what_is_due(now, calendar);
        let told = world.notifications(patient, false, now, calendar);
        drop(world);
        self.keep();
        told
    }

    /// The whole state: world, clock, memory of used assertions. The journal goes on.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.dmp.snapshot()
    }

    /// Goes back to a state of this mock or of another.
    pub fn restore(&self, snapshot: &Snapshot) {
        self.dmp.restore(snapshot);
        self.keep();
    }

    /// Writes the whole state to one file (see [`Snapshot::save_to`]).
    ///
    /// # Errors
    /// [`StateError`] when it cannot be written.
    pub fn save_to(&self, path: impl AsRef<Path>) -> Result<(), StateError> {
        self.snapshot().save_to(path)
    }

    /// Goes back to the state of a file (see [`Snapshot::load_from`]).
    ///
    /// # Errors
    /// [`StateError`]; nothing is changed then.
    pub fn load_from(&self, path: impl AsRef<Path>) -> Result<(), StateError> {
        self.restore(&Snapshot::load_from(path)?);
        Ok(())
    }

    /// What a test does is kept as what a client does, but for the clock, which is kept with the next change.
    fn keep(&self) {
        if let Err(error) = self.dmp.commit() {
            tracing::error!(%error, "a change made in process is not kept");
        }
    }

    /// Revokes a certificate of the ORGANISATIONS authority, for the next handshakes and signatures.
    ///
    /// # Errors
    /// When `certificate` is not a certificate, or the new list cannot be signed.
    pub fn revoke(&self, certificate: &CertificateDer<'_>) -> Result<(), StartError> {
        let now = self.dmp.clock.now();
        self.dmp.pki.revoke(certificate, now)?;
        self.tls.refresh(&self.dmp.pki, now)?;
        Ok(self.dmp.refresh_trust(now)?)
    }
}
