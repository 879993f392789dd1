//! A message: its header says how the rest is read.

use std::fmt;
use std::ops::Range;

use super::Charset;
use super::Line;
use super::value::{Separators, Value};

/// Largest message, in bytes: a document of 50 MiB in base64, and what stands around it.
pub const MESSAGE_MAX: usize = 72 << 20;
/// Segments of a message.
const SEGMENTS_MAX: usize = 10_000;

/// A message that cannot be read or written. Never tells what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Er7Error {
    /// More than [`MESSAGE_MAX`] bytes, or too many segments.
    #[error("the message is larger than {MESSAGE_MAX} bytes or {SEGMENTS_MAX} segments")]
    TooLarge,
    /// No `MSH` segment with five distinct delimiters.
    #[error("the message does not begin with MSH and five different delimiters, such as MSH|^~\\&|")]
    NoHeader,
    /// A segment without a name of three characters.
    #[error("segment {0} has no name of three capitals or digits, followed by the field delimiter")]
    NoName(usize),
    /// MSH-18 names a character set that is not read here.
    #[error("MSH-18 names an unknown character set: expected UNICODE UTF-8 or 8859/15")]
    UnknownCharset,
    /// Bytes that are not of the character set.
    #[error("byte {offset} is not {charset}, which MSH-18 announces: the sender declares its true character set")]
    Decode {
        /// Value of MSH-18.
        charset: &'static str,
        /// Offset of the byte.
        offset: usize,
    },
    /// A character that the set does not have.
    #[error("the message holds a character that {charset} has not: write it in UNICODE UTF-8")]
    Encode {
        /// Value of MSH-18.
        charset: &'static str,
    },
}

/// A message that was read. `Debug` shows the names of its segments only.
#[derive(Clone)]
pub struct Message {
    text: String,
    separators: Separators,
    segments: Vec<Range<usize>>,
}

/// One segment of a message.
#[derive(Clone, Copy)]
pub struct Segment<'m> {
    text: &'m str,
    separators: &'m Separators,
}

impl Message {
    /// Reads a message; segments end with CR, LF or both.
    ///
    /// # Errors
    /// [`Er7Error`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Er7Error> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        if bytes.len() > MESSAGE_MAX {
            return Err(Er7Error::TooLarge);
        }
        let separators = separators(bytes)?;
        let text = charset(bytes, &separators)?.decode(bytes)?;
        let mut segments = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive(['\r', '\n']) {
            let content = line.trim_end_matches(['\r', '\n']);
            if !content.is_empty() {
                check_name(content, &separators, segments.len() + 1)?;
                segments.push(start..start + content.len());
            }
            start += line.len();
            if segments.len() > SEGMENTS_MAX {
                return Err(Er7Error::TooLarge);
            }
        }
        Ok(Self { text, separators, segments })
    }

    /// Writes lines as a message, in the character set that MSH-18 of the first one names.
    ///
    /// # Errors
    /// [`Er7Error::NoHeader`], or a character that the set does not have.
    pub fn write(lines: &[Line]) -> Result<Vec<u8>, Er7Error> {
        let header = lines.first().filter(|line| line.is_header()).ok_or(Er7Error::NoHeader)?;
        let mut text = String::new();
        for line in lines {
            line.write(&mut text);
            text.push('\r');
        }
        header.charset().encode(&text)
    }

    /// Every segment, in order.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.segments.iter().map(|range| Segment {
            text: self.text.get(range.clone()).unwrap_or_default(),
            separators: &self.separators,
        })
    }

    /// The first segment of a name.
    #[must_use]
    pub fn segment(&self, name: &str) -> Option<Segment<'_>> {
        self.segments_named(name).next()
    }

    /// The segments of a name, in order.
    pub fn segments_named<'m>(&'m self, name: &str) -> impl Iterator<Item = Segment<'m>> {
        self.segments().filter(move |segment| segment.name() == name)
    }

    /// A field of the header: MSH-3 is the application that sends. Empty when it is not there.
    #[must_use]
    pub fn header(&self, number: usize) -> Value<'_> {
        let empty = Segment { text: "", separators: &self.separators };
        self.segments().next().unwrap_or(empty).field(number)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.segments().map(|segment| segment.name())).finish()
    }
}

impl<'m> Segment<'m> {
    /// Its name, such as `PID`.
    #[must_use]
    pub fn name(&self) -> &'m str {
        self.text.get(..3).unwrap_or_default()
    }

    /// A field, from 1; MSH-1 is the delimiter itself. Empty when it is not there.
    #[must_use]
    pub fn field(&self, number: usize) -> Value<'m> {
        let at = match (self.name(), number) {
            ("MSH", 1) => return Value { raw: self.text.get(3..4).unwrap_or_default(), separators: self.separators },
            ("MSH", _) => number.wrapping_sub(1),
            _ => number,
        };
        let raw = match at {
            0 => "",
            at => self.text.split(self.separators.field).nth(at).unwrap_or_default(),
        };
        Value { raw, separators: self.separators }
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Segment({})", self.name())
    }
}

/// Five different ASCII characters that are neither letters, digits nor white space.
fn separators(bytes: &[u8]) -> Result<Separators, Er7Error> {
    let Some(&[field, component, repetition, escape, subcomponent, again]) =
        bytes.strip_prefix(b"MSH").and_then(|rest| rest.first_chunk::<6>())
    else {
        return Err(Er7Error::NoHeader);
    };
    let all = [field, component, repetition, escape, subcomponent];
    let usable = all.iter().all(u8::is_ascii_punctuation) && again == field;
    let distinct = all.iter().enumerate().all(|(index, one)| !all[..index].contains(one));
    if !usable || !distinct {
        return Err(Er7Error::NoHeader);
    }
    let [field, component, repetition, escape, subcomponent] = all.map(char::from);
    Ok(Separators { field, component, repetition, escape, subcomponent })
}

/// MSH-18, whose text is ASCII in every set.
fn charset(bytes: &[u8], separators: &Separators) -> Result<Charset, Er7Error> {
    let header = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let is = |separator: char| move |byte: &u8| char::from(*byte) == separator;
    let field = header.split(is(separators.field)).nth(17).unwrap_or_default();
    Charset::of_msh_18(field.split(is(separators.repetition)).next().unwrap_or_default())
}

fn check_name(segment: &str, separators: &Separators, number: usize) -> Result<(), Er7Error> {
    let (name, rest) = segment.split_at_checked(3).ok_or(Er7Error::NoName(number))?;
    let named = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    match named && (rest.is_empty() || rest.starts_with(separators.field)) {
        true => Ok(()),
        false => Err(Er7Error::NoName(number)),
    }
}
