//! F08: who sees a document, and the list of those that still have to be made visible to the patient or to the legal
//! representatives (EXI 07, EXI 08, SC.DMP/UX.14.BIS, `EX_2.1-1050`, `EX_3.3-1040`, `-1045`).
//!
//! ```
//! use dmp_client::Hidden;
//! use dmp_lps::visibility::{Choice, Holder, PatientSight, Visibility, VisibilityPolicy};
//!
//! let invisible = Visibility { patient: PatientSight::Invisible, ..Visibility::open(Holder::Adult) };
//! let choice = Choice {
//!     wished: invisible,
//!     holder: Holder::Adult,
//!     type_code: "34112-3",
//!     former: None,
//!     mask_asked_by_holder: false,
//! };
//! // What is sent beside the level N.
//! assert_eq!(choice.decide(VisibilityPolicy::default()).unwrap(), [Hidden::FromPatient]);
//! // What the patient has seen stays visible (V2).
//! let again = Choice { former: Some(Visibility::open(Holder::Adult)), ..choice };
//! assert_eq!(again.decide(VisibilityPolicy::default()).unwrap_err().rule(), Some("X20"));
//! ```

mod calendar;
mod defaults;
mod due;
mod entry;
mod reconcile;
mod reveal;
mod rules;
mod sqlite;
mod store;
mod worklist;

pub use calendar::{Delay, DueDays, VisibilityCalendar, WorklistSettings};
pub use defaults::{DefaultRule, Produced, VisibilityDefaults};
pub use due::{Due, WorklistEvent};
pub use entry::{EntryState, InvisibleDocument, Listed, Responsible, Targets, WorklistEntry, WorklistFilter};
pub use reveal::{MakeVisibleError, Reveal, Reveals};
pub use rules::{
    Choice, Holder, MASKING_NOTICE, PatientSight, ProfessionalSight, RepresentativeSight, Visibility, VisibilityPolicy,
    VisibilityRefusal,
};
pub(crate) use sqlite::TABLES;
pub use store::WorklistStore;
pub use worklist::{Worklist, WorklistError};
