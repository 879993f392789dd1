//! TD1.6: who is authorised on a record, and who is blocked.

use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::patient::WireTime;
use dmp_protocol::rights::{
    AuthorizationMode, AuthorizedActor, ListAuthorizations, ListAuthorizationsResponse, ServiceStatus,
};
use dmp_protocol::xml::WriteError;

use super::{Call, Reply, Said, Trace, fault, serialise};
use crate::rules::{Action, Aim, Denial, Hearing, Situation, breach, grants};
use crate::world::{Grant, GrantHolder, Patient, Professional, World};

/// Profession and savoir-faire together, `G15_10/SM26`.
const SPECIALTIES: &str = "1.2.250.1.213.1.1.4.5";

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let invalid = |found: String| {
        fault(breach("TD1.6", "DMPInvalidRequest", "Requête incomprise", found, "ACTIVE, INTERDITE or TOUTE"))
    };
    let request = ListAuthorizations::read(call.envelope.body()).map_err(|error| invalid(error.to_string()))?;
    if matches!(request.mode, AuthorizationMode::Other(_)) {
        return Err(invalid("an unknown mode".to_owned()));
    }
    trace.action = Some(Action::ListAuthorisations);
    let world = call.dmp.world();
    let situation = call.situation(world.patient(call.patient_id()?));
    let (class, _) = situation.right(Action::ListAuthorisations, hearing)?;
    let patient = situation.admit(Action::ListAuthorisations, class, Aim::Record, hearing)?;
    let list = List { patient, world: &world, nomenclatures: situation.nomenclatures };
    let mut actors = Vec::new();
    if request.mode != AuthorizationMode::Interdite {
        actors.extend(list.authorised(&situation));
    }
    if request.mode != AuthorizationMode::Active {
        let blocked = patient.blocked.iter();
        actors.extend(blocked.map(|holder| list.actor(holder, AuthorizationMode::Interdite, None)));
    }
    drop(world);
    let response = ListAuthorizationsResponse { actors, output: ServiceStatus::ok() };
    Reply::plain(|w| response.write(w))
}

/// What the answer says of those it lists.
struct List<'a> {
    patient: &'a Patient,
    world: &'a World,
    nomenclatures: &'a Nomenclatures,
}

impl List<'_> {
    /// Those who may consult now: an expired authorisation is shown nowhere, a blocked actor is only shown as blocked.
    fn authorised(&self, situation: &Situation<'_>) -> Vec<AuthorizedActor> {
        let valid = self.patient.grants.iter().filter(|(holder, grant)| {
            let end = grants::end_of(self.patient, holder, **grant, situation.switches);
            !self.patient.blocked.contains(holder) && end.is_none_or(|end| situation.now < end)
        });
        valid.map(|(holder, grant)| self.actor(holder, AuthorizationMode::Active, Some(*grant))).collect()
    }

    fn actor(&self, holder: &GrantHolder, mode: AuthorizationMode, grant: Option<Grant>) -> AuthorizedActor {
        let List { patient, world, nomenclatures } = *self;
        let (id, kind) = match holder {
            GrantHolder::Person(id) => (id, AuthorizedActor::PERSON),
            GrantHolder::Structure(id) => (id, AuthorizedActor::STRUCTURE),
        };
        let professional = world.professional(id);
        let last_name = match holder {
            GrantHolder::Person(_) => professional.map(|one| one.name.clone()),
            GrantHolder::Structure(_) => world.structure(id).map(|one| one.name.clone()),
        };
        let is_medecin_traitant = patient.medecin_traitant.as_ref() == Some(id);
        AuthorizedActor {
            national_id: id.clone(),
            national_id_type: kind.to_owned(),
            first_name: professional.map(|one| one.given_name.clone()),
            last_name,
            specialties: professional.and_then(|one| specialty(one, nomenclatures)).into_iter().collect(),
            since: grant.and_then(Grant::given_at).map(WireTime::at),
            last_action: patient.accesses.get(id).copied().map(WireTime::at),
            mode,
            specific_rights: is_medecin_traitant.then(|| "MEDECIN_TRAITANT".to_owned()).into_iter().collect(),
        }
    }
}

fn specialty(professional: &Professional, nomenclatures: &Nomenclatures) -> Option<(String, Option<String>)> {
    let mut codes = professional.roles.iter().map(|(code, _)| code.as_str());
    let profession = codes.next()?;
    let code = match codes.next() {
        Some(second) => format!("G15_{profession}/{second}"),
        None => format!("G15_{profession}"),
    };
    let label = nomenclatures.display(&code, SPECIALTIES).map(str::to_owned);
    Some((code, label))
}

/// C5.
pub(super) fn refusal(said: Said<'_>) -> Result<String, WriteError> {
    let response = ListAuthorizationsResponse::refused(said.code, said.text);
    serialise(|w| response.write(w))
}
