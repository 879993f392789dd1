//! TD3.1: what is found, by whom, in which mode.

mod criteria;
mod everything;
mod formerly;
mod references;
mod reimbursements;
mod submissions;
