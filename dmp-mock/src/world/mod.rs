//! The state of the mock.

pub mod seed;
