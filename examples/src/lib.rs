//! Reference integrations, each a small program that runs against `dmp-mock`.

pub mod bare;
pub mod load;
pub mod tour;
