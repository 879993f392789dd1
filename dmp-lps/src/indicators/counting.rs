//! Which line each thing counts in.
//!
//! Documents count in the month of their final outcome, stays in the month of their exit, consultations and transactions in
//! their own.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use dmp_vocabulary::identity::Finess;

use super::stances::Informed;
use super::tally::Tally;
use super::{
    Access, Accessed, Activity, Consultation, DocumentKind, Feeding, Indicator, IndicatorSettings, Integrated, Message,
    Month, Period, Recipient, Stay, User,
};
use crate::clock::months_later;
use crate::context::{EpisodeId, InternalUserId};

/// An episode, and a kind of documents that went somewhere from it.
type Sent = HashSet<(EpisodeId, DocumentKind)>;

/// Older documents are not « historical » for A3.
const HISTORY_YEARS: i32 = 5;

pub(super) struct Counting<'a> {
    pub(super) sites: &'a BTreeSet<Finess>,
    pub(super) tally: Tally,
    pub(super) period: Period,
    pub(super) settings: &'a IndicatorSettings,
    pub(super) places: HashMap<EpisodeId, Finess>,
    pub(super) unplaced: u64,
}

impl Counting<'_> {
    /// A1, A2, A3.
    pub(super) fn feedings(&mut self, feedings: &[Feeding]) {
        for feeding in feedings.iter().filter(|feeding| !feeding.correction && self.period.contains(feeding.at)) {
            let Some(kind) = self.settings.kind(&feeding.type_code) else { continue };
            let own = self.sites.iter().find(|site| feeding.structure.strip_prefix('1') == Some(site.as_str()));
            let Some(site) = self.places.get(&feeding.episode).or(own) else {
                self.unplaced += 1;
                continue;
            };
            let month = Month::of(feeding.at);
            let outcome = if feeding.succeeded { Indicator::A1 } else { Indicator::A2 };
            self.tally.count(site, month, outcome, Some(kind));
            let deep = |date| months_later(date, 12 * HISTORY_YEARS) >= feeding.at;
            if feeding.succeeded && feeding.historical.is_some_and(deep) {
                self.tally.count(site, month, Indicator::A3, Some(kind));
            }
        }
    }

    /// C1, C2.
    pub(super) fn accesses(&mut self, accesses: &[Access], users: &[User]) {
        let mut active: BTreeMap<Month, HashSet<&InternalUserId>> = BTreeMap::new();
        for access in accesses.iter().filter(|access| self.period.contains(access.at)) {
            let month = Month::of(access.at);
            let documents = match &access.what {
                Accessed::Searched => 0,
                Accessed::Retrieved(types) => types.len(),
                Accessed::Integrated(_) => continue,
            };
            active.entry(month).or_default().insert(&access.user);
            match self.places.get(&access.episode) {
                Some(site) => {
                    self.tally.add(site, month, Indicator::C2, None, None, (documents as u64, 0));
                }
                None => self.unplaced += 1,
            }
        }
        for (month, user) in self.period.months().flat_map(|month| users.iter().map(move |user| (month, user))) {
            let consulted = active.get(&month).is_some_and(|active| active.contains(&user.id));
            let parts = (u64::from(consulted), 1);
            self.tally.add(&user.site, month, Indicator::C1, None, Some(&user.profile), parts);
        }
    }

    /// A4, C3, C4, MP5, MC3.
    pub(super) fn stays(&mut self, activity: &Activity, feedings: &[Feeding], accesses: &[Access]) {
        let fed: Sent = feedings
            .iter()
            .filter(|feeding| feeding.succeeded && !feeding.correction)
            .filter_map(|feeding| Some((feeding.episode.clone(), self.settings.kind(&feeding.type_code)?)))
            .collect();
        let to_correspondents = self.delivered(&activity.messages, false);
        let to_patients = self.delivered(&activity.messages, true);
        let integrated = self.integrated(accesses);

        for (stay, month) in activity.stays.iter().filter_map(|stay| Some((stay, Month::of(stay.left?)))) {
            let site = &stay.site;
            for kind in DocumentKind::ALL {
                let key = (stay.episode.clone(), kind);
                if concerns(stay, kind) {
                    self.tally.share(site, month, (Indicator::A4, Some(kind)), fed.contains(&key));
                    self.tally.share(site, month, (Indicator::Mp5, Some(kind)), to_correspondents.contains(&key));
                }
                self.tally.share(site, month, (Indicator::Mc3, Some(kind)), to_patients.contains(&key));
            }
            self.tally.share(site, month, (Indicator::C3, None), integrated.contains(&stay.episode));
        }
        let report = DocumentKind::ConsultationReport;
        for consultation in &activity.consultations {
            let (site, month) = (&consultation.site, Month::of(consultation.at));
            if consultation.reported {
                let key = (consultation.episode.clone(), report);
                self.tally.share(site, month, (Indicator::A4, Some(report)), fed.contains(&key));
                self.tally.share(site, month, (Indicator::Mp5, Some(report)), to_correspondents.contains(&key));
            }
            self.tally.share(site, month, (Indicator::C4, None), integrated.contains(&consultation.episode));
        }
    }

    fn delivered(&self, messages: &[Message], to_patient: bool) -> Sent {
        messages
            .iter()
            .filter(|message| message.delivered && matches!(message.recipient, Recipient::Patient(_)) == to_patient)
            .filter_map(|message| Some((message.episode.clone()?, self.settings.kind(&message.type_code)?)))
            .collect()
    }

    fn integrated(&self, accesses: &[Access]) -> HashSet<EpisodeId> {
        let habilitated = |access: &&Access| match &access.what {
            Accessed::Integrated(types) => types.iter().any(|one| self.settings.is_habilitated(one)),
            Accessed::Searched | Accessed::Retrieved(_) => false,
        };
        accesses.iter().filter(habilitated).map(|access| access.episode.clone()).collect()
    }

    /// MP1 to MP4, MP6, MC1, MC2, MC4.
    pub(super) fn messages(&mut self, activity: &Activity) {
        let mut reached: BTreeSet<(Finess, Month, DocumentKind, String)> = BTreeSet::new();
        let mut patients_reached = BTreeSet::new();
        for message in activity.messages.iter().filter(|message| self.period.contains(message.at)) {
            let Some(kind) = self.settings.kind(&message.type_code) else { continue };
            let (site, month) = (&message.site, Month::of(message.at));
            let outcomes = match (&message.recipient, message.delivered) {
                (Recipient::Correspondent(_), true) => (Indicator::Mp1, Some(Indicator::Mp3)),
                (Recipient::Correspondent(_), false) => (Indicator::Mp2, Some(Indicator::Mp4)),
                (Recipient::Patient(_), true) => (Indicator::Mc1, None),
                (Recipient::Patient(_), false) => (Indicator::Mc2, None),
            };
            self.tally.count(site, month, outcomes.0, Some(kind));
            if let Some(qualified) = outcomes.1.filter(|_| message.qualified_ins) {
                self.tally.count(site, month, qualified, Some(kind));
            }
            match &message.recipient {
                Recipient::Correspondent(id) if message.delivered => {
                    reached.insert((site.clone(), month, kind, id.clone()));
                }
                Recipient::Patient(patient) if message.delivered => {
                    patients_reached.insert((site.clone(), month, kind, patient.clone()));
                }
                _ => {}
            }
        }
        let seen = patients_seen(activity);
        for (month, kind) in self.period.months().flat_map(|month| DocumentKind::ALL.map(|kind| (month, kind))) {
            for correspondent in activity.correspondents.iter().filter(|one| one.has_address) {
                let key = (correspondent.site.clone(), month, kind, correspondent.id.clone());
                let line = (Indicator::Mp6, Some(kind));
                self.tally.share(&correspondent.site, month, line, reached.contains(&key));
            }
            for (site, _, patient) in seen.iter().filter(|(_, one, _)| *one == month) {
                let key = (site.clone(), month, kind, patient.clone());
                self.tally.share(site, month, (Indicator::Mc4, Some(kind)), patients_reached.contains(&key));
            }
        }
    }

    /// I1 to I4.
    pub(super) fn integrations(&mut self, activity: &Activity) {
        for integration in &activity.integrations {
            let indicator = match integration.how {
                Integrated::ByItself => Indicator::I1,
                Integrated::FailedByItself => Indicator::I2,
                Integrated::ByHand => Indicator::I3,
                Integrated::OtherByHand => Indicator::I4,
            };
            self.tally.count(&integration.site, Month::of(integration.at), indicator, None);
        }
    }

    /// N1, N2.
    pub(super) fn informed_stay(&mut self, stay: &Stay, informed: Informed) {
        let Some(left) = stay.left else { return };
        self.informed(&stay.site, Month::of(left), [Indicator::N1, Indicator::N2], informed);
    }

    /// N3, N4.
    pub(super) fn informed_consultation(&mut self, consultation: &Consultation, informed: Informed) {
        let month = Month::of(consultation.at);
        self.informed(&consultation.site, month, [Indicator::N3, Indicator::N4], informed);
    }

    fn informed(&mut self, site: &Finess, month: Month, [not_opposed, opposed]: [Indicator; 2], informed: Informed) {
        self.tally.share(site, month, (not_opposed, None), informed == Informed::NotOpposed);
        self.tally.share(site, month, (opposed, None), informed == Informed::Opposed);
    }
}

/// Denominators by kind: all stays, those with surgery, those with a prescription. Reports of consultations are told of
/// consultations.
fn concerns(stay: &Stay, kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::DischargeLetter => true,
        DocumentKind::OperativeReport => stay.surgical,
        DocumentKind::Prescription => stay.prescribed,
        DocumentKind::ConsultationReport => false,
    }
}

/// The patients of a month: those whose stay was closed in it and those who consulted in it (project default).
fn patients_seen(activity: &Activity) -> BTreeSet<(Finess, Month, crate::context::PatientKey)> {
    let stays = activity.stays.iter().filter_map(|stay| Some((&stay.site, stay.left?, &stay.patient)));
    let consultations = activity.consultations.iter().map(|one| (&one.site, one.at, &one.patient));
    stays.chain(consultations).map(|(site, at, patient)| (site.clone(), Month::of(at), patient.clone())).collect()
}
