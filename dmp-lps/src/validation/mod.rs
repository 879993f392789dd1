//! F28: every document is checked before it is sent, and the report is kept as evidence (`EX_2.1-1071`, `EX_2.1-1090`).
//!
//! The rules of the crate `cda` are the first [`CdaValidator`]; the official schema and schematrons, run by whatever tool
//! the software has, are others. What a finding does is the policy's: stop the document, or only be written down.
//!
//! ```
//! # async fn program(base: dmp_lps::Database, cda: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::validation::{Validation, ValidationSettings};
//! use dmp_lps::SystemClock;
//!
//! let validation = Validation::new(base, SystemClock, ValidationSettings::default());
//! let report = validation.check(cda).await?;
//! report.require()?;
//! # Ok(())
//! # }
//! ```

mod pdf;
mod report;
mod sqlite;
mod store;
mod stylesheet;
mod validator;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cda::CdaLimits;
use dmp_client::Realm;
use sha2::{Digest, Sha256};

pub use pdf::{PdfA, XmpMarker};
pub use report::{Complaint, ValidationReport, Verdict};
pub(crate) use sqlite::TABLES;
pub use store::ReportStore;
pub use stylesheet::StylesheetLint;
pub use validator::{BuiltInRules, CdaValidator, Judged};

use crate::clock::Clock;
use crate::store::StoreError;

/// What a finding of severity error does to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Policy {
    /// The document is not sent.
    Enforce,
    /// It is sent; the report says so.
    Warn,
}

/// What the establishment decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationSettings {
    /// For the document. Default: [`Policy::Enforce`], which an EAI or a PFI has to keep (`EX_2.1-1090`).
    pub document: Policy,
    /// For the PDFs in it that are not PDF/A-1 (M10). Default: [`Policy::Warn`].
    pub pdf: Policy,
    /// World of the INS; `None` takes both. Default: `None`.
    pub realm: Option<Realm>,
}

impl Default for ValidationSettings {
    fn default() -> Self {
        Self { document: Policy::Enforce, pdf: Policy::Warn, realm: None }
    }
}

/// Checks documents before they are sent. Cheap to clone.
pub struct Validation<S> {
    inner: Arc<Inner<S>>,
}

struct Inner<S> {
    store: S,
    clock: Arc<dyn Clock>,
    settings: ValidationSettings,
    validators: Vec<Arc<dyn CdaValidator>>,
    pdf_a: Arc<dyn PdfA>,
}

impl<S> Clone for Validation<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S> std::fmt::Debug for Validation<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validation").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl<S: ReportStore> Validation<S> {
    /// The rules of the crate `cda`, and the marker of PDF/A-1.
    #[must_use]
    pub fn new(store: S, clock: impl Clock, settings: ValidationSettings) -> Self {
        Self::with(store, clock, settings, Vec::new(), Arc::new(XmpMarker))
    }

    /// The same, with other validators after the rules of the crate `cda`, and another judge of PDFs.
    #[must_use]
    pub fn with(
        store: S,
        clock: impl Clock,
        settings: ValidationSettings,
        others: Vec<Arc<dyn CdaValidator>>,
        pdf_a: Arc<dyn PdfA>,
    ) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let own: Arc<dyn CdaValidator> = Arc::new(BuiltInRules::new(Arc::clone(&clock), settings.realm));
        let validators = std::iter::once(own).chain(others).collect();
        Self { inner: Arc::new(Inner { store, clock, settings, validators, pdf_a }) }
    }

    /// Checks a document and keeps the report.
    ///
    /// # Errors
    /// [`StoreError`]: without the report nothing is known.
    pub async fn check(&self, document: impl Into<Vec<u8>>) -> Result<ValidationReport, StoreError> {
        let document: Arc<[u8]> = document.into().into();
        let Inner { store, clock, settings, validators, .. } = &*self.inner;
        let mut verdicts = Vec::new();
        for validator in validators {
            let judged = validator.judge(Arc::clone(&document)).await;
            verdicts.push(Verdict::of(validator.name(), settings.document, judged));
        }
        let (pdf_a, bytes) = (Arc::clone(&self.inner.pdf_a), Arc::clone(&document));
        let read = tokio::task::spawn_blocking(move || pdf::judge_all(&*pdf_a, &bytes, &CdaLimits::default()));
        let pdfs = read.await.map_err(|_| StoreError::Interrupted)?;
        verdicts.push(Verdict::of(self.inner.pdf_a.name(), settings.pdf, Ok(pdfs)));
        let report =
            ValidationReport { sha256: hexadecimal(&Sha256::digest(&document)), checked_at: clock.now(), verdicts };
        store.keep(report.clone()).await?;
        Ok(report)
    }

    /// The last report about these very bytes, if they were checked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn report_of(&self, document: &[u8]) -> Result<Option<ValidationReport>, StoreError> {
        self.inner.store.last(hexadecimal(&Sha256::digest(document))).await
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A queue asks before it takes a document.
pub(crate) trait Inspect: Send + Sync {
    /// Whether the document may be sent.
    fn accepts(&self, document: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + '_>>;
}

impl<S: ReportStore> Inspect for Validation<S> {
    fn accepts(&self, document: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + '_>> {
        Box::pin(async move { Ok(self.check(document).await?.is_accepted()) })
    }
}
