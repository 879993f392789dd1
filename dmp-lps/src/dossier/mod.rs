//! F17: the auto-homologation of an establishment (EXI 27): its dossier, its procès-verbal, the declaration to the
//! Assurance Maladie. The SDK signs nothing and sends nothing: it writes documents to be read, printed and signed.
//!
//! ```
//! use dmp_lps::conformity::ConformityReport;
//! use dmp_lps::dossier::{DossierBuilder, ProcesVerbal, Refusal, Review, ReviewStatus};
//!
//! let proces_verbal = ProcesVerbal::new("Clinique du Modèle", "010000024", "2026-03-02".parse()?, 36)
//!     .signed_by("Sacha Exemple, directeur")
//!     .referential("version du référentiel du 1er janvier 2026")
//!     .contact("dmp@clinique.example");
//! let dossier = DossierBuilder::new(proces_verbal)
//!     .technical_rows(&ConformityReport::of("LPS Exemple 4.2.0"))
//!     .system("LPS Exemple", true, true)
//!     .review(Review::of("EXI 05", ReviewStatus::Met, "File d'envoi automatique, revue chaque mois"));
//! // The other rows are not reviewed yet.
//! let refused = dossier.build().unwrap_err();
//! assert!(refused.0.contains(&Refusal::NotReviewed("EXI 01")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assembled;
mod builder;
mod checklist;
mod proces_verbal;
mod refusal;
mod review;

pub use assembled::Dossier;
pub use builder::{DossierBuilder, Level, Participant, Risk};
pub use checklist::{CONTRACT, ContractPoint, DATA_PROTECTION, DataProtectionPoint};
pub use proces_verbal::{ProcesVerbal, REMIND_BEFORE, Renewal, Reservation};
pub use refusal::{DossierRefused, Refusal};
pub use review::{REVIEWED, Review, ReviewStatus};
