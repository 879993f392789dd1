//! X17: what a submission replaces.

use xds_model::AssociationKind;

use super::lot::Lot;
use crate::rules::feeding::{check_replaced, obsolete_target};
use crate::rules::{ActorClass, Denial, Hearing, Situation};
use crate::world::{StoredEntry, World};

/// For each replacement of the lot, when it may be: id of the new entry, entry replaced.
pub(super) fn check<'a>(
    lot: &Lot<'a>,
    situation: &Situation<'_>,
    class: ActorClass,
    world: &'a World,
    hearing: &mut Hearing<'_>,
) -> Result<Vec<(&'a str, &'a StoredEntry)>, Denial> {
    let mut pairs: Vec<(&str, &StoredEntry)> = Vec::new();
    let objects = lot.objects;
    for association in objects.associations.iter().filter(|one| one.kind == AssociationKind::Replaces) {
        let Some(new) = objects.document_entry(&association.source) else { continue };
        let of_patient = |stored: &&StoredEntry| situation.patient.is_some_and(|patient| patient.id == stored.patient);
        let target = world.registry.entry(&association.target).filter(of_patient);
        let target = check_replaced(situation, class, target, hearing)?;
        // The first replacement makes it obsolete for the second.
        if pairs.iter().any(|(_, replaced)| replaced.entry.entry_uuid == target.entry.entry_uuid) {
            return Err(obsolete_target("an entry replaced twice in the lot"));
        }
        pairs.push((new.entry_uuid.as_str(), target));
    }
    Ok(pairs)
}
