//! F15: supervision of uses over the traces (RECO 01). Criteria are data, alerts are events, and a block stops further
//! consultation only where the establishment said so.
//!
//! Alerts name no patient: they bear the numbers of the traces that speak for them, which those who may can look up. What
//! is fed is kept for thirty days or the longest window; alerts and blocks stay for the review.
//!
//! Blocking never touches feeding, deletion, bris de glace and régulation.

mod alert;
mod criteria;
mod guard;
mod observation;
mod report;
mod rule;
mod seen;
mod sqlite;
mod store;
mod supervisor;
mod surroundings;

pub use alert::{Alert, AlertId, AlertState, Block, SupervisionEvent};
pub use guard::SupervisionGuard;
pub use observation::{Deed, Ending, Observation};
pub use report::ReviewReport;
pub use rule::{Response, Rule, RuleId, Threshold};
pub(crate) use sqlite::TABLES;
pub use store::{Raised, SupervisionStore, Verdict};
pub use supervisor::{SupervisionError, Supervisor};
pub use surroundings::{NothingKnown, Planning, Relation, Surroundings};
