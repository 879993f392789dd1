//! From a transmission to a message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dmp_vocabulary::oids;

use super::{Act, MdmError, Transmission};
use crate::interop::er7::{Er7Error, Line, Message, write_time};

impl Transmission {
    /// The message.
    ///
    /// # Errors
    /// A character that the character set of the head has not.
    pub fn write(&self) -> Result<Vec<u8>, Er7Error> {
        let [event, order, status] = self.act.codes();
        let kind = [self.document_type.code.as_str(), self.label(), type_system(&self.document_type.system)];
        let mut lines = vec![
            self.head.to_line(["MDM", event, "MDM_T02"]),
            Line::new("EVN").text(2, &write_time(self.head.sent_at)),
            self.patient.to_line(),
            self.visit.to_line(),
            Line::new("ORC").text(1, order),
            Line::new("OBR").text(1, "1").components(4, &kind),
            self.txa(),
            Line::new("OBX")
                .text(1, "1")
                .text(2, "ED")
                .components(3, &kind)
                .components(5, &["", "text", "XML", "Base64", &STANDARD.encode(&self.content)])
                .text(11, status),
            self.origin.to_line(),
        ];
        lines.extend(self.wishes.lines(2));
        Message::write(&lines)
    }

    fn txa(&self) -> Line {
        let line = Line::new("TXA").text(1, "1").text(2, &self.document_type.code).text(3, "TEXT");
        let line = line.text(12, &self.unique_id).text(17, "AU");
        match &self.act {
            Act::Replace(former) => line.text(13, former),
            Act::Feed | Act::Delete => line,
        }
    }

    fn label(&self) -> &str {
        self.document_type.display.as_deref().unwrap_or_default()
    }

    /// What no message may say.
    pub(super) fn check(&self) -> Result<(), MdmError> {
        self.wishes.check()?;
        self.visit.check()
    }
}

/// `LN` for LOINC, else the name of TRE_A05.
fn type_system(oid: &str) -> &'static str {
    if oid == oids::LOINC { "LN" } else { "TRE_A05" }
}
