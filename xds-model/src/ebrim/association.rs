//! `rim:Association`.

use dmp_xml::{Element, Writer};

use crate::ebrim::ids::Form;
use crate::ebrim::shape::attribute;
use crate::ebrim::slots::{SlotBag, SlotList};
use crate::{Association, AssociationKind, AvailabilityStatus, scheme};

/// Reads an association. Total.
pub(crate) fn read(element: &Element) -> Association {
    Association {
        id: attribute(element, "id"),
        kind: AssociationKind::from_urn(element.attr("associationType").unwrap_or_default()),
        source: attribute(element, "sourceObject"),
        target: attribute(element, "targetObject"),
        status: element.attr("status").map(AvailabilityStatus::from_urn),
        slots: SlotBag::read(element).into_rest(),
    }
}

/// Writes an association; its slots keep their order.
pub(crate) fn write(association: &Association, writer: &mut Writer, form: Form) {
    let status = association.status.as_ref().filter(|_| form == Form::Answer);
    let attributes = [
        ("id", Some(association.id.as_str())),
        ("objectType", Some(scheme::ASSOCIATION)),
        ("status", status.map(AvailabilityStatus::as_urn)),
        ("associationType", Some(association.kind.as_urn())),
        ("sourceObject", Some(association.source.as_str())),
        ("targetObject", Some(association.target.as_str())),
    ];
    let present: Vec<_> = attributes.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    if association.slots.is_empty() {
        return writer.empty("rim:Association", &present);
    }
    writer.open("rim:Association", &present);
    let mut slots = SlotList::default();
    slots.add_others(&association.slots);
    slots.write_in_order(writer);
    writer.close();
}
