//! One session on one patient: makes requests, sends them, reads the answers as far as their envelope.

use std::sync::Arc;

use bytes::Bytes;
use dmp_protocol::mtom::{self, PartHead};
use dmp_protocol::soap::{self, MessageId, RequestHeaders};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::Access;
use dmp_protocol::xml::Writer;
use dmp_vocabulary::identity::Ins;
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use tracing::Instrument;
use url::Url;

use super::answer::{self, Answered};
use super::search_pause::SearchPause;
use super::shared::{Acting, Circumstances, Shared};
use super::watching::{About, Watched, WatchedCall};
use crate::failure::{self, Origin};
use crate::transport::{Call, Mint, Outgoing, Progress, Response, Segment};
use crate::watch::{Act, Direction, Issued, Transfer};
use crate::{DmpError, retry};

/// Writes the body of a request; called once per attempt.
pub(crate) type Body = Arc<dyn Fn(&mut Writer) + Send + Sync>;

/// A part of an MTOM request.
#[derive(Clone)]
pub(crate) struct Attachment {
    pub(crate) head: PartHead,
    pub(crate) content: Segment,
}

/// A session on one patient.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) shared: Arc<Shared>,
    pub(crate) acting: Arc<Acting>,
    pub(crate) patient: Ins,
    /// The patient was found by traits: the number is for the DMP alone (`EX_0.5-1020`).
    pub(crate) found_by_traits: bool,
    pub(crate) access: Access,
    pub(crate) connexion_secrete: bool,
    /// What its calls only prepare.
    pub(crate) toward: Option<Act>,
    /// Of the record session.
    pub(crate) searches: Arc<SearchPause>,
}

impl Caller {
    /// Sends a request without attachment and reads its answer.
    pub(crate) async fn call<T>(
        &self,
        about: About,
        body: impl Fn(&mut Writer) + Send + Sync + 'static,
        read: impl FnOnce(&Answered) -> Result<T, DmpError>,
    ) -> Result<T, DmpError> {
        self.voice().call(about, body, read).await
    }

    /// Sends an MTOM request to a registry and gives the warnings of its answer.
    pub(crate) async fn call_with(
        &self,
        about: About,
        body: impl Fn(&mut Writer) + Send + Sync + 'static,
        attachments: Vec<Attachment>,
    ) -> Result<Vec<String>, DmpError> {
        self.voice().exchange(about, Arc::new(body), Some(attachments), answer::registry).await
    }

    /// The same, for calls that only prepare `act`.
    pub(crate) fn toward(&self, act: Act) -> Self {
        Self { toward: Some(act), ..self.clone() }
    }

    pub(crate) fn voice(&self) -> Voice {
        let Self { shared, acting, patient, found_by_traits, access, connexion_secrete, toward, .. } = self.clone();
        Voice { shared, acting, patient: Some(patient), found_by_traits, access, connexion_secrete, toward }
    }
}

/// Who speaks, about whom: a [`Caller`], or a session that concerns nobody in particular (TD0.4, TD0.5).
#[derive(Clone)]
pub(crate) struct Voice {
    pub(crate) shared: Arc<Shared>,
    pub(crate) acting: Arc<Acting>,
    pub(crate) patient: Option<Ins>,
    pub(crate) found_by_traits: bool,
    pub(crate) access: Access,
    pub(crate) connexion_secrete: bool,
    pub(crate) toward: Option<Act>,
}

impl Voice {
    /// Sends a request without attachment and reads its answer.
    pub(crate) async fn call<T>(
        &self,
        about: About,
        body: impl Fn(&mut Writer) + Send + Sync + 'static,
        read: impl FnOnce(&Answered) -> Result<T, DmpError>,
    ) -> Result<T, DmpError> {
        self.exchange(about, Arc::new(body), None, read).await
    }

    /// One transaction, watched from its beginning to what its answer means.
    async fn exchange<T>(
        &self,
        about: About,
        body: Body,
        attachments: Option<Vec<Attachment>>,
        read: impl FnOnce(&Answered) -> Result<T, DmpError>,
    ) -> Result<T, DmpError> {
        let transaction = about.transaction;
        let watched = self.begin(about).await?;
        let answered = self.answered(&watched, transaction, body, attachments).await;
        watched.end(answered.and_then(|answered| read(&answered))).await
    }

    /// The answer, as far as its envelope.
    pub(super) async fn answered(
        &self,
        watched: &Watched,
        transaction: Transaction,
        body: Body,
        attachments: Option<Vec<Attachment>>,
    ) -> Result<Answered, DmpError> {
        let read = |response| answer::read(transaction, response);
        self.attempted(watched, transaction, body, attachments, read).await
    }

    /// The head of the answer.
    pub(super) async fn response(
        &self,
        watched: &Watched,
        transaction: Transaction,
        body: Body,
    ) -> Result<Response, DmpError> {
        self.attempted(watched, transaction, body, None, |response| std::future::ready(Ok(response))).await
    }

    /// Sends a request and reads its answer, as often as the policy and the errors allow within the time limit.
    async fn attempted<T, F: Future<Output = Result<T, DmpError>>>(
        &self,
        watched: &Watched,
        transaction: Transaction,
        body: Body,
        attachments: Option<Vec<Attachment>>,
        read: impl Fn(Response) -> F,
    ) -> Result<T, DmpError> {
        let shared = &self.shared;
        let call = shared.call(transaction);
        let message = Message { transaction, watched: Arc::clone(watched.call()), body, attachments };
        let attempts = retry::run(&shared.retry, transaction, call.deadline, || async {
            shared.circuits.pass(transaction)?;
            let outcome = match self.send(&call, &message).await {
                Ok(response) => read(response).await,
                Err(error) => Err(error),
            };
            shared.circuits.learn(transaction, outcome.as_ref().err());
            outcome
        });
        // On the heap: the futures of callers stay small, and their types shallow.
        Box::pin(attempts).instrument(watched.call().span()).await
    }

    /// One attempt, under a token in Pro Santé Connect mode.
    async fn send(&self, call: &Call, message: &Message) -> Result<Response, DmpError> {
        let transaction = message.transaction;
        let send = |bearer| self.send_under(bearer, call, message);
        let Some(desk) = &self.shared.tokens else {
            return send(None).await;
        };
        let bearer = desk.bearer(&self.shared.transport, transaction).await?;
        let first = send(Some(bearer.clone())).await?;
        if first.status != StatusCode::UNAUTHORIZED {
            return Ok(first);
        }
        // Refused before anything was done: one more time with a new token.
        drop(first);
        desk.forget(&bearer).await;
        let bearer = desk.bearer(&self.shared.transport, transaction).await?;
        let second = send(Some(bearer)).await?;
        match second.status {
            StatusCode::UNAUTHORIZED => Err(failure::refused_token(&Origin::of(transaction, &second))),
            _ => Ok(second),
        }
    }

    async fn send_under(
        &self,
        bearer: Option<HeaderValue>,
        call: &Call,
        message: &Message,
    ) -> Result<Response, DmpError> {
        let request = Arc::new(Request { voice: self.clone(), bearer, message: message.clone() });
        let mint: Mint<DmpError> = Arc::new(move |url| Box::pin(Arc::clone(&request).mint(url)));
        let sent = self.shared.transport.send(call, &mint).await;
        sent.map_err(|error| failure::send(message.transaction, error))
    }
}

/// What is sent, whatever the attempt.
#[derive(Clone)]
struct Message {
    transaction: Transaction,
    watched: Arc<WatchedCall>,
    body: Body,
    attachments: Option<Vec<Attachment>>,
}

impl Message {
    /// Tells the watches how much of a submission has gone.
    fn progress(&self, of: u64) -> Option<Progress> {
        self.attachments.as_ref()?;
        let watched = Arc::clone(&self.watched);
        let tell = move |bytes| watched.transferred(Transfer { direction: Direction::Sent, bytes, of: Some(of) });
        Some(Arc::new(tell))
    }
}

/// A request, to be made afresh for each attempt.
struct Request {
    voice: Voice,
    /// Token of Pro Santé Connect mode.
    bearer: Option<HeaderValue>,
    message: Message,
}

impl Request {
    /// Signs off the async threads, then lets the watches see the assertion before anything is written.
    async fn mint(self: Arc<Self>, url: Url) -> Result<Outgoing, DmpError> {
        let request = Arc::clone(&self);
        let signed = tokio::task::spawn_blocking(move || request.sign(&url, Timestamp::now())).await;
        let (outgoing, issued) =
            signed.unwrap_or_else(|error| Err(failure::unwritable(self.message.transaction, error)))?;
        self.message.watched.admit(&issued).await?;
        Ok(outgoing)
    }

    /// New MessageID, new assertion signed now (30 s, single use in AIR), `wsa:To` of the URL called.
    fn sign(&self, url: &Url, now: Timestamp) -> Result<(Outgoing, Issued), DmpError> {
        let Voice { shared, acting, patient, access, connexion_secrete, .. } = &self.voice;
        let Message { transaction, body, .. } = &self.message;
        acting.require_current(now)?;
        shared.check_credentials(*transaction, now)?;
        let patient = patient.as_ref();
        let circumstances = Circumstances { patient, access, connexion_secrete: *connexion_secrete };
        let vihf = acting.vihf(&circumstances, &shared.software, now);
        let (assertion, issued) = shared.assertion(&vihf, now)?;
        let message_id = MessageId::random();
        let headers =
            RequestHeaders { message_id: &message_id, to: url.as_str(), action: transaction.request_action() };
        let envelope = soap::write_request(&headers, assertion.as_str(), |w| body(w))
            .map_err(|error| failure::unwritable(*transaction, error))?;
        let (content_type, body) = self.frame(Bytes::from(envelope))?;
        let progress = self.message.progress(body.iter().map(Segment::length).sum());
        Ok((Outgoing { content_type, authorization: self.bearer.clone(), body, message_id, progress }, issued))
    }

    fn frame(&self, envelope: Bytes) -> Result<(String, Vec<Segment>), DmpError> {
        let Message { transaction, attachments, .. } = &self.message;
        let action = transaction.request_action();
        let Some(attachments) = attachments else {
            return Ok((soap::request_content_type(action), vec![Segment::Bytes(envelope)]));
        };
        let heads: Vec<PartHead> = attachments.iter().map(|attachment| attachment.head.clone()).collect();
        let message = mtom::request(mtom::Boundary::random(), action, envelope, &heads)
            .map_err(|error| failure::unwritable(*transaction, error))?;
        let body = message.segments.into_iter().filter_map(|segment| match segment {
            mtom::Segment::Bytes(bytes) => Some(Segment::Bytes(bytes)),
            // The framing names only parts that it was given.
            mtom::Segment::Part(index) => attachments.get(index).map(|attachment| attachment.content.clone()),
        });
        Ok((message.content_type, body.collect()))
    }
}
