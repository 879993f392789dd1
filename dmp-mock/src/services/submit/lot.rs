//! A request put together: the lot, each entry with its bytes (X01, X02).

use std::collections::HashSet;

use dmp_protocol::mtom;
use dmp_protocol::rules::Refusal;
use xds_model::iti41::ProvideAndRegister;
use xds_model::{AssociationKind, DocumentContent, DocumentEntry, RegistryObjectList, SubmissionSet};

use super::super::{Call, registry};
use super::METADATA_ERROR;
use crate::rules::{Denial, Hearing, breach};
use crate::world::Content;

/// One entry and its bytes.
pub(super) struct Document<'a> {
    pub(super) entry: &'a DocumentEntry,
    pub(super) content: Content,
}

/// A lot whose references all resolve.
pub(super) struct Lot<'a> {
    pub(super) set: &'a SubmissionSet,
    /// In the order of the entries, the signature among them.
    pub(super) documents: Vec<Document<'a>>,
    pub(super) objects: &'a RegistryObjectList,
}

impl<'a> Lot<'a> {
    /// X01, X02.
    pub(super) fn assemble(
        request: &'a ProvideAndRegister,
        call: &Call<'_>,
        hearing: &mut Hearing<'_>,
    ) -> Result<Self, Denial> {
        let objects = &request.objects;
        let [set] = objects.submission_sets.as_slice() else {
            return Err(registry(shape(&format!("{} lots", objects.submission_sets.len()))));
        };
        check_shape(set, objects, hearing)?;
        if mtom::includes(call.envelope.body()).is_err() {
            return Err(registry(breach(
                "X02",
                "XDSRepositoryError",
                "Référence MTOM incorrecte",
                "a part referred to twice, or an href that is not a cid: URL",
                "one xop:Include for each document",
            )));
        }
        let mut documents = Vec::with_capacity(objects.document_entries.len());
        for entry in &objects.document_entries {
            documents.push(Document { entry, content: content_of(entry, request, call)? });
        }
        for part in &request.documents {
            if !objects.document_entries.iter().any(|entry| entry.entry_uuid.eq_ignore_ascii_case(&part.id)) {
                hearing.registry(breach(
                    "X02",
                    "XDSMissingDocumentMetadata",
                    "Document sans fiche",
                    "an xdsb:Document whose id is no entry's",
                    "one entry for each document",
                ))?;
            }
        }
        Ok(Lot { set, documents, objects })
    }

    /// The documents without the signature of the lot.
    pub(super) fn clinical(&self) -> impl Iterator<Item = &Document<'a>> {
        self.documents.iter().filter(|one| !one.entry.is_signature())
    }

    /// The signature entries.
    pub(super) fn signatures(&self) -> impl Iterator<Item = &Document<'a>> {
        self.documents.iter().filter(|one| one.entry.is_signature())
    }
}

fn shape(found: &str) -> Refusal {
    breach(
        "X01",
        METADATA_ERROR,
        "Structure du lot incorrecte",
        found,
        "one lot, distinct ids, associations between objects of the message, HasMember for each entry",
    )
}

fn check_shape(set: &SubmissionSet, objects: &RegistryObjectList, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    if let Some(unsupported) = objects.unsupported.first() {
        hearing.registry(shape(&format!("an unsupported object: {unsupported}")))?;
    }
    if objects.document_entries.is_empty() {
        hearing.registry(shape("no entry"))?;
    }
    let mut ids = HashSet::new();
    let named = std::iter::once(&set.entry_uuid)
        .chain(objects.document_entries.iter().map(|entry| &entry.entry_uuid))
        .chain(objects.associations.iter().map(|association| &association.id).filter(|id| !id.is_empty()));
    if !named.into_iter().all(|id| !id.is_empty() && ids.insert(id)) {
        hearing.registry(shape("an id twice, or empty"))?;
    }
    for association in &objects.associations {
        let resolves = |id: &str| id == set.entry_uuid || objects.document_entry(id).is_some();
        let sound = match &association.kind {
            AssociationKind::HasMember => {
                association.source == set.entry_uuid && objects.document_entry(&association.target).is_some()
            }
            AssociationKind::Signs => {
                objects.document_entry(&association.source).is_some() && association.target == set.entry_uuid
            }
            // The target is an entry of the registry: X17.
            AssociationKind::Replaces => objects.document_entry(&association.source).is_some(),
            _ => false,
        };
        if !sound {
            let ends = resolves(&association.source) && resolves(&association.target);
            hearing.registry(shape(if ends {
                "an association that no submission may have"
            } else {
                "an association whose ends are not in the message"
            }))?;
        }
    }
    for entry in &objects.document_entries {
        let members = objects.associations.iter().filter(|association| {
            association.kind == AssociationKind::HasMember && association.target == entry.entry_uuid
        });
        if members.count() != 1 {
            hearing.registry(shape("an entry without HasMember, or with two"))?;
        }
    }
    Ok(())
}

fn content_of(entry: &DocumentEntry, request: &ProvideAndRegister, call: &Call<'_>) -> Result<Content, Denial> {
    let missing = |found: &str| {
        registry(breach(
            "X02",
            "XDSMissingDocument",
            "Document absent du message",
            found,
            "one xdsb:Document for each entry, with the id of the entry, and one part for it",
        ))
    };
    let part = request.document_of(&entry.entry_uuid).ok_or_else(|| missing("an entry without xdsb:Document"))?;
    match &part.content {
        DocumentContent::Href(href) => {
            let id = mtom::decode_cid(href).map_err(|_| missing("an href that is not a cid: URL"))?;
            let attachment = call.received.attachment(&id).ok_or_else(|| missing("no part of that Content-ID"))?;
            Ok(attachment.content.clone())
        }
        DocumentContent::Inline(_) => Err(registry(breach(
            "X02",
            "XDSRepositoryError",
            "MTOM/XOP est obligatoire",
            "a document inline in base64",
            "xop:Include and a part of a multipart/related message (EX_2.1-1260)",
        ))),
    }
}
