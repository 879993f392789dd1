//! A push parser of `multipart/*`: chunks in, events out, never more than a boundary's length held back.

use std::collections::HashSet;

use bytes::{Buf as _, Bytes, BytesMut};
use memchr::memmem::Finder;

use super::error::MtomError;
use super::header::{ContentType, PartHeaders, trim_content_id};
use super::transfer::{Decoder, TransferEncoding};

/// White space allowed between a boundary and its line end.
const PADDING: usize = 64;

/// Bounds of a message; passing one is [`MtomError::LimitPassed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Parts, the root included.
    pub parts: usize,
    /// Bytes of the header block of one part.
    pub header_bytes: usize,
    /// Bytes of the root part.
    pub root_bytes: u64,
    /// Decoded bytes of any other part.
    pub part_bytes: u64,
    /// Bytes of the whole body, framing, preamble and epilogue included.
    pub total_bytes: u64,
}

impl Default for Limits {
    /// transactions.md §5: 256 MiB per document, 512 MiB per message; the others are ours.
    fn default() -> Self {
        Self { parts: 256, header_bytes: 16 << 10, root_bytes: 16 << 20, part_bytes: 256 << 20, total_bytes: 512 << 20 }
    }
}

/// What the parser has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    PartStart(Part),
    /// Decoded bytes of the current part, never empty; cut anywhere.
    Data(Bytes),
    /// The current part ends.
    PartEnd {
        /// Decoded bytes it held.
        length: u64,
    },
}

/// Head of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Number from 0, in order of arrival.
    pub index: usize,
    /// Whether this is the root: the part that `start` names, else the first.
    pub is_root: bool,
    /// `Content-ID` without angle brackets.
    pub content_id: Option<String>,
    /// How its bytes came; they are delivered decoded.
    pub encoding: TransferEncoding,
    /// All its headers.
    pub headers: PartHeaders,
}

/// Reads one multipart body.
///
/// ```
/// use bytes::Bytes;
/// use dmp_protocol::mtom::{Event, Limits, Parser};
/// let mut parser = Parser::new("multipart/related; boundary=b", Limits::default())?;
/// let mut size = 0;
/// for chunk in ["--b\r\nContent-ID: <root>\r\n\r\n<e", "nvelope/>\r\n--", "b--\r\n"] {
///     for event in parser.push(Bytes::from(chunk))? {
///         if let Event::Data(bytes) = event {
///             size += bytes.len(); // write it, hash it: it is not kept
///         }
///     }
/// }
/// parser.finish()?; // an error if the message was cut
/// assert_eq!(size, "<envelope/>".len());
/// # Ok::<(), dmp_protocol::mtom::MtomError>(())
/// ```
pub struct Parser {
    /// CRLF, two hyphens, boundary.
    delimiter: Finder<'static>,
    start: Option<String>,
    limits: Limits,
    /// Bytes that may be the beginning of a boundary.
    held: BytesMut,
    state: State,
    received: u64,
    parts: usize,
    identifiers: HashSet<String>,
    root_seen: bool,
    failure: Option<MtomError>,
}

enum State {
    Preamble,
    /// Header block so far, and whether the last byte ended a line.
    Headers(Vec<u8>),
    Body(Body),
    Epilogue,
}

struct Body {
    index: usize,
    is_root: bool,
    length: u64,
    decoder: Decoder,
}

/// What follows a delimiter.
enum Tail {
    /// A part, after this many bytes.
    Part(usize),
    /// The end of the message.
    Close,
    /// Not a boundary line: content.
    Content,
    /// Too few bytes to tell.
    Unknown,
}

impl std::fmt::Debug for Parser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parser").field("received", &self.received).field("parts", &self.parts).finish_non_exhaustive()
    }
}

impl Parser {
    /// A parser for a body of that `Content-Type`.
    ///
    /// # Errors
    /// [`MtomError::ContentType`].
    pub fn new(content_type: &str, limits: Limits) -> Result<Self, MtomError> {
        let content_type = ContentType::parse(content_type);
        let delimiter = format!("\r\n--{}", content_type.boundary()?);
        let start = content_type.parameter("start").map(trim_content_id).filter(|id| !id.is_empty());
        Ok(Self {
            delimiter: Finder::new(&delimiter).into_owned(),
            start: start.map(str::to_owned),
            limits,
            // A boundary on the very first line has no CRLF before it.
            held: BytesMut::from(&b"\r\n"[..]),
            state: State::Preamble,
            received: 0,
            parts: 0,
            identifiers: HashSet::new(),
            root_seen: false,
            failure: None,
        })
    }

    /// Reads the next chunk, of any size.
    ///
    /// # Errors
    /// [`MtomError`]; the parser then repeats it whatever it is given.
    pub fn push(&mut self, chunk: Bytes) -> Result<Vec<Event>, MtomError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let mut events = Vec::new();
        match self.advance(chunk, &mut events) {
            Ok(()) => Ok(events),
            Err(error) => Err(self.failure.insert(error).clone()),
        }
    }

    /// Reads the end of the input.
    ///
    /// # Errors
    /// [`MtomError::Truncated`] when the closing boundary is missing, [`MtomError::NoRoot`].
    pub fn finish(mut self) -> Result<Vec<Event>, MtomError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut events = Vec::new();
        // A closing boundary may be the last bytes, without a line end: what is held back is exactly it.
        let mut close = self.delimiter.needle().to_vec();
        close.extend(b"--");
        if self.held[..] == close[..] {
            self.end_part(&mut events)?;
            self.state = State::Epilogue;
        }
        let place = match self.state {
            State::Preamble => "before the first part",
            State::Headers(_) => "in the headers of a part",
            State::Body(_) => "inside a part",
            State::Epilogue if !self.root_seen => return Err(MtomError::NoRoot),
            State::Epilogue => return Ok(events),
        };
        Err(MtomError::Truncated { place })
    }

    fn advance(&mut self, chunk: Bytes, events: &mut Vec<Event>) -> Result<(), MtomError> {
        self.received = self.received.saturating_add(chunk.len() as u64);
        if self.received > self.limits.total_bytes {
            return Err(passed("bytes of the message", self.limits.total_bytes));
        }
        let mut input = if self.held.is_empty() {
            chunk
        } else {
            self.held.extend_from_slice(&chunk);
            self.held.split().freeze()
        };
        while !input.is_empty() {
            match &mut self.state {
                State::Epilogue => return Ok(()),
                State::Headers(block) => {
                    if read_header_block(block, &mut input, self.limits.header_bytes)? {
                        let block = std::mem::take(block);
                        self.start_part(&block, events)?;
                    }
                }
                State::Preamble | State::Body(_) => {
                    if !self.read_to_boundary(&mut input, events)? {
                        self.held.extend_from_slice(&input);
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Delivers content up to the next boundary line; false when the rest of `input` must wait for more.
    fn read_to_boundary(&mut self, input: &mut Bytes, events: &mut Vec<Event>) -> Result<bool, MtomError> {
        let length = self.delimiter.needle().len();
        let mut from = 0;
        loop {
            let Some(at) = self.delimiter.find(&input[from..]).map(|at| from + at) else {
                let keep = held_back(input, self.delimiter.needle());
                let content = input.split_to(input.len() - keep);
                self.content(content, events)?;
                return Ok(input.is_empty());
            };
            match tail(&input[at + length..]) {
                Tail::Content => from = at + 1,
                Tail::Unknown => {
                    let content = input.split_to(at);
                    self.content(content, events)?;
                    return Ok(false);
                }
                Tail::Part(line_end) => {
                    let content = input.split_to(at);
                    self.content(content, events)?;
                    self.end_part(events)?;
                    input.advance(length + line_end);
                    self.state = State::Headers(Vec::new());
                    return Ok(true);
                }
                Tail::Close => {
                    let content = input.split_to(at);
                    self.content(content, events)?;
                    self.end_part(events)?;
                    self.state = State::Epilogue;
                    return Ok(true);
                }
            }
        }
    }

    fn start_part(&mut self, block: &[u8], events: &mut Vec<Event>) -> Result<(), MtomError> {
        let index = self.parts;
        if index >= self.limits.parts {
            return Err(passed("parts", self.limits.parts as u64));
        }
        let headers = PartHeaders::parse(block, index)?;
        let content_id = headers.content_id().map(str::to_owned);
        if let Some(id) = &content_id
            && !self.identifiers.insert(id.clone())
        {
            return Err(MtomError::DuplicateContentId { part: index });
        }
        let encoding = headers.transfer_encoding(index)?;
        let is_root = match &self.start {
            Some(start) => content_id.as_ref() == Some(start),
            None => index == 0,
        };
        self.root_seen |= is_root;
        self.parts += 1;
        self.state = State::Body(Body { index, is_root, length: 0, decoder: Decoder::new(encoding) });
        events.push(Event::PartStart(Part { index, is_root, content_id, encoding, headers }));
        Ok(())
    }

    fn content(&mut self, bytes: Bytes, events: &mut Vec<Event>) -> Result<(), MtomError> {
        let State::Body(body) = &mut self.state else { return Ok(()) };
        let decoded = body.decoder.decode(bytes).map_err(|_| MtomError::Base64 { part: body.index })?;
        deliver(body, decoded, &self.limits, events)
    }

    fn end_part(&mut self, events: &mut Vec<Event>) -> Result<(), MtomError> {
        let State::Body(body) = &mut self.state else { return Ok(()) };
        let rest = body.decoder.finish().map_err(|_| MtomError::Base64 { part: body.index })?;
        deliver(body, rest, &self.limits, events)?;
        events.push(Event::PartEnd { length: body.length });
        Ok(())
    }
}

fn deliver(body: &mut Body, bytes: Bytes, limits: &Limits, events: &mut Vec<Event>) -> Result<(), MtomError> {
    if bytes.is_empty() {
        return Ok(());
    }
    body.length = body.length.saturating_add(bytes.len() as u64);
    let (what, allowed) = if body.is_root {
        ("bytes of the root part", limits.root_bytes)
    } else {
        ("bytes of a part", limits.part_bytes)
    };
    if body.length > allowed {
        return Err(passed(what, allowed));
    }
    events.push(Event::Data(bytes));
    Ok(())
}

/// Moves whole lines into `block`; true when the empty line that ends it was read.
fn read_header_block(block: &mut Vec<u8>, input: &mut Bytes, limit: usize) -> Result<bool, MtomError> {
    while !input.is_empty() {
        let line_end = memchr::memchr(b'\n', input).map(|at| at + 1);
        let piece = input.split_to(line_end.unwrap_or(input.len()));
        block.extend_from_slice(&piece);
        if block.len() > limit {
            return Err(passed("bytes of part headers", limit as u64));
        }
        if line_end.is_some() && (block.ends_with(b"\n\r\n") || block.ends_with(b"\n\n") || is_line_end(block)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A part without headers starts with its empty line.
fn is_line_end(block: &[u8]) -> bool {
    block == b"\r\n" || block == b"\n"
}

fn tail(after: &[u8]) -> Tail {
    if let Some(rest) = after.strip_prefix(b"--") {
        return match rest.first() {
            None => Tail::Unknown,
            Some(b' ' | b'\t' | b'\r' | b'\n') => Tail::Close,
            Some(_) => Tail::Content,
        };
    }
    let padding = after.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    match &after[padding..] {
        _ if padding > PADDING => Tail::Content,
        [] | [b'\r'] => Tail::Unknown,
        [b'-'] if padding == 0 => Tail::Unknown,
        [b'\r', b'\n', ..] => Tail::Part(padding + 2),
        _ => Tail::Content,
    }
}

/// How many last bytes of `input` may be the beginning of `delimiter`.
fn held_back(input: &[u8], delimiter: &[u8]) -> usize {
    let longest = input.len().min(delimiter.len() - 1);
    (1..=longest).rev().find(|&keep| input.ends_with(&delimiter[..keep])).unwrap_or(0)
}

fn passed(what: &'static str, allowed: u64) -> MtomError {
    MtomError::LimitPassed { what, allowed }
}
