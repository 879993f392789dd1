//! A code sent in one of its carriers.

use dmp_protocol::error::KnownCode;
use dmp_protocol::soap::{Fault, FaultCode, Subcode};
use dmp_protocol::transaction::ResponseCarrier;
use serde::{Deserialize, Serialize};

use super::effect::Weight;
use super::rule::FaultError;
use crate::rules::Carrier;

/// Longest code or sentence that is sent.
const TEXT_MAX: usize = 1024;

/// A refusal by a code; see [`Fault::code`](super::Fault::code).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeAnswer {
    /// `DMPClosed`; one that is in no catalogue is sent as is, and an empty one is left out.
    pub code: String,
    /// How it travels. When absent: as its transaction refuses, if the catalogue knows the code in that carrier or does
    /// not know the code; else in a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<FaultCarrier>,
    /// The sentence; that of the catalogue, in French, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `codeContext` of C6 when it is not the sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Only C6 has warnings and partial successes.
    #[serde(default)]
    pub severity: Weight,
}

/// How a refusal travels (errors.md §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultCarrier {
    /// SOAP fault.
    C3,
    /// HL7 V3 acknowledgement.
    C4,
    /// Status and context.
    C5,
    /// `RegistryResponse`.
    C6,
}

impl std::fmt::Debug for CodeAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The sentence may be about a patient.
        f.debug_struct("CodeAnswer").field("code", &self.code).field("carrier", &self.carrier).finish_non_exhaustive()
    }
}

impl FaultCarrier {
    pub(crate) fn as_rules(self) -> Carrier {
        match self {
            FaultCarrier::C3 => Carrier::Fault,
            FaultCarrier::C4 => Carrier::Acknowledgement,
            FaultCarrier::C5 => Carrier::Status,
            FaultCarrier::C6 => Carrier::Registry,
        }
    }

    fn id(self) -> &'static str {
        match self {
            FaultCarrier::C3 => "C3",
            FaultCarrier::C4 => "C4",
            FaultCarrier::C5 => "C5",
            FaultCarrier::C6 => "C6",
        }
    }
}

impl From<ResponseCarrier> for FaultCarrier {
    fn from(carrier: ResponseCarrier) -> Self {
        match carrier {
            ResponseCarrier::Status => FaultCarrier::C5,
            ResponseCarrier::Registry => FaultCarrier::C6,
            _ => FaultCarrier::C4,
        }
    }
}

impl CodeAnswer {
    /// That code, with everything else by default.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        CodeAnswer { code: code.into(), carrier: None, text: None, context: None, severity: Weight::Error }
    }

    /// How it travels when its transaction refuses by `usual`.
    pub(crate) fn carrier(&self, usual: Option<ResponseCarrier>) -> Carrier {
        let usual = usual.map(FaultCarrier::from);
        let fits = |carrier: &FaultCarrier| match KnownCode::find(&self.code) {
            Some(known) => known.entry().carriers.split(' ').any(|one| one == carrier.id()),
            None => true,
        };
        let chosen = self.carrier.or(usual.filter(fits)).unwrap_or(FaultCarrier::C3);
        chosen.as_rules()
    }

    /// The sentence.
    pub(crate) fn sentence(&self) -> &str {
        let known = || KnownCode::find(&self.code).map(|known| known.entry().meaning.french);
        self.text.as_deref().or_else(known).unwrap_or("Erreur demandée au simulateur")
    }

    /// As a fault: a standard code stands in its own place, a code of the DMP in the SOAP namespace.
    pub(crate) fn fault(&self) -> Fault {
        let text = self.sentence();
        let sender = |subcode| Fault::new(FaultCode::Sender, text).with_subcode(subcode);
        match self.code.as_str() {
            "" | "Sender" => Fault::new(FaultCode::Sender, text),
            "Receiver" => Fault::new(FaultCode::Receiver, text),
            "MustUnderstand" => Fault::new(FaultCode::MustUnderstand, text),
            "VersionMismatch" => Fault::new(FaultCode::VersionMismatch, text),
            "DataEncodingUnknown" => Fault::new(FaultCode::DataEncodingUnknown, text),
            code @ ("DestinationUnreachable" | "EndpointUnavailable") => {
                Fault::new(FaultCode::Receiver, text).with_subcode(Subcode::addressing(code))
            }
            code @ ("MessageAddressingHeaderRequired"
            | "InvalidAddressingHeader"
            | "ActionNotSupported"
            | "ActionMismatch") => sender(Subcode::addressing(code)),
            code @ ("InvalidSecurity"
            | "InvalidSecurityToken"
            | "SecurityTokenUnavailable"
            | "FailedAuthentication"
            | "FailedCheck"
            | "MessageExpired") => sender(Subcode::security(code)),
            code => sender(Subcode::dmp(code)),
        }
    }

    pub(super) fn check(&self) -> Result<(), FaultError> {
        let texts = [Some(&self.code), self.text.as_ref(), self.context.as_ref()];
        let is_sendable = |text: &String| text.len() <= TEXT_MAX && !text.chars().any(char::is_control);
        if !texts.into_iter().flatten().all(is_sendable) {
            return Err(FaultError::Text);
        }
        let in_registry = self.carrier.is_none_or(|carrier| carrier == FaultCarrier::C6);
        if self.severity != Weight::Error && !in_registry {
            return Err(FaultError::WarningOutsideRegistry);
        }
        Ok(())
    }
}
