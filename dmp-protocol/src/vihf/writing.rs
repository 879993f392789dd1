//! The assertion as XML: one line, no indentation, attributes in the order of the page.

use dmp_xml::{WriteError, Writer};
use jiff::Timestamp;

use super::{Assertion, AssertionAttribute, AttributeValue, CodedElement, Conditions, SAML};
use crate::switches::Switches;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XS: &str = "http://www.w3.org/2001/XMLSchema";
const HL7: &str = "urn:hl7-org:v3";

impl Assertion {
    /// The XML, with an already serialised signature right after the issuer.
    pub(super) fn write(&self, signature: Option<&str>, switches: &Switches) -> Result<String, WriteError> {
        let issued_at = instant(self.issued_at);
        let mut attributes = vec![("xmlns:saml2", SAML), ("xmlns:xsi", XSI)];
        if switches.typed_string_values {
            attributes.push(("xmlns:xs", XS));
        }
        attributes.extend([("ID", self.id.as_str()), ("IssueInstant", &issued_at), ("Version", &self.version)]);

        let mut w = Writer::new();
        w.open("saml2:Assertion", &attributes);
        let format = self.issuer_format.as_deref().map(|format| ("Format", format));
        w.leaf("saml2:Issuer", format.as_slice(), &self.issuer);
        if let Some(signature) = signature {
            w.raw(signature);
        }
        w.open("saml2:Subject", &[]);
        w.leaf("saml2:NameID", &[], &self.name_id);
        w.close();
        if let Some(conditions) = &self.conditions {
            write_conditions(&mut w, conditions);
        }
        self.write_statement(&mut w);
        w.open("saml2:AttributeStatement", &[]);
        for attribute in &self.attributes {
            write_attribute(&mut w, attribute, switches.typed_string_values);
        }
        w.close();
        w.close();
        w.finish()
    }

    fn write_statement(&self, w: &mut Writer) {
        w.open("saml2:AuthnStatement", &[("AuthnInstant", &instant(self.authenticated_at))]);
        w.open("saml2:AuthnContext", &[]);
        w.leaf("saml2:AuthnContextClassRef", &[], &self.class);
        if let Some(declaration) = &self.declaration {
            w.leaf("saml2:AuthnContextDecl", &[], declaration);
        }
        w.close();
        w.close();
    }
}

fn write_conditions(w: &mut Writer, conditions: &Conditions) {
    let not_before = conditions.not_before.map(instant);
    let not_on_or_after = conditions.not_on_or_after.map(instant);
    let bounds = [("NotBefore", &not_before), ("NotOnOrAfter", &not_on_or_after)];
    let attributes: Vec<_> = bounds.iter().filter_map(|(name, at)| Some((*name, at.as_deref()?))).collect();
    w.empty("saml2:Conditions", &attributes);
}

fn write_attribute(w: &mut Writer, attribute: &AssertionAttribute, typed: bool) {
    w.open("saml2:Attribute", &[("Name", &attribute.name)]);
    for value in &attribute.values {
        match value {
            AttributeValue::Text(text) if typed => w.leaf("saml2:AttributeValue", &[("xsi:type", "xs:string")], text),
            AttributeValue::Text(text) => w.leaf("saml2:AttributeValue", &[], text),
            AttributeValue::Coded(element) => {
                w.open("saml2:AttributeValue", &[]);
                write_coded(w, element);
                w.close();
            }
        }
    }
    w.close();
}

/// Attributes in no namespace; `xsi:type="CE"` resolves in the default namespace, which is why it is declared here.
fn write_coded(w: &mut Writer, element: &CodedElement) {
    let mut attributes =
        vec![("xmlns", HL7), ("xsi:type", "CE"), ("code", &element.code), ("codeSystem", &element.code_system)];
    attributes.extend(element.code_system_name.as_deref().map(|name| ("codeSystemName", name)));
    attributes.push(("displayName", &element.display));
    w.empty(&element.element, &attributes);
}

/// UTC, to the millisecond.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
