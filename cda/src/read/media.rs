//! One embedded file from its start tag to its end tag.

use dmp_xml::StartTag;

use super::content::ContentStream;
use super::sink::Sink;
use crate::{CdaErrorKind, Content, EmbeddedMedia};

/// A file that is passing.
pub(super) struct OpenMedia {
    media: EmbeddedMedia,
    stream: ContentStream,
    wanted: bool,
    /// Depth of the element whose text it is.
    pub(super) depth: usize,
}

impl OpenMedia {
    /// `media` says where it stands; the tag says the rest.
    pub(super) fn start(
        mut media: EmbeddedMedia,
        tag: &StartTag,
        depth: usize,
        limit: u64,
        sink: &mut Sink<'_>,
    ) -> Self {
        let attribute = |name| tag.attr(name).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
        media.media_type = attribute("mediaType");
        media.representation = attribute("representation");
        media.compression = attribute("compression");
        let stream = ContentStream::new(media.representation.as_deref(), limit);
        let wanted = sink.begin(&media);
        Self { media, stream, wanted, depth }
    }

    pub(super) fn text(&mut self, text: &str, sink: &mut Sink<'_>) -> Result<(), CdaErrorKind> {
        let bytes = self.stream.push(text)?;
        self.deliver(&bytes, sink)
    }

    /// The file with all that was seen of it.
    pub(super) fn end(mut self, sink: &mut Sink<'_>) -> Result<EmbeddedMedia, CdaErrorKind> {
        let bytes = self.stream.finish()?;
        self.deliver(&bytes, sink)?;
        self.media.content = self.stream.content();
        self.media.kind = self.stream.kind();
        if self.wanted {
            sink.end(&self.media)?;
        }
        Ok(self.media)
    }

    fn deliver(&self, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), CdaErrorKind> {
        if !self.wanted {
            return Ok(());
        }
        match self.stream.content() {
            Content::InvalidBase64(fault) if sink.refuses_faults() => Err(CdaErrorKind::InvalidBase64(fault)),
            _ => sink.write(bytes),
        }
    }
}
