//! The small shapes every ebRIM object is made of.

use dmp_xml::{Element, Writer};

use crate::ebrim::ids::Ids;
use crate::namespace::RIM;
use crate::slot::ExternalIdentifier;

/// Whether an element is the ebRIM element of that name, with or without its namespace.
pub(crate) fn is_rim(element: &Element, local: &str) -> bool {
    element.is(RIM, local) || element.is("", local)
}

/// Children of that ebRIM name.
pub(crate) fn rim_children<'a>(element: &'a Element, local: &'a str) -> impl Iterator<Item = &'a Element> {
    element.elements().filter(move |child| is_rim(child, local))
}

/// An attribute, empty when absent. Never trimmed.
pub(crate) fn attribute(element: &Element, local: &str) -> String {
    element.attr(local).unwrap_or_default().to_owned()
}

/// An attribute that says something.
pub(crate) fn optional_attribute(element: &Element, local: &str) -> Option<String> {
    element.attr(local).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// The text of `rim:Name` or `rim:Description`: the first `LocalizedString` with a value.
pub(crate) fn localized(element: &Element, local: &str) -> Option<String> {
    rim_children(element, local)
        .flat_map(|name| rim_children(name, "LocalizedString"))
        .find_map(|string| optional_attribute(string, "value"))
}

/// Writes `rim:Name` or `rim:Description`, nothing for an absent text.
pub(crate) fn write_localized(writer: &mut Writer, element: &str, text: Option<&str>) {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return };
    writer.open(element, &[]);
    writer.empty("rim:LocalizedString", &[("charset", "UTF-8"), ("value", text), ("xml:lang", "FR")]);
    writer.close();
}

/// Reads `rim:ExternalIdentifier`.
pub(crate) fn read_identifier(element: &Element) -> ExternalIdentifier {
    ExternalIdentifier {
        scheme: attribute(element, "identificationScheme"),
        value: attribute(element, "value"),
        name: localized(element, "Name"),
    }
}

/// Writes `rim:ExternalIdentifier`; nothing when the value is empty.
pub(crate) fn write_identifier(
    writer: &mut Writer,
    ids: &mut Ids,
    owner: &str,
    scheme: &str,
    value: &str,
    name: Option<&str>,
) {
    if value.is_empty() {
        return;
    }
    let id = ids.identifier(owner);
    let attributes =
        [("id", id.as_str()), ("registryObject", owner), ("identificationScheme", scheme), ("value", value)];
    writer.open("rim:ExternalIdentifier", &attributes);
    write_localized(writer, "rim:Name", name);
    writer.close();
}
