//! Reference integrations, each a small program that runs against `dmp-mock`.

pub mod bare;
pub mod clinic;
pub mod fictional_lps;
pub mod letter;
pub mod load;
pub mod tour;
