//! V04-V06: one assertion, in its place, of the right shape, with identifiers that are unique in the envelope.

use std::collections::HashSet;

use dmp_xml::{Element, Node};

use super::{INVALID_REQUEST, refuse};
use crate::rules::{Judge, Refusal};
use crate::vihf::{Assertion, SAML, WSSE};
use crate::web_ps::SAMLP;

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The assertion and the way down to it.
pub(super) struct Place<'a> {
    /// From the envelope to `wsse:Security`, or the SAML response of TD0.10 alone.
    pub(super) ancestors: Vec<&'a Element>,
    /// The assertion as received.
    pub(super) assertion: &'a Element,
}

pub(super) fn find<'a>(envelope: &'a Element, judge: &mut Judge<'_>) -> Result<Place<'a>, Refusal> {
    let place = locate(envelope)?;
    // Nothing can be read without the one assertion: V04 has no lenient form.
    let assertions = envelope.descendants().filter(|element| element.is(SAML, "Assertion")).count();
    if assertions != 1 {
        return Err(absent_or_multiple(format!("{assertions} assertions in the document")));
    }
    if let Some(what) = unwanted_node(place.assertion) {
        judge.weigh(not_conform(what))?;
    }
    let assertion = Assertion::read(place.assertion).map_err(|error| not_conform(error.what))?;
    if assertion.version != "2.0" {
        judge.weigh(not_conform("Version is not 2.0"))?;
    }
    // A UUID that starts with a digit is no NCName, yet the DMP takes it.
    if !assertion.id.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        judge.weigh(not_conform("ID holds characters that no identifier has"))?;
    }
    if let Some(attribute) = duplicate_identifier(envelope) {
        let text = "Identifiant XML en double".to_owned();
        let found = format!("the same value twice in attributes of type ID ({attribute})");
        judge.weigh(refuse("V06", INVALID_REQUEST, text, found, "every ID unique in the envelope"))?;
    }
    Ok(place)
}

/// Header, its one Security, its one assertion; in TD0.10 the assertion is a child of the root.
fn locate(envelope: &Element) -> Result<Place<'_>, Refusal> {
    if envelope.is(SAMLP, "Response") {
        let Some(assertion) = envelope.child(SAML, "Assertion") else {
            return Err(absent_or_multiple("no saml2:Assertion directly under saml2p:Response".to_owned()));
        };
        return Ok(Place { ancestors: vec![envelope], assertion });
    }
    let headers: Vec<&Element> = envelope.children_named(SOAP, "Header").collect();
    let [header] = headers.as_slice() else {
        return Err(absent_or_multiple(format!("{} soap:Header", headers.len())));
    };
    let blocks: Vec<&Element> = header.children_named(WSSE, "Security").collect();
    let [security] = blocks.as_slice() else {
        return Err(absent_or_multiple(format!("{} wsse:Security in the header", blocks.len())));
    };
    let Some(assertion) = security.child(SAML, "Assertion") else {
        return Err(absent_or_multiple("no saml2:Assertion directly under wsse:Security".to_owned()));
    };
    Ok(Place { ancestors: vec![envelope, header, security], assertion })
}

/// A comment could cut a value in two for one reader and not for another; none is needed.
fn unwanted_node(assertion: &Element) -> Option<&'static str> {
    assertion.descendants().find_map(|element| {
        let node = element.children.iter().find_map(|node| match node {
            Node::Comment(_) => Some("comment inside the assertion"),
            Node::Pi(..) => Some("processing instruction inside the assertion"),
            Node::Element(_) | Node::Text(_) => None,
        });
        node.or(element.has_cdata.then_some("CDATA section inside the assertion"))
    })
}

fn duplicate_identifier(envelope: &Element) -> Option<&str> {
    let mut seen = HashSet::new();
    let attributes = envelope.descendants().flat_map(|element| &element.attributes);
    let mut identifiers = attributes.filter(|attribute| {
        let name = &attribute.name;
        name.is("", "ID") || name.is("", "Id") || name.is(WSU, "Id") || name.is(XML, "id")
    });
    identifiers.find(|attribute| !seen.insert(attribute.value.as_str())).map(|attribute| attribute.name.local.as_str())
}

fn absent_or_multiple(found: String) -> Refusal {
    let expected = "one wsse:Security in the header with the only assertion of the document as direct child";
    refuse("V04", INVALID_REQUEST, "Le VIHF est absent ou multiple".to_owned(), found, expected)
}

/// V05.
pub(super) fn not_conform(what: impl Into<String>) -> Refusal {
    let what = what.into();
    let text = format!("Le VIHF n'est pas conforme : {what}");
    refuse("V05", INVALID_REQUEST, text, what, "an assertion of the shape that the interface guide gives")
}
