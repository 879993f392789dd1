//! TD3.1: stored queries (ITI-18): FindDocuments, FindDocumentsByReferenceId, GetDocuments.

use dmp_protocol::transaction::Transaction;
use xds_model::iti18::{AdhocQuery, FindDocuments, GetDocuments, QueryError, QueryResponse, ReturnType, StoredQuery};
use xds_model::{AvailabilityStatus, RegistryObjectList};

use super::reader::Reader;
use super::{Call, Reply, Trace, registry};
use crate::rules::{Action, Denial, Hearing, breach, record};
use crate::world::{StoredEntry, World};

/// Identifiers in one query (LIM-02).
const UNIQUE_IDS_MAX: usize = 20;
const ENTRY_UUIDS_MAX: usize = 88;

/// A query understood.
enum Query {
    Find(Box<FindDocuments>),
    Get(GetDocuments),
}

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
    let understood = understand(&query);
    if let Ok(Query::Find(find)) = &understood {
        same_patient(find, call, hearing)?;
    }
    let patient_id = call.patient_id()?;
    let world = call.dmp.world();
    let (class, cell) = call.right(action, world.patient(patient_id), hearing)?;
    let patient = record::require_open(world.patient(patient_id), "XDSUnknownPatientId").map_err(registry)?;
    let purpose = call.admitted.caller.purpose;
    if let Err(refusal) = record::require_no_opposition(patient, purpose, action) {
        hearing.registry(refusal)?;
    }
    let state = call.authorisation(patient, class);
    if let Err(refusal) = record::require_authorisation(state, purpose, action, false) {
        hearing.registry(refusal)?;
    }
    let understood = understood?;
    check_content(&query, &understood, hearing)?;
    let reader = Reader { call, class, patient, reference_only: action == Action::SearchReference, search_cell: cell };
    let found =
        find(&understood, call, &world).filter(|stored| reader.may_find(stored, hearing)).map(|stored| &stored.entry);

    let mut objects = RegistryObjectList::default();
    if query.return_type == ReturnType::ObjectRef {
        objects.object_refs = found.map(|entry| entry.entry_uuid.clone()).collect();
    } else {
        objects.document_entries = found.cloned().collect();
    }
    drop(world);
    Reply::plain(|w| QueryResponse::found(objects).write(w))
}

/// `search_reference` is GetDocuments by uniqueId that returns references; any other query reads metadata.
fn action_of(query: &AdhocQuery) -> Action {
    let by_unique_id = StoredQuery::from_id(&query.id) == Some(StoredQuery::GetDocuments)
        && query.return_type == ReturnType::ObjectRef
        && matches!(GetDocuments::from_query(query), Ok(GetDocuments::UniqueIds(_)));
    if by_unique_id { Action::SearchReference } else { Action::SearchMetadata }
}

fn understand(query: &AdhocQuery) -> Result<Query, Denial> {
    match StoredQuery::from_id(&query.id) {
        Some(StoredQuery::FindDocuments | StoredQuery::FindDocumentsByReferenceId) => {
            FindDocuments::from_query(query).map(|find| Query::Find(Box::new(find))).map_err(|error| refused(&error))
        }
        Some(StoredQuery::GetDocuments) => {
            GetDocuments::from_query(query).map(Query::Get).map_err(|error| refused(&error))
        }
        // The other queries of the profile are not served.
        _ => Err(registry(breach(
            "X24",
            "XDSUnknownStoredQuery",
            "Requête enregistrée inconnue",
            "a stored query that this registry does not serve",
            "FindDocuments, FindDocumentsByReferenceId or GetDocuments",
        ))),
    }
}

/// X24, LIM-02.
fn check_content(query: &AdhocQuery, understood: &Query, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    match understood {
        Query::Find(_) => {
            ignore_unknown(query, &FindDocuments::PARAMETERS, hearing);
            Ok(())
        }
        Query::Get(get) => {
            ignore_unknown(query, &GetDocuments::PARAMETERS, hearing);
            within_limits(get, hearing)
        }
    }
}

fn ignore_unknown(query: &AdhocQuery, known: &[&str], hearing: &mut Hearing<'_>) {
    if query.unknown_parameters(known).next().is_some() {
        hearing.observe(breach(
            "X24",
            "XDSRegistryError",
            "",
            "a parameter that the query does not have",
            "ignored; only the parameters of the query",
        ));
    }
}

fn refused(error: &QueryError) -> Denial {
    let text = "Le format du paramètre est incorrect";
    let refusal = breach("X24", error.code(), text, error.to_string(), "the parameters and quoting of the query");
    registry(refusal).with_context(error.context())
}

/// V42: absent means the patient of the assertion.
fn same_patient(find: &FindDocuments, call: &Call<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let patient = call.patient_id()?;
    match &find.patient_id {
        Some(asked) if asked.id() != patient.matricule || asked.authority_oid() != patient.oid => {
            hearing.registry(breach(
                "V42",
                "XDSPatientIdDoesNotMatch",
                "Le patient du VIHF n'est pas celui de la requête",
                "a patientId other than the resource-id",
                "the same INS in both",
            ))
        }
        _ => Ok(()),
    }
}

fn within_limits(get: &GetDocuments, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let (found, most) = match get {
        GetDocuments::UniqueIds(ids) => (ids.len(), UNIQUE_IDS_MAX),
        GetDocuments::EntryUuids(ids) => (ids.len(), ENTRY_UUIDS_MAX),
    };
    if found <= most {
        return Ok(());
    }
    hearing.registry(breach(
        "LIM-02",
        "XDSRegistryError",
        "Trop d'identifiants dans la requête",
        format!("{found} identifiers"),
        format!("at most {most}: split the query"),
    ))
}

/// The candidates, in order of arrival; a deleted document is in no result (LIF-05).
fn find<'a>(query: &'a Query, call: &'a Call<'_>, world: &'a World) -> Box<dyn Iterator<Item = &'a StoredEntry> + 'a> {
    let switches = &call.dmp.settings.switches.server;
    let of_patient = |stored: &&StoredEntry| Some(&stored.patient) == call.admitted.patient.as_ref();
    let shown = |stored: &&StoredEntry| stored.entry.status != Some(AvailabilityStatus::Deleted);
    match query {
        Query::Find(find) => Box::new(
            world
                .patients()
                .filter(|patient| Some(&patient.id) == call.admitted.patient.as_ref())
                .flat_map(|patient| world.registry.entries_of(&patient.id))
                .filter(shown)
                .filter(|stored| switches.expose_signature_entries || !stored.entry.is_signature())
                .filter(|stored| find.matches(&stored.entry, switches.time_to_inclusive)),
        ),
        // One metadata version by uniqueId: TD3.1b asks for the current entryUUID. By entryUUID, the version asked for.
        Query::Get(GetDocuments::UniqueIds(ids)) => Box::new(
            ids.iter().filter_map(|id| world.registry.last_version(id)).filter(of_patient_of(call)).filter(shown),
        ),
        Query::Get(GetDocuments::EntryUuids(ids)) => {
            Box::new(ids.iter().filter_map(|id| world.registry.entry(id)).filter(of_patient).filter(shown))
        }
    }
}

fn of_patient_of<'a>(call: &'a Call<'_>) -> impl Fn(&&StoredEntry) -> bool + 'a {
    |stored| Some(&stored.patient) == call.admitted.patient.as_ref()
}
