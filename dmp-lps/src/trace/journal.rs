//! One trace: its lines sealed, chained, in order.

use std::sync::Arc;

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::TraceError;
use super::key::TraceKeys;
use super::store::{DaySeal, Mark, SealedLine, Selection, TraceStore};
use crate::clock::{self, Clock};

/// Look-ups of a user, a professional, a patient, a document.
pub(super) const USER: &str = "user";
pub(super) const PROFESSIONAL: &str = "professional";
pub(super) const PATIENT: &str = "patient";
pub(super) const DOCUMENT: &str = "document";

/// Lines that are read at a time.
pub(super) const PAGE: usize = 2_000;

/// Lines over one store. The name binds them to it: a line of one trace is none of the other.
pub(super) struct Journal {
    pub(super) name: &'static str,
    pub(super) store: Arc<dyn TraceStore>,
    pub(super) keys: TraceKeys,
    clock: Arc<dyn Clock>,
    /// What this process wrote last; `None` when it must be asked of the store.
    last: Mutex<Option<Mark>>,
}

/// A line to be written.
pub(super) struct Entry {
    pub(super) call: Option<Uuid>,
    pub(super) opens: bool,
    /// Kind and value.
    pub(super) about: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

impl Entry {
    pub(super) fn new(body: &impl Serialize) -> Result<Self, TraceError> {
        // What is traced is made of texts and numbers.
        let body = serde_json::to_vec(body).map_err(|_| TraceError::Unreadable(0))?;
        Ok(Self { call: None, opens: false, about: Vec::new(), body })
    }
}

/// What is written at once: lines, the head after them, and the seal of the day that they end.
struct Batch {
    lines: Vec<SealedLine>,
    head: Mark,
    seal: Option<DaySeal>,
}

impl Journal {
    pub(super) fn new(name: &'static str, store: Arc<dyn TraceStore>, keys: TraceKeys, clock: Arc<dyn Clock>) -> Self {
        Self { name, store, keys, clock, last: Mutex::new(None) }
    }

    /// Writes lines in order; each has its rank and its instant when it is on the disk.
    pub(super) async fn append(&self, entries: &[Entry]) -> Result<Vec<(u64, Timestamp)>, TraceError> {
        let mut last = self.last.lock().await;
        loop {
            // Taken, not looked at: whoever is dropped while writing leaves nothing to trust.
            let before = match last.take() {
                Some(mark) => Some(mark),
                None => self.head().await?,
            };
            let Some(Batch { lines, head, seal }) = self.sealed(entries, before)? else { return Ok(Vec::new()) };
            let written = lines.iter().map(|line| (line.seq, line.at)).collect();
            if self.store.append(lines, head.clone(), seal).await? {
                *last = Some(head);
                return Ok(written);
            }
        }
    }

    /// `None` for no entries.
    fn sealed(&self, entries: &[Entry], before: Option<Mark>) -> Result<Option<Batch>, TraceError> {
        let now = self.clock.now();
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let ended = before.as_ref().filter(|mark| clock::day(mark.at) != clock::day(now));
        let seal = ended.map(|mark| self.day_seal(mark)).transpose()?;
        let (mut seq, mut chain) = before.map_or((0, [0; 32]), |mark| (mark.seq, mark.chain));
        let mut lines = Vec::with_capacity(entries.len());
        for entry in entries {
            seq += 1;
            let line = self.line(entry, seq, now, &chain)?;
            chain = line.chain;
            lines.push(line);
        }
        let Some(line) = lines.last() else { return Ok(None) };
        let head = self.mark(HEAD, line)?;
        Ok(Some(Batch { lines, head, seal }))
    }

    fn line(&self, entry: &Entry, seq: u64, at: Timestamp, before: &[u8; 32]) -> Result<SealedLine, TraceError> {
        let tags = entry.about.iter().map(|(kind, value)| self.keys.tag(kind, value)).collect::<Result<_, _>>()?;
        let body = Some(self.keys.seal(&self.bound(seq, at), entry.body.clone())?);
        let key = self.keys.current();
        let (call, opens) = (entry.call, entry.opens);
        let mut line =
            SealedLine { seq, at, call, opens, key, tags, body, digest: [0; 32], chain: [0; 32], destroyed: None };
        line.digest = digest_of(&line);
        line.chain = self.chain_of(&line, before)?;
        Ok(line)
    }

    /// What a body is sealed to: it opens nowhere else.
    fn bound(&self, seq: u64, at: Timestamp) -> Vec<u8> {
        [self.name.as_bytes(), &seq.to_be_bytes(), &at.as_microsecond().to_be_bytes()].concat()
    }

    pub(super) fn chain_of(&self, line: &SealedLine, before: &[u8; 32]) -> Result<[u8; 32], TraceError> {
        let (seq, at) = (line.seq.to_be_bytes(), line.at.as_microsecond().to_be_bytes());
        Ok(self.keys.code(line.key, &[b"line", self.name.as_bytes(), before, &seq, &at, &line.digest])?)
    }

    /// Proof of the destruction of a line.
    pub(super) fn destruction_of(&self, line: &SealedLine) -> Result<[u8; 32], TraceError> {
        Ok(self.keys.code(line.key, &[b"destroyed", self.name.as_bytes(), &line.seq.to_be_bytes(), &line.chain])?)
    }

    /// A place in the chain, under the key of the line.
    pub(super) fn mark(&self, kind: &str, line: &SealedLine) -> Result<Mark, TraceError> {
        let mark = Mark { seq: line.seq, at: line.at, chain: line.chain, key: line.key, code: [0; 32] };
        Ok(Mark { code: self.code_of(kind, &mark)?, ..mark })
    }

    pub(super) fn day_seal(&self, mark: &Mark) -> Result<DaySeal, TraceError> {
        let day = clock::day(mark.at);
        let code = self.code_of(&day.to_string(), mark)?;
        Ok(DaySeal { day, mark: Mark { code, ..mark.clone() } })
    }

    pub(super) fn code_of(&self, kind: &str, mark: &Mark) -> Result<[u8; 32], TraceError> {
        let (seq, at) = (mark.seq.to_be_bytes(), mark.at.as_microsecond().to_be_bytes());
        let parts: [&[u8]; 6] = [b"mark", self.name.as_bytes(), kind.as_bytes(), &seq, &at, &mark.chain];
        Ok(self.keys.code(mark.key, &parts)?)
    }

    /// Seals the day of the last line, if it has ended.
    pub(super) async fn seal_ended_day(&self) -> Result<(), TraceError> {
        match self.head().await?.filter(|head| clock::day(head.at) < clock::day(self.clock.now())) {
            Some(head) => Ok(self.store.seal(self.day_seal(&head)?).await?),
            None => Ok(()),
        }
    }

    /// The last line, if the owner of the keys wrote it: nothing is chained to a forgery.
    async fn head(&self) -> Result<Option<Mark>, TraceError> {
        let Some(head) = self.store.head().await? else { return Ok(None) };
        match self.code_of(HEAD, &head)? == head.code {
            true => Ok(Some(head)),
            false => Err(TraceError::Altered("the mark of the last line")),
        }
    }

    /// What a line says; `None` when it was destroyed.
    pub(super) fn open<T: DeserializeOwned>(&self, line: &SealedLine) -> Result<Option<T>, TraceError> {
        let Some(body) = &line.body else { return Ok(None) };
        let plain = self.keys.open(line.key, &self.bound(line.seq, line.at), body)?;
        serde_json::from_slice(&plain).map(Some).map_err(|_| TraceError::Unreadable(line.seq))
    }

    /// The look-ups of a value.
    pub(super) fn about(&self, kind: &'static str, value: &str) -> Vec<super::key::Tag> {
        self.keys.tags(kind, value)
    }

    /// The lines of a selection after a rank.
    pub(super) async fn page(&self, selection: &Selection, after: u64) -> Result<Vec<SealedLine>, TraceError> {
        Ok(self.store.page(selection.clone(), after, PAGE).await?)
    }
}

/// Kind of the mark of the last line.
pub(super) const HEAD: &str = "head";
/// Kind of the mark of the last line that was removed.
pub(super) const ANCHOR: &str = "anchor";

/// Digest of what a line holds.
pub(super) fn digest_of(line: &SealedLine) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&line.key.to_be_bytes());
    context.update(&[u8::from(line.opens), u8::from(line.call.is_some())]);
    context.update(line.call.unwrap_or_default().as_bytes());
    context.update(&u64::try_from(line.tags.len()).unwrap_or(u64::MAX).to_be_bytes());
    line.tags.iter().for_each(|tag| context.update(tag));
    context.update(line.body.as_deref().unwrap_or_default());
    let mut digest = [0; 32];
    digest.iter_mut().zip(context.finish().as_ref()).for_each(|(kept, byte)| *kept = *byte);
    digest
}
