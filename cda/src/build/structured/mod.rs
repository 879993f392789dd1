//! The structured body (N3): sections, the PDF copy, added documents and images.

mod attachment;
mod entry;
mod identifiers;
mod link;
mod narrative;
mod narrative_check;
mod narrative_write;
mod section_id;

use std::collections::BTreeSet;

use dmp_vocabulary::Oid;
use dmp_vocabulary::nomenclature::Concept;
use dmp_xml::Writer;

pub use self::attachment::{AddedDocument, Image, PdfCopy};
pub use self::entry::{Entry, EntryError};
use self::identifiers::Identifiers;
pub use self::link::{Href, HrefError};
pub use self::narrative::{Block, Cell, CellContent, Inline, Item, List, Narrative, Paragraph, Row, Table};
use self::section_id::SectionIds;
use super::content::Base64Layout;
use super::faults::Faults;
use super::header::XDS_SD;
use super::parts::{hidden, nested, write_body_code};

/// Deepest nesting of sections that is written.
const DEEPEST_SECTION: usize = 8;

/// A structured body. The content models belong to their owners: a section is its templates, code, title, narrative
/// and entries, whatever they are.
#[derive(Clone, PartialEq)]
pub struct StructuredBody {
    /// Models of the document, international ones first by habit, the French one last with its version.
    pub models: Vec<Template>,
    /// Sections, in order.
    pub sections: Vec<Section>,
    /// Documents joined to this one (section FR-Documents-ajoutes), after the sections.
    pub added_documents: Vec<AddedDocument>,
    /// A PDF of the whole document, shown first by who reads it; written last.
    pub pdf_copy: Option<PdfCopy>,
}

/// `templateId`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// OID of the model.
    pub root: Oid,
    /// Version of the model, for a French one.
    pub version: Option<String>,
}

/// A section; its `id` is derived from the identifier of the document and the place of the section.
#[derive(Clone, PartialEq)]
pub struct Section {
    /// `templateId`, international first.
    pub templates: Vec<Template>,
    /// Code, LOINC as a rule.
    pub code: Concept,
    /// Title.
    pub title: String,
    /// What a person reads (bloc narratif).
    pub narrative: Narrative,
    /// Coded entries, already serialised.
    pub entries: Vec<Entry>,
    /// Images, shown in the narrative by [`Inline::Media`].
    pub images: Vec<Image>,
    /// Sections inside.
    pub sections: Vec<Section>,
}

impl Template {
    /// A model without version.
    #[must_use]
    pub fn new(root: Oid) -> Self {
        Self { root, version: None }
    }

    /// A version of a model.
    #[must_use]
    pub fn versioned(root: Oid, version: impl Into<String>) -> Self {
        Self { root, version: Some(version.into()) }
    }

    fn check_all(templates: &[Self], field: &str, faults: &mut Faults) {
        for template in templates {
            faults.oid(field, &template.root);
            faults.optional_text(field, template.version.as_deref());
        }
        let roots: BTreeSet<_> = templates.iter().map(|template| template.root.as_str()).collect();
        faults.check(field, roots.len() == templates.len(), "CDA-HDR-008", "the same template twice");
    }

    fn write_all(templates: &[Self], w: &mut Writer) {
        for template in templates {
            let mut attributes = vec![("root", template.root.as_str())];
            attributes.extend(template.version.as_deref().map(|version| ("extension", version)));
            w.empty("templateId", &attributes);
        }
    }
}

impl Section {
    /// A section with a narrative only.
    #[must_use]
    pub fn new(templates: Vec<Template>, code: Concept, title: impl Into<String>, narrative: Narrative) -> Self {
        let title = title.into();
        Self { templates, code, title, narrative, entries: Vec::new(), images: Vec::new(), sections: Vec::new() }
    }

    fn check(&self, at: &str, depth: usize, identifiers: &mut Identifiers, faults: &mut Faults) {
        Template::check_all(&self.templates, &format!("{at}.templates"), faults);
        faults.concept(&format!("{at}.code"), &self.code);
        faults.text(format!("{at}.title"), &self.title);
        let said = !self.narrative.0.is_empty() || !self.sections.is_empty();
        faults.check(format!("{at}.narrative"), said, "CDA-SEC-011", "a narrative, or sections inside");
        self.narrative.check(&format!("{at}.narrative"), identifiers, faults);
        self.entries.iter().for_each(|entry| identifiers.add_entry(&format!("{at}.entries"), entry, faults));
        self.images.iter().for_each(|image| image.check(&format!("{at}.images"), identifiers, faults));
        if depth == DEEPEST_SECTION {
            return faults.check(at, self.sections.is_empty(), "CDA-DOC-006", "sections nested more than 8 deep");
        }
        for (index, section) in self.sections.iter().enumerate() {
            section.check(&format!("{at}.sections[{index}]"), depth + 1, identifiers, faults);
        }
    }

    fn write(&self, w: &mut Writer, ids: &SectionIds<'_>, layout: Base64Layout) {
        nested(w, &["component", "section"], |w| {
            Template::write_all(&self.templates, w);
            w.empty("id", &[("root", &ids.section())]);
            write_body_code(w, "code", &[], &self.code);
            w.leaf("title", &[], &self.title);
            if !self.narrative.0.is_empty() {
                self.narrative.write(w);
            }
            self.entries.iter().for_each(|entry| entry.write(w));
            self.images.iter().for_each(|image| image.write(w, layout));
            for (index, section) in self.sections.iter().enumerate() {
                section.write(w, &ids.inside(index), layout);
            }
        });
    }
}

impl StructuredBody {
    /// A body of one model.
    #[must_use]
    pub fn new(model: Template, sections: Vec<Section>) -> Self {
        Self { models: vec![model], sections, added_documents: Vec::new(), pdf_copy: None }
    }

    pub(super) fn check(&self, faults: &mut Faults) {
        if self.models.is_empty() {
            faults.missing("models");
        }
        Template::check_all(&self.models, "models", faults);
        let structured = self.models.iter().all(|model| model.root.as_str() != XDS_SD);
        faults.check("models", structured, "CDA-HDR-007", "XDS-SD is the model of unstructured documents");
        if self.sections.is_empty() {
            faults.missing("sections");
        }
        let mut identifiers = Identifiers::default();
        for (index, section) in self.sections.iter().enumerate() {
            section.check(&format!("sections[{index}]"), 1, &mut identifiers, faults);
        }
        for (index, document) in self.added_documents.iter().enumerate() {
            document.check(index, &mut identifiers, faults);
        }
        if let Some(copy) = &self.pdf_copy {
            copy.check(&mut identifiers, faults);
        }
        identifiers.finish(faults);
    }

    pub(super) fn write(&self, w: &mut Writer, document: &Oid, layout: Base64Layout) {
        nested(w, &["component", "structuredBody"], |w| {
            for (index, section) in self.sections.iter().enumerate() {
                section.write(w, &SectionIds::of_section(document, index), layout);
            }
            AddedDocument::write_all(&self.added_documents, w, &SectionIds::of_part(document, "added"), layout);
            if let Some(copy) = &self.pdf_copy {
                copy.write(w, &SectionIds::of_part(document, "copy"), layout);
            }
        });
    }
}

hidden!(StructuredBody, Section);
