//! The answer as it passes: the message is kept, each document goes to its sink, other parts are ignored.

use bytes::BytesMut;
use dmp_protocol::mtom::{self, Event, Parser};
use dmp_protocol::transaction::Transaction;
use xds_model::iti43::RetrieveResponse;

use super::slot::Slot;
use crate::DmpError;
use crate::failure::{self, Origin};
use crate::session::answer::{self, Answered};
use crate::transport::Response;

/// Reads an answer, plain or multipart, into the slots.
pub(super) async fn receive(response: Response, slots: &mut [Slot<'_>]) -> Result<Origin, DmpError> {
    match mtom::is_multipart(&response.content_type) {
        true => from_parts(response, slots).await,
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

async fn from_parts(mut response: Response, slots: &mut [Slot<'_>]) -> Result<Origin, DmpError> {
    let origin = Origin::of(Transaction::Retrieve, &response);
    let parser = Parser::new(&response.content_type, mtom::Limits::default());
    let mut parser = parser.map_err(|error| failure::unreadable(&origin, error))?;
    let mut parts = Parts { origin, slots, current: Current::None, root: BytesMut::new(), root_read: false };
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
}

enum Current {
    None,
    Root,
    Slot(usize),
    Ignored,
}

impl Parts<'_, '_> {
    async fn take(&mut self, event: Event) -> Result<(), DmpError> {
        match event {
            Event::PartStart(part) if part.is_root => self.current = Current::Root,
            Event::PartStart(part) => self.current = self.place_of(part.content_id)?,
            Event::Data(bytes) => match self.current {
                Current::Root => self.root.extend_from_slice(&bytes),
                Current::Slot(index) => {
                    if let Some(slot) = self.slots.get_mut(index) {
                        slot.write(&bytes).await?;
                    }
                }
                Current::None | Current::Ignored => {}
            },
            Event::PartEnd { .. } => {
                if matches!(self.current, Current::Root) {
                    let root = self.root.split().freeze();
                    learn(&answer::envelope(self.origin.clone(), &root)?, self.slots)?;
                    self.root_read = true;
                }
                self.current = Current::None;
            }
        }
        Ok(())
    }

    fn place_of(&mut self, content_id: Option<String>) -> Result<Current, DmpError> {
        let announced = self.slots.iter().position(|slot| slot.announces(content_id.as_deref()));
        let index = match (announced, self.root_read, &*self.slots) {
            (Some(index), _, _) => index,
            // Before the message, the first part can only be the one document asked for: checked at the end.
            (None, false, [slot]) if !slot.is_delivered() => 0,
            (None, false, [_, _, ..]) => return Err(failure::unreadable(&self.origin, DocumentsFirst)),
            _ => return Ok(Current::Ignored),
        };
        if let Some(slot) = self.slots.get_mut(index) {
            slot.deliver_from(content_id);
        }
        Ok(Current::Slot(index))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("documents came before the message that names them: retrieve them one by one")]
struct DocumentsFirst;
