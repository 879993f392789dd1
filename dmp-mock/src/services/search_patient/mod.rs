//! TD0.5: patients by traits, in régulation.

mod likeness;

use dmp_protocol::patient::{
    Acknowledgement, AnswerForm, Candidate, Candidates, InstanceIdentifier, Observation, PatientCriteria,
    PatientSearch, PatientSearchResponse, WireTime,
};
use dmp_protocol::rules::Refusal;
use dmp_protocol::xml::WriteError;
use jiff::Timestamp;
use uuid::Uuid;

use super::patient_data::{gender, town, traits};
use super::{Asked, Call, Reply, Said, Trace, fault, serialise};
use crate::rules::{Action, Carrier, Denial, Hearing, breach};
use crate::world::{Patient, RecordState};
use likeness::{Likeness, folded};

/// LIM-04.
const CANDIDATES_MAX: usize = 10;

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    trace.action = Some(Action::SearchWithoutIns);
    let request = PatientSearch::read(call.envelope.body()).map_err(|error| {
        let expected = "PRPA_IN201305UV02 with a query";
        fault(breach("TD0.5", "DMPInvalidRequest", "Requête incomprise", error.to_string(), expected))
    })?;
    let PatientSearch { head, criteria } = request;
    let asked = Asked { criteria: Some(criteria.clone()), ..Asked::from(head) };
    trace.asked = Some(asked.clone());
    call.situation(None).right(Action::SearchWithoutIns, hearing)?;
    criteria.check().map_err(|error| {
        let expected = "one criterion at least: a name of 2 to 80 characters, a birth date, a sex, an address";
        refused(breach("TD0.5", "DMPInvalidRequest", "Critères insuffisants", error.to_string(), expected))
    })?;
    let world = call.dmp.world();
    let matching = world.patients().filter_map(|patient| Some((patient, percentage(patient, &criteria)?)));
    let mut found: Vec<(&Patient, u8)> = matching.filter(|(patient, _)| is_shown(patient, hearing)).collect();
    found.sort_by_key(|(_, percentage)| std::cmp::Reverse(*percentage));
    if found.len() > CANDIDATES_MAX {
        hearing.weigh(refused(breach(
            "LIM-04",
            "DMPTooManyResult",
            "Trop de patients correspondent aux critères",
            format!("{} candidates", found.len()),
            "10 candidates at most: more criteria",
        )))?;
        found.truncate(CANDIDATES_MAX);
    }
    let candidates = found.into_iter().map(|(patient, percentage)| candidate(patient, percentage)).collect();
    drop(world);
    let response = response(asked, Candidates::Found(candidates), call.now);
    Reply::plain(|w| response.write(w, form(call.settings.switches.server.answers_schema_valid)))
}

/// EMG-03, PAT-03, PAT-04: closed records, those of the deceased, of patients opposed to régulation and of the API v1
/// are left out.
fn is_shown(patient: &Patient, hearing: &mut Hearing<'_>) -> bool {
    let rule = match patient.record {
        RecordState::Closed(_) => "PAT-03",
        RecordState::Active if patient.opposes_centre_15 || patient.only_api_v1 => "EMG-03",
        RecordState::Active if patient.deceased_on.is_some() => "PAT-04",
        RecordState::Active => return true,
    };
    hearing.filter(rule);
    false
}

/// How much of the criteria the patient is like; `None` when one of them is not met.
fn percentage(patient: &Patient, criteria: &PatientCriteria) -> Option<u8> {
    let same = |asked: &Option<String>, known: Option<&String>| match asked {
        None => true,
        Some(asked) => known.is_some_and(|known| folded(known) == folded(asked)),
    };
    let address = patient.administrative.address.as_ref();
    let is_met = criteria.gender.as_ref().is_none_or(|asked| patient.sex.map(gender).as_ref() == Some(asked))
        && same(&criteria.birth_time, patient.birth_date.as_ref())
        && same(&criteria.city, address.and_then(|address| address.city.as_ref()))
        && same(&criteria.postal_code, address.and_then(|address| address.postal_code.as_ref()));
    if !is_met {
        return None;
    }
    let likeness = Likeness { approximate: criteria.approximate };
    let families = [patient.used_name.as_ref(), Some(&patient.birth_name)];
    let family = likeness.best(criteria.family.as_deref(), families.into_iter().flatten())?;
    let given = likeness.best(criteria.given.as_deref(), patient.given_names.iter())?;
    Some(family.midpoint(given))
}

fn candidate(patient: &Patient, percentage: u8) -> Candidate {
    Candidate {
        identifiers: vec![InstanceIdentifier::new(&patient.id.oid, &patient.id.matricule)],
        traits: dmp_protocol::patient::PatientTraits { telecoms: Vec::new(), ..traits(patient) },
        civil: town(patient),
        match_percentage: Some(percentage),
        observations: vec![Observation::opposes_centre_15(patient.opposes_centre_15)],
    }
}

fn refused(refusal: Refusal) -> Denial {
    Denial::new(Carrier::Acknowledgement, refusal)
}

fn form(schema_valid: bool) -> AnswerForm {
    if schema_valid { AnswerForm::SchemaValid } else { AnswerForm::Server }
}

fn response(asked: Asked, answer: Candidates, now: Timestamp) -> PatientSearchResponse {
    PatientSearchResponse {
        id: InstanceIdentifier::bare(Uuid::new_v4().to_string()),
        creation_time: WireTime::at(now),
        lps: asked.lps,
        request_id: Some(asked.id),
        query_id: asked.query_id,
        criteria: asked.criteria,
        answer,
    }
}

/// C4.
pub(super) fn refusal(said: Said<'_>, asked: Asked, now: Timestamp, schema_valid: bool) -> Result<String, WriteError> {
    let acknowledgement = Acknowledgement::error(said.code, said.text);
    let response = response(asked, Candidates::Refused(acknowledgement), now);
    serialise(|w| response.write(w, form(schema_valid)))
}
