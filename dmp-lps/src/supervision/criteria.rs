//! SV01 to SV09: whether an act, after those before it, meets a criterion.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::{Deed, Ending, Observation, Planning, Relation, Rule, RuleId};
use crate::clock::day;
use crate::context::{CareRole, PatientKey};

/// What is known when an act is looked at.
pub(super) struct Case<'a> {
    pub(super) act: &'a Observation,
    /// The earlier acts of the same user, as far back as the longest window.
    pub(super) of_user: &'a [Observation],
    /// The earlier acts under the same RPPS, by whatever user.
    pub(super) of_professional: &'a [Observation],
    /// Distinct records on each day of the last thirty on which the actor consulted one; not today.
    pub(super) records_by_day: &'a [u32],
    pub(super) role: Option<CareRole>,
    pub(super) relation: Option<Relation>,
    pub(super) planning: Planning,
    pub(super) in_care: Option<bool>,
}

impl Case<'_> {
    /// The traces that speak for an alert of this rule; `None` when the criterion is not met.
    pub(super) fn evidence(&self, rule: &Rule) -> Option<Vec<u64>> {
        let act = self.act;
        let concerned = rule.roles.is_empty() || self.role.is_none_or(|role| rule.roles.contains(&role));
        if !(rule.enabled && concerned) {
            return None;
        }
        match rule.id {
            RuleId::ManyRecords => self.many_records(rule),
            RuleId::SystematicRetrieval => self.systematic_retrieval(rule),
            RuleId::Relation => self.alone(self.relation.is_some()),
            RuleId::UnusualHours => self.alone(self.is_unusual_hour()),
            RuleId::BrisDeGlace => self.uses_of_bris_de_glace(rule),
            RuleId::RepeatedRefusals => {
                self.numbered(rule, act.ending == Ending::Refused, |one| one.ending == Ending::Refused)
            }
            RuleId::NoCare => self.alone(self.in_care == Some(false)),
            RuleId::SeveralPlaces => self.several_places(rule),
            RuleId::Throttled => {
                self.numbered(rule, act.ending == Ending::Throttled, |one| one.ending == Ending::Throttled)
            }
        }
    }

    /// When the oldest of these traces was.
    pub(super) fn oldest(&self, evidence: &[u64]) -> Timestamp {
        let known = self.of_user.iter().chain(self.of_professional).filter(|one| evidence.contains(&one.seq));
        known.map(|one| one.at).min().unwrap_or(self.act.at)
    }

    /// The acts of the user in the window, the one looked at last.
    fn in_window<'a>(&'a self, rule: &Rule) -> impl Iterator<Item = &'a Observation> {
        let from = start(self.act.at, rule);
        self.of_user.iter().filter(move |one| one.at > from).chain([self.act])
    }

    /// A criterion about one consultation alone: any is enough.
    fn alone(&self, met: bool) -> Option<Vec<u64>> {
        (met && self.act.is_consultation()).then(|| vec![self.act.seq])
    }

    /// More acts of a kind than the threshold.
    fn numbered(&self, rule: &Rule, met: bool, is: impl Fn(&Observation) -> bool) -> Option<Vec<u64>> {
        if !met {
            return None;
        }
        let evidence: Vec<u64> = self.in_window(rule).filter(|one| is(one)).map(|one| one.seq).collect();
        (evidence.len() > above(rule)).then_some(evidence)
    }

    /// SV01: more distinct records in a day than the threshold, and than so many percent of the mean of the days on which
    /// the actor consulted.
    fn many_records(&self, rule: &Rule) -> Option<Vec<u64>> {
        if !self.act.is_consultation() {
            return None;
        }
        let consultations: Vec<&Observation> = self.in_window(rule).filter(|one| one.is_consultation()).collect();
        let records: HashSet<_> = consultations.iter().map(|one| &one.patient).collect();
        let (records, days) = (records.len() as u64, self.records_by_day.len() as u64);
        let total: u64 = self.records_by_day.iter().copied().map(u64::from).sum();
        // records > percent/100 × total/days, in whole numbers.
        let usual = records * 100 * days <= u64::from(rule.threshold.percent) * total;
        let met = records > u64::from(rule.threshold.above) && !(days > 0 && usual);
        met.then(|| consultations.iter().map(|one| one.seq).collect())
    }

    /// SV02: over so many records, more than so many percent of what was listed was read.
    fn systematic_retrieval(&self, rule: &Rule) -> Option<Vec<u64>> {
        if self.act.deed != Deed::Read || !self.act.is_consultation() {
            return None;
        }
        let of = |deed| self.in_window(rule).filter(move |one| one.is_consultation() && one.deed == deed);
        // A record that is listed again is as long as its longest list.
        let mut listed: HashMap<&Option<PatientKey>, u64> = HashMap::new();
        for one in of(Deed::Listed) {
            let longest = listed.entry(&one.patient).or_default();
            *longest = u64::from(one.listed).max(*longest);
        }
        let mut read: HashMap<&Option<PatientKey>, HashSet<&String>> = HashMap::new();
        for one in of(Deed::Read).filter(|one| listed.contains_key(&one.patient)) {
            read.entry(&one.patient).or_default().extend(&one.read);
        }
        let total: u64 = listed.values().sum();
        let taken: u64 = read.values().map(|documents| documents.len() as u64).sum();
        let met = read.len() > above(rule) && taken * 100 > u64::from(rule.threshold.percent) * total;
        met.then(|| of(Deed::Read).map(|one| one.seq).collect())
    }

    /// SV04: outside the planning; at night where there is none.
    fn is_unusual_hour(&self) -> bool {
        match self.planning {
            Planning::Working => false,
            Planning::Off => true,
            Planning::Unknown => {
                let hour = self.act.at.to_zoned(dmp_protocol::paris()).hour();
                !(6..22).contains(&hour)
            }
        }
    }

    /// SV05: a use is a record on a day; the requests of one use count once.
    fn uses_of_bris_de_glace(&self, rule: &Rule) -> Option<Vec<u64>> {
        if !self.act.bris_de_glace {
            return None;
        }
        let acts: Vec<&Observation> = self.in_window(rule).filter(|one| one.bris_de_glace).collect();
        let uses: HashSet<_> = acts.iter().map(|one| (&one.patient, day(one.at))).collect();
        (uses.len() > above(rule)).then(|| acts.iter().map(|one| one.seq).collect())
    }

    /// SV08: within the window, one RPPS in two structures; or more often back at a workstation that it had left for
    /// another than one person walks.
    fn several_places(&self, rule: &Rule) -> Option<Vec<u64>> {
        self.act.professional.as_ref()?;
        let from = start(self.act.at, rule);
        let acts: Vec<&Observation> =
            self.of_professional.iter().filter(|one| one.at > from).chain([self.act]).collect();
        let structures: BTreeSet<&str> = acts.iter().filter_map(|one| one.structure.as_deref()).collect();
        let mut places: Vec<&str> = acts.iter().filter_map(|one| one.workstation.as_deref()).collect();
        places.dedup();
        let distinct: BTreeSet<&str> = places.iter().copied().collect();
        let returns = places.len() - distinct.len();
        (structures.len() > 1 || returns > above(rule)).then(|| acts.iter().map(|one| one.seq).collect())
    }
}

fn above(rule: &Rule) -> usize {
    usize::try_from(rule.threshold.above).unwrap_or(usize::MAX)
}

fn start(at: Timestamp, rule: &Rule) -> Timestamp {
    at.checked_sub(rule.window).unwrap_or(Timestamp::MIN)
}
