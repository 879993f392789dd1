//! Who is a minor, by the parameter file of the DMP.

use dmp_client::Parameters;
use dmp_vocabulary::identity::{BirthDate, UnknownBirthday};
use jiff::civil::Date;

/// Whether a patient is a minor for the DMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Majority {
    /// No: also everybody, while the DMP does not manage minors (`fonctions-gestion-mineurs`).
    Adult,
    /// Yes.
    Minor,
    /// Nobody can tell: ask the user for the year of birth.
    Unknown,
}

/// Whether a patient is a minor on a day in Paris: fewer full years than `age-majorite` (`EX_GEN-1550`, MIN-01).
///
/// `birth` is `None` when the year is missing. `partial` says how a birthday without month or day counts; the default
/// is that it is not yet reached.
#[must_use]
pub fn is_minor(birth: Option<&BirthDate>, on: Date, parameters: &Parameters, partial: UnknownBirthday) -> Majority {
    if !parameters.gestion_mineurs {
        return Majority::Adult;
    }
    // A birth after that day is a mistake of typing, and no age.
    match birth.and_then(|birth| birth.age_on(on, partial)) {
        Some(age) if parameters.is_minor(age) => Majority::Minor,
        Some(_) => Majority::Adult,
        None => Majority::Unknown,
    }
}
