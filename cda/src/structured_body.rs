//! A structured body as the reader sees it: outline and embedded files, content left out.

use crate::{CodedElement, Content, FileKind, InstanceIdentifier};

/// `structuredBody`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct StructuredBody {
    /// Sections in document order, nested ones included.
    pub sections: Vec<SectionOutline>,
    /// Embedded files (`observationMedia/value`) in document order.
    pub media: Vec<EmbeddedMedia>,
}

/// What a section says of itself. `Debug` shows its templates only.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SectionOutline {
    /// Index of the section around it, in [`StructuredBody::sections`].
    pub parent: Option<usize>,
    /// `templateId`, in document order.
    pub template_ids: Vec<InstanceIdentifier>,
    /// `code`
    pub code: Option<CodedElement>,
    /// `title`, white space collapsed.
    pub title: Option<String>,
}

impl std::fmt::Debug for SectionOutline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SectionOutline({:?})", self.template_ids)
    }
}

/// A file inside a document, described while it passed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbeddedMedia {
    /// What it is in the document.
    pub role: MediaRole,
    /// Index of its section in [`StructuredBody::sections`]; `None` for an unstructured body.
    pub section: Option<usize>,
    /// `observationMedia/@ID`, by which the narrative shows it.
    pub id: Option<String>,
    /// `@mediaType` as declared; it may lie.
    pub media_type: Option<String>,
    /// `@representation`, `B64` in a conformant document.
    pub representation: Option<String>,
    /// `@compression` (`DF`, `GZ`, `ZL`, `Z`): the bytes are delivered as they are.
    pub compression: Option<String>,
    /// What the content was.
    pub content: Content,
    /// What its first bytes look like.
    pub kind: FileKind,
    /// Line of the start tag, from 1.
    pub line: u64,
    /// Column of the start tag, from 1.
    pub column: u64,
}

impl EmbeddedMedia {
    pub(crate) fn at(role: MediaRole, line: u64, column: u64) -> Self {
        Self {
            role,
            section: None,
            id: None,
            media_type: None,
            representation: None,
            compression: None,
            content: Content::default(),
            kind: FileKind::Other,
            line,
            column,
        }
    }

    /// Whether it is a PDF that can be shown: valid base64, not compressed, whatever the declared type.
    #[must_use]
    pub fn is_pdf(&self) -> bool {
        matches!(self.content, Content::Base64 { .. }) && self.compression.is_none() && self.kind == FileKind::Pdf
    }
}

/// What an embedded file is in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaRole {
    /// The unstructured body itself.
    Body,
    /// In a section FR-Document-PDF-copie: a PDF of the whole document, to be shown first.
    PdfCopy,
    /// In a section FR-Documents-ajoutes.
    AddedDocument,
    /// Anywhere else: an image of a section, a bar code.
    Illustration,
}

/// Takes the embedded files of a document, one after the other.
///
/// ```
/// /// Keeps every file in memory.
/// #[derive(Default)]
/// struct Files(Vec<Vec<u8>>);
///
/// impl cda::MediaSink for Files {
///     fn begin(&mut self, _: &cda::EmbeddedMedia) -> bool {
///         self.0.push(Vec::new());
///         true
///     }
///     fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
///         self.0.last_mut().expect("begin comes first").extend_from_slice(bytes);
///         Ok(())
///     }
/// }
///
/// let document = include_bytes!("../../testdata/cda/n3-lettre-liaison-pdf-copie.xml");
/// let mut files = Files::default();
/// cda::read_with_media(document.as_slice(), &cda::CdaLimits::default(), &mut files)?;
/// assert!(files.0[0].starts_with(b"%PDF-"));
/// # Ok::<(), cda::CdaError>(())
/// ```
pub trait MediaSink {
    /// A file begins; place, identifier and attributes are known, its content is not, and its role may change when a
    /// template stands behind the file. `false` lets it pass.
    fn begin(&mut self, media: &EmbeddedMedia) -> bool;

    /// Some of its bytes: base64 decoded, compression left as it is.
    ///
    /// # Errors
    /// An error ends the reading.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()>;

    /// The file is complete; content and kind are known. After an invalid base64 it holds a part only.
    ///
    /// # Errors
    /// An error ends the reading.
    fn end(&mut self, media: &EmbeddedMedia) -> std::io::Result<()> {
        let _ = media;
        Ok(())
    }
}
