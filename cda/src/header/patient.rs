//! `recordTarget/patientRole`.

use dmp_xml::Element;

use crate::HL7;
use crate::data_types::{CodedElement, InstanceIdentifier, PersonName, child, text_of};
use crate::timestamp::TimeText;

/// The patient (patient, usager). `Debug` shows nothing of him.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Patient {
    /// Valued identifiers in document order; the INS comes first in a document meant to be shared.
    pub ids: Vec<InstanceIdentifier>,
    /// First name element.
    pub name: PersonName,
    /// `administrativeGenderCode/@code`: `M`, `F`, `UN`.
    pub gender: Option<String>,
    /// `birthTime/@value`, as written: it is not always a calendar date.
    pub birth_time: Option<TimeText>,
    /// COG code of the place of birth, `birthplace/place/addr/county`.
    pub birth_place: Option<String>,
}

impl Patient {
    pub(crate) fn read(role: &Element) -> Self {
        let ids = InstanceIdentifier::read_all(role, "id");
        let Some(patient) = child(role, "patient") else { return Self { ids, ..Self::default() } };
        Self {
            ids,
            name: child(patient, "name").and_then(PersonName::read).unwrap_or_default(),
            gender: child(patient, "administrativeGenderCode").and_then(CodedElement::read).and_then(|c| c.code),
            birth_time: child(patient, "birthTime").and_then(|time| time.attr("value")).map(TimeText::new),
            birth_place: patient
                .descend(&[(HL7, "birthplace"), (HL7, "place"), (HL7, "addr"), (HL7, "county")])
                .and_then(text_of),
        }
    }
}

impl std::fmt::Debug for Patient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Patient({} ids)", self.ids.len())
    }
}
