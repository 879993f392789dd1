//! The columns of an extraction.

use jiff::Timestamp;

use crate::csv::quoted;
use crate::trace::{AccessTrace, AirTrace, TracedDocument};

/// A line of a trace as a row of a file.
pub(in crate::trace) trait Columns {
    /// Names of the columns (project default).
    const NAMES: &'static [&'static str];

    /// The values, in the order of the names.
    fn values(&self) -> Vec<String>;
}

impl Columns for AccessTrace {
    const NAMES: &'static [&'static str] = &[
        "seq",
        "dateTime",
        "actor_local",
        "actor_national",
        "structure",
        "patient_local",
        "ins",
        "episode",
        "action",
        "documents",
        "transaction",
        "outcome",
        "code",
        "vihfId",
        "detail",
    ];

    fn values(&self) -> Vec<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        vec![
            self.seq.to_string(),
            both_times(self.at),
            text(&self.user),
            text(&self.professional),
            text(&self.structure),
            text(&self.patient_local),
            text(&self.ins),
            text(&self.episode),
            self.action.to_string(),
            self.documents.iter().map(document).collect::<Vec<_>>().join(","),
            text(&self.transaction),
            self.outcome.as_str().to_owned(),
            text(&self.code),
            self.assertions.join(","),
            detail(self),
        ]
    }
}

impl Columns for AirTrace {
    const NAMES: &'static [&'static str] = &[
        "seq",
        "dateTime",
        "vihfId",
        "idNatStruct",
        "idNatPs",
        "statut",
        "transactionId",
        "samlAuthContext",
        "ins",
        "certificateSerial",
        "outcome",
    ];

    fn values(&self) -> Vec<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        vec![
            self.seq.to_string(),
            both_times(self.date_time),
            self.vihf_id.clone(),
            self.id_nat_struct.clone(),
            self.id_nat_ps.clone(),
            self.statut.as_str().to_owned(),
            self.transaction_id.clone(),
            text(&self.saml_auth_context),
            text(&self.ins),
            text(&self.certificate_serial),
            text(&self.outcome),
        ]
    }
}

/// UTC, then the hour of Paris: `2026-03-02T08:00:00Z 2026-03-02T09:00:00+01:00`.
fn both_times(at: Timestamp) -> String {
    format!("{at} {}", local(at))
}

/// The hour of Paris, RFC 3339.
pub(super) fn local(at: Timestamp) -> String {
    at.to_zoned(dmp_protocol::paris()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

fn document(document: &TracedDocument) -> String {
    match &document.type_code {
        Some(code) => format!("{} ({code})", document.unique_id),
        None => document.unique_id.clone(),
    }
}

/// What has no column of its own.
fn detail(line: &AccessTrace) -> String {
    let words = [
        (line.access != "normal").then(|| line.access.clone()),
        line.reason.as_ref().map(|reason| format!("reason: {reason}")),
        line.secret.then(|| "connexion secrète".to_owned()),
        line.detail.clone(),
        line.listed.map(|listed| format!("{listed} documents listed")),
        line.duration_ms.map(|duration| format!("{duration} ms")),
        line.workstation.as_ref().map(|workstation| format!("at {workstation}")),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(" | ")
}

/// One row. A field that a spreadsheet would take for a formula begins with an apostrophe.
pub(super) fn row<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let fields: Vec<String> = values.into_iter().map(field).collect();
    let mut row = fields.join(";");
    row.push_str("\r\n");
    row
}

fn field(value: &str) -> String {
    let value = match value.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t') => format!("'{value}"),
        _ => value.to_owned(),
    };
    quoted(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_to_its_columns() {
        let cases = [("plain", "plain"), ("a;b", "\"a;b\""), ("=1+1", "'=1+1")];
        for (value, expected) in cases {
            assert_eq!(row([value, "x"]), format!("{expected};x\r\n"));
        }
    }

    #[test]
    fn the_local_hour_is_that_of_the_season() {
        let at = |text: &str| both_times(text.parse().unwrap());
        assert_eq!(at("2026-03-02T08:00:00Z"), "2026-03-02T08:00:00Z 2026-03-02T09:00:00+01:00");
        assert_eq!(at("2026-07-02T08:00:00.5Z"), "2026-07-02T08:00:00.5Z 2026-07-02T10:00:00.5+02:00");
    }
}
