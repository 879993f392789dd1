//! Collects what is missing and what is wrong, so that all of it is said at once.

use dmp_vocabulary::Oid;
use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};

use super::error::{BuildError, InvalidField};

/// A value set, the rule that asks for it, and what to say.
pub(crate) type Allowed = (&'static str, &'static str, &'static str);

pub(crate) const SPECIALTIES: Allowed = ("JDV_J01", "CDA-AUT-009", "expected a profession of JDV_J01");
pub(crate) const FACILITIES: Allowed = ("JDV_J02", "CDA-ENC-004", "expected a secteur d'activité of JDV_J02");
pub(crate) const PRACTICE_SETTINGS: Allowed = ("JDV_J04", "CDA-LAU-011", "expected a cadre d'exercice of JDV_J04");
pub(crate) const DOCUMENT_TYPES: Allowed = ("JDV_J07", "CDA-HDR-013", "expected a type of JDV_J07");
pub(crate) const RELATIONS: Allowed = ("JDV_J11", "CDA-PRT-004", "expected a relation of JDV_J11");
pub(crate) const ENCOUNTERS: Allowed = ("JDV_J142", "CDA-ENC-005", "expected a type of encounter of JDV_J142");

/// Faults found so far.
#[derive(Default)]
pub(crate) struct Faults {
    missing: Vec<String>,
    invalid: Vec<InvalidField>,
}

impl Faults {
    pub(crate) fn missing(&mut self, field: impl Into<String>) {
        self.missing.push(field.into());
    }

    pub(crate) fn need<'a, T>(&mut self, field: &str, value: Option<&'a T>) -> Option<&'a T> {
        if value.is_none() {
            self.missing(field);
        }
        value
    }

    /// A text that is not blank.
    pub(crate) fn text(&mut self, field: impl Into<String>, text: &str) {
        if text.trim().is_empty() {
            self.missing(field);
        }
    }

    /// Absent, or a text that is not blank.
    pub(crate) fn optional_text(&mut self, field: &str, text: Option<&str>) {
        let filled = text.is_none_or(|text| !text.trim().is_empty());
        self.check(field, filled, "CDA-TYP-013", "an empty part: leave it out");
    }

    /// A concept of a value set.
    pub(crate) fn code(&mut self, field: &str, concept: &Concept, (value_set, rule, reason): Allowed) {
        let known = Nomenclatures::embedded().contains(value_set, &concept.code, &concept.system);
        self.check(field, known, rule, reason);
        self.label(field, concept);
    }

    /// A concept of any system.
    pub(crate) fn concept(&mut self, field: &str, concept: &Concept) {
        self.check(field, !concept.code.trim().is_empty(), "CDA-TYP-007", "a code is needed beside the label");
        self.check(field, Oid::parse(&concept.system).is_ok(), "CDA-TYP-004", "the code system must be an OID");
        self.label(field, concept);
    }

    /// An OID short enough for every reader.
    pub(crate) fn oid(&mut self, field: &str, oid: &Oid) {
        self.check(field, oid.as_str().len() <= 64, "CDA-TYP-005", "at most 64 characters");
    }

    pub(crate) fn check(&mut self, field: impl Into<String>, holds: bool, rule: &'static str, reason: &'static str) {
        if !holds {
            self.invalid.push(InvalidField { field: field.into(), rule, reason });
        }
    }

    /// Siblings of one name must differ.
    pub(crate) fn distinct<T: PartialEq>(&mut self, field: &str, values: &[T]) {
        let distinct = values.iter().enumerate().all(|(index, value)| !values[..index].contains(value));
        self.check(field, distinct, "CDA-TYP-014", "the same value twice");
    }

    /// The value, if nothing was missing or wrong.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, BuildError> {
        match value {
            Some(value) if self.missing.is_empty() && self.invalid.is_empty() => Ok(value),
            _ => Err(BuildError::Fields { missing: self.missing, invalid: self.invalid }),
        }
    }

    fn label(&mut self, field: &str, concept: &Concept) {
        self.check(field, !concept.display.trim().is_empty(), "CDA-TYP-007", "a label is needed beside the code");
    }
}
