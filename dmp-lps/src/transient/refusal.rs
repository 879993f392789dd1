//! Refusals of transient documents.

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::transaction::Transaction;

fn refusal() -> LocalRefusal {
    LocalRefusal::new("F13")
}

/// What may not be read, or no longer.
pub(super) fn refused(found: &'static str, expected: &'static str) -> DmpError {
    let refusal = refusal()
        .kind(ErrorKind::Authorisation)
        .meaning("the transient document may not be read", "le document transitoire n'est pas lisible")
        .found(found)
        .expected(expected)
        .remedy("view the document in the DMP", "consulter le document dans le DMP");
    DmpError::local(refusal).with_transaction(Transaction::Retrieve)
}

/// The disk failed, or the file is not what was written.
pub(super) fn failed(error: std::io::Error) -> DmpError {
    let refusal = refusal()
        .meaning("the transient document cannot be held", "le document transitoire ne peut être conservé")
        .found(error.to_string())
        .remedy("repair the folder, then view the document again", "réparer le dossier, puis reconsulter le document");
    DmpError::local(refusal).with_transaction(Transaction::Retrieve).with_source(error)
}
