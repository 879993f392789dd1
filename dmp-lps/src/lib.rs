//! What the law asks of the software around the DMP's transactions: inform, gate, queue, trace, recognise, count, alert,
//! prove. The transactions themselves are those of `dmp-client`.
//!
//! Each module cites the requirements that it serves. Nothing here decides for the establishment what the texts leave to
//! it: what has no safe default has none, and is asked for.
//!
//! Times are UTC inside; days and months are counted in Europe/Paris. No module reads the clock of the machine: each takes
//! a [`Clock`].

pub mod act_documents;
pub mod acts;
pub mod atna;
mod authors;
pub mod bris_de_glace;
pub mod centre15;
pub mod clock;
pub mod confirmed;
pub mod conformity;
pub mod consent;
pub mod context;
pub mod correction;
pub mod counter;
mod csv;
pub mod display;
pub mod dmn;
pub mod document_search;
pub mod dossier;
pub mod error_record;
pub mod guard;
pub mod history;
mod identity_gap;
pub mod imaging;
pub mod import;
pub mod indicators;
pub mod interop;
pub mod minors;
pub mod notice;
pub mod opening;
pub mod outbox;
pub mod page;
pub mod poller;
mod private_folder;
pub mod refresh;
pub mod rights_request;
pub mod searches;
mod software;
pub mod store;
pub mod supervision;
pub mod trace;
pub mod transient;
pub mod two_factor;
pub mod user_session;
pub mod vaccination;
pub mod validation;
pub mod value_sets;
pub mod visibility;
pub mod web_ps_slot;

pub use clock::{Clock, ManualClock, SystemClock};
pub use confirmed::{Confirmed, UserAction};
pub use context::{
    AccessContext, CareRole, CareTeamId, Episode, EpisodeId, InternalUserId, PatientKey, ProfessionalKey, ServiceId,
};
pub use software::SoftwareKind;
pub use store::{Database, StoreError};
pub use user_session::UserSession;
