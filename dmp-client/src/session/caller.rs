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
use url::Url;

use super::answer::{self, Answered};
use super::search_pause::SearchPause;
use super::shared::{Acting, Circumstances, Shared};
use crate::failure::{self, Origin};
use crate::transport::{Call, Mint, Outgoing, Response, Segment};
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
    pub(crate) access: Access,
    pub(crate) connexion_secrete: bool,
    /// Of the record session.
    pub(crate) searches: Arc<SearchPause>,
}

impl Caller {
    /// Sends a request without attachment and reads its answer.
    pub(crate) async fn call(
        &self,
        transaction: Transaction,
        body: impl Fn(&mut Writer) + Send + Sync + 'static,
    ) -> Result<Answered, DmpError> {
        self.voice().attempted(transaction, Arc::new(body), None, |response| answer::read(transaction, response)).await
    }

    /// Sends an MTOM request and reads its answer.
    pub(crate) async fn call_with(
        &self,
        transaction: Transaction,
        body: impl Fn(&mut Writer) + Send + Sync + 'static,
        attachments: Vec<Attachment>,
    ) -> Result<Answered, DmpError> {
        let read = |response| answer::read(transaction, response);
        self.voice().attempted(transaction, Arc::new(body), Some(attachments), read).await
    }

    /// Sends a request and returns the head of the answer.
    pub(crate) async fn send(
        &self,
        transaction: Transaction,
        body: Body,
        attachments: Option<Vec<Attachment>>,
    ) -> Result<Response, DmpError> {
        self.voice().attempted(transaction, body, attachments, |response| std::future::ready(Ok(response))).await
    }

    pub(crate) fn voice(&self) -> Voice {
        let Self { shared, acting, patient, access, connexion_secrete, .. } = self.clone();
        Voice { shared, acting, patient: Some(patient), access, connexion_secrete }
    }
}

/// Who speaks, about whom: a [`Caller`], or a session that concerns nobody in particular (TD0.4, TD0.5).
#[derive(Clone)]
pub(crate) struct Voice {
    pub(crate) shared: Arc<Shared>,
    pub(crate) acting: Arc<Acting>,
    pub(crate) patient: Option<Ins>,
    pub(crate) access: Access,
    pub(crate) connexion_secrete: bool,
}

impl Voice {
    /// Sends a request without attachment and reads its answer.
    pub(crate) async fn call(
        &self,
        transaction: Transaction,
        body: impl Fn(&mut Writer) + Send + Sync + 'static,
    ) -> Result<Answered, DmpError> {
        let read = |response| answer::read(transaction, response);
        self.attempted(transaction, Arc::new(body), None, read).await
    }

    /// Sends a request and reads its answer, as often as the policy and the errors allow within the time limit.
    async fn attempted<T, F: Future<Output = Result<T, DmpError>>>(
        &self,
        transaction: Transaction,
        body: Body,
        attachments: Option<Vec<Attachment>>,
        read: impl Fn(Response) -> F,
    ) -> Result<T, DmpError> {
        let shared = &self.shared;
        let call = shared.call(transaction);
        retry::run(&shared.retry, transaction, call.deadline, || async {
            shared.circuits.pass(transaction)?;
            let outcome = match self.send(&call, transaction, &body, &attachments).await {
                Ok(response) => read(response).await,
                Err(error) => Err(error),
            };
            shared.circuits.learn(transaction, outcome.as_ref().err());
            outcome
        })
        .await
    }

    /// One attempt, under a token in Pro Santé Connect mode.
    async fn send(
        &self,
        call: &Call,
        transaction: Transaction,
        body: &Body,
        attachments: &Option<Vec<Attachment>>,
    ) -> Result<Response, DmpError> {
        let send = |bearer| self.send_under(bearer, call, transaction, body, attachments);
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
        transaction: Transaction,
        body: &Body,
        attachments: &Option<Vec<Attachment>>,
    ) -> Result<Response, DmpError> {
        let (voice, body, attachments) = (self.clone(), Arc::clone(body), attachments.clone());
        let request = Request { voice, bearer, transaction, body, attachments };
        let mint: Mint<DmpError> = Arc::new(move |url| request.mint(url, Timestamp::now()));
        let sent = self.shared.transport.send(call, &mint).await;
        sent.map_err(|error| failure::send(transaction, error))
    }
}

/// A request, to be made afresh for each attempt.
struct Request {
    voice: Voice,
    /// Token of Pro Santé Connect mode.
    bearer: Option<HeaderValue>,
    transaction: Transaction,
    body: Body,
    attachments: Option<Vec<Attachment>>,
}

impl Request {
    /// New MessageID, new assertion signed now (30 s, single use in AIR), `wsa:To` of the URL called.
    fn mint(&self, url: &Url, now: Timestamp) -> Result<Outgoing, DmpError> {
        let Voice { shared, acting, patient, access, connexion_secrete } = &self.voice;
        let transaction = self.transaction;
        acting.require_current(now)?;
        shared.check_credentials(transaction, now)?;
        let patient = patient.as_ref();
        let circumstances = Circumstances { patient, access, connexion_secrete: *connexion_secrete };
        let vihf = acting.vihf(&circumstances, &shared.software, now);
        let assertion = shared.assertion(&vihf, now)?;
        let message_id = MessageId::random();
        let headers =
            RequestHeaders { message_id: &message_id, to: url.as_str(), action: transaction.request_action() };
        let envelope = soap::write_request(&headers, assertion.as_str(), |w| (self.body)(w))
            .map_err(|error| failure::unwritable(transaction, error))?;
        let (content_type, body) = self.frame(Bytes::from(envelope))?;
        Ok(Outgoing { content_type, authorization: self.bearer.clone(), body, message_id })
    }

    fn frame(&self, envelope: Bytes) -> Result<(String, Vec<Segment>), DmpError> {
        let action = self.transaction.request_action();
        let Some(attachments) = &self.attachments else {
            return Ok((soap::request_content_type(action), vec![Segment::Bytes(envelope)]));
        };
        let heads: Vec<PartHead> = attachments.iter().map(|attachment| attachment.head.clone()).collect();
        let message = mtom::request(mtom::Boundary::random(), action, envelope, &heads)
            .map_err(|error| failure::unwritable(self.transaction, error))?;
        let body = message.segments.into_iter().filter_map(|segment| match segment {
            mtom::Segment::Bytes(bytes) => Some(Segment::Bytes(bytes)),
            // The framing names only parts that it was given.
            mtom::Segment::Part(index) => attachments.get(index).map(|attachment| attachment.content.clone()),
        });
        Ok((message.content_type, body.collect()))
    }
}
