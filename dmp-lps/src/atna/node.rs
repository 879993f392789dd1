//! From a trace to its audit message.

use dmp_protocol::transaction::Transaction;

use super::event::{Flow, REGISTRY_STORED_QUERY, RESTRICTED_FUNCTION, event};
use super::message::{AuditMessage, CodedValue, Event, Object, Outcome, Participant};
use super::{Spooled, SyslogOrigin};
use crate::trace::{AccessTrace, Action, TraceOutcome};

const SOURCE: CodedValue = CodedValue::dcm("110153", "Source Role ID");
const DESTINATION: CodedValue = CodedValue::dcm("110152", "Destination Role ID");
const APPLICATION: CodedValue = CodedValue::dcm("110150", "Application");
const PATIENT_NUMBER: CodedValue = CodedValue::rfc_3881("2", "Patient Number");
const REPORT_NUMBER: CodedValue = CodedValue::rfc_3881("9", "Report Number");

/// This software as a node of the audit: what each message says of where it comes from.
#[derive(Debug, Clone)]
pub struct AuditNode {
    origin: SyslogOrigin,
    site: String,
    dmp: String,
    connexion_secrete: bool,
}

impl AuditNode {
    /// `site`: the establishment, as the repository knows it (FINESS). `dmp`: the name of the host of the DMP.
    pub fn new(origin: SyslogOrigin, site: impl Into<String>, dmp: impl Into<String>) -> Self {
        Self { origin, site: site.into(), dmp: dmp.into(), connexion_secrete: false }
    }

    /// Exports what was done in connexion secrète too. Without it these lines stay in the traces, where only
    /// [`TraceReader::restricted`](crate::trace::TraceReader::restricted) reads them (F14).
    #[must_use]
    pub fn with_connexion_secrete(self) -> Self {
        Self { connexion_secrete: true, ..self }
    }

    /// The message of a trace; `None` for the line that only says that a call begins (the line of its end tells all), and
    /// for one of a connexion secrète that is not to leave.
    ///
    /// It names who acted, the patient, the documents by uniqueId and typeCode, the criteria of a search, the outcome. It
    /// has no title, no reason of a bris de glace, no assertion.
    #[must_use]
    pub fn message(&self, trace: &AccessTrace) -> Option<Spooled> {
        if trace.outcome == TraceOutcome::Begun || (trace.secret && !self.connexion_secrete) {
            return None;
        }
        let outcome = outcome_of(trace.outcome);
        let event = event(trace.action);
        let denied = trace.outcome == TraceOutcome::Denied && event.kind != Some(RESTRICTED_FUNCTION);
        let types = [event.kind, transaction_of(trace), denied.then_some(RESTRICTED_FUNCTION)];
        let message = AuditMessage {
            event: Event {
                id: event.id,
                action: event.action,
                types: types.into_iter().flatten().collect(),
                at: trace.at,
                outcome,
                description: trace.code.clone(),
                purpose: purpose_of(trace),
            },
            participants: self.participants(trace, event.flow),
            source: (&self.site, self.origin.host()),
            objects: objects(trace),
        };
        let message = self.origin.message(trace.seq, trace.at, outcome != Outcome::Success, &message.to_xml());
        Some(Spooled { seq: trace.seq, message })
    }

    /// Who acted, the software, and the DMP where it took part.
    fn participants(&self, trace: &AccessTrace, flow: Flow) -> Vec<Participant> {
        let user = trace.user.as_ref().map(|user| Participant {
            user: user.clone(),
            alternative: trace.professional.clone(),
            requestor: true,
            role: None,
            machine: trace.workstation.clone(),
        });
        let (software_role, dmp_role) = match flow {
            Flow::ToDmp => (SOURCE, Some(DESTINATION)),
            Flow::FromDmp => (DESTINATION, Some(SOURCE)),
            Flow::Here => (APPLICATION, None),
        };
        let software = Participant {
            user: self.origin.program().to_owned(),
            alternative: trace.structure.clone(),
            requestor: user.is_none(),
            role: Some(software_role),
            machine: Some(self.origin.host().to_owned()),
        };
        let dmp = dmp_role.map(|role| Participant {
            user: format!("https://{}", self.dmp),
            alternative: None,
            requestor: false,
            role: Some(role),
            machine: Some(self.dmp.clone()),
        });
        user.into_iter().chain([software]).chain(dmp).collect()
    }
}

/// The patient, the query, the documents.
fn objects(trace: &AccessTrace) -> Vec<Object> {
    let patient = trace.ins.as_ref().map(|ins| Object {
        id: ins.clone(),
        kind: ("1", "1"),
        id_type: PATIENT_NUMBER,
        query: None,
        details: details([
            ("patient_local", trace.patient_local.clone()),
            ("episode", trace.episode.clone()),
            ("connexion_secrete", trace.secret.then(|| "true".to_owned())),
        ]),
    });
    let query = (trace.action == Action::Search).then(|| Object {
        id: REGISTRY_STORED_QUERY.text.to_owned(),
        kind: ("2", "24"),
        id_type: REGISTRY_STORED_QUERY,
        // The criteria without the patient: the request itself is in no trace.
        query: trace.detail.clone(),
        details: details([("listed", trace.listed.map(|count| count.to_string()))]),
    });
    let documents = trace.documents.iter().map(|document| Object {
        id: document.unique_id.clone(),
        kind: ("2", "3"),
        id_type: REPORT_NUMBER,
        query: None,
        details: details([("typeCode", document.type_code.clone())]),
    });
    patient.into_iter().chain(query).chain(documents).collect()
}

/// The details that are known.
fn details<const N: usize>(pairs: [(&'static str, Option<String>); N]) -> Vec<(&'static str, String)> {
    pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The transaction of the DMP, or the act of the software, as one more type of the event.
fn transaction_of(trace: &AccessTrace) -> Option<CodedValue> {
    match trace.transaction.as_deref() {
        None => Some(CodedValue { code: trace.action.as_str(), system: "DMP", text: trace.action.as_str() }),
        Some("TD0.9") => Some(CodedValue { code: "TD0.9", system: "DMP", text: "Accès Web-PS" }),
        Some("TD0.10") => Some(CodedValue { code: "TD0.10", system: "DMP", text: "Accès Web-PS AIR" }),
        Some(td) => Transaction::from_td(td).map(|transaction| CodedValue {
            code: transaction.td(),
            system: "DMP",
            text: transaction.title(),
        }),
    }
}

/// Why the record was opened, in the codes of the VIHF.
fn purpose_of(trace: &AccessTrace) -> Option<CodedValue> {
    use dmp_protocol::vihf::Purpose;
    let purpose = [Purpose::Normal, Purpose::BrisDeGlace, Purpose::Centre15]
        .into_iter()
        .find(|purpose| purpose.code() == trace.access)?;
    Some(CodedValue { code: purpose.code(), system: "1.2.250.1.213.1.1.4.248", text: purpose.code() })
}

fn outcome_of(outcome: TraceOutcome) -> Outcome {
    match outcome {
        TraceOutcome::Done => Outcome::Success,
        TraceOutcome::Denied | TraceOutcome::Refused => Outcome::SeriousFailure,
        _ => Outcome::MinorFailure,
    }
}
