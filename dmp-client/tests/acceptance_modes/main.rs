//! Scenarios of the acceptance book about who comes, how, and why: named after their ids.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod card;
mod emergency;
mod people;
mod secret;
mod structures;
#[path = "../support/mod.rs"]
mod support;
