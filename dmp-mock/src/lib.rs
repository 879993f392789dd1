//! A DMP on a laptop that enforces the real rules and says no with the real codes.

mod admin;
mod admission;
pub mod clock;
mod dmp;
pub mod journal;
mod mock;
pub mod pki;
pub mod rules;
mod server;
mod services;
mod settings;
pub mod world;

pub use dmp::TrustError;
pub use mock::{MockBuilder, MockDmp, StartError};
pub use server::TlsError;
pub use settings::MockSwitches;
