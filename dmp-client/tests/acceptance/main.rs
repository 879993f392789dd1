//! Scenarios of the acceptance book against the mock, each test named after the ids it executes: `a_3_1_090_…` is
//! scenario 3.1-090, `e2_03_…` is E2-03. `coverage` holds the list complete.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "../../../dmp-mock/tests/support/mod.rs"]
mod bare;
mod consultation;
mod coverage;
mod documents;
mod errors;
mod errors_patient;
mod existence;
mod feeding;
mod modes;
mod past;
mod patient;
mod regulation;
mod rights;
mod scene;
mod search;
#[path = "../support/mod.rs"]
mod support;
mod transport;
mod update;
mod vihf;
mod web;
