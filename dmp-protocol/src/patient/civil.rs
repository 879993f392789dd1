//! What TD1.3a adds to the traits: death, addresses, legal representative, birth place.

use std::fmt;

use dmp_vocabulary::identity::traits::is_absent;
use dmp_xml::{Element, Writer};

use super::Telecom;
use super::answer_write::boolean as bl;
use super::element::{boolean, child, children, code, descend, text};

/// `2.16.840.1.113883.1.11.19579`: how a legal representative is related to the patient.
const RELATIONSHIPS: &str = "2.16.840.1.113883.1.11.19579";

/// Civil data of a patient. Never in `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CivilData {
    /// `deceasedInd`.
    pub deceased: Option<bool>,
    /// Postal addresses, the current one first.
    pub addresses: Vec<Address>,
    /// Représentants légaux of a minor or of a protected adult.
    pub representatives: Vec<LegalRepresentative>,
    /// Where the patient was born, as far as is known.
    pub birth_place: Option<Address>,
}

/// A postal address. Never in `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// `streetAddressLine`.
    pub lines: Vec<String>,
    /// `additionalLocator`: building, floor.
    pub locators: Vec<String>,
    /// `postalCode`.
    pub postal_code: Option<String>,
    /// `city`.
    pub city: Option<String>,
    /// `country`, in words.
    pub country: Option<String>,
}

/// A représentant légal. Never in `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct LegalRepresentative {
    /// `MTH` mother, `FTH` father, `RESPRSN` other, and the others of `2.16.840.1.113883.1.11.19579`.
    pub relationship: String,
    /// `M`, `Mme`.
    pub prefix: Option<String>,
    /// Given names.
    pub given: Vec<String>,
    /// Family name.
    pub family: Option<String>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// Telephones and e-mails.
    pub telecoms: Vec<Telecom>,
}

impl CivilData {
    /// Writes the end of `patientPerson`.
    pub(super) fn write(&self, w: &mut Writer) {
        if let Some(deceased) = self.deceased {
            w.empty("deceasedInd", &[("value", bl(deceased))]);
        }
        for address in &self.addresses {
            address.write(w);
        }
        for representative in &self.representatives {
            representative.write(w);
        }
        if let Some(place) = &self.birth_place {
            w.open("birthPlace", &[("classCode", "BIRTHPL")]);
            place.write(w);
            w.close();
        }
    }

    /// Reads `patientPerson`.
    pub(super) fn read(person: &Element) -> Self {
        Self {
            deceased: child(person, "deceasedInd").and_then(boolean),
            addresses: Address::read_all(person),
            representatives: children(person, "personalRelationship").map(LegalRepresentative::read).collect(),
            birth_place: child(person, "birthPlace").and_then(|place| Address::read_all(place).into_iter().next()),
        }
    }
}

impl Address {
    fn write(&self, w: &mut Writer) {
        w.open("addr", &[]);
        for line in &self.lines {
            w.leaf("streetAddressLine", &[], line);
        }
        for locator in &self.locators {
            w.leaf("additionalLocator", &[], locator);
        }
        let parts = [("postalCode", &self.postal_code), ("city", &self.city), ("country", &self.country)];
        for (name, part) in parts {
            if let Some(part) = part {
                w.leaf(name, &[], part);
            }
        }
        w.close();
    }

    /// Those below an element; an empty `addr` is none.
    fn read_all(parent: &Element) -> Vec<Self> {
        let read = |address: &Element| Self {
            lines: children(address, "streetAddressLine").filter_map(text).collect(),
            locators: children(address, "additionalLocator").filter_map(text).collect(),
            postal_code: child(address, "postalCode").and_then(text),
            city: child(address, "city").and_then(text),
            country: child(address, "country").and_then(text),
        };
        children(parent, "addr").map(read).filter(|address| *address != Self::default()).collect()
    }
}

impl LegalRepresentative {
    fn write(&self, w: &mut Writer) {
        w.open("personalRelationship", &[("classCode", "PRS")]);
        w.empty("code", &[("code", &self.relationship), ("codeSystem", RELATIONSHIPS)]);
        for address in &self.addresses {
            address.write(w);
        }
        for telecom in &self.telecoms {
            telecom.write(w);
        }
        w.open("relationshipHolder1", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")]);
        w.open("name", &[]);
        if let Some(prefix) = &self.prefix {
            w.leaf("prefix", &[], prefix);
        }
        for given in &self.given {
            w.leaf("given", &[], given);
        }
        if let Some(family) = &self.family {
            w.leaf("family", &[], family);
        }
        for _ in 0..3 {
            w.close();
        }
    }

    fn read(element: &Element) -> Self {
        let name = descend(element, &["relationshipHolder1", "name"]);
        Self {
            relationship: child(element, "code").and_then(code).unwrap_or_default().to_owned(),
            prefix: name.and_then(|name| child(name, "prefix")).and_then(text),
            given: name.into_iter().flat_map(|name| children(name, "given")).filter_map(text).collect(),
            family: name
                .into_iter()
                .flat_map(|name| children(name, "family"))
                .filter_map(text)
                .find(|family| !is_absent(family)),
            addresses: Address::read_all(element),
            telecoms: Telecom::read_all(element),
        }
    }
}

impl fmt::Debug for CivilData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CivilData(hidden)")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(hidden)")
    }
}

impl fmt::Debug for LegalRepresentative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LegalRepresentative(hidden)")
    }
}
