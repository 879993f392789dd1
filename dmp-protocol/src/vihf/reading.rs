//! From an element to an [`Assertion`]: the shape is checked (V05), the values are not.

use dmp_xml::{Element, Node};
use jiff::Timestamp;

use super::{Assertion, AssertionAttribute, AttributeValue, CodedElement, Conditions, SAML};
use crate::signature::DSIG;

const HL7: &str = "urn:hl7-org:v3";

/// What makes an element no assertion of the page (V05).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct StructureError {
    /// The element or attribute and what is wrong with it; no value.
    pub what: String,
}

impl Assertion {
    /// Reads an assertion; signatures directly under it are skipped, unknown attributes are ignored.
    ///
    /// # Errors
    /// Elements missing, repeated, out of order or unknown; an instant that is not UTC; text between elements.
    pub fn read(element: &Element) -> Result<Self, StructureError> {
        if !element.is(SAML, "Assertion") {
            return Err(wrong("the element is not saml2:Assertion"));
        }
        let mut children = children(element)?;
        // Their number and place are the business of V11.
        children.skip_all(|child| child.is(DSIG, "Signature"));
        let issuer = children.required("Issuer")?;
        let subject = children.required("Subject")?;
        let conditions = children.optional("Conditions").map(read_conditions).transpose()?;
        let statement = children.required("AuthnStatement")?;
        let attributes = children.required("AttributeStatement")?;
        children.end()?;

        let (class, declaration) = read_context(statement)?;
        Ok(Self {
            id: required_attribute(element, "ID")?,
            issued_at: instant(element, "IssueInstant")?,
            version: required_attribute(element, "Version")?,
            issuer: text_of(issuer)?,
            issuer_format: issuer.attr("Format").map(str::to_owned),
            name_id: read_name_id(subject)?,
            conditions,
            authenticated_at: instant(statement, "AuthnInstant")?,
            class,
            declaration,
            attributes: read_attributes(attributes)?,
        })
    }
}

/// A `SubjectConfirmation` is tolerated, as the page says of the mock.
fn read_name_id(subject: &Element) -> Result<String, StructureError> {
    let mut children = children(subject)?;
    let name_id = children.required("NameID")?;
    while children.optional("SubjectConfirmation").is_some() {}
    children.end()?;
    text_of(name_id)
}

fn read_context(statement: &Element) -> Result<(String, Option<String>), StructureError> {
    let mut outer = children(statement)?;
    let context = outer.required("AuthnContext")?;
    outer.end()?;
    let mut inner = children(context)?;
    let class = text_of(inner.required("AuthnContextClassRef")?)?;
    let declaration = inner.optional("AuthnContextDecl").map(text_of).transpose()?;
    inner.end()?;
    Ok((class, declaration))
}

fn read_conditions(element: &Element) -> Result<Conditions, StructureError> {
    let optional = |name: &str| element.attr(name).map(|_| instant(element, name)).transpose();
    let not_after = optional("NotAfter")?;
    Ok(Conditions {
        not_before: optional("NotBefore")?,
        not_on_or_after: optional("NotOnOrAfter")?.or(not_after),
        not_after_variant: not_after.is_some(),
        restricted: element.elements().next().is_some(),
    })
}

fn read_attributes(statement: &Element) -> Result<Vec<AssertionAttribute>, StructureError> {
    let mut children = children(statement)?;
    let mut attributes = Vec::new();
    while let Some(attribute) = children.optional("Attribute") {
        let mut values = self::children(attribute)?;
        let mut read = Vec::new();
        while let Some(value) = values.optional("AttributeValue") {
            read.push(read_value(value)?);
        }
        values.end()?;
        attributes.push(AssertionAttribute { name: required_attribute(attribute, "Name")?, values: read });
    }
    children.end()?;
    if attributes.is_empty() {
        return Err(wrong("AttributeStatement is empty"));
    }
    Ok(attributes)
}

fn read_value(value: &Element) -> Result<AttributeValue, StructureError> {
    let Some(element) = value.elements().next() else { return Ok(AttributeValue::Text(value.text())) };
    let alone = children(value)?.count() == 1 && element.children.is_empty();
    if !alone || element.name.namespace != HL7 {
        return Err(wrong("AttributeValue holds something other than text or one empty HL7 element"));
    }
    let attribute = |name: &str| element.attr(name).unwrap_or_default().to_owned();
    Ok(AttributeValue::Coded(CodedElement {
        element: element.name.local.clone(),
        code: attribute("code"),
        code_system: attribute("codeSystem"),
        code_system_name: element.attr("codeSystemName").map(str::to_owned),
        display: attribute("displayName"),
    }))
}

/// The child elements of one element, to be taken in order.
struct Children<'a> {
    parent: &'a Element,
    elements: std::iter::Peekable<std::vec::IntoIter<&'a Element>>,
}

/// Refuses text that is not white space between the elements.
fn children(parent: &Element) -> Result<Children<'_>, StructureError> {
    let stray = |node: &Node| matches!(node, Node::Text(text) if !text.trim_ascii().is_empty());
    if parent.children.iter().any(stray) {
        return Err(wrong(format!("text between the elements of {}", parent.name.local)));
    }
    let elements: Vec<&Element> = parent.elements().collect();
    Ok(Children { parent, elements: elements.into_iter().peekable() })
}

impl<'a> Children<'a> {
    fn optional(&mut self, local: &str) -> Option<&'a Element> {
        self.elements.next_if(|child| child.is(SAML, local))
    }

    fn skip_all(&mut self, skipped: impl Fn(&Element) -> bool) {
        let kept: Vec<&Element> = self.elements.by_ref().filter(|child| !skipped(child)).collect();
        self.elements = kept.into_iter().peekable();
    }

    fn required(&mut self, local: &str) -> Result<&'a Element, StructureError> {
        let parent = &self.parent.name.local;
        self.optional(local).ok_or_else(|| wrong(format!("{local} is missing or misplaced in {parent}")))
    }

    fn end(mut self) -> Result<(), StructureError> {
        match self.elements.next() {
            Some(child) => Err(wrong(format!("{} is unexpected in {}", child.name.local, self.parent.name.local))),
            None => Ok(()),
        }
    }

    fn count(self) -> usize {
        self.elements.count()
    }
}

fn text_of(element: &Element) -> Result<String, StructureError> {
    match element.elements().next() {
        Some(child) => Err(wrong(format!("{} is unexpected in {}", child.name.local, element.name.local))),
        None => Ok(element.text()),
    }
}

fn required_attribute(element: &Element, name: &str) -> Result<String, StructureError> {
    let value = element.attr(name).filter(|value| !value.is_empty());
    value.map(str::to_owned).ok_or_else(|| wrong(format!("@{name} is missing in {}", element.name.local)))
}

/// `YYYY-MM-DDThh:mm:ss[.fff]Z`; a local offset is refused.
fn instant(element: &Element, name: &str) -> Result<Timestamp, StructureError> {
    let text = required_attribute(element, name)?;
    let shaped = text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T') && text.ends_with('Z');
    let parsed = if shaped { text.parse().ok() } else { None };
    parsed.ok_or_else(|| wrong(format!("@{name} of {} is not an instant in UTC (Z)", element.name.local)))
}

fn wrong(what: impl Into<String>) -> StructureError {
    StructureError { what: what.into() }
}
