//! Reading test files and comparing messages.

use std::path::{Path, PathBuf};

use dmp_xml::{Element, Limits, Node, Writer};

/// Names and texts of the ITI messages in testdata/xds, sorted.
pub(crate) fn golden_messages() -> Vec<(String, String)> {
    messages_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/xds"))
}

/// One of them.
pub(crate) fn golden_message(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/xds").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn messages_in(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.starts_with("iti") && name.ends_with(".soap.xml"));
    names.sort();
    names.into_iter().map(|name| (name.clone(), std::fs::read_to_string(folder.join(name)).unwrap())).collect()
}

/// The shared library of schemas and examples, when it lies beside the project.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: ../shared not present");
    None
}

pub(crate) fn parse(xml: &str) -> Element {
    dmp_xml::parse(xml.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{xml}"))
}

/// The element inside the SOAP body.
pub(crate) fn body(message: &str) -> Element {
    let envelope = parse(message);
    let body = envelope.elements().find(|child| child.name.local == "Body").expect("a body");
    body.elements().next().expect("a body element").clone()
}

/// The text of the element inside the SOAP body, white space between tags removed.
pub(crate) fn body_text(message: &str) -> String {
    let start = message.find("Body>").unwrap() + "Body>".len();
    let end = message.rfind("</soap:Body>").unwrap();
    let between_tags = |piece: &str| piece.trim().is_empty() || piece.trim_start().starts_with('<');
    let pieces = message[start..end].split('>');
    let pieces: Vec<&str> = pieces.map(|piece| if between_tags(piece) { piece.trim_start() } else { piece }).collect();
    pieces.join(">")
}

/// A text after some replacements, each of which must find something.
pub(crate) fn edited(text: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// `rim:Slot`.
pub(crate) fn slot_xml(name: &str, values: &[&str]) -> String {
    let values: String = values.iter().map(|value| format!("<rim:Value>{value}</rim:Value>")).collect();
    format!("<rim:Slot name=\"{name}\"><rim:ValueList>{values}</rim:ValueList></rim:Slot>")
}

/// What a message writes.
pub(crate) fn written(write: impl FnOnce(&mut Writer)) -> String {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.finish().expect("writable")
}

/// A form of an element that does not depend on prefixes, white space, the order of attributes, or the ids that an answer
/// gives to classifications and identifiers.
pub(crate) fn normalised(element: &Element, mask_ids: bool) -> String {
    let mut out = String::new();
    normalise(element, mask_ids, 0, &mut out);
    out
}

fn normalise(element: &Element, mask_ids: bool, depth: usize, out: &mut String) {
    let mut attributes: Vec<String> = element
        .attributes
        .iter()
        .filter(|attribute| {
            let owned = matches!(element.name.local.as_str(), "Classification" | "ExternalIdentifier");
            !(mask_ids && owned && attribute.name.is("", "id"))
        })
        .map(|attribute| format!(" {{{}}}{}={:?}", attribute.name.namespace, attribute.name.local, attribute.value))
        .collect();
    attributes.sort();
    out.push_str(&format!(
        "\n{}{{{}}}{}{}",
        " ".repeat(depth),
        element.name.namespace,
        element.name.local,
        attributes.concat()
    ));
    let has_elements = element.elements().next().is_some();
    for node in &element.children {
        match node {
            Node::Element(child) => normalise(child, mask_ids, depth + 1, out),
            Node::Text(text) if !has_elements || !text.trim().is_empty() => out.push_str(&format!(" {text:?}")),
            _ => {}
        }
    }
}
