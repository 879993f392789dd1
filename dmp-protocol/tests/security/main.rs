//! Certificates, VIHF and XAdES through the public API: what is accepted, what is refused and under which rule.

mod certificates;
mod support;
mod vihf_attacks;
mod vihf_emit;
mod vihf_refusals;
mod xades;
mod xmlsec;
