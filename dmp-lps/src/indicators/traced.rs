//! Consultations, from the traces (F14).

use jiff::Timestamp;

use super::{Access, AccessHistory, Accessed, IndicatorError};
use crate::context::{EpisodeId, InternalUserId};
use crate::trace::{AccessTrace, Action, TraceExtract, TraceOutcome, TraceReader, Tracer};

/// The local trace as a history of consultations. Each report is a reading of the traces, and is traced.
///
/// Give it a reader who sees connexions secrètes too: otherwise they do not count. The trace goes back as far as its
/// retention, 6 months by default: [`IndicatorReport::with_earlier`](super::IndicatorReport::with_earlier) keeps the
/// figures of older months.
#[derive(Clone)]
pub struct TracedAccesses {
    tracer: Tracer,
    reader: TraceReader,
}

impl std::fmt::Debug for TracedAccesses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TracedAccesses")
    }
}

impl TracedAccesses {
    /// The traces of a tracer, read by somebody.
    #[must_use]
    pub fn of(tracer: Tracer, reader: TraceReader) -> Self {
        Self { tracer, reader }
    }
}

impl AccessHistory for TracedAccesses {
    async fn accesses(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Access>, IndicatorError> {
        let lines = self.tracer.read(&TraceExtract::all().between(from, to), &self.reader).await?;
        Ok(lines.into_iter().filter(|line| line.at < to).filter_map(access).collect())
    }
}

fn access(line: AccessTrace) -> Option<Access> {
    if line.outcome != TraceOutcome::Done {
        return None;
    }
    let types = || line.documents.iter().map(|document| document.type_code.clone().unwrap_or_default()).collect();
    let what = match line.action {
        Action::Search => Accessed::Searched,
        Action::Retrieve => Accessed::Retrieved(types()),
        Action::Save => Accessed::Integrated(types()),
        _ => return None,
    };
    Some(Access { at: line.at, user: InternalUserId::new(line.user?)?, episode: EpisodeId::new(line.episode?)?, what })
}
