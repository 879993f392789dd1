//! Entries that someone else serialised.

use dmp_xml::{Element, Limits, Node, Writer, XmlError};

use crate::HL7;
use crate::build::header::XSI;
use crate::build::parts::hidden;

/// What an entry may hold (clinical statements of CDA).
const STATEMENTS: [&str; 9] = [
    "act",
    "encounter",
    "observation",
    "observationMedia",
    "organizer",
    "procedure",
    "regionOfInterest",
    "substanceAdministration",
    "supply",
];

/// Levels of a document above the content of an entry, sections nested to the limit included.
const LEVELS_ABOVE: usize = 24;

/// A coded entry, already serialised: an `entry`, or a clinical statement that is put in one.
///
/// Its content is not checked against any model. The default namespace is that of CDA and the prefix `xsi` is
/// declared; any other prefix must be declared in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    xml: String,
    wrap: bool,
    /// Every `@ID`.
    pub(super) ids: Vec<String>,
    /// Those of images and regions of interest.
    pub(super) media: Vec<String>,
    /// Targets of `reference/@value` in this document, without `#`.
    pub(super) references: Vec<String>,
}

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Not well-formed, or a prefix without declaration.
    #[error("the entry is not well-formed XML (line and column from its start): {0}")]
    Xml(#[from] XmlError),
    /// Not exactly one element, or something else around it.
    #[error("an entry is one element, with nothing but white space around it")]
    NotOneElement,
    /// Neither an `entry` nor a clinical statement of CDA.
    #[error("the root of an entry is urn:hl7-org:v3 entry, or a clinical statement such as observation or act")]
    UnknownStatement,
    /// An `xsi:type` whose prefix is not declared.
    #[error("an xsi:type names a prefix that is not declared (CDA-TYP-021)")]
    UnresolvedType,
}

impl Entry {
    /// Reads the XML of an `entry`, or of a clinical statement.
    ///
    /// # Errors
    /// [`EntryError`]
    pub fn parse(xml: &str) -> Result<Self, EntryError> {
        // In place: the namespaces of the document, and no way to close more than was opened.
        let start = format!("<section xmlns=\"{HL7}\" {}=\"{}\">", XSI.0, XSI.1);
        let limits = Limits { depth: Limits::default().depth.saturating_sub(LEVELS_ABOVE), ..Limits::default() };
        let section = dmp_xml::parse(format!("{start}{xml}</section>").as_bytes(), &limits).map_err(|error| {
            let before = if error.line == 1 { start.len() as u64 } else { 0 };
            XmlError { column: error.column.saturating_sub(before), ..error }
        })?;
        let mut statements = section.elements();
        let (Some(statement), None) = (statements.next(), statements.next()) else {
            return Err(EntryError::NotOneElement);
        };
        let blank = |node: &Node| match node {
            Node::Element(_) | Node::Comment(_) => true,
            Node::Text(text) => text.trim().is_empty(),
            Node::Pi { .. } => false,
        };
        if !section.children.iter().all(blank) {
            return Err(EntryError::NotOneElement);
        }
        let wrap = !statement.is(HL7, "entry");
        if wrap && !STATEMENTS.iter().any(|name| statement.is(HL7, name)) {
            return Err(EntryError::UnknownStatement);
        }
        let xml = xml.trim().replace("\r\n", "\n").replace('\r', "\n");
        let mut entry = Self { xml, wrap, ids: Vec::new(), media: Vec::new(), references: Vec::new() };
        entry.look_at(&section)?;
        Ok(entry)
    }

    fn look_at(&mut self, section: &Element) -> Result<(), EntryError> {
        let mut open: Vec<(&Element, Vec<&str>)> = vec![(section, Vec::new())];
        while let Some((element, mut prefixes)) = open.pop() {
            prefixes.extend(element.namespaces.iter().map(|declaration| declaration.prefix.as_str()));
            if let Some((prefix, _)) = element.attr_ns(XSI.1, "type").and_then(|name| name.trim().split_once(':'))
                && !prefixes.contains(&prefix)
            {
                return Err(EntryError::UnresolvedType);
            }
            if let Some(id) = element.attr("ID") {
                self.ids.push(id.to_owned());
                if element.is(HL7, "observationMedia") || element.is(HL7, "regionOfInterest") {
                    self.media.push(id.to_owned());
                }
            }
            if element.is(HL7, "reference")
                && let Some(target) = element.attr("value").and_then(|value| value.trim().strip_prefix('#'))
            {
                self.references.push(target.to_owned());
            }
            open.extend(element.elements().map(|child| (child, prefixes.clone())));
        }
        Ok(())
    }

    pub(super) fn write(&self, w: &mut Writer) {
        if self.wrap {
            w.open("entry", &[]);
        }
        w.raw(&self.xml);
        if self.wrap {
            w.close();
        }
    }
}

hidden!(Entry);

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(xml: &str) -> &'static str {
        match Entry::parse(xml) {
            Ok(_) => "",
            Err(EntryError::Xml(_)) => "xml",
            Err(EntryError::NotOneElement) => "one",
            Err(EntryError::UnknownStatement) => "statement",
            Err(EntryError::UnresolvedType) => "type",
        }
    }

    #[test]
    fn one_well_formed_statement_with_its_namespaces() {
        for (xml, expected) in [
            ("<entry><observation classCode='OBS' moodCode='EVN'/></entry>", ""),
            (" <act><value xsi:type='CD'/></act>\n<!-- done -->", ""),
            ("<h:act xmlns:h='urn:hl7-org:v3'><h:value xsi:type='h:CD'/></h:act>", ""),
            ("<supply><a xmlns:p='urn:p'><p:b/></a></supply>", ""),
            ("<supply><p:b/></supply>", "xml"),
            ("<supply><value xsi:type='p:CD'/></supply>", "type"),
            ("<supply><a xmlns:p='urn:p'/><value xsi:type='p:CD'/></supply>", "type"),
            ("<act></section><section></act>", "xml"),
            ("</section><section>", "xml"),
            ("<act/></section><!--", "xml"),
            ("<act", "xml"),
            ("<act a='1' a='2'/>", "xml"),
            ("<!DOCTYPE act><act/>", "xml"),
            ("<act>&nbsp;</act>", "xml"),
            ("<act/><act/>", "one"),
            ("text<act/>", "one"),
            ("<?pi x?><act/>", "one"),
            ("", "one"),
            ("<section/>", "statement"),
            ("<act xmlns=''/>", "statement"),
        ] {
            assert_eq!(refused(xml), expected, "{xml}");
        }
        let deep = format!("<act>{}{}</act>", "<a>".repeat(200), "</a>".repeat(200));
        assert_eq!(refused(&deep), "xml");
    }

    #[test]
    fn what_it_names_and_points_at_is_known() {
        let xml = "<act ID='a'>\r\n<text><reference value='#t'/></text><observationMedia ID='m'/>\
                   <reference value='https://exemple.fr'/></act>";
        let entry = Entry::parse(xml).unwrap();
        assert_eq!((&entry.ids[..], &entry.media[..]), (&["a".to_owned(), "m".to_owned()][..], &["m".to_owned()][..]));
        assert_eq!(entry.references, ["t"]);
        assert!(!entry.xml.contains('\r'));
    }
}
