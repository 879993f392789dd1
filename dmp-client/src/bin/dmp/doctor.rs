//! `dmp doctor`: what is wrong with this installation, before the DMP says it.

use std::path::{Path, PathBuf};

use clap::Args;
use dmp_client::diagnosis::{AssertionLine, Check, ExplainedAssertion, Verdict};
use dmp_client::{DmpError, Realm};
use dmp_protocol::certificate::Certificate;
use dmp_protocol::error::{Bilingual, Language as Explained};
use serde_json::{Value, json};

use crate::arguments::{Language, Shared};
use crate::config::Config;
use crate::exit::{Failure, INPUT, UNREACHABLE};
use crate::output::Report;
use crate::terminal::one_line;
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Look at files and settings only: open no connection.
    #[arg(long)]
    offline: bool,
    /// Also PEM certificates of authorities that issued the two certificates, beside the trust anchors.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
}

/// What was found, before it is printed.
#[derive(Default)]
struct Findings {
    checks: Vec<Check>,
    /// Name of the session and what its assertion says.
    assertions: Vec<(&'static str, Vec<AssertionLine>)>,
    reached: bool,
}

pub(crate) async fn run(shared: &Shared, doctor: &Doctor) -> Result<Report, Failure> {
    let config = Config::read(&shared.config)?;
    let mut findings = Findings { reached: true, ..Findings::default() };
    findings.checks.extend(files(&config, &shared.config));
    match Wired::new(shared) {
        Err(failure) => findings.checks.push(broken("EX_GEN-1450", &failure, ("configuration", "configuration"))),
        Ok(wired) => look(&wired, doctor, &mut findings).await?,
    }
    Ok(findings.report(shared.language))
}

async fn look(wired: &Wired, doctor: &Doctor, findings: &mut Findings) -> Result<(), Failure> {
    let authorities = authorities(wired, doctor)?;
    findings.checks.extend(wired.client().diagnose(&authorities));
    // Opening a session checks what every assertion would say.
    let air = wired.air().map(|session| session.explain_assertion(&authorities));
    findings.explained("AIR simplifié", air);
    let indirect = wired.indirect().map(|session| session.explain_assertion(&authorities));
    findings.explained("INDIRECTE", indirect);
    if !doctor.offline {
        let probed = wired.client().probe().await;
        findings.reached = probed.iter().all(|check| check.verdict != Verdict::Failed);
        findings.checks.extend(probed);
    }
    Ok(())
}

impl Findings {
    fn explained(&mut self, session: &'static str, outcome: Result<Result<ExplainedAssertion, DmpError>, Failure>) {
        match outcome {
            Ok(Ok(explained)) => {
                self.checks.push(explained.signature);
                self.assertions.push((session, explained.lines));
            }
            Ok(Err(error)) => self.checks.push(broken("V30-V53", &error.into(), ("assertion", "assertion"))),
            Err(failure) => self.checks.push(broken("V30-V53", &failure, ("session", "session"))),
        }
    }

    fn worst(&self) -> Verdict {
        self.checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Passed)
    }

    /// 3 when nothing but the network is wrong.
    fn exit_code(&self) -> u8 {
        let failed = self.checks.iter().filter(|check| check.verdict == Verdict::Failed);
        match failed.filter(|check| !matches!(check.requirement, "0.1-050" | "EX_GEN-1460")).count() {
            0 if self.reached => 0,
            0 => UNREACHABLE,
            _ => INPUT,
        }
    }

    fn report(&self, language: Language) -> Report {
        let explained = match language {
            Language::En => Explained::English,
            Language::Fr => Explained::French,
        };
        let mut lines = Vec::new();
        for check in &self.checks {
            let (verdict, subject) = (check.verdict.as_str(), check.subject.get(explained));
            lines.push(format!("{verdict:8} {subject}: {} [{}]", one_line(&check.found), check.requirement));
            let remedy = check.remedy.get(explained);
            if !remedy.is_empty() {
                lines.push(format!("         -> {remedy}"));
            }
        }
        for (session, assertion) in &self.assertions {
            lines.push(String::new());
            lines.push(format!("VIHF, {session}"));
            for line in assertion {
                let rules = if line.rules.is_empty() { String::new() } else { format!(" [{}]", line.rules) };
                lines.push(format!("  {} = {}", one_line(&line.element), one_line(&line.value)));
                lines.push(format!("      {}{rules}", line.meaning.get(explained)));
            }
        }
        let checks: Vec<Value> = self.checks.iter().map(|check| as_json(check, explained)).collect();
        let assertions: Vec<Value> = self
            .assertions
            .iter()
            .map(|(session, assertion)| {
                let lines: Vec<Value> = assertion
                    .iter()
                    .map(|line| {
                        json!({
                            "element": line.element,
                            "value": line.value,
                            "meaning": line.meaning.get(explained),
                            "rules": line.rules,
                        })
                    })
                    .collect();
                json!({ "session": session, "lines": lines })
            })
            .collect();
        Report::of(lines, &json!({}))
            .with("status", self.worst().as_str())
            .with("checks", checks)
            .with("assertions", assertions)
            .ending_with(self.exit_code())
    }
}

fn as_json(check: &Check, language: Explained) -> Value {
    json!({
        "requirement": check.requirement,
        "subject": check.subject.get(language),
        "verdict": check.verdict.as_str(),
        "found": check.found,
        "remedy": check.remedy.get(language),
    })
}

/// What cannot even be put together.
fn broken(requirement: &'static str, failure: &Failure, (english, french): (&'static str, &'static str)) -> Check {
    Check {
        requirement,
        subject: Bilingual { english, french },
        verdict: Verdict::Failed,
        found: failure.brief(),
        remedy: Bilingual {
            english: "correct it and look again: more may come to light",
            french: "corriger puis regarder à nouveau : d'autres défauts peuvent apparaître",
        },
    }
}

/// The trust anchors, and the authorities that the user adds.
fn authorities(wired: &Wired, doctor: &Doctor) -> Result<Vec<Certificate>, Failure> {
    let anchors = wired.config.path(&wired.config.endpoint.trust_anchors);
    let mut authorities = Vec::new();
    for path in std::iter::once(&anchors).chain(&doctor.authorities) {
        let pem = std::fs::read(path).map_err(|error| Failure::input(format!("{}: {error}", path.display())))?;
        let read = Certificate::all_from_pem(&pem);
        authorities.extend(read.map_err(|error| Failure::input(format!("{}: {error}", path.display())))?);
    }
    Ok(authorities)
}

/// Files that hold keys or passwords are for their owner only (EXI 23).
fn files(config: &Config, path: &Path) -> Vec<Check> {
    let credentials = &config.credentials;
    let secret = [
        credentials.authentication_key.as_ref().or(Some(&credentials.authentication)),
        credentials.signing_key.as_ref().or(Some(&credentials.signing)),
        credentials.password_file.as_ref(),
    ];
    let mut secret: Vec<PathBuf> = secret.into_iter().flatten().map(|file| config.path(file)).collect();
    if credentials.password.is_some() {
        secret.push(path.to_owned());
    }
    let open: Vec<String> =
        secret.iter().filter(|file| open_to_others(file)).map(|file| file.display().to_string()).collect();
    let wrong = !open.is_empty();
    let verdict = match config.endpoint.realm {
        _ if !wrong => Verdict::Passed,
        Realm::Test => Verdict::Warning,
        Realm::Production => Verdict::Failed,
    };
    vec![Check {
        requirement: "EXI 23",
        subject: Bilingual {
            english: "rights on files that hold secrets",
            french: "droits des fichiers qui tiennent des secrets",
        },
        verdict,
        found: if wrong { format!("readable by others: {}", open.join(", ")) } else { "their owner only".to_owned() },
        remedy: match wrong {
            true => Bilingual {
                english: "chmod 600, and give the files to the account of the software",
                french: "chmod 600, et donner les fichiers au compte du logiciel",
            },
            false => Bilingual::default(),
        },
    }]
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Elsewhere access lists decide, which are not looked at.
#[cfg(not(unix))]
fn open_to_others(_: &Path) -> bool {
    false
}
