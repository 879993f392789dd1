//! One call under the watches of its session.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dmp_protocol::transaction::Transaction;
use dmp_protocol::web_ps::Page;
use tokio::time::Instant;
use tracing::Span;
use uuid::Uuid;
use xds_model::iti18::AdhocQuery;

use super::caller::Voice;
use super::subject::Subject;
use crate::watch::{Act, AssertionUse, Attempt, End, Ended, Issued, Transfer, Watch, WatchedDocument, span};
use crate::{DmpError, Outcome};

/// The watches of a session, in order.
pub(crate) type Watches = Arc<[Arc<dyn Watch>]>;

/// What a call is about, beside who makes it on whom.
#[derive(Clone)]
pub(crate) struct About {
    pub(crate) act: Act,
    pub(crate) transaction: Transaction,
    pub(crate) documents: Vec<WatchedDocument>,
    pub(crate) query: Option<AdhocQuery>,
}

impl About {
    pub(crate) fn new(act: Act, transaction: Transaction) -> Self {
        Self { act, transaction, documents: Vec::new(), query: None }
    }

    pub(crate) fn documents(self, documents: impl IntoIterator<Item = WatchedDocument>) -> Self {
        Self { documents: documents.into_iter().collect(), ..self }
    }

    pub(crate) fn query(self, query: AdhocQuery) -> Self {
        Self { query: Some(query), ..self }
    }
}

fn without_patient(mut query: AdhocQuery) -> AdhocQuery {
    query.parameters.retain(|parameter| !parameter.name.ends_with("PatientId"));
    query
}

impl Voice {
    /// Asks the watches whether the call may begin. Whoever drops what it gives before [`Watched::end`] abandons it.
    pub(super) async fn begin(&self, about: About) -> Result<Watched, DmpError> {
        let About { act, transaction, documents, query } = about;
        let query = query.map(|query| if self.found_by_traits { without_patient(query) } else { query });
        let attempt = Attempt { transaction: Some(transaction), documents, query, ..self.attempt(act) };
        self.started(attempt).await
    }

    /// As [`Self::begin`], for an entry into the Web-PS.
    pub(super) async fn begin_page(&self, page: Page) -> Result<Watched, DmpError> {
        self.started(self.attempt(Act::WebPs(page))).await
    }

    fn attempt(&self, act: Act) -> Attempt {
        Attempt {
            id: Uuid::new_v4(),
            act,
            transaction: None,
            toward: self.toward,
            mode: self.acting.mode(),
            patient: self.patient.clone().filter(|_| !self.found_by_traits),
            subject: self.patient.as_ref().map(Subject::from),
            access: self.access.clone(),
            connexion_secrete: self.connexion_secrete,
            structure: self.acting.establishment().id.clone(),
            professional: self.acting.holder().clone(),
            documents: Vec::new(),
            query: None,
        }
    }

    async fn started(&self, attempt: Attempt) -> Result<Watched, DmpError> {
        let watches = Arc::clone(&self.shared.watches);
        let span = span::open(&attempt);
        let progress = Mutex::default();
        let call = Arc::new(WatchedCall { attempt, watches, began: Instant::now(), progress, span });
        let mut watched = Watched { call, waiting: 0, ended: None };
        let call = Arc::clone(&watched.call);
        for watch in call.watches.iter() {
            if let Err(refusal) = watch.before(&call.attempt).await {
                return watched.end(Err(call.named(refusal))).await;
            }
            watched.waiting += 1;
        }
        Ok(watched)
    }
}

/// A call that has begun, as the requests made for it know it.
pub(super) struct WatchedCall {
    attempt: Attempt,
    watches: Watches,
    began: Instant,
    progress: Mutex<Progress>,
    span: Span,
}

#[derive(Default)]
struct Progress {
    assertions: Vec<AssertionUse>,
    documents: Vec<WatchedDocument>,
}

impl WatchedCall {
    /// What is logged inside belongs to the call.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Lets an assertion leave, if every watch agrees.
    pub(super) async fn admit(&self, issued: &Issued) -> Result<(), DmpError> {
        let index = {
            let assertions = &mut self.progress().assertions;
            assertions.push(AssertionUse { assertion: issued.assertion.clone(), written: false });
            assertions.len() - 1
        };
        for watch in self.watches.iter() {
            watch.assertion(&self.attempt, issued).await.map_err(|refusal| self.named(refusal))?;
        }
        if let Some(assertion) = self.progress().assertions.get_mut(index) {
            assertion.written = true;
        }
        Ok(())
    }

    /// Tells how far the bytes are.
    pub(super) fn transferred(&self, transfer: Transfer) {
        for watch in self.watches.iter() {
            watch.transferred(&self.attempt, transfer);
        }
    }

    /// Names the transaction in the refusal of a watch that did not.
    fn named(&self, refusal: DmpError) -> DmpError {
        match (refusal.transaction(), self.attempt.transaction) {
            (None, Some(transaction)) => refusal.with_transaction(transaction),
            (None, None) => refusal.with_page_td(self.attempt.td()),
            (Some(_), _) => refusal,
        }
    }

    fn ended(&self, end: End) -> Ended {
        let Progress { assertions, documents } = std::mem::take(&mut *self.progress());
        let ended = Ended { end, duration: self.began.elapsed(), assertions, documents };
        span::close(&self.span, &ended);
        ended
    }

    fn abandoned(&self) -> Ended {
        let written = self.progress().assertions.iter().any(|assertion| assertion.written);
        self.ended(End::Abandoned(if written { Outcome::Unknown } else { Outcome::NotSent }))
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that has begun: its end is told once to each watch that let it begin.
pub(super) struct Watched {
    call: Arc<WatchedCall>,
    /// How many watches, from the first, wait for the end.
    waiting: usize,
    ended: Option<Ended>,
}

impl Watched {
    pub(super) fn call(&self) -> &Arc<WatchedCall> {
        &self.call
    }

    /// The documents that the answer gives.
    pub(super) fn give(&self, documents: impl IntoIterator<Item = WatchedDocument>) {
        self.call.progress().documents.extend(documents);
    }

    /// Tells the watches.
    pub(super) async fn end<T>(self, result: Result<T, DmpError>) -> Result<T, DmpError> {
        let end = End::from(&result);
        self.end_in(end).await;
        result
    }

    /// As [`Self::end`], for a call with several results.
    pub(super) async fn end_in(mut self, end: End) {
        let call = Arc::clone(&self.call);
        let ended = self.ended.insert(call.ended(end)).clone();
        while let Some(watch) = self.waiting.checked_sub(1).and_then(|last| call.watches.get(last)) {
            watch.after(&call.attempt, &ended).await;
            self.waiting -= 1;
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Also without any watch: the span says how it ended.
        let ended = self.ended.take().unwrap_or_else(|| self.call.abandoned());
        for watch in self.call.watches.iter().take(self.waiting).rev() {
            watch.abandoned(&self.call.attempt, &ended);
        }
    }
}
