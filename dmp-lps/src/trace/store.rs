//! Where sealed lines are kept. A store reads nothing of them: what is in a line is for who has the keys.

use std::pin::Pin;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::key::Tag;
use crate::store::StoreError;

/// What a store does.
pub type Stored<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// One sealed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedLine {
    /// Rank, from 1, without gap.
    pub seq: u64,
    /// When it was written, UTC, to the microsecond.
    pub at: Timestamp,
    /// The call it belongs to.
    pub call: Option<Uuid>,
    /// It only says that the call begins: another line tells the end.
    pub opens: bool,
    /// Number of the key.
    pub key: u32,
    /// Look-ups of the people and documents in it.
    pub tags: Vec<Tag>,
    /// The line, encrypted; `None` once it was destroyed.
    pub body: Option<Vec<u8>>,
    /// Digest of all of the above but the look-ups of a destroyed line: stays after its destruction.
    pub digest: [u8; 32],
    /// Code over the code of the line before and this one.
    pub chain: [u8; 32],
    /// Proof that the owner of the keys destroyed it.
    pub destroyed: Option<[u8; 32]>,
}

/// A place in the chain, under a code that only the owner of the keys can make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Rank of the line.
    pub seq: u64,
    /// When that line was written, UTC.
    pub at: Timestamp,
    /// Its code in the chain.
    pub chain: [u8; 32],
    /// Number of the key.
    pub key: u32,
    /// The code over the above.
    pub code: [u8; 32],
}

/// The state of a store at the end of a day in Paris: sent elsewhere, it proves what was there (`EX_AIR-110`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySeal {
    /// The day.
    pub day: Date,
    /// Its last line.
    pub mark: Mark,
}

/// Which lines to read.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Lines with one of these look-ups; any line when empty.
    pub tags: Vec<Tag>,
    /// Written at that time or later.
    pub from: Option<Timestamp>,
    /// Written at that time or earlier.
    pub to: Option<Timestamp>,
    /// Without the lines that only open a call whose end is there too.
    pub ended_once: bool,
    /// Without destroyed lines.
    pub readable: bool,
}

/// Keeps the sealed lines of one trace. Append-only: nothing changes a line but [`Self::destroy`], nothing removes one but
/// [`Self::forget`].
///
/// Dyn-compatible, so that one [`super::Tracer`] type serves every store. Dropped futures leave all or nothing.
pub trait TraceStore: Send + Sync + 'static {
    /// Adds lines that follow each other, with the new head and the seal of the day that has ended. `false`, and nothing is
    /// added, when another writer was faster and the first line's rank is taken.
    fn append(&self, lines: Vec<SealedLine>, head: Mark, seal: Option<DaySeal>) -> Stored<'_, bool>;

    /// The last line that was ever added.
    fn head(&self) -> Stored<'_, Option<Mark>>;

    /// The last line that was forgotten.
    fn anchor(&self) -> Stored<'_, Option<Mark>>;

    /// Adds the seal of a day, or puts the same one again.
    fn seal(&self, seal: DaySeal) -> Stored<'_, ()>;

    /// Every seal, oldest first.
    fn seals(&self) -> Stored<'_, Vec<DaySeal>>;

    /// Lines after a rank, in order, at most `limit`: fewer only at the end.
    fn page(&self, selection: Selection, after: u64, limit: usize) -> Stored<'_, Vec<SealedLine>>;

    /// Rank of the first line written at that time or later.
    fn first_since(&self, limit: Timestamp) -> Stored<'_, Option<u64>>;

    /// Removes every line up to the anchor, and its seals. Gives how many lines there were.
    fn forget(&self, anchor: Mark) -> Stored<'_, u64>;

    /// Removes the bodies and look-ups of lines, each with its proof.
    fn destroy(&self, lines: Vec<(u64, [u8; 32])>) -> Stored<'_, ()>;

    /// Remembers when a DMP was closed, by the look-up of its patient: the earliest time told counts. `None` when it is open
    /// again: forgets it.
    fn closed(&self, patient: Tag, at: Option<Timestamp>) -> Stored<'_, ()>;

    /// The patients whose DMP was closed at that time or earlier.
    fn closed_until(&self, limit: Timestamp) -> Stored<'_, Vec<Tag>>;
}
