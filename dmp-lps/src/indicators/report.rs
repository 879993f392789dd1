//! The report, and its CSV.

use std::collections::HashMap;

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
    /// The five columns before the figures.
    fn key(&self) -> String {
        let fields = [
            self.site.clone(),
            self.month.to_string(),
            self.indicator.id(),
            self.kind.map_or_else(String::new, |kind| kind.as_str().to_owned()),
            self.profile.clone().unwrap_or_default(),
        ];
        fields.map(|field| quoted(&field)).join(";")
    }

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

    /// C1 to C4 of the months before `since` are those of an earlier report, where it has them: the traces that they were
    /// counted from have passed their retention since.
    #[must_use]
    pub fn with_earlier(mut self, csv: &str, since: Month) -> Self {
        let earlier: HashMap<&str, (u64, Option<u64>)> = csv.lines().skip(1).filter_map(figures).collect();
        let counted = [Indicator::C1, Indicator::C2, Indicator::C3, Indicator::C4];
        for line in self.lines.iter_mut().filter(|line| line.month < since && counted.contains(&line.indicator)) {
            if let Some((numerator, denominator)) = earlier.get(line.key().as_str()) {
                (line.numerator, line.denominator) = (*numerator, *denominator);
            }
        }
        self
    }

    /// UTF-8, separated by semicolons, with a header (project default; an official example has precedence).
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = "finess_geo;periode;indicateur;type_document;profil;numerateur;denominateur;valeur\n".to_owned();
        for line in &self.lines {
            let whole = line.denominator.map_or_else(String::new, |whole| whole.to_string());
            csv.push_str(&format!("{};{};{whole};{}\n", line.key(), line.numerator, line.value()));
        }
        csv
    }
}

/// The key of a line of CSV, and its figures: no figure holds a semicolon.
fn figures(line: &str) -> Option<(&str, (u64, Option<u64>))> {
    let [_, denominator, numerator, key] = line.rsplitn(4, ';').collect::<Vec<_>>()[..] else { return None };
    Some((key, (numerator.parse().ok()?, denominator.parse().ok())))
}
