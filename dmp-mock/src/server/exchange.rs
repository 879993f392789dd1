//! One request, from its bytes to its answer: the order of errors.md §11.

use dmp_protocol::certificate::Certificate;
use dmp_protocol::rules::Strictness;
use dmp_protocol::soap::{
    Envelope, EnvelopeError, Fault, MessageId, RequestRules, ResponseHeaders, write_fault, write_response,
};
use dmp_protocol::transaction::{Service, Transaction};
use dmp_protocol::vihf::verify::invalid_xml;
use dmp_protocol::vihf::{Purpose, name};
use dmp_protocol::xml::Limits;
use jiff::Timestamp;
use xds_model::RegistryError;

use super::received::ReadError;
use super::{Answer, Peer, Received, broken};
use crate::admission::{self, Arrival, REASON};
use crate::dmp::Dmp;
use crate::faults::{CodeAnswer, Effect, Hit, Weight};
use crate::journal::{Exchange, FaultHit, RuleVerdict, Stage, Tape};
use crate::rules::{Carrier, Denial, Hearing, breach};
use crate::services::{self, Asked, Body, Call, Reply, Said, Trace};
use crate::settings::Settings;
use crate::world::{Access, PatientId};

/// A request that was read, and what is to be done with it besides answering.
pub(crate) struct Incoming {
    pub(crate) service: Service,
    pub(crate) received: Result<Received, ReadError>,
    /// The fault that hits it.
    pub(crate) hit: Option<Hit>,
    /// Where its bytes are kept.
    pub(crate) tape: Option<Tape>,
}

/// Answers a request and journals it.
pub(crate) fn answer(dmp: &Dmp, peer: &Peer, incoming: Incoming) -> Answer {
    let Incoming { service, received, hit, tape } = incoming;
    let hit = hit.as_ref();
    let settings = dmp.settings();
    let mut hearing = Hearing::new(&settings.policy);
    let mut conversation = Conversation::default();
    let outcome = conversation.hold((dmp, &settings), peer, service, received, &mut hearing, hit);
    let mut answer = conversation.write(&Means { settings: &settings, now: dmp.clock.now(), hit }, &outcome);
    if let Some(hit) = hit {
        broken::spoil(&mut answer, &hit.effect);
    }
    let refusal = match &outcome {
        Ok(_) | Err(Stopped::Hit) => None,
        Err(Stopped::Denied(denial)) => Some(RuleVerdict::from(&*denial.refusal)),
        Err(Stopped::Faulted(fault, rule)) => Some(RuleVerdict {
            rule: (*rule).to_owned(),
            also: Vec::new(),
            code: fault.subcodes.first().map_or(fault.code.as_str(), |subcode| &subcode.local).to_owned(),
            found: "an unacceptable envelope".to_owned(),
            expected: "a SOAP 1.2 envelope with WS-Addressing".to_owned(),
        }),
    };
    count_misuse(dmp, &conversation, refusal.as_ref(), &mut hearing);
    let (warnings, filtered) = hearing.close();
    record_access(dmp, &conversation, refusal.as_ref());
    let number = dmp.journal.record(Exchange {
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
        fault: hit.map(FaultHit::from),
        patient: match &conversation.admitted {
            Some(seen) => seen.patient.clone(),
            None => hit.and_then(|hit| hit.patient.clone()),
        },
        actor: match &conversation.admitted {
            Some(seen) => Some(seen.name_id.clone()),
            None => hit.and_then(|hit| hit.actor.clone()),
        },
        mode: conversation.mode,
        access: conversation.admitted.as_ref().map(|seen| seen.purpose.code().to_owned()),
        connexion_secrete: conversation.admitted.as_ref().is_some_and(|seen| seen.secret),
        action: conversation.trace.action.map(|action| action.id().to_owned()),
        reached: conversation.reached,
        status: answer.status.as_u16(),
        refusal: refusal.clone(),
        warnings: warnings.iter().map(RuleVerdict::from).collect(),
        filtered: filtered.clone(),
    });
    if let Some(tape) = tape {
        dmp.journal.keep(number, tape);
    }
    let rule = refusal.as_ref().map_or("none", |verdict| verdict.rule.as_str());
    tracing::debug!(peer = %peer.address, service = service.path_segment(), rule, "answered");
    if settings.switches.server.verdict_header {
        answer.exchange = number;
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
    /// A fault on demand answers in its place.
    Hit,
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
    /// Of a bris de glace.
    reason: Option<String>,
}

/// LIM-06: a call on a record that is absent or closed is counted, and never refused for that.
fn count_misuse(dmp: &Dmp, conversation: &Conversation, refusal: Option<&RuleVerdict>, hearing: &mut Hearing<'_>) {
    let (Some(seen), Some(verdict)) = (&conversation.admitted, refusal) else { return };
    if ["PAT-02", "PAT-03"].contains(&verdict.rule.as_str()) && hearing.strictness("LIM-06") != Strictness::Off {
        let count = dmp.pace.misuse(&seen.structure);
        let found = format!("{count} calls of this structure on records that are absent or closed");
        hearing.observe(breach("LIM-06", "", "", found, "TD0.2 before any other transaction"));
    }
}

/// TRC-01: every transaction on a record, refusals too.
fn record_access(dmp: &Dmp, conversation: &Conversation, refusal: Option<&RuleVerdict>) {
    let Some(Seen { patient: Some(patient), name_id, structure, purpose, secret, reason }) = &conversation.admitted
    else {
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
            reason: reason.clone(),
            transaction: transaction.unwrap_or_default().to_owned(),
            action: conversation.trace.action.map(|action| action.id().to_owned()),
            documents: conversation.trace.documents.clone(),
            refused_by: refusal.map(|verdict| verdict.rule.clone()),
        },
    );
}

/// What an answer is written with.
struct Means<'a> {
    settings: &'a Settings,
    now: Timestamp,
    hit: Option<&'a Hit>,
}

/// What is known of the exchange so far.
#[derive(Default)]
struct Conversation {
    message_id: Option<String>,
    body: Option<Body>,
    mode: Option<String>,
    admitted: Option<Seen>,
    trace: Trace,
    reached: Stage,
    /// What an HL7 V3 refusal repeats, for a fault on demand.
    asked: Option<Asked>,
}

impl Conversation {
    fn hold(
        &mut self,
        (dmp, settings): (&Dmp, &Settings),
        peer: &Peer,
        service: Service,
        received: Result<Received, ReadError>,
        hearing: &mut Hearing<'_>,
        hit: Option<&Hit>,
    ) -> Result<Reply, Stopped> {
        let is_lost = hit.is_some_and(Hit::replaces_processing);
        let received = received.map_err(|error| if is_lost { Stopped::Hit } else { unreadable(&error).into() })?;
        let envelope = match Envelope::parse(&received.envelope, &Limits::default()) {
            Ok(envelope) => envelope,
            Err(_) if is_lost => return Err(Stopped::Hit),
            Err(EnvelopeError::Xml(error)) => {
                return Err(Denial::new(Carrier::Fault, invalid_xml(&error)).into());
            }
            Err(error) => return Err(Stopped::Faulted(Box::new(error.fault()), "SOAP")),
        };
        self.message_id = envelope.headers.message_id.clone().filter(|id| !id.is_empty());
        self.body = Body::recognise(service, envelope.body());
        if hit.is_some() {
            self.asked = self.body.and_then(|body| services::asked(body, envelope.body()));
        }
        if is_lost {
            return Err(Stopped::Hit);
        }
        if let Err(error) = envelope.check_request(&RequestRules::default()) {
            return Err(Stopped::Faulted(Box::new(error.fault()), "SOAP"));
        }
        self.reached = Stage::Envelope;
        let tls = client_certificate(peer)?;
        let now = dmp.clock.now();
        let arrival = Arrival {
            dmp,
            settings,
            envelope: envelope.root(),
            tls: &tls,
            concerns_a_patient: self.body.is_some_and(Body::concerns_a_patient),
            asks_existence: self.body == Some(Body::Existence),
            token_subject: peer.token_subject.as_deref(),
            now,
        };
        let admitted = admission::admit(&arrival, hearing)?;
        self.reached = Stage::Admission;
        self.mode = admitted.assertion.text(name::MODE).map(str::to_owned);
        self.admitted = Some(Seen {
            patient: admitted.patient.clone(),
            name_id: admitted.caller.name_id.clone(),
            structure: admitted.caller.structure.clone(),
            purpose: admitted.caller.purpose,
            secret: admitted.assertion.is_connexion_secrete(),
            reason: admitted.assertion.text(REASON).map(str::to_owned),
        });
        dmp.world().reveal_what_is_due(now, settings.switches.server.visibility_calendar);
        let Some(body) = self.body else {
            return Err(not_supported(service));
        };
        let call = Call { dmp, settings, admitted: &admitted, envelope: &envelope, received: &received, now };
        let reply = services::serve(body, &call, hearing, &mut self.trace)?;
        self.reached = Stage::Served;
        Ok(reply)
    }

    fn refusal(&self, means: &Means<'_>, denial: &Denial) -> Option<String> {
        services::refusal(means.settings, self.body?, denial.into(), self.trace.asked.clone(), means.now)
    }

    /// A code on demand, in its carrier.
    fn demanded(&self, means: &Means<'_>, demanded: &CodeAnswer) -> Result<String, Box<Fault>> {
        let usual = self.body.and_then(Body::transaction).map(Transaction::response_carrier);
        let said = Said {
            carrier: demanded.carrier(usual),
            code: &demanded.code,
            text: demanded.sentence(),
            context: demanded.context.as_deref(),
        };
        let body =
            self.body.and_then(|body| services::refusal(means.settings, body, said, self.asked.clone(), means.now));
        body.ok_or_else(|| Box::new(demanded.fault()))
    }

    fn write(&self, means: &Means<'_>, outcome: &Result<Reply, Stopped>) -> Answer {
        let message_id = MessageId::random();
        let action = self.body.map_or("", Body::response_action);
        let other = MessageId::random();
        let relates_to = match means.hit.map(|hit| &hit.effect) {
            Some(Effect::WrongRelatesTo) => Some(other.as_str()),
            _ => self.message_id.as_deref(),
        };
        let headers = ResponseHeaders { action, message_id: &message_id, relates_to };
        let processed = |body: &str| write_response(&headers, |w| w.raw(body)).map(Answer::processed);
        let faulted = |fault: &Fault| write_fault(&headers, fault).map(Answer::fault);
        let written = match (means.hit.and_then(Hit::code), outcome) {
            (Some(code), _) if code.severity == Weight::Error => match self.demanded(means, code) {
                Ok(body) => processed(&body),
                Err(fault) => faulted(&fault),
            },
            (Some(code), Ok(reply)) => processed(&self.annotated(reply, code)),
            (_, Ok(reply)) => processed(&reply.body),
            (_, Err(Stopped::Faulted(fault, _))) => faulted(fault),
            (_, Err(Stopped::Denied(denial))) => match self.refusal(means, denial) {
                Some(body) => processed(&body),
                None => faulted(&Fault::dmp(denial.refusal.code, denial.refusal.text.as_str())),
            },
            // Its answer is made of HTTP, or there is none.
            (_, Err(Stopped::Hit)) => Ok(Answer::processed(String::new())),
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

    /// What was answered, with a warning or an error on demand.
    fn annotated(&self, reply: &Reply, code: &CodeAnswer) -> String {
        let context = code.context.as_deref().unwrap_or(code.sentence());
        let note = match code.severity {
            Weight::Warning => RegistryError::warning(code.code.as_str(), context),
            Weight::Error | Weight::Partial => RegistryError::error(code.code.as_str(), context),
        };
        let annotated = self.body.and_then(|body| services::annotated(body, &reply.body, note));
        annotated.unwrap_or_else(|| reply.body.clone())
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
