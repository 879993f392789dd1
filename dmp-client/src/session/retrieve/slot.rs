//! One document asked for: where its bytes go, and what they turn out to be.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use dmp_protocol::error::Outcome;
use dmp_protocol::mtom::decode_cid;
use dmp_protocol::transaction::Transaction;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use xds_model::iti43::{RetrieveResponse, RetrievedDocument};
use xds_model::{DocumentContent, DocumentEntry, RegistryError, RegistryResponse, ResponseStatus, Severity};

use super::{IntegrityError, Retrieved};
use crate::failure::{self, Origin};
use crate::session::search::Target;
use crate::session::state::DocumentState;
use crate::submission::{KOS, hexadecimal};
use crate::{DmpError, ErrorKind};

/// A document asked for.
pub(super) struct Slot<'a> {
    pub(super) target: &'a Target,
    receipt: Receipt<'a>,
    /// What the message says of it, once the message was read.
    answer: Option<Result<RetrievedDocument, DmpError>>,
    /// Codes of the warnings of the message.
    warnings: Vec<String>,
    /// Content-ID of the part that went to the sink.
    delivered: Option<Option<String>>,
}

impl<'a> Slot<'a> {
    pub(super) fn new(target: &'a Target, sink: &'a mut (dyn AsyncWrite + Unpin + Send)) -> Self {
        Self { target, receipt: Receipt::new(sink), answer: None, warnings: Vec::new(), delivered: None }
    }

    /// Takes its part of the message: the document of its uniqueId (order means nothing), or why there is none. Beside
    /// errors, only a partial success gives documents.
    pub(super) fn learn(&mut self, response: &RetrieveResponse, origin: &Origin) {
        let given = response.response.status == ResponseStatus::PartialSuccess
            || failure::registry(origin, &response.response).is_ok();
        let document = response.document(&self.target.unique_id).filter(|_| given).cloned();
        self.answer = Some(document.ok_or_else(|| refusal(&response.response, &self.target.unique_id, origin)));
        let warnings = response.response.errors.iter().filter(|error| error.severity == Severity::Warning);
        self.warnings = warnings.map(|warning| warning.code.clone()).collect();
    }

    /// Whether the message announced its bytes in this part.
    pub(super) fn announces(&self, content_id: Option<&str>) -> bool {
        let Some(Ok(document)) = &self.answer else { return false };
        let DocumentContent::Href(href) = &document.content else { return false };
        self.delivered.is_none() && content_id.is_some() && decode_cid(href).ok().as_deref() == content_id
    }

    /// Its bytes are those of this part.
    pub(super) fn deliver_from(&mut self, content_id: Option<String>) {
        self.delivered = Some(content_id);
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), DmpError> {
        self.receipt.write(bytes).await.map_err(|error| failure::destination(Transaction::Retrieve, error))
    }

    /// The document, once the whole answer has passed: all there, and that of its entry.
    pub(super) async fn finish(mut self, origin: &Origin) -> Result<Retrieved, DmpError> {
        let document = self.answer.take().unwrap_or_else(|| Err(failure::missing_part(origin)))?;
        match &document.content {
            DocumentContent::Inline(bytes) => self.write(bytes).await?,
            DocumentContent::Href(href) => {
                let announced = decode_cid(href).map_err(|error| failure::unreadable(origin, error))?;
                if self.delivered != Some(Some(announced)) {
                    return Err(failure::missing_part(origin));
                }
            }
        }
        let flushed = self.receipt.sink.flush().await;
        flushed.map_err(|error| failure::destination(Transaction::Retrieve, error))?;
        let entry = self.target.entry.as_deref();
        let substitute = entry.is_some_and(|entry| is_replaced_kos(entry, self.receipt.first));
        let retrieved = Retrieved {
            unique_id: document.unique_id,
            mime_type: document.mime_type,
            size: self.receipt.size,
            sha1: hexadecimal(self.receipt.sha1.finish().as_ref()),
            warnings: self.warnings,
            verified: !substitute && entry.is_some_and(|entry| entry.hash.is_some()),
            substitute,
            alerts: entry.map(DocumentState::alerts).unwrap_or_default(),
        };
        verify(&retrieved, entry)?;
        Ok(retrieved)
    }
}

/// Why a document is not in the answer: the errors that name it, else all of them.
fn refusal(response: &RegistryResponse, unique_id: &str, origin: &Origin) -> DmpError {
    let names_it = |error: &&RegistryError| error.context.split(['=', ';', ' ', ',']).any(|word| word == unique_id);
    let named: Vec<RegistryError> = response.errors.iter().filter(names_it).cloned().collect();
    let errors = if named.is_empty() { response.errors.clone() } else { named };
    let own = RegistryResponse { status: response.status.clone(), errors };
    [&own, response]
        .into_iter()
        .find_map(|response| failure::registry(origin, response).err())
        .unwrap_or_else(|| failure::missing_part(origin))
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
}

/// SHA-1 and size against the entry (`xds.md` §9). A text that replaces an imaging reference is not compared.
fn verify(retrieved: &Retrieved, entry: Option<&DocumentEntry>) -> Result<(), DmpError> {
    let Some(entry) = entry.filter(|_| !retrieved.substitute) else { return Ok(()) };
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
