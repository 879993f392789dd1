//! Classifications: codes, and those of unknown scheme.

use dmp_xml::{Element, Writer};

use crate::ebrim::ids::Ids;
use crate::ebrim::shape::{attribute, localized, write_localized};
use crate::ebrim::slots::{SlotBag, SlotList};
use crate::scheme::slot_name::CODING_SCHEME;
use crate::{Classification, CodedValue};

/// Reads a classification as it is.
pub(crate) fn read(element: &Element) -> Classification {
    Classification {
        scheme: element.attr("classificationScheme").map(str::to_owned),
        node: element.attr("classificationNode").map(str::to_owned),
        code: element.attr("nodeRepresentation").map(str::to_owned),
        display: localized(element, "Name"),
        slots: SlotBag::read(element).into_rest(),
    }
}

/// Reads a code: `nodeRepresentation`, slot `codingScheme`, `rim:Name`.
pub(crate) fn read_code(element: &Element) -> CodedValue {
    CodedValue {
        code: attribute(element, "nodeRepresentation"),
        display: localized(element, "Name"),
        system: SlotBag::read(element).take_text(CODING_SCHEME).unwrap_or_default(),
    }
}

/// Puts a code where the model takes one; a second one of the same scheme is kept with the extras.
pub(crate) fn read_single_code(field: &mut Option<CodedValue>, others: &mut Vec<Classification>, element: &Element) {
    if field.is_none() {
        *field = Some(read_code(element));
    } else {
        others.push(read(element));
    }
}

/// Writes the codes of one scheme.
pub(crate) fn write_codes<'a>(
    writer: &mut Writer,
    ids: &mut Ids,
    owner: &str,
    scheme: &str,
    codes: impl IntoIterator<Item = &'a CodedValue>,
) {
    for code in codes {
        let id = ids.classification(owner);
        open(writer, &id, Some(scheme), None, owner, Some(&code.code));
        let mut slots = SlotList::default();
        slots.add(CODING_SCHEME, [code.system.as_str()]);
        slots.write_sorted(writer);
        write_localized(writer, "rim:Name", code.display.as_deref());
        writer.close();
    }
}

/// Writes a classification that says what an object is.
pub(crate) fn write_node(writer: &mut Writer, ids: &mut Ids, owner: &str, node: &str) {
    let id = ids.classification(owner);
    writer.empty("rim:Classification", &[("id", &id), ("classificationNode", node), ("classifiedObject", owner)]);
}

/// Writes classifications as they came.
pub(crate) fn write_others(writer: &mut Writer, ids: &mut Ids, owner: &str, others: &[Classification]) {
    for other in others {
        let id = ids.classification(owner);
        open(writer, &id, other.scheme.as_deref(), other.node.as_deref(), owner, other.code.as_deref());
        let mut slots = SlotList::default();
        slots.add_others(&other.slots);
        slots.write_sorted(writer);
        write_localized(writer, "rim:Name", other.display.as_deref());
        writer.close();
    }
}

/// Opens a classification; the attributes it has come in the order of the schema.
pub(crate) fn open(
    writer: &mut Writer,
    id: &str,
    scheme: Option<&str>,
    node: Option<&str>,
    owner: &str,
    code: Option<&str>,
) {
    let attributes = [
        ("id", Some(id)),
        ("classificationScheme", scheme),
        ("classificationNode", node),
        ("classifiedObject", Some(owner)),
        ("nodeRepresentation", code),
    ];
    let present: Vec<_> = attributes.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    writer.open("rim:Classification", &present);
}
