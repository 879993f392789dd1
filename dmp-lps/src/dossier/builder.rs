//! What the commission gathers.

use std::collections::BTreeMap;

use dmp_client::diagnosis::{Check, Verdict};
use dmp_protocol::error::Language;

use super::review::MODALITIES_WANTED;
use super::{
    CONTRACT, DATA_PROTECTION, Dossier, DossierRefused, ProcesVerbal, REVIEWED, Refusal, Review, ReviewStatus,
};
use crate::conformity::ConformityReport;
use crate::trace::TraceSettings;
use crate::two_factor::AirSettings;

/// A dossier in the making. Nothing in it is a default: what nobody wrote is refused by [`build`](Self::build) or shown
/// as not answered.
#[derive(Clone)]
pub struct DossierBuilder {
    pub(super) proces_verbal: ProcesVerbal,
    pub(super) systems: Vec<System>,
    pub(super) reviews: BTreeMap<String, Review>,
    pub(super) technical: BTreeMap<String, Vec<String>>,
    pub(super) risks: Vec<Risk>,
    pub(super) breach_procedure: String,
    pub(super) participants: Vec<Participant>,
    pub(super) answers: BTreeMap<String, Answer>,
}

impl std::fmt::Debug for DossierBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DossierBuilder").field("proces_verbal", &self.proces_verbal).finish_non_exhaustive()
    }
}

/// A system of the establishment that accesses the DMP.
#[derive(Debug, Clone)]
pub(super) struct System {
    pub(super) name: String,
    pub(super) feeds: bool,
    pub(super) consults: bool,
}

/// An answer to a point of a checklist.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) yes: bool,
    pub(super) words: String,
}

/// A main risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// What may happen.
    pub title: String,
    /// How probable.
    pub probability: Level,
    /// How critical.
    pub criticality: Level,
    /// What was done, and what is planned.
    pub measures: String,
}

/// A level of risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

impl Level {
    pub(super) fn french(self) -> &'static str {
        match self {
            Self::Low => "faible",
            Self::Medium => "moyenne",
            Self::High => "forte",
        }
    }
}

/// A member of the commission.
#[derive(Clone, PartialEq, Eq)]
pub struct Participant {
    /// Name.
    pub name: String,
    /// Role: head or delegate, DPO, IT, vendor, patients' representative, identitovigilance…
    pub role: String,
}

impl std::fmt::Debug for Participant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Participant").field("role", &self.role).finish_non_exhaustive()
    }
}

impl DossierBuilder {
    /// A dossier that leads to this procès-verbal.
    #[must_use]
    pub fn new(proces_verbal: ProcesVerbal) -> Self {
        Self {
            proces_verbal,
            systems: Vec::new(),
            reviews: BTreeMap::new(),
            technical: BTreeMap::new(),
            risks: Vec::new(),
            breach_procedure: String::new(),
            participants: Vec::new(),
            answers: BTreeMap::new(),
        }
    }

    /// A system that accesses the DMP, for feeding, consultation or both.
    #[must_use]
    pub fn system(mut self, name: impl Into<String>, feeds: bool, consults: bool) -> Self {
        self.systems.push(System { name: name.into(), feeds, consults });
        self
    }

    /// What the commission found of a requirement; the last review of a requirement counts.
    #[must_use]
    pub fn review(mut self, review: Review) -> Self {
        self.reviews.insert(review.id.clone(), review);
        self
    }

    /// A main risk.
    #[must_use]
    pub fn risk(mut self, risk: Risk) -> Self {
        self.risks.push(risk);
        self
    }

    /// What is done when a breach of data is suspected.
    #[must_use]
    pub fn breach_procedure(mut self, procedure: impl Into<String>) -> Self {
        self.breach_procedure = procedure.into();
        self
    }

    /// A member of the commission.
    #[must_use]
    pub fn participant(mut self, name: impl Into<String>, role: impl Into<String>) -> Self {
        self.participants.push(Participant { name: name.into(), role: role.into() });
        self
    }

    /// The answer to a point of [`CONTRACT`].
    #[must_use]
    pub fn contract(self, key: impl Into<String>, yes: bool, words: impl Into<String>) -> Self {
        self.answer(key, yes, words)
    }

    /// The answer to a point of [`DATA_PROTECTION`].
    #[must_use]
    pub fn data_protection(self, key: impl Into<String>, yes: bool, words: impl Into<String>) -> Self {
        self.answer(key, yes, words)
    }

    fn answer(mut self, key: impl Into<String>, yes: bool, words: impl Into<String>) -> Self {
        self.answers.insert(key.into(), Answer { yes, words: words.into() });
        self
    }

    /// What the SDK does for each requirement, beside the review (F31). It decides no status.
    #[must_use]
    pub fn technical_rows(mut self, report: &ConformityReport) -> Self {
        for row in report.rows().iter().filter(|row| REVIEWED.contains(&row.id)) {
            if !row.items.is_empty() {
                self.note(row.id, format!("SDK : {}", row.items.join(", ")));
            }
            if !row.tests.is_empty() {
                self.note(row.id, format!("Tests : {}", row.tests.join(", ")));
            }
        }
        self
    }

    /// What the checks of the installation found (`DmpClient::diagnose`, `probe`; F32), beside the rows that they serve.
    #[must_use]
    pub fn checks(mut self, checks: &[Check]) -> Self {
        for check in checks {
            let row = REVIEWED.into_iter().find(|id| *id == check.requirement).unwrap_or(INSTALLATION);
            let verdict = match check.verdict {
                Verdict::Passed => "conforme",
                Verdict::Warning => "à surveiller",
                Verdict::Failed => "en échec",
            };
            let (subject, found) = (check.subject.get(Language::French), &check.found);
            self.note(row, format!("Contrôle {} ({subject}) : {verdict} ; {found}", check.requirement));
        }
        self
    }

    /// The settings of the traces, beside EXI 16.
    #[must_use]
    pub fn traces(mut self, settings: &TraceSettings) -> Self {
        let TraceSettings { access_months, air_years, .. } = settings;
        self.note("EXI 16", format!("Conservation des traces locales : {access_months} mois"));
        self.note("EXI 16", format!("Conservation des traces AIR : {air_years} ans après la fermeture du DMP"));
        self
    }

    /// The settings of AIR, beside EXI 21, 24 and 25.
    #[must_use]
    pub fn air(mut self, settings: &AirSettings) -> Self {
        let hours = settings.max_evidence_age.as_hours();
        self.note("EXI 21", format!("Deux facteurs de natures différentes, datant de {hours} heures au plus"));
        let structures = settings.structures.len();
        self.note("EXI 24", format!("Établissements d'où l'AIR est utilisé : {structures}"));
        self.note("EXI 25", format!("Texte de sensibilisation : {}", settings.awareness_text));
        self
    }

    fn note(&mut self, row: &str, text: String) {
        self.technical.entry(row.to_owned()).or_default().push(text);
    }

    /// The dossier.
    ///
    /// # Errors
    /// [`DossierRefused`], with everything that is missing: an EXI that is not reviewed, one that is not met without a
    /// reservation, a FINESS of the certificates outside the list…
    pub fn build(self) -> Result<Dossier, DossierRefused> {
        let mut refusals = self.proces_verbal.refusals();
        for id in REVIEWED {
            refusals.extend(self.review_refusals(id));
        }
        let known = |id: &str| REVIEWED.contains(&id);
        let reviews = self.reviews.keys().filter(|id| !known(id));
        refusals.extend(reviews.map(|id| Refusal::UnknownRequirement(id.clone())));
        let reservations = self.proces_verbal.reservations.iter().map(|one| &one.requirement).filter(|id| !known(id));
        refusals.extend(reservations.map(|id| Refusal::UnknownReservation(id.clone())));

        let points = CONTRACT.iter().map(|one| one.key).chain(DATA_PROTECTION.iter().map(|one| one.key));
        let points: Vec<&str> = points.collect();
        let unknown = self.answers.keys().filter(|key| !points.contains(&key.as_str()));
        refusals.extend(unknown.map(|key| Refusal::UnknownPoint(key.clone())));
        if self.reviews.get("EXI 26").is_some_and(|review| review.status == ReviewStatus::Met) {
            let lacking = CONTRACT.iter().filter(|point| !self.answers.get(point.key).is_some_and(|answer| answer.yes));
            refusals.extend(lacking.map(|point| Refusal::Contract(point.key)));
        }
        let parts = [
            ("system that accesses the DMP", self.systems.is_empty()),
            ("main risk", self.risks.is_empty()),
            ("procedure on a suspected breach", self.breach_procedure.trim().is_empty()),
            ("participant of the commission", self.participants.is_empty()),
        ];
        refusals.extend(parts.into_iter().filter(|(_, empty)| *empty).map(|(part, _)| Refusal::Missing(part)));
        match refusals.is_empty() {
            true => Ok(Dossier { of: self }),
            false => Err(DossierRefused(refusals)),
        }
    }

    fn review_refusals(&self, id: &'static str) -> Option<Refusal> {
        let Some(review) = self.reviews.get(id) else {
            // A recommendation may be left aside; the dossier then shows it.
            return id.starts_with("EXI").then_some(Refusal::NotReviewed(id));
        };
        let reserved =
            self.proces_verbal.reservations.iter().any(|one| one.requirement == id && !one.text.trim().is_empty());
        if review.status == ReviewStatus::NotMet && !reserved {
            return Some(Refusal::NoReservation(id));
        }
        let wanted = MODALITIES_WANTED.contains(&id) && review.status != ReviewStatus::NotApplicable;
        (wanted && review.modalities.trim().is_empty()).then_some(Refusal::NoModalities(id))
    }
}

/// Where the checks stand that serve no requirement of the review.
pub(super) const INSTALLATION: &str = "installation";
