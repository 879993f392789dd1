//! F31: what the SDK does of the requirements, what the vendor and the organisation must do, and the proofs.
//!
//! [`ConformityReport`] has one row for each identifier of the texts; `docs/requirements.md` is made from it.
//! [`EvidenceRecorder`] keeps the messages of one scenario as a certification asks for them, [`export()`] writes the stores
//! of the SDK in a documented format (PORT/va1.01, DMN requirement 77).

mod evidence;
mod export;
mod functions;
mod redaction;
mod report;
mod requirement;

pub use evidence::{Evidence, EvidenceError, EvidenceRecorder, RecordedMessage};
pub use export::{ExportError, Exported, KEPT_OUT_OF_EXPORT, KeptOutOfExport, TABLES_OF_EXPORT, TableOfExport, export};
pub use functions::DmpFunction;
pub use report::ConformityReport;
pub use requirement::{Requirement, Status, requirements};
