//! F13: documents of the DMP that the software holds without keeping them (EXI 11, EXI 12, `EX_3.2-1010`).
//!
//! - [`ViewCache`]: what is on the screen, erased when its viewer or the session of the user closes. The default.
//! - [`Prefetch`]: what the professionals responsible for an episode will need, downloaded before it. Off unless it is
//!   switched on (K07); erased when it is saved, when the episode ends, or with age.
//!
//! On the disk there is only what AES-256-GCM made of it. The keys are in memory, one for a session of viewing, one for
//! each episode: who erases the key erases the documents, and so does a crash. There is no index, no thumbnail, and no
//! name that tells anything. A document that the user saves leaves through [`crate::import`]: both give documents to an
//! importer, without a second download.
//!
//! ```no_run
//! # async fn program(record: dmp_client::AirRecord, entry: dmp_client::DocumentEntry, ctx: dmp_lps::AccessContext,
//! #     patient: dmp_lps::PatientKey)
//! #     -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::transient::ViewCache;
//!
//! let views = ViewCache::open("/run/lps/views")?;
//! let view = views.view(&ctx, &patient, &record, &entry).await?;
//! println!("{} octets, alertes : {:?}", view.bytes().await?.len(), view.alerts());
//! view.close();
//! // At the latest when the episode ends.
//! let report = views.close_episode(&ctx, &ctx.episode.id).await;
//! println!("{} effacés", report.purged.len());
//! # Ok(())
//! # }
//! ```

mod folder;
mod prefetch;
mod purge;
mod refusal;
mod room;
mod seal;
mod views;

pub use prefetch::{Prefetch, PrefetchSettings, Prefetched};
pub use purge::PurgeReport;
pub use views::{View, ViewCache};
