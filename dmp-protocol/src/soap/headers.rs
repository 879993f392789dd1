//! The WS-Addressing blocks of a message as they were received.

use std::fmt;

use dmp_xml::Element;
use uuid::Uuid;

use super::envelope::EnvelopeError;
use super::namespaces::WSA;

/// Identifier of one message: `urn:uuid:` and a UUID in lower case. Each attempt has its own.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// A new random identifier.
    #[must_use]
    pub fn random() -> Self {
        Self::from_uuid(Uuid::new_v4())
    }

    /// The identifier of that UUID.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(format!("urn:uuid:{}", uuid.hyphenated()))
    }

    /// The URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Addressing blocks of a received message, white space trimmed; `None` = block absent, `Some("")` = block empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Headers {
    /// `wsa:MessageID`, any form.
    pub message_id: Option<String>,
    /// `wsa:To`; an empty element is usual.
    pub to: Option<String>,
    /// `wsa:ReplyTo/wsa:Address`.
    pub reply_to: Option<String>,
    /// `wsa:Action`: informative, the body decides.
    pub action: Option<String>,
    /// `wsa:RelatesTo`: identifier of the request answered; absent from faults produced before dispatch.
    pub relates_to: Option<String>,
    /// Name of the first block found twice.
    duplicate: Option<&'static str>,
}

impl Headers {
    pub(super) fn read<'a>(blocks: impl Iterator<Item = &'a Element>) -> Self {
        let mut headers = Self::default();
        for block in blocks.filter(|b| b.name.namespace == WSA) {
            let (slot, name) = match block.name.local.as_str() {
                "MessageID" => (&mut headers.message_id, "MessageID"),
                "To" => (&mut headers.to, "To"),
                "ReplyTo" => (&mut headers.reply_to, "ReplyTo"),
                "Action" => (&mut headers.action, "Action"),
                "RelatesTo" => (&mut headers.relates_to, "RelatesTo"),
                _ => continue,
            };
            if slot.is_some() {
                headers.duplicate.get_or_insert(name);
                continue;
            }
            let value = if name == "ReplyTo" { block.child(WSA, "Address") } else { Some(block) };
            *slot = Some(value.map(|v| v.text().trim().to_owned()).unwrap_or_default());
        }
        headers
    }

    /// What a server demands of a request (transactions.md §3.1).
    pub(super) fn check_request(&self, require_reply_to: bool) -> Result<(), EnvelopeError> {
        if let Some(name) = self.duplicate {
            return Err(EnvelopeError::InvalidAddressing { block: name, why: "present twice" });
        }
        let missing = |block| EnvelopeError::MissingAddressing { block };
        let message_id = self.message_id.as_deref().filter(|id| !id.is_empty()).ok_or(missing("MessageID"))?;
        if !is_uri_or_uuid(message_id) {
            return Err(EnvelopeError::InvalidAddressing {
                block: "MessageID",
                why: "neither an absolute URI nor a UUID",
            });
        }
        self.to.as_ref().ok_or(missing("To"))?;
        self.action.as_deref().filter(|action| !action.is_empty()).ok_or(missing("Action"))?;
        if require_reply_to {
            self.reply_to.as_ref().ok_or(missing("ReplyTo"))?;
        }
        Ok(())
    }
}

/// Absolute enough: a scheme, a colon, something, and no white space.
fn is_uri_or_uuid(text: &str) -> bool {
    if text.contains(char::is_whitespace) {
        return false;
    }
    let is_uri = text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    is_uri || Uuid::try_parse(text).is_ok()
}
