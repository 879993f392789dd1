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

/// What the table says. An explicit replacement counts more than the setId, unless the local record has a newer version.
pub(super) fn decide(remote: &RemoteVersion, locals: &[LocalDocument], as_history: bool) -> Decision {
    if let Some(local) = locals.iter().find(|local| local.unique_id == remote.unique_id) {
        return same(local);
    }
    let by_version = by_version(remote, locals, as_history);
    let parent = locals.iter().find(|local| remote.replaces.contains(&local.unique_id));
    match (by_version, parent) {
        (older @ (Decision::SkipOlder { .. } | Decision::History { .. }), _) => older,
        (_, Some(parent)) => Decision::NewVersion { of: parent.id.clone() },
        (decision, None) => decision,
    }
}

/// By setId and versionNumber; without setId, by the bytes.
fn by_version(remote: &RemoteVersion, locals: &[LocalDocument], as_history: bool) -> Decision {
    let Some(set_id) = &remote.set_id else {
        let alike =
            |local: &&LocalDocument| local.sha1.as_ref().is_some_and(|sha1| sha1.eq_ignore_ascii_case(&remote.sha1));
        return locals.iter().find(alike).map_or(Decision::New, same);
    };
    let versions = locals.iter().filter(|local| local.set_id.as_ref() == Some(set_id));
    let newest = versions.max_by_key(|local| local.version_number);
    newest.map_or(Decision::New, |newest| compared(remote, newest, as_history))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn local(unique_id: &str, set_id: Option<&str>, version_number: Option<u64>) -> LocalDocument {
        LocalDocument {
            id: LocalDocumentId::new(unique_id),
            unique_id: unique_id.to_owned(),
            logical_id: None,
            set_id: set_id.map(str::to_owned),
            version_number,
            sha1: Some("aa".to_owned()),
            produced_here: unique_id == "own",
        }
    }

    #[test]
    fn the_table() {
        let id = |text: &str| LocalDocumentId::new(text);
        let locals = [
            local("1", Some("s"), Some(1)),
            local("3", Some("s"), Some(3)),
            local("own", None, None),
            local("u", Some("t"), None),
        ];
        // uniqueId, setId, versionNumber, what it replaces.
        type Row<'a> = (&'a str, Option<&'a str>, Option<u64>, &'a [&'a str], Decision);
        let rows: [Row<'_>; 12] = [
            ("1", Some("s"), Some(9), &["3"], Decision::SkipDuplicate { local: id("1") }),
            ("own", None, None, &[], Decision::OwnDocument { local: id("own") }),
            ("4", Some("s"), Some(4), &[], Decision::NewVersion { of: id("3") }),
            ("4", Some("s"), Some(4), &["1"], Decision::NewVersion { of: id("1") }),
            ("2", Some("s"), Some(2), &[], Decision::SkipOlder { newer: id("3") }),
            // It replaced a version that is here, and was replaced by another that is here too.
            ("2", Some("s"), Some(2), &["1"], Decision::SkipOlder { newer: id("3") }),
            ("x", Some("s"), Some(3), &[], Decision::Conflict { with: id("3") }),
            ("x", Some("other"), Some(1), &["u"], Decision::NewVersion { of: id("u") }),
            ("x", None, None, &["own"], Decision::NewVersion { of: id("own") }),
            // A document without number is older than any that has one.
            ("x", Some("t"), Some(1), &[], Decision::NewVersion { of: id("u") }),
            ("x", Some("s"), None, &[], Decision::SkipOlder { newer: id("3") }),
            ("x", Some("new"), Some(1), &["elsewhere"], Decision::New),
        ];
        for (unique_id, set_id, version_number, replaces, expected) in rows {
            let remote = RemoteVersion {
                unique_id: unique_id.to_owned(),
                set_id: set_id.map(str::to_owned),
                version_number,
                replaces: replaces.iter().map(|one| (*one).to_owned()).collect(),
                sha1: "bb".to_owned(),
            };
            assert_eq!(decide(&remote, &locals, false), expected, "{unique_id} {set_id:?} {version_number:?}");
        }
        let bytes = RemoteVersion { unique_id: "x".to_owned(), sha1: "AA".to_owned(), ..RemoteVersion::default() };
        assert_eq!(decide(&bytes, &locals, false), Decision::SkipDuplicate { local: id("1") });
    }
}
