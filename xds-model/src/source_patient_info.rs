//! The patient data that the producer had at submission.

use std::fmt;

use serde::Serialize;

use crate::hl7;

/// Slot `sourcePatientInfo`: raw `PID-n|value` fields, in any order. Never used to compute an identifier.
///
/// A value without fields is an empty slot as some producers send it; it is written as no slot at all.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct SourcePatientInfo {
    /// The fields, verbatim.
    pub fields: Vec<String>,
}

impl SourcePatientInfo {
    /// Adds `PID-5|family^first given^all given names^^^^L`: name at birth.
    #[must_use]
    pub fn with_birth_name(self, family: &str, first_given: &str, all_given: &str) -> Self {
        let [family, first, all] = [family, first_given, all_given].map(hl7::escape);
        self.with_field(&format!("PID-5|{family}^{first}^{all}^^^^L"))
    }

    /// Adds `PID-5|family^given^^^^^D`: name in use.
    #[must_use]
    pub fn with_used_name(self, family: &str, given: &str) -> Self {
        self.with_field(&format!("PID-5|{}^{}^^^^^D", hl7::escape(family), hl7::escape(given)))
    }

    /// Adds `PID-7|YYYYMMDD`: date of birth, moon dates included.
    #[must_use]
    pub fn with_birth_date(self, date: &str) -> Self {
        self.with_field(&format!("PID-7|{date}"))
    }

    /// Adds `PID-8|M` or `PID-8|F`. Any other sex is left out.
    #[must_use]
    pub fn with_sex(self, sex: &str) -> Self {
        if matches!(sex, "M" | "F") { self.with_field(&format!("PID-8|{sex}")) } else { self }
    }

    /// Adds a field as it is.
    #[must_use]
    pub fn with_field(mut self, field: &str) -> Self {
        self.fields.push(field.to_owned());
        self
    }

    /// The values of every field of this name (`PID-5`), without the name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter_map(move |field| field.strip_prefix(name)?.strip_prefix('|'))
    }
}

/// Prints how many fields there are.
impl fmt::Debug for SourcePatientInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SourcePatientInfo({} fields)", self.fields.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_the_fields_in_use() {
        let info = SourcePatientInfo::default()
            .with_birth_name("FICTIVE", "ZOE", "ZOE CAPUCINE")
            .with_used_name("DELAFABLE", "ZOE")
            .with_birth_date("19850714")
            .with_sex("F")
            .with_sex("UN");
        assert_eq!(
            info.fields,
            ["PID-5|FICTIVE^ZOE^ZOE CAPUCINE^^^^L", "PID-5|DELAFABLE^ZOE^^^^^D", "PID-7|19850714", "PID-8|F"]
        );
        assert_eq!(info.values("PID-5").count(), 2);
        assert_eq!(info.values("PID-7").next(), Some("19850714"));
        assert_eq!(info.values("PID-1").next(), None);
        assert_eq!(format!("{info:?}"), "SourcePatientInfo(4 fields)");
    }
}
