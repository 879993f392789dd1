//! The whole state at one moment: to come back to, in memory or in a file.

use std::path::Path;

use jiff::Timestamp;

use crate::admission::Used;
use crate::state::{Batch, StateError, StateFile};
use crate::world::World;

/// Everything the mock knows, its time and its memory of used assertions, at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) world: World,
    pub(crate) now: Timestamp,
    pub(crate) used: Vec<(Used, Timestamp)>,
}

impl Snapshot {
    /// Writes the snapshot to one file, documents included; a file of that name is replaced once the new one is whole.
    ///
    /// # Errors
    /// [`StateError`] when it cannot be written.
    pub fn save_to(&self, path: impl AsRef<Path>) -> Result<(), StateError> {
        let path = path.as_ref();
        let failed = |error: std::io::Error| StateError::Store {
            path: path.to_owned(),
            action: "written",
            reason: error.to_string(),
        };
        // Beside its place: a rename does not cross file systems.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?.into_temp_path();
        let (file, _) = StateFile::open(&temporary)?;
        let mut world = self.world.clone();
        world.track_changes();
        let saved = world.take_changes().map_err(|error| StateError::Stopped(error.to_string()))?;
        let offset = i64::try_from(self.now.duration_since(Timestamp::now()).as_millis()).unwrap_or_default();
        let used = self.used.clone();
        file.write(&[Batch { saved, used, clock_offset: Some(offset), taken_at: Some(self.now) }])?;
        file.close()?;
        temporary.persist(path).map_err(|error| failed(error.error))
    }

    /// Reads a snapshot, or the state file of a mock that has stopped.
    ///
    /// # Errors
    /// [`StateError`] when the file is none, is of another version or is damaged.
    pub fn load_from(path: impl AsRef<Path>) -> Result<Self, StateError> {
        let whole = StateFile::open_to_read(path.as_ref())?.read()?;
        let offset = jiff::SignedDuration::from_millis(whole.clock_offset);
        let now = Timestamp::now().saturating_add(offset).unwrap_or(Timestamp::MAX);
        Ok(Snapshot { world: whole.world, now: whole.taken_at.unwrap_or(now), used: whole.used })
    }
}
