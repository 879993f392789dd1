//! The copy in force, and how old it is.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};

use super::read::read_all;
use super::{ParameterError, Parameters};

/// A copy older than this must be refreshed (`EX_GEN-1540`: at least weekly).
pub const STALE_AFTER: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The parameters in force, shared by the clones of a client: the defaults until a copy is read, then the last good
/// copy. Cheap to clone; clones see the same copy.
#[derive(Clone, Default)]
pub struct ParameterFile {
    copy: Arc<RwLock<Kept>>,
}

#[derive(Default)]
struct Kept {
    parameters: Parameters,
    others: BTreeMap<String, String>,
    /// When this copy was published to us; `None` for the defaults.
    read_at: Option<Timestamp>,
    warned: bool,
}

impl ParameterFile {
    /// What is in force now. Warns, once for each copy, when it is more than a week old.
    #[must_use]
    pub fn current(&self) -> Parameters {
        self.at(Timestamp::now())
    }

    fn at(&self, now: Timestamp) -> Parameters {
        let (parameters, read_at, warns) = {
            let copy = self.copy.read().unwrap_or_else(PoisonError::into_inner);
            (copy.parameters, copy.read_at, is_stale(&copy, now) && !copy.warned)
        };
        if warns {
            self.copy.write().unwrap_or_else(PoisonError::into_inner).warned = true;
            tracing::warn!(?read_at, "the parameter file of the DMP is stale (EX_GEN-1540): refresh it");
        }
        parameters
    }

    /// The value of a parameter that this version does not know, as the copy in force writes it; `None` also for those that
    /// it knows.
    #[must_use]
    pub fn other(&self, name: &str) -> Option<String> {
        self.copy.read().unwrap_or_else(PoisonError::into_inner).others.get(name).cloned()
    }

    /// How long ago the copy in force was read from the DMP; `None` when the defaults are in force.
    #[must_use]
    pub fn age(&self) -> Option<SignedDuration> {
        let read_at = self.copy.read().unwrap_or_else(PoisonError::into_inner).read_at;
        read_at.map(|read_at| Timestamp::now().duration_since(read_at))
    }

    /// Whether the copy in force is older than a week. The defaults are not a copy: nothing was promised of their age.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        is_stale(&self.copy.read().unwrap_or_else(PoisonError::into_inner), Timestamp::now())
    }

    /// Puts a copy in force, which came from the DMP at `read_at`.
    ///
    /// # Errors
    /// A file that cannot be read; the copy in force then stays.
    pub fn read(&self, xml: &[u8], read_at: Timestamp) -> Result<Parameters, ParameterError> {
        let (parameters, others) = read_all(xml)?;
        *self.copy.write().unwrap_or_else(PoisonError::into_inner) =
            Kept { parameters, others, read_at: Some(read_at), warned: false };
        Ok(parameters)
    }

    /// Puts in force the copy that a program kept on disk, as old as the file is. Blocks: call it at start-up.
    ///
    /// # Errors
    /// The file cannot be read, or is not a parameter file.
    pub fn read_file(&self, path: impl AsRef<Path>) -> std::io::Result<Parameters> {
        let modified = std::fs::metadata(path.as_ref())?.modified()?;
        let read_at = Timestamp::try_from(modified).map_err(std::io::Error::other)?;
        self.read(&std::fs::read(path.as_ref())?, read_at).map_err(std::io::Error::other)
    }
}

fn is_stale(copy: &Kept, now: Timestamp) -> bool {
    copy.read_at.is_some_and(|read_at| now.duration_since(read_at) > STALE_AFTER)
}

impl fmt::Debug for ParameterFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let copy = self.copy.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("ParameterFile").field("parameters", &copy.parameters).field("read_at", &copy.read_at).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"<p><age-majorite>16</age-majorite><nouveau>7</nouveau></p>";

    #[test]
    fn f23_a_bad_file_leaves_the_last_good_copy() {
        let file = ParameterFile::default();
        assert_eq!((file.current(), file.age(), file.is_stale()), (Parameters::default(), None, false));
        let shared = file.clone();
        file.read(FILE, Timestamp::now()).unwrap();
        assert_eq!(shared.current().age_majorite, 16, "clones share the copy");
        assert!(file.read(b"<html/>", Timestamp::now()).is_err());
        assert_eq!((file.current().age_majorite, file.other("nouveau").as_deref()), (16, Some("7")));
        assert_eq!(file.other("age-majorite"), None);
    }

    #[test]
    fn f23_a_copy_is_stale_after_a_week() {
        let file = ParameterFile::default();
        let now = Timestamp::now();
        for (days, stale) in [(0, false), (6, false), (8, true)] {
            file.read(FILE, now - SignedDuration::from_hours(24 * days)).unwrap();
            assert_eq!(file.is_stale(), stale, "{days} days");
            assert_eq!(file.current().age_majorite, 16, "a stale copy stays in force");
        }
    }
}
