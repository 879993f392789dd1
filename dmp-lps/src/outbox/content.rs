//! What a document says for itself when it is queued: its place among its versions, and all that speaks against it whoever
//! sends it.

use std::io::{self, Read};
use std::path::PathBuf;

use bytes::Bytes;
use cda::{CdaLimits, Header, InstanceIdentifier};
use dmp_client::submission::Cause;
use dmp_client::{Consequence, Document, DocumentError, Finding, Hidden, Submission};
use dmp_xml::c14n::{Algorithm, Canonicalizer};
use dmp_xml::{Event, Limits, Reader};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use xds_model::{DocumentEntry, Dtm};

use super::feeder::qualified;
use super::{Faults, OutboxSettings, Reason, Warning};
use crate::context::PatientKey;

/// Longest title, in characters (`EX_2.1-1020`).
const TITLE_MAX: usize = 128;

/// Where the bytes of a document are.
pub(super) enum Source {
    File(PathBuf),
    Bytes(Bytes),
}

impl Source {
    pub(super) async fn document(&self) -> Result<Document, DocumentError> {
        match self {
            Self::File(path) => Document::from_cda_file(path).await,
            Self::Bytes(bytes) => Document::from_cda_bytes(bytes.clone()).await,
        }
    }

    /// All of them.
    pub(super) async fn bytes(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::File(path) => tokio::fs::read(path).await,
            Self::Bytes(bytes) => Ok(bytes.to_vec()),
        }
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Self::File(path) => Box::new(io::BufReader::new(std::fs::File::open(path)?)),
            Self::Bytes(bytes) => Box::new(io::Cursor::new(bytes.clone())),
        })
    }
}

/// What was read of a document.
pub(super) struct Examined {
    pub(super) entry: DocumentEntry,
    pub(super) set_id: Option<String>,
    pub(super) version: Option<u64>,
    pub(super) parent: Option<String>,
    pub(super) documented_at: Option<Timestamp>,
    pub(super) substance: String,
    pub(super) reasons: Vec<Reason>,
    pub(super) warnings: Vec<Warning>,
}

/// Reads a document, and everything that can be said of it without its sender and without the DMP.
pub(super) async fn examine(
    document: Document,
    source: Source,
    patient: &PatientKey,
    hidden: &[Hidden],
    settings: &OutboxSettings,
) -> Result<Examined, DocumentError> {
    let document = hidden.iter().fold(document, |document, flag| document.hidden(*flag));
    let (entry, version) = (document.entry().clone(), document.version().clone());
    let of_header = entry.clone();
    let read_again = tokio::task::spawn_blocking(move || ReadAgain::of(&source, &of_header)).await;
    let ReadAgain { header, substance } = read_again.unwrap_or_else(|error| Err(io::Error::other(error).into()))?;

    let submission = Submission::of(document);
    // An INS that cannot be read or opens no DMP is a reason of its own.
    let findings = match qualified(patient) {
        Ok(patient) if patient.ins().opens_dmp() => {
            submission.examine(&patient, &settings.policy, settings.cumulation).await?
        }
        _ => Vec::new(),
    };
    let has_birth_place = header.patient.as_ref().is_some_and(|patient| patient.birth_place.is_some());
    Ok(Examined {
        reasons: reasons(&entry, &findings, settings.faults),
        warnings: settings.warnings.of(&entry, has_birth_place),
        documented_at: entry.creation_time.as_ref().and_then(Dtm::timestamp),
        set_id: header.set_id.as_ref().map(whole),
        version: version.number,
        parent: version.replaces,
        entry,
        substance,
    })
}

/// Two documents may share the root of their sets.
fn whole(id: &InstanceIdentifier) -> String {
    match &id.extension {
        Some(extension) => format!("{}^{extension}", id.root),
        None => id.root.clone(),
    }
}

fn reasons(entry: &DocumentEntry, findings: &[Finding], faults: Faults) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = findings.iter().filter_map(|finding| reason(entry, finding, faults)).collect();
    if bad_title(entry) {
        reasons.push(Reason::Title);
    }
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

fn reason(entry: &DocumentEntry, finding: &Finding, faults: Faults) -> Option<Reason> {
    let reason = match (finding.consequence, &finding.cause) {
        (Consequence::Refused, Cause::Refusal(refusal)) => Reason::of_rule(refusal.rule()?),
        (Consequence::Refused, _) => Some(Reason::CdaInvalid),
        (Consequence::Fault, _) if faults == Faults::Enforce => Some(Reason::CdaInvalid),
        _ => None,
    };
    // A title that is refused has a reason of its own.
    let about_title = || {
        let place = finding.xpath.as_deref().is_some_and(|xpath| xpath.contains("title"));
        place || finding.found().is_some_and(|found| found == "no title" || found.starts_with("a title "))
    };
    reason.filter(|reason| *reason != Reason::CdaInvalid || !bad_title(entry) || !about_title())
}

fn bad_title(entry: &DocumentEntry) -> bool {
    let title = entry.title.as_deref().unwrap_or_default().trim();
    title.is_empty() || title.chars().count() > TITLE_MAX
}

/// What one more reading gives.
struct ReadAgain {
    header: Header,
    substance: String,
}

impl ReadAgain {
    fn of(source: &Source, entry: &DocumentEntry) -> Result<Self, DocumentError> {
        let header = cda::read(source.open()?, &CdaLimits::default())?.header;
        Ok(Self { header, substance: substance(source.open()?, entry)? })
    }
}

/// SHA-256 of the body, as canonical XML, and of the metadata but for what every version changes.
fn substance(source: impl Read, entry: &DocumentEntry) -> io::Result<String> {
    let mut sha256 = Sha256::new();
    body(source, |piece| sha256.update(piece)).map_err(io::Error::other)?;
    let mut entry = entry.clone();
    entry.unique_id = String::new();
    (entry.hash, entry.size, entry.creation_time) = (None, None, None);
    sha256.update(serde_json::to_vec(&entry).map_err(io::Error::other)?);
    Ok(sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `ClinicalDocument/component`, in canonical form.
fn body(source: impl Read, sink: impl FnMut(&[u8])) -> Result<(), dmp_xml::XmlError> {
    let mut canonical = Canonicalizer::new(Algorithm::inclusive(), sink);
    let mut reader = Reader::new(source, Limits::default());
    let (mut depth, mut body_at) = (0_usize, None);
    loop {
        let event = reader.next()?;
        match &event {
            Event::Eof => return Ok(()),
            Event::Start(tag) => {
                depth += 1;
                if body_at.is_none() && tag.name.local == "component" {
                    body_at = Some(depth);
                }
            }
            _ => {}
        }
        if body_at.is_some() {
            canonical.event(&event);
        }
        if matches!(event, Event::End) {
            depth = depth.saturating_sub(1);
            if body_at.is_some_and(|at| depth < at) {
                return Ok(());
            }
        }
    }
}
