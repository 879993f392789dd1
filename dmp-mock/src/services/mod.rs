//! One module per transaction: reads its message, asks the rules, changes the world, writes its answer.

mod administrative_data;
mod existence;
mod list_authorisations;
mod list_authorised;
mod patient_data;
mod registration;
mod retrieve;
mod search;
mod search_patient;
mod set_authorization;
mod submit;
mod update;

use dmp_protocol::patient::{
    InstanceIdentifier, Lps, MessageHead, PatientCriteria, PatientQuery, PatientSearch, QueryHead, Question,
    RegistrationReason, RegistrationRequest,
};
use dmp_protocol::rules::Refusal;
use dmp_protocol::soap::Envelope;
use dmp_protocol::transaction::{BodyName, Service, Transaction, WITHDRAWN};
use dmp_protocol::xml::{Element, Limits, WriteError, Writer};
use jiff::Timestamp;
use xds_model::iti18::QueryResponse;
use xds_model::iti43::RetrieveResponse;
use xds_model::{RegistryError, RegistryResponse, ResponseStatus, Severity};

use crate::admission::Admitted;
use crate::dmp::Dmp;
use crate::rules::situation::withdrawn;
use crate::rules::{Action, Carrier, Denial, Hearing, Situation, breach};
use crate::server::{AnswerPart, Received};
use crate::settings::Settings;
use crate::world::{Patient, PatientId};

/// What a body is, from its name and the service it came to; never from `wsa:Action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// TD0.2.
    Existence,
    /// TD0.3.
    SetAuthorization,
    /// TD0.4.
    ListAuthorised,
    /// TD0.5.
    SearchPatient,
    /// TD1.3a.
    AdministrativeData,
    /// TD1.3b, TD1.4.
    Register(RegistrationReason),
    /// TD1.6.
    ListAuthorisations,
    /// TD2.1.
    Submit,
    /// TD3.1, TD3.1b.
    Search,
    /// TD3.2.
    Retrieve,
    /// TD3.3a to TD3.3d, told apart by what they change.
    Update,
    /// A transaction that the DMP no longer offers.
    Withdrawn(&'static str),
}

impl Body {
    const SERVED: [(Transaction, Body); 12] = [
        (Transaction::Existence, Body::Existence),
        (Transaction::SetAuthorization, Body::SetAuthorization),
        (Transaction::ListAuthorised, Body::ListAuthorised),
        (Transaction::SearchPatient, Body::SearchPatient),
        (Transaction::AdministrativeData, Body::AdministrativeData),
        (Transaction::UpdateAdministrativeData, Body::Register(RegistrationReason::Update)),
        (Transaction::CloseRecord, Body::Register(RegistrationReason::Close)),
        (Transaction::ListAuthorisations, Body::ListAuthorisations),
        (Transaction::Submit, Body::Submit),
        (Transaction::Search, Body::Search),
        (Transaction::Retrieve, Body::Retrieve),
        (Transaction::Mask, Body::Update),
    ];

    pub(crate) fn recognise(service: Service, element: &Element) -> Option<Self> {
        let is = |of: Service, (namespace, local): BodyName| of == service && element.is(namespace, local);
        let served = Self::SERVED.iter().find(|(one, _)| is(one.service(), one.request_body()));
        // Two questions share their message, and two changes theirs: the reason tells.
        let served = served.and_then(|(_, body)| match body {
            Body::Existence if PatientQuery::question_of(element) == Some(Question::AdministrativeData) => {
                Some(Body::AdministrativeData)
            }
            Body::Register(_) => RegistrationRequest::reason_of(element).map(Body::Register),
            body => Some(*body),
        });
        served.or_else(|| {
            let withdrawn = WITHDRAWN.iter().find(|one| is(one.service, one.request_body));
            withdrawn.map(|one| Body::Withdrawn(one.td))
        })
    }

    /// Whether the patient of the assertion is the one concerned; TD0.4 and TD0.5 ignore it.
    pub(crate) fn concerns_a_patient(self) -> bool {
        !matches!(self, Body::ListAuthorised | Body::SearchPatient)
    }

    /// Identifier for the journal, as far as the body's name tells it.
    pub(crate) fn td(self) -> &'static str {
        match self {
            Body::Withdrawn(td) => td,
            Body::Update => "TD3.3",
            _ => self.transaction().map_or("", Transaction::td),
        }
    }

    pub(crate) fn response_action(self) -> &'static str {
        self.transaction().map_or("", Transaction::response_action)
    }

    pub(crate) fn transaction(self) -> Option<Transaction> {
        Self::SERVED.iter().find(|(_, body)| *body == self).map(|(transaction, _)| *transaction)
    }
}

/// What the journal says of a request once it is understood.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) transaction: Option<Transaction>,
    pub(crate) action: Option<Action>,
    pub(crate) asked: Option<Asked>,
    /// uniqueIds of the documents that it is about, each once.
    pub(crate) documents: Vec<String>,
}

/// What an HL7 V3 answer repeats of its request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Of the message.
    id: InstanceIdentifier,
    lps: Lps,
    query_id: Option<InstanceIdentifier>,
    /// Criteria of TD0.5.
    criteria: Option<PatientCriteria>,
}

impl From<QueryHead> for Asked {
    fn from(head: QueryHead) -> Self {
        Asked { id: head.id, lps: head.lps, query_id: Some(head.query_id), criteria: None }
    }
}

impl From<MessageHead> for Asked {
    fn from(head: MessageHead) -> Self {
        Asked { id: head.id, lps: head.lps, query_id: None, criteria: None }
    }
}

/// One admitted request.
pub(crate) struct Call<'a> {
    pub(crate) dmp: &'a Dmp,
    pub(crate) settings: &'a Settings,
    pub(crate) admitted: &'a Admitted,
    pub(crate) envelope: &'a Envelope,
    pub(crate) received: &'a Received,
    pub(crate) now: Timestamp,
}

/// The answer of a request that was served.
pub(crate) struct Reply {
    /// Serialised body element.
    pub(crate) body: String,
    /// Documents of TD3.2.
    pub(crate) parts: Vec<AnswerPart>,
}

impl Reply {
    fn plain(write: impl FnOnce(&mut Writer)) -> Result<Self, Denial> {
        Ok(Reply { body: serialise(write).map_err(|error| unwritable(&error))?, parts: Vec::new() })
    }
}

/// Serves an admitted request.
pub(crate) fn serve(
    body: Body,
    call: &Call<'_>,
    hearing: &mut Hearing<'_>,
    trace: &mut Trace,
) -> Result<Reply, Denial> {
    let reply = match body {
        Body::Existence => existence::serve(call, hearing, trace),
        Body::SetAuthorization => set_authorization::serve(call, hearing, trace),
        Body::ListAuthorised => list_authorised::serve(call, hearing, trace),
        Body::SearchPatient => search_patient::serve(call, hearing, trace),
        Body::AdministrativeData => administrative_data::serve(call, hearing, trace),
        Body::Register(_) => registration::serve(call, hearing, trace),
        Body::ListAuthorisations => list_authorisations::serve(call, hearing, trace),
        Body::Submit => submit::serve(call, hearing, trace),
        Body::Search => search::serve(call, hearing, trace),
        Body::Retrieve => retrieve::serve(call, hearing, trace),
        Body::Update => update::serve(call, hearing, trace),
        Body::Withdrawn(td) => Err(withdrawn(td)),
    }?;
    if body != Body::Existence {
        call.record_access();
    }
    Ok(reply)
}

/// A refusal as it is said: by a rule, or by a fault on demand.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) carrier: Carrier,
    pub(crate) code: &'a str,
    pub(crate) text: &'a str,
    /// `codeContext` of C6 when it is not the sentence.
    pub(crate) context: Option<&'a str>,
}

impl<'a> From<&'a Denial> for Said<'a> {
    fn from(denial: &'a Denial) -> Self {
        Said {
            carrier: denial.carrier,
            code: denial.refusal.code,
            text: &denial.refusal.text,
            context: denial.context.as_deref(),
        }
    }
}

/// The body of a refusal that travels otherwise than in a fault; `None` is a fault.
pub(crate) fn refusal(
    settings: &Settings,
    body: Body,
    said: Said<'_>,
    asked: Option<Asked>,
    now: Timestamp,
) -> Option<String> {
    let schema_valid = settings.switches.server.answers_schema_valid;
    let written = match (said.carrier, body) {
        (Carrier::Acknowledgement, Body::Existence) => patient_data::refusal(said, Question::Existence, asked?, now),
        (Carrier::Acknowledgement, Body::AdministrativeData) => {
            patient_data::refusal(said, Question::AdministrativeData, asked?, now)
        }
        (Carrier::Acknowledgement, Body::Register(reason)) => registration::refusal(said, reason, asked?, now),
        (Carrier::Acknowledgement, Body::SearchPatient) => search_patient::refusal(said, asked?, now, schema_valid),
        (Carrier::Status, Body::SetAuthorization) => set_authorization::refusal(said),
        (Carrier::Status, Body::ListAuthorised) => list_authorised::refusal(said),
        (Carrier::Status, Body::ListAuthorisations) => list_authorisations::refusal(said),
        (Carrier::Registry, Body::Submit | Body::Update) => serialise(|w| registry_failure(said).write(w)),
        (Carrier::Registry, Body::Search) => serialise(|w| QueryResponse::refused(registry_failure(said)).write(w)),
        (Carrier::Registry, Body::Retrieve) => serialise(|w| {
            RetrieveResponse { response: registry_failure(said), documents: Vec::new() }.write(w);
        }),
        _ => return None,
    };
    written.ok()
}

/// What an HL7 V3 refusal must repeat of a request that was not served.
pub(crate) fn asked(body: Body, element: &Element) -> Option<Asked> {
    match body {
        Body::Existence | Body::AdministrativeData => QueryHead::read(element).ok().map(Asked::from),
        Body::Register(_) => MessageHead::read(element).ok().map(Asked::from),
        Body::SearchPatient => {
            let PatientSearch { head, criteria } = PatientSearch::read(element).ok()?;
            Some(Asked { criteria: Some(criteria), ..Asked::from(head) })
        }
        _ => None,
    }
}

/// The answer of a request that was served, with a warning, or with an error that makes it a partial success; `None` when
/// its message has no place for either.
pub(crate) fn annotated(body: Body, reply: &str, note: RegistryError) -> Option<String> {
    let element = dmp_protocol::xml::parse(reply.as_bytes(), &Limits::default()).ok()?;
    let annotate = |response: &mut RegistryResponse| {
        if note.severity == Severity::Error {
            response.status = ResponseStatus::PartialSuccess;
        }
        response.errors.push(note);
    };
    let written = match body {
        Body::Submit | Body::Update => {
            let mut answer = RegistryResponse::read(&element).ok()?;
            annotate(&mut answer);
            serialise(|w| answer.write(w))
        }
        Body::Search => {
            let mut answer = QueryResponse::read(&element).ok()?;
            annotate(&mut answer.response);
            serialise(|w| answer.write(w))
        }
        Body::Retrieve => {
            let mut answer = RetrieveResponse::read(&element).ok()?;
            annotate(&mut answer.response);
            serialise(|w| answer.write(w))
        }
        _ => return None,
    };
    written.ok()
}

impl<'a> Call<'a> {
    /// The patient that the assertion names; every transaction served here concerns one.
    fn patient_id(&self) -> Result<&'a PatientId, Denial> {
        self.admitted.patient.as_ref().ok_or_else(|| {
            let refusal = breach(
                "V41",
                "DMPInvalidData",
                "Le champ Resource_id est incorrect : absent",
                "no resource-id",
                "the INS of the patient",
            );
            Denial::new(Carrier::Fault, refusal)
        })
    }

    /// Who used the record last: TD1.6 and TD0.4 show it.
    fn record_access(&self) {
        let Some(id) = &self.admitted.patient else { return };
        let mut world = self.dmp.world();
        if let Some(patient) = world.patient_mut(id) {
            let caller = &self.admitted.caller;
            patient.accesses.insert(caller.name_id.clone(), self.now);
            patient.accesses.insert(caller.structure.clone(), self.now);
        }
    }

    /// The caller in front of this record, for the rules.
    pub(crate) fn situation<'p>(&'p self, patient: Option<&'p Patient>) -> Situation<'p> {
        Situation {
            caller: &self.admitted.caller,
            patient,
            now: self.now,
            secret: self.admitted.assertion.is_connexion_secrete(),
            open_world: self.settings.open_world,
            switches: &self.settings.switches.server,
            matrix: self.settings.matrix(),
            nomenclatures: self.settings.nomenclatures(),
        }
    }
}

/// C6.
fn registry(refusal: Refusal) -> Denial {
    Denial::new(Carrier::Registry, refusal)
}

fn registry_failure(said: Said<'_>) -> RegistryResponse {
    RegistryResponse::failure(vec![RegistryError::error(said.code, said.context.unwrap_or(said.text))])
}

fn fault(refusal: Refusal) -> Denial {
    Denial::new(Carrier::Fault, refusal)
}

fn serialise(write: impl FnOnce(&mut Writer)) -> Result<String, WriteError> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.finish()
}

fn unwritable(error: &WriteError) -> Denial {
    fault(breach("SOAP", "DMPInvalidRequest", "Réponse impossible", error.to_string(), "values that XML can carry"))
}
