//! The parameter file of the DMP (`transactions.md` §7): the few settings that the DMP may change for every software.
//!
//! A client starts with the known defaults; [`ParameterFile::keep_fresh`] fetches what the DMP publishes at its
//! [`ParameterSource`] every day, over public HTTPS; [`ParameterFile::refresh`] does it once. A program may keep the
//! file on disk ([`ParameterSource::download`], [`ParameterFile::read_file`]). No call ever waits for the file: the last good copy stays in force, and a copy older
//! than a week is warned about (`EX_GEN-1540`).

mod cache;
mod read;
mod refresh;
mod source;

pub use cache::{ParameterFile, STALE_AFTER};
pub use read::ParameterError;
pub use refresh::{KeptFresh, REFRESH_EVERY};
pub use source::{KNOWN_ADDRESS, ParameterSource, ParameterSourceError, RefreshError};

/// What the file says, or the default of each value that it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameters {
    /// `fonctions-gestion-mineurs`: whether the DMP knows minors. Default true.
    pub gestion_mineurs: bool,
    /// `age-majorite`, in years. Default 18.
    pub age_majorite: u16,
    /// `cumul-invisible_patient-masque_ps`: whether a document may be hidden from both at once. Default false.
    pub cumul_invisible_patient_masque_ps: bool,
    /// `hr-periode-max-mois`: longest period of a search of reimbursements, in months. Default 24.
    pub hr_periode_max_mois: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            gestion_mineurs: true,
            age_majorite: 18,
            cumul_invisible_patient_masque_ps: false,
            hr_periode_max_mois: 24,
        }
    }
}

impl Parameters {
    /// Whether a person of that age, in whole years, is a minor for the DMP (`EX_GEN-1550`).
    #[must_use]
    pub fn is_minor(&self, age: u16) -> bool {
        self.gestion_mineurs && age < self.age_majorite
    }
}
