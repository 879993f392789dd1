//! `dmp ins`: what can be said of an INS. The number itself is never printed.

use clap::Subcommand;
use dmp_client::Realm;
use dmp_vocabulary::identity::{InsReport, Severity};
use serde_json::json;

use crate::arguments::RealmChoice;
use crate::config::default_ins_oid;
use crate::exit::{Failure, REFUSED};
use crate::output::Report;

#[derive(Debug, Subcommand)]
pub(crate) enum InsCommand {
    /// Check the form, the key and the kind of an INS; exit code 1 if no realm takes it.
    Check {
        /// Matricule of 15 characters, its OID after @ (default: that of each realm, .8 in production, .10 in test);
        /// or a CX; or the text of a datamatrix INS.
        #[arg(value_name = "NUMBER[@OID]")]
        number: String,
        /// Look at this realm only.
        #[arg(long, value_enum)]
        realm: Option<RealmChoice>,
    },
}

pub(crate) fn run(command: &InsCommand) -> Result<Report, Failure> {
    let InsCommand::Check { number, realm } = command;
    let realm = realm.map(Realm::from);
    let report = examined(number, realm);
    let verdicts: Vec<_> =
        report.realms.iter().filter(|verdict| realm.is_none_or(|realm| verdict.realm == realm)).collect();
    let taken = verdicts.iter().any(|verdict| verdict.severity != Severity::Error);
    let shown = report.to_string();
    // Its last two lines are the verdicts of the realms.
    let mut lines: Vec<String> =
        shown.lines().take(shown.lines().count().saturating_sub(2)).map(str::to_owned).collect();
    lines.extend(verdicts.iter().map(ToString::to_string));
    let value = json!({ "form": report.form, "kind": report.kind, "key": report.key, "realms": verdicts });
    let report = Report::of(lines, &value).with("accepted", taken);
    Ok(if taken { report } else { report.ending_with(REFUSED) })
}

/// A matricule alone is judged by each realm under its own OID.
fn examined(text: &str, realm: Option<Realm>) -> InsReport {
    let text = text.trim();
    if text.contains('^') || text.starts_with("IS") {
        return InsReport::of_text(text);
    }
    if let Some((number, oid)) = text.split_once('@') {
        return InsReport::of_matricule(number, oid);
    }
    let under = |realm| InsReport::of_matricule(text, default_ins_oid(realm));
    if let Some(realm) = realm {
        return under(realm);
    }
    let ([production, _], [_, test]) = (under(Realm::Production).realms, under(Realm::Test).realms);
    let mut report = InsReport::of_text(text);
    report.realms = [production, test];
    report
}
