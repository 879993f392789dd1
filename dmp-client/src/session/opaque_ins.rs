//! The number of a patient who was found by traits.

use std::fmt;

use dmp_protocol::patient::InstanceIdentifier;
use zeroize::Zeroizing;

/// A number that opens a record and is shown to nobody (`EX_0.5-1020`): it is not read, printed, copied or serialised,
/// and its bytes are erased when it is dropped.
///
/// ```compile_fail,E0277
/// fn printed(number: &dmp_client::OpaqueIns) -> String {
///     format!("{number}")
/// }
/// ```
/// ```compile_fail,E0277
/// fn serialised<S: serde::Serializer>(number: &dmp_client::OpaqueIns, to: S) -> Result<S::Ok, S::Error> {
///     serde::Serialize::serialize(number, to)
/// }
/// ```
/// ```compile_fail,E0599
/// fn kept(number: &dmp_client::OpaqueIns) -> dmp_client::OpaqueIns {
///     number.clone()
/// }
/// ```
pub struct OpaqueIns {
    root: Zeroizing<String>,
    extension: Zeroizing<String>,
}

impl OpaqueIns {
    /// Takes the number that opens a record out of the identifiers of an answer; erases the others.
    pub(super) fn among(identifiers: Vec<InstanceIdentifier>, wanted: Option<usize>) -> Option<Self> {
        let numbers = identifiers.into_iter().map(|id| Self {
            root: Zeroizing::new(id.root),
            extension: Zeroizing::new(id.extension.unwrap_or_default()),
        });
        numbers.enumerate().fold(None, |kept, (index, number)| if Some(index) == wanted { Some(number) } else { kept })
    }

    /// Root and extension, for the session that opens the record.
    pub(super) fn parts(&self) -> (&str, &str) {
        (&self.root, &self.extension)
    }
}

impl fmt::Debug for OpaqueIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueIns(…)")
    }
}
