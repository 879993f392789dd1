//! What a trace could not do.

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;

use super::key::TraceKeyError;
use crate::store::StoreError;

/// Why a trace was not written, or not read. Never tells what was in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A line cannot be sealed or opened.
    #[error(transparent)]
    Key(#[from] TraceKeyError),
    /// A line was opened, and this version does not know what it says.
    #[error("line {0} of the traces says what this version does not read")]
    Unreadable(u64),
    /// The marks of the store are not those of the owner of the keys.
    #[error("the traces were altered ({0}): verify() tells more; keep the file as it is")]
    Altered(&'static str),
    /// What was extracted cannot be written.
    #[error("an extraction cannot be written: {0}")]
    Destination(#[from] std::io::Error),
    /// The signature of a manifest failed.
    #[error("the manifest of an extraction cannot be signed: {0}")]
    Signature(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl TraceError {
    /// The refusal of a transaction that cannot be traced (F14, `trace_or_fail`).
    #[must_use]
    pub fn into_refusal(self) -> DmpError {
        let refusal = LocalRefusal::new("F14")
            .kind(ErrorKind::Validation)
            .meaning("the act cannot be traced", "l'acte ne peut pas être tracé")
            .found(self.to_string())
            .expected("a trace that is written before anything is sent")
            .remedy(
                "give the store of the traces room and rights, then do it again",
                "rendre de la place et des droits au stockage des traces, puis recommencer",
            );
        DmpError::local(refusal).with_source(self)
    }
}
