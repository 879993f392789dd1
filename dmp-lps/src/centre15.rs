//! F22: a patient found by traits, in régulation médicale only (`EX_0.5-1020`, `-1030`, M09).
//!
//! ```no_run
//! # async fn program(session: dmp_client::DirectSession) -> Result<(), dmp_client::DmpError> {
//! use dmp_client::{Consent, PatientCriteria};
//! use dmp_lps::SoftwareKind;
//! use dmp_lps::centre15::{Found, Regulation};
//!
//! let regulation = Regulation::of(SoftwareKind::Regulation, session)?;
//! match regulation.find_patient(PatientCriteria::named("SPECIMEN")).await? {
//!     Found::RefineSearch => println!("more than ten: ask for more"),
//!     Found::Candidates(candidates) => {
//!         // Ask the caller which one; the others are forgotten with this value.
//!         let chosen = candidates.choose(0).map(|one| regulation.record(one, Consent::given())).transpose()?;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

use dmp_client::mode::{Centre15, Regulates};
use dmp_client::{Consent, DmpError, ErrorKind, FoundPatient, PatientCriteria, Record, Session};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::transaction::Transaction;

use crate::software::SoftwareKind;

/// The DMP's code for more than ten patients.
const TOO_MANY: &str = "DMPTooManyResult";

/// A session of régulation médicale: no method leads out of it.
///
/// ```compile_fail
/// // TD0.5 does not exist in normal access.
/// async fn find(session: dmp_client::DirectSession, criteria: dmp_client::PatientCriteria) {
///     session.search_patients(criteria).await;
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Regulation<A> {
    session: Session<A, Centre15>,
}

/// What TD0.5 gave.
#[derive(Debug)]
#[must_use]
pub enum Found {
    /// Ten at most; none when nobody has these traits. Closed, opposed and old (API v1) DMP are not among them.
    Candidates(Candidates),
    /// More than ten: ask the caller for more.
    RefineSearch,
}

/// Patients who may be the one searched. They are kept nowhere, and forgotten when one is chosen:
///
/// ```compile_fail,E0382
/// fn both(candidates: dmp_lps::centre15::Candidates) {
///     let first = candidates.choose(0);
///     let second = candidates.choose(1);
/// }
/// ```
#[derive(Debug)]
pub struct Candidates {
    list: Vec<FoundPatient>,
}

impl Candidates {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nobody was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Their traits, for the question to the caller: name, sex, birth, city, how well they match; no number.
    pub fn iter(&self) -> impl Iterator<Item = &FoundPatient> {
        self.list.iter()
    }

    /// The one; the others are dropped, and their numbers erased (`EX_0.5-1030`). `None` when there is no such place in
    /// the list.
    #[must_use]
    pub fn choose(mut self, index: usize) -> Option<FoundPatient> {
        (index < self.list.len()).then(|| self.list.swap_remove(index))
    }
}

impl<A: Regulates> Regulation<A> {
    /// The only session of a regulation software (LDRM-01). Give it the one that there is, and keep no other.
    ///
    /// # Errors
    /// `NOT_REGULATION`: the software is not licensed for it (M09).
    pub fn of(software: SoftwareKind, session: Session<A>) -> Result<Self, DmpError> {
        match software {
            SoftwareKind::Regulation => Ok(Self { session: session.centre_15() }),
            SoftwareKind::Care => Err(not_regulation().with_transaction(Transaction::SearchPatient)),
        }
    }

    /// TD0.5: the patients of these traits: name (2 characters at least, exact or not), given name, birth date, sex, city,
    /// postal code.
    ///
    /// # Errors
    /// [`DmpError`]: criteria that say too little are refused before sending.
    pub async fn find_patient(&self, criteria: PatientCriteria) -> Result<Found, DmpError> {
        match self.session.search_patients(criteria).await {
            Ok(list) => Ok(Found::Candidates(Candidates { list })),
            Err(error) if error.code().is_some_and(|code| code.as_str() == TOO_MANY) => Ok(Found::RefineSearch),
            Err(error) => Err(error),
        }
    }

    /// The record of the patient who was chosen.
    ///
    /// # Errors
    /// The DMP gave no number, or not one of this platform.
    pub fn record(&self, chosen: FoundPatient, consent: Consent) -> Result<Record<A, Centre15>, DmpError> {
        self.session.record_of(&chosen, consent)
    }

    /// The session, for patients whose INS the software knows.
    #[must_use]
    pub fn session(&self) -> &Session<A, Centre15> {
        &self.session
    }
}

/// Régulation médicale, asked of a software of care.
pub(crate) fn not_regulation() -> DmpError {
    let refusal = LocalRefusal::new("NOT_REGULATION")
        .kind(ErrorKind::Authorisation)
        .meaning(
            "régulation médicale is for software licensed for it (M09)",
            "la régulation médicale est réservée aux logiciels qui en ont la licence (M09)",
        )
        .remedy("use normal access, or bris de glace", "utiliser l'accès normal, ou le bris de glace");
    DmpError::local(refusal)
}
