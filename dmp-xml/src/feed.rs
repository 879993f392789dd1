//! The bytes on their way to the tokenizer: checked, line ends normalised, long text cut into pieces.
//!
//! The tokenizer buffers a whole text node. A document whose body is one base64 text of 40 MB would be held in memory
//! once more; so a marker is put into long text, which the tokenizer reports as an event of its own and the reader
//! drops. The marker holds a control character that no XML document may contain, so no document can forge it.

use std::io::{BufRead, Read};

use crate::error::XmlErrorKind;
use crate::limits::Limits;

/// Contents of the markers, processing instructions: a cut in text, a cut in a CDATA section.
pub(crate) const TEXT_CUT: &str = "\u{1}";
pub(crate) const CDATA_CUT: &str = "\u{2}";
const TEXT_CUT_MARKER: &[u8] = b"<?\x01?>";
const CDATA_CUT_MARKER: &[u8] = b"]]><?\x02?><![CDATA[";
const CDATA_OPEN: &[u8] = b"<![CDATA[";
/// Columns of the delimiters of a CDATA section; a cut closes one and opens another that the source does not have.
pub(crate) const CDATA_DELIMITERS: u64 = 12;

const CHUNK: usize = 64 * 1024;
/// `&…;` longer than this is refused, so that a reference is never cut in two.
pub(crate) const LONGEST_REFERENCE: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// `<` and up to eight bytes that decide what follows.
    Opening(usize),
    Tag(Option<u8>),
    Comment,
    Cdata,
    Pi,
}

/// A [`BufRead`] over any source.
pub(crate) struct Feed<R> {
    source: R,
    limits: Limits,
    taken: u64,
    at_start: bool,
    finished: bool,
    state: State,
    /// The bytes of the markup being recognised, and the length of the token so far.
    opening: [u8; 9],
    token: usize,
    /// Last bytes of the token, to find its end across chunks.
    tail: [u8; 2],
    /// Bytes read but not passed on yet: half a character, a CR, brackets at the end of CDATA.
    held: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    refusal: Option<XmlErrorKind>,
}

impl<R: Read> Feed<R> {
    pub(crate) fn new(source: R, limits: Limits) -> Self {
        Self {
            source,
            limits,
            taken: 0,
            at_start: true,
            finished: false,
            state: State::Text,
            opening: [0; 9],
            token: 0,
            tail: [0; 2],
            held: Vec::new(),
            out: Vec::new(),
            given: 0,
            refusal: None,
        }
    }

    /// The refusal behind the last I/O error, if it was one.
    pub(crate) fn refusal(&mut self) -> Option<XmlErrorKind> {
        self.refusal.take()
    }

    fn refill(&mut self) -> Result<(), XmlErrorKind> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() && !self.finished {
            let mut chunk = std::mem::take(&mut self.held);
            let kept = chunk.len();
            chunk.resize(kept + CHUNK, 0);
            let read = loop {
                match self.source.read(&mut chunk[kept..]) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    result => break result.map_err(|e| XmlErrorKind::Io(e.kind()))?,
                }
            };
            chunk.truncate(kept + read);
            self.taken += read as u64;
            if self.taken > self.limits.bytes {
                return Err(XmlErrorKind::LimitPassed { what: "size of the document", allowed: self.limits.bytes });
            }
            self.finished = read == 0;
            self.pass_on(chunk)?;
        }
        Ok(())
    }

    fn pass_on(&mut self, mut chunk: Vec<u8>) -> Result<(), XmlErrorKind> {
        if self.at_start {
            if chunk.len() < 3 && !self.finished {
                self.held = chunk;
                return Ok(());
            }
            self.at_start = false;
            if chunk.starts_with(b"\xEF\xBB\xBF") {
                chunk.drain(..3);
            }
        }
        self.hold_back_incomplete(&mut chunk)?;
        normalise_line_ends(&mut chunk);
        check_characters(&chunk)?;
        self.scan(&chunk)?;
        self.out.extend_from_slice(&chunk);
        self.cut();
        Ok(())
    }

    /// Keeps back a character, a CR or closing brackets of CDATA whose continuation is in the next chunk.
    fn hold_back_incomplete(&mut self, chunk: &mut Vec<u8>) -> Result<(), XmlErrorKind> {
        let mut whole = match std::str::from_utf8(chunk) {
            Ok(_) => chunk.len(),
            Err(error) if error.error_len().is_none() && !self.finished => error.valid_up_to(),
            Err(_) => return Err(XmlErrorKind::NotUtf8),
        };
        if !self.finished {
            if chunk[..whole].ends_with(b"\r") {
                whole -= 1;
            }
            // "]]>" may be cut after its first or second bracket.
            whole -= chunk[..whole].iter().rev().take(2).take_while(|b| **b == b']').count();
            whole = before_open_reference(&chunk[..whole]);
        }
        self.held = chunk.split_off(whole);
        Ok(())
    }

    /// Follows the markup so that the end of the chunk is known to be text, CDATA or something else.
    fn scan(&mut self, chunk: &[u8]) -> Result<(), XmlErrorKind> {
        let mut at = 0;
        while at < chunk.len() {
            match self.state {
                State::Text => match memchr::memchr(b'<', &chunk[at..]) {
                    Some(found) => {
                        at += found + 1;
                        self.token = 1;
                        self.state = State::Opening(0);
                    }
                    None => return Ok(()),
                },
                State::Opening(seen) => {
                    self.opening[seen] = chunk[at];
                    self.opened(seen + 1)?;
                    at += usize::from(matches!(
                        self.state,
                        State::Opening(_) | State::Comment | State::Cdata | State::Pi
                    ));
                }
                _ => at = self.inside(chunk, at)?,
            }
        }
        Ok(())
    }

    /// Decides what a `<` opens from the bytes after it.
    fn opened(&mut self, seen: usize) -> Result<(), XmlErrorKind> {
        let opening = &self.opening[..seen];
        self.tail = [0; 2];
        self.state = match opening[0] {
            b'?' => State::Pi,
            b'!' if seen == 1 || (seen == 2 && opening[1] == b'-') => State::Opening(seen),
            b'!' if opening == b"!--" => State::Comment,
            b'!' if opening == &CDATA_OPEN[1..] => State::Cdata,
            b'!' if CDATA_OPEN[1..].starts_with(opening) => State::Opening(seen),
            b'!' if opening[1..].eq_ignore_ascii_case(&b"DOCTYPE"[..seen - 1]) && seen < 8 => State::Opening(seen),
            b'!' if opening[1..].eq_ignore_ascii_case(b"DOCTYPE") => return Err(XmlErrorKind::Doctype),
            b'!' => return Err(XmlErrorKind::Syntax("unknown declaration")),
            _ => State::Tag(None),
        };
        Ok(())
    }

    /// Looks for the end of a tag, comment, CDATA section or processing instruction.
    fn inside(&mut self, chunk: &[u8], from: usize) -> Result<usize, XmlErrorKind> {
        for (offset, &byte) in chunk[from..].iter().enumerate() {
            self.token += 1;
            if self.token > self.limits.token && self.state != State::Cdata {
                return Err(XmlErrorKind::LimitPassed {
                    what: "size of one tag, comment or processing instruction",
                    allowed: self.limits.token as u64,
                });
            }
            let ended = match self.state {
                State::Tag(None) if matches!(byte, b'"' | b'\'') => {
                    self.state = State::Tag(Some(byte));
                    false
                }
                State::Tag(None) => byte == b'>',
                State::Tag(Some(quote)) => {
                    if byte == quote {
                        self.state = State::Tag(None);
                    }
                    false
                }
                State::Comment => byte == b'>' && self.tail == *b"--",
                State::Cdata => byte == b'>' && self.tail == *b"]]",
                State::Pi => byte == b'>' && self.tail[1] == b'?',
                State::Text | State::Opening(_) => true,
            };
            self.tail = [self.tail[1], byte];
            if ended {
                self.state = State::Text;
                return Ok(from + offset + 1);
            }
        }
        Ok(chunk.len())
    }

    /// Ends the piece of text or CDATA at the end of the chunk.
    fn cut(&mut self) {
        match self.state {
            State::Text if !self.out.is_empty() => self.out.extend_from_slice(TEXT_CUT_MARKER),
            State::Cdata if !self.out.is_empty() => {
                self.out.extend_from_slice(CDATA_CUT_MARKER);
                self.tail = [0; 2];
            }
            _ => {}
        }
    }
}

impl<R: Read> Read for Feed<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buf.len());
        buf[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Feed<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.given == self.out.len()
            && let Err(kind) = self.refill()
        {
            self.refusal = Some(kind);
            return Err(std::io::Error::from(std::io::ErrorKind::InvalidData));
        }
        Ok(&self.out[self.given..])
    }

    fn consume(&mut self, count: usize) {
        self.given += count;
    }
}

/// XML 1.0 §2.11: CR LF and lone CR become LF.
fn normalise_line_ends(chunk: &mut Vec<u8>) {
    if memchr::memchr(b'\r', chunk).is_none() {
        return;
    }
    let mut previous_was_cr = false;
    let mut normalised = Vec::with_capacity(chunk.len());
    for &byte in chunk.iter() {
        if !(byte == b'\n' && previous_was_cr) {
            normalised.push(if byte == b'\r' { b'\n' } else { byte });
        }
        previous_was_cr = byte == b'\r';
    }
    *chunk = normalised;
}

/// Control characters, U+FFFE and U+FFFF are in no XML document; surrogates are no UTF-8.
fn check_characters(chunk: &[u8]) -> Result<(), XmlErrorKind> {
    let control = chunk.iter().find(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n'));
    if let Some(byte) = control {
        return Err(XmlErrorKind::ForbiddenCharacter(u32::from(*byte)));
    }
    for at in memchr::memchr_iter(0xEF, chunk) {
        match chunk.get(at..at + 3) {
            Some(b"\xEF\xBF\xBE") => return Err(XmlErrorKind::ForbiddenCharacter(0xFFFE)),
            Some(b"\xEF\xBF\xBF") => return Err(XmlErrorKind::ForbiddenCharacter(0xFFFF)),
            _ => {}
        }
    }
    Ok(())
}

/// Where the chunk ends, or the `&` of a reference that has no `;` yet.
fn before_open_reference(chunk: &[u8]) -> usize {
    let from = chunk.len().saturating_sub(LONGEST_REFERENCE);
    match memchr::memrchr(b'&', &chunk[from..]) {
        Some(at) if memchr::memchr(b';', &chunk[from + at..]).is_none() => from + at,
        _ => chunk.len(),
    }
}
