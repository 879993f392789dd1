//! F34: notes de vaccination as a software makes them: refused where they may not be made, checked, and remembered, because
//! a correction bears the identifier of the vaccination (`EX_2.1-2030`) and the DMP takes one note for a vaccine and a day.
//!
//! The note itself is [`cda::build::VaccinationNote`]. An entry that the patient made is validated by a note of the same
//! vaccine and day, whose vaccinator is fully identified, or known by name only (M13).
//!
//! ```
//! # async fn program(base: dmp_lps::Database, ctx: dmp_lps::AccessContext, note: cda::build::VaccinationNote)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::vaccination::Vaccinations;
//!
//! let vaccinations = Vaccinations::new(base);
//! let cda = vaccinations.prepare(&ctx, &note).await?;
//! // … the queue takes it; once the DMP has it:
//! vaccinations.published(&note).await?;
//! # let _ = cda;
//! # Ok(())
//! # }
//! ```

mod refusal;
mod sqlite;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use cda::build::{BuildError, VaccinationId, VaccinationNote, WriteOptions};
use cda::check::{CheckOptions, check};
use dmp_client::DmpError;
use jiff::civil::Date;

pub(crate) use sqlite::TABLES;

use crate::context::{AccessContext, PatientKey};
use crate::store::StoreError;

/// A vaccination of a note that is in the DMP. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownVaccination {
    /// Whose.
    pub patient: PatientKey,
    /// uniqueId of the note in force.
    pub note: String,
    /// `substanceAdministration/id`, which a correction bears too.
    pub id: VaccinationId,
    /// The day of the vaccination.
    pub day: Date,
    /// Code CIS of the vaccine.
    pub product: String,
}

/// Keeps the vaccinations whose notes this software fed.
pub trait VaccinationStore: Send + Sync + 'static {
    /// Keeps what a note tells, in the place of what the note that it replaces told.
    fn keep(
        &self,
        known: KnownVaccination,
        replaced: Option<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets the vaccination of a note that was deleted.
    fn forget(&self, note: String) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The vaccinations of a patient, by day.
    fn of_patient(&self, patient: PatientKey)
    -> impl Future<Output = Result<Vec<KnownVaccination>, StoreError>> + Send;
}

/// Why a note is not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaccinationError {
    /// A rule of notes forbids it here: `VAC_RULE` of F10.
    #[error(transparent)]
    Refused(#[from] Box<DmpError>),
    /// The note cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The note is written, and breaks these rules of the CDA checks.
    #[error("F34: the note breaks {}; `dmp cda check` tells more", rules.join(", "))]
    Invalid {
        /// Ids of the rules.
        rules: Vec<&'static str>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The notes of a software. Cheap to clone.
pub struct Vaccinations<S> {
    store: Arc<S>,
}

impl<S> Clone for Vaccinations<S> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store) }
    }
}

impl<S> fmt::Debug for Vaccinations<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vaccinations")
    }
}

impl<S: VaccinationStore> Vaccinations<S> {
    /// Notes over a store.
    #[must_use]
    pub fn new(store: S) -> Self {
        Self { store: Arc::new(store) }
    }

    /// Writes a note that may be sent. Nothing is kept yet.
    ///
    /// # Errors
    /// [`VaccinationError`]: in connexion secrète (`EX_2.1-2005`); another note tells of the same vaccine and day (X23), which
    /// the DMP refuses with `DMPFragmentCVAError`; or the note is not as it must be.
    pub async fn prepare(&self, ctx: &AccessContext, note: &VaccinationNote) -> Result<Vec<u8>, VaccinationError> {
        if ctx.secret {
            return Err(refusal::secret().into());
        }
        let new = KnownVaccination::of(note);
        let replaced = replaced(note);
        let known = self.store.of_patient(new.patient.clone()).await?;
        let same = known.iter().find(|one| one.day == new.day && one.product == new.product);
        if same.is_some_and(|same| same.note != new.note && Some(&same.note) != replaced.as_ref()) {
            return Err(refusal::same_vaccination().into());
        }
        let bytes = note.write(&WriteOptions::default())?;
        let report = check(&bytes, &CheckOptions::produce().for_the_dmp());
        match report.is_valid() {
            true => Ok(bytes),
            false => Err(VaccinationError::Invalid { rules: report.errors().map(|finding| finding.rule).collect() }),
        }
    }

    /// The DMP has the note: its vaccination is remembered, in the place of the one that it corrects.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published(&self, note: &VaccinationNote) -> Result<(), StoreError> {
        self.store.keep(KnownVaccination::of(note), replaced(note)).await
    }

    /// The note of this uniqueId was deleted from the DMP.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn removed(&self, note: impl Into<String>) -> Result<(), StoreError> {
        self.store.forget(note.into()).await
    }

    /// The vaccinations of a patient whose notes this software fed, by day: what a correction starts from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn known(&self, patient: &PatientKey) -> Result<Vec<KnownVaccination>, StoreError> {
        self.store.of_patient(patient.clone()).await
    }
}

impl KnownVaccination {
    fn of(note: &VaccinationNote) -> Self {
        let (header, vaccination) = (note.header(), note.vaccination());
        Self {
            patient: PatientKey::from(&header.patient.ins),
            note: header.version.unique_id.to_string(),
            id: vaccination.id.clone(),
            day: vaccination.day,
            product: vaccination.vaccine.product.code.clone(),
        }
    }
}

fn replaced(note: &VaccinationNote) -> Option<String> {
    note.header().version.replaced().map(ToString::to_string)
}

impl fmt::Debug for KnownVaccination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownVaccination(…)")
    }
}
