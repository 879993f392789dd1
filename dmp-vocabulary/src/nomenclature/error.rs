//! What can be wrong with a file of nomenclatures. The files are public data: messages quote them.

use std::io;
use std::path::PathBuf;

/// A folder of nomenclatures that cannot be used. Nothing of it is loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NomenclatureError {
    /// The folder or one of its files cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Folder or file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A file above the size limit.
    #[error("{path}: more than {limit} bytes; a nomenclature is a few hundred lines")]
    TooLarge {
        /// File.
        path: PathBuf,
        /// [`super::MAX_FILE_BYTES`].
        limit: u64,
    },
    /// A file that is not UTF-8.
    #[error("{path}: not UTF-8; export the table again as UTF-8 text separated by tabs")]
    NotUtf8 {
        /// File.
        path: PathBuf,
    },
    /// A column that the table must have.
    #[error("{file}: the header line has no column `{column}`")]
    Column {
        /// File name.
        file: String,
        /// Missing column.
        column: String,
    },
    /// A line with more or fewer fields than the header.
    #[error("{file} line {line}: found {found} fields, the header has {expected}; fields are separated by one tab")]
    Fields {
        /// File name.
        file: String,
        /// Line, from 1 (the header).
        line: usize,
        /// Fields found.
        found: usize,
        /// Fields of the header.
        expected: usize,
    },
    /// A value that the column does not accept.
    #[error("{file} line {line}: `{found}` in column `{column}`, expected {expected}")]
    Value {
        /// File name.
        file: String,
        /// Line, from 1 (the header).
        line: usize,
        /// Column.
        column: String,
        /// Value found, at most its first 80 characters.
        found: String,
        /// Values accepted.
        expected: &'static str,
    },
    /// The same key twice.
    #[error("{file} line {line}: `{key}` is already in the table")]
    Duplicate {
        /// File name.
        file: String,
        /// Line, from 1 (the header).
        line: usize,
        /// Code and code system, or other key of the table.
        key: String,
    },
    /// A row the table must have.
    #[error("{file}: no row {what}")]
    MissingRow {
        /// File name.
        file: String,
        /// The row.
        what: &'static str,
    },
}
