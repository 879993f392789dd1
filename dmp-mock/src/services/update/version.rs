//! TD3.3a, b: a new metadata version with other confidentiality codes (X18, VIS-07 to VIS-09, OWN-04).

use xds_model::{CodedValue, DocumentEntry};

use super::super::{Call, Trace, registry};
use super::{Change, admit, of_patient};
use crate::rules::updating::require_target;
use crate::rules::{Action, Denial, Hearing, breach, visibility};
use crate::world::World;

pub(super) fn decide(
    entry: &DocumentEntry,
    previous_version: Option<u32>,
    call: &Call<'_>,
    world: &World,
    hearing: &mut Hearing<'_>,
    trace: &mut Trace,
) -> Result<Change, Denial> {
    let logical_id = entry.logical_id.as_deref().unwrap_or_default();
    let target = of_patient(world.registry.last_of_logical_id(logical_id), call);
    let actions = target.map(|stored| visibility::actions_of_change(&stored.entry, entry)).unwrap_or_default();
    // Without a target or a change, the right to change visibility at all is what is asked.
    let first = actions.first().copied().unwrap_or(Action::Mask);
    let reader = admit(first, target, call, world, hearing, trace)?;
    for action in actions.iter().skip(1) {
        admit(*action, target, call, world, hearing, trace)?;
    }
    trace.action = Some(first);
    let stored = require_target(target)?;
    let current = &stored.entry;
    reader.check_visibility_author(&actions, stored, entry, hearing)?;
    if previous_version != current.version {
        hearing.registry(breach(
            "X18",
            "XDSMetadataVersionError",
            "La version précédente n'est pas la version courante",
            "a PreviousVersion that is absent or not the current one",
            "VersionInfo of the current entry: read it again just before",
        ))?;
    }
    unchanged(current, entry, hearing)?;
    if actions.is_empty() {
        return Err(registry(breach(
            "X18",
            "XDSMetadataUpdateError",
            "Aucune modification demandée",
            "the confidentiality codes of the current version",
            "other confidentiality codes",
        )));
    }
    reader.check_new_codes(current, entry, hearing)?;
    // What the registry knows is kept as it is stored; only the codes come from the request.
    let entry = DocumentEntry { confidentiality_codes: entry.confidentiality_codes.clone(), ..current.clone() };
    Ok(Change::Version { entry: Box::new(entry), current_uuid: current.entry_uuid.clone() })
}

/// X18: only the confidentiality codes change.
fn unchanged(current: &DocumentEntry, sent: &DocumentEntry, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    if !sent.patient_id.same_identifier(&current.patient_id) {
        hearing.registry(breach(
            "X18",
            "XDSPatientIDReconciliationError",
            "Le patient ne peut pas être modifié",
            "another patientId",
            "the patientId of the current entry",
        ))?;
    }
    if sent.unique_id != current.unique_id {
        hearing.registry(breach(
            "X18",
            "XDSMetadataIdentifierError",
            "L'identifiant ne peut pas être modifié",
            "another uniqueId",
            "the uniqueId of the current entry",
        ))?;
    }
    let same_people = sent.authors == current.authors
        && sent.legal_authenticator == current.legal_authenticator
        && sent.source_patient_id == current.source_patient_id
        && sent.source_patient_info == current.source_patient_info;
    if !same_people {
        hearing.registry(breach(
            "X18",
            "XDSRegistryMetadataError",
            "Les données d'un auteur ne peuvent pas être modifiées",
            "another author, legalAuthenticator or source patient",
            "the values of the current entry, byte for byte",
        ))?;
    }
    if !same_rest(current, sent) {
        hearing.registry(breach(
            "X18",
            "UnmodifiableMetadataError",
            "Seule la confidentialité peut être modifiée",
            "another attribute that differs from the current entry",
            "a full copy of the current entry with other confidentiality codes",
        ))?;
    }
    Ok(())
}

fn same_rest(current: &DocumentEntry, sent: &DocumentEntry) -> bool {
    let same = |code: fn(&DocumentEntry) -> &Option<CodedValue>| match (code(current), code(sent)) {
        (Some(one), Some(other)) => one.same_code(other),
        (one, other) => one.is_none() && other.is_none(),
    };
    let same_events = current.event_codes.len() == sent.event_codes.len()
        && current.event_codes.iter().all(|one| sent.event_codes.iter().any(|other| one.same_code(other)));
    // Absent hash, size and repository of a copy are read as unchanged.
    let same_bytes = current.hash.as_deref().is_none_or(|hash| sent.same_hash(hash).unwrap_or(true))
        && sent.size.is_none_or(|size| Some(size) == current.size);
    sent.mime_type == current.mime_type
        && same_bytes
        && sent.language_code == current.language_code
        && sent.creation_time == current.creation_time
        && sent.service_start_time == current.service_start_time
        && sent.service_stop_time == current.service_stop_time
        && sent.title == current.title
        && sent.comments == current.comments
        && same(|entry| &entry.class_code)
        && same(|entry| &entry.type_code)
        && same(|entry| &entry.format_code)
        && same(|entry| &entry.healthcare_facility_type_code)
        && same(|entry| &entry.practice_setting_code)
        && same_events
        && sent.reference_ids == current.reference_ids
}
