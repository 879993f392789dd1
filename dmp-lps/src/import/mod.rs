//! F06: documents of the DMP taken into the local record, one by one, each because a user said so (EXI 11, SC.DMP/UX.31,
//! SC.CDA/INT.04, `EX_3.2-1010`).
//!
//! There is no "import all": a screen of several documents makes one [`Confirmed`](crate::Confirmed) for each line that
//! the user ticked. Viewing a document imports nothing.
//!
//! ```compile_fail
//! # fn program(item: dmp_lps::import::PlanItem, placement: dmp_lps::import::Placement) {
//! // Nobody confirmed anything.
//! dmp_lps::import::Selected::new(item, (), placement);
//! # }
//! ```
//!
//! ```no_run
//! # async fn program(record: dmp_client::AirRecord, found: dmp_client::Found, base: dmp_lps::Database,
//! #     patient: dmp_client::QualifiedPatient, ctx: dmp_lps::AccessContext, action: dmp_lps::UserAction) -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::import::{Import, ImportFolder, ImportOutcome, ImportPatient, Importer, Placement, Selected};
//! use dmp_lps::{Confirmed, SystemClock};
//!
//! let importer = Importer::new(base, ImportFolder::open("/var/lib/lps/imports")?, SystemClock);
//! let patient = ImportPatient::new(&patient);
//! // What each line is, without downloading anything.
//! for item in importer.plan(&patient, &found).await? {
//!     let placement = Placement { date: jiff::civil::date(2026, 3, 2), kind: "CR".into(), unit: "cardiologie".into() };
//!     let selected = Selected::new(item, Confirmed::<Import>::by(action.clone()), placement);
//!     if let ImportOutcome::Imported(document) = importer.import(&ctx, &record, &patient, selected).await? {
//!         println!("{}", document.provenance.origin());
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod decision;
mod document;
mod folder;
mod identity;
mod importer;
mod local;
mod own;
mod plan;
mod read;
mod refusal;
mod report;
mod source;
mod sqlite;
mod store;

pub use decision::Decision;
pub use document::{DocumentKind, ImportWarning, ImportedDocument, Placement, Provenance};
pub use folder::{DocumentGroup, ImportFolder};
pub use identity::{IdentityDoubt, ImportPatient};
pub use importer::{Import, Importer, Selected};
pub use local::{LocalDocument, LocalDocumentId};
pub use plan::{PlanHint, PlanItem};
pub use report::{ImportOutcome, ImportReport};
pub use source::{Delivered, DocumentSource};
pub(crate) use sqlite::TABLES;
pub use store::ImportStore;
