//! What a request is about, before anything of it is verified.

use dmp_protocol::soap::Envelope;
use dmp_protocol::transaction::{Service, Transaction};
use dmp_protocol::vihf::{Assertion, name};
use dmp_protocol::xml::{Element, Limits};
use xds_model::AvailabilityStatus;
use xds_model::iti18::{AdhocQuery, ReturnType};
use xds_model::iti57::{SubmitObjects, Update};

use super::rule::ANY_UPDATE;
use crate::admission;
use crate::rules::{Action, ActorClass, visibility};
use crate::server::Received;
use crate::services::Body;
use crate::world::{PatientId, World};

/// Transaction, patient and actor, as far as they can be told.
#[derive(Default)]
pub(crate) struct Glimpse {
    /// `TD3.1b`, or several when one message does several things.
    transactions: Vec<&'static str>,
    pub(crate) patient: Option<PatientId>,
    /// NameID.
    pub(crate) actor: Option<String>,
}

impl Glimpse {
    pub(crate) fn of(service: Service, received: &Received, world: &World) -> Self {
        let Ok(envelope) = Envelope::parse(&received.envelope, &Limits::default()) else {
            return Glimpse::default();
        };
        let assertion = envelope.root().descendants().find(|element| element.name.local == "Assertion");
        let assertion = assertion.and_then(|element| Assertion::read(element).ok());
        let patient =
            assertion.as_ref().and_then(|assertion| admission::patient_of(assertion.text(name::RESOURCE_ID)?));
        let is_cpe = assertion.as_ref().is_some_and(|assertion| {
            let caller = admission::caller_of(assertion, admission::mode_of(assertion));
            caller.class(None) == Ok(ActorClass::CpeNonPs)
        });
        let transactions = match Body::recognise(service, envelope.body()) {
            Some(Body::Submit) if is_cpe => vec![Transaction::SubmitByCpe.td()],
            Some(body) => transactions(body, envelope.body(), world),
            None => Vec::new(),
        };
        Glimpse { transactions, patient, actor: assertion.map(|assertion| assertion.name_id) }
    }

    pub(super) fn is_transaction(&self, asked: &str) -> bool {
        let is_any_update = asked == ANY_UPDATE;
        let asked = Transaction::from_td(asked).map(Transaction::td);
        self.transactions.iter().any(|td| Some(*td) == asked || (is_any_update && td.starts_with(ANY_UPDATE)))
    }
}

fn transactions(body: Body, element: &Element, world: &World) -> Vec<&'static str> {
    match body {
        Body::Search => {
            let by_reference = AdhocQuery::read(element).is_ok_and(|query| query.return_type == ReturnType::ObjectRef);
            vec![if by_reference { Transaction::Locate.td() } else { Transaction::Search.td() }]
        }
        Body::Update => SubmitObjects::read(element).map_or_else(
            |_| vec![ANY_UPDATE],
            |request| request.updates().iter().flat_map(|update| updates(update, world)).collect(),
        ),
        body => vec![body.td()],
    }
}

fn updates(update: &Update<'_>, world: &World) -> Vec<&'static str> {
    match update {
        Update::Status { new: Some(AvailabilityStatus::Deleted), .. } => vec![Transaction::Delete.td()],
        Update::Status { .. } => vec![Transaction::Archive.td()],
        Update::NewVersion { entry, .. } => {
            let stored = world.registry.last_of_logical_id(entry.logical_id.as_deref().unwrap_or_default());
            let actions = stored.map(|stored| visibility::actions_of_change(&stored.entry, entry)).unwrap_or_default();
            let td = |action: &Action| match action {
                Action::MakeVisible => Transaction::Reveal.td(),
                _ => Transaction::Mask.td(),
            };
            if actions.is_empty() { vec![Transaction::Mask.td()] } else { actions.iter().map(td).collect() }
        }
        Update::Unsupported(_) => vec![ANY_UPDATE],
    }
}
