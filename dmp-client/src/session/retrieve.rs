//! TD3.2: the bytes of a document, as they were submitted, streamed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use bytes::{Bytes, BytesMut};
use dmp_protocol::error::Outcome;
use dmp_protocol::mtom::{self, Event, Parser, decode_cid};
use dmp_protocol::transaction::Transaction;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use xds_model::iti43::{RetrieveRequest, RetrieveResponse, RetrievedDocument};
use xds_model::{DocumentContent, DocumentEntry};

use super::answer::{self, Answered};
use super::caller::Caller;
use super::search::Target;
use crate::failure::{self, Origin};
use crate::submission::hexadecimal;
use crate::transport::Response;
use crate::{DmpError, ErrorKind};

/// OID of the repository of the DMP.
const REPOSITORY: &str = "1.2.250.1.213.4.1.1.1.2";
/// formatCode of an imaging reference (KOS): software that shares no imaging receives a text in its place.
const KOS: &str = "1.2.840.10008.5.1.4.1.1.88.59";

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
    /// Whether size and SHA-1 were compared with an entry: true when the document was named by its entry.
    pub verified: bool,
}

impl Caller {
    pub(crate) async fn retrieve(
        &self,
        target: &Target,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<Retrieved, DmpError> {
        let transaction = Transaction::Retrieve;
        target.check(transaction)?;
        let repository = target.entry.as_ref().and_then(|entry| entry.repository_unique_id.clone());
        let repository = repository.filter(|oid| !oid.is_empty()).unwrap_or_else(|| REPOSITORY.to_owned());
        let request = RetrieveRequest::single(repository, &target.unique_id);
        let response = self.send(transaction, Arc::new(move |w| request.write(w)), None).await?;
        let mut receipt = Receipt::new(sink);
        let document = if mtom::is_multipart(&response.content_type) {
            from_parts(response, target, &mut receipt).await?
        } else {
            from_envelope(response, target, &mut receipt).await?
        };
        receipt.flush().await.map_err(|error| failure::destination(transaction, error))?;
        let retrieved = receipt.finish(document, target);
        verify(&retrieved, target, &receipt.first)?;
        Ok(retrieved)
    }

    /// Into a file: written beside it under a temporary name, so that the name never holds half a document.
    pub(crate) async fn retrieve_to_file(&self, target: &Target, path: &Path) -> Result<Retrieved, DmpError> {
        let io = |error| failure::destination(Transaction::Retrieve, error);
        let partial = partial_name(path);
        let mut file = tokio::fs::File::create_new(&partial).await.map_err(io)?;
        let outcome = self.retrieve(target, &mut file).await;
        drop(file);
        match outcome {
            Ok(retrieved) => {
                tokio::fs::rename(&partial, path).await.map_err(io)?;
                Ok(retrieved)
            }
            Err(error) => {
                // What was received is not the document; that it cannot be removed changes nothing to the error.
                let _ = tokio::fs::remove_file(&partial).await;
                Err(error)
            }
        }
    }

    pub(crate) async fn retrieve_bytes(&self, target: &Target) -> Result<Bytes, DmpError> {
        let mut bytes = Vec::new();
        self.retrieve(target, &mut bytes).await?;
        Ok(bytes.into())
    }
}

fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", uuid::Uuid::new_v4().simple()));
    path.with_file_name(name)
}

/// What goes to the sink, counted and hashed.
struct Receipt<'a> {
    sink: &'a mut (dyn AsyncWrite + Unpin + Send),
    sha1: Context,
    size: u64,
    /// First byte that is not white space: tells XML from anything else.
    first: Option<u8>,
}

impl<'a> Receipt<'a> {
    fn new(sink: &'a mut (dyn AsyncWrite + Unpin + Send)) -> Self {
        Self { sink, sha1: Context::new(&SHA1_FOR_LEGACY_USE_ONLY), size: 0, first: None }
    }

    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.first.is_none() {
            self.first = bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        }
        self.sha1.update(bytes);
        self.size += bytes.len() as u64;
        self.sink.write_all(bytes).await
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        self.sink.flush().await
    }

    fn finish(&self, document: RetrievedDocument, target: &Target) -> Retrieved {
        Retrieved {
            unique_id: document.unique_id,
            mime_type: document.mime_type,
            size: self.size,
            sha1: hexadecimal(self.sha1.clone().finish().as_ref()),
            verified: target.entry.as_ref().is_some_and(|entry| entry.hash.is_some()),
        }
    }
}

/// A plain SOAP answer: a refusal, or a document inside the message.
async fn from_envelope(
    response: Response,
    target: &Target,
    receipt: &mut Receipt<'_>,
) -> Result<RetrievedDocument, DmpError> {
    let answered = answer::read(Transaction::Retrieve, response).await?;
    let document = wanted(&answered, target)?;
    let DocumentContent::Inline(bytes) = &document.content else {
        return Err(failure::missing_part(&answered.origin));
    };
    let written = receipt.write(bytes).await;
    written.map_err(|error| failure::destination(Transaction::Retrieve, error))?;
    Ok(document)
}

/// A multipart answer: the root is kept, the document goes to the sink as it comes, other parts are ignored.
async fn from_parts(
    mut response: Response,
    target: &Target,
    receipt: &mut Receipt<'_>,
) -> Result<RetrievedDocument, DmpError> {
    let origin = Origin::of(Transaction::Retrieve, &response);
    let parser = Parser::new(&response.content_type, mtom::Limits::default());
    let mut parser = parser.map_err(|error| failure::unreadable(&origin, error))?;
    let mut parts = Parts::new(origin.clone());
    loop {
        let chunk = response.body.chunk().await.map_err(|error| failure::receive(&origin, error))?;
        let Some(chunk) = chunk else { break };
        let events = parser.push(chunk).map_err(|error| failure::unreadable(&origin, error))?;
        for event in events {
            parts.take(event, target, receipt).await?;
        }
    }
    for event in parser.finish().map_err(|error| failure::unreadable(&origin, error))? {
        parts.take(event, target, receipt).await?;
    }
    parts.finish(receipt).await
}

/// The parts of a multipart answer as they pass.
struct Parts {
    origin: Origin,
    current: Current,
    root: BytesMut,
    document: Option<RetrievedDocument>,
    /// Content-ID of the part that went to the sink.
    delivered: Option<String>,
}

enum Current {
    None,
    Root,
    Delivered,
    Ignored,
}

impl Parts {
    fn new(origin: Origin) -> Self {
        Self { origin, current: Current::None, root: BytesMut::new(), document: None, delivered: None }
    }

    async fn take(&mut self, event: Event, target: &Target, receipt: &mut Receipt<'_>) -> Result<(), DmpError> {
        match event {
            Event::PartStart(part) if part.is_root => self.current = Current::Root,
            Event::PartStart(part) => {
                let wanted = match &self.document {
                    Some(document) => self.content_id(document)?,
                    // Before the root, the first part can only be the one document asked for: checked at the end.
                    None if self.delivered.is_none() => part.content_id.clone(),
                    None => None,
                };
                let is_wanted = wanted.is_some() && wanted == part.content_id;
                if is_wanted {
                    self.delivered = part.content_id;
                }
                self.current = if is_wanted { Current::Delivered } else { Current::Ignored };
            }
            Event::Data(bytes) => match self.current {
                Current::Root => self.root.extend_from_slice(&bytes),
                Current::Delivered => {
                    let written = receipt.write(&bytes).await;
                    written.map_err(|error| failure::destination(Transaction::Retrieve, error))?;
                }
                Current::None | Current::Ignored => {}
            },
            Event::PartEnd { .. } => {
                if matches!(self.current, Current::Root) {
                    let root = self.root.split().freeze();
                    let answered = answer::envelope(self.origin.clone(), &root)?;
                    self.document = Some(wanted(&answered, target)?);
                }
                self.current = Current::None;
            }
        }
        Ok(())
    }

    /// Content-ID of the part that holds the document; `None` when the message itself holds it.
    fn content_id(&self, document: &RetrievedDocument) -> Result<Option<String>, DmpError> {
        match &document.content {
            DocumentContent::Inline(_) => Ok(None),
            DocumentContent::Href(href) => {
                decode_cid(href).map(Some).map_err(|error| failure::unreadable(&self.origin, error))
            }
        }
    }

    async fn finish(self, receipt: &mut Receipt<'_>) -> Result<RetrievedDocument, DmpError> {
        let Some(document) = &self.document else {
            return Err(failure::missing_part(&self.origin));
        };
        if let DocumentContent::Inline(bytes) = &document.content {
            let written = receipt.write(bytes).await;
            written.map_err(|error| failure::destination(Transaction::Retrieve, error))?;
        } else if self.content_id(document)? != self.delivered {
            return Err(failure::missing_part(&self.origin));
        }
        self.document.ok_or_else(|| failure::missing_part(&self.origin))
    }
}

/// The document asked for, by its uniqueId: the order of an answer means nothing.
fn wanted(answered: &Answered, target: &Target) -> Result<RetrievedDocument, DmpError> {
    let origin = &answered.origin;
    let response = RetrieveResponse::read(answered.body()).map_err(|error| failure::unreadable(origin, error))?;
    if let Some(document) = response.document(&target.unique_id) {
        return Ok(document.clone());
    }
    failure::registry(origin, &response.response)?;
    Err(failure::missing_part(origin))
}

/// SHA-1 and size against the entry (`xds.md` §9). A text that replaces an imaging reference is not compared.
fn verify(retrieved: &Retrieved, target: &Target, first: &Option<u8>) -> Result<(), DmpError> {
    let Some(entry) = &target.entry else { return Ok(()) };
    if is_replaced_kos(entry, *first) {
        return Ok(());
    }
    let same_hash = entry.same_hash(&retrieved.sha1).unwrap_or(true);
    // A size of 0 also means unknown.
    let same_size = entry.size.is_none_or(|size| size == 0 || size == retrieved.size);
    if same_hash && same_size {
        return Ok(());
    }
    Err(failure::Local {
        rule: "X07",
        kind: ErrorKind::Transport,
        found: "a document whose SHA-1 or size is not that of its entry: discard what was received",
        expected: "the bytes that the entry describes",
    }
    .error(Transaction::Retrieve)
    .with_outcome(Outcome::Unknown)
    .with_source(IntegrityError { expected_size: entry.size, found_size: retrieved.size }))
}

fn is_replaced_kos(entry: &DocumentEntry, first: Option<u8>) -> bool {
    entry.format_code.as_ref().is_some_and(|format| format.code == KOS) && first == Some(b'<')
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
