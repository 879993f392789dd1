//! From a message to a transmission: every field that says the same thing must say it, else the message is rejected.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dmp_vocabulary::identity::IdentityPolicy;
use dmp_vocabulary::oids;
use xds_model::CodedValue;

use super::{Act, Head, MdmError, PatientIdentity, Transmission, VihfInputs, Visit, Wishes};
use crate::interop::er7::{Message, Segment, Value};

impl Transmission {
    /// Reads a message of the volet; identities are checked as `policy` says.
    ///
    /// # Errors
    /// [`MdmError`], which [`super::Acknowledgement::refusing`] tells the sender.
    pub fn read(message: &Message, policy: impl Into<IdentityPolicy>) -> Result<Self, MdmError> {
        let policy = policy.into();
        if message.header(9).component(1).text() != "MDM" {
            return Err(MdmError::unsupported("MSH-9", "MDM^T02, MDM^T10 or MDM^T04", 200));
        }
        let head = Head::read(message)?;
        Head::check_profile(message)?;
        let txa = required(message, "TXA", "the document")?;
        let document = document(message)?;
        let act = act(message, &txa, &document)?;
        Ok(Self {
            head,
            act,
            patient: PatientIdentity::read(message, policy)?,
            visit: Visit::read(message)?,
            unique_id: document_id("TXA-12", txa.field(12))?,
            document_type: document_type(message, &txa, &document)?,
            content: content(document.field(5))?,
            origin: VihfInputs::read(message, policy)?,
            wishes: Wishes::read(message)?,
        })
    }
}

fn required<'m>(message: &'m Message, name: &'static str, what: &'static str) -> Result<Segment<'m>, MdmError> {
    message.segment(name).ok_or(MdmError::missing(name, what))
}

/// The OBX of the document: the only one of type ED whose OBX-3 is a type of document.
fn document(message: &Message) -> Result<Segment<'_>, MdmError> {
    let is_document = |obx: &Segment<'_>| {
        obx.field(2).text() == "ED" && matches!(&*obx.field(3).component(3).text(), "LN" | "TRE_A05")
    };
    let mut found = message.segments_named("OBX").filter(is_document);
    match (found.next(), found.next()) {
        (Some(document), None) => Ok(document),
        (None, _) => Err(MdmError::missing("OBX", "the document, in an OBX of type ED")),
        (Some(_), Some(_)) => Err(MdmError::disagreement("OBX", "one document in each message")),
    }
}

/// Trigger event, ORC-1 and OBX-11 say the same.
fn act(message: &Message, txa: &Segment<'_>, document: &Segment<'_>) -> Result<Act, MdmError> {
    let event = message.header(9).component(2).text();
    let act = match &*event {
        "T02" => Act::Feed,
        "T10" => Act::Replace(document_id("TXA-13", txa.field(13))?),
        "T04" => Act::Delete,
        _ => return Err(MdmError::unsupported("MSH-9", "T02, T10 or T04", 201)),
    };
    let [_, order, status] = act.codes();
    if required(message, "ORC", "the order")?.field(1).text() != order {
        return Err(MdmError::disagreement("ORC-1", "NW with T02, RO with T10, CA with T04"));
    }
    match document.field(11).text() == status {
        true => Ok(act),
        false => Err(MdmError::disagreement("OBX-11", "F with T02, C with T10, D with T04")),
    }
}

/// `extension^^root^ISO`, or the OID alone, which is the only form that the DMP takes.
fn document_id(field: &'static str, id: Value<'_>) -> Result<String, MdmError> {
    let text = id.component(1).text();
    let bare = [3, 4].into_iter().all(|number| id.component(number).is_empty());
    match bare && dmp_vocabulary::Oid::parse(&text).is_ok() {
        true => Ok(text.into_owned()),
        false => Err(MdmError::value(field, "an OID alone (CDA-DMP-001)")),
    }
}

/// TXA-2, OBR-4 and OBX-3 say the same.
fn document_type(message: &Message, txa: &Segment<'_>, document: &Segment<'_>) -> Result<CodedValue, MdmError> {
    let code = txa.field(2).component(1).text();
    if code.is_empty() {
        return Err(MdmError::NO_TYPE);
    }
    let order = required(message, "OBR", "the type of the document")?.field(4);
    let name = document.field(3);
    for (field, said) in [("OBR-4", order), ("OBX-3", name)] {
        if said.component(1).text() != code {
            return Err(MdmError::disagreement(field, "the type of TXA-2"));
        }
    }
    let system = match &*name.component(3).text() {
        "LN" => oids::LOINC,
        _ => oids::DOCUMENT_TYPE,
    };
    Ok(CodedValue::new(&*code, &*name.component(2).text(), system))
}

/// `^text^XML^Base64^…`.
fn content(value: Value<'_>) -> Result<Vec<u8>, MdmError> {
    if !value.component(4).text().eq_ignore_ascii_case("Base64") {
        return Err(MdmError::value("OBX-5.4", "Base64"));
    }
    let bytes = STANDARD.decode(value.component(5).raw()).map_err(|_| MdmError::NOT_A_CDA)?;
    if bytes.is_empty() { Err(MdmError::NOT_A_CDA) } else { Ok(bytes) }
}
