//! Where the `ClinicalDocument` stands in its file.

use dmp_xml::Name;

use crate::{CdaErrorKind, HL7, Shape};

const XSL: &str = "http://www.w3.org/1999/XSL/Transform";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const CI_SIS: &str = "urn:asip-sante:ci-sis";

/// Follows the depth, recognises the shape by the root, and counts the documents at the place of that shape. A
/// `ClinicalDocument` anywhere else, inside a template of a stylesheet say, is content like any other.
#[derive(Default)]
pub(crate) struct Locator {
    shape: Option<Shape>,
    depth: usize,
    in_container: bool,
    /// Depth of the open `ClinicalDocument`.
    document: Option<usize>,
    documents: usize,
    signed: bool,
}

impl Locator {
    /// Depth of the new element below the document.
    pub(crate) fn start(&mut self, name: &Name) -> Result<usize, CdaErrorKind> {
        self.depth += 1;
        match (self.depth, self.shape) {
            (1, _) => self.root(name)?,
            (2, Some(Shape::Autopresentable)) => {
                self.in_container = name.is(CI_SIS, "Contenu");
                self.signed |= name.is(DS, "Signature");
            }
            (2, Some(Shape::Signed)) => self.in_container = name.is(DS, "Object"),
            (3, Some(shape)) if self.in_container && name.is(HL7, "ClinicalDocument") => self.found(shape)?,
            _ => {}
        }
        Ok(self.depth())
    }

    /// Depth of the element opened last below the document; 0 for the document itself and outside it.
    pub(crate) fn depth(&self) -> usize {
        self.document.map_or(0, |document| self.depth - document)
    }

    /// The shape, once the root is known.
    pub(crate) fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// Whether the element opened last is the document or inside it.
    pub(crate) fn is_inside(&self) -> bool {
        self.document.is_some()
    }

    pub(crate) fn end(&mut self) {
        if self.document == Some(self.depth) {
            self.document = None;
        }
        if self.depth == 2 {
            self.in_container = false;
        }
        self.depth -= 1;
    }

    pub(crate) fn finish(&self) -> Result<(Shape, bool), CdaErrorKind> {
        // The XML reader does not end a document without root.
        let shape = self.shape.unwrap_or(Shape::ClinicalDocument);
        if self.documents == 0 { Err(CdaErrorKind::NoClinicalDocument(shape)) } else { Ok((shape, self.signed)) }
    }

    fn root(&mut self, name: &Name) -> Result<(), CdaErrorKind> {
        let shape = if name.is(HL7, "ClinicalDocument") {
            Shape::ClinicalDocument
        } else if name.is(XSL, "stylesheet") || name.is(XSL, "transform") {
            Shape::Autopresentable
        } else if name.is(DS, "Signature") {
            Shape::Signed
        } else {
            let (namespace, local) = (name.namespace.clone(), name.local.clone());
            return Err(CdaErrorKind::UnknownRoot { namespace, local });
        };
        self.shape = Some(shape);
        self.signed = shape == Shape::Signed;
        if shape == Shape::ClinicalDocument { self.found(shape) } else { Ok(()) }
    }

    fn found(&mut self, shape: Shape) -> Result<(), CdaErrorKind> {
        self.documents += 1;
        self.document = Some(self.depth);
        if self.documents > 1 { Err(CdaErrorKind::SeveralClinicalDocuments(shape)) } else { Ok(()) }
    }
}
