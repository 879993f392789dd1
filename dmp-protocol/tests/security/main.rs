//! Certificates, VIHF and XAdES through the public API: what is accepted, what is refused and under which rule.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail the test where they stand"
)]

mod certificates;
mod support;
mod vihf_attacks;
mod vihf_emit;
mod vihf_refusals;
mod web_ps;
mod xades;
mod xmlsec;
