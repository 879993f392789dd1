//! Persons around the patient: to be called, of trust, carers.

use dmp_xml::Element;

use crate::HL7;
use crate::data_types::{CodedElement, PersonName, child, valued};

/// `informant/relatedEntity`. `Debug` shows its class only.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RelatedPerson {
    /// `@classCode`: `ECON` personne à prévenir en cas d'urgence, `NOK` personne de confiance, `CON` informateur,
    /// `CAREGIVER` aidant, `PAT` aidé.
    pub class: Option<String>,
    /// `code`: the tie with the patient (JDV_J11).
    pub relation: Option<CodedElement>,
    /// `relatedPerson/name`.
    pub name: Option<PersonName>,
    /// `telecom/@value`, in document order: `tel:0639980018`.
    pub telecoms: Vec<String>,
}

impl RelatedPerson {
    pub(crate) fn read(element: &Element) -> Self {
        let telecoms = element.children_named(HL7, "telecom").filter_map(valued);
        Self {
            class: element.attr("classCode").map(str::to_owned),
            relation: child(element, "code").and_then(CodedElement::read),
            name: child(element, "relatedPerson").and_then(|p| child(p, "name")).and_then(PersonName::read),
            telecoms: telecoms.filter_map(|telecom| telecom.attr("value")).map(str::to_owned).collect(),
        }
    }
}

impl std::fmt::Debug for RelatedPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelatedPerson").field("class", &self.class).finish_non_exhaustive()
    }
}
