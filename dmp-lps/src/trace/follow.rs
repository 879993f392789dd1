//! The trace as the software itself follows it: for the export of audit messages and the supervision.

use super::store::Selection;
use super::{AccessTrace, TraceError, Tracer};

impl Tracer {
    /// Lines of the local trace after a rank, in order; none when there is no more. Unlike a reading by somebody, it is not
    /// traced: it would have no end.
    ///
    /// # Errors
    /// The store failed, or a line was altered.
    pub(crate) async fn after(&self, seq: u64) -> Result<Vec<AccessTrace>, TraceError> {
        let journal = &self.inner.access;
        let selection = Selection { readable: true, ..Selection::default() };
        let mut lines = Vec::new();
        for sealed in journal.page(&selection, seq).await? {
            if let Some(line) = journal.open::<AccessTrace>(&sealed)? {
                lines.push(AccessTrace { seq: sealed.seq, at: sealed.at, ..line });
            }
        }
        Ok(lines)
    }
}
