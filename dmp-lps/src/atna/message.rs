//! The audit message of DICOM PS3.15 A.5.1, which IHE took over for ITI-20, as XML.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dmp_protocol::xml::Writer;
use jiff::Timestamp;

/// A code with its system: `csd-code`, `codeSystemName`, `originalText`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodedValue {
    pub(super) code: &'static str,
    pub(super) system: &'static str,
    pub(super) text: &'static str,
}

impl CodedValue {
    /// A code of DICOM.
    pub(super) const fn dcm(code: &'static str, text: &'static str) -> Self {
        Self { code, system: "DCM", text }
    }

    /// A code of RFC 3881, which DICOM keeps.
    pub(super) const fn rfc_3881(code: &'static str, text: &'static str) -> Self {
        Self { code, system: "RFC-3881", text }
    }

    fn write(self, writer: &mut Writer, element: &str) {
        let Self { code, system, text } = self;
        writer.empty(element, &[("csd-code", code), ("codeSystemName", system), ("originalText", text)]);
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    /// It can be done again: a transport that failed, an unknown outcome.
    MinorFailure,
    /// It was refused.
    SeriousFailure,
}

impl Outcome {
    fn indicator(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::MinorFailure => "4",
            Self::SeriousFailure => "8",
        }
    }
}

/// What happened.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: CodedValue,
    /// `C`, `R`, `U`, `D`, `E`.
    pub(super) action: &'static str,
    pub(super) types: Vec<CodedValue>,
    pub(super) at: Timestamp,
    pub(super) outcome: Outcome,
    /// Code of the refusal.
    pub(super) description: Option<String>,
    pub(super) purpose: Option<CodedValue>,
}

/// Somebody, or a machine, that took part.
#[derive(Debug)]
pub(super) struct Participant {
    pub(super) user: String,
    pub(super) alternative: Option<String>,
    pub(super) requestor: bool,
    pub(super) role: Option<CodedValue>,
    /// Name of the machine.
    pub(super) machine: Option<String>,
}

/// What was acted on.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) id: String,
    /// `ParticipantObjectTypeCode` and `ParticipantObjectTypeCodeRole`.
    pub(super) kind: (&'static str, &'static str),
    pub(super) id_type: CodedValue,
    /// The criteria of a query.
    pub(super) query: Option<String>,
    /// Details, by kind.
    pub(super) details: Vec<(&'static str, String)>,
}

/// One audit message.
#[derive(Debug)]
pub(super) struct AuditMessage<'a> {
    pub(super) event: Event,
    pub(super) participants: Vec<Participant>,
    /// `AuditEnterpriseSiteID` and `AuditSourceID`.
    pub(super) source: (&'a str, &'a str),
    pub(super) objects: Vec<Object>,
}

impl AuditMessage<'_> {
    /// The XML on one line. A character that XML cannot hold becomes U+FFFD: an audit message is never lost for it.
    pub(super) fn to_xml(&self) -> String {
        let mut writer = Writer::new();
        writer.declaration();
        writer.open("AuditMessage", &[]);
        self.event.write(&mut writer);
        for participant in &self.participants {
            participant.write(&mut writer);
        }
        let (site, id) = self.source;
        let (site, id) = (clean(site), clean(id));
        writer.open("AuditSourceIdentification", &[("AuditEnterpriseSiteID", &*site), ("AuditSourceID", &*id)]);
        // 4: an application server, which a software of professionals is to the repository.
        CodedValue::rfc_3881("4", "Application Server").write(&mut writer, "AuditSourceTypeCode");
        writer.close();
        for object in &self.objects {
            object.write(&mut writer);
        }
        writer.close();
        // Elements match and every text is clean: there is nothing left that could not be written.
        writer.finish().unwrap_or_default()
    }
}

impl Event {
    fn write(&self, writer: &mut Writer) {
        let at = format!("{:.6}", self.at);
        let attributes = [
            ("EventActionCode", self.action),
            ("EventDateTime", at.as_str()),
            ("EventOutcomeIndicator", self.outcome.indicator()),
        ];
        writer.open("EventIdentification", &attributes);
        self.id.write(writer, "EventID");
        for code in &self.types {
            code.write(writer, "EventTypeCode");
        }
        if let Some(description) = &self.description {
            writer.leaf("EventOutcomeDescription", &[], &clean(description));
        }
        if let Some(purpose) = self.purpose {
            purpose.write(writer, "PurposeOfUse");
        }
        writer.close();
    }
}

impl Participant {
    fn write(&self, writer: &mut Writer) {
        let [user, alternative, machine] = [Some(&self.user), self.alternative.as_ref(), self.machine.as_ref()]
            .map(|text| text.map(|text| clean(text)));
        let mut attributes = Vec::new();
        let optional = [("UserID", &user), ("AlternativeUserID", &alternative)];
        attributes.extend(optional.iter().filter_map(|(name, text)| text.as_deref().map(|text| (*name, text))));
        attributes.push(("UserIsRequestor", if self.requestor { "true" } else { "false" }));
        if let Some(machine) = machine.as_deref() {
            // 1: the name of a machine.
            attributes.extend([("NetworkAccessPointID", machine), ("NetworkAccessPointTypeCode", "1")]);
        }
        match self.role {
            None => writer.empty("ActiveParticipant", &attributes),
            Some(role) => {
                writer.open("ActiveParticipant", &attributes);
                role.write(writer, "RoleIDCode");
                writer.close();
            }
        }
    }
}

impl Object {
    fn write(&self, writer: &mut Writer) {
        let (id, (kind, role)) = (clean(&self.id), self.kind);
        let attributes = [
            ("ParticipantObjectID", &*id),
            ("ParticipantObjectTypeCode", kind),
            ("ParticipantObjectTypeCodeRole", role),
        ];
        writer.open("ParticipantObjectIdentification", &attributes);
        self.id_type.write(writer, "ParticipantObjectIDTypeCode");
        if let Some(query) = &self.query {
            writer.leaf("ParticipantObjectQuery", &[], &STANDARD.encode(query));
        }
        for (kind, value) in &self.details {
            writer.empty("ParticipantObjectDetail", &[("type", *kind), ("value", &STANDARD.encode(value))]);
        }
        writer.close();
    }
}

/// Without what XML forbids and without line ends, which would break a file of lines.
fn clean(text: &str) -> Cow<'_, str> {
    let forbidden = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) { Cow::Owned(text.replace(forbidden, "\u{fffd}")) } else { Cow::Borrowed(text) }
}
