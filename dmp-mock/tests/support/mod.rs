//! A small client on bare TLS and HTTP, so that what the SDK's types forbid can be sent too.
#![allow(dead_code, unreachable_pub, reason = "shared by test binaries, each of which uses its part")]

pub mod connection;
pub mod control;
pub mod lot;
pub mod sender;

#[allow(unused_imports, reason = "each test binary uses its part")]
pub use connection::{Connection, HttpAnswer, tls_client};
pub use sender::Sender;
