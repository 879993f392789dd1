//! TD0.2: does this patient have a DMP, and may the caller consult it.

use dmp_protocol::patient::{
    Answer, Authorisation, CivilData, Closing, Dmp as DmpContent, Existence, InstanceIdentifier, Observation,
    PatientQuery, QueryHead, WireTime,
};

use super::patient_data::{response, traits};
use super::{Asked, Call, Reply, Trace};
use crate::rules::{Action, ActorClass, Caller, Carrier, Denial, Hearing, Situation, breach};
use crate::world::{Patient, PatientId, RecordState};

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let request = read_query(call, hearing, trace)?;
    let patient_id = call.patient_id()?;
    trace.action = Some(Action::Exists);
    let world = call.dmp.world();
    let patient = world.patient(patient_id);
    let situation = call.situation(patient);
    let (class, _) = situation.right(Action::Exists, hearing)?;
    let existence = match patient {
        None => Existence::Absent,
        Some(patient) => existence(&situation, patient, class),
    };
    drop(world);
    let asked = Asked::from(request.head);
    let response = response(request.question, asked, Answer::Existence(existence), call.now);
    Reply::plain(|w| response.write(w))
}

/// The question of TD0.2 or TD1.3a, about the patient of the assertion (V42). What is not understood is refused in an
/// acknowledgement, unless there is nothing to acknowledge.
pub(super) fn read_query(
    call: &Call<'_>,
    hearing: &mut Hearing<'_>,
    trace: &mut Trace,
) -> Result<PatientQuery, Denial> {
    let element = call.envelope.body();
    let request = PatientQuery::read(element).map_err(|error| {
        trace.asked = QueryHead::read(element).ok().map(Asked::from);
        let carrier = if trace.asked.is_some() { Carrier::Acknowledgement } else { Carrier::Fault };
        let expected = "PRPA_IN201307UV02 with reason TEST_EXST or CNSLT_DATA, and one patientIdentifier";
        Denial::new(carrier, breach("TD0.2", "DMPInvalidRequest", "Requête incomprise", error.to_string(), expected))
    })?;
    check_patient(call, hearing, &request.patient)?;
    Ok(request)
}

/// V42.
pub(super) fn check_patient(
    call: &Call<'_>,
    hearing: &mut Hearing<'_>,
    told: &InstanceIdentifier,
) -> Result<(), Denial> {
    let asked = PatientId::new(told.extension(), &told.root);
    if asked != *call.patient_id()? {
        hearing.fault(breach(
            "V42",
            "DMPInvalidData",
            "Le patient du VIHF n'est pas celui de la requête",
            "a patient other than the resource-id",
            "the same INS in both",
        ))?;
    }
    Ok(())
}

fn existence(situation: &Situation<'_>, patient: &Patient, class: ActorClass) -> Existence {
    let caller = situation.caller;
    let authorisation = situation.authorisation(patient, class);
    let content = DmpContent {
        identifiers: vec![InstanceIdentifier::new(&patient.id.oid, &patient.id.matricule)],
        authorisation: Some(Authorisation::from_code(authorisation.code())),
        medecin_traitant: Some(is_medecin_traitant(patient, caller)),
        traits: traits(patient),
        civil: CivilData::default(),
        observations: vec![
            Observation::internet_account_open(false),
            Observation::attached_to_ens(patient.linked_to_mon_espace_sante),
        ],
    };
    let content = Box::new(content);
    match patient.record {
        RecordState::Active => Existence::Active(content),
        RecordState::Closed(on) => {
            let reason = Some("FERMETURE_DEMANDE_PATIENT".to_owned());
            Existence::Closed(content, Closing { on: Some(WireTime::at(on)), reason, text: None })
        }
    }
}

fn is_medecin_traitant(patient: &Patient, caller: &Caller) -> bool {
    patient.medecin_traitant.as_deref() == Some(caller.name_id.as_str())
}
