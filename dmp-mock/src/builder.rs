//! What a mock is started with, and how it starts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dmp_protocol::rules::Strictness;
use dmp_protocol::switches::Switches;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::addresses::WebAddresses;
use crate::admin;
use crate::clock::Clock;
use crate::dmp::{Dmp, TrustError};
use crate::mock::MockDmp;
use crate::pki::{Pki, PkiError};
use crate::server::{self, Door, Doors, PublicListener, TlsError, TlsListener, TlsSetting, public_tls};
use crate::settings::{Settings, SettingsError};
use crate::state::StateError;
use crate::world::{World, WorldFileError};

/// Why a mock did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A rule, a switch or a table that cannot be had.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// An address could not be listened on.
    #[error("could not listen on {address}: {source}; choose another --listen address")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The throwaway PKI could not be made.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// TLS could not be configured.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The world file was refused.
    #[error(transparent)]
    World(#[from] WorldFileError),
    /// The state file was refused.
    #[error(transparent)]
    State(#[from] StateError),
    /// The runtime stopped while the mock was starting.
    #[error("the runtime stopped while the mock was starting")]
    Interrupted,
    /// The PKI could not be trusted.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

/// What to start.
#[derive(Debug)]
pub struct MockBuilder {
    listen: SocketAddr,
    server_names: Vec<String>,
    open_world: bool,
    asked: Vec<Asked>,
    switches: Switches,
    world: Start,
    state: Option<PathBuf>,
    idle: Duration,
}

/// One change of the settings, in the order asked.
#[derive(Debug)]
enum Asked {
    Rules(String, Strictness),
    Switch(String, String),
    ReadingMatrix(PathBuf),
    ValueSets(PathBuf),
}

impl Asked {
    fn apply(&self, settings: &mut Settings) -> Result<(), SettingsError> {
        match self {
            Asked::Rules(rules, strictness) => settings.apply(rules, *strictness),
            Asked::Switch(name, value) => Ok(settings.switches.set(name, value)?),
            Asked::ReadingMatrix(file) => settings.replace_matrix(file),
            Asked::ValueSets(folder) => settings.replace_value_sets(folder),
        }
    }
}

/// The world to start with.
#[derive(Debug)]
enum Start {
    World(Box<World>),
    File(PathBuf),
}

impl Start {
    fn read(self) -> Result<World, StartError> {
        match self {
            Start::World(world) => Ok(*world),
            Start::File(path) => Ok(World::from_file(&path)?),
        }
    }
}

/// How long the DMP lets a connection rest (unknown: this, configurable).
const IDLE_CUT: Duration = Duration::from_secs(60);

impl Default for MockBuilder {
    fn default() -> Self {
        MockBuilder {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            server_names: Vec::new(),
            open_world: false,
            asked: Vec::new(),
            switches: Switches::default(),
            world: Start::World(Box::new(World::seeded())),
            state: None,
            idle: IDLE_CUT,
        }
    }
}

impl MockBuilder {
    /// Address of the service port; default `127.0.0.1:0`. The control port is always on the loopback, port 0.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// A name or address, besides `localhost`, `127.0.0.1` and `::1`, in the server certificate.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_names.push(name.into());
        self
    }

    /// Every well-formed INS has an active DMP on which the caller is authorised; a wrong INS key or a production OID
    /// is a warning; the depositing structure counts as an author; authorship in AIR is by person or by structure.
    #[must_use]
    pub fn open_world(mut self) -> Self {
        self.open_world = true;
        self
    }

    /// Rules, separated by commas, that warn instead of refusing: `X09,V41`.
    #[must_use]
    pub fn lenient(mut self, rules: impl Into<String>) -> Self {
        self.asked.push(Asked::Rules(rules.into(), Strictness::Lenient));
        self
    }

    /// Rules, separated by commas, that refuse: among them those that only warn by default (`X14,CDA-XDS-005`).
    #[must_use]
    pub fn strict(mut self, rules: impl Into<String>) -> Self {
        self.asked.push(Asked::Rules(rules.into(), Strictness::Strict));
        self
    }

    /// Rules, separated by commas, that are not looked at.
    #[must_use]
    pub fn off(mut self, rules: impl Into<String>) -> Self {
        self.asked.push(Asked::Rules(rules.into(), Strictness::Off));
        self
    }

    /// One switch by its name, after [`Self::switches`]: `matrix_unknown` to `deny` ([`Switches::set`]).
    #[must_use]
    pub fn switch(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.asked.push(Asked::Switch(name.into(), value.into()));
        self
    }

    /// A reading matrix of the form of the embedded one (C-23), [`crate::rules::ReadingMatrix::from_file`].
    #[must_use]
    pub fn reading_matrix(mut self, file: impl Into<PathBuf>) -> Self {
        self.asked.push(Asked::ReadingMatrix(file.into()));
        self
    }

    /// A folder with another edition of the value sets: each of its files replaces the embedded one of that name
    /// ([`dmp_protocol::nomenclature::Nomenclatures::load`]).
    #[must_use]
    pub fn value_sets(mut self, folder: impl Into<PathBuf>) -> Self {
        self.asked.push(Asked::ValueSets(folder.into()));
        self
    }

    /// The choices where the texts are silent; [`Switches::server`] is what a server alone decides.
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = switches;
        self
    }

    /// A world instead of the seeded one.
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = Start::World(Box::new(world));
        self
    }

    /// The world of a file instead of the seeded one; read when the mock starts (see [`World::from_file`]).
    #[must_use]
    pub fn world_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.world = Start::File(path.into());
        self
    }

    /// Keeps the whole state in a file, so that nothing acknowledged is lost when the process dies; what the file holds
    /// takes the place of the world. Without it, the state is in memory.
    #[must_use]
    pub fn state(mut self, path: impl Into<PathBuf>) -> Self {
        self.state = Some(path.into());
        self
    }

    /// How long a connection may rest before it is cut; default 60 s.
    #[must_use]
    pub fn idle_cut(mut self, after: Duration) -> Self {
        self.idle = after;
        self
    }

    /// Makes the PKI and starts to listen.
    ///
    /// # Errors
    /// [`StartError`] says what could not be done.
    pub async fn start(self) -> Result<MockDmp, StartError> {
        let mut settings = Settings::new(self.open_world, self.switches)?;
        for asked in &self.asked {
            asked.apply(&mut settings)?;
        }
        let (tcp, address) = bind(self.listen).await?;
        // Whoever can reach the control port can change the world: it stays on this machine.
        let loopback = SocketAddr::new(loopback_of(address.ip()), 0);
        let (admin_tcp, admin_address) = bind(loopback).await?;
        let (public_tcp, public_address) = bind(loopback).await?;

        let other = SocketAddr::new(address.ip(), 0);
        let (psc, browser) = (bind(other).await?, bind(other).await?);
        let doors = Doors { pro_sante_connect: psc.1, browser: browser.1 };

        let MockBuilder { world, state, server_names, idle, .. } = self;
        let crl_base = format!("http://{admin_address}");
        // A dozen RSA signatures: off the runtime's threads.
        let prepared =
            tokio::task::spawn_blocking(move || prepare(settings, world, state.as_deref(), &crl_base, &server_names));
        let (dmp, tls) = prepared.await.map_err(|_| StartError::Interrupted)??;

        let mut running = Vec::new();
        let mut stop = || {
            let (sender, stop) = oneshot::channel();
            running.push(sender);
            stop
        };
        let without_certificate = public_tls(&dmp.pki)?;
        let browsers = Arc::new(TlsSetting::fixed(Arc::clone(&without_certificate)));
        for (door, (tcp, address), tls) in [
            (Door::Services, (tcp, address), &tls),
            (Door::ProSanteConnect, psc, &tls),
            (Door::Browser, browser, &browsers),
        ] {
            let listener = TlsListener::new(tcp, Arc::clone(tls), idle, Arc::clone(&dmp))
                .map_err(|source| StartError::Listen { address, source })?;
            tokio::spawn(server::run(listener, door, Arc::clone(&dmp), stop()));
        }
        let control = admin::router(Arc::clone(&dmp), WebAddresses::of(address, doors));
        tokio::spawn(server::run_control(admin_tcp, control, stop()));
        let site = PublicListener::new(public_tcp, without_certificate);
        tokio::spawn(server::run_public(site, Arc::clone(&dmp), stop()));
        Ok(MockDmp { dmp, tls, address, admin_address, public_address, doors, _running: running })
    }
}

fn prepare(
    settings: Settings,
    world: Start,
    state: Option<&Path>,
    crl_base: &str,
    server_names: &[String],
) -> Result<(Arc<Dmp>, Arc<TlsSetting>), StartError> {
    let now = Clock::default().now();
    let pki = Pki::create(crl_base, server_names, now)?;
    let tls = Arc::new(TlsSetting::new(&pki, now)?);
    let mut dmp = Dmp::new(settings, pki)?;
    match state {
        Some(file) => dmp.keep_in(file, || world.read())?,
        None => *dmp.world() = world.read()?,
    }
    Ok((Arc::new(dmp), tls))
}

/// The loopback of the same family.
pub(crate) fn loopback_of(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listening = async {
        let tcp = TcpListener::bind(address).await?;
        let address = tcp.local_addr()?;
        Ok((tcp, address))
    };
    listening.await.map_err(|source| StartError::Listen { address, source })
}
