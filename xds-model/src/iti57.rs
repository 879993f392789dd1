//! ITI-57 Update Document Set (TD3.3): `lcm:SubmitObjectsRequest`, answered by
//! [`RegistryResponse`](crate::RegistryResponse).

use dmp_xml::{Element, Writer};

use crate::ebrim::rim_children;
use crate::error::ReadError;
use crate::namespace::{LCM, RIM};
use crate::{
    Association, AssociationKind, AvailabilityStatus, CodedValue, DocumentEntry, Form, RegistryObjectList,
    SubmissionSet,
};

/// A request that submits registry objects without documents. ITI-41 carries one too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubmitObjects {
    /// The submission set, the entries and their associations.
    pub objects: RegistryObjectList,
}

/// An entry that cannot be updated because it does not come from an answer of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// No `VersionInfo`: `PreviousVersion` would have no value (rule X18).
    #[error("the entry has no metadata version, which an update must name: take it from a query with LeafClass")]
    NoVersion,
    /// No `@lid`: the registry could not tell which document the new version belongs to (rule X18).
    #[error("the entry has no logical id, which an update must keep: take it from a query with LeafClass")]
    NoLogicalId,
}

/// One change that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update<'a> {
    /// A new metadata version (visibility).
    NewVersion {
        /// The new version; its `logical_id` names the document.
        entry: &'a DocumentEntry,
        /// The version that it replaces; `None` when absent or not a number.
        previous_version: Option<u32>,
    },
    /// A change of status (archive, unarchive, delete).
    Status {
        /// The entry, by its current entryUUID.
        entry_uuid: &'a str,
        /// Status that the sender saw.
        original: Option<AvailabilityStatus>,
        /// Status that it wants.
        new: Option<AvailabilityStatus>,
    },
    /// An association that is no update, or one whose target is not in the request.
    Unsupported(&'a Association),
}

impl SubmitObjects {
    /// Changes who sees a document (TD3.3a, TD3.3b): a full copy of the current entry with other confidentiality codes.
    ///
    /// What was read is sent back unchanged, except `@id` (symbolic), status and version (absent).
    ///
    /// # Errors
    /// [`UpdateError`] when `current` lacks what only the registry gives.
    pub fn update_visibility(
        submission_set: SubmissionSet,
        current: &DocumentEntry,
        confidentiality_codes: Vec<CodedValue>,
    ) -> Result<Self, UpdateError> {
        let previous_version = current.version.ok_or(UpdateError::NoVersion)?;
        if current.logical_id.is_none() {
            return Err(UpdateError::NoLogicalId);
        }
        let entry = DocumentEntry {
            entry_uuid: "Document01".to_owned(),
            status: None,
            version: None,
            confidentiality_codes,
            ..current.clone()
        };
        let association = Association::has_new_version(
            "Association01",
            &submission_set.entry_uuid,
            &entry.entry_uuid,
            previous_version,
        );
        let objects = RegistryObjectList {
            submission_sets: vec![submission_set],
            document_entries: vec![entry],
            associations: vec![association],
            ..RegistryObjectList::default()
        };
        Ok(Self { objects })
    }

    /// Changes the status of a document (TD3.3c delete, TD3.3d archive and unarchive) by its current entryUUID.
    pub fn update_status(
        submission_set: SubmissionSet,
        entry_uuid: &str,
        original: &AvailabilityStatus,
        new: &AvailabilityStatus,
    ) -> Self {
        let set_id = &submission_set.entry_uuid;
        let association = Association::updates_status("Association01", set_id, entry_uuid, original, new);
        let objects = RegistryObjectList {
            submission_sets: vec![submission_set],
            associations: vec![association],
            ..RegistryObjectList::default()
        };
        Self { objects }
    }

    /// The changes that the request asks for, one per association, in order.
    pub fn updates(&self) -> Vec<Update<'_>> {
        self.objects.associations.iter().map(|association| self.update(association)).collect()
    }

    fn update<'a>(&'a self, association: &'a Association) -> Update<'a> {
        match association.kind {
            AssociationKind::UpdateAvailabilityStatus => Update::Status {
                entry_uuid: &association.target,
                original: association.original_status(),
                new: association.new_status(),
            },
            AssociationKind::HasMember => match self.objects.document_entry(&association.target) {
                Some(entry) => Update::NewVersion { entry, previous_version: association.previous_version() },
                None => Update::Unsupported(association),
            },
            _ => Update::Unsupported(association),
        }
    }

    /// Reads `lcm:SubmitObjectsRequest`.
    ///
    /// # Errors
    /// [`ReadError`] when the element is another one or has no `rim:RegistryObjectList`.
    pub fn read(element: &Element) -> Result<Self, ReadError> {
        const NAME: &str = "lcm:SubmitObjectsRequest";
        ReadError::expect(element, LCM, "SubmitObjectsRequest", NAME)?;
        let list = rim_children(element, "RegistryObjectList").next();
        let list = list.ok_or_else(|| ReadError::missing(NAME, element, "rim:RegistryObjectList"))?;
        Ok(Self { objects: RegistryObjectList::read(list) })
    }

    /// Writes `lcm:SubmitObjectsRequest` as a message body, with its namespace declarations.
    pub fn write(&self, writer: &mut Writer) {
        write_request(&self.objects, writer, &[("xmlns:lcm", LCM), ("xmlns:rim", RIM)]);
    }
}

/// Writes `lcm:SubmitObjectsRequest`, with the declarations that are not made outside.
pub(crate) fn write_request(objects: &RegistryObjectList, writer: &mut Writer, declarations: &[(&str, &str)]) {
    writer.open("lcm:SubmitObjectsRequest", declarations);
    objects.write(writer, Form::Request);
    writer.close();
}
