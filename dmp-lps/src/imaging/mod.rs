//! F33: imaging in the DMP. Images never go there: a report does, with a reference of its images (KOS) and, if wished, the
//! order that it answers, in one lot, held together by their identifiers (`EX_3.1-2000`).
//!
//! ```no_run
//! # async fn program(record: dmp_client::DirectRecord, report: Vec<u8>, kos: Vec<u8>)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::imaging::{Examination, ImagingLinks};
//!
//! let examination = Examination::of(report, kos).await?;
//! let links = ImagingLinks::of(examination.report().entry());
//! record.submit(&examination.lot()).await?;
//! // Later, for another document of the same examination: one search by its identifiers.
//! if let Some(search) = links.search() {
//!     let found = links.only_linked(record.find(search).await?.into_entries());
//!     println!("{} documents of this examination", found.len());
//! }
//! # Ok(())
//! # }
//! ```

mod examination;
mod links;
mod reading;

pub use examination::{Examination, ImagingError};
pub use links::ImagingLinks;
pub use reading::{ImagingSettings, KosContent, KosReadError};

/// typeCode of a report, of the reference of its images, of the order.
pub(crate) const REPORT: &str = "18748-4";
pub(crate) const KOS: &str = "IMG-KOS";
pub(crate) const ORDER: &str = "55115-0";
