//! Small readings shared by the patient messages.

use dmp_xml::Element;

use super::HL7;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// First child of that local name that is not an `xsi:nil` filler.
pub(super) fn child<'a>(element: &'a Element, local: &'a str) -> Option<&'a Element> {
    children(element, local).next()
}

/// Children of that local name that are not `xsi:nil` fillers.
pub(super) fn children<'a>(element: &'a Element, local: &'a str) -> impl Iterator<Item = &'a Element> {
    element.children_named(HL7, local).filter(|e| !matches!(e.attr_ns(XSI, "nil").map(str::trim), Some("true" | "1")))
}

/// First match of a path.
pub(super) fn descend<'a>(element: &'a Element, path: &[&'a str]) -> Option<&'a Element> {
    path.iter().try_fold(element, |element, local| child(element, local))
}

/// Attribute `code`, trimmed; `None` when empty.
pub(super) fn code(element: &Element) -> Option<&str> {
    attribute(element, "code")
}

/// An attribute in no namespace, trimmed; `None` when empty.
pub(super) fn attribute<'a>(element: &'a Element, local: &str) -> Option<&'a str> {
    element.attr(local).map(str::trim).filter(|value| !value.is_empty())
}

/// Trimmed text; `None` when empty.
pub(super) fn text(element: &Element) -> Option<String> {
    let text = element.text();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Attribute `value` of a BL.
pub(super) fn boolean(element: &Element) -> Option<bool> {
    match attribute(element, "value")? {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
