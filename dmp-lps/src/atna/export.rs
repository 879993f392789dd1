//! From the traces through the spool to the sink.

use tokio::sync::Mutex;

use super::{AuditNode, AuditSink, AuditSpool, SinkError, Spooled};
use crate::store::StoreError;
use crate::trace::{TraceError, Tracer};

/// Messages in one batch (project default).
const BATCH: u32 = 200;

/// Exports traces as audit messages. What was taken leaves the spool only when the sink has it: after a crash, a cut or a
/// full disk a message may come twice, under the same sequenceId, and never not at all.
#[derive(Debug)]
pub struct AtnaExport<S, K> {
    node: AuditNode,
    spool: S,
    sink: K,
    /// One batch is on its way at a time: messages keep their order.
    turn: Mutex<()>,
}

/// Why the export stopped; what waits stays in the spool.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The spool failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The traces cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The sink did not take a batch.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

impl<S: AuditSpool, K: AuditSink> AtnaExport<S, K> {
    /// An export through a spool, best in the base that holds the traces, to a sink.
    pub fn new(node: AuditNode, spool: S, sink: K) -> Self {
        Self { node, spool, sink, turn: Mutex::new(()) }
    }

    /// Takes the traces that were written since the last time into the spool; how many. Those of before the first call are
    /// among them, as far back as the trace goes. Call it before [`Self::flush`]: traces written while nobody exports are
    /// taken later, unless their retention ended first.
    ///
    /// # Errors
    /// The traces or the spool failed: the next call begins where this one stopped.
    pub async fn take(&self, tracer: &Tracer) -> Result<u64, ExportError> {
        let mut taken = 0;
        loop {
            let after = self.spool.taken().await?;
            let lines = tracer.after(after).await?;
            let Some(last) = lines.last().map(|line| line.seq) else { return Ok(taken) };
            let messages: Vec<Spooled> = lines.iter().filter_map(|line| self.node.message(line)).collect();
            taken += messages.len() as u64;
            self.spool.put(messages, last).await?;
        }
    }

    /// Hands over all that waits, oldest first; how many messages went. Call it now and then, and again after an error.
    ///
    /// # Errors
    /// The sink did not take a batch, or the spool failed: nothing is lost, and the next call begins there.
    pub async fn flush(&self) -> Result<u64, ExportError> {
        let _turn = self.turn.lock().await;
        let mut went = 0;
        loop {
            let batch = self.spool.oldest(BATCH).await?;
            let Some(last) = batch.last().map(|spooled| spooled.seq) else { return Ok(went) };
            let messages: Vec<String> = batch.into_iter().map(|spooled| spooled.message).collect();
            self.sink.deliver(&messages).await?;
            self.spool.delivered(last).await?;
            went += messages.len() as u64;
        }
    }

    /// How many messages wait.
    ///
    /// # Errors
    /// The spool failed.
    pub async fn waiting(&self) -> Result<u64, ExportError> {
        Ok(self.spool.waiting().await?)
    }
}
