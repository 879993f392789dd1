//! What is known of the patient that is searched.

use std::fmt;

use dmp_vocabulary::identity::BirthDate;
use dmp_xml::{Element, Writer};

use crate::patient::Gender;
use crate::patient::element::{attribute, child, code, descend, text};

/// `value/@use` of an approximate name (probable).
const APPROXIMATE: &str = "SRCH";

/// Criteria of TD0.5; all those given must match. Never in `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PatientCriteria {
    /// `livingSubjectAdministrativeGender`.
    pub gender: Option<Gender>,
    /// `livingSubjectBirthTime`, `YYYYMMDD`.
    pub birth_time: Option<String>,
    /// Family name, used or of birth: 2 to 80 characters.
    pub family: Option<String>,
    /// Given name: at most 60 characters.
    pub given: Option<String>,
    /// Whether the name is searched approximately.
    pub approximate: bool,
    /// City: at most 38 characters.
    pub city: Option<String>,
    /// Postal code: at most 10 characters.
    pub postal_code: Option<String>,
}

/// Criteria that are not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CriteriaError {
    /// Nothing to search by.
    #[error("no criterion")]
    Empty,
    /// A criterion that is too short or too long.
    #[error("{field} of {found} characters, expected {min} to {max}")]
    Length {
        /// Criterion.
        field: &'static str,
        /// Characters found.
        found: usize,
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },
}

impl PatientCriteria {
    /// By family name, exactly.
    #[must_use]
    pub fn named(family: impl Into<String>) -> Self {
        Self { family: Some(family.into()), ..Self::default() }
    }

    /// By family name, approximately.
    #[must_use]
    pub fn named_about(family: impl Into<String>) -> Self {
        Self { approximate: true, ..Self::named(family) }
    }

    /// By birth date alone.
    #[must_use]
    pub fn born_on(date: &BirthDate) -> Self {
        Self { birth_time: Some(date.to_hl7()), ..Self::default() }
    }

    /// Whether these criteria can be sent: at least one, of the sizes that the DMP takes.
    ///
    /// # Errors
    /// [`CriteriaError`], which repeats no value.
    pub fn check(&self) -> Result<(), CriteriaError> {
        let sized = [
            ("name", &self.family, 2, 80),
            ("given name", &self.given, 1, 60),
            ("city", &self.city, 1, 38),
            ("postal code", &self.postal_code, 1, 10),
        ];
        for (field, value, min, max) in sized {
            let Some(found) = value.as_ref().map(|value| value.trim().chars().count()) else { continue };
            if !(min..=max).contains(&found) {
                return Err(CriteriaError::Length { field, found, min, max });
            }
        }
        if self.is_empty() { Err(CriteriaError::Empty) } else { Ok(()) }
    }

    /// Whether nothing is searched by.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { approximate: self.approximate, ..Self::default() }
    }

    /// Writes `parameterList`. The server repeats an exact name with an empty `@use`.
    pub(super) fn write(&self, w: &mut Writer, exact_use: Option<&str>) {
        w.open("parameterList", &[]);
        if let Some(gender) = &self.gender {
            parameter(w, "livingSubjectAdministrativeGender", "LivingSubject.administrativeGender", |w| {
                w.empty("value", &[("code", gender.code())]);
            });
        }
        if let Some(birth) = &self.birth_time {
            parameter(w, "livingSubjectBirthTime", "LivingSubject.birthTime", |w| {
                w.empty("value", &[("value", birth)]);
            });
        }
        if self.family.is_some() || self.given.is_some() {
            let usage = if self.approximate { Some(APPROXIMATE) } else { exact_use };
            let attributes: Vec<(&str, &str)> = usage.map(|usage| ("use", usage)).into_iter().collect();
            parameter(w, "livingSubjectName", "LivingSubject.name", |w| {
                w.open("value", &attributes);
                leaves(w, [("given", &self.given), ("family", &self.family)]);
                w.close();
            });
        }
        if self.city.is_some() || self.postal_code.is_some() {
            parameter(w, "patientAddress", "Patient.addr", |w| {
                w.open("value", &[]);
                leaves(w, [("postalCode", &self.postal_code), ("city", &self.city)]);
                w.close();
            });
        }
        w.close();
    }

    /// Reads `parameterList`.
    pub(super) fn read(list: &Element) -> Self {
        let name = descend(list, &["livingSubjectName", "value"]);
        let address = descend(list, &["patientAddress", "value"]);
        let part = |parent: Option<&Element>, local: &'static str| child(parent?, local).and_then(text);
        Self {
            gender: descend(list, &["livingSubjectAdministrativeGender", "value"])
                .and_then(code)
                .map(Gender::from_code),
            birth_time: descend(list, &["livingSubjectBirthTime", "value"])
                .and_then(|value| attribute(value, "value"))
                .map(str::to_owned),
            family: part(name, "family"),
            given: part(name, "given"),
            approximate: name.and_then(|name| attribute(name, "use")) == Some(APPROXIMATE),
            city: part(address, "city"),
            postal_code: part(address, "postalCode"),
        }
    }
}

fn parameter(w: &mut Writer, name: &str, semantics: &str, value: impl FnOnce(&mut Writer)) {
    w.open(name, &[]);
    value(w);
    w.leaf("semanticsText", &[], semantics);
    w.close();
}

fn leaves(w: &mut Writer, parts: [(&str, &Option<String>); 2]) {
    for (name, part) in parts {
        if let Some(part) = part {
            w.leaf(name, &[], part);
        }
    }
}

impl fmt::Debug for PatientCriteria {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientCriteria").field("approximate", &self.approximate).finish_non_exhaustive()
    }
}
