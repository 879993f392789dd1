//! F18: the notices that patients and professionals read (EXI 01, 19, 25; annexes 2 and 4 of the référentiel).
//!
//! The SDK has a neutral draft for each case, written by the project. The official models come before them: load them with
//! [`Template::parse`], their parts marked as told there; [`check()`] then says what a text lacks.
//!
//! ```
//! use dmp_lps::consent::{Channel, NoticeMode};
//! use dmp_lps::notice::{self, Case, Parameters};
//!
//! let parameters = Parameters::new()
//!     .with("structure", "Clinique du Modèle")
//!     .with("contact", "dpo@clinique.example")
//!     .with("faq", "https://clinique.example/dmp");
//! let notice = notice::render(Case::InformationByTeam, &parameters, Channel::Paper)?;
//! assert!(notice.text().contains("Clinique du Modèle"));
//!
//! // What goes into the register of F01, with the stance of the patient.
//! let secretary = dmp_lps::InternalUserId::new("secretary-1").unwrap();
//! let evidence = notice.given(secretary, "2026-03-02T08:00:00Z".parse()?, NoticeMode::Asynchronous);
//! assert_eq!(evidence.text_version, notice.text_version());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod case;
mod categories;
mod check;
mod rendered;
mod template;

pub use case::{Case, Element};
pub use categories::{CATEGORIES, Category, ConsentRule, OppositionRule};
pub use check::{Gap, check, check_for};
pub use rendered::{Parameters, RenderError, Rendered, render};
pub use template::{Template, TemplateError};
