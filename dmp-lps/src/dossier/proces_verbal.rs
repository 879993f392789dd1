//! The procès-verbal that the head of the establishment signs.

use std::collections::BTreeSet;
use std::fmt;

use dmp_protocol::certificate::Certificate;
use dmp_vocabulary::identity::Finess;
use jiff::Span;
use jiff::civil::Date;

use super::Refusal;
use crate::clock::{Clock, day};

/// The longest homologation, in months (probable).
pub(super) const LONGEST: u8 = 36;

/// How many months before the end [`ProcesVerbal::renewal`] reminds (project default).
pub const REMIND_BEFORE: i32 = 3;

/// The procès-verbal of an auto-homologation. `Debug` does not name its people.
#[derive(Clone, PartialEq, Eq)]
pub struct ProcesVerbal {
    pub(super) structure: String,
    pub(super) legal_id: String,
    pub(super) on: Date,
    pub(super) months: u8,
    pub(super) signatory: String,
    pub(super) referential: String,
    pub(super) reservations: Vec<Reservation>,
    pub(super) certificate_ids: BTreeSet<String>,
    pub(super) finess: BTreeSet<String>,
    pub(super) contact: String,
}

/// What is not met, and what will be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The requirement (`EXI 08`).
    pub requirement: String,
    /// What will be done, and by when.
    pub text: String,
}

/// Whether a new homologation is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// Not yet: it holds up to and including that day.
    NotYet(Date),
    /// Begin now: it holds up to and including that day.
    Due(Date),
    /// It ended on that day: AIR simplifié is no longer covered.
    Ended(Date),
}

impl fmt::Debug for ProcesVerbal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcesVerbal").field("on", &self.on).field("months", &self.months).finish_non_exhaustive()
    }
}

impl ProcesVerbal {
    /// Of a structure, by its label and its legal identifier, on a day in Paris, for so many months.
    #[must_use]
    pub fn new(structure: impl Into<String>, legal_id: impl Into<String>, on: Date, months: u8) -> Self {
        Self {
            structure: structure.into(),
            legal_id: legal_id.into(),
            on,
            months,
            signatory: String::new(),
            referential: String::new(),
            reservations: Vec::new(),
            certificate_ids: BTreeSet::new(),
            finess: BTreeSet::new(),
            contact: String::new(),
        }
    }

    /// Who will sign: the head of the establishment or a delegate.
    #[must_use]
    pub fn signed_by(mut self, signatory: impl Into<String>) -> Self {
        self.signatory = signatory.into();
        self
    }

    /// The version of the référentiel that was reviewed.
    #[must_use]
    pub fn referential(mut self, version: impl Into<String>) -> Self {
        self.referential = version.into();
        self
    }

    /// A reservation.
    #[must_use]
    pub fn reservation(mut self, requirement: impl Into<String>, text: impl Into<String>) -> Self {
        self.reservations.push(Reservation { requirement: requirement.into(), text: text.into() });
        self
    }

    /// An establishment that the homologation covers.
    #[must_use]
    pub fn establishment(mut self, finess: &Finess) -> Self {
        self.finess.insert(finess.as_str().to_owned());
        self
    }

    /// A certificate of the IGC Santé that serves: its structure is carried over.
    #[must_use]
    pub fn certificate(mut self, certificate: &Certificate) -> Self {
        self.certificate_ids.extend(certificate.structure_id().map(str::to_owned));
        self
    }

    /// The operational contact of the Assurance Maladie in the establishment.
    #[must_use]
    pub fn contact(mut self, contact: impl Into<String>) -> Self {
        self.contact = contact.into();
        self
    }

    /// The last day that it covers, in Paris; the day of the month is clamped to the month.
    #[must_use]
    pub fn last_day(&self) -> Date {
        after(self.on, i32::from(self.months))
    }

    /// Whether a new one is needed, [`REMIND_BEFORE`] months before the end.
    #[must_use]
    pub fn renewal(&self, clock: &impl Clock) -> Renewal {
        let (today, last) = (day(clock.now()), self.last_day());
        match () {
            () if today > last => Renewal::Ended(last),
            () if today >= after(last, -REMIND_BEFORE) => Renewal::Due(last),
            () => Renewal::NotYet(last),
        }
    }

    pub(super) fn refusals(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if !(1..=LONGEST).contains(&self.months) {
            refusals.push(Refusal::Months { found: self.months, longest: LONGEST });
        }
        let parts = [
            ("structure", &self.structure),
            ("legal identifier", &self.legal_id),
            ("signatory", &self.signatory),
            ("version of the référentiel", &self.referential),
            ("operational contact", &self.contact),
        ];
        let empty = parts.into_iter().filter(|(_, text)| text.trim().is_empty());
        refusals.extend(empty.map(|(part, _)| Refusal::Missing(part)));
        // Struct_IdNat: `1` and a FINESS; other kinds of numbers name no establishment of the list.
        let carried = self.certificate_ids.iter().filter_map(|id| id.strip_prefix('1'));
        let unlisted = carried.filter(|finess| !self.finess.contains(*finess));
        refusals.extend(unlisted.map(|finess| Refusal::FinessNotListed(finess.to_owned())));
        refusals
    }
}

fn after(day: Date, months: i32) -> Date {
    Span::new().try_months(months).and_then(|span| day.checked_add(span)).unwrap_or(day)
}
