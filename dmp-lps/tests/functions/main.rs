//! The functions of the SDK against the mock; each numbered test bears its id (`f12_t4` is T4 of F12), each scenario of the
//! acceptance book too (`s_13`).
//!
//! One program: they share what they stand on. What kills its own process has a program of its own beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod atna_export;
mod f01_consent;
mod f02_two_factor;
mod f03_opening;
mod f04_counter;
mod f05_document_search;
mod f06_import;
mod f07_refresh;
mod f08_visibility;
mod f08_worklist;
mod f09_outbox;
mod f09_rules;
mod f10_eligibility;
mod f11_history;
mod f12_correction;
mod f12_publications;
mod f13_transient;
mod f14_chain;
mod f14_extraction;
mod f14_traces;
mod f15_supervision;
mod f16_indicators;
mod f17_dossier;
mod f18_notice;
mod f19_web_ps;
mod f20_minors;
mod f21_bris_de_glace;
mod f22_centre15;
mod f24_display;
mod f25_value_sets;
mod f28_validation;
mod f29_poller;
mod f30_mdm;
mod f30_zfa;
mod f31_conformity;
mod f33_imaging;
mod f34_vaccination;
mod f35_dmn;
mod feed_store;
mod guards;
mod policy;
mod requirements;
#[path = "../support/mod.rs"]
mod support;
