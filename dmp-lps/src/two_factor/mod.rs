//! F02: no request of AIR without two factors, a named professional who knows it, and a structure that may
//! (EXI 21, 24, 25, `EX_AIR-010` to `-085`; SC.DMP/AIRS.06).
//!
//! [`TwoFactorGate::session`] is the door to AIR: it makes the session of `dmp-client` from the evidence of a login, and
//! looks at the evidence again for each assertion, of each try, redirect and reconnect (rule 9).
//!
//! ```no_run
//! # async fn program(client: dmp_client::DmpClient, settings: dmp_lps::two_factor::AirSettings,
//! #     ctx: dmp_lps::AccessContext, evidence: dmp_lps::two_factor::PrimaryAuthEvidence,
//! #     professional: dmp_client::Professional) -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::two_factor::TwoFactorGate;
//! use dmp_lps::{Database, SystemClock};
//!
//! let gate = TwoFactorGate::new(client, settings, Database::open("lps.sqlite")?, SystemClock);
//! // The professional has read that their RPPS is sent, and accepted (EXI 25): once, until the text changes.
//! gate.acknowledge(professional.id()).await?;
//! let session = gate.session(&ctx, &evidence, professional).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A permit serves one request: it is taken by the one that uses it.
//!
//! ```compile_fail,E0382
//! use dmp_lps::two_factor::{AirPermit, AirRefusal};
//!
//! fn twice(permit: AirPermit, now: jiff::Timestamp) -> Result<(), AirRefusal> {
//!     permit.spend(now)?;
//!     permit.spend(now)
//! }
//! ```
//! ```compile_fail,E0599
//! fn copied(permit: dmp_lps::two_factor::AirPermit) -> [dmp_lps::two_factor::AirPermit; 2] {
//!     [permit.clone(), permit]
//! }
//! ```

mod automation;
mod awareness;
mod call;
mod door;
mod evidence;
mod gate;
mod permit;
mod refusal;
mod settings;

pub use automation::{AutomatedSession, ReadableBy};
pub(crate) use awareness::TABLES;
pub use awareness::{AwarenessStore, PsAwareness};
pub use call::AirCall;
pub use evidence::{Factor, FactorKind, LoginPlace, PrimaryAuthEvidence};
pub use gate::TwoFactorGate;
pub use permit::AirPermit;
pub use refusal::AirRefusal;
pub use settings::{AirAutomation, AirMode, AirSettings};
