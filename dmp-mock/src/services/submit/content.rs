//! X07 and X08: bytes against hash and size, identifiers never seen; and the CDA behind each entry.

use std::collections::HashSet;

use cda::CdaLimits;

use super::lot::{Document, Lot};
use crate::rules::{Denial, Hearing, breach};
use crate::world::{Registry, hexadecimal};

/// What the reader found in each document, in the order of the entries; `None` for what is not CDA by its media type.
pub(super) type Parsed = Vec<Option<Result<cda::Document, cda::CdaError>>>;

/// Reads every CDA of the lot once, in bounded memory.
pub(super) fn parse(lot: &Lot<'_>) -> Parsed {
    lot.documents.iter().map(|document| is_cda(document).then(|| read(document))).collect()
}

fn is_cda(document: &Document<'_>) -> bool {
    !document.entry.is_signature() && matches!(document.entry.mime_type.as_str(), "text/xml" | "application/xslt+xml")
}

fn read(document: &Document<'_>) -> Result<cda::Document, cda::CdaError> {
    let reader = document.content.reader().map_err(|error| cda::CdaError {
        kind: cda::CdaErrorKind::Io(error.kind()),
        line: 0,
        column: 0,
    })?;
    cda::read(reader, &CdaLimits::default())
}

/// X07. Absent hash and size, and a size of 0, say nothing.
pub(super) fn check_digests(lot: &Lot<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    for document in &lot.documents {
        let found = hexadecimal(&document.content.sha1());
        if document.entry.same_hash(&found) == Some(false) {
            hearing.registry(breach(
                "X07",
                "XDSNonIdenticalHash",
                "L'empreinte ne correspond pas au document",
                "a hash that is not the SHA-1 of the part",
                "the SHA-1 of the exact bytes of the part",
            ))?;
        }
        let length = document.content.length();
        if document.entry.size.is_some_and(|size| size != 0 && size != length) {
            hearing.registry(breach(
                "X07",
                "XDSNonIdenticalSize",
                "La taille ne correspond pas au document",
                format!("a size other than {length}"),
                "the number of bytes of the part",
            ))?;
        }
    }
    Ok(())
}

/// X08.
pub(super) fn check_new(lot: &Lot<'_>, registry: &Registry, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let mut seen = HashSet::new();
    let unique_ids = lot.documents.iter().map(|one| one.entry.unique_id.as_str()).chain([lot.set.unique_id.as_str()]);
    for unique_id in unique_ids {
        if !seen.insert(unique_id) {
            hearing.weigh(
                super::registry(breach(
                    "X08",
                    "XDSRepositoryDuplicateUniqueIdInMessage",
                    "Identifiant en double dans le message",
                    "a uniqueId twice in the message",
                    "one uniqueId for each document and for the lot",
                ))
                .with_context(format!("uniqueId={unique_id}")),
            )?;
        }
        if registry.knows_unique_id(unique_id) {
            hearing.weigh(
                super::registry(breach(
                    "X08",
                    "XDSDuplicateUniqueIdInRegistry",
                    "Identifiant déjà connu",
                    "a uniqueId already stored",
                    "a new uniqueId; a repeated submission is already stored, confirm with TD3.1b",
                ))
                .with_context(format!("uniqueId={unique_id}")),
            )?;
        }
    }
    Ok(())
}
