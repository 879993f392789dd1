//! `rim:ExtrinsicObject`: a document entry.

use dmp_xml::{Element, Writer};

use crate::ebrim::ids::{Form, Ids};
use crate::ebrim::shape::{
    attribute, localized, optional_attribute, read_identifier, rim_children, write_identifier, write_localized,
};
use crate::ebrim::slots::{SlotBag, SlotList};
use crate::ebrim::{author, classification};
use crate::scheme::slot_name as slot;
use crate::{AvailabilityStatus, DocumentEntry, Dtm, SourcePatientInfo, scheme};

/// Reads an entry. Total: what is absent is empty, what is unknown is kept.
pub(crate) fn read(element: &Element) -> DocumentEntry {
    let mut entry = DocumentEntry {
        entry_uuid: attribute(element, "id"),
        logical_id: optional_attribute(element, "lid"),
        status: element.attr("status").map(AvailabilityStatus::from_urn),
        version: rim_children(element, "VersionInfo").find_map(|info| info.attr("versionName")?.trim().parse().ok()),
        mime_type: attribute(element, "mimeType"),
        object_type: optional_attribute(element, "objectType").filter(|kind| kind != scheme::DOCUMENT_ENTRY),
        title: localized(element, "Name"),
        comments: localized(element, "Description"),
        ..DocumentEntry::default()
    };
    read_slots(&mut entry, element);
    rim_children(element, "Classification").for_each(|child| read_classification(&mut entry, child));
    for identifier in rim_children(element, "ExternalIdentifier").map(read_identifier) {
        match identifier.scheme.as_str() {
            scheme::ENTRY_PATIENT_ID if entry.patient_id.is_empty() => entry.patient_id = identifier.value.into(),
            scheme::ENTRY_UNIQUE_ID if entry.unique_id.is_empty() => entry.unique_id = identifier.value,
            _ => entry.extras.identifiers.push(identifier),
        }
    }
    entry
}

fn read_slots(entry: &mut DocumentEntry, element: &Element) {
    let mut slots = SlotBag::read(element);
    entry.hash = slots.take_text(slot::HASH);
    // A size that would not be written back the same stays with the unknown slots.
    entry.size = slots.take_first(slot::SIZE, |text| text.parse().ok().filter(|size: &u64| size.to_string() == text));
    entry.language_code = slots.take_text(slot::LANGUAGE_CODE);
    entry.creation_time = slots.take_text(slot::CREATION_TIME).map(Dtm::from);
    entry.service_start_time = slots.take_text(slot::SERVICE_START_TIME).map(Dtm::from);
    entry.service_stop_time = slots.take_text(slot::SERVICE_STOP_TIME).map(Dtm::from);
    entry.repository_unique_id = slots.take_text(slot::REPOSITORY_UNIQUE_ID);
    entry.legal_authenticator = slots.take_text(slot::LEGAL_AUTHENTICATOR).map(Into::into);
    entry.source_patient_id = slots.take_text(slot::SOURCE_PATIENT_ID).map(Into::into);
    entry.source_patient_info = slots.take_all(slot::SOURCE_PATIENT_INFO).map(|fields| SourcePatientInfo { fields });
    let references = slots.take_all(slot::REFERENCE_ID_LIST).unwrap_or_default();
    entry.reference_ids = references.into_iter().map(Into::into).collect();
    entry.extras.slots = slots.into_rest();
}

fn read_classification(entry: &mut DocumentEntry, element: &Element) {
    let others = &mut entry.extras.classifications;
    let field = match element.attr("classificationScheme").unwrap_or_default() {
        scheme::ENTRY_AUTHOR => return entry.authors.push(author::read(element)),
        scheme::ENTRY_CONFIDENTIALITY_CODE => {
            return entry.confidentiality_codes.push(classification::read_code(element));
        }
        scheme::ENTRY_EVENT_CODE => return entry.event_codes.push(classification::read_code(element)),
        scheme::ENTRY_CLASS_CODE => &mut entry.class_code,
        scheme::ENTRY_TYPE_CODE => &mut entry.type_code,
        scheme::ENTRY_FORMAT_CODE => &mut entry.format_code,
        scheme::ENTRY_HEALTHCARE_FACILITY_TYPE_CODE => &mut entry.healthcare_facility_type_code,
        scheme::ENTRY_PRACTICE_SETTING_CODE => &mut entry.practice_setting_code,
        _ => return others.push(classification::read(element)),
    };
    classification::read_single_code(field, others, element);
}

/// Writes an entry, everything in the order of the spec.
pub(crate) fn write(entry: &DocumentEntry, writer: &mut Writer, ids: &mut Ids) {
    ids.start_object();
    open(entry, writer, ids.form);
    write_slots(entry, writer);
    write_localized(writer, "rim:Name", entry.title.as_deref());
    write_localized(writer, "rim:Description", entry.comments.as_deref());
    if let (Form::Answer, Some(version)) = (ids.form, entry.version) {
        writer.empty("rim:VersionInfo", &[("versionName", &version.to_string())]);
    }
    write_classifications(entry, writer, ids);
    let owner = &entry.entry_uuid;
    let patient_id = entry.patient_id.as_str();
    write_identifier(writer, ids, owner, scheme::ENTRY_PATIENT_ID, patient_id, Some("XDSDocumentEntry.patientId"));
    let unique_id = entry.unique_id.as_str();
    write_identifier(writer, ids, owner, scheme::ENTRY_UNIQUE_ID, unique_id, Some("XDSDocumentEntry.uniqueId"));
    for other in &entry.extras.identifiers {
        write_identifier(writer, ids, owner, &other.scheme, &other.value, other.name.as_deref());
    }
    writer.close();
}

fn open(entry: &DocumentEntry, writer: &mut Writer, form: Form) {
    let answer = form == Form::Answer;
    let attributes = [
        ("id", Some(entry.entry_uuid.as_str())),
        ("isOpaque", answer.then_some("false")),
        ("lid", entry.logical_id.as_deref()),
        ("mimeType", Some(entry.mime_type.as_str()).filter(|mime_type| !mime_type.is_empty())),
        ("objectType", Some(entry.object_type.as_deref().unwrap_or(scheme::DOCUMENT_ENTRY))),
        ("status", entry.status.as_ref().filter(|_| answer).map(AvailabilityStatus::as_urn)),
    ];
    let present: Vec<_> = attributes.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    writer.open("rim:ExtrinsicObject", &present);
}

fn write_slots(entry: &DocumentEntry, writer: &mut Writer) {
    let size = entry.size.map(|size| size.to_string());
    let mut slots = SlotList::default();
    slots.add(slot::CREATION_TIME, entry.creation_time.as_ref().map(Dtm::as_str));
    slots.add(slot::HASH, entry.hash.as_deref());
    slots.add(slot::LANGUAGE_CODE, entry.language_code.as_deref());
    slots.add(slot::LEGAL_AUTHENTICATOR, entry.legal_authenticator.as_ref().map(|person| person.as_str()));
    slots.add(slot::REPOSITORY_UNIQUE_ID, entry.repository_unique_id.as_deref());
    slots.add(slot::SERVICE_START_TIME, entry.service_start_time.as_ref().map(Dtm::as_str));
    slots.add(slot::SERVICE_STOP_TIME, entry.service_stop_time.as_ref().map(Dtm::as_str));
    slots.add(slot::SIZE, size.as_deref());
    slots.add(slot::SOURCE_PATIENT_ID, entry.source_patient_id.as_ref().map(|id| id.as_str()));
    let fields = entry.source_patient_info.iter().flat_map(|info| &info.fields);
    slots.add(slot::SOURCE_PATIENT_INFO, fields.map(String::as_str));
    slots.add(slot::REFERENCE_ID_LIST, entry.reference_ids.iter().map(|id| id.as_str()));
    slots.add_others(&entry.extras.slots);
    slots.write_sorted(writer);
}

fn write_classifications(entry: &DocumentEntry, writer: &mut Writer, ids: &mut Ids) {
    let owner = &entry.entry_uuid;
    author::write(writer, ids, owner, scheme::ENTRY_AUTHOR, &entry.authors);
    let mut codes = |scheme, codes: &mut dyn Iterator<Item = &crate::CodedValue>| {
        classification::write_codes(writer, ids, owner, scheme, codes);
    };
    codes(scheme::ENTRY_CLASS_CODE, &mut entry.class_code.iter());
    codes(scheme::ENTRY_CONFIDENTIALITY_CODE, &mut entry.confidentiality_codes.iter());
    codes(scheme::ENTRY_EVENT_CODE, &mut entry.event_codes.iter());
    codes(scheme::ENTRY_FORMAT_CODE, &mut entry.format_code.iter());
    codes(scheme::ENTRY_HEALTHCARE_FACILITY_TYPE_CODE, &mut entry.healthcare_facility_type_code.iter());
    codes(scheme::ENTRY_PRACTICE_SETTING_CODE, &mut entry.practice_setting_code.iter());
    codes(scheme::ENTRY_TYPE_CODE, &mut entry.type_code.iter());
    classification::write_others(writer, ids, owner, &entry.extras.classifications);
}
