//! Page after page.

use std::marker::PhantomData;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::TraceExtract;
use crate::trace::journal::{Journal, PAGE};
use crate::trace::store::Selection;
use crate::trace::{AccessTrace, AirTrace, TraceError};

/// A line that can be read.
pub(in crate::trace) trait TraceLine: DeserializeOwned + Send {
    /// With its rank and its instant.
    fn placed(self, seq: u64, at: Timestamp) -> Self;

    /// Its rank and its instant.
    fn place(&self) -> (u64, Timestamp);

    /// Done in connexion secrète.
    fn is_secret(&self) -> bool;
}

impl TraceLine for AccessTrace {
    fn placed(self, seq: u64, at: Timestamp) -> Self {
        Self { seq, at, ..self }
    }

    fn place(&self) -> (u64, Timestamp) {
        (self.seq, self.at)
    }

    fn is_secret(&self) -> bool {
        self.secret
    }
}

impl TraceLine for AirTrace {
    fn placed(self, seq: u64, at: Timestamp) -> Self {
        Self { seq, at, ..self }
    }

    fn place(&self) -> (u64, Timestamp) {
        (self.seq, self.at)
    }

    fn is_secret(&self) -> bool {
        self.secret
    }
}

/// The lines of an extraction, as many in memory as a page has.
pub(in crate::trace) struct Cursor<'a, T> {
    journal: &'a Journal,
    /// `None` once there is nothing more.
    selection: Option<Selection>,
    after: u64,
    secret_too: bool,
    /// Lines that this reader may not see.
    pub(in crate::trace) withheld: u64,
    line: PhantomData<fn() -> T>,
}

impl<'a, T: TraceLine> Cursor<'a, T> {
    pub(in crate::trace) fn over(journal: &'a Journal, extract: &TraceExtract, secret_too: bool) -> Self {
        let selection = extract.selection(journal);
        Self { journal, selection, after: 0, secret_too, withheld: 0, line: PhantomData }
    }

    /// The next lines; `None` after the last.
    pub(in crate::trace) async fn next(&mut self) -> Result<Option<Vec<T>>, TraceError> {
        let Some(selection) = &self.selection else { return Ok(None) };
        let sealed = self.journal.page(selection, self.after).await?;
        if sealed.len() < PAGE {
            self.selection = None;
        }
        let mut lines = Vec::with_capacity(sealed.len());
        for line in &sealed {
            self.after = line.seq;
            let Some(read) = self.journal.open::<T>(line)? else { continue };
            match read.is_secret() && !self.secret_too {
                true => self.withheld += 1,
                false => lines.push(read.placed(line.seq, line.at)),
            }
        }
        Ok(Some(lines))
    }
}
