//! The HL7 v3 data types of the header, read leniently: an element that bears a `nullFlavor` is absent.

use dmp_xml::Element;

use crate::HL7;

/// `II`: root, and extension unless the root alone identifies.
///
/// `Debug` hides the extension: it may be an INS.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InstanceIdentifier {
    /// OID, or UUID in old documents.
    pub root: String,
    /// Identifier under the root; `None` when the root is complete.
    pub extension: Option<String>,
}

impl InstanceIdentifier {
    pub(crate) fn read(element: &Element) -> Option<Self> {
        let root = valued(element)?.attr("root").and_then(non_blank)?.to_owned();
        Some(Self { root, extension: element.attr("extension").and_then(non_blank).map(str::to_owned) })
    }

    /// All valued identifiers among the `local` children of `parent`.
    pub(crate) fn read_all(parent: &Element, local: &str) -> Vec<Self> {
        parent.children_named(HL7, local).filter_map(Self::read).collect()
    }
}

impl std::fmt::Debug for InstanceIdentifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.root, if self.extension.is_some() { "^…" } else { "" })
    }
}

/// `CE` or `CD`: a code with its system and label, and its translations.
///
/// `Debug` hides the values: the code of an event can be a diagnosis.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CodedElement {
    /// Code.
    pub code: Option<String>,
    /// Code system, an OID.
    pub system: Option<String>,
    /// Label; never compared.
    pub display: Option<String>,
    /// Code of the first `qualifier/name`: what a translation is about (`121139` modality, `39111-0` region).
    pub qualifier: Option<String>,
    /// Translations, in document order, without translations of their own.
    pub translations: Vec<CodedElement>,
}

impl CodedElement {
    /// `None` for an element with a `nullFlavor` or without code.
    pub(crate) fn read(element: &Element) -> Option<Self> {
        let mut coded = Self::read_alone(valued(element)?);
        coded.translations = element
            .children_named(HL7, "translation")
            .filter_map(valued)
            .map(Self::read_alone)
            .filter(|t| t.code.is_some())
            .collect();
        (coded.code.is_some() || !coded.translations.is_empty()).then_some(coded)
    }

    fn read_alone(element: &Element) -> Self {
        let attribute = |name| element.attr(name).and_then(non_blank).map(collapse);
        Self {
            code: attribute("code"),
            system: attribute("codeSystem"),
            display: attribute("displayName"),
            qualifier: element
                .descend(&[(HL7, "qualifier"), (HL7, "name")])
                .and_then(|name| name.attr("code"))
                .and_then(non_blank)
                .map(str::to_owned),
            translations: Vec::new(),
        }
    }
}

impl std::fmt::Debug for CodedElement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CodedElement({} translations)", self.translations.len())
    }
}

/// A name of a person: its parts in document order, white space collapsed. `Debug` shows how many.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonName {
    parts: Vec<NamePart>,
}

#[derive(Clone, PartialEq, Eq)]
struct NamePart {
    kind: &'static str,
    qualifier: Option<String>,
    text: String,
}

impl PersonName {
    /// Parts in any order; a name that is text only is taken as a family name.
    pub(crate) fn read(element: &Element) -> Option<Self> {
        let element = valued(element)?;
        let mut parts = Vec::new();
        for child in element.elements() {
            let kind = ["family", "given"].into_iter().find(|kind| child.is(HL7, kind));
            let text = valued(child).map(|child| collapse(&child.text())).filter(|text| !text.is_empty());
            if let (Some(kind), Some(text)) = (kind, text) {
                let qualifier = child.attr("qualifier").and_then(non_blank).map(str::to_owned);
                parts.push(NamePart { kind, qualifier, text });
            }
        }
        if parts.is_empty() && element.elements().next().is_none() {
            let text = collapse(&element.text());
            parts.extend((!text.is_empty()).then_some(NamePart { kind: "family", qualifier: None, text }));
        }
        Some(Self { parts })
    }

    /// First family name with this qualifier (`BR` nom de naissance, `CL` nom utilisé), or without any.
    #[must_use]
    pub fn family(&self, qualifier: Option<&str>) -> Option<&str> {
        self.part("family", qualifier)
    }

    /// First given name with this qualifier (`BR`, `CL`), or without any (the whole list of birth given names).
    #[must_use]
    pub fn given(&self, qualifier: Option<&str>) -> Option<&str> {
        self.part("given", qualifier)
    }

    /// First family name whatever its qualifier: the name in use of a professional.
    #[must_use]
    pub fn any_family(&self) -> Option<&str> {
        self.parts.iter().find(|p| p.kind == "family").map(|p| p.text.as_str())
    }

    /// First given name whatever its qualifier.
    #[must_use]
    pub fn any_given(&self) -> Option<&str> {
        self.parts.iter().find(|p| p.kind == "given").map(|p| p.text.as_str())
    }

    fn part(&self, kind: &str, qualifier: Option<&str>) -> Option<&str> {
        let matches = |part: &&NamePart| {
            part.kind == kind
                && match (&part.qualifier, qualifier) {
                    (None, None) => true,
                    // The schema allows a list of qualifiers.
                    (Some(found), Some(wanted)) => found.split_whitespace().any(|q| q == wanted),
                    _ => false,
                }
        };
        self.parts.iter().find(matches).map(|part| part.text.as_str())
    }
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonName({} parts)", self.parts.len())
    }
}

/// The element unless it says that it has no value.
pub(crate) fn valued(element: &Element) -> Option<&Element> {
    element.attr("nullFlavor").is_none().then_some(element)
}

/// The first child of that name, if it has a value.
pub(crate) fn child<'a>(parent: &'a Element, local: &str) -> Option<&'a Element> {
    parent.child(HL7, local).and_then(valued)
}

/// The text of an element, white space collapsed; `None` when blank.
pub(crate) fn text_of(element: &Element) -> Option<String> {
    Some(collapse(&element.text())).filter(|text| !text.is_empty())
}

fn non_blank(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// White space collapsed as for an `xs:token`; a no-break space is a character like any other.
pub(crate) fn collapse(text: &str) -> String {
    let words = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
