//! Whether the traces are as they were written (`EX_AIR-110`).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::journal::{ANCHOR, HEAD, Journal, digest_of};
use super::store::{DaySeal, Mark, SealedLine, Selection};
use super::{TraceError, Tracer};

/// One of the two traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TraceKind {
    /// The local trace.
    Access,
    /// The trace of AIR.
    Air,
}

/// What was found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TraceFault {
    /// A line says something else than what was written, or was destroyed by somebody without the keys.
    Altered {
        /// Its rank.
        seq: u64,
    },
    /// Lines are missing.
    Missing {
        /// Rank of the first.
        first: u64,
        /// Rank of the last.
        last: u64,
    },
    /// The state that a seal proves is not that of the trace.
    Seal {
        /// The day.
        day: Date,
    },
    /// The mark of the last line, or of the last one that was purged, is not that of the owner of the keys.
    Mark,
}

/// Outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Verification {
    /// Lines that are there.
    pub lines: u64,
    /// Of these, destroyed by the retention.
    pub destroyed: u64,
    /// Lines before them that the retention removed.
    pub forgotten: u64,
    /// Seals that were compared.
    pub seals: usize,
    /// What is wrong; empty when everything is as it was written.
    pub faults: Vec<TraceFault>,
}

impl Verification {
    /// Nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

impl Tracer {
    /// Reads a whole trace and compares it with its chain, its seals, and seals that were kept elsewhere.
    ///
    /// Only the seals kept elsewhere show that a whole store was put back to an older state.
    ///
    /// # Errors
    /// [`TraceError`]: the store cannot be read, or a key is missing. What is wrong with the lines is in the answer.
    pub async fn verify(&self, trace: TraceKind, kept: &[DaySeal]) -> Result<Verification, TraceError> {
        self.journal(trace).verify(kept).await
    }

    /// The seals of the days that have ended, the last of them made now if it was missing: keep them elsewhere.
    ///
    /// # Errors
    /// [`TraceError`].
    pub async fn seals(&self, trace: TraceKind) -> Result<Vec<DaySeal>, TraceError> {
        let journal = self.journal(trace);
        journal.seal_ended_day().await?;
        Ok(journal.store.seals().await?)
    }

    pub(super) fn journal(&self, trace: TraceKind) -> &Journal {
        match trace {
            TraceKind::Access => &self.inner.access,
            TraceKind::Air => &self.inner.air,
        }
    }
}

impl Journal {
    async fn verify(&self, kept: &[DaySeal]) -> Result<Verification, TraceError> {
        let mut walk = Walk::default();
        if let Some(anchor) = self.store.anchor().await? {
            walk.check_mark(self.code_of(ANCHOR, &anchor)? == anchor.code);
            (walk.seq, walk.chain, walk.found.forgotten) = (anchor.seq, anchor.chain, anchor.seq);
        }
        let head = self.store.head().await?;
        let seals = self.store.seals().await?;
        let mut expected: BTreeMap<u64, Vec<&DaySeal>> = BTreeMap::new();
        for seal in seals.iter().chain(kept).filter(|seal| seal.mark.seq > walk.seq) {
            expected.entry(seal.mark.seq).or_default().push(seal);
        }
        loop {
            let page = self.page(&Selection::default(), walk.seq).await?;
            let Some(last) = page.last().map(|line| line.seq) else { break };
            for line in &page {
                self.check_line(&mut walk, line)?;
                for seal in expected.remove(&line.seq).into_iter().flatten() {
                    self.check_seal(&mut walk, seal, line)?;
                }
            }
            walk.seq = last;
        }
        walk.found.faults.extend(expected.values().flatten().map(|seal| TraceFault::Seal { day: seal.day }));
        self.check_head(&mut walk, head.as_ref())?;
        Ok(walk.found)
    }

    fn check_line(&self, walk: &mut Walk, line: &SealedLine) -> Result<(), TraceError> {
        let follows = line.seq == walk.seq + 1;
        if !follows {
            walk.found.faults.push(TraceFault::Missing { first: walk.seq + 1, last: line.seq.saturating_sub(1) });
        }
        let whole = match &line.body {
            Some(_) => digest_of(line) == line.digest,
            None => line.destroyed == Some(self.destruction_of(line)?),
        };
        // After a gap the code of the line before is not known.
        let chained = !follows || self.chain_of(line, &walk.chain)? == line.chain;
        if !whole || !chained {
            walk.found.faults.push(TraceFault::Altered { seq: line.seq });
        }
        walk.found.lines += 1;
        walk.found.destroyed += u64::from(line.body.is_none());
        (walk.seq, walk.chain) = (line.seq, line.chain);
        Ok(())
    }

    fn check_seal(&self, walk: &mut Walk, seal: &DaySeal, line: &SealedLine) -> Result<(), TraceError> {
        walk.found.seals += 1;
        let DaySeal { day, mark } = seal;
        if mark.chain != line.chain || mark.at != line.at || self.code_of(&day.to_string(), mark)? != mark.code {
            walk.found.faults.push(TraceFault::Seal { day: *day });
        }
        Ok(())
    }

    fn check_head(&self, walk: &mut Walk, head: Option<&Mark>) -> Result<(), TraceError> {
        let Some(head) = head else {
            walk.check_mark(walk.found.lines == 0);
            return Ok(());
        };
        walk.check_mark(self.code_of(HEAD, head)? == head.code);
        if head.seq > walk.seq {
            walk.found.faults.push(TraceFault::Missing { first: walk.seq + 1, last: head.seq });
        }
        Ok(())
    }
}

/// Where a verification stands.
#[derive(Default)]
struct Walk {
    seq: u64,
    chain: [u8; 32],
    found: Verification,
}

impl Walk {
    fn check_mark(&mut self, sound: bool) {
        if !sound {
            self.found.faults.push(TraceFault::Mark);
        }
    }
}
