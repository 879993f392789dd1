//! The one error type of a call.

use std::fmt;
use std::time::Duration;

use super::code::Code;
use super::kind::{Advice, Carrier, ErrorKind, Language, Outcome};
use super::local::LocalRefusal;
use super::refinement::Refinement;
use super::remote::RemoteError;
use super::signal::Signal;
use super::tls_refusal::TlsRefusal;
use crate::soap::MessageId;
use crate::transaction::{RetrySafety, Transaction};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A call that failed. `Display` is one line without health data; [`DmpError::explain`] teaches.
///
/// ```
/// use dmp_protocol::error::{DmpError, ErrorKind, Language, LocalRefusal, Outcome};
/// let error = DmpError::local(LocalRefusal::new("EX_2.1-1130").found("an id with an extension"));
/// assert_eq!((error.kind(), error.outcome()), (ErrorKind::Validation, Outcome::NotSent));
/// let text = error.explain(Language::French).to_string();
/// assert!(text.contains("Attendu : un OID de 128 caractères au plus, sans extension"));
/// ```
pub struct DmpError(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    transaction: Option<Transaction>,
    /// Identifier of a transaction that is no message, `TD0.9`.
    page_td: Option<&'static str>,
    origin: Origin,
    code: Option<Code>,
    refinement: Option<&'static Refinement>,
    text: Option<String>,
    details: Vec<RemoteError>,
    http_status: Option<u16>,
    message_id: Option<MessageId>,
    outcome: Outcome,
    advice: Advice,
    found: Option<String>,
    retry_after: Option<Duration>,
    source: Option<BoxError>,
}

/// Who said no.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// This side, before the network.
    Local(LocalRefusal),
    /// This side, after the DMP answered the question that comes before a request: the request was not sent.
    Concluded(LocalRefusal),
    /// The DMP, in a message.
    Remote(Carrier),
    /// The way to it, or a front-end: no message of the DMP.
    Signal(Signal),
}

impl DmpError {
    /// A refusal made here, before the network.
    #[must_use]
    pub fn local(refusal: LocalRefusal) -> Self {
        let (kind, advice) = (refusal.error_kind(), refusal.what_to_do());
        Self::build(kind, Origin::Local(refusal), Outcome::NotSent, advice)
    }

    /// A refusal made here from what the DMP has just answered: a document to change that it does not have, say.
    #[must_use]
    pub fn concluded(refusal: LocalRefusal) -> Self {
        let (kind, advice) = (refusal.error_kind(), refusal.what_to_do());
        Self::build(kind, Origin::Concluded(refusal), Outcome::NotProcessed, advice)
    }

    /// A failure without a message of the DMP.
    #[must_use]
    pub fn signal(transaction: Transaction, signal: Signal) -> Self {
        let kind = signal.entry().map_or(ErrorKind::Transport, |entry| entry.kind(signal.carrier()));
        let advice = signal.entry().map_or(Advice::Never, |entry| entry.advice);
        let outcome = signal.outcome();
        let mut error = Self::build(kind, Origin::Signal(signal), outcome, by_outcome(advice, outcome, transaction));
        error.0.transaction = Some(transaction);
        error.0.http_status = signal.http_status();
        error
    }

    pub(super) fn remote(
        transaction: Transaction,
        carrier: Carrier,
        verdict: Verdict,
        errors: Vec<RemoteError>,
    ) -> Self {
        let Verdict { kind, primary, refinement, outcome, advice } = verdict;
        let advice = by_outcome(advice, outcome, transaction);
        let mut error = Self::build(kind, Origin::Remote(carrier), outcome, advice);
        error.0.transaction = Some(transaction);
        let primary = primary.and_then(|index| errors.get(index));
        error.0.code = primary.and_then(|e| e.code.clone());
        error.0.text = primary.and_then(|e| e.text.clone());
        error.0.refinement = refinement;
        error.0.details = errors;
        error
    }

    pub(super) fn build(kind: ErrorKind, origin: Origin, outcome: Outcome, advice: Advice) -> Self {
        Self(Box::new(Inner {
            kind,
            transaction: None,
            page_td: None,
            origin,
            code: None,
            refinement: None,
            text: None,
            details: Vec::new(),
            http_status: None,
            message_id: None,
            outcome,
            advice,
            found: None,
            retry_after: None,
            source: None,
        }))
    }

    /// Names the transaction of a refusal made here.
    #[must_use]
    pub fn with_transaction(mut self, transaction: Transaction) -> Self {
        self.0.transaction = Some(transaction);
        self
    }

    /// Names a transaction that is no message: `TD0.9`, `TD0.10`.
    #[must_use]
    pub fn with_page_td(mut self, td: &'static str) -> Self {
        self.0.page_td = Some(td);
        self
    }

    pub(super) fn with_code(mut self, code: Option<Code>) -> Self {
        self.0.code = code;
        self
    }

    /// Names the request, for support.
    #[must_use]
    pub fn with_message_id(mut self, id: MessageId) -> Self {
        self.0.message_id = Some(id);
        self
    }

    /// HTTP status of the answer.
    #[must_use]
    pub fn with_http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self
    }

    /// What caused it; its `Display` must hold no health data.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What was found instead of an answer (the title of a web page, the name in a certificate), without health data.
    #[must_use]
    pub fn with_found(mut self, found: impl Into<String>) -> Self {
        self.0.found = Some(found.into());
        self
    }

    /// How long the server asks to wait (`Retry-After`). It lengthens a back-off, and never makes one of another advice:
    /// a change whose outcome is unknown stays one to be asked for first.
    #[must_use]
    pub fn with_retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        if let Advice::Backoff { min } = &mut self.0.advice {
            *min = delay.max(*min);
        }
        self
    }

    /// Another outcome than the one deduced (a write known to have been cut before its last byte, say).
    #[must_use]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// Another advice than the one deduced (a delay from `Retry-After`, say).
    #[must_use]
    pub fn with_advice(mut self, advice: Advice) -> Self {
        self.0.advice = advice;
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The transaction; `None` when a session or a configuration was refused (TD0.1).
    #[must_use]
    pub fn transaction(&self) -> Option<Transaction> {
        self.0.transaction
    }

    /// Identifier of the transaction, `TD3.1`; `TD0.1` when a session or a configuration was refused.
    #[must_use]
    pub fn td(&self) -> &'static str {
        self.0.transaction.map(Transaction::td).or(self.0.page_td).unwrap_or("TD0.1")
    }

    /// Who said no.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Rule of a refusal made here.
    #[must_use]
    pub fn rule(&self) -> Option<&'static str> {
        match &self.0.origin {
            Origin::Local(refusal) | Origin::Concluded(refusal) => Some(refusal.rule()),
            Origin::Remote(_) | Origin::Signal(_) => None,
        }
    }

    /// How the refusal was carried; `None` for one made here.
    #[must_use]
    pub fn carrier(&self) -> Option<Carrier> {
        match &self.0.origin {
            Origin::Local(_) | Origin::Concluded(_) => None,
            Origin::Remote(carrier) => Some(*carrier),
            Origin::Signal(signal) => Some(signal.carrier()),
        }
    }

    /// The code of the DMP, if there is one.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        self.0.code.as_ref()
    }

    /// The sentence that was recognised.
    #[must_use]
    pub fn refinement(&self) -> Option<&'static Refinement> {
        self.0.refinement
    }

    /// The sentence of the server. It may be about the patient: show it to the user, never log it.
    #[must_use]
    pub fn server_text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// Every error of the answer, warnings included.
    #[must_use]
    pub fn details(&self) -> &[RemoteError] {
        &self.0.details
    }

    /// HTTP status, if an answer came.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// `wsa:MessageID` of the request.
    #[must_use]
    pub fn message_id(&self) -> Option<&MessageId> {
        self.0.message_id.as_ref()
    }

    /// Why there is no TLS connection, if that is what failed.
    #[must_use]
    pub fn tls_refusal(&self) -> Option<TlsRefusal> {
        match self.0.origin {
            Origin::Signal(Signal::Tls(refusal)) => Some(refusal),
            _ => None,
        }
    }

    /// How long the server asked to wait (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What was found instead of an answer.
    #[must_use]
    pub fn found(&self) -> Option<&str> {
        match &self.0.origin {
            Origin::Local(refusal) | Origin::Concluded(refusal) => refusal.found_text(),
            Origin::Remote(_) | Origin::Signal(_) => self.0.found.as_deref(),
        }
    }

    /// What became of the request.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        self.0.advice
    }
}

/// What a carrier's error amounts to, before it becomes a [`DmpError`].
pub(super) struct Verdict {
    pub(super) kind: ErrorKind,
    /// Index of the error that decided.
    pub(super) primary: Option<usize>,
    pub(super) refinement: Option<&'static Refinement>,
    pub(super) outcome: Outcome,
    pub(super) advice: Advice,
}

/// After an unknown outcome, a change is never simply repeated.
fn by_outcome(advice: Advice, outcome: Outcome, transaction: Transaction) -> Advice {
    let may_repeat = matches!(advice, Advice::Backoff { .. } | Advice::Once);
    match transaction.retry_safety() {
        _ if outcome != Outcome::Unknown || !may_repeat => advice,
        RetrySafety::SameBytes | RetrySafety::ReadStateFirst => Advice::ReadStateFirst,
        RetrySafety::OnceOnly => Advice::Once,
        RetrySafety::Safe => advice,
    }
}

impl fmt::Display for DmpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain(Language::English).one_line())
    }
}

impl fmt::Debug for DmpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("DmpError")
            .field("kind", &inner.kind)
            .field("transaction", &inner.transaction)
            .field("origin", &inner.origin)
            .field("code", &inner.code)
            .field("refinement", &inner.refinement.map(|r| r.fragment))
            .field("details", &inner.details)
            .field("http_status", &inner.http_status)
            .field("message_id", &inner.message_id)
            .field("outcome", &inner.outcome)
            .field("advice", &inner.advice)
            .field("found", &inner.found)
            .field("retry_after", &inner.retry_after)
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for DmpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
