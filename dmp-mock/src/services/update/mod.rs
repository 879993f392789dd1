//! TD3.3: who sees a document, and its status (ITI-57). All or nothing.

mod status;
mod version;

use std::collections::HashSet;

use dmp_protocol::transaction::Transaction;
use xds_model::iti57::{SubmitObjects, Update};
use xds_model::{AvailabilityStatus, DocumentEntry, RegistryResponse, SubmissionSet};

use super::{Call, Reply, Trace, registry};
use crate::rules::{Action, Aim, Denial, Hearing, Reader, breach};
use crate::world::{StoredEntry, World};

/// A change that every rule lets through.
enum Change {
    Version { entry: Box<DocumentEntry>, current_uuid: String },
    Status { entry_uuid: String, status: AvailabilityStatus },
}

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let request = SubmitObjects::read(call.envelope.body()).map_err(|error| {
        registry(breach(
            "X01",
            "XDSRegistryMetadataError",
            "Lot illisible",
            error.to_string(),
            "a SubmitObjectsRequest with one lot",
        ))
    })?;
    let set = lot_of_patient(&request, call, hearing)?;
    let mut world = call.dmp.world();
    let mut changes = Vec::new();
    for update in request.updates() {
        changes.push(decide(&update, call, &world, hearing, trace)?);
    }
    check_lot(set, hearing)?;
    if changes.is_empty() {
        return Err(unrecognised("no association"));
    }
    if world.registry.knows_unique_id(&set.unique_id) {
        hearing.weigh(
            registry(breach(
                "X08",
                "XDSDuplicateUniqueIdInRegistry",
                "Identifiant déjà connu",
                "the uniqueId of a lot already stored",
                "a new uniqueId for each lot",
            ))
            .with_context(format!("uniqueId={}", set.unique_id)),
        )?;
    }
    check_distinct(&changes, hearing)?;
    let lot_uuid = world.registry.add_update(set.clone(), call.patient_id()?.clone());
    for change in changes {
        match change {
            Change::Version { entry, current_uuid } => world.registry.add_version(&lot_uuid, *entry, &current_uuid),
            Change::Status { entry_uuid, status } => world.registry.change_status(&entry_uuid, &status),
        }
    }
    world.settle_vaccinations(call.patient_id()?, Vec::new(), call.now);
    drop(world);
    Reply::plain(|w| RegistryResponse::success().write(w))
}

/// X18: the second change of an entry in one request would be made to a version that is no longer the current one.
fn check_distinct(changes: &[Change], hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let mut changed = HashSet::new();
    for change in changes {
        let (Change::Version { current_uuid: uuid, .. } | Change::Status { entry_uuid: uuid, .. }) = change;
        if !changed.insert(uuid) {
            hearing.registry(breach(
                "X18",
                "XDSMetadataVersionError",
                "Une fiche est modifiée deux fois dans le lot",
                "two changes of one entry",
                "one change of each entry in a request",
            ))?;
        }
    }
    Ok(())
}

/// The one lot of the request, of the patient of the assertion (V42).
fn lot_of_patient<'a>(
    request: &'a SubmitObjects,
    call: &Call<'_>,
    hearing: &mut Hearing<'_>,
) -> Result<&'a SubmissionSet, Denial> {
    let [set] = request.objects.submission_sets.as_slice() else {
        return Err(incomplete("no lot, or several"));
    };
    let patient = call.patient_id()?;
    if set.patient_id.id() != patient.matricule || set.patient_id.authority_oid() != patient.oid {
        hearing.registry(breach(
            "X05",
            "XDSPatientIdDoesNotMatch",
            "Le patient du lot n'est pas celui du VIHF",
            "a lot whose patient is not that of the assertion",
            "the same INS in both",
        ))?;
    }
    Ok(set)
}

/// The lot is complete in every request (xds.md §10).
fn check_lot(set: &SubmissionSet, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let complete = set.authors.len() == 1
        && set.content_type_code.is_some()
        && !set.source_id.is_empty()
        && !set.unique_id.is_empty()
        && set.submission_time.is_some();
    if complete { Ok(()) } else { hearing.weigh(incomplete("a lot without one of its attributes")) }
}

fn incomplete(found: &str) -> Denial {
    registry(breach(
        "X03",
        "XDSRegistryMetadataError",
        "Le lot est incomplet",
        found,
        "one lot with one author, contentTypeCode, patientId, sourceId, uniqueId and submissionTime",
    ))
}

fn decide(
    update: &Update<'_>,
    call: &Call<'_>,
    world: &World,
    hearing: &mut Hearing<'_>,
    trace: &mut Trace,
) -> Result<Change, Denial> {
    match update {
        Update::NewVersion { entry, previous_version } => {
            version::decide(entry, *previous_version, call, world, hearing, trace)
        }
        Update::Status { entry_uuid, original, new } => {
            status::decide(entry_uuid, original.as_ref(), new.as_ref(), call, world, hearing, trace)
        }
        Update::Unsupported(association) => Err(unrecognised(association.kind.as_urn())),
    }
}

fn unrecognised(found: &str) -> Denial {
    registry(breach(
        "X18",
        "XDSMetadataUpdateOperationError",
        "Opération de mise à jour inconnue",
        found.chars().take(128).collect::<String>(),
        "HasMember with PreviousVersion, or UpdateAvailabilityStatus",
    ))
}

/// Lines 15 to 19 of errors.md §11 for one action; gives the caller in front of the documents.
fn admit<'a>(
    action: Action,
    target: Option<&StoredEntry>,
    call: &'a Call<'a>,
    world: &'a World,
    hearing: &mut Hearing<'_>,
    trace: &mut Trace,
) -> Result<Reader<'a>, Denial> {
    trace.action = Some(action);
    let document = target.map(|stored| stored.entry.unique_id.clone());
    trace.documents.extend(document.filter(|id| !trace.documents.contains(id)));
    trace.transaction = Some(match action {
        Action::MakeVisible => Transaction::Reveal,
        Action::Delete => Transaction::Delete,
        Action::Archive | Action::Unarchive => Transaction::Archive,
        _ => Transaction::Mask,
    });
    let situation = call.situation(world.patient(call.patient_id()?));
    let (class, _) = situation.right(action, hearing)?;
    let reader = Reader { situation, class, patient: situation.record(action)? };
    // LIF-03 comes after the gates: who may act at all is answered first.
    let aim = if target.is_some() { reader.aim([target]) } else { Aim::Record };
    situation.admit(action, class, aim, hearing)?;
    Ok(reader)
}

/// The entry when it is this patient's.
fn of_patient<'a>(stored: Option<&'a StoredEntry>, call: &Call<'_>) -> Option<&'a StoredEntry> {
    stored.filter(|stored| Some(&stored.patient) == call.admitted.patient.as_ref())
}
