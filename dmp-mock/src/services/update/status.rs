//! TD3.3c, d: delete, archive, unarchive (LIF-01 to LIF-04, OWN-05 to OWN-08, X17).

use xds_model::AvailabilityStatus;

use super::super::{Call, Trace, registry};
use super::{Change, admit, not_allowed, of_patient, unresolved};
use crate::rules::author::is_holders;
use crate::rules::{Action, ActorClass, Cell, Denial, Hearing, breach};
use crate::services::reader::Reader;
use crate::world::{StoredEntry, World};

pub(super) fn decide(
    entry_uuid: &str,
    original: Option<&AvailabilityStatus>,
    new: Option<&AvailabilityStatus>,
    call: &Call<'_>,
    world: &World,
    hearing: &mut Hearing<'_>,
    trace: &mut Trace,
) -> Result<Change, Denial> {
    let action = match new {
        Some(AvailabilityStatus::Archived) => Action::Archive,
        Some(AvailabilityStatus::Approved) => Action::Unarchive,
        Some(AvailabilityStatus::Deleted) => Action::Delete,
        _ => return Err(transition("a NewStatus that is absent or unknown")),
    };
    let target = of_patient(world.registry.entry(entry_uuid), call);
    let (reader, cell) = admit(action, target, call, world, hearing, trace)?;
    let stored =
        target.ok_or_else(|| unresolved("LIF-03", "an entryUUID that is unknown, deleted or of another patient"))?;
    check_author(action, cell, stored, &reader, hearing)?;
    if action != Action::Delete
        && let Err(rule) = reader.check_mask(stored, reader.owns(stored))
    {
        hearing.weigh(unresolved(rule, "a document masked to this caller"))?;
    }
    check_transition(stored, original, action, hearing)?;
    let status = new.cloned().unwrap_or(AvailabilityStatus::Deleted);
    Ok(Change::Status { entry_uuid: entry_uuid.to_owned(), status })
}

/// OWN-05 to OWN-08.
fn check_author(
    action: Action,
    cell: Cell,
    stored: &StoredEntry,
    reader: &Reader<'_>,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    if is_holders(&stored.entry) {
        return if reader.class == ActorClass::MedecinTraitant {
            Ok(())
        } else {
            hearing.registry(not_allowed("OWN-08", "a document of the holder", "the médecin traitant alone"))
        };
    }
    let any_physician = reader.call.dmp.settings.switches.server.archive_by_any_medecin
        && reader.class == ActorClass::Medecin
        && matches!(action, Action::Archive | Action::Unarchive);
    let needs_author = matches!(cell, Cell::Own | Cell::OwnStructure) && !any_physician;
    if !needs_author || reader.owns(stored) {
        return Ok(());
    }
    let rule = match (action, cell) {
        (Action::Delete, Cell::OwnStructure) => "OWN-07",
        (Action::Delete, _) => "OWN-06",
        _ => "OWN-05",
    };
    hearing.registry(not_allowed(rule, "a document of which the caller is not an author", "an author of the document"))
}

/// LIF-02, LIF-04.
fn check_transition(
    stored: &StoredEntry,
    original: Option<&AvailabilityStatus>,
    action: Action,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let current = stored.entry.status.as_ref();
    if current == Some(&AvailabilityStatus::Deprecated) {
        return hearing.registry(breach(
            "LIF-02",
            "XDSMetadataUpdateError",
            "Une version obsolète ne peut pas changer de statut",
            "a Deprecated version",
            "the current version of the document: TD3.1b just before",
        ));
    }
    let legal = match action {
        Action::Archive => current == Some(&AvailabilityStatus::Approved),
        Action::Unarchive => current == Some(&AvailabilityStatus::Archived),
        _ => true,
    };
    if legal && original == current {
        return Ok(());
    }
    hearing.weigh(transition(if legal { "an OriginalStatus that is not the current one" } else { "an illegal change" }))
}

fn transition(found: &str) -> Denial {
    registry(breach(
        "LIF-04",
        "XDSMetadataUpdateError",
        "Changement de statut impossible",
        found,
        "Approved to Archived, Archived to Approved, either to Deleted, with OriginalStatus = current status",
    ))
}
