//! A DMP on a laptop that enforces the real rules and says no with the real codes.

pub mod clock;
pub mod journal;
pub mod pki;
pub mod rules;
mod server;
pub mod world;
