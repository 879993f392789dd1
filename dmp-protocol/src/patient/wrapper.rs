//! The transmission wrapper common to all patient messages (patient-and-rights-messages.md §1.1).

use dmp_xml::{Element, Writer};

use super::element::{attribute, child, descend, text};
use super::{DMP_DEVICE, HL7, InstanceIdentifier, MessageError, ProcessingCode, WireTime};
use crate::received_name::shorten;

const INTERACTIONS: &str = "2.16.840.1.113883.1.6";
const REASONS: &str = "1.2.250.1.213.1.1.4.11";

/// The software that asks, as a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lps {
    /// Root OID of the installed instance \[EX_GEN-1350\].
    pub root: String,
    /// `LPS_Nom`, as in the VIHF; empty when not sent.
    pub name: String,
}

/// Beginning of a message up to `sender`.
pub(super) struct Head<'a> {
    pub(super) interaction: &'a str,
    pub(super) id: &'a InstanceIdentifier,
    pub(super) creation_time: &'a WireTime,
    pub(super) processing_code: &'a str,
    pub(super) accept_ack_code: &'a str,
    pub(super) receiver: (&'a str, &'a str),
    pub(super) sender: (&'a str, &'a str),
}

/// The DMP as a device: OID and name.
pub(super) const DMP: (&str, &str) = (DMP_DEVICE, "DMP");

impl Head<'_> {
    pub(super) fn write(&self, w: &mut Writer) {
        self.id.write(w, "id");
        w.empty("creationTime", &[("value", self.creation_time.as_str())]);
        w.empty("interactionId", &[("root", INTERACTIONS), ("extension", self.interaction)]);
        w.empty("processingCode", &[("code", self.processing_code)]);
        w.empty("processingModeCode", &[("code", "T")]);
        w.empty("acceptAckCode", &[("code", self.accept_ack_code)]);
        write_device(w, "receiver", "RCV", self.receiver);
        write_device(w, "sender", "SND", self.sender);
    }
}

/// What the head of a request says beside what all requests say.
pub(super) struct RequestHead<'a> {
    pub(super) id: &'a InstanceIdentifier,
    pub(super) creation_time: &'a WireTime,
    pub(super) processing: ProcessingCode,
    pub(super) lps: &'a Lps,
}

impl RequestHead<'_> {
    /// Opens the body element, writes its wrapper, and opens `controlActProcess`.
    pub(super) fn open(&self, w: &mut Writer, body: &str, namespaces: &[(&str, &str)]) {
        let attributes = [&[("xmlns", HL7)], namespaces, &[("ITSVersion", "XML_1.0")]].concat();
        w.open(body, &attributes);
        let head = Head {
            interaction: body,
            id: self.id,
            creation_time: self.creation_time,
            processing_code: self.processing.code(),
            accept_ack_code: "AL",
            receiver: DMP,
            sender: (&self.lps.root, &self.lps.name),
        };
        head.write(w);
        w.open("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")]);
    }
}

fn write_device(w: &mut Writer, role: &str, type_code: &str, (root, name): (&str, &str)) {
    w.open(role, &[("typeCode", type_code)]);
    w.open("device", &[("classCode", "DEV"), ("determinerCode", "INSTANCE")]);
    w.empty("id", &[("root", root)]);
    if !name.is_empty() {
        w.leaf("softwareName", &[], name);
    }
    w.close();
    w.close();
}

pub(super) fn write_reason(w: &mut Writer, code: &str, display: &str) {
    w.empty("reasonCode", &[("code", code), ("codeSystem", REASONS), ("displayName", display)]);
}

/// Refuses another body.
pub(super) fn control_act<'a>(element: &'a Element, expected: &'static str) -> Result<&'a Element, MessageError> {
    if !element.is(HL7, expected) {
        return Err(MessageError::Body { found: shorten(&element.name.local), expected });
    }
    child(element, "controlActProcess").ok_or(MessageError::Missing("controlActProcess"))
}

/// Code of `reasonCode`; empty when absent.
pub(super) fn reason(control_act: &Element) -> &str {
    child(control_act, "reasonCode").and_then(super::element::code).unwrap_or_default()
}

pub(super) fn read_creation_time(element: &Element) -> WireTime {
    child(element, "creationTime").and_then(|e| attribute(e, "value")).map(WireTime::received).unwrap_or_default()
}

pub(super) fn read_processing_code(element: &Element) -> ProcessingCode {
    ProcessingCode::received(child(element, "processingCode").and_then(super::element::code))
}

/// The device in that role; what is absent is empty.
pub(super) fn read_device(element: &Element, role: &str) -> Lps {
    let Some(device) = child(element, role).and_then(|r| child(r, "device")) else { return Lps::default() };
    Lps {
        root: child(device, "id").and_then(|id| attribute(id, "root")).unwrap_or_default().to_owned(),
        name: descend(device, &["softwareName"]).and_then(text).unwrap_or_default(),
    }
}
