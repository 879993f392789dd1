//! Who changes a record.

use std::fmt;

use dmp_xml::{Element, Writer};

use crate::patient::element::{attribute, child, code, descend, text};
use crate::patient::{InstanceIdentifier, MessageError};

const PROFESSIONALS: &str = "1.2.250.1.71.4.2.1";
const STRUCTURES: &str = "1.2.250.1.71.4.2.2";
const SPECIALTIES: &str = "1.2.250.1.213.1.1.4.5";

/// `author` of a change. The DMP rejects the message when a name is empty.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistrationAuthor {
    /// PS_IdNat.
    pub id: String,
    /// `G15_10/SM26`, and its label; a received code may be anything.
    pub specialty: Option<(String, String)>,
    /// Family name; empty when a received message has none.
    pub family: String,
    /// Given name; empty when a received message has none.
    pub given: String,
    /// Struct_IdNat.
    pub structure: String,
    /// Name of the structure.
    pub structure_name: Option<String>,
}

impl RegistrationAuthor {
    pub(super) fn write(&self, w: &mut Writer) {
        w.open("author", &[("typeCode", "AUT")]);
        w.open("assignedEntity", &[("classCode", "ASSIGNED")]);
        w.empty("id", &[("root", PROFESSIONALS), ("extension", &self.id)]);
        if let Some((code, label)) = &self.specialty {
            w.empty("code", &[("code", code), ("codeSystem", SPECIALTIES), ("displayName", label)]);
        }
        w.open("assignedPerson", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")]);
        w.open("name", &[]);
        w.leaf("family", &[], &self.family);
        w.leaf("given", &[], &self.given);
        w.close();
        w.close();
        w.open("representedOrganization", &[("classCode", "ORG"), ("determinerCode", "INSTANCE")]);
        w.empty("id", &[("root", STRUCTURES), ("extension", &self.structure)]);
        if let Some(name) = &self.structure_name {
            w.leaf("name", &[], name);
        }
        w.empty("contactParty", &[("classCode", "CON")]);
        for _ in 0..3 {
            w.close();
        }
    }

    /// Reads `author`; the parts of a name that are absent are empty.
    pub(super) fn read(request: &Element) -> Result<Self, MessageError> {
        let entity =
            descend(request, &["author", "assignedEntity"]).ok_or(MessageError::Missing("author/assignedEntity"))?;
        let person = descend(entity, &["assignedPerson", "name"]);
        let name = |part| person.and_then(|name| child(name, part)).and_then(text).unwrap_or_default();
        let structure = child(entity, "representedOrganization")
            .ok_or(MessageError::Missing("assignedEntity/representedOrganization"))?;
        let specialty = |concept: &Element| {
            let label = attribute(concept, "displayName").unwrap_or_default();
            Some((code(concept)?.to_owned(), label.to_owned()))
        };
        Ok(Self {
            id: identifier(entity).ok_or(MessageError::Missing("assignedEntity/id"))?,
            specialty: child(entity, "code").and_then(specialty),
            family: name("family"),
            given: name("given"),
            structure: identifier(structure).ok_or(MessageError::Missing("representedOrganization/id"))?,
            structure_name: child(structure, "name").and_then(text),
        })
    }
}

fn identifier(element: &Element) -> Option<String> {
    child(element, "id").and_then(InstanceIdentifier::read).and_then(|id| id.extension)
}

impl fmt::Debug for RegistrationAuthor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistrationAuthor").field("specialty", &self.specialty).finish_non_exhaustive()
    }
}
