//! What a review of alert criteria and past incidents looks at (RECO 01).

use jiff::Timestamp;

use super::{Alert, AlertState, Block, Rule, RuleId};

/// The criteria in force, and what they raised in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewReport {
    /// From this instant…
    pub from: Timestamp,
    /// …and before this one.
    pub to: Timestamp,
    /// The criteria in force when the report was made.
    pub criteria: Vec<Rule>,
    /// The alerts, oldest first.
    pub alerts: Vec<Alert>,
    /// The blocks, oldest first, with who lifted them.
    pub blocks: Vec<Block>,
}

impl ReviewReport {
    /// The alerts that turned out to be incidents.
    pub fn incidents(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().filter(|alert| alert.state == AlertState::Incident)
    }

    /// Alerts that nobody has looked at.
    pub fn open(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().filter(|alert| alert.state == AlertState::New)
    }

    /// How many alerts a criterion raised, and how many of them were incidents: one that raises many and finds none is
    /// to be set anew.
    #[must_use]
    pub fn count(&self, rule: RuleId) -> (usize, usize) {
        let of = |alerts: &mut dyn Iterator<Item = &Alert>| alerts.filter(|alert| alert.rule == rule).count();
        (of(&mut self.alerts.iter()), of(&mut self.incidents()))
    }

    /// The report as CSV, one alert a line: `rule;threshold;percent;window;enabled;response;alert;actor;from;raised;state;
    /// evidence`. A criterion that raised nothing has a line of its own, with the columns of the alert empty.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv =
            "rule;above;percent;window;enabled;response;alert;actor;from;raised_at;state;evidence\n".to_owned();
        for rule in &self.criteria {
            let criterion = format!(
                "{};{};{};{};{};{}",
                rule.id.as_str(),
                rule.threshold.above,
                rule.threshold.percent,
                rule.window,
                rule.enabled,
                rule.response.as_kept()
            );
            let mut raised = self.alerts.iter().filter(|alert| alert.rule == rule.id).peekable();
            if raised.peek().is_none() {
                csv.push_str(&format!("{criterion};;;;;;\n"));
            }
            for alert in raised {
                let evidence: Vec<String> = alert.evidence.iter().map(u64::to_string).collect();
                csv.push_str(&format!(
                    "{criterion};{};{};{};{};{};{}\n",
                    alert.id,
                    crate::csv::quoted(alert.actor.as_str()),
                    alert.from,
                    alert.raised_at,
                    alert.state.as_kept(),
                    evidence.join(" ")
                ));
            }
        }
        csv
    }
}
