//! `CDA-ENC`: the encounter (prise en charge); codes are in [`super::value_sets`].

use dmp_vocabulary::oids::PS_ID_NAT;

use super::findings::Findings;
use super::shape;
use super::subject::{Subject, has_code, has_id_under};
use super::tree::At;

/// Modes of discharge.
const DISCHARGE_SYSTEM: &str = "1.2.250.1.213.2.14";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(encounter) = subject.root.path("componentOf/encompassingEncounter") else {
        let place = subject.root.first("componentOf").unwrap_or(subject.root).place();
        findings.report("CDA-ENC-001", place, "no encompassingEncounter");
        return;
    };
    if encounter.is_null() {
        return;
    }
    if encounter.first("effectiveTime").is_none() {
        findings.report("CDA-ENC-002", encounter.place(), "no effectiveTime");
    }
    let facility = encounter.path("location/healthCareFacility/code");
    if !has_code(facility) {
        let place = facility.or(encounter.first("location")).unwrap_or(encounter).place();
        findings.report("CDA-ENC-003", place, "no code of the facility");
    }
    let discharge = encounter.first("dischargeDispositionCode");
    if let Some(system) = discharge.and_then(|at| at.value("codeSystem")).filter(|s| *s != DISCHARGE_SYSTEM) {
        let place = discharge.unwrap_or(encounter).place().attribute("codeSystem");
        findings.report("CDA-ENC-006", &place, shape::code(Some(system)));
    }
    let participants = encounter.elements().filter(|at| at.is("responsibleParty") || at.is("encounterParticipant"));
    for participant in participants.filter(|at| !at.is_null()) {
        let entity = participant.first("assignedEntity");
        if !entity.is_some_and(At::is_null) && !entity.is_some_and(|entity| has_id_under(entity, PS_ID_NAT)) {
            findings.report("CDA-ENC-008", entity.unwrap_or(participant).place(), "no PS_IdNat");
        }
    }
}
