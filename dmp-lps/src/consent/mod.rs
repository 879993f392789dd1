//! F01: information and opposition of the patient, per episode and team, for feeding and consultation apart
//! (EXI 01, 02, 03; `EX_0.2-1100`).
//!
//! Nothing has a reason: there is no field where one could be written.
//!
//! ```
//! # async fn program(ctx: dmp_lps::AccessContext, patient: dmp_lps::PatientKey) -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::consent::{ConsentGate, GateRefusal, Scope, Stance, StanceChange};
//! use dmp_lps::{Database, SystemClock};
//!
//! let gate = ConsentGate::new(Database::in_memory()?, SystemClock).with_sentence("Texte du guide, montré au patient");
//! // A new episode knows nothing: the patient was not informed yet.
//! assert_eq!(gate.check(Scope::Consultation, &ctx, &patient).await?.refusal(), Some(GateRefusal::NotInformed));
//! gate.record(&ctx, &patient, StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed)).await?;
//! assert!(gate.check(Scope::Consultation, &ctx, &patient).await?.is_allowed());
//! # Ok(())
//! # }
//! ```

mod gate;
mod ledger;
mod refusal;
mod sqlite;
mod stance;

pub(crate) use gate::Asker;
pub use gate::{ConsentGate, Decision, RecordError, Recorded};
pub use ledger::{ExpressConsent, Holders, LedgerKey, StanceLedger, StanceRecord};
pub use refusal::GateRefusal;
pub(crate) use refusal::unusable;
pub(crate) use sqlite::TABLES;
pub use stance::{Channel, NoticeEvidence, NoticeMode, Provenance, Scope, Stance, StanceChange};
