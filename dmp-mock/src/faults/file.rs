//! Faults in a TOML file: `[[fault]]` tables with the fields of [`Fault`].

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Faults;
use super::rule::{Fault, FaultError};

/// Why a file of faults is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum FaultFileError {
    /// It cannot be read.
    #[error("the faults of {path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Not the TOML that is expected.
    #[error("not a file of [[fault]] tables (docs/mock-control.md): {0}")]
    Toml(#[from] toml::de::Error),
    /// A fault that contradicts itself.
    #[error("[[fault]] number {number}: {source}")]
    Fault {
        /// Rank in the file, from 1.
        number: usize,
        /// What is wrong.
        source: FaultError,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultFile {
    #[serde(default)]
    fault: Vec<Fault>,
}

impl Faults {
    /// Adds the faults of a TOML file, in its order; none when one of them is wrong.
    ///
    /// # Errors
    /// [`FaultFileError`] names the file, or the fault and what is wrong with it.
    pub fn add_file(&self, path: &Path) -> Result<(), FaultFileError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| FaultFileError::Read { path: path.to_owned(), source })?;
        self.add_toml(&text)
    }

    /// As [`Faults::add_file`], from a text.
    ///
    /// # Errors
    /// As [`Faults::add_file`].
    pub fn add_toml(&self, text: &str) -> Result<(), FaultFileError> {
        let faults = toml::from_str::<FaultFile>(text)?.fault;
        for (index, fault) in faults.iter().enumerate() {
            fault.check().map_err(|source| FaultFileError::Fault { number: index + 1, source })?;
        }
        for (index, fault) in faults.into_iter().enumerate() {
            self.add(fault).map_err(|source| FaultFileError::Fault { number: index + 1, source })?;
        }
        Ok(())
    }
}
