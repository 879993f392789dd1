//! `rim:RegistryPackage`: a submission set.

use dmp_xml::{Element, Writer};

use crate::ebrim::ids::{Form, Ids};
use crate::ebrim::shape::{
    attribute, localized, optional_attribute, read_identifier, rim_children, write_identifier, write_localized,
};
use crate::ebrim::slots::{SlotBag, SlotList};
use crate::ebrim::{author, classification};
use crate::scheme::slot_name::SUBMISSION_TIME;
use crate::{AvailabilityStatus, Dtm, SubmissionSet, scheme};

/// Reads a submission set. Total.
pub(crate) fn read(element: &Element) -> SubmissionSet {
    let mut slots = SlotBag::read(element);
    let mut set = SubmissionSet {
        entry_uuid: attribute(element, "id"),
        logical_id: optional_attribute(element, "lid"),
        status: element.attr("status").map(AvailabilityStatus::from_urn),
        submission_time: slots.take_text(SUBMISSION_TIME).map(Dtm::from),
        title: localized(element, "Name"),
        comments: localized(element, "Description"),
        ..SubmissionSet::default()
    };
    set.extras.slots = slots.into_rest();
    for child in rim_children(element, "Classification") {
        match child.attr("classificationScheme").unwrap_or_default() {
            scheme::SET_AUTHOR => set.authors.push(author::read(child)),
            scheme::SET_CONTENT_TYPE_CODE => {
                classification::read_single_code(&mut set.content_type_code, &mut set.extras.classifications, child);
            }
            _ if child.attr("classificationNode") == Some(scheme::SUBMISSION_SET_NODE) => {}
            _ => set.extras.classifications.push(classification::read(child)),
        }
    }
    for identifier in rim_children(element, "ExternalIdentifier").map(read_identifier) {
        match identifier.scheme.as_str() {
            scheme::SET_PATIENT_ID if set.patient_id.is_empty() => set.patient_id = identifier.value.into(),
            scheme::SET_SOURCE_ID if set.source_id.is_empty() => set.source_id = identifier.value,
            scheme::SET_UNIQUE_ID if set.unique_id.is_empty() => set.unique_id = identifier.value,
            _ => set.extras.identifiers.push(identifier),
        }
    }
    set
}

/// Writes a submission set, everything in the order of the spec.
pub(crate) fn write(set: &SubmissionSet, writer: &mut Writer, ids: &mut Ids) {
    ids.start_object();
    let owner = &set.entry_uuid;
    open(set, writer, ids.form);
    let mut slots = SlotList::default();
    slots.add(SUBMISSION_TIME, set.submission_time.as_ref().map(Dtm::as_str));
    slots.add_others(&set.extras.slots);
    slots.write_sorted(writer);
    write_localized(writer, "rim:Name", set.title.as_deref());
    write_localized(writer, "rim:Description", set.comments.as_deref());
    author::write(writer, ids, owner, scheme::SET_AUTHOR, &set.authors);
    classification::write_codes(writer, ids, owner, scheme::SET_CONTENT_TYPE_CODE, &set.content_type_code);
    classification::write_node(writer, ids, owner, scheme::SUBMISSION_SET_NODE);
    classification::write_others(writer, ids, owner, &set.extras.classifications);
    let identifiers = [
        (scheme::SET_PATIENT_ID, set.patient_id.as_str(), "XDSSubmissionSet.patientId"),
        (scheme::SET_SOURCE_ID, set.source_id.as_str(), "XDSSubmissionSet.sourceId"),
        (scheme::SET_UNIQUE_ID, set.unique_id.as_str(), "XDSSubmissionSet.uniqueId"),
    ];
    for (scheme, value, name) in identifiers {
        write_identifier(writer, ids, owner, scheme, value, Some(name));
    }
    for other in &set.extras.identifiers {
        write_identifier(writer, ids, owner, &other.scheme, &other.value, other.name.as_deref());
    }
    writer.close();
}

fn open(set: &SubmissionSet, writer: &mut Writer, form: Form) {
    let answer = form == Form::Answer;
    let attributes = [
        ("id", Some(set.entry_uuid.as_str())),
        ("lid", set.logical_id.as_deref().filter(|_| answer)),
        ("objectType", answer.then_some(scheme::REGISTRY_PACKAGE)),
        ("status", set.status.as_ref().filter(|_| answer).map(AvailabilityStatus::as_urn)),
    ];
    let present: Vec<_> = attributes.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    writer.open("rim:RegistryPackage", &present);
}
