//! Links between submission sets and entries.

use serde::{Serialize, Serializer};

use crate::{AvailabilityStatus, Slot, scheme::slot_name};

/// `@associationType`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AssociationKind {
    /// Submission set to each entry of the request.
    HasMember,
    /// New entry to the entry that it replaces (`RPLC`).
    Replaces,
    /// Signature entry to the submission set (`signs`).
    Signs,
    /// Submission set to the entry whose status changes.
    UpdateAvailabilityStatus,
    /// Any other type, verbatim.
    Other(String),
}

impl AssociationKind {
    /// Reads the URN on the wire. Total. The bare last word (`HasMember`), as ebXML 2.1 wrote it, is accepted.
    pub fn from_urn(urn: &str) -> Self {
        let known = [Self::HasMember, Self::Replaces, Self::Signs, Self::UpdateAvailabilityStatus];
        let found = known.into_iter().find(|kind| {
            let full = kind.as_urn();
            urn == full || full.rsplit(':').next() == Some(urn)
        });
        found.unwrap_or_else(|| Self::Other(urn.to_owned()))
    }

    /// The URN on the wire.
    pub fn as_urn(&self) -> &str {
        match self {
            Self::HasMember => "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember",
            Self::Replaces => "urn:ihe:iti:2007:AssociationType:RPLC",
            Self::Signs => "urn:ihe:iti:2007:AssociationType:signs",
            Self::UpdateAvailabilityStatus => "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus",
            Self::Other(urn) => urn,
        }
    }
}

impl Serialize for AssociationKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_urn())
    }
}

/// A link from one registry object to another: `rim:Association`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Association {
    /// `@id`: symbolic in a request.
    pub id: String,
    /// What the link says.
    pub kind: AssociationKind,
    /// `@sourceObject`: `@id` of an object of the message or of the registry.
    pub source: String,
    /// `@targetObject`: the same.
    pub target: String,
    /// `@status`. Written in answers only.
    pub status: Option<AvailabilityStatus>,
    /// Slots, unknown ones included.
    pub slots: Vec<Slot>,
}

impl Association {
    fn new(id: &str, kind: AssociationKind, source: &str, target: &str, slots: Vec<Slot>) -> Self {
        let [id, source, target] = [id, source, target].map(str::to_owned);
        Self { id, kind, source, target, status: None, slots }
    }

    /// A new entry in a submission set, with `SubmissionSetStatus` = `Original`.
    pub fn has_member(id: &str, submission_set: &str, entry: &str) -> Self {
        let original = Slot::single(slot_name::SUBMISSION_SET_STATUS, "Original");
        Self::new(id, AssociationKind::HasMember, submission_set, entry, vec![original])
    }

    /// A new metadata version of an entry: [`Association::has_member`] with `PreviousVersion`.
    pub fn has_new_version(id: &str, submission_set: &str, entry: &str, previous_version: u32) -> Self {
        let mut association = Self::has_member(id, submission_set, entry);
        association.slots.push(Slot::single(slot_name::PREVIOUS_VERSION, previous_version.to_string()));
        association
    }

    /// A new entry that replaces the entry whose current entryUUID is `replaced`.
    pub fn replaces(id: &str, entry: &str, replaced: &str) -> Self {
        Self::new(id, AssociationKind::Replaces, entry, replaced, Vec::new())
    }

    /// A signature entry and the submission set that it signs.
    pub fn signs(id: &str, signature_entry: &str, submission_set: &str) -> Self {
        Self::new(id, AssociationKind::Signs, signature_entry, submission_set, Vec::new())
    }

    /// A change of status of the entry `entry_uuid`.
    pub fn updates_status(
        id: &str,
        submission_set: &str,
        entry_uuid: &str,
        original: &AvailabilityStatus,
        new: &AvailabilityStatus,
    ) -> Self {
        let slots = vec![
            Slot::single(slot_name::ORIGINAL_STATUS, original.as_urn()),
            Slot::single(slot_name::NEW_STATUS, new.as_urn()),
        ];
        Self::new(id, AssociationKind::UpdateAvailabilityStatus, submission_set, entry_uuid, slots)
    }

    /// The first value of a slot.
    pub fn slot(&self, name: &str) -> Option<&str> {
        let slot = self.slots.iter().find(|slot| slot.name == name)?;
        slot.values.first().map(String::as_str)
    }

    /// `SubmissionSetStatus`, as received.
    pub fn submission_set_status(&self) -> Option<&str> {
        self.slot(slot_name::SUBMISSION_SET_STATUS)
    }

    /// `PreviousVersion`, when it is a number.
    pub fn previous_version(&self) -> Option<u32> {
        self.slot(slot_name::PREVIOUS_VERSION)?.parse().ok()
    }

    /// `OriginalStatus` of a change of status.
    pub fn original_status(&self) -> Option<AvailabilityStatus> {
        self.slot(slot_name::ORIGINAL_STATUS).map(AvailabilityStatus::from_urn)
    }

    /// `NewStatus` of a change of status.
    pub fn new_status(&self) -> Option<AvailabilityStatus> {
        self.slot(slot_name::NEW_STATUS).map(AvailabilityStatus::from_urn)
    }
}
