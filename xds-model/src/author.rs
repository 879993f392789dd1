//! Author of a document or of a submission set.

use serde::Serialize;

use crate::{CodedValue, Slot, Xcn, Xon, hl7};

/// One author: the slots of one author classification.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Author {
    /// `authorInstitution`: required when known, absent for the documents of patients.
    pub institution: Option<Xon>,
    /// `authorPerson`: mandatory in the model, absent only in what others wrote.
    pub person: Option<Xcn>,
    /// `authorRole`: displays of JDV_J47 (`Médecin traitant`).
    pub roles: Vec<String>,
    /// `authorSpecialty`.
    pub specialty: Option<AuthorSpecialty>,
    /// Unknown slots, and second values of the slots above that take one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_slots: Vec<Slot>,
}

hl7::raw_value! {
    /// Raw `authorSpecialty`: `code^display^OID`.
    AuthorSpecialty
}

impl AuthorSpecialty {
    /// From a code; a missing display leaves its component empty.
    pub fn new(code: &CodedValue) -> Self {
        let display = hl7::escape(code.display.as_deref().unwrap_or_default());
        Self::from_raw(format!("{}^{display}^{}", hl7::escape(&code.code), code.system))
    }

    /// The code, its display and its system (a bare OID, `&OID&ISO` is accepted).
    pub fn coded_value(&self) -> CodedValue {
        let [code, display] = [1, 2].map(|number| hl7::unescape(hl7::component(self.as_str(), number)).into_owned());
        let system = hl7::authority_oid(hl7::component(self.as_str(), 3)).to_owned();
        CodedValue { code, display: Some(display).filter(|display| !display.is_empty()), system }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specialty_round_trips() {
        let code = CodedValue::new("G15_10/SM26", "Médecin - Qualifié ^ (SM)", "1.2.250.1.213.1.1.4.5");
        let raw = AuthorSpecialty::new(&code);
        assert_eq!(raw.as_str(), "G15_10/SM26^Médecin - Qualifié \\S\\ (SM)^1.2.250.1.213.1.1.4.5");
        assert_eq!(raw.coded_value(), code);
        assert_eq!(AuthorSpecialty::from("X").coded_value(), CodedValue::without_display("X", ""));
    }
}
