//! Behaviour of the public API: golden messages, leniency, properties, hostile input, schemas.

mod examples;
mod hostile;
mod lenient;
mod messages;
mod properties;
mod sample;
mod schema;
mod strategies;
mod support;
