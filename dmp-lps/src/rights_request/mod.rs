//! Rule 12 of F12 (EXI 10): what patients ask of the establishment about their data, until when it answers (GDPR art. 12),
//! and what it answered.

mod log;
mod sqlite;

pub use log::{
    DueRequest, NewRequest, RequestError, RequestId, RequestKind, RequestLog, RequestOutcome, RequestStore,
    RightsRequest,
};
pub(crate) use sqlite::TABLES;
