//! Refusals of imports.

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::traits::StrictTrait;

use super::read::ReadError;
use crate::confirmed::ConfirmationExpired;
use crate::store::StoreError;

/// Rule 1.
pub(super) const PATIENT_MISMATCH: &str = "PATIENT_MISMATCH";

fn refusal(rule: &'static str) -> LocalRefusal {
    LocalRefusal::new(rule).kind(ErrorKind::Validation)
}

fn local(refusal: LocalRefusal) -> DmpError {
    DmpError::local(refusal).with_transaction(Transaction::Retrieve)
}

pub(super) fn expired(expired: ConfirmationExpired) -> DmpError {
    local(
        refusal("F26")
            .meaning("the confirmation of the user is too old", "la confirmation de l'utilisateur est trop ancienne")
            .found(expired.to_string())
            .remedy("ask the user again", "redemander à l'utilisateur"),
    )
}

pub(super) fn mismatch(traits: &[StrictTrait]) -> DmpError {
    let found = match traits {
        [] => "a document about another number than that of the patient".to_owned(),
        traits => format!("a document under the number of the patient, with other traits: {traits:?}"),
    };
    local(
        refusal(PATIENT_MISMATCH)
            .meaning("the document is not about this patient [F06]", "le document n'est pas celui de ce patient [F06]")
            .found(found)
            .expected("the INS of the open record in recordTarget, with the traits of INSi")
            .remedy(
                "do not import it; tell its author, and the identito-vigilance of the establishment",
                "ne pas l'importer ; prévenir son auteur et la cellule d'identitovigilance",
            ),
    )
}

pub(super) fn unreadable(error: ReadError) -> DmpError {
    local(
        refusal("CDA-DOC")
            .meaning("the document cannot be read as a CDA", "le document n'est pas lisible comme CDA")
            .found(error.to_string())
            .remedy(
                "view it without importing it, and tell its author",
                "le consulter sans l'importer, et prévenir son auteur",
            ),
    )
    .with_source(error)
}

pub(super) fn store_failed(error: StoreError) -> DmpError {
    failed(error.to_string())
}

pub(super) fn folder_failed(error: std::io::Error) -> DmpError {
    failed(error.to_string())
}

fn failed(found: String) -> DmpError {
    local(
        refusal("F06")
            .meaning("the imported documents cannot be kept or read", "les documents importés sont inutilisables")
            .found(found)
            .remedy("repair the store, then import again", "réparer le stockage, puis réimporter"),
    )
}
