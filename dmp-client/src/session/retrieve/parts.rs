//! The answer as it passes: the message is kept, each document goes to its sink, other parts are ignored. Parts that
//! come before the message wait for it.

use bytes::BytesMut;
use dmp_protocol::mtom::{self, Event, Parser};
use dmp_protocol::transaction::Transaction;
use xds_model::iti43::RetrieveResponse;

use super::slot::Slot;
use crate::DmpError;
use crate::failure::{self, Origin};
use crate::session::answer::{self, Answered};
use crate::transport::Response;

/// What may come before the message, which servers put first: 32 MiB, in memory.
const HELD_MAX: usize = 32 * 1024 * 1024;

/// Told how many bytes of documents have come.
type Tell<'t> = &'t (dyn Fn(u64) + Sync);

/// Reads an answer, plain or multipart, into the slots.
pub(super) async fn receive(response: Response, slots: &mut [Slot<'_>], tell: Tell<'_>) -> Result<Origin, DmpError> {
    match mtom::is_multipart(&response.content_type) {
        true => from_parts(response, slots, tell).await,
        false => {
            // A plain SOAP answer: a refusal, or documents inside the message.
            let answered = answer::read(Transaction::Retrieve, response).await?;
            learn(&answered, slots)?;
            Ok(answered.origin)
        }
    }
}

fn learn(answered: &Answered, slots: &mut [Slot<'_>]) -> Result<(), DmpError> {
    let origin = &answered.origin;
    let response = RetrieveResponse::read(answered.body()).map_err(|error| failure::unreadable(origin, error))?;
    slots.iter_mut().for_each(|slot| slot.learn(&response, origin));
    Ok(())
}

async fn from_parts(mut response: Response, slots: &mut [Slot<'_>], tell: Tell<'_>) -> Result<Origin, DmpError> {
    let origin = Origin::of(Transaction::Retrieve, &response);
    let parser = Parser::new(&response.content_type, mtom::Limits::default());
    let mut parser = parser.map_err(|error| failure::unreadable(&origin, error))?;
    let mut parts = Parts {
        origin,
        slots,
        current: Current::None,
        root: BytesMut::new(),
        root_read: false,
        held: Vec::new(),
        delivered: 0,
        tell,
    };
    loop {
        let chunk = response.body.chunk().await.map_err(|error| failure::receive(&parts.origin, error))?;
        let Some(chunk) = chunk else { break };
        let events = parser.push(chunk).map_err(|error| failure::unreadable(&parts.origin, error))?;
        for event in events {
            parts.take(event).await?;
        }
    }
    for event in parser.finish().map_err(|error| failure::unreadable(&parts.origin, error))? {
        parts.take(event).await?;
    }
    Ok(parts.origin)
}

struct Parts<'s, 'a> {
    origin: Origin,
    slots: &'s mut [Slot<'a>],
    current: Current,
    root: BytesMut,
    root_read: bool,
    /// Parts that came before the message, in memory until it says what they are.
    held: Vec<HeldPart>,
    /// Bytes that went to the slots.
    delivered: u64,
    tell: Tell<'s>,
}

struct HeldPart {
    content_id: Option<String>,
    bytes: BytesMut,
}

enum Current {
    None,
    Root,
    Held,
    Slot(usize),
    Ignored,
}

impl Parts<'_, '_> {
    async fn take(&mut self, event: Event) -> Result<(), DmpError> {
        match event {
            Event::PartStart(part) if part.is_root => self.current = Current::Root,
            Event::PartStart(part) if !self.root_read => {
                self.held.push(HeldPart { content_id: part.content_id, bytes: BytesMut::new() });
                self.current = Current::Held;
            }
            Event::PartStart(part) => self.current = self.place_of(part.content_id),
            Event::Data(bytes) => self.keep(&bytes).await?,
            Event::PartEnd { .. } => {
                if matches!(self.current, Current::Root) {
                    self.read_root().await?;
                }
                self.current = Current::None;
            }
        }
        Ok(())
    }

    async fn keep(&mut self, bytes: &[u8]) -> Result<(), DmpError> {
        match self.current {
            Current::Root => self.root.extend_from_slice(bytes),
            Current::Held => self.hold(bytes)?,
            Current::Slot(index) => self.deliver(index, bytes).await?,
            Current::None | Current::Ignored => {}
        }
        Ok(())
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), DmpError> {
        let held: usize = self.held.iter().map(|part| part.bytes.len()).sum();
        if held + bytes.len() > HELD_MAX {
            return Err(failure::unreadable(&self.origin, DocumentsFirst));
        }
        if let Some(part) = self.held.last_mut() {
            part.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// The message, then what was held until it came.
    async fn read_root(&mut self) -> Result<(), DmpError> {
        let root = self.root.split().freeze();
        learn(&answer::envelope(self.origin.clone(), &root)?, self.slots)?;
        self.root_read = true;
        for HeldPart { content_id, bytes } in std::mem::take(&mut self.held) {
            if let Current::Slot(index) = self.place_of(content_id) {
                self.deliver(index, &bytes).await?;
            }
        }
        Ok(())
    }

    async fn deliver(&mut self, index: usize, bytes: &[u8]) -> Result<(), DmpError> {
        match self.slots.get_mut(index) {
            Some(slot) => slot.write(bytes).await?,
            None => return Ok(()),
        }
        self.delivered += bytes.len() as u64;
        (self.tell)(self.delivered);
        Ok(())
    }

    fn place_of(&mut self, content_id: Option<String>) -> Current {
        let announced = self.slots.iter_mut().enumerate().find(|(_, slot)| slot.announces(content_id.as_deref()));
        let Some((index, slot)) = announced else { return Current::Ignored };
        slot.deliver_from(content_id);
        Current::Slot(index)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("more than {HELD_MAX} bytes of documents came before the message that names them")]
struct DocumentsFirst;
