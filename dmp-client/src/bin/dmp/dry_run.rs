//! `dmp send --dry-run`: the pre-flight report instead of the submission.

use std::path::PathBuf;

use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::{Consequence, Finding, Record, Submission};
use serde_json::{Value, json};

use crate::arguments::Language;
use crate::exit::{Failure, REFUSED};
use crate::output::Report;

pub(crate) async fn run<A: Feeds, X: AccessMode>(
    record: &Record<A, X>,
    submission: &Submission,
    files: &[PathBuf],
    language: Language,
) -> Result<Report, Failure> {
    let findings = record.preflight(submission).await.map_err(Failure::input)?;
    let count = |consequence| findings.iter().filter(|finding| finding.consequence == consequence).count();
    let [refused, faults, warnings] = [Consequence::Refused, Consequence::Fault, Consequence::Warning].map(count);
    let mut lines: Vec<String> = findings.iter().map(|finding| line(finding, files, language)).collect();
    lines.push(format!("nothing was sent: {refused} refusals, {faults} faults, {warnings} warnings"));
    let findings: Vec<Value> = findings.iter().map(|finding| as_json(finding, files, language)).collect();
    let good = refused == 0 && faults == 0;
    let report = Report::of(lines, &json!({ "findings": findings }))
        .with("status", if good { "would be sent" } else { "would be refused" })
        .with("refused", refused)
        .with("faults", faults)
        .with("warnings", warnings);
    Ok(if good { report } else { report.ending_with(REFUSED) })
}

fn line(finding: &Finding, files: &[PathBuf], language: Language) -> String {
    let mut text = format!("{} {}", finding.consequence, finding.rule());
    if let Some(file) = file(finding, files) {
        text.push_str(&format!(" in {file}"));
    }
    if let Some(xpath) = &finding.xpath {
        text.push_str(&format!(" at {xpath}"));
    }
    if let Some((line, column)) = finding.position {
        text.push_str(&format!(" (line {line}, column {column})"));
    }
    let language = language.into();
    let labels = match language {
        dmp_client::Language::English => ["found: ", "expected: ", "remedy: "],
        dmp_client::Language::French => ["trouvé : ", "attendu : ", "que faire : "],
    };
    let message = finding.message(language).map(|message| format!(": {message}"));
    let details = labels.into_iter().zip([finding.found(), finding.expected(language), finding.remedy(language)]);
    let details = details.filter_map(|(label, detail)| Some(format!("\n  {label}{}", detail?)));
    message.into_iter().chain(details).for_each(|piece| text.push_str(&piece));
    text
}

fn as_json(finding: &Finding, files: &[PathBuf], language: Language) -> Value {
    let language = language.into();
    json!({
        "consequence": finding.consequence.to_string(),
        "rule": finding.rule(),
        "file": file(finding, files),
        "xpath": finding.xpath,
        "line": finding.position.map(|(line, _)| line),
        "column": finding.position.map(|(_, column)| column),
        "message": finding.message(language),
        "found": finding.found(),
        "expected": finding.expected(language),
        "remedy": finding.remedy(language),
    })
}

fn file(finding: &Finding, files: &[PathBuf]) -> Option<String> {
    files.get(finding.document?).map(|file| file.display().to_string())
}
