//! F14: who did what to whose record, when, and what came of it (EXI 16, `EX_AIR-070` to `EX_AIR-120`).
//!
//! Two traces that share nothing but their keys. The local trace ([`AccessTrace`]) has every act, on the DMP or in the
//! software, for six months. The trace of AIR ([`AirTrace`]) has every assertion, for ten years after the closure of the
//! DMP. Both are append-only, without gap, encrypted and chained: who changes, removes or adds a line without the keys is
//! seen.
//!
//! ```
//! # async fn program(ctx: dmp_lps::AccessContext, patient: dmp_lps::PatientKey, secret: [u8; 32],
//! #     session: dmp_client::AirSession) -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::trace::{Action, Note, SqliteTraces, TraceKeys, TraceSettings, Tracer};
//! use dmp_lps::{Database, SystemClock};
//!
//! let access = SqliteTraces::access(Database::open("traces.db")?);
//! let air = SqliteTraces::air(Database::open("traces-air.db")?);
//! let tracer = Tracer::new(access, air, TraceKeys::new(1, &secret)?, SystemClock, TraceSettings::default());
//! // Every transaction of the session, and what the software does beside.
//! let session = session.watched(tracer.of(&ctx));
//! tracer.note(&ctx, Note::of(Action::View).patient(&patient).document("2.25.1", Some("11488-4"))).await?;
//! # Ok(())
//! # }
//! ```

mod action;
mod actor;
mod air;
mod drill;
mod error;
mod extract;
mod follow;
mod journal;
mod key;
mod line;
mod notes;
mod retention;
mod settings;
mod sqlite;
mod store;
mod summary;
mod tracer;
mod verify;
mod watching;

pub use action::Action;
pub use actor::TraceActor;
pub use air::{AirEvent, AirTrace};
pub(crate) use drill::TABLES as DRILL_TABLES;
pub use drill::{DrillDue, DrillStore, ExtractionDrill, ExtractionDrills};
pub use error::TraceError;
pub use extract::{ExtractSinks, Manifest, ManifestSigner, TraceExtract, TraceReader};
pub use key::{KEY_LENGTH, Tag, TraceKeyError, TraceKeys};
pub use line::{AccessTrace, Note, TraceOutcome, TracedDocument};
pub(crate) use notes::Notes;
pub use retention::PurgedTraces;
pub use settings::{TraceOrFail, TraceSettings};
pub use sqlite::SqliteTraces;
pub(crate) use sqlite::TABLES;
pub use store::{DaySeal, Mark, SealedLine, Selection, Stored, TraceStore};
pub use summary::{AccessSummary, RecordAccesses};
pub use tracer::{LocalIds, Tracer};
pub use verify::{TraceFault, TraceKind, Verification};
