//! MIME headers: content types with quoted parameters, and the header block of a part.

use super::error::MtomError;
use super::transfer::TransferEncoding;

/// Longest boundary of RFC 2046.
const LONGEST_BOUNDARY: usize = 70;

/// A parsed `Content-Type`: media type and parameters in lower case, values unquoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentType {
    /// `multipart/related`.
    pub media_type: String,
    parameters: Vec<(String, String)>,
}

impl ContentType {
    /// Reads a header value; what cannot be read as a parameter is skipped.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let mut pieces = split_outside_quotes(value).into_iter();
        let media_type = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let parameters = pieces
            .filter_map(|piece| {
                let (name, value) = piece.split_once('=')?;
                Some((name.trim().to_ascii_lowercase(), unquote(value.trim())))
            })
            .collect();
        Self { media_type, parameters }
    }

    /// First value of that parameter, name in lower case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The boundary of a multipart type.
    pub(super) fn boundary(&self) -> Result<&str, MtomError> {
        if !self.media_type.starts_with("multipart/") {
            return Err(MtomError::ContentType("not multipart"));
        }
        let boundary = self.parameter("boundary").ok_or(MtomError::ContentType("no boundary parameter"))?;
        let allowed = |b: u8| b == b' ' || b.is_ascii_graphic();
        let is_sound = (1..=LONGEST_BOUNDARY).contains(&boundary.len())
            && boundary.bytes().all(allowed)
            && !boundary.ends_with(' ');
        if is_sound { Ok(boundary) } else { Err(MtomError::ContentType("a boundary that RFC 2046 does not allow")) }
    }
}

/// Splits at `;`, minding quoted strings and their escapes.
fn split_outside_quotes(value: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                pieces.push(&value[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&value[start..]);
    pieces
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let mut out = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' => out.extend(characters.next()),
            c => out.push(c),
        }
    }
    out
}

/// The headers of one part, unfolded; the first of a repeated header counts.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PartHeaders(Vec<(String, String)>);

impl std::fmt::Debug for PartHeaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl PartHeaders {
    /// Reads a header block without its final empty line.
    pub(super) fn parse(block: &[u8], part: usize) -> Result<Self, MtomError> {
        let text = String::from_utf8_lossy(block);
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in text.split('\n').map(|l| l.strip_suffix('\r').unwrap_or(l)).filter(|l| !l.is_empty()) {
            if line.starts_with([' ', '\t']) {
                let (_, value) = headers.last_mut().ok_or(MtomError::Header { part })?;
                value.push(' ');
                value.push_str(line.trim());
                continue;
            }
            let (name, value) = line.split_once(':').ok_or(MtomError::Header { part })?;
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Self(headers))
    }

    /// Value of that header, name in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// `Content-ID` without angle brackets and white space; `None` when absent or empty.
    #[must_use]
    pub fn content_id(&self) -> Option<&str> {
        self.get("content-id").map(trim_content_id).filter(|id| !id.is_empty())
    }

    pub(super) fn transfer_encoding(&self, part: usize) -> Result<TransferEncoding, MtomError> {
        match self.get("content-transfer-encoding") {
            None => Ok(TransferEncoding::Identity),
            Some(name) => TransferEncoding::from_name(name).ok_or(MtomError::TransferEncoding { part }),
        }
    }
}

/// `< id >` → `id`.
pub(super) fn trim_content_id(value: &str) -> &str {
    let value = value.trim();
    let value = value.strip_prefix('<').unwrap_or(value);
    value.strip_suffix('>').unwrap_or(value).trim()
}
