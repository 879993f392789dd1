//! `rim:RegistryObjectList`: what a request submits and what a query returns.

use std::collections::HashSet;

use dmp_xml::{Element, Writer};
use serde::Serialize;

use crate::ebrim::ids::{Form, Ids};
use crate::ebrim::shape::{attribute, is_rim, rim_children};
use crate::ebrim::{association, document_entry, submission_set};
use crate::{Association, DocumentEntry, SubmissionSet, scheme};

/// The objects of a message, by kind. Order between kinds means nothing; order inside a kind is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RegistryObjectList {
    /// Submission sets: exactly one in a request.
    pub submission_sets: Vec<SubmissionSet>,
    /// Entries.
    pub document_entries: Vec<DocumentEntry>,
    /// Associations.
    pub associations: Vec<Association>,
    /// Ids of `rim:ObjectRef`, the answer to a query for references.
    pub object_refs: Vec<String>,
    /// Names of the elements that this model does not have (`Folder`, `ExtrinsicLink`…). Never written.
    pub unsupported: Vec<String>,
}

impl RegistryObjectList {
    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.submission_sets.len() + self.document_entries.len() + self.associations.len() + self.object_refs.len()
    }

    /// Whether there is no object.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of that `@id`, compared exactly.
    pub fn document_entry(&self, entry_uuid: &str) -> Option<&DocumentEntry> {
        self.document_entries.iter().find(|entry| entry.entry_uuid == entry_uuid)
    }

    /// Reads `rim:RegistryObjectList`. Total.
    pub fn read(element: &Element) -> Self {
        let folders = folders(element);
        let mut list = Self::default();
        for child in element.elements() {
            if is_rim(child, "ExtrinsicObject") {
                list.document_entries.push(document_entry::read(child));
            } else if is_rim(child, "RegistryPackage") && folders.contains(child.attr("id").unwrap_or_default()) {
                list.unsupported.push("Folder".to_owned());
            } else if is_rim(child, "RegistryPackage") {
                list.submission_sets.push(submission_set::read(child));
            } else if is_rim(child, "Association") {
                list.associations.push(association::read(child));
            } else if is_rim(child, "ObjectRef") {
                list.object_refs.push(attribute(child, "id"));
            } else if !is_rim(child, "Classification") {
                list.unsupported.push(child.name.local.chars().take(64).collect());
            }
        }
        list
    }

    /// Writes `rim:RegistryObjectList`: submission sets, entries, associations, references.
    pub fn write(&self, writer: &mut Writer, form: Form) {
        if self.is_empty() {
            return writer.empty("rim:RegistryObjectList", &[]);
        }
        let mut ids = Ids::new(form);
        writer.open("rim:RegistryObjectList", &[]);
        self.submission_sets.iter().for_each(|set| submission_set::write(set, writer, &mut ids));
        self.document_entries.iter().for_each(|entry| document_entry::write(entry, writer, &mut ids));
        self.associations.iter().for_each(|association| association::write(association, writer, form));
        self.object_refs.iter().for_each(|id| writer.empty("rim:ObjectRef", &[("id", id)]));
        writer.close();
    }
}

/// Ids of the packages classified as folders, inside the package or beside it. Any other package is a submission set:
/// the classification that says so is missing in some traffic.
fn folders(list: &Element) -> HashSet<&str> {
    let is_folder = |classification: &&Element| classification.attr("classificationNode") == Some(scheme::FOLDER_NODE);
    let beside = rim_children(list, "Classification").filter(is_folder);
    let beside = beside.filter_map(|classification| classification.attr("classifiedObject"));
    let inside = rim_children(list, "RegistryPackage")
        .filter(|package| rim_children(package, "Classification").any(|classification| is_folder(&classification)))
        .map(|package| package.attr("id").unwrap_or_default());
    beside.chain(inside).collect()
}
