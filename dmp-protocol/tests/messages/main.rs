//! Envelopes, framing, patient and rights messages, errors: behaviour at the edges, golden bytes, examples, properties.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot prepare its message must stop")]

mod administrative_data;
mod error;
mod error_text;
mod golden;
mod hostile;
mod lists;
mod mtom;
mod mtom_examples;
mod mtom_property;
mod patient;
mod patient_reading;
mod patient_search;
mod registration;
mod rights;
mod soap;
mod soap_fault;
mod support;
