//! The texts, with marks that say which part says what.

use sha2::{Digest, Sha256};

use super::{Case, Element};
use crate::consent::Channel;

/// A text of one case.
///
/// The file is UTF-8. Its first line is `version: NAME`. Then come parts, each between two lines of its own:
///
/// ```text
/// [[purpose]]
/// Pour vous soigner, {structure} a besoin de…
/// [[/purpose]]
///
/// [[how_to_oppose:paper]]
/// Pour refuser, écrivez à {contact}.
/// [[/how_to_oppose]]
/// ```
///
/// The name of a part is that of an [`Element`], or `title`, or `text` for what no rule asks for. `:spoken`, `:telephone`,
/// `:paper`, `:message` and `:portal` keep a part for one channel. `{name}` is replaced by a parameter; nothing else is
/// interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub(super) case: Case,
    pub(super) version: String,
    pub(super) parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    pub(super) channel: Option<Channel>,
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartKind {
    Title,
    Element(Element),
    Other,
}

/// A file that is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The first line.
    #[error("F18: the first line of a notice is `version: NAME`, with a name that changes with the text")]
    NoVersion,
    /// A name that is none.
    #[error("F18, line {line}: no part is called `{name}`")]
    UnknownPart {
        /// Line, from 1.
        line: usize,
        /// What stands there.
        name: String,
    },
    /// A part for a channel that does not exist.
    #[error("F18, line {line}: no channel is called `{name}`: spoken, telephone, paper, message or portal")]
    UnknownChannel {
        /// Line, from 1.
        line: usize,
        /// What stands there.
        name: String,
    },
    /// A part that does not end, or words outside the parts.
    #[error("F18, line {line}: every part stands between `[[name]]` and `[[/name]]`, and no words stand outside")]
    Shape {
        /// Line, from 1.
        line: usize,
    },
}

impl Template {
    /// Reads a text, such as an official model with the marks added.
    ///
    /// # Errors
    /// [`TemplateError`].
    pub fn parse(case: Case, file: &str) -> Result<Self, TemplateError> {
        let file = file.strip_prefix('\u{feff}').unwrap_or(file);
        let mut lines = file.lines().enumerate().map(|(index, line)| (index + 1, line.trim_end()));
        let name = lines.next().and_then(|(_, line)| line.strip_prefix("version:")).map(str::trim);
        let name = name.filter(|name| !name.is_empty()).ok_or(TemplateError::NoVersion)?;
        let mut parts = Vec::new();
        let mut open: Option<(&str, Part)> = None;
        let mut last = 1;
        for (line, text) in lines {
            last = line;
            let mark = text.strip_prefix("[[").and_then(|mark| mark.strip_suffix("]]"));
            open = match (open, mark) {
                (None, Some(mark)) => Some(opened(line, mark)?),
                (None, None) if text.is_empty() => None,
                (Some((name, part)), Some(mark)) if mark.strip_prefix('/') == Some(name) => {
                    parts.push(Part { text: part.text.trim().to_owned(), ..part });
                    None
                }
                (Some((name, mut part)), None) => {
                    part.text.push_str(text);
                    part.text.push('\n');
                    Some((name, part))
                }
                (None, None) | (Some(_), Some(_)) => return Err(TemplateError::Shape { line }),
            };
        }
        if open.is_some() {
            return Err(TemplateError::Shape { line: last });
        }
        Ok(Self { case, version: version(name, file), parts })
    }

    /// The case.
    #[must_use]
    pub fn case(&self) -> Case {
        self.case
    }

    /// Version of the text: its name, and a digest, so that a text that changed under the same name is another version.
    #[must_use]
    pub fn text_version(&self) -> &str {
        &self.version
    }

    /// The parts that a channel shows.
    pub(super) fn shown(&self, channel: Channel) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.channel.is_none_or(|only| only == channel))
    }
}

fn opened(line: usize, mark: &str) -> Result<(&str, Part), TemplateError> {
    let (name, channel) = mark.split_once(':').map_or((mark, None), |(name, channel)| (name, Some(channel)));
    let channel = match channel {
        Some(text) => Some(
            Channel::from_kept(text).ok_or_else(|| TemplateError::UnknownChannel { line, name: text.to_owned() })?,
        ),
        None => None,
    };
    let kind = match name {
        "title" => PartKind::Title,
        "text" => PartKind::Other,
        _ => PartKind::Element(
            Element::from_marker(name).ok_or_else(|| TemplateError::UnknownPart { line, name: name.to_owned() })?,
        ),
    };
    Ok((name, Part { kind, channel, text: String::new() }))
}

fn version(name: &str, file: &str) -> String {
    let digest = Sha256::digest(file.as_bytes());
    let short: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{name}#{short}")
}
