//! Where the test documents are.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};

use cda::metadata::{MappingError, MappingOptions};
use cda::{CdaError, CdaLimits, Document};
use xds_model::DocumentEntry;

/// `testdata/cda`.
pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cda")
}

/// The published examples, where they are.
pub(crate) fn published() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/real-documents"));
    folder.exists().then(|| folder.to_path_buf())
}

pub(crate) fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(testdata().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn text(name: &str) -> String {
    String::from_utf8(bytes(name)).unwrap()
}

pub(crate) fn read(bytes: impl AsRef<[u8]>) -> Result<Document, CdaError> {
    cda::read(bytes.as_ref(), &CdaLimits::default())
}

pub(crate) fn entry(bytes: impl AsRef<[u8]>, options: &MappingOptions) -> Result<DocumentEntry, Vec<MappingError>> {
    cda::metadata::document_entry(&read(bytes).unwrap(), options)
}

pub(crate) fn rules(errors: &[MappingError]) -> Vec<&'static str> {
    errors.iter().map(|error| error.rule).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
