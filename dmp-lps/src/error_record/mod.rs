//! Rule 6 of F12 (EXI 09): what happened to a document of the DMP that was wrong, who was told, and what was decided; with
//! the reminder of the 72 hours in which the CNIL is told of a breach (GDPR art. 33), and the export for the register.

mod record;
mod register;
mod sqlite;

pub use record::{BreachAssessment, DoneAction, ErrorAction, ErrorRecord, ErrorRecordId, NewError, Told};
pub use register::{ErrorRegister, ErrorStore, RegisterError, Reminder};
pub(crate) use sqlite::TABLES;
