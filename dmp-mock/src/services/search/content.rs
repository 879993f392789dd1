//! X24, LIM-02, LIM-03, V42: what a query asks for, before anything is looked up.

use dmp_protocol::reimbursement;
use xds_model::Cx;
use xds_model::iti18::{
    AdhocQuery, FindDocuments, GetDocuments, GetDocumentsAndAssociations, Query, QueryError, QueryLimits,
};

use super::super::{Call, registry};
use crate::rules::{Denial, Hearing, breach};

pub(super) fn understand(query: &AdhocQuery) -> Result<Query, Denial> {
    Query::read(query).map_err(|error| {
        let (text, expected) = match error {
            QueryError::UnknownQuery => ("Requête enregistrée inconnue", "one of the nine stored queries of the DMP"),
            _ => ("Le format du paramètre est incorrect", "the parameters and quoting of the query"),
        };
        registry(breach("X24", error.code(), text, error.to_string(), expected)).with_context(error.context())
    })
}

/// V42: absent means the patient of the assertion.
pub(super) fn same_patient(query: &Query, call: &Call<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let patient = call.patient_id()?;
    let asked: Option<&Cx> = match query {
        Query::FindDocuments(find) => find.patient_id.as_ref(),
        Query::FindSubmissionSets(find) => Some(&find.patient_id),
        _ => None,
    };
    match asked {
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

pub(super) fn check(
    query: &AdhocQuery,
    understood: &Query,
    call: &Call<'_>,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    if query.unknown_parameters(understood.parameters()).next().is_some() {
        hearing.observe(breach(
            "X24",
            "XDSRegistryError",
            "",
            "a parameter that the query does not have",
            "ignored; only the parameters of the query",
        ));
    }
    if let Query::FindDocuments(find) = understood {
        reimbursement_period(find, call, hearing)?;
    }
    within_limits(understood, hearing)
}

fn within_limits(query: &Query, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let limits = QueryLimits::default();
    let (found, most) = match query {
        Query::GetDocuments(get) | Query::GetDocumentsAndAssociations(GetDocumentsAndAssociations(get)) => match get {
            GetDocuments::UniqueIds(ids) | GetDocuments::EntryUuids(ids) => (ids.len(), limits.of_documents(get)),
        },
        Query::GetAssociations(get) => (get.uuids.len(), limits.uuids),
        Query::GetSubmissionSets(get) => (get.uuids.len(), limits.uuids),
        _ => return Ok(()),
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

fn reimbursement_period(find: &FindDocuments, call: &Call<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let months = call.settings.switches.server.hr_periode_max_mois;
    let asked = reimbursement::asks_for_reimbursements(find);
    if !asked || reimbursement::within_period(&find.service_start_time, months, call.now) {
        return Ok(());
    }
    hearing.registry(breach(
        "LIM-03",
        "XDSRegistryError",
        "La période de recherche des remboursements est trop longue",
        "a search of reimbursements without start, or over a longer period",
        format!("dates of the act over at most {months} months"),
    ))
}
