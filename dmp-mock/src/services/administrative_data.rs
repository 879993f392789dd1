//! TD1.3a: administrative data and oppositions of a patient.

use dmp_protocol::patient::{
    Answer, Closing, Dmp as DmpContent, Existence, InstanceIdentifier, Observation, Question, WireTime,
};

use super::existence::read_query;
use super::patient_data::{civil, response, traits};
use super::{Asked, Call, Reply, Trace};
use crate::rules::{Action, ActorClass, Aim, Denial, Hearing, Situation};
use crate::world::{Patient, RecordState};

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let request = read_query(call, hearing, trace)?;
    let asked = Asked::from(request.head);
    trace.action = Some(Action::ReadAdminData);
    trace.asked = Some(asked.clone());
    let world = call.dmp.world();
    let patient = world.patient(call.patient_id()?);
    let situation = call.situation(patient);
    let (class, _) = situation.right(Action::ReadAdminData, hearing)?;
    let existence = match patient {
        None => Existence::Absent,
        Some(patient) => existence(&situation, patient, class, hearing)?,
    };
    drop(world);
    let response = response(Question::AdministrativeData, asked, Answer::Existence(existence), call.now);
    Reply::plain(|w| response.write(w))
}

fn existence(
    situation: &Situation<'_>,
    patient: &Patient,
    class: ActorClass,
    hearing: &mut Hearing<'_>,
) -> Result<Existence, Denial> {
    let mut content = DmpContent {
        identifiers: vec![InstanceIdentifier::new(&patient.id.oid, &patient.id.matricule)],
        traits: traits(patient),
        ..DmpContent::default()
    };
    // PAT-03: a closed record is told as TD0.2 tells it, without what only an authorised caller may read.
    if let RecordState::Closed(on) = patient.record {
        let reason = Some("FERMETURE_DEMANDE_PATIENT".to_owned());
        let closing = Closing { on: Some(WireTime::at(on)), reason, text: None };
        return Ok(Existence::Closed(Box::new(content), closing));
    }
    situation.admit(Action::ReadAdminData, class, Aim::Record, hearing)?;
    content.civil = civil(patient);
    content.observations = vec![
        Observation::opposes_bris_de_glace(patient.opposes_bris_de_glace),
        Observation::opposes_centre_15(patient.opposes_centre_15),
    ];
    Ok(Existence::Active(Box::new(content)))
}
