//! TD3.1: stored queries (ITI-18), all those of the DMP.

mod answer;
mod content;
mod sight;

use dmp_protocol::transaction::Transaction;
use xds_model::RegistryObjectList;
use xds_model::iti18::{AdhocQuery, GetDocuments, QueryResponse, ReturnType, StoredQuery};

use self::sight::Sight;
use super::{Call, Reply, Trace, registry};
use crate::rules::{Action, Aim, Denial, Hearing, Reader, breach};

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let query = AdhocQuery::read(call.envelope.body()).map_err(|error| {
        registry(breach(
            "X24",
            "XDSRegistryError",
            "Requête illisible",
            error.to_string(),
            "an AdhocQueryRequest with one AdhocQuery",
        ))
    })?;
    let action = action_of(&query);
    trace.action = Some(action);
    trace.transaction = Some(if action == Action::SearchReference { Transaction::Locate } else { Transaction::Search });

    // V42 comes before any question of rights.
    let understood = content::understand(&query);
    if let Ok(understood) = &understood {
        content::same_patient(understood, call, hearing)?;
    }
    let patient_id = call.patient_id()?;
    let world = call.dmp.world();
    let situation = call.situation(world.patient(patient_id));
    let known = StoredQuery::from_id(&query.id) == Some(StoredQuery::GetDocuments)
        && matches!(GetDocuments::from_query(&query), Ok(GetDocuments::UniqueIds(_)));
    let (class, cell) = situation.right_to_search(action, known, hearing)?;
    let patient = situation.admit(action, class, Aim::Record, hearing)?;
    if action == Action::SearchMetadata {
        let (minute, hour) = call.dmp.searches.count(&situation.caller.name_id, &situation.caller.structure, call.now);
        situation.check_threshold(minute, hour, hearing)?;
    }
    let understood = understood?;
    content::check(&query, &understood, call, hearing)?;
    let reader = Reader { situation, class, patient };
    let search_cell = (action == Action::SearchReference).then_some(cell);
    let to_inclusive = call.settings.switches.server.time_to_inclusive;
    let mut objects = answer::objects(&understood, &mut Sight::new(&world, reader, search_cell, hearing), to_inclusive);
    drop(world);
    if query.return_type == ReturnType::ObjectRef {
        objects = references(objects);
    }
    Reply::plain(|w| QueryResponse::found(objects).write(w))
}

/// The ids of the objects, in their place.
fn references(objects: RegistryObjectList) -> RegistryObjectList {
    let sets = objects.submission_sets.into_iter().map(|set| set.entry_uuid);
    let entries = objects.document_entries.into_iter().map(|entry| entry.entry_uuid);
    let associations = objects.associations.into_iter().map(|association| association.id);
    let object_refs = sets.chain(entries).chain(associations).collect();
    RegistryObjectList { object_refs, ..RegistryObjectList::default() }
}

/// `search_reference` is GetDocuments by uniqueId that returns references; any other query reads metadata.
fn action_of(query: &AdhocQuery) -> Action {
    let by_unique_id = StoredQuery::from_id(&query.id) == Some(StoredQuery::GetDocuments)
        && query.return_type == ReturnType::ObjectRef
        && matches!(GetDocuments::from_query(query), Ok(GetDocuments::UniqueIds(_)));
    if by_unique_id { Action::SearchReference } else { Action::SearchMetadata }
}
