//! The technical acknowledgement: the platform has the message, or refuses it.

use super::MdmError;
use super::head::Head;
use crate::interop::er7::{Er7Error, Line, Message};
use crate::outbox::State;

/// `ACK`: what became of a message at its receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Who acknowledges.
    pub head: Head,
    /// MSA-2: control id of the message.
    pub of: String,
    /// MSA-1 and ERR.
    pub verdict: Verdict,
}

/// MSA-1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// `AA`: the platform answers for the document from now on.
    Accepted,
    /// `AE` or `AR`: it has not taken the message.
    Refused {
        /// `AR`: the message as a whole, whatever it holds.
        rejected: bool,
        /// ERR-3: code of the table HL7 0357.
        code: String,
        /// ERR-7: what the receiver says of it; another system's sentence, which may name the patient.
        diagnostic: String,
    },
}

impl Acknowledgement {
    /// The platform took the message.
    #[must_use]
    pub fn accepting(head: Head, of: impl Into<String>) -> Self {
        Self { head, of: of.into(), verdict: Verdict::Accepted }
    }

    /// The platform refuses the message, and says why.
    #[must_use]
    pub fn refusing(head: Head, of: impl Into<String>, error: &MdmError) -> Self {
        let (code, diagnostic) = (error.code.to_string(), error.to_string());
        Self { head, of: of.into(), verdict: Verdict::Refused { rejected: error.rejects(), code, diagnostic } }
    }

    /// Where the document stands in the queue of who sent it: taken by the platform, the DMP has not answered yet; or
    /// refused, a user decides.
    #[must_use]
    pub fn state(&self) -> State {
        match self.verdict {
            Verdict::Accepted => State::Sending,
            Verdict::Refused { .. } => State::Failed,
        }
    }

    /// The message.
    ///
    /// # Errors
    /// A character that the character set of the head has not.
    pub fn write(&self) -> Result<Vec<u8>, Er7Error> {
        let head = self.head.to_line(["ACK", "", ""]);
        let answer = |code: &str| Line::new("MSA").text(1, code).text(2, &self.of);
        match &self.verdict {
            Verdict::Accepted => Message::write(&[head, answer("AA")]),
            Verdict::Refused { rejected, code, diagnostic } => {
                let error = Line::new("ERR").components(3, &[code, "", "HL70357"]).text(4, "E").text(7, diagnostic);
                Message::write(&[head, answer(if *rejected { "AR" } else { "AE" }), error])
            }
        }
    }

    /// Reads a message `ACK`.
    ///
    /// # Errors
    /// [`MdmError`].
    pub fn read(message: &Message) -> Result<Self, MdmError> {
        if message.header(9).component(1).text() != "ACK" {
            return Err(MdmError::unsupported("MSH-9", "ACK", 200));
        }
        let head = Head::read(message)?;
        let msa = message.segment("MSA").ok_or(MdmError::missing("MSA", "the verdict"))?;
        let refused = |rejected| {
            let error = message.segment("ERR");
            let text = |field: usize| error.map(|error| error.field(field).component(1).text().into_owned());
            let (code, diagnostic) = (text(3).unwrap_or_default(), text(7).unwrap_or_default());
            Verdict::Refused { rejected, code, diagnostic }
        };
        let verdict = match &*msa.field(1).text() {
            "AA" => Verdict::Accepted,
            "AE" => refused(false),
            "AR" => refused(true),
            _ => return Err(MdmError::value("MSA-1", "AA, AE or AR")),
        };
        Ok(Self { head, of: msa.field(2).text().into_owned(), verdict })
    }
}
