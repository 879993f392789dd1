//! A DMP on a laptop that enforces the real rules and says no with the real codes.

pub mod pki;
pub mod world;
