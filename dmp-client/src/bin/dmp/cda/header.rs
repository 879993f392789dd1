//! `dmp cda header`: what a header says, as a tree. It is health data: whoever asks sees it.

use std::path::Path;

use cda::header::{
    Actor, ActorKind, AssignedActor, Encounter, Header, Organization, Patient, RelatedDocument, ServiceEvent,
};
use cda::{Body, CdaLimits, CodedElement, Content, Document, InstanceIdentifier, PersonName, Shape, TimeText};
use serde_json::{Map, Value, json};

use super::{open, refused};
use crate::exit::Failure;
use crate::output::{Report, flattened};

pub(super) fn run(file: &Path) -> Result<Report, Failure> {
    let document = cda::read(open(file)?, &CdaLimits::default()).map_err(|error| refused(file, error))?;
    let tree = tree(&document);
    Ok(Report::of(flattened(&tree), &tree))
}

fn tree(document: &Document) -> Value {
    let header = &document.header;
    let shape = match document.shape {
        Shape::ClinicalDocument => "ClinicalDocument",
        Shape::Autopresentable => "autopresentable",
        Shape::Signed => "signed",
        _ => "other",
    };
    present([
        ("shape", json!(shape)),
        ("signed", json!(document.signed)),
        ("size", json!(document.fingerprint.size)),
        ("sha1", json!(document.fingerprint.sha1_hex())),
        ("templates", identifiers(&header.template_ids)),
        ("id", option(header.id.as_ref(), identifier)),
        ("code", option(header.code.as_ref(), coded)),
        ("title", json!(header.title)),
        ("created", time(header.effective_time.as_ref())),
        ("confidentiality", option(header.confidentiality.as_ref(), coded)),
        ("language", json!(header.language)),
        ("set_id", option(header.set_id.as_ref(), identifier)),
        ("version", json!(header.version_number)),
        ("patient", option(header.patient.as_ref(), patient)),
        ("authors", authors(header)),
        ("custodian", option(header.custodian.as_ref(), organization)),
        (
            "legal_authenticator",
            option(header.legal_authenticator.as_ref(), |responsible| {
                with(&responsible.assigned, [("time", time(responsible.time.as_ref()))])
            }),
        ),
        ("orders", orders(header)),
        ("events", list(&header.events, event)),
        ("related_documents", list(&header.related_documents, related)),
        ("encounter", option(header.encounter.as_ref(), encounter)),
        ("body", body(&document.body)),
    ])
}

fn patient(patient: &Patient) -> Value {
    let name = |family: bool, qualifier| match family {
        true => json!(patient.name.family(qualifier)),
        false => json!(patient.name.given(qualifier)),
    };
    present([
        ("ids", identifiers(&patient.ids)),
        ("birth_family", name(true, Some("BR"))),
        ("used_family", name(true, Some("CL"))),
        ("family", name(true, None)),
        ("birth_given", name(false, Some("BR"))),
        ("used_given", name(false, Some("CL"))),
        ("given", name(false, None)),
        ("sex", json!(patient.gender)),
        ("birth_date", time(patient.birth_time.as_ref())),
        ("birth_place", json!(patient.birth_place)),
    ])
}

fn authors(header: &Header) -> Value {
    list(&header.authors, |author| {
        let function = option(author.function.as_ref(), coded);
        with(&author.assigned, [("function", function), ("time", time(author.time.as_ref()))])
    })
}

/// An actor, and what its participation adds.
fn with<const N: usize>(actor: &AssignedActor, more: [(&str, Value); N]) -> Value {
    let Actor { kind, .. } = actor.actor();
    let kind = match kind {
        ActorKind::Professional => "professional",
        ActorKind::Patient => "patient",
        ActorKind::StructureSystem => "structure system",
        ActorKind::DossierPharmaceutique => "dossier pharmaceutique",
        ActorKind::ServiceNumeriqueReference => "service numérique référencé",
        _ => "unknown",
    };
    let own = [
        ("kind", json!(kind)),
        ("ids", identifiers(&actor.ids)),
        ("family", json!(actor.person.as_ref().and_then(PersonName::any_family))),
        ("given", json!(actor.person.as_ref().and_then(PersonName::any_given))),
        ("software", json!(actor.device.as_ref().and_then(|device| device.software.as_deref()))),
        ("model", json!(actor.device.as_ref().and_then(|device| device.model.as_deref()))),
        ("specialty", option(actor.specialty.as_ref(), coded)),
        ("organization", option(actor.organization.as_ref(), organization)),
    ];
    present(own.into_iter().chain(more))
}

fn organization(organization: &Organization) -> Value {
    present([
        ("ids", identifiers(&organization.ids)),
        ("name", json!(organization.name)),
        ("practice_setting", option(organization.practice_setting.as_ref(), coded)),
    ])
}

fn orders(header: &Header) -> Value {
    list(&header.orders, |order| {
        let accessions = identifiers(&order.accession_numbers);
        present([("ids", identifiers(&order.ids)), ("accession_numbers", accessions)])
    })
}

fn event(event: &ServiceEvent) -> Value {
    present([
        ("ids", identifiers(&event.ids)),
        ("code", option(event.code.as_ref(), coded)),
        ("start", time(event.start.as_ref())),
        ("stop", time(event.stop.as_ref())),
        ("performers", list(&event.performers, |performer| with(performer, []))),
    ])
}

fn related(related: &RelatedDocument) -> Value {
    present([
        ("kind", json!(related.kind)),
        ("parent_ids", identifiers(&related.parent_ids)),
        ("parent_set_id", option(related.parent_set_id.as_ref(), identifier)),
        ("parent_version", json!(related.parent_version)),
    ])
}

fn encounter(encounter: &Encounter) -> Value {
    present([
        ("ids", identifiers(&encounter.ids)),
        ("code", option(encounter.code.as_ref(), coded)),
        ("start", time(encounter.start.as_ref())),
        ("stop", time(encounter.stop.as_ref())),
        ("facility", option(encounter.facility.as_ref(), coded)),
    ])
}

fn body(body: &Body) -> Value {
    match body {
        Body::Unstructured(body) => present([
            ("kind", json!("unstructured (N1)")),
            ("media_type", json!(body.media_type)),
            ("size", size(body.content)),
        ]),
        Body::Structured(body) => present([
            ("kind", json!("structured (N3)")),
            (
                "sections",
                list(&body.sections, |section| {
                    let code = option(section.code.as_ref(), coded);
                    present([("code", code), ("title", json!(section.title))])
                }),
            ),
            (
                "media",
                list(&body.media, |media| {
                    present([
                        ("role", json!(super::extract::name_of(media.role))),
                        ("media_type", json!(media.media_type)),
                        ("found", json!(media.kind.media_type())),
                        ("size", size(media.content)),
                    ])
                }),
            ),
        ]),
        _ => json!({ "kind": "absent" }),
    }
}

/// Bytes once decoded; nothing for a broken base64.
fn size(content: Content) -> Value {
    match content {
        Content::Base64 { decoded: bytes } | Content::Text { bytes } => json!(bytes),
        _ => Value::Null,
    }
}

fn identifier(id: &InstanceIdentifier) -> Value {
    present([("root", json!(id.root)), ("extension", json!(id.extension))])
}

fn identifiers(ids: &[InstanceIdentifier]) -> Value {
    list(ids, identifier)
}

fn coded(code: &CodedElement) -> Value {
    present([
        ("code", json!(code.code)),
        ("system", json!(code.system)),
        ("display", json!(code.display)),
        ("translations", list(&code.translations, coded)),
    ])
}

fn time(time: Option<&TimeText>) -> Value {
    json!(time.map(TimeText::as_str))
}

fn option<T>(value: Option<&T>, show: impl Fn(&T) -> Value) -> Value {
    value.map_or(Value::Null, show)
}

fn list<T>(values: &[T], show: impl Fn(&T) -> Value) -> Value {
    values.iter().map(show).collect()
}

/// An object of what is there.
fn present<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let there = |value: &Value| match value {
        Value::Null => false,
        Value::Array(values) => !values.is_empty(),
        _ => true,
    };
    let fields = fields.into_iter().filter(|(_, value)| there(value));
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}
