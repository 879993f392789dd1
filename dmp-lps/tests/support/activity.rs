//! The activity of an invented establishment, for the indicators.

use dmp_client::{QualifiedPatient, Realm};
use dmp_lps::indicators::*;
use dmp_lps::outbox::{FeedId, FeedItem, Lane, Order, State};
use dmp_lps::*;
use dmp_vocabulary::identity::{Finess, IdentityPolicy, Ins, KeyCheck};
use dmp_vocabulary::oids;
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) const SITE: &str = "010000024";

pub(crate) fn finess(number: &str) -> String {
    Finess::parse(number, Realm::Test).unwrap().value.as_str().to_owned()
}

fn site() -> Finess {
    Finess::parse(SITE, Realm::Test).unwrap().value
}

/// An invented patient of this number.
pub(crate) fn patient_number(number: u32) -> PatientKey {
    let policy = IdentityPolicy::from(Realm::Test).with_ins_key_check(KeyCheck::Warn);
    let matricule = format!("2800575999{number:03}51");
    PatientKey::from(&QualifiedPatient::declared(Ins::parse(&matricule, oids::INS_NIR_TEST, policy).unwrap().value))
}

/// What a hospital's software answers.
pub(crate) struct Register(pub(crate) Activity);

impl Register {
    /// One site, three physicians, two nurses, two correspondents with an address and one without.
    pub(crate) fn of_one_site() -> Self {
        let mut activity = Activity::default();
        activity.sites.insert(site());
        let people = [("medecin-1", "médecin"), ("medecin-2", "médecin"), ("medecin-3", "médecin")];
        for (id, has_address) in [("doctor-1", true), ("doctor-2", true), ("doctor-3", false)] {
            activity.correspondents.push(Correspondent { id: id.to_owned(), site: site(), has_address });
        }
        let mut register = Self(activity);
        for (id, profile) in people.into_iter().chain([("infirmier-1", "infirmier"), ("infirmier-2", "infirmier")]) {
            register.user(id, profile);
        }
        register
    }

    pub(crate) fn stay(
        &mut self,
        episode: &str,
        number: u32,
        left: Option<Timestamp>,
        surgical: bool,
        prescribed: bool,
    ) {
        self.0.stays.push(Stay {
            episode: EpisodeId::new(episode).unwrap(),
            patient: patient_number(number),
            site: site(),
            entered: left.unwrap_or("2025-01-02T08:00:00Z".parse().unwrap()) - jiff::SignedDuration::from_hours(48),
            left,
            surgical,
            prescribed,
        });
    }

    pub(crate) fn consultation(&mut self, episode: &str, number: u32, at: Timestamp, reported: bool) {
        self.consultation_of(episode, patient_number(number), at, reported);
    }

    pub(crate) fn consultation_of(&mut self, episode: &str, patient: PatientKey, at: Timestamp, reported: bool) {
        let episode = EpisodeId::new(episode).unwrap();
        self.0.consultations.push(Consultation { episode, patient, site: site(), at, reported });
    }

    pub(crate) fn user(&mut self, id: &str, profile: &str) {
        let id = InternalUserId::new(id).unwrap();
        self.0.users.push(User { id, profile: profile.to_owned(), site: site() });
    }

    /// A letter to a correspondent, or to the patient.
    pub(crate) fn message(
        &mut self,
        episode: &str,
        at: Timestamp,
        to: Option<&str>,
        qualified_ins: bool,
        delivered: bool,
    ) {
        self.0.messages.push(Message {
            site: site(),
            at,
            type_code: "11490-0".to_owned(),
            episode: EpisodeId::new(episode),
            recipient: to
                .map_or_else(|| Recipient::Patient(patient_number(0)), |to| Recipient::Correspondent(to.to_owned())),
            qualified_ins,
            delivered,
        });
    }

    pub(crate) fn integration(&mut self, at: Timestamp, how: Integrated) {
        self.0.integrations.push(Integration { site: site(), at, how });
    }
}

impl ActivitySource for Register {
    async fn activity(&self, _: Period) -> Result<Activity, ActivityError> {
        Ok(self.0.clone())
    }

    async fn site_of(&self, episode: &EpisodeId) -> Result<Option<Finess>, ActivityError> {
        Ok(episode.as_str().starts_with("former-").then(site))
    }
}

/// Accesses that somebody wrote down.
pub(crate) struct Reading(Vec<Access>);

pub(crate) fn reading(accesses: Vec<Access>) -> Reading {
    Reading(accesses)
}

impl AccessHistory for Reading {
    async fn accesses(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Access>, IndicatorError> {
        Ok(self.0.iter().filter(|access| (from..to).contains(&access.at)).cloned().collect())
    }
}

/// A document of the queue that stands at `state` since `at`.
pub(crate) fn feed_item(episode: &str, type_code: &str, state: State, at: Timestamp) -> FeedItem {
    let ctx = super::context("alix", "team-1", episode);
    FeedItem {
        id: FeedId::parse(&Uuid::new_v4().to_string()).unwrap(),
        lane: Lane::Daily,
        order: Order::Feed,
        patient: patient_number(0),
        episode: ctx.episode.id.clone(),
        team: ctx.team.clone(),
        role: ctx.role,
        professional: ctx.professional_key(),
        user: ctx.user.clone(),
        structure: ctx.structure.as_str().to_owned(),
        service: None,
        unique_id: format!("2.25.{}", Uuid::new_v4().as_u128()),
        set_id: None,
        version: None,
        parent: None,
        hash: Uuid::new_v4().simple().to_string(),
        substance: String::new(),
        type_code: type_code.to_owned(),
        documented_at: None,
        historical: false,
        hidden: Vec::new(),
        replaces: None,
        state,
        validated: true,
        alone: false,
        rule: None,
        not_before: at,
        attempts: 1,
        lot: None,
        queued_at: at,
        sent_at: (state == State::Sent).then_some(at),
        failed_at: (state == State::Failed).then_some(at),
        removed: false,
        superseded_by: None,
        reasons: Vec::new(),
        warnings: Vec::new(),
        error: None,
        revision: 0,
    }
}
