//! One module per transaction: reads its message, asks the rules, changes the world, writes its answer.

mod existence;
mod set_authorization;

use dmp_protocol::rules::Refusal;
use dmp_protocol::soap::Envelope;
use dmp_protocol::transaction::{Service, Transaction, WITHDRAWN};
use dmp_protocol::xml::{Element, WriteError, Writer};
use jiff::Timestamp;

use crate::admission::Admitted;
use crate::dmp::Dmp;
use crate::rules::{Action, ActorClass, Carrier, Cell, Denial, Hearing, breach, functional, record};
use crate::server::{AnswerPart, Received};
use crate::world::{Authorisation, Patient, PatientId};

/// What a body is, from its name and the service it came to; never from `wsa:Action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// TD0.2.
    Existence,
    /// TD0.3.
    SetAuthorization,
    /// A transaction that the DMP no longer offers.
    Withdrawn(&'static str),
}

impl Body {
    pub(crate) fn recognise(service: Service, element: &Element) -> Option<Self> {
        let is = |transaction: Transaction| {
            let (namespace, local) = transaction.request_body();
            transaction.service() == service && element.is(namespace, local)
        };
        let served =
            [(Transaction::Existence, Body::Existence), (Transaction::SetAuthorization, Body::SetAuthorization)];
        served.into_iter().find(|(transaction, _)| is(*transaction)).map(|(_, body)| body).or_else(|| {
            let withdrawn = WITHDRAWN
                .iter()
                .find(|one| one.service == service && element.is(one.request_body.0, one.request_body.1));
            withdrawn.map(|one| Body::Withdrawn(one.td))
        })
    }

    /// Identifier for the journal; the services refine it.
    pub(crate) fn td(self) -> &'static str {
        match self {
            Body::Existence => Transaction::Existence.td(),
            Body::SetAuthorization => Transaction::SetAuthorization.td(),
            Body::Withdrawn(td) => td,
        }
    }

    pub(crate) fn response_action(self) -> &'static str {
        match self {
            Body::Existence => Transaction::Existence.response_action(),
            Body::SetAuthorization => Transaction::SetAuthorization.response_action(),
            Body::Withdrawn(_) => "",
        }
    }
}

/// One admitted request.
pub(crate) struct Call<'a> {
    pub(crate) dmp: &'a Dmp,
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

/// Serves an admitted request. `action` receives the functional-rights action, for the journal.
pub(crate) fn serve(
    body: Body,
    call: &Call<'_>,
    hearing: &mut Hearing<'_>,
    action: &mut Option<String>,
) -> Result<Reply, Denial> {
    match body {
        Body::Existence => existence::serve(call, hearing, action),
        Body::SetAuthorization => set_authorization::serve(call, hearing, action),
        Body::Withdrawn(td) => Err(Denial::new(
            Carrier::Fault,
            breach(
                "FUN-02",
                "DMPAccessDeniedByRightsService",
                "Transaction retirée",
                format!("{td}, withdrawn"),
                "a transaction of the current contract",
            ),
        )),
    }
}

/// The body of a refusal that travels otherwise than in a fault; `None` is a fault.
pub(crate) fn refusal(body: Body, denial: &Denial) -> Option<String> {
    let written = match (denial.carrier, body) {
        (Carrier::Status, Body::SetAuthorization) => set_authorization::refusal(denial),
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

    /// ACT, FUN-01: class of the caller on this record, and the cell of the action.
    fn right(
        &self,
        action: Action,
        patient: Option<&Patient>,
        hearing: &mut Hearing<'_>,
    ) -> Result<(ActorClass, Cell), Denial> {
        let caller = &self.admitted.caller;
        let class = caller.class(patient).map_err(fault)?;
        let cell = functional::cell(action, class, caller.purpose, caller.mode);
        if let Err(refusal) = functional::require(action, class, caller.purpose, caller.mode) {
            hearing.fault(refusal)?;
        }
        Ok((class, cell))
    }
}

impl Call<'_> {
    /// Effective authorisation of the caller; in the open world everybody who is not blocked is authorised.
    fn authorisation(&self, patient: &Patient, class: ActorClass) -> Authorisation {
        match record::authorisation(patient, &self.admitted.caller, class, self.now) {
            Authorisation::Interdit => Authorisation::Interdit,
            _ if self.dmp.settings.open_world => Authorisation::Valide,
            state => state,
        }
    }
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
