//! TD0.3: the caller declares to be authorised, or gives the authorisation back (access-rules.md §7.2).

use dmp_protocol::rights::{AuthorizationAction, AuthorizationRole, SetAuthorization, SetAuthorizationResponse};
use dmp_protocol::xml::WriteError;

use super::{Call, Reply, Said, Trace, fault, serialise};
use crate::rules::situation::no_longer_by_lps;
use crate::rules::{Action, Aim, Cell, Denial, Hearing, breach};
use crate::world::{Authorisation, Grant, GrantHolder, Patient};

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let invalid = |found: String| {
        fault(breach("TD0.3", "DMPInvalidRequest", "Requête incomprise", found, "AJOUT or SUPPRESSION"))
    };
    let request = SetAuthorization::read(call.envelope.body()).map_err(|error| invalid(error.to_string()))?;
    let patient_id = call.patient_id()?;
    let action = match (&request.action, &request.role) {
        (AuthorizationAction::Ajout, Some(AuthorizationRole::MedecinTraitant))
            if !call.settings.switches.server.mt_role_by_lps =>
        {
            return Err(no_longer_by_lps());
        }
        (AuthorizationAction::Ajout, Some(AuthorizationRole::MedecinTraitant)) => Action::AuthoriseSelf,
        (AuthorizationAction::Ajout, None) => Action::AuthoriseSelf,
        (AuthorizationAction::Suppression, None) => Action::RemoveOwnAuthorisation,
        (AuthorizationAction::Suppression, Some(AuthorizationRole::MedecinTraitant)) => Action::ResignAsMt,
        _ => return Err(invalid("an unknown action or role".to_owned())),
    };
    trace.action = Some(action);

    let mut world = call.dmp.world();
    let situation = call.situation(world.patient(patient_id));
    let (class, cell) = situation.right(action, hearing)?;
    let patient = situation.admit(action, class, Aim::Record, hearing)?;
    let state = situation.authorisation(patient, class);
    let caller = &call.admitted.caller;
    let holder = if cell == Cell::ToStructure {
        GrantHolder::Structure(caller.structure.clone())
    } else {
        GrantHolder::Person(caller.name_id.clone())
    };
    let Some(patient) = world.patient_mut(patient_id) else {
        return Err(invalid("no record".to_owned()));
    };
    let declared = request.role == Some(AuthorizationRole::MedecinTraitant);
    if let (Action::AuthoriseSelf, true, GrantHolder::Person(person)) = (action, declared, &holder) {
        patient.medecin_traitant = Some(person.clone());
    }
    let context = match action {
        Action::AuthoriseSelf => add(patient, holder, state, call),
        Action::RemoveOwnAuthorisation => remove(patient, &holder),
        _ => resign(patient),
    };
    Reply::plain(|w| SetAuthorizationResponse::ok(context).write(w))
}

/// AUT-06: dates do not move when the authorisation is already valid.
fn add(patient: &mut Patient, holder: GrantHolder, state: Authorisation, call: &Call<'_>) -> &'static str {
    if state == Authorisation::Valide {
        return "Autorisation déjà présente : aucune modification";
    }
    patient.grants.insert(holder, Grant::Since(call.now));
    "Autorisation enregistrée"
}

/// AUT-07: a médecin traitant also ceases to be one.
fn remove(patient: &mut Patient, holder: &GrantHolder) -> &'static str {
    if let GrantHolder::Person(person) = holder
        && patient.medecin_traitant.as_ref() == Some(person)
    {
        patient.medecin_traitant = None;
    }
    match patient.grants.remove(holder) {
        Some(_) => "Autorisation supprimée",
        None => "Autorisation absente : aucune modification",
    }
}

/// AUT-08: keeps the authorisation.
fn resign(patient: &mut Patient) -> &'static str {
    patient.medecin_traitant = None;
    "Statut de médecin traitant retiré"
}

/// C5.
pub(super) fn refusal(said: Said<'_>) -> Result<String, WriteError> {
    let response = SetAuthorizationResponse::refused(said.code, said.text);
    serialise(|w| response.write(w))
}
