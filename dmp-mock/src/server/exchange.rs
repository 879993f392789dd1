//! One request, from its bytes to its answer: the order of errors.md §11.

use dmp_protocol::certificate::Certificate;
use dmp_protocol::soap::{
    Envelope, EnvelopeError, Fault, MessageId, RequestRules, ResponseHeaders, write_fault, write_response,
};
use dmp_protocol::transaction::{Service, Transaction};
use dmp_protocol::vihf::verify::invalid_xml;
use dmp_protocol::vihf::{Purpose, name};
use dmp_protocol::xml::Limits;
use jiff::Timestamp;

use super::received::ReadError;
use super::{Answer, Peer, Received};
use crate::admission::{self, Arrival};
use crate::dmp::Dmp;
use crate::journal::{Exchange, RuleVerdict};
use crate::rules::{Carrier, Denial, Hearing, breach};
use crate::services::{self, Body, Call, Reply, Trace};
use crate::settings::Settings;
use crate::world::{Access, PatientId};

/// Answers a request and journals it.
pub(crate) fn answer(dmp: &Dmp, peer: &Peer, service: Service, received: Result<Received, ReadError>) -> Answer {
    let settings = dmp.settings();
    let mut hearing = Hearing::new(&settings.policy);
    let mut conversation = Conversation::default();
    let outcome = conversation.hold((dmp, &settings), peer, service, received, &mut hearing);
    let mut answer = conversation.write(&settings, dmp.clock.now(), &outcome);
    let (warnings, filtered) = hearing.close();
    let refusal = match &outcome {
        Ok(_) => None,
        Err(Stopped::Denied(denial)) => Some(RuleVerdict::from(&*denial.refusal)),
        Err(Stopped::Faulted(fault, rule)) => Some(RuleVerdict {
            rule: (*rule).to_owned(),
            also: Vec::new(),
            code: fault.subcodes.first().map_or(fault.code.as_str(), |subcode| &subcode.local).to_owned(),
            found: "an unacceptable envelope".to_owned(),
            expected: "a SOAP 1.2 envelope with WS-Addressing".to_owned(),
        }),
    };
    record_access(dmp, &conversation, refusal.as_ref());
    dmp.journal.record(Exchange {
        number: 0,
        at: dmp.clock.now(),
        service: service.path_segment().to_owned(),
        transaction: conversation
            .trace
            .transaction
            .map(Transaction::td)
            .or(conversation.body.map(Body::td))
            .map(str::to_owned),
        message_id: conversation.message_id,
        patient: conversation.admitted.as_ref().and_then(|seen| seen.patient.clone()),
        actor: conversation.admitted.as_ref().map(|seen| seen.name_id.clone()),
        mode: conversation.mode,
        access: conversation.admitted.as_ref().map(|seen| seen.purpose.code().to_owned()),
        connexion_secrete: conversation.admitted.as_ref().is_some_and(|seen| seen.secret),
        action: conversation.trace.action.map(|action| action.id().to_owned()),
        status: answer.status.as_u16(),
        refusal: refusal.clone(),
        warnings: warnings.iter().map(RuleVerdict::from).collect(),
        filtered: filtered.clone(),
    });
    let rule = refusal.as_ref().map_or("none", |verdict| verdict.rule.as_str());
    tracing::debug!(peer = %peer.address, service = service.path_segment(), rule, "answered");
    if settings.switches.server.verdict_header {
        answer.rule = refusal.map(|verdict| verdict.rule);
        answer.filtered = filtered;
    }
    answer
}

/// Why a request was not served.
enum Stopped {
    /// Before any rule of the DMP: the fault, and the rule to show.
    Faulted(Box<Fault>, &'static str),
    Denied(Denial),
}

impl From<Denial> for Stopped {
    fn from(denial: Denial) -> Self {
        Stopped::Denied(denial)
    }
}

/// Who was admitted, for the trace.
struct Seen {
    patient: Option<PatientId>,
    name_id: String,
    structure: String,
    purpose: Purpose,
    secret: bool,
}

/// TRC-01: every transaction on a record, refusals too.
fn record_access(dmp: &Dmp, conversation: &Conversation, refusal: Option<&RuleVerdict>) {
    let Some(Seen { patient: Some(patient), name_id, structure, purpose, secret }) = &conversation.admitted else {
        return;
    };
    let transaction = conversation.trace.transaction.map(Transaction::td).or(conversation.body.map(Body::td));
    dmp.world().record_access(
        patient,
        Access {
            at: dmp.clock.now(),
            professional: name_id.clone(),
            structure: structure.clone(),
            mode: purpose.code().to_owned(),
            secret: *secret,
            transaction: transaction.unwrap_or_default().to_owned(),
            action: conversation.trace.action.map(|action| action.id().to_owned()),
            refused_by: refusal.map(|verdict| verdict.rule.clone()),
        },
    );
}

/// What is known of the exchange so far.
#[derive(Default)]
struct Conversation {
    message_id: Option<String>,
    body: Option<Body>,
    mode: Option<String>,
    admitted: Option<Seen>,
    trace: Trace,
}

impl Conversation {
    fn hold(
        &mut self,
        (dmp, settings): (&Dmp, &Settings),
        peer: &Peer,
        service: Service,
        received: Result<Received, ReadError>,
        hearing: &mut Hearing<'_>,
    ) -> Result<Reply, Stopped> {
        let received = received.map_err(|error| unreadable(&error))?;
        let envelope = match Envelope::parse(&received.envelope, &Limits::default()) {
            Ok(envelope) => envelope,
            Err(EnvelopeError::Xml(error)) => {
                return Err(Denial::new(Carrier::Fault, invalid_xml(&error)).into());
            }
            Err(error) => return Err(Stopped::Faulted(Box::new(error.fault()), "SOAP")),
        };
        self.message_id = envelope.headers.message_id.clone().filter(|id| !id.is_empty());
        self.body = Body::recognise(service, envelope.body());
        if let Err(error) = envelope.check_request(&RequestRules::default()) {
            return Err(Stopped::Faulted(Box::new(error.fault()), "SOAP"));
        }
        let tls = client_certificate(peer)?;
        let now = dmp.clock.now();
        let arrival = Arrival {
            dmp,
            settings,
            envelope: envelope.root(),
            tls: &tls,
            concerns_a_patient: self.body.is_some_and(Body::concerns_a_patient),
            asks_existence: self.body == Some(Body::Existence),
            now,
        };
        let admitted = admission::admit(&arrival, hearing)?;
        self.mode = admitted.assertion.text(name::MODE).map(str::to_owned);
        self.admitted = Some(Seen {
            patient: admitted.patient.clone(),
            name_id: admitted.caller.name_id.clone(),
            structure: admitted.caller.structure.clone(),
            purpose: admitted.caller.purpose,
            secret: admitted.assertion.is_connexion_secrete(),
        });
        dmp.world().reveal_what_is_due(now, settings.switches.server.visibility_calendar);
        let Some(body) = self.body else {
            return Err(not_supported(service));
        };
        let call = Call { dmp, settings, admitted: &admitted, envelope: &envelope, received: &received, now };
        Ok(services::serve(body, &call, hearing, &mut self.trace)?)
    }

    fn refusal(&self, settings: &Settings, now: Timestamp, denial: &Denial) -> Option<String> {
        services::refusal(settings, self.body?, denial, &self.trace, now)
    }

    fn write(&self, settings: &Settings, now: Timestamp, outcome: &Result<Reply, Stopped>) -> Answer {
        let message_id = MessageId::random();
        let action = self.body.map_or("", Body::response_action);
        let headers = ResponseHeaders { action, message_id: &message_id, relates_to: self.message_id.as_deref() };
        let written = match outcome {
            Ok(reply) => write_response(&headers, |w| w.raw(&reply.body)).map(Answer::processed),
            Err(Stopped::Faulted(fault, _)) => write_fault(&headers, fault).map(Answer::fault),
            Err(Stopped::Denied(denial)) => match self.refusal(settings, now, denial) {
                Some(body) => write_response(&headers, |w| w.raw(&body)).map(Answer::processed),
                None => {
                    let fault = Fault::dmp(denial.refusal.code, denial.refusal.text.as_str());
                    write_fault(&headers, &fault).map(Answer::fault)
                }
            },
        };
        let mut answer = written.unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be written");
            Answer::fault(String::new())
        });
        // TD3.2 always answers in multipart, faults included.
        if self.body == Some(Body::Retrieve) {
            let parts = outcome.as_ref().map_or_else(|_| Vec::new(), |reply| reply.parts.clone());
            answer.multipart = Some((action, parts));
        }
        answer
    }
}

fn client_certificate(peer: &Peer) -> Result<Certificate, Denial> {
    let leaf = peer.certificates.first().and_then(|leaf| Certificate::from_der(leaf).ok());
    leaf.ok_or_else(|| {
        let refusal = breach(
            "V01",
            "DMPInvalidCertificate",
            "Le certificat d'authentification est illisible",
            "a client certificate that cannot be read",
            "an ORG_AUTH_CLI or card certificate",
        );
        Denial::new(Carrier::Fault, refusal)
    })
}

fn unreadable(error: &ReadError) -> Denial {
    let refusal = breach(
        "V03",
        "DMPInvalidRequest",
        "Message illisible",
        error.to_string(),
        "one complete SOAP envelope, or multipart/related with its closing boundary",
    );
    Denial::new(Carrier::Fault, refusal)
}

fn not_supported(service: Service) -> Stopped {
    use dmp_protocol::soap::{FaultCode, Subcode};
    let reason = format!("Opération inconnue sur le service {}", service.path_segment());
    let fault = Fault::new(FaultCode::Sender, reason).with_subcode(Subcode::addressing("ActionNotSupported"));
    Stopped::Faulted(Box::new(fault), "SOAP")
}
