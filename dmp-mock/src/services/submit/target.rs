//! X17: what a submission replaces.

use xds_model::{AssociationKind, AvailabilityStatus, DocumentEntry};

use super::super::{Call, registry};
use super::lot::Lot;
use super::{METADATA_ERROR, author_denial};
use crate::rules::author::{is_holders, owns};
use crate::rules::{Denial, Hearing, breach};
use crate::world::{StoredEntry, World};

/// The pairs (new entry, entry replaced) of the lot, when each may be.
pub(super) fn check<'a>(
    lot: &Lot<'a>,
    call: &Call<'_>,
    world: &World,
    hearing: &mut Hearing<'_>,
) -> Result<Vec<(&'a DocumentEntry, DocumentEntry)>, Denial> {
    let mut pairs = Vec::new();
    for association in &lot.objects.associations {
        if association.kind != AssociationKind::Replaces {
            continue;
        }
        let Some(new) = lot.objects.document_entry(&association.source) else { continue };
        let stored = replaceable(&association.target, call, world)?;
        let caller = &call.admitted.caller;
        let class = caller.class(world.patient(call.patient_id()?)).map_err(super::fault)?;
        if is_holders(&stored.entry) || !owns(caller, class, stored, &call.dmp.settings.switches.server) {
            let refusal = breach(
                "OWN-02",
                METADATA_ERROR,
                "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF",
                "a replaced document of which the sender is not an author",
                "only an author replaces a document; nobody replaces a document of the holder",
            );
            hearing.weigh(author_denial(refusal, call))?;
        }
        pairs.push((new, stored.entry.clone()));
    }
    Ok(pairs)
}

/// The target, Approved or Archived, of the same patient.
fn replaceable<'a>(target: &str, call: &Call<'_>, world: &'a World) -> Result<&'a StoredEntry, Denial> {
    let unresolved = || {
        registry(breach(
            "LIF-03",
            "UnresolvedReferenceException",
            "Le document à remplacer est introuvable",
            "an RPLC target that is unknown, deleted, or of another patient",
            "the current entryUUID of the document: TD3.1b just before",
        ))
    };
    let stored = world.registry.entry(target).filter(|stored| Some(&stored.patient) == call.admitted.patient.as_ref());
    let stored = stored.ok_or_else(unresolved)?;
    match stored.entry.status {
        Some(AvailabilityStatus::Approved | AvailabilityStatus::Archived) => Ok(stored),
        Some(AvailabilityStatus::Deprecated) => Err(registry(breach(
            "LIF-08",
            "XDSRegistryDeprecatedDocumentError",
            "Le document à remplacer est obsolète",
            "an RPLC target that is Deprecated",
            "the current entryUUID of the document: TD3.1b just before",
        ))),
        _ => Err(unresolved()),
    }
}
