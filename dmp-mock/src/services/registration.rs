//! TD1.3b and TD1.4: a professional changes a record that is not linked to Mon espace santé.

use dmp_protocol::patient::{
    Acknowledgement, Address, AdministrativeUpdate, AnswerForm, InstanceIdentifier, LegalRepresentative, MessageHead,
    RegistrationAnswer, RegistrationChange, RegistrationReason, RegistrationRequest, RegistrationResponse, Telecom,
    WireTime,
};
use dmp_protocol::xml::WriteError;
use jiff::Timestamp;
use uuid::Uuid;

use super::existence::check_patient;
use super::patient_data::traits;
use super::{Asked, Call, Reply, Said, Trace, serialise};
use crate::rules::{Action, Aim, Carrier, Denial, Hearing, breach};
use crate::world::{Administrative, Patient, PostalAddress, RecordState, Representative};

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let request = read(call, hearing, trace)?;
    let reason = request.change.reason();
    let action = match reason {
        RegistrationReason::Update => Action::UpdateAdminData,
        RegistrationReason::Close => Action::CloseRecord,
    };
    trace.action = Some(action);
    trace.asked = Some(Asked::from(request.head.clone()));
    let id = call.patient_id()?;
    let mut world = call.dmp.world();
    let patient = world.patient(id);
    let situation = call.situation(patient);
    let (class, _) = situation.right(action, hearing)?;
    if patient.is_some_and(|patient| patient.linked_to_mon_espace_sante) {
        hearing.weigh(linked(reason))?;
    }
    let patient = situation.admit(action, class, Aim::Record, hearing)?;
    let answer = RegistrationAnswer::Accepted {
        identifiers: vec![InstanceIdentifier::new(&patient.id.oid, &patient.id.matricule)],
        traits: Box::new(traits(patient)),
    };
    if let Some(patient) = world.patient_mut(id) {
        change(patient, request.change, call.now);
    }
    drop(world);
    let response = response(reason, Asked::from(request.head), answer, call.now);
    let form = form(call.settings.switches.server.answers_schema_valid);
    Reply::plain(|w| response.write(w, form))
}

/// The change, about the patient of the assertion (V42), by an author who has a name.
fn read(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<RegistrationRequest, Denial> {
    let element = call.envelope.body();
    let head = MessageHead::read(element).ok();
    let carrier = if head.is_some() { Carrier::Acknowledgement } else { Carrier::Fault };
    trace.asked = head.map(Asked::from);
    let refused = |code, found: String, expected: &str| {
        Denial::new(carrier, breach("TD1.3b", code, "Requête incomprise", found, expected))
    };
    let request = RegistrationRequest::read(element).map_err(|error| {
        refused("DMPInvalidRequest", error.to_string(), "PRPA_IN201314UV02 with all that its reason needs")
    })?;
    check_patient(call, hearing, &request.patient)?;
    if request.author.family.is_empty() || request.author.given.is_empty() {
        let found = "an author without family or given name".to_owned();
        hearing.weigh(refused("DMPInvalidData", found, "author/assignedEntity/assignedPerson/name with both"))?;
    }
    Ok(request)
}

/// FUN-02: the holder decides in Mon espace santé, where there is one.
fn linked(reason: RegistrationReason) -> Denial {
    let refusal = breach(
        "FUN-02",
        "DMPAccessDeniedByRightsService",
        "DMP rattaché à Mon espace santé",
        format!("{} on a record linked to Mon espace santé", reason.code()),
        "a record whose RATTACHEMENT_ENS is false (TD0.2); the holder of this one changes it himself",
    );
    Denial::new(Carrier::Fault, refusal)
}

/// Name, sex and birth date stay those of the INS, whatever the message says of them.
fn change(patient: &mut Patient, change: RegistrationChange, now: Timestamp) {
    match change {
        RegistrationChange::Close { .. } => patient.record = RecordState::Closed(now),
        RegistrationChange::Update(update) => {
            let update = *update;
            patient.opposes_bris_de_glace = update.opposes_bris_de_glace;
            patient.opposes_centre_15 = update.opposes_centre_15;
            patient.administrative =
                Administrative { civility: patient.administrative.civility.take(), ..administrative(update) };
        }
    }
}

fn administrative(update: AdministrativeUpdate) -> Administrative {
    Administrative {
        civility: None,
        telecoms: urls(update.telecoms),
        address: update.address.map(address),
        birth_place: update.birth_place.map(address),
        representatives: update.representative.map(representative).into_iter().collect(),
    }
}

/// The world keeps building and floor among the lines.
fn address(told: Address) -> PostalAddress {
    PostalAddress {
        lines: [told.lines, told.locators].concat(),
        postal_code: told.postal_code,
        city: told.city,
        country: told.country,
    }
}

fn representative(told: LegalRepresentative) -> Representative {
    Representative {
        relationship: told.relationship,
        civility: told.prefix,
        given_name: (!told.given.is_empty()).then(|| told.given.join(" ")),
        name: told.family,
        telecoms: urls(told.telecoms),
        address: told.addresses.into_iter().next().map(address),
    }
}

fn urls(telecoms: Vec<Telecom>) -> Vec<String> {
    telecoms.into_iter().map(|telecom| telecom.url).collect()
}

fn response(
    reason: RegistrationReason,
    asked: Asked,
    answer: RegistrationAnswer,
    now: Timestamp,
) -> RegistrationResponse {
    RegistrationResponse {
        reason,
        id: InstanceIdentifier::new(RegistrationResponse::MESSAGES, Uuid::new_v4().to_string()),
        creation_time: WireTime::at(now),
        lps: asked.lps,
        request_id: Some(asked.id),
        answer,
    }
}

fn form(schema_valid: bool) -> AnswerForm {
    if schema_valid { AnswerForm::SchemaValid } else { AnswerForm::Server }
}

/// C4.
pub(super) fn refusal(
    said: Said<'_>,
    reason: RegistrationReason,
    asked: Asked,
    now: Timestamp,
) -> Result<String, WriteError> {
    let answer = RegistrationAnswer::Refused(Acknowledgement::error(said.code, said.text));
    let response = response(reason, asked, answer, now);
    serialise(|w| response.write(w, AnswerForm::Server))
}
