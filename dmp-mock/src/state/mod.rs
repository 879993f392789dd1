//! What survives the process: the whole state of the mock in one SQLite file, as a snapshot or kept up to date
//! (`--state`). The format is documented in docs/mock.md.

mod bytes;
mod file;
mod keeper;

pub(crate) use file::{Batch, StateFile};
pub(crate) use keeper::Keeper;

use std::path::PathBuf;

use crate::world::SavedError;

/// Version of the format; another one is refused, never guessed.
pub(crate) const FORMAT_VERSION: i32 = 1;
/// `DMPM`: tells a state of the mock from any other SQLite file.
pub(crate) const APPLICATION: i32 = 0x444D_504D;

/// Why a state or a snapshot could not be written or read. Says nothing of what is in it.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file is no state of this mock.
    #[error("{path} is not a state of dmp-mock; give a file that it wrote, or one that does not exist yet", path = path.display())]
    NotAState {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by another version of the mock.
    #[error(
        "{path} has format {found}, this dmp-mock reads format {FORMAT_VERSION}; use the version that wrote it, or start from a world file",
        path = path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i32,
    },
    /// Another process has the file.
    #[error("{path} is in use by another process; stop that mock, or give each its own file", path = path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged: `what` cannot be read.
    #[error("{path} is damaged: {what}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The system or the store refused.
    #[error("{path} could not be {action}: {reason}", path = path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// `opened`, `read`, `written`.
        action: &'static str,
        /// Their reason.
        reason: String,
    },
    /// A change could not be kept: since then the mock acknowledges nothing.
    #[error("the state could not be kept, nothing is acknowledged any more: {0}")]
    Stopped(String),
}

impl StateError {
    fn unreadable(path: &std::path::Path, error: &SavedError) -> Self {
        StateError::Damaged { path: path.to_owned(), what: error.to_string() }
    }
}
