//! F12: a fed document is found to be wrong, or its patient wants it changed: replace it, or take it out of the DMP (EXI 09,
//! SC.DMP/CONF.03, M02, M11, M12). With it, what the software knows of each document it fed ([`PublicationLedger`]).
//!
//! A correction goes at once, under the eyes of the user who decided it, not through the [outbox](crate::outbox): a wrong
//! document does not wait for a delay. New versions that are produced in the course of care may go through the outbox
//! ([`NewFeed::replacing`](crate::outbox::NewFeed::replacing)); the ledger reads both.
//!
//! Records are those of normal access. In an emergency access documents are corrected by their transactions alone.
//!
//! Whatever is lost on the way, a document is replaced once: an attempt is written down before it is sent, and asked for by
//! its uniqueId (TD3.1b) before it is sent again.
//!
//! ```no_run
//! # async fn program(corrections: dmp_lps::correction::Corrections<dmp_lps::Database, dmp_lps::Database, dmp_lps::Database>,
//! #     ctx: dmp_lps::AccessContext, record: dmp_client::IndirectRecord, action: dmp_lps::UserAction)
//! #     -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::Confirmed;
//! use dmp_lps::acts::Deletion;
//! use dmp_lps::correction::CorrectionCause;
//!
//! // The new version names the one that it replaces in its header, with the same setId and the next number.
//! let corrected = dmp_client::Document::from_cda_file("corrected.xml").await?;
//! corrections.replace(&ctx, &record, CorrectionCause::ContentError, "2.25.1", corrected).await?;
//! // Or out of the DMP, with all its versions.
//! let confirmed = Confirmed::<Deletion>::by(action);
//! corrections.delete(&ctx, &record, CorrectionCause::PatientRequest, "2.25.2", confirmed).await?;
//! # Ok(())
//! # }
//! ```

mod cause;
mod delete;
mod error;
mod event;
mod flow;
mod guard;
mod ledger;
mod publication;
mod replace;
mod sqlite;
mod store;
mod wrong_patient;

pub use cause::{CorrectionCause, CorrectionSettings, LocalCopyFate, OppositionCorrection};
pub use delete::Removed;
pub use error::CorrectionError;
pub use event::CorrectionEvent;
pub use flow::Corrections;
pub use ledger::{Mark, PublicationLedger};
pub use publication::{NextVersion, Publication, PublicationState};
pub use replace::Replaced;
pub(crate) use sqlite::TABLES;
pub use store::CorrectionStore;
pub use wrong_patient::WrongPatient;
