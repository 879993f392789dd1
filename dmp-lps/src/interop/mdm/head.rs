//! MSH: who sends what to whom.

use jiff::Timestamp;

use super::MdmError;
use crate::interop::er7::{Charset, Line, Message, Value, read_time, write_time};

/// Profile of the volet, MSH-21.
const PROFILE: [&str; 2] = ["2.1", "CISIS_CDA_HL7_V2"];
const VERSION: &str = "2.6";

/// Who sends a message, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// MSH-10: identifies the message; the acknowledgements name it.
    pub control_id: String,
    /// MSH-7, UTC, to the second.
    pub sent_at: Timestamp,
    /// MSH-3 and MSH-4.
    pub from: Station,
    /// MSH-5 and MSH-6.
    pub to: Station,
    /// MSH-11.
    pub processing: Processing,
    /// MSH-18.
    pub charset: Charset,
}

/// An application and its establishment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Station {
    /// Application.
    pub application: String,
    /// Establishment.
    pub facility: String,
}

/// MSH-11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Processing {
    /// `P`
    #[default]
    Production,
    /// `T`
    Training,
    /// `D`
    Debugging,
}

impl Processing {
    const ALL: [(Self, &'static str); 3] = [(Self::Production, "P"), (Self::Training, "T"), (Self::Debugging, "D")];

    fn code(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("P", |(_, code)| code)
    }
}

impl Station {
    /// An application of an establishment.
    #[must_use]
    pub fn new(application: impl Into<String>, facility: impl Into<String>) -> Self {
        Self { application: application.into(), facility: facility.into() }
    }

    fn read(application: Value<'_>, facility: Value<'_>) -> Self {
        Self::new(application.component(1).text(), facility.component(1).text())
    }
}

impl Head {
    /// A message of now, in production and in UTF-8.
    #[must_use]
    pub fn new(control_id: impl Into<String>, sent_at: Timestamp, from: Station, to: Station) -> Self {
        let processing = Processing::default();
        Self { control_id: control_id.into(), sent_at, from, to, processing, charset: Charset::Utf8 }
    }

    /// The head of the answer to a message that had this one: from its receiver to its sender.
    #[must_use]
    pub fn answered(&self, control_id: impl Into<String>, sent_at: Timestamp) -> Self {
        Self {
            control_id: control_id.into(),
            sent_at,
            from: self.to.clone(),
            to: self.from.clone(),
            processing: self.processing,
            charset: self.charset,
        }
    }

    pub(super) fn to_line(&self, message_type: [&str; 3]) -> Line {
        Line::msh(&write_time(self.sent_at), self.charset)
            .text(3, &self.from.application)
            .text(4, &self.from.facility)
            .text(5, &self.to.application)
            .text(6, &self.to.facility)
            .components(9, &message_type)
            .text(10, &self.control_id)
            .text(11, self.processing.code())
            .text(12, VERSION)
            .text(17, "FRA")
            .components(21, &PROFILE)
    }

    pub(super) fn read(message: &Message) -> Result<Self, MdmError> {
        let at = |number| message.header(number);
        let control_id = at(10).text().into_owned();
        if control_id.trim().is_empty() {
            return Err(MdmError::missing("MSH-10", "an identifier of the message"));
        }
        if at(12).component(1).text() != VERSION {
            return Err(MdmError::unsupported("MSH-12", "2.6", 203));
        }
        let processing = Processing::ALL.into_iter().find(|(_, code)| *code == at(11).component(1).text());
        let charset = match &*at(18).component(1).text() {
            "8859/15" => Charset::Latin9,
            "8859/1" => Charset::Latin1,
            _ => Charset::Utf8,
        };
        Ok(Self {
            control_id,
            sent_at: read_time(&at(7).text()).ok_or(MdmError::value("MSH-7", "a date and time"))?,
            from: Station::read(at(3), at(4)),
            to: Station::read(at(5), at(6)),
            processing: processing.ok_or(MdmError::unsupported("MSH-11", "P, T or D", 202))?.0,
            charset,
        })
    }

    /// Whether the message is of the volet: what its sender declares, if it does.
    pub(super) fn check_profile(message: &Message) -> Result<(), MdmError> {
        let declared = message.header(21);
        let same = [1, 2].into_iter().zip(PROFILE).all(|(number, part)| declared.component(number).text() == part);
        match declared.is_empty() || same {
            true => Ok(()),
            false => Err(MdmError::unsupported("MSH-21", "2.1^CISIS_CDA_HL7_V2", 200)),
        }
    }
}
