//! Small pieces of XML that every part of a document writes.

use dmp_vocabulary::nomenclature::Concept;
use dmp_vocabulary::{Oid, oids};
use dmp_xml::Writer;
use jiff::Zoned;

use super::faults::Faults;

/// Attributes of an element whose value the producer does not know.
pub(super) const UNKNOWN: &[(&str, &str)] = &[("nullFlavor", "UNK")];

/// A `Debug` that shows nothing: names, dates and acts are health data.
macro_rules! hidden {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })+
    };
}
pub(crate) use hidden;

/// `II`: an OID that is complete by itself, or the OID of who gives the numbers and a number.
///
/// `Debug` shows the root only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// `@root`.
    pub root: Oid,
    /// `@extension`.
    pub extension: Option<String>,
}

impl Identifier {
    /// An OID that identifies by itself.
    #[must_use]
    pub fn complete(root: Oid) -> Self {
        Self { root, extension: None }
    }

    /// A number under the OID of who gave it.
    #[must_use]
    pub fn local(root: Oid, extension: impl Into<String>) -> Self {
        Self { root, extension: Some(extension.into()) }
    }

    pub(super) fn check(&self, field: &str, faults: &mut Faults) {
        faults.oid(field, &self.root);
        let filled = self.extension.as_ref().is_none_or(|extension| !extension.trim().is_empty());
        faults.check(field, filled, "CDA-PAT-002", "an extension that is blank");
    }

    pub(super) fn write(&self, w: &mut Writer, element: &str) {
        self.write_with(w, element, &[]);
    }

    /// With attributes before, such as a namespace declaration.
    pub(super) fn write_with(&self, w: &mut Writer, element: &str, before: &[(&str, &str)]) {
        let mut attributes = before.to_vec();
        attributes.push(("root", self.root.as_str()));
        attributes.extend(self.extension.as_deref().map(|extension| ("extension", extension)));
        w.empty(element, &attributes);
    }
}

impl std::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.root, if self.extension.is_some() { "^…" } else { "" })
    }
}

/// `CE` in the header: code, label and system.
pub(super) fn write_code(w: &mut Writer, element: &str, concept: &Concept) {
    w.empty(element, &code_attributes(concept));
}

pub(super) fn code_attributes(concept: &Concept) -> [(&str, &str); 3] {
    [("code", &concept.code), ("displayName", &concept.display), ("codeSystem", &concept.system)]
}

/// `CD` in the body, where models show the name of LOINC.
pub(super) fn write_body_code(w: &mut Writer, element: &str, before: &[(&str, &str)], concept: &Concept) {
    let mut attributes = before.to_vec();
    attributes.extend(code_attributes(concept));
    if concept.system == oids::LOINC {
        attributes.push(("codeSystemName", "LOINC"));
    }
    w.empty(element, &attributes);
}

/// A LOINC concept of the sections that this crate writes itself.
pub(super) fn loinc(code: &str, display: &str) -> Concept {
    Concept { code: code.to_owned(), display: display.to_owned(), system: oids::LOINC.to_owned() }
}

/// Elements without attributes, one in the other, around a content.
pub(super) fn nested(w: &mut Writer, elements: &[&str], content: impl FnOnce(&mut Writer)) {
    elements.iter().for_each(|element| w.open(element, &[]));
    content(w);
    elements.iter().for_each(|_| w.close());
}

/// `AAAAMMJJhhmmss±zzzz`.
pub(super) fn second(instant: &Zoned) -> String {
    instant.strftime("%Y%m%d%H%M%S%z").to_string()
}

/// An instant that HL7 can write: four digits of year, an offset of whole minutes.
pub(super) fn check_instant(field: &str, instant: &Zoned, faults: &mut Faults) {
    faults.check(field, (1..=9999).contains(&instant.year()), "CDA-TYP-001", "a year of four digits");
    let whole = instant.offset().seconds() % 60 == 0;
    faults.check(field, whole, "CDA-TYP-003", "an offset of whole minutes");
}
