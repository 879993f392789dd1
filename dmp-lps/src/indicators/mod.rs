//! F16: the 26 indicators of SC.STAT/ES.01, by FINESS géographique, document type and month, as CSV.
//!
//! What is about the DMP is counted from the stores of the SDK: the queue (A1 to A4), the traces (C1 to C4), the register
//! of stances (N1 to N4). Stays, consultations, users and what goes by MSSanté come from the software, by
//! [`ActivitySource`].
//!
//! A store does not know where an episode takes place: the software says it. What no episode places is counted in
//! [`IndicatorReport::unplaced`], never dropped in silence.

mod activity;
mod compute;
mod counting;
mod history;
mod indicator;
mod period;
mod report;
mod stances;
mod tally;
mod traced;

pub use activity::{
    Activity, ActivityError, ActivitySource, Consultation, Correspondent, Integrated, Integration, Message, Recipient,
    Stay, User,
};
pub use compute::{IndicatorError, Indicators};
pub use history::{Access, AccessHistory, Accessed, Feeding, FeedingHistory};
pub use indicator::{DocumentKind, Indicator, IndicatorSettings, Measure};
pub use period::{Month, Period};
pub use report::{IndicatorLine, IndicatorReport};
pub use traced::TracedAccesses;
