//! A DMP on a laptop that enforces the real rules and says no with the real codes.
//!
//! It listens on mutual TLS with a throwaway PKI of its own, verifies every assertion, keeps patients, authorisations
//! and documents, and refuses what the DMP refuses, in the order of its checks. What it reads, it reads from a socket:
//! it shares types with a client, never shortcuts.
//!
//! ```
//! use dmp_mock::MockDmp;
//! # async fn run() -> Result<(), dmp_mock::StartError> {
//! // Every INS has a DMP here, and codes outside the value sets only warn.
//! let mock = MockDmp::builder().open_world().lenient("X09").start().await?;
//! let (base, trust) = (mock.url(), mock.pki().root.certificate_pem());
//! let (tls, signing) = (&mock.pki().org_auth_cli, &mock.pki().org_sign);
//! // … requests …
//! for exchange in mock.journal().exchanges() {
//!     assert_eq!(exchange.refusal, None);
//! }
//! # let _ = (base, trust, tls, signing);
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
//! ```
//!
//! - [`world`] is the state: people, structures, authorisations, documents; [`world::seed`] is what it starts with;
//! - [`rules`] are pure functions over a world and a request, each refusal with a rule id;
//! - [`pki`] issues good certificates and, for tests, bad ones;
//! - [`faults`] are what goes wrong on demand: codes, HTTP, delays, cut connections, spoilt answers;
//! - [`journal`] says what was answered and why, without health data.
//!
//! Served: TD0.2, TD0.3, TD2.1, TD3.1 (FindDocuments, FindDocumentsByReferenceId, GetDocuments), TD3.2, TD3.3a to
//! TD3.3d. What the holder decides, and time, are driven in process or through the control port (docs/mock-control.md).

mod addresses;
mod admin;
mod admission;
mod builder;
pub mod clock;
mod dmp;
mod expectation;
pub mod faults;
mod issued;
pub mod journal;
mod mock;
mod pace;
pub mod pki;
mod pro_sante_connect;
pub mod rules;
mod searches;
mod server;
mod services;
mod settings;
mod snapshot;
mod state;
mod web;
pub mod world;

pub use addresses::WebAddresses;
pub use builder::{MockBuilder, StartError};
pub use dmp::TrustError;
pub use expectation::Expectation;
pub use mock::MockDmp;
pub use server::TlsError;
pub use settings::SettingsError;
pub use snapshot::Snapshot;
pub use state::StateError;
