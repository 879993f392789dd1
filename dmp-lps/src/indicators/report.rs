//! The report, and its CSV.

use super::{DocumentKind, Indicator, Measure, Month};
use crate::csv::quoted;

/// The indicators of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorReport {
    pub(super) lines: Vec<IndicatorLine>,
    pub(super) unplaced: u64,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorLine {
    /// FINESS géographique.
    pub site: String,
    /// Month.
    pub month: Month,
    /// Indicator.
    pub indicator: Indicator,
    /// Kind of documents, for the indicators that tell them apart.
    pub kind: Option<DocumentKind>,
    /// Profile of the users, for C1.
    pub profile: Option<String>,
    /// The number, or the part.
    pub numerator: u64,
    /// The whole; `None` for a number.
    pub denominator: Option<u64>,
}

impl IndicatorLine {
    /// The number, or the part of the whole with four decimals; empty when the whole is nothing.
    #[must_use]
    pub fn value(&self) -> String {
        match (self.indicator.measure(), self.denominator) {
            (Measure::Count, _) => self.numerator.to_string(),
            (Measure::Share, None | Some(0)) => String::new(),
            // Numbers of an establishment: far below what a float holds exactly.
            #[expect(clippy::cast_precision_loss, reason = "counts of an establishment")]
            (Measure::Share, Some(whole)) => format!("{:.4}", self.numerator as f64 / whole as f64),
        }
    }
}

impl IndicatorReport {
    /// One line for each combination, by site, month, indicator, kind and profile.
    #[must_use]
    pub fn lines(&self) -> &[IndicatorLine] {
        &self.lines
    }

    /// Feedings and consultations of the period whose episode, or user, the software does not know: they are in no line.
    #[must_use]
    pub fn unplaced(&self) -> u64 {
        self.unplaced
    }

    /// UTF-8, separated by semicolons, with a header (project default; an official example has precedence).
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = "finess_geo;periode;indicateur;type_document;profil;numerateur;denominateur;valeur\n".to_owned();
        for line in &self.lines {
            let fields = [
                line.site.clone(),
                line.month.to_string(),
                line.indicator.id(),
                line.kind.map_or_else(String::new, |kind| kind.as_str().to_owned()),
                line.profile.clone().unwrap_or_default(),
                line.numerator.to_string(),
                line.denominator.map_or_else(String::new, |whole| whole.to_string()),
                line.value(),
            ];
            csv.push_str(&fields.map(|field| quoted(&field)).join(";"));
            csv.push('\n');
        }
        csv
    }
}
