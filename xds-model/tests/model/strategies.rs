//! Generators of metadata, in a form that a message can carry.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use xds_model::{
    Association, AssociationKind, Author, AvailabilityStatus, Classification, CodedValue, DocumentEntry, Dtm,
    ExternalIdentifier, Extras, Form, RegistryObjectList, Slot, SourcePatientInfo, SubmissionSet,
};

/// The text of a `rim:Value`: something that trimming leaves alone.
pub(crate) fn value() -> impl Strategy<Value = String> {
    "[!-~é€𝄞][ -~é€𝄞]{0,20}[!-~é€𝄞]"
}

/// The value of an attribute: white space is kept.
pub(crate) fn attribute() -> impl Strategy<Value = String> {
    "[ -~é€𝄞\t\n]{1,30}"
}

pub(crate) fn id() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9:.-]{0,20}"
}

pub(crate) fn code() -> impl Strategy<Value = CodedValue> {
    (attribute(), option::of(attribute()), value()).prop_map(|(code, display, system)| CodedValue {
        code,
        display,
        system,
    })
}

fn other_slots() -> impl Strategy<Value = Vec<Slot>> {
    let slot =
        |name: &'static str| option::of(vec(value(), 1..3).prop_map(move |values| Slot { name: name.into(), values }));
    (slot("aaa"), slot("urn:zzz")).prop_map(|(first, second)| first.into_iter().chain(second).collect())
}

fn extras() -> impl Strategy<Value = Extras> {
    let classification = (id(), option::of(id()), option::of(attribute()), option::of(attribute()), other_slots());
    let classification = classification.prop_map(|(scheme, node, code, display, slots)| Classification {
        scheme: Some(format!("urn:uuid:{scheme}")),
        node,
        code,
        display,
        slots,
    });
    let identifier = (id(), attribute(), option::of(attribute()));
    let identifier = identifier.prop_map(|(scheme, value, name)| ExternalIdentifier { scheme, value, name });
    (other_slots(), vec(classification, 0..3), vec(identifier, 0..3))
        .prop_map(|(slots, classifications, identifiers)| Extras { slots, classifications, identifiers })
}

fn dtm() -> impl Strategy<Value = Dtm> {
    prop_oneof!["[0-9]{14}", "[0-9]{8}", value()].prop_map(Dtm::from)
}

fn author() -> impl Strategy<Value = Author> {
    (option::of(value()), option::of(value()), vec(value(), 0..3), option::of(value()), other_slots()).prop_map(
        |(institution, person, roles, specialty, other_slots)| Author {
            institution: institution.map(Into::into),
            person: person.map(Into::into),
            roles,
            specialty: specialty.map(Into::into),
            other_slots,
        },
    )
}

fn status() -> impl Strategy<Value = AvailabilityStatus> {
    use AvailabilityStatus::{Approved, Archived, Deleted, Deprecated};
    prop_oneof![
        Just(Approved),
        Just(Deprecated),
        Just(Archived),
        Just(Deleted),
        id().prop_map(|urn| AvailabilityStatus::from_urn(&urn))
    ]
}

/// An entry; `status` and `version` only in an answer, which alone carries them.
pub(crate) fn document_entry(form: Form) -> impl Strategy<Value = DocumentEntry> {
    let answer = form == Form::Answer;
    let identity =
        (id(), option::of(id()), status(), 1..9u32, value(), value(), "[a-z]{1,9}/[a-z]{1,9}", option::of(id()));
    let slots = (
        option::of("[0-9a-fA-F]{40}"),
        option::of(any::<u64>()),
        vec(option::of(dtm()), 3),
        vec(option::of(value()), 4),
        vec(value(), 0..4),
        vec(value(), 0..3),
    );
    let codes = (vec(option::of(code()), 5), vec(code(), 0..4), vec(code(), 0..3));
    let texts = (option::of(attribute()), option::of(attribute()), vec(author(), 0..3), extras());
    (identity, slots, codes, texts).prop_map(move |(identity, slots, codes, texts)| {
        let (entry_uuid, logical_id, status, version, unique_id, patient_id, mime_type, object_type) = identity;
        let (hash, size, dates, values, fields, references) = slots;
        let [creation_time, service_start_time, service_stop_time] = dates.try_into().unwrap();
        let [language_code, repository_unique_id, legal_authenticator, source_patient_id] = values.try_into().unwrap();
        let (single, confidentiality_codes, event_codes) = codes;
        let [class_code, type_code, format_code, healthcare_facility_type_code, practice_setting_code] =
            single.try_into().unwrap();
        let (title, comments, authors, extras) = texts;
        DocumentEntry {
            entry_uuid,
            logical_id,
            status: answer.then_some(status),
            version: answer.then_some(version),
            unique_id,
            patient_id: patient_id.into(),
            mime_type,
            object_type,
            hash,
            size,
            language_code,
            creation_time,
            service_start_time,
            service_stop_time,
            repository_unique_id,
            legal_authenticator: legal_authenticator.map(Into::into),
            source_patient_id: source_patient_id.map(Into::into),
            source_patient_info: (!fields.is_empty()).then_some(SourcePatientInfo { fields }),
            title,
            comments,
            authors,
            class_code,
            type_code,
            format_code,
            confidentiality_codes,
            event_codes,
            healthcare_facility_type_code,
            practice_setting_code,
            reference_ids: references.into_iter().map(Into::into).collect(),
            extras,
        }
    })
}

pub(crate) fn submission_set(form: Form) -> impl Strategy<Value = SubmissionSet> {
    let answer = form == Form::Answer;
    let identity = (id(), option::of(id()), status(), value(), value(), value());
    let content = (
        option::of(dtm()),
        option::of(attribute()),
        option::of(attribute()),
        vec(author(), 0..2),
        option::of(code()),
        extras(),
    );
    (identity, content).prop_map(move |(identity, content)| {
        let (entry_uuid, logical_id, status, unique_id, source_id, patient_id) = identity;
        let (submission_time, title, comments, authors, content_type_code, extras) = content;
        SubmissionSet {
            entry_uuid,
            logical_id: logical_id.filter(|_| answer),
            status: answer.then_some(status),
            unique_id,
            source_id,
            patient_id: patient_id.into(),
            submission_time,
            title,
            comments,
            authors,
            content_type_code,
            extras,
        }
    })
}

fn association(form: Form) -> impl Strategy<Value = Association> {
    let answer = form == Form::Answer;
    (id(), id(), id(), id(), status(), other_slots()).prop_map(move |(id, kind, source, target, status, slots)| {
        Association {
            id,
            kind: AssociationKind::from_urn(&kind),
            source,
            target,
            status: answer.then_some(status),
            slots,
        }
    })
}

pub(crate) fn objects(form: Form) -> impl Strategy<Value = RegistryObjectList> {
    let lists = (
        vec(submission_set(form), 0..2),
        vec(document_entry(form), 0..3),
        vec(association(form), 0..3),
        vec(id(), 0..2),
    );
    lists.prop_map(|(submission_sets, document_entries, associations, object_refs)| RegistryObjectList {
        submission_sets,
        document_entries,
        associations,
        object_refs,
        unsupported: Vec::new(),
    })
}
