//! One function per command.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cda::CdaError;
use cda::n1::N1MediaType;
use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::{
    Change, Consent, Consequence, DmpError, Document, DocumentError, ErrorKind, Existence, Finding, Hidden, Policy,
    QualifiedPatient, Record, Submission,
};
use dmp_protocol::error::{LocalRefusal, Origin};
use dmp_protocol::rules::Strictness;
use dmp_protocol::transaction::Transaction;
use serde_json::{Value, json};

use crate::acting::{Actor, Purpose};
use crate::arguments::{Arguments, Audience, Command, HiddenFrom, Patient, Send, Shared, Target};
use crate::exit::Failure;
use crate::meta::Meta;
use crate::opened::{Opened, anybody, cannot, consulting, consulting_normally, feeding, for_structure};
use crate::output::Report;
use crate::wiring::Wired;
use crate::{code, consult, doctor, dry_run, explain, init, ins, parameters, patients, web_ps};

pub(crate) async fn run(arguments: Arguments) -> Result<Report, Failure> {
    let Arguments { shared, command } = arguments;
    let report = match command {
        Command::Init { from_mock, output, force } => init::run(from_mock.as_deref(), &output, force),
        Command::Parameters(arguments) => parameters::run(&shared, &arguments).await,
        Command::Doctor(arguments) => doctor::run(&shared, &arguments).await,
        Command::Cda { command } => crate::cda::run(&shared, command).await,
        Command::Ins { command } => ins::run(&command),
        Command::Code(arguments) => code::run(&arguments),
        Command::Exists { patient } => exists(&shared, &patient).await,
        Command::Authorise { patient, withdraw } => authorise(&shared, &patient, withdraw).await,
        Command::AdminData(arguments) => patients::admin_data(&shared, &arguments).await,
        Command::Authorisations(arguments) => patients::authorisations(&shared, &arguments).await,
        Command::Authorised(arguments) => patients::authorised(&shared, &arguments).await,
        Command::SearchPatient(arguments) => patients::search_patient(&shared, &arguments).await,
        Command::Explain { code } => explain::run(&code, shared.language),
        Command::Send(send) => self::send(&shared, send).await,
        Command::Find(find) => consult::find(&shared, &find).await,
        Command::News(news) => consult::news(&shared, &news).await,
        Command::Get { unique_ids, output, patient } => consult::get(&shared, &unique_ids, &output, &patient).await,
        Command::WebPs(arguments) => web_ps::run(&shared, &arguments).await,
        Command::Delete(target) => delete(&shared, &target).await,
        Command::Hide(target) => update(&shared, &target, Update::Hide).await,
        Command::Show(target) => update(&shared, &target, Update::Show).await,
        Command::Reveal { target, to } => update(&shared, &target, Update::Reveal(to)).await,
        Command::Archive(target) => update(&shared, &target, Update::Archive).await,
        Command::Unarchive(target) => update(&shared, &target, Update::Unarchive).await,
    };
    Ok(report?.in_json(shared.json))
}

async fn exists(shared: &Shared, patient: &Patient) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let patient = wired.patient(&patient.ins)?;
    let patient_id = patient.ins().to_cx();
    let existence = existence(&wired, patient).await?;
    Ok(existence_report(&existence).with("patient_id", patient_id))
}

/// TD0.2 needs no consent.
async fn existence(wired: &Wired, patient: QualifiedPatient) -> Result<Existence, Failure> {
    let acting = &wired.acting;
    let ordinary = acting.access == Purpose::Normal && acting.secret.is_none();
    Ok(match acting.actor.unwrap_or(Actor::Air) {
        Actor::Air if ordinary => wired.air()?.before_consent(patient)?.existence().await?,
        Actor::PlainAir if ordinary => wired.plain_air()?.before_consent(patient)?.existence().await?,
        Actor::Card if ordinary && !wired.card()?.is_cpe() => {
            wired.direct()?.before_consent(patient)?.existence().await?
        }
        Actor::Air | Actor::PlainAir | Actor::Card if acting.access == Purpose::Normal => {
            let opened = wired.open(Actor::Air, patient).await?;
            anybody!(&opened, "TD0.2", record => record.existence().await?)?
        }
        _ => {
            let opened = wired.open_with(Actor::Air, patient, Consent::refused()).await?;
            anybody!(&opened, "TD0.2", record => record.existence().await?)?
        }
    })
}

/// Traits are not shown: only those of INSi count (`EX_0.2-1020`).
fn existence_report(existence: &Existence) -> Report {
    match existence {
        Existence::Absent => Report::line("no DMP").with("status", "absent"),
        Existence::Active(dmp) => {
            let authorisation = dmp.authorisation().code().to_owned();
            Report::line(format!("active, authorisation {authorisation}"))
                .with("status", "active")
                .with("authorisation", authorisation)
                .with("medecin_traitant", dmp.medecin_traitant)
                .with("attached_to_ens", dmp.attached_to_ens())
        }
        Existence::Closed(_, closing) => {
            let on = closing.on.as_ref().map(|time| time.as_str().to_owned());
            Report::line(format!("closed {}", on.as_deref().unwrap_or("at an unknown date")))
                .with("status", "closed")
                .with("closed_on", on)
                .with("reason", closing.reason.clone())
        }
        Existence::Unknown { status, .. } => {
            Report::line(format!("unknown status {status}")).with("status", status.clone())
        }
        _ => Report::line("unknown status").with("status", Value::Null),
    }
}

async fn authorise(shared: &Shared, patient: &Patient, withdraw: bool) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let patient = wired.patient(&patient.ins)?;
    let patient_id = patient.ins().to_cx();
    let change = match withdraw {
        true => withdraw_authorisation(&wired, patient).await?,
        false => match wired.open(Actor::Air, patient).await? {
            Opened::Air(record) => record.authorise().await?,
            Opened::Card(record) => record.authorise().await?,
            opened => for_structure!(&opened, "TD0.3", record => record.authorise_structure().await?)?,
        },
    };
    Ok(change_report(change, &[]).with("patient_id", patient_id))
}

/// TD0.3 SUPPRESSION: by a professional, whose patient no longer agrees to anything.
async fn withdraw_authorisation(wired: &Wired, patient: QualifiedPatient) -> Result<Change, Failure> {
    Ok(match wired.acting.actor.unwrap_or(Actor::Air) {
        Actor::Air => wired.air()?.withdraw(patient)?.remove_authorisation().await?,
        Actor::PlainAir => wired.plain_air()?.withdraw(patient)?.remove_authorisation().await?,
        Actor::Card if wired.card()?.is_cpe() => return Err(cannot("TD0.3 SUPPRESSION")),
        Actor::Card => wired.direct()?.withdraw(patient)?.remove_authorisation().await?,
        Actor::AirNonPs | Actor::Indirect => return Err(cannot("TD0.3 SUPPRESSION")),
    })
}

async fn send(shared: &Shared, send: Send) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let meta = send.meta.as_deref().map(Meta::read).transpose()?;
    let mut documents = Vec::new();
    for file in &send.files {
        documents.push(document(&wired, file, meta.as_ref()).await?);
    }
    if let (Some(replaced), [document]) = (&send.replace, documents.as_mut_slice()) {
        *document = document.clone().replacing(replaced);
    } else if send.replace.is_some() {
        return Err(Failure::input("--replace takes exactly one file"));
    }
    let mut documents = documents.into_iter();
    let first = documents.next().ok_or_else(|| Failure::input("no file to send"))?;
    let of_first = send.files.first().map(PathBuf::as_path);
    let patient = wired.patient_of(first.entry().patient_id.as_str()).map_err(|failure| failure.about(of_first))?;
    let patient_id = patient.ins().to_cx();
    let mut submission = documents.fold(Submission::of(first), Submission::and);
    for who in &send.hide_from {
        submission = submission.hidden(hidden(*who));
    }
    let opened = wired.open(Actor::Indirect, patient).await?;
    feeding!(&opened, "feeding", record => submit(record, &wired, &submission, &send, shared).await?)
        .map(|report| report.with("patient_id", patient_id))
}

async fn submit<A: Feeds, X: AccessMode>(
    record: &Record<A, X>,
    wired: &Wired,
    submission: &Submission,
    send: &Send,
    shared: &Shared,
) -> Result<Report, Failure> {
    if send.dry_run {
        return dry_run::run(record, submission, &send.files, shared.language).await;
    }
    let receipt = match record.submit(submission).await {
        Ok(receipt) => receipt,
        Err(error) => {
            let refused = refused_files(record, submission, &send.files, &error).await;
            return Err(Failure::from(error).about(refused));
        }
    };
    let mut warnings = receipt.warnings.clone();
    if shared.json {
        warnings.extend(tolerated(record, submission, &wired.policy).await?);
    }
    let sent: Vec<Value> = send
        .files
        .iter()
        .zip(submission.documents())
        .map(|(file, document)| {
            let entry = document.entry();
            json!({
                "file": file.display().to_string(),
                "unique_id": entry.unique_id,
                "hash": entry.hash,
                "size": entry.size,
            })
        })
        .collect();
    let lines = receipt.document_unique_ids.iter().map(|unique_id| format!("stored {unique_id}"));
    let report = Report::of(lines.collect(), &json!({}))
        .with("status", "stored")
        .with("unique_id", receipt.document_unique_ids.first().cloned())
        .with("submission_unique_id", receipt.submission_unique_id)
        .with("documents", sent)
        .with("warnings", warnings);
    Ok(receipt.warnings.iter().fold(report, |report, warning| report.and(format!("warning {warning}"))))
}

/// The file that a local refusal is about; a DMP refuses all of a submission.
async fn refused_files<'a, A: Feeds, X: AccessMode>(
    record: &Record<A, X>,
    submission: &Submission,
    files: &'a [PathBuf],
    error: &DmpError,
) -> Vec<&'a Path> {
    let findings = match error.origin() {
        Origin::Local(_) => record.preflight(submission).await.unwrap_or_default(),
        _ => Vec::new(),
    };
    let same = |finding: &&Finding| {
        finding.consequence == Consequence::Refused && error.rule().is_some_and(|rule| finding.rule() == rule)
    };
    match findings.iter().filter(same).find_map(|finding| files.get(finding.document?)) {
        Some(file) => vec![file],
        None => files.iter().map(PathBuf::as_path).collect(),
    }
}

/// Lenient rules that the submission breaks, each once. The checks are made again: only where a rule is lenient.
async fn tolerated<A: Feeds, X: AccessMode>(
    record: &Record<A, X>,
    submission: &Submission,
    policy: &Policy,
) -> Result<Vec<String>, Failure> {
    if policy.exceptions().next().is_none() {
        return Ok(Vec::new());
    }
    let findings = record.preflight(submission).await.map_err(Failure::input)?;
    let lenient = |rule: &str| policy.strictness(rule) == Strictness::Lenient;
    let rules: BTreeSet<String> = findings
        .iter()
        .filter(|finding| finding.consequence == Consequence::Warning && lenient(finding.rule()))
        .map(|finding| finding.rule().to_owned())
        .collect();
    Ok(rules.into_iter().collect())
}

fn hidden(who: HiddenFrom) -> Hidden {
    match who {
        HiddenFrom::Professionals => Hidden::FromProfessionals,
        HiddenFrom::Patient => Hidden::FromPatient,
        HiddenFrom::Representatives => Hidden::FromRepresentatives,
    }
}

/// A CDA as it is, a .pdf or .txt wrapped.
async fn document(wired: &Wired, file: &Path, meta: Option<&Meta>) -> Result<Document, Failure> {
    let refuse = |error: String| Failure::input(format!("{}: {error}", file.display()));
    let extension = file.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let media_type = match extension.as_deref() {
        Some("xml") => {
            return Document::from_cda_file(file).await.map_err(|error| match &error {
                DocumentError::Cda(cda) if cda.kind.rule().is_some() => Failure::settled(unreadable(cda)).about([file]),
                _ => refuse(error.to_string()),
            });
        }
        Some("pdf") => N1MediaType::Pdf,
        Some("txt") => N1MediaType::Text,
        _ => return Err(refuse("expected a .xml (CDA), .pdf or .txt file".to_owned())),
    };
    let content = tokio::fs::read(file).await.map_err(|error| refuse(error.to_string()))?;
    let wrapped = meta.unwrap_or(&Meta::default()).wrap(&wired.defaults(), &content, media_type);
    let bytes = wrapped.map_err(|failure| failure.about([file]))?;
    Document::from_cda_bytes(bytes).await.map_err(|error| refuse(error.to_string()))
}

/// X14: what the DMP would answer to a file that is no CDA.
fn unreadable(error: &CdaError) -> DmpError {
    let refusal = LocalRefusal::new("X14")
        .kind(ErrorKind::Validation)
        .meaning("the file is not a CDA document that can be read", "le fichier n'est pas un document CDA lisible")
        .found(error.to_string())
        .remedy(
            "send the file as its producer wrote it: one ClinicalDocument, well-formed XML in UTF-8, without DOCTYPE",
            "envoyer le fichier tel que son producteur l'a écrit : un ClinicalDocument, XML bien formé en UTF-8, sans DOCTYPE",
        );
    DmpError::local(refusal).with_transaction(Transaction::Submit)
}

async fn delete(shared: &Shared, target: &Target) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let patient = wired.patient(&target.patient.ins)?;
    let patient_id = patient.ins().to_cx();
    let opened = wired.open(Actor::Indirect, patient).await?;
    let updated = anybody!(&opened, "TD3.3c", record => record.delete(&target.unique_id).await?)?;
    Ok(change_report(updated.change, &updated.warnings)
        .with("unique_id", target.unique_id.clone())
        .with("patient_id", patient_id))
}

enum Update {
    Hide,
    Show,
    Reveal(Audience),
    Archive,
    Unarchive,
}

async fn update(shared: &Shared, target: &Target, update: Update) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let patient = wired.patient(&target.patient.ins)?;
    let patient_id = patient.ins().to_cx();
    let opened = wired.open(Actor::Air, patient).await?;
    let unique_id = &target.unique_id;
    let updated = match update {
        Update::Hide => consulting_normally!(&opened, "TD3.3a", record => record.mask(unique_id).await?)?,
        Update::Show => consulting_normally!(&opened, "TD3.3a", record => record.unmask(unique_id).await?)?,
        Update::Reveal(Audience::Patient) => {
            consulting_normally!(&opened, "TD3.3b", record => record.reveal_to_patient(unique_id).await?)?
        }
        Update::Reveal(Audience::Representatives) => {
            consulting_normally!(&opened, "TD3.3b", record => record.reveal_to_representatives(unique_id).await?)?
        }
        Update::Archive => consulting!(&opened, "TD3.3d", record => record.archive(unique_id).await?)?,
        Update::Unarchive => consulting!(&opened, "TD3.3d", record => record.unarchive(unique_id).await?)?,
    };
    Ok(change_report(updated.change, &updated.warnings)
        .with("unique_id", unique_id.clone())
        .with("patient_id", patient_id))
}

fn change_report(change: Change, warnings: &[String]) -> Report {
    let word = match change {
        Change::Done => "done",
        Change::Unchanged => "unchanged",
        Change::AlreadyGone => "already gone",
    };
    let report = Report::line(word).with("status", word).with("warnings", warnings.to_vec());
    warnings.iter().fold(report, |report, warning| report.and(format!("warning {warning}")))
}
