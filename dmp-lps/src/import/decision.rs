//! What a document is to those of the local record, once its header was read.

use super::local::{LocalDocument, LocalDocumentId};

/// What a document is to the local record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Nothing of the local record is like it.
    New,
    /// A newer version of a local document, which stays viewable.
    NewVersion {
        /// The older one.
        of: LocalDocumentId,
    },
    /// Another document under the same setId and version number: imported apart, with a warning.
    Conflict {
        /// The other one.
        with: LocalDocumentId,
    },
    /// An older version, imported as history because the user asked.
    History {
        /// The newer one that the local record has.
        newer: LocalDocumentId,
    },
    /// The local record has it: not imported.
    SkipDuplicate {
        /// The local one, to be opened.
        local: LocalDocumentId,
    },
    /// The local record has a newer version: not imported.
    SkipOlder {
        /// The newer one.
        newer: LocalDocumentId,
    },
    /// This software produced it: not imported.
    OwnDocument {
        /// The original, to be opened.
        local: LocalDocumentId,
    },
}

/// What a header says of identity and versions. The versionInfo of the entry is not in it (rule 2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RemoteVersion {
    pub(super) unique_id: String,
    pub(super) set_id: Option<String>,
    pub(super) version_number: Option<u64>,
    /// Parents of `relatedDocument[@typeCode="RPLC"]`.
    pub(super) replaces: Vec<String>,
    pub(super) sha1: String,
}

/// The first row of the table that holds. An explicit replacement counts more than the setId.
pub(super) fn decide(remote: &RemoteVersion, locals: &[LocalDocument], as_history: bool) -> Decision {
    if let Some(local) = locals.iter().find(|local| local.unique_id == remote.unique_id) {
        return same(local);
    }
    if let Some(parent) = locals.iter().find(|local| remote.replaces.contains(&local.unique_id)) {
        return Decision::NewVersion { of: parent.id.clone() };
    }
    match &remote.set_id {
        Some(set_id) => {
            let versions = locals.iter().filter(|local| local.set_id.as_ref() == Some(set_id));
            let newest = versions.max_by_key(|local| local.version_number);
            newest.map_or(Decision::New, |newest| compared(remote, newest, as_history))
        }
        None => {
            let alike = |local: &&LocalDocument| {
                local.sha1.as_ref().is_some_and(|sha1| sha1.eq_ignore_ascii_case(&remote.sha1))
            };
            locals.iter().find(alike).map_or(Decision::New, same)
        }
    }
}

fn same(local: &LocalDocument) -> Decision {
    match local.produced_here {
        true => Decision::OwnDocument { local: local.id.clone() },
        false => Decision::SkipDuplicate { local: local.id.clone() },
    }
}

/// Two versions of one setId under different ids. A document without number is older than any that has one.
fn compared(remote: &RemoteVersion, newest: &LocalDocument, as_history: bool) -> Decision {
    let id = newest.id.clone();
    match remote.version_number.cmp(&newest.version_number) {
        std::cmp::Ordering::Greater => Decision::NewVersion { of: id },
        std::cmp::Ordering::Equal => Decision::Conflict { with: id },
        std::cmp::Ordering::Less if as_history => Decision::History { newer: id },
        std::cmp::Ordering::Less => Decision::SkipOlder { newer: id },
    }
}

impl Decision {
    /// Whether the document is taken in.
    #[must_use]
    pub fn imports(&self) -> bool {
        matches!(self, Self::New | Self::NewVersion { .. } | Self::Conflict { .. } | Self::History { .. })
    }
}
