//! What a professional is told every month of the accesses made under their name (EXI 26).

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::extract::{Cursor, TraceExtract, TraceReader};
use super::line::TraceOutcome;
use super::{AccessTrace, Action, TraceError, Tracer};
use crate::context::{PatientKey, ProfessionalKey};

/// The accesses of one professional in one month of Paris.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AccessSummary {
    /// How often each act was done, whatever came of it.
    pub actions: BTreeMap<Action, u64>,
    /// The records, by patient.
    pub records: BTreeMap<PatientKey, RecordAccesses>,
    /// Acts that were refused, here or by the DMP.
    pub refused: u64,
    /// Acts in bris de glace.
    pub bris_de_glace: u64,
}

/// The accesses to one record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordAccesses {
    /// How many.
    pub accesses: u64,
    /// The first of the month, UTC.
    pub first: Timestamp,
    /// The last, UTC.
    pub last: Timestamp,
}

impl Tracer {
    /// The accesses of a professional in the month of that day, in Paris. What was done in connexion secrète is counted for
    /// a restricted reader only. The reading is traced.
    ///
    /// # Errors
    /// [`TraceError`].
    pub async fn periodic_summary(
        &self,
        professional: &ProfessionalKey,
        month: Date,
        reader: &TraceReader,
    ) -> Result<AccessSummary, TraceError> {
        let (from, to) = bounds(month);
        let extract = TraceExtract::by_ps_and_period([professional.clone()], from, to);
        self.note_reading(&reader.actor, extract.note(Action::ReadTraces, "summary of accesses")).await?;
        let mut cursor = Cursor::<AccessTrace>::over(&self.inner.access, &extract, reader.restricted);
        let mut summary = AccessSummary::default();
        while let Some(page) = cursor.next().await? {
            page.iter().for_each(|line| summary.count(line));
        }
        Ok(summary)
    }
}

impl AccessSummary {
    fn count(&mut self, line: &AccessTrace) {
        *self.actions.entry(line.action).or_default() += 1;
        self.refused += u64::from(matches!(line.outcome, TraceOutcome::Denied | TraceOutcome::Refused));
        self.bris_de_glace += u64::from(line.reason.is_some());
        let Some(ins) = &line.ins else { return };
        let patient = PatientKey::stored(ins.clone());
        let fresh = RecordAccesses { accesses: 0, first: line.at, last: line.at };
        let record = self.records.entry(patient).or_insert(fresh);
        record.accesses += 1;
        record.last = line.at;
    }
}

/// First and last microsecond of a month of Paris.
fn bounds(month: Date) -> (Timestamp, Timestamp) {
    let first = |day: Date| day.to_zoned(dmp_protocol::paris()).map_or(Timestamp::MIN, |midnight| midnight.timestamp());
    let next = month.last_of_month().saturating_add(1.day());
    let last = first(next).checked_sub(1.microsecond()).unwrap_or(Timestamp::MAX);
    (first(month.first_of_month()), last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_that_of_paris() {
        let (from, to) = bounds("2026-03-15".parse().unwrap());
        assert_eq!(from, "2026-02-28T23:00:00Z".parse().unwrap());
        assert_eq!(to, "2026-03-31T21:59:59.999999Z".parse().unwrap());
    }
}
