//! Behaviour of the public API: golden messages, leniency, properties, hostile input, schemas.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, outside #[test] functions"
)]

mod examples;
mod hostile;
mod lenient;
mod messages;
mod odd_values;
mod properties;
mod queries;
mod sample;
mod schema;
mod stored_queries;
mod strategies;
mod support;
mod wire_values;
