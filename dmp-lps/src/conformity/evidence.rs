//! The messages of one scenario, as a certification asks for them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dmp_client::Capture;
use secrecy::SecretString;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::redaction::Redaction;
use crate::private_folder::private_folder;

/// Records the complete requests and responses of one scenario, all MIME parts included.
///
/// Give [`capture`](Self::capture) to the builder of the client that plays the scenario; [`finish`](Self::finish) then
/// writes the messages without their secrets. Until then the raw messages lie in a folder of their owner; they are deleted
/// when the recorder ends, finished or not.
///
/// ```no_run
/// # fn program(builder: dmp_client::DmpClientBuilder) -> Result<(), Box<dyn std::error::Error>> {
/// use dmp_lps::conformity::EvidenceRecorder;
///
/// let recorder = EvidenceRecorder::begin("evidence", "2.1-010")?.hiding_patients();
/// let client = builder.capture(recorder.capture()).build()?;
/// // … the scenario …
/// let evidence = recorder.finish()?;
/// println!("{} messages in {}", evidence.messages.len(), evidence.folder.display());
/// # Ok(())
/// # }
/// ```
pub struct EvidenceRecorder {
    scenario: String,
    folder: PathBuf,
    raw: PathBuf,
    capture: Capture,
    redaction: Redaction,
}

impl std::fmt::Debug for EvidenceRecorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EvidenceRecorder").field("scenario", &self.scenario).finish_non_exhaustive()
    }
}

/// What was recorded; also written as `manifest.json` beside the messages.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    /// The scenario.
    pub scenario: String,
    /// Whether numbers of patients are hidden.
    pub patients_hidden: bool,
    /// Where the messages are.
    #[serde(skip)]
    pub folder: PathBuf,
    /// The messages, in the order of the wire.
    pub messages: Vec<RecordedMessage>,
}

/// One request or response.
#[derive(Debug, Clone, Serialize)]
pub struct RecordedMessage {
    /// Its file, such as `001-TD2.1-request.http`: head and body as on the wire, secrets starred.
    pub file: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Places that are starred.
    pub hidden: usize,
}

/// What could not be recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// The name of a scenario becomes a folder.
    #[error("F31: the scenario `{0}` cannot name a folder: use letters, digits, `.`, `-` and `_`")]
    Scenario(String),
    /// This scenario was recorded already.
    #[error("F31: {} holds evidence already: move it away, or record under another name", .0.display())]
    Exists(PathBuf),
    /// The disk.
    #[error("F31: the evidence cannot be written: {0}")]
    Io(#[from] io::Error),
}

impl EvidenceRecorder {
    /// Begins the record of a scenario below `folder`. Reads and makes folders: not for an async context.
    ///
    /// # Errors
    /// [`EvidenceError`].
    pub fn begin(folder: impl AsRef<Path>, scenario: &str) -> Result<Self, EvidenceError> {
        let plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_');
        if scenario.is_empty() || scenario.starts_with('.') || !scenario.chars().all(plain) {
            return Err(EvidenceError::Scenario(scenario.to_owned()));
        }
        let target = folder.as_ref().join(scenario);
        if target.exists() {
            return Err(EvidenceError::Exists(target));
        }
        let raw = folder.as_ref().join(format!(".{scenario}.raw"));
        if raw.exists() {
            // Left by a program that was killed.
            fs::remove_dir_all(&raw)?;
        }
        private_folder(&raw)?;
        let capture = Capture::directory(&raw)?;
        Ok(Self { scenario: scenario.to_owned(), folder: target, raw, capture, redaction: Redaction::default() })
    }

    /// Hides a text wherever it stands, beside what is always hidden: the homologation number, the headers that carry
    /// tokens and cookies.
    #[must_use]
    pub fn hiding(mut self, secret: SecretString) -> Self {
        self.redaction.secrets.push(secret);
        self
    }

    /// Hides the numbers of patients too. What is inside compressed content, such as a PDF, is not seen.
    #[must_use]
    pub fn hiding_patients(mut self) -> Self {
        self.redaction.patients = true;
        self
    }

    /// What the client that plays the scenario captures with.
    #[must_use]
    pub fn capture(&self) -> Capture {
        self.capture.clone()
    }

    /// Writes the evidence and deletes the raw messages. Reads and writes files: not for an async context.
    ///
    /// # Errors
    /// [`EvidenceError`].
    pub fn finish(self) -> Result<Evidence, EvidenceError> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(&self.raw)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        files.sort();
        fs::create_dir(&self.folder)?;
        private_folder(&self.folder)?;
        let mut messages = Vec::new();
        for path in files {
            let mut message = fs::read(&path)?;
            let hidden = self.redaction.apply(&mut message);
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            fs::write(self.folder.join(&file), &message)?;
            let sha256 = Sha256::digest(&message).iter().map(|byte| format!("{byte:02x}")).collect();
            messages.push(RecordedMessage { file, bytes: message.len(), sha256, hidden });
        }
        let evidence = Evidence {
            scenario: self.scenario.clone(),
            patients_hidden: self.redaction.patients,
            folder: self.folder.clone(),
            messages,
        };
        let manifest = serde_json::to_vec_pretty(&evidence).map_err(io::Error::from)?;
        fs::write(self.folder.join("manifest.json"), manifest)?;
        Ok(evidence)
    }
}

impl Drop for EvidenceRecorder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.raw) {
            tracing::warn!(path = %self.raw.display(), %error, "raw messages of a scenario stay behind: delete them");
        }
    }
}
