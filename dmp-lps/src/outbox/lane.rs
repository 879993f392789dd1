//! The two queues: what is made today, and what was made long ago.

use serde::{Deserialize, Serialize};

/// Which queue a document waits in. A lot never mixes the two (F11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Documents of the care of today.
    #[default]
    Daily,
    /// Historical feeding: whenever nothing of today waits.
    Historical,
}

impl Lane {
    pub(super) fn as_kept(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Historical => "historical",
        }
    }
}

/// What the DMP is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// TD2.1: a document, new or replacing another.
    Feed,
    /// TD3.3c: the document is deleted, with the versions that it replaced.
    Delete,
}
