//! TD0.4: the records on which an actor is authorised.

use dmp_protocol::patient::{InstanceIdentifier, WireTime};
use dmp_protocol::rights::{ListCriterion, ListedDmp, PatientList, PatientListResponse, ServiceStatus};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::xml::WriteError;
use jiff::Timestamp;

use super::{Call, Reply, Said, Trace, serialise};
use crate::rules::{Action, ActorClass, Caller, Carrier, Cell, Denial, Hearing, Situation, breach, grants};
use crate::world::{Authorisation, Grant, GrantHolder, Patient, RecordState, World};

/// Whose authorisations are listed.
struct Owner<'a> {
    /// The professional; `None` for the structure itself.
    person: Option<String>,
    caller: &'a Caller,
}

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    trace.action = Some(Action::ListAuthorised);
    trace.transaction = Some(Transaction::ListAuthorised);
    let request = PatientList::read(call.envelope.body()).map_err(|error| invalid(error.to_string()))?;
    let world = call.dmp.world();
    let situation = call.situation(None);
    let owner = request.owner.as_deref();
    let structures = owner.and_then(|owner| world.professional(owner)).map(|owner| owner.structures.as_slice());
    let by_authorisation = owner.is_none() && request.by == Some(ListCriterion::LastAuthorization);
    let (class, cell) = situation.right_to_list(structures, by_authorisation, hearing)?;
    let caller = &call.admitted.caller;
    // A professional asks for himself.
    if cell != Cell::SameStructurePs && owner.is_some_and(|owner| owner != caller.name_id) {
        hearing.weigh(situation.insufficient("FUN-03", Action::ListAuthorised, class))?;
    }
    let since = match &request.since {
        None => None,
        Some(text) => Some(text.instant().ok_or_else(|| invalid("a startDate that is no YYYYMMDDhhmmss".to_owned()))?),
    };
    if matches!(request.by, Some(ListCriterion::Other(_))) {
        return Err(invalid("an unknown dateType".to_owned()));
    }
    let person = (!class.acts_as_structure()).then(|| caller.name_id.clone());
    let owner = Owner { person: request.owner.clone().or(person), caller };
    let listed = world.patients().filter(|patient| owner.may_consult(patient, &situation));
    let listed = listed.filter(|patient| owner.is_recent(patient, &world, since, request.by.as_ref()));
    let dmps = listed.map(|patient| owner.describe(patient, &world)).collect();
    drop(world);
    let response = PatientListResponse { dmps, output: ServiceStatus::ok() };
    Reply::plain(|w| response.write(w))
}

impl Owner<'_> {
    fn may_consult(&self, patient: &Patient, situation: &Situation<'_>) -> bool {
        let (caller, class) = match &self.person {
            Some(person) => (Caller { name_id: person.clone(), ..self.caller.clone() }, ActorClass::PsNonMedecin),
            None => (self.caller.clone(), ActorClass::StructureCertificate),
        };
        let state = grants::authorisation(patient, &caller, class, situation.now, situation.switches);
        patient.record == RecordState::Active && state == Authorisation::Valide
    }

    /// Without a criterion, the whole list; a date alone is that of the authorisation.
    fn is_recent(
        &self,
        patient: &Patient,
        world: &World,
        since: Option<Timestamp>,
        by: Option<&ListCriterion>,
    ) -> bool {
        let date = match by {
            None if since.is_none() => return true,
            Some(ListCriterion::LastDocument) => last_add(patient, world),
            _ => match since {
                None => return true,
                Some(_) => self.authorised_at(patient),
            },
        };
        date.is_some_and(|date| since.is_none_or(|since| date >= since))
    }

    /// An authorisation whose date is not known is never recent.
    fn authorised_at(&self, patient: &Patient) -> Option<Timestamp> {
        let person = self.person.clone().map(GrantHolder::Person);
        let holders = person.into_iter().chain([GrantHolder::Structure(self.caller.structure.clone())]);
        holders.filter_map(|holder| patient.grants.get(&holder).copied().and_then(Grant::given_at)).max()
    }

    fn describe(&self, patient: &Patient, world: &World) -> ListedDmp {
        let lots = world.registry.lots_of(&patient.id);
        let last_update = lots.filter_map(|lot| lot.set.submission_time.as_ref()).map(|time| time.as_str()).max();
        ListedDmp {
            identifiers: vec![InstanceIdentifier::new(&patient.id.oid, &patient.id.matricule)],
            used_name: patient.used_name.clone(),
            birth_name: Some(patient.birth_name.clone()),
            given: Some(patient.given_names.join(" ")).filter(|given| !given.is_empty()),
            civility: patient.administrative.civility.clone(),
            birth_date: patient.birth_date.clone(),
            medecin_traitant: self.person.is_some() && patient.medecin_traitant == self.person,
            message: false,
            last_access: self
                .person
                .as_ref()
                .and_then(|person| patient.accesses.get(person))
                .copied()
                .map(WireTime::at),
            last_update: last_update.map(WireTime::received),
            last_add: last_add(patient, world).map(WireTime::at),
        }
    }
}

fn last_add(patient: &Patient, world: &World) -> Option<Timestamp> {
    world.registry.entries_of(&patient.id).map(|stored| stored.deposited_at).max()
}

fn invalid(found: String) -> Denial {
    let expected = "startDate in UTC, dateType LASTAUTORIZATION or LASTDOC";
    Denial::new(Carrier::Status, breach("TD0.4", "DMPInvalidRequest", "Requête incomprise", found, expected))
}

/// C5.
pub(super) fn refusal(said: Said<'_>) -> Result<String, WriteError> {
    let response = PatientListResponse::refused(said.code, said.text);
    serialise(|w| response.write(w))
}
