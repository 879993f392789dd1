//! Numbers in the making: one place for each line of the report.

use std::collections::{BTreeMap, BTreeSet};

use dmp_vocabulary::identity::Finess;

use super::{DocumentKind, Indicator, IndicatorLine, Measure, Month, Period};

type Key = (String, Month, Indicator, Option<DocumentKind>, Option<String>);

/// Every line of the report, from the start.
pub(super) struct Tally {
    lines: BTreeMap<Key, (u64, u64)>,
}

impl Tally {
    /// One line for each combination, even when nothing happens.
    pub(super) fn of(sites: &BTreeSet<Finess>, period: Period, profiles: &BTreeMap<Finess, BTreeSet<String>>) -> Self {
        let mut lines = BTreeMap::new();
        for site in sites {
            for (month, indicator) in period.months().flat_map(|month| Indicator::ALL.map(|one| (month, one))) {
                let key = |kind, profile| (site.as_str().to_owned(), month, indicator, kind, profile);
                if indicator == Indicator::C1 {
                    let profiles = profiles.get(site).into_iter().flatten();
                    lines.extend(profiles.map(|profile| (key(None, Some(profile.clone())), (0, 0))));
                } else if indicator.by_kind() {
                    lines.extend(DocumentKind::ALL.map(|kind| (key(Some(kind), None), (0, 0))));
                } else {
                    lines.insert(key(None, None), (0, 0));
                }
            }
        }
        Self { lines }
    }

    /// One more; what lies outside the report is left out.
    pub(super) fn count(&mut self, site: &Finess, month: Month, indicator: Indicator, kind: Option<DocumentKind>) {
        self.add(site, month, indicator, kind, None, (1, 0));
    }

    /// One more of the whole, and of the part if it `counts`.
    pub(super) fn share(
        &mut self,
        site: &Finess,
        month: Month,
        (indicator, kind): (Indicator, Option<DocumentKind>),
        counts: bool,
    ) {
        self.add(site, month, indicator, kind, None, (u64::from(counts), 1));
    }

    /// Adds to the part and to the whole of a line.
    pub(super) fn add(
        &mut self,
        site: &Finess,
        month: Month,
        indicator: Indicator,
        kind: Option<DocumentKind>,
        profile: Option<&str>,
        (part, whole): (u64, u64),
    ) {
        let key = (site.as_str().to_owned(), month, indicator, kind, profile.map(str::to_owned));
        if let Some((numerator, denominator)) = self.lines.get_mut(&key) {
            *numerator += part;
            *denominator += whole;
        }
    }

    pub(super) fn into_lines(self) -> Vec<IndicatorLine> {
        let line = |((site, month, indicator, kind, profile), (numerator, whole)): (Key, (u64, u64))| IndicatorLine {
            site,
            month,
            indicator,
            kind,
            profile,
            numerator,
            denominator: (indicator.measure() == Measure::Share).then_some(whole),
        };
        self.lines.into_iter().map(line).collect()
    }
}
