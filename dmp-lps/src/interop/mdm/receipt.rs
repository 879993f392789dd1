//! The business acknowledgement: what the DMP did with the document (`ZAM^Z01`, wanted by `ACK_RECEPTION`).

use super::MdmError;
use super::head::Head;
use crate::interop::er7::{Er7Error, Line, Message};
use crate::outbox::{FeedItem, State};

const RECEPTION: &str = "ACK_RECEPTION_DMP";
const SYSTEM: &str = "AckMetierZAM";

/// What the DMP answered to the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmpReceipt {
    /// Who tells.
    pub head: Head,
    /// OBX-4: control id of the message that brought the document.
    pub of: String,
    /// `None`: the DMP has it. Else the code of its refusal, and its label.
    pub refused: Option<(String, String)>,
}

impl DmpReceipt {
    /// What the platform tells of a document of its queue; `None` while its outcome is open.
    #[must_use]
    pub fn of_item(head: Head, of: impl Into<String>, item: &FeedItem) -> Option<Self> {
        let refused = match item.state {
            State::Sent => None,
            State::Failed => {
                let error = item.error.as_ref();
                Some((error.and_then(|error| error.code.clone()).unwrap_or_default(), kind_of(item)))
            }
            State::Excluded => {
                Some((item.reasons.first().map_or("", |reason| reason.code()).to_owned(), String::new()))
            }
            _ => return None,
        };
        Some(Self { head, of: of.into(), refused })
    }

    /// Where the document stands in the queue of who sent it to the platform.
    #[must_use]
    pub fn state(&self) -> State {
        if self.refused.is_none() { State::Sent } else { State::Failed }
    }

    /// The message: `MSH MSA [ERR] OBX` (order of the segments: project default).
    ///
    /// # Errors
    /// A character that the character set of the head has not.
    pub fn write(&self) -> Result<Vec<u8>, Er7Error> {
        let mut lines = vec![
            self.head.to_line(["ZAM", "Z01", "ZAM_Z01"]),
            Line::new("MSA").text(1, if self.refused.is_none() { "AA" } else { "AE" }).text(2, &self.of),
        ];
        if let Some((code, label)) = &self.refused {
            let line = Line::new("ERR").components(3, &["207", "", "HL70357"]).text(4, "E");
            lines.push(line.components(5, &[code, label, "DMP_ERROR_CODE"]));
        }
        lines.push(
            Line::new("OBX")
                .text(1, "1")
                .text(2, "CWE")
                .components(3, &[RECEPTION, "", SYSTEM])
                .text(4, &self.of)
                .components(5, &[if self.refused.is_none() { "Y" } else { "N" }, "", "expandedYes-NoIndicator"])
                .text(11, "F"),
        );
        Message::write(&lines)
    }

    /// Reads a message `ZAM^Z01`.
    ///
    /// # Errors
    /// [`MdmError`]; receipts of MSSanté (`Z02`, `Z03`) are another matter.
    pub fn read(message: &Message) -> Result<Self, MdmError> {
        let kind = message.header(9);
        if kind.component(1).text() != "ZAM" {
            return Err(MdmError::unsupported("MSH-9", "ZAM^Z01", 200));
        }
        if kind.component(2).text() != "Z01" {
            return Err(MdmError::unsupported("MSH-9", "Z01, what the DMP answered", 201));
        }
        let head = Head::read(message)?;
        let is_reception = |obx: &crate::interop::er7::Segment<'_>| obx.field(3).component(1).text() == RECEPTION;
        let reception = message.segments_named("OBX").find(is_reception);
        let reception = reception.ok_or(MdmError::missing("OBX-3", RECEPTION))?;
        let of = reception.field(4).text().into_owned();
        if of.is_empty() {
            return Err(MdmError::missing("OBX-4", "the control id of the message"));
        }
        let refused = match &*reception.field(5).component(1).text() {
            "Y" => None,
            "N" => {
                let error = message.segment("ERR").ok_or(MdmError::missing("ERR", "the code of the DMP"))?;
                let text = |number| error.field(5).component(number).text().into_owned();
                Some((text(1), text(2)))
            }
            _ => return Err(MdmError::value("OBX-5", "Y or N")),
        };
        Ok(Self { head, of, refused })
    }
}

/// Kind of the last error: the sentence of the server stays here.
fn kind_of(item: &FeedItem) -> String {
    item.error.as_ref().map(|error| error.kind.clone()).unwrap_or_default()
}
