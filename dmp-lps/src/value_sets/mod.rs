//! F25: the value sets (*jeux de valeurs*) as files that change while the software runs (`EX_GEN-1360`): loaded from a
//! folder, reloaded without a restart, known by their edition. What a user picks from hides what no software may create
//! (`EX_2.1-1010`); what the DMP says and no set knows is shown as it is (`REC_GEN-1370`, `EX_3.1-1050`).
//!
//! ```
//! # async fn program(folder: std::path::PathBuf) -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::SystemClock;
//! use dmp_lps::value_sets::ValueSets;
//!
//! let sets = ValueSets::load(folder, SystemClock).await?;
//! for kind in sets.current().document_types() {
//!     println!("{} ({})", kind.display, kind.code);
//! }
//! // New files were put into the folder: from now on, or not at all if one of them is wrong.
//! if sets.reload().await? {
//!     println!("edition {}", sets.current().number());
//! }
//! # Ok(())
//! # }
//! ```

mod edition;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use dmp_vocabulary::nomenclature::{NomenclatureError, Nomenclatures};
use sha2::{Digest, Sha256};

pub use edition::{Coded, Edition};

use crate::clock::Clock;

/// The value sets in force. Cheap to clone; clones share them.
#[derive(Clone)]
pub struct ValueSets {
    folder: Arc<Path>,
    clock: Arc<dyn Clock>,
    edition: Arc<RwLock<Arc<Edition>>>,
}

impl ValueSets {
    /// The sets of this version of the SDK, each replaced by the file of the same name in a folder; files of other names are
    /// more sets. The columns are those of the crate `dmp-vocabulary`.
    ///
    /// # Errors
    /// [`NomenclatureError`]: the first wrong line; nothing is loaded then.
    pub async fn load(folder: impl Into<PathBuf>, clock: impl Clock) -> Result<Self, NomenclatureError> {
        let (folder, clock): (Arc<Path>, Arc<dyn Clock>) = (folder.into().into(), Arc::new(clock));
        let (digest, tables) = read(Arc::clone(&folder)).await?;
        let edition = Edition::new(1, digest, clock.now(), tables);
        Ok(Self { folder, clock, edition: Arc::new(RwLock::new(Arc::new(edition))) })
    }

    /// The edition in force. Whoever holds it keeps it: a screen does not change under its user.
    #[must_use]
    pub fn current(&self) -> Arc<Edition> {
        Arc::clone(&self.edition.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts the files of the folder in force; says whether they are others than before.
    ///
    /// # Errors
    /// [`NomenclatureError`]: the edition in force stays.
    pub async fn reload(&self) -> Result<bool, NomenclatureError> {
        let (digest, tables) = read(Arc::clone(&self.folder)).await?;
        let mut edition = self.edition.write().unwrap_or_else(PoisonError::into_inner);
        if edition.digest() == digest {
            return Ok(false);
        }
        *edition = Arc::new(Edition::new(edition.number() + 1, digest, self.clock.now(), tables));
        Ok(true)
    }
}

/// Digest of the files, and what they hold.
async fn read(folder: Arc<Path>) -> Result<(String, Nomenclatures), NomenclatureError> {
    let path = folder.to_path_buf();
    let read = tokio::task::spawn_blocking(move || {
        // A file that changes between the two is seen by the next reload.
        let digest =
            digest(&folder).map_err(|source| NomenclatureError::Read { path: folder.to_path_buf(), source })?;
        Ok((digest, Nomenclatures::load(&folder)?))
    });
    let stopped = |error| NomenclatureError::Read { path, source: io::Error::other(error) };
    read.await.map_err(stopped)?
}

/// SHA-256 of the names and bytes of the tables, in hexadecimal.
fn digest(folder: &Path) -> io::Result<String> {
    let mut tables: Vec<PathBuf> = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "tsv") {
            tables.push(path);
        }
    }
    tables.sort();
    let mut sha256 = Sha256::new();
    for path in tables {
        let bytes = std::fs::read(&path)?;
        sha256.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        sha256.update((bytes.len() as u64).to_be_bytes());
        sha256.update(bytes);
    }
    Ok(sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

impl fmt::Debug for ValueSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValueSets").field("folder", &self.folder).field("edition", &self.current().number()).finish()
    }
}
