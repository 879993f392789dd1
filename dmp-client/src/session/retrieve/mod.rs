//! TD3.2: the bytes of documents, as they were submitted, streamed.

mod parts;
mod slot;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use dmp_protocol::transaction::Transaction;
use tokio::fs::File;
use tokio::io::AsyncWrite;
use tracing::Instrument;
use xds_model::iti43::{DocumentRequest, RetrieveRequest};

use self::slot::Slot;
use super::caller::{Body, Caller, Voice};
use super::search::Target;
use super::state::DocumentState;
use super::watching::{About, Watched};
use crate::failure::Origin;
use crate::watch::{Act, Direction, End, Transfer, WatchedDocument};
use crate::{DmpError, ErrorKind, failure};

/// OID of the repository of the DMP.
const REPOSITORY: &str = "1.2.250.1.213.4.1.1.1.2";

/// What was retrieved, once all its bytes were written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retrieved {
    /// uniqueId of the document.
    pub unique_id: String,
    /// MIME type that the repository says.
    pub mime_type: String,
    /// Bytes received.
    pub size: u64,
    /// SHA-1 of the bytes received, 40 lower-case hexadecimal digits.
    pub sha1: String,
    /// Whether size and SHA-1 were compared with an entry: true when the document was named by its entry, and is not a
    /// substitute.
    pub verified: bool,
    /// Whether the DMP gave a text instead of an imaging reference (KOS): it does so to software that is not declared
    /// compatible with the sharing of imaging.
    pub substitute: bool,
    /// What must alert whoever opens the document, by its entry: none is known of a document named by its uniqueId.
    pub alerts: Vec<DocumentState>,
    /// Codes of the warnings that came with the answer.
    pub warnings: Vec<String>,
}

/// A document to retrieve among others, and where its bytes go.
pub struct Delivery<'a> {
    target: Target,
    sink: &'a mut (dyn AsyncWrite + Unpin + Send),
}

impl<'a> Delivery<'a> {
    /// After an error, what was written to the sink is to be discarded.
    pub fn new(document: impl Into<Target>, sink: &'a mut (dyn AsyncWrite + Unpin + Send)) -> Self {
        Self { target: document.into(), sink }
    }
}

impl std::fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Caller {
    /// Several documents in one request; each has its own outcome, in the order given.
    pub(crate) async fn retrieve_all(
        &self,
        deliveries: Vec<Delivery<'_>>,
    ) -> Result<Vec<Result<Retrieved, DmpError>>, DmpError> {
        let mut targets = Vec::new();
        let mut sinks = Vec::new();
        for Delivery { target, sink } in deliveries {
            targets.push(target);
            sinks.push(sink);
        }
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        check(&targets)?;
        let request = RetrieveRequest { documents: targets.iter().map(document_request).collect() };
        let documents: Vec<WatchedDocument> = targets.iter().map(Target::watched).collect();
        let about = About::new(Act::Retrieve, Transaction::Retrieve).documents(documents.iter().cloned());
        let voice = self.voice();
        let watched = voice.begin(about).await?;
        let mut slots: Vec<Slot<'_>> =
            targets.iter().zip(sinks).map(|(target, sink)| Slot::new(target, sink)).collect();
        let origin = match voice.received(&watched, Arc::new(move |w| request.write(w)), &mut slots).await {
            Ok(origin) => origin,
            Err(error) => return watched.end(Err(error)).await,
        };
        let mut outcomes = Vec::new();
        for slot in slots {
            outcomes.push(slot.finish(&origin).await);
        }
        let received = documents.into_iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok());
        watched.give(received.map(|(document, _)| document));
        watched.end_in(end_of(&outcomes)).await;
        Ok(outcomes)
    }

    pub(crate) async fn retrieve(
        &self,
        target: Target,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<Retrieved, DmpError> {
        let mut outcomes = self.retrieve_all(vec![Delivery { target, sink }]).await?;
        // One delivery has one outcome.
        outcomes.pop().unwrap_or_else(|| Err(nothing_asked()))
    }

    /// Into files: each is written beside its place under a temporary name, so that no name ever holds half a document.
    pub(crate) async fn retrieve_to_files(
        &self,
        documents: Vec<(Target, PathBuf)>,
    ) -> Result<Vec<Result<Retrieved, DmpError>>, DmpError> {
        let io = |error| failure::destination(Transaction::Retrieve, error);
        let mut partial = PartialFiles::default();
        let mut files = Vec::new();
        for (_, path) in &documents {
            files.push(partial.create(path).await.map_err(io)?);
        }
        let targets = documents.iter().map(|(target, _)| target.clone());
        let deliveries = targets.zip(&mut files).map(|(target, file)| Delivery::new(target, file)).collect();
        let mut outcomes = self.retrieve_all(deliveries).await?;
        drop(files);
        for ((outcome, (_, path)), written) in outcomes.iter_mut().zip(&documents).zip(&partial.0) {
            if outcome.is_ok()
                && let Err(error) = tokio::fs::rename(written, path).await
            {
                *outcome = Err(io(error));
            }
        }
        Ok(outcomes)
    }

    pub(crate) async fn retrieve_to_file(&self, target: Target, path: &Path) -> Result<Retrieved, DmpError> {
        let mut outcomes = self.retrieve_to_files(vec![(target, path.to_owned())]).await?;
        outcomes.pop().unwrap_or_else(|| Err(nothing_asked()))
    }

    pub(crate) async fn retrieve_bytes(&self, target: Target) -> Result<Bytes, DmpError> {
        let mut bytes = Vec::new();
        self.retrieve(target, &mut bytes).await?;
        Ok(bytes.into())
    }
}

impl Voice {
    async fn received(&self, watched: &Watched, body: Body, slots: &mut [Slot<'_>]) -> Result<Origin, DmpError> {
        let response = self.response(watched, Transaction::Retrieve, body).await?;
        let sizes = slots.iter().map(|slot| slot.target.entry.as_ref()?.size);
        let of = sizes.sum::<Option<u64>>();
        let call = watched.call();
        let tell = |bytes| call.transferred(Transfer { direction: Direction::Received, bytes, of });
        parts::receive(response, slots, &tell).instrument(call.span()).await
    }
}

/// A retrieval that gives something is done.
fn end_of(outcomes: &[Result<Retrieved, DmpError>]) -> End {
    let given = outcomes.iter().any(Result::is_ok);
    outcomes.first().filter(|_| !given).map_or(End::Done, End::from)
}

/// Files not yet known to be whole: what is not renamed is removed.
#[derive(Default)]
struct PartialFiles(Vec<PathBuf>);

impl PartialFiles {
    async fn create(&mut self, path: &Path) -> std::io::Result<File> {
        let partial = partial_name(path);
        let file = File::create_new(&partial).await?;
        self.0.push(partial);
        Ok(file)
    }
}

impl Drop for PartialFiles {
    fn drop(&mut self) {
        for path in &self.0 {
            // A renamed file is no longer there; one that cannot be removed changes nothing to the outcome.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", uuid::Uuid::new_v4().simple()));
    path.with_file_name(name)
}

fn document_request(target: &Target) -> DocumentRequest {
    let repository = target.entry.as_ref().and_then(|entry| entry.repository_unique_id.clone());
    DocumentRequest {
        repository_unique_id: repository.filter(|oid| !oid.is_empty()).unwrap_or_else(|| REPOSITORY.to_owned()),
        unique_id: target.unique_id.clone(),
    }
}

/// Each an OID, each once.
fn check(targets: &[Target]) -> Result<(), DmpError> {
    for (index, target) in targets.iter().enumerate() {
        target.check(Transaction::Retrieve)?;
        let before = targets.get(..index).unwrap_or_default();
        if before.iter().any(|other| other.unique_id == target.unique_id) {
            return Err(failure::Local {
                rule: "ITI-43",
                kind: ErrorKind::Validation,
                found: "the same document twice in one retrieval",
                expected: "each document once",
            }
            .error(Transaction::Retrieve));
        }
    }
    Ok(())
}

fn nothing_asked() -> DmpError {
    failure::Local {
        rule: "ITI-43",
        kind: ErrorKind::Validation,
        found: "a retrieval without document",
        expected: "at least one document",
    }
    .error(Transaction::Retrieve)
}

/// A document received is not the one that its entry describes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the SHA-1 or the size differs: found {found_size} bytes, expected {expected_size:?}")]
pub struct IntegrityError {
    /// Size in the entry.
    pub expected_size: Option<u64>,
    /// Bytes received.
    pub found_size: u64,
}
