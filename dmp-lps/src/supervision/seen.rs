//! A trace as the criteria see it.

use dmp_client::ErrorKind;
use dmp_protocol::error::{Carrier, KnownCode};
use dmp_protocol::vihf::Purpose;

use super::{Deed, Ending, Observation};
use crate::context::{EpisodeId, InternalUserId, PatientKey, ProfessionalKey};
use crate::trace::{AccessTrace, Action, TraceOutcome};

/// Refusals made here for want of a right. Those of the DMP say so themselves.
const RIGHTS: [&str; 10] = [
    "OPPOSED",
    "NOT_INFORMED",
    "NOTICE_NOT_ACQUIRED",
    "NO_EXPRESS_CONSENT",
    "ROLE",
    "LOCAL_RIGHTS",
    "SUPERVISION",
    "EMERGENCY",
    "CONTEXT",
    "EX_0.3-1010",
];

impl Observation {
    /// What supervision keeps of a trace; `None` for an act of the software itself, and for the line that only opens a call.
    #[must_use]
    pub fn of(trace: &AccessTrace) -> Option<Self> {
        if trace.outcome == TraceOutcome::Begun {
            return None;
        }
        let deed = deed(trace.action);
        let documents = trace.documents.iter().map(|document| document.unique_id.clone());
        Some(Self {
            seq: trace.seq,
            at: trace.at,
            actor: InternalUserId::new(trace.user.clone()?)?,
            professional: trace.professional.clone().map(ProfessionalKey::stored),
            structure: trace.structure.clone(),
            workstation: trace.workstation.clone(),
            patient: trace.ins.clone().map(PatientKey::stored),
            episode: trace.episode.clone().and_then(EpisodeId::new),
            deed,
            ending: ending(trace),
            bris_de_glace: trace.access == Purpose::BrisDeGlace.code() && trace.outcome != TraceOutcome::Denied,
            listed: trace.listed.and_then(|count| u32::try_from(count).ok()).unwrap_or_default(),
            read: if deed == Deed::Read { documents.collect() } else { Vec::new() },
        })
    }
}

fn deed(action: Action) -> Deed {
    match action {
        Action::Search => Deed::Listed,
        Action::Retrieve => Deed::Read,
        Action::AdministrativeData | Action::ListAuthorisations | Action::WebPs => Deed::Consulted,
        _ => Deed::Other,
    }
}

fn ending(trace: &AccessTrace) -> Ending {
    let code = trace.code.as_deref().unwrap_or_default();
    let kind = KnownCode::find(code).map(|known| known.entry().kind(Carrier::Registry));
    let is = |kind_of: ErrorKind| kind == Some(kind_of) || code == kind_of.as_str();
    match trace.outcome {
        // Nobody knows what the DMP did: it may have shown the record.
        TraceOutcome::Done | TraceOutcome::Unknown => Ending::Done,
        _ if is(ErrorKind::Throttled) => Ending::Throttled,
        _ if is(ErrorKind::Authorisation) || RIGHTS.contains(&code) => Ending::Refused,
        _ => Ending::Failed,
    }
}
