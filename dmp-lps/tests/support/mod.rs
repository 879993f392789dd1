//! Invented people and care.

#![allow(dead_code, reason = "each test program uses a part of it")]

use dmp_client::QualifiedPatient;
use dmp_lps::{AccessContext, CareRole, CareTeamId, Episode, EpisodeId, InternalUserId, ManualClock, PatientKey};
use dmp_protocol::vihf::Purpose;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{Ins, ProfessionalId, StructureId};
use dmp_vocabulary::oids;

pub(crate) fn clock() -> ManualClock {
    ManualClock::at("2026-03-02T08:00:00Z".parse().unwrap())
}

pub(crate) fn qualified() -> QualifiedPatient {
    QualifiedPatient::declared(Ins::parse("280057599900151", oids::INS_NIR_TEST, Realm::Test).unwrap().value)
}

pub(crate) fn patient() -> PatientKey {
    PatientKey::from(&qualified())
}

pub(crate) fn professional(id: &str) -> ProfessionalId {
    ProfessionalId::parse(id, Realm::Test).unwrap().value
}

/// A member of a team; an episode `planned` has not begun, any other has.
pub(crate) fn context(user: &str, team: &str, episode: &str) -> AccessContext {
    let started_at = (episode != "planned").then(|| "2026-03-02T07:30:00Z".parse().unwrap());
    AccessContext {
        user: InternalUserId::new(user).unwrap(),
        professional: Some(professional("899999000013")),
        structure: StructureId::parse("10B0990008", Realm::Test).unwrap().value,
        role: CareRole::TeamMember,
        purpose: Purpose::Normal,
        secret: false,
        episode: Episode { id: EpisodeId::new(episode).unwrap(), started_at },
        team: CareTeamId::new(team).unwrap(),
    }
}
