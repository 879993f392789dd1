//! Collects what is missing and what is wrong.

use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};

use super::error::{InvalidField, N1Error};

#[derive(Default)]
pub(super) struct Fields {
    missing: Vec<String>,
    invalid: Vec<InvalidField>,
}

impl Fields {
    pub(super) fn need<'a, T>(&mut self, field: &str, value: Option<&'a T>) -> Option<&'a T> {
        if value.is_none() {
            self.missing.push(field.to_owned());
        }
        value
    }

    /// A text that is not blank.
    pub(super) fn need_text<'a>(&mut self, field: &str, value: Option<&'a String>) -> Option<&'a str> {
        self.need(field, value.filter(|text| !text.trim().is_empty())).map(String::as_str)
    }

    /// A concept of a value set.
    pub(super) fn need_code<'a>(
        &mut self,
        field: &str,
        value: Option<&'a Concept>,
        allowed: (&str, &'static str, &'static str),
    ) -> Option<&'a Concept> {
        let concept = self.need(field, value)?;
        self.code(field, Some(concept), allowed);
        Some(concept)
    }

    /// A concept that may be absent, but not outside its (value set, rule, reason).
    pub(super) fn code(
        &mut self,
        field: &str,
        value: Option<&Concept>,
        (value_set, rule, reason): (&str, &'static str, &'static str),
    ) {
        let tables = Nomenclatures::embedded();
        if let Some(concept) = value {
            self.check(field, tables.contains(value_set, &concept.code, &concept.system), rule, reason);
            self.check(field, !concept.display.trim().is_empty(), "CDA-TYP-007", "a label is needed beside the code");
        }
    }

    pub(super) fn check(&mut self, field: &str, holds: bool, rule: &'static str, reason: &'static str) {
        if !holds {
            self.invalid.push(InvalidField { field: field.to_owned(), rule, reason });
        }
    }

    /// The value, if nothing was missing or wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, N1Error> {
        match value {
            Some(value) if self.missing.is_empty() && self.invalid.is_empty() => Ok(value),
            _ => Err(N1Error::Fields { missing: self.missing, invalid: self.invalid }),
        }
    }
}
