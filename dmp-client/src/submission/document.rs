//! A document to submit: where its bytes are, and what they say.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use bytes::{Buf, Bytes};
use cda::metadata::{self, MappingError, MappingOptions};
use cda::{Body, CdaLimits, Content};
use dmp_protocol::xades::DocumentDigest;
use xds_model::{CodedValue, DocumentEntry};

use crate::session::Target;
use crate::transport::Segment;
use crate::watch::WatchedDocument;

/// Code system of the visibility flags (TRE_A07).
pub(crate) const VISIBILITY: &str = "1.2.250.1.213.1.1.4.13";

/// Who does not see a document, beyond what the rights decide. The flags are never in the CDA: the sender chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hidden {
    /// `MASQUE_PS`: hidden from professionals other than its authors and the médecin traitant.
    FromProfessionals,
    /// `INVISIBLE_PATIENT`: the patient does not see it yet (announced first by a professional).
    FromPatient,
    /// `INVISIBLE_REPRESENTANTS_LEGAUX`: the legal representatives of a minor do not see it.
    FromRepresentatives,
}

impl Hidden {
    /// The confidentialityCode.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::FromProfessionals => "MASQUE_PS",
            Self::FromPatient => "INVISIBLE_PATIENT",
            Self::FromRepresentatives => "INVISIBLE_REPRESENTANTS_LEGAUX",
        }
    }

    /// The confidentialityCode with its system and label.
    #[must_use]
    pub fn coded_value(self) -> CodedValue {
        let display = match self {
            Self::FromProfessionals => "Masqué aux professionnels de santé",
            Self::FromPatient => "Non visible par le patient",
            Self::FromRepresentatives => "Non visible par les représentants légaux du patient",
        };
        CodedValue::new(self.code(), display, VISIBILITY)
    }
}

/// A document ready to be submitted: its bytes stay where they are, hashed once.
#[derive(Clone)]
pub struct Document {
    pub(crate) source: Source,
    /// Bounds within which a CDA is read, again when it is checked.
    pub(crate) limits: CdaLimits,
    pub(crate) entry: DocumentEntry,
    /// What the XAdES Manifest holds (`xades.md` §2).
    pub(crate) manifest: DocumentDigest,
    /// What the header does not give as the DMP wants it: refused when sent, unless the rule is lenient.
    pub(crate) findings: Vec<MappingError>,
    pub(crate) encounter: Option<String>,
    empty: bool,
    pub(crate) version: HeaderVersion,
    pub(crate) replaces: Option<Target>,
}

/// What the header of a CDA says of its versions; all absent in a document that is not looked into.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderVersion {
    /// `setId`, common to all versions.
    pub set_id: Option<String>,
    /// `versionNumber`, from 1.
    pub number: Option<u64>,
    /// uniqueId of the version that it replaces (`relatedDocument` of type `RPLC`).
    pub replaces: Option<String>,
}

impl HeaderVersion {
    fn of(document: &cda::Document) -> Self {
        let header = &document.header;
        // A parent that cannot be named is one of the findings.
        let replaces = metadata::replaced_unique_id(header, &MappingOptions::ci_sis()).ok().flatten();
        let set_id = header.set_id.as_ref().map(|set_id| set_id.root.clone());
        Self { set_id, number: header.version_number, replaces }
    }
}

#[derive(Clone)]
pub(crate) enum Source {
    Bytes(Bytes),
    File { path: PathBuf, length: u64 },
}

/// Why a file is no document that can be submitted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It cannot be read.
    #[error("the document cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is not a CDA document.
    #[error("not a CDA document that can be read: {0}")]
    Cda(#[from] cda::CdaError),
    /// It is not an imaging reference.
    #[error("not an imaging reference: {0}")]
    Kos(#[from] super::kos::KosError),
}

impl Document {
    /// A CDA document in a file, which must not change until it is sent. One pass, in bounded memory. A header that
    /// does not give all that the DMP wants is no error yet: see [`Self::findings`].
    ///
    /// # Errors
    /// [`DocumentError`].
    pub async fn from_cda_file(path: impl AsRef<Path>) -> Result<Self, DocumentError> {
        Self::from_cda_file_within(path, CdaLimits::default()).await
    }

    /// As [`Self::from_cda_file`], with other limits: documents over 50 MiB need them raised.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub async fn from_cda_file_within(path: impl AsRef<Path>, limits: CdaLimits) -> Result<Self, DocumentError> {
        let path = path.as_ref().to_owned();
        off_thread(move || {
            let file = io::BufReader::with_capacity(64 * 1024, std::fs::File::open(&path)?);
            let read = cda::read(file, &limits)?;
            let source = Source::File { path, length: read.fingerprint.size };
            Ok(Self::from_cda(source, &read, limits))
        })
        .await
    }

    /// A CDA document in memory; the bytes are sent as they are.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub async fn from_cda_bytes(bytes: impl Into<Bytes>) -> Result<Self, DocumentError> {
        let bytes = bytes.into();
        off_thread(move || {
            let limits = CdaLimits::default();
            let read = cda::read(bytes.clone().reader(), &limits)?;
            Ok(Self::from_cda(Source::Bytes(bytes), &read, limits))
        })
        .await
    }

    fn from_cda(source: Source, document: &cda::Document, limits: CdaLimits) -> Self {
        let (_, findings) = metadata::derive(document, &MappingOptions::default());
        let entry = metadata::derive(document, &mapping(&findings)).0;
        let manifest = DocumentDigest::Xml(document.fingerprint.c14n_sha256);
        let encounter = document.header.encounter_code().map(str::to_owned);
        let version = HeaderVersion::of(document);
        let empty = is_empty(&document.body);
        Self { source, limits, entry, manifest, findings, encounter, empty, version, replaces: None }
    }

    /// A document that is not looked into (imaging references, tests), with the metadata given; hash and size are
    /// those of the file, whatever `entry` says. The Manifest digest is that of the raw bytes.
    ///
    /// # Errors
    /// [`DocumentError::Io`].
    pub async fn from_opaque_file(path: impl AsRef<Path>, entry: DocumentEntry) -> Result<Self, DocumentError> {
        let path = path.as_ref().to_owned();
        off_thread(move || {
            let digests = Digests::of(std::fs::File::open(&path)?)?;
            Ok(Self::opaque(Source::File { path, length: digests.size }, entry, digests))
        })
        .await
    }

    /// As [`Self::from_opaque_file`], from memory.
    ///
    /// # Errors
    /// None in practice: reading memory does not fail.
    pub async fn from_opaque_bytes(bytes: impl Into<Bytes>, entry: DocumentEntry) -> Result<Self, DocumentError> {
        let bytes = bytes.into();
        off_thread(move || {
            let digests = Digests::of(bytes.clone().reader())?;
            Ok(Self::opaque(Source::Bytes(bytes), entry, digests))
        })
        .await
    }

    fn opaque(source: Source, mut entry: DocumentEntry, digests: Digests) -> Self {
        let empty = digests.size == 0;
        entry.hash = Some(digests.sha1);
        entry.size = Some(digests.size);
        let manifest = DocumentDigest::Raw(digests.sha256);
        Self {
            source,
            limits: CdaLimits::default(),
            entry,
            manifest,
            findings: Vec::new(),
            encounter: None,
            empty,
            version: HeaderVersion::default(),
            replaces: None,
        }
    }

    /// Hides the document from some people until it is revealed. What was once visible cannot be hidden again.
    #[must_use]
    pub fn hidden(mut self, hidden: Hidden) -> Self {
        if !self.entry.has_confidentiality(hidden.code()) {
            self.entry.confidentiality_codes.push(hidden.coded_value());
        }
        self
    }

    /// Replaces a document (TD2.1b): its current technical id is asked for just before sending. Given the entry of that
    /// document, and not only its uniqueId, what was visible before is checked too (X20).
    #[must_use]
    pub fn replacing(mut self, document: impl Into<Target>) -> Self {
        self.replaces = Some(document.into());
        self
    }

    /// The metadata that will be submitted.
    #[must_use]
    pub fn entry(&self) -> &DocumentEntry {
        &self.entry
    }

    /// What the header does not give as the DMP wants it: refused before sending, unless its rule is lenient.
    pub fn findings(&self) -> impl Iterator<Item = &MappingError> {
        self.findings.iter()
    }

    /// What its header says of its versions.
    #[must_use]
    pub fn version(&self) -> &HeaderVersion {
        &self.version
    }

    /// Whether it replaces another.
    /// As watches know it.
    pub(crate) fn watched(&self) -> WatchedDocument {
        let replaces = self.replaces.as_ref().map(|target| target.unique_id.clone());
        WatchedDocument { replaces, ..WatchedDocument::of(&self.entry) }
    }

    pub(crate) fn corrects(&self) -> bool {
        self.replaces.is_some()
    }

    /// Whether it was read, not only described.
    pub(crate) fn is_cda(&self) -> bool {
        matches!(self.manifest, DocumentDigest::Xml(_))
    }

    /// Whether there is nothing to read in it.
    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// The bytes, from the start.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match &self.source {
            Source::Bytes(bytes) => Box::new(bytes.clone().reader()),
            Source::File { path, .. } => Box::new(io::BufReader::with_capacity(64 * 1024, std::fs::File::open(path)?)),
        })
    }

    pub(crate) fn segment(&self) -> Segment {
        match &self.source {
            Source::Bytes(bytes) => Segment::Bytes(bytes.clone()),
            Source::File { path, length } => Segment::File { path: path.clone(), length: *length },
        }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// No body, or one without a byte. A structured body always has a section.
fn is_empty(body: &Body) -> bool {
    match body {
        Body::Absent => true,
        Body::Unstructured(body) => {
            matches!(body.content, Content::Base64 { decoded: 0 } | Content::Text { bytes: 0 })
        }
        _ => false,
    }
}

/// What the DMP refuses is refused when the document is sent, where its rule may be lenient: then the values are those of
/// any XDS registry.
pub(super) fn mapping(findings: &[MappingError]) -> MappingOptions {
    if findings.is_empty() { MappingOptions::default() } else { MappingOptions::ci_sis() }
}

pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DocumentError> + Send + 'static,
) -> Result<T, DocumentError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(join) => Err(io::Error::other(join).into()),
    }
}

/// Digests of the exact bytes, in one pass.
pub(crate) struct Digests {
    pub(crate) sha1: String,
    pub(crate) sha256: [u8; 32],
    pub(crate) size: u64,
}

impl Digests {
    pub(crate) fn of(mut reader: impl Read) -> io::Result<Self> {
        let mut sha1 = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
        let mut sha256 = digest::Context::new(&digest::SHA256);
        let mut size = 0_u64;
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = chunk.get(..count).unwrap_or_default();
            sha1.update(bytes);
            sha256.update(bytes);
            size += count as u64;
        }
        let mut value = [0; 32];
        value.copy_from_slice(sha256.finish().as_ref());
        Ok(Self { sha1: hexadecimal(sha1.finish().as_ref()), sha256: value, size })
    }

    /// SHA-1 of bytes in memory, as XDS writes it.
    pub(crate) fn sha1_of(bytes: &[u8]) -> String {
        hexadecimal(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref())
    }
}

/// Lower case, as XDS writes a hash.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
