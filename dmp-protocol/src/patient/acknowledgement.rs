//! `acknowledgement` of the answers: processed, or refused and why (carrier C4).

use std::fmt;

use dmp_xml::{Element, Writer};

use super::element::{attribute, child, children, code, text};
use super::{InstanceIdentifier, MessageError};

/// `acknowledgement` of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Kind of refusal.
    pub kind: AcknowledgementKind,
    /// Why, possibly empty.
    pub details: Vec<AcknowledgementDetail>,
}

/// `acknowledgement/@typeCode` (or the `queryResponseCode`, when that is what refuses).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcknowledgementKind {
    /// `AE`: application error.
    Error,
    /// `AR`: rejected.
    Rejected,
    /// Any other code that is not `AA`.
    Other(String),
}

/// One `acknowledgementDetail`.
#[derive(Clone, PartialEq, Eq)]
pub struct AcknowledgementDetail {
    /// DMP code.
    pub code: Option<String>,
    /// French sentence, possibly about the patient: never in `Debug`.
    pub text: Option<String>,
}

impl AcknowledgementKind {
    /// The code on the wire.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Error => "AE",
            Self::Rejected => "AR",
            Self::Other(code) => code,
        }
    }

    fn from_code(code: &str) -> Self {
        match code {
            "AE" => Self::Error,
            "AR" => Self::Rejected,
            code => Self::Other(code.to_owned()),
        }
    }
}

impl Acknowledgement {
    /// An application error with one code, as the DMP refuses.
    #[must_use]
    pub fn error(code: impl Into<String>, text: impl Into<String>) -> Self {
        let detail = AcknowledgementDetail { code: Some(code.into()), text: Some(text.into()) };
        Self { kind: AcknowledgementKind::Error, details: vec![detail] }
    }
}

/// Normative edition of the schemas: 2008 has `typeCode` as a child, 2009 as an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    Ne2008,
    Ne2009,
}

impl Acknowledgement {
    /// Writes `acknowledgement`: processed, unless there is a refusal.
    pub(super) fn write(
        refusal: Option<&Self>,
        edition: Edition,
        request: Option<&InstanceIdentifier>,
        w: &mut Writer,
    ) {
        let code = refusal.map_or("AA", |refusal| refusal.kind.code());
        match edition {
            Edition::Ne2009 => w.open("acknowledgement", &[("typeCode", code)]),
            Edition::Ne2008 => {
                w.open("acknowledgement", &[]);
                w.empty("typeCode", &[("code", code)]);
            }
        }
        w.open("targetMessage", &[]);
        if let Some(id) = request {
            id.write(w, "id");
        }
        w.close();
        for detail in refusal.into_iter().flat_map(|refusal| &refusal.details) {
            w.open("acknowledgementDetail", &[("typeCode", "E")]);
            if let Some(code) = &detail.code {
                w.empty("code", &[("code", code)]);
            }
            if let Some(text) = &detail.text {
                w.leaf("text", &[], text);
            }
            w.close();
        }
        w.close();
    }

    /// Reads `acknowledgement` of either edition; `None` when it is `AA`.
    pub(super) fn read(element: &Element) -> Result<Option<Self>, MessageError> {
        let type_code = attribute(element, "typeCode")
            .or_else(|| child(element, "typeCode").and_then(code))
            .ok_or(MessageError::Missing("acknowledgement/@typeCode"))?;
        Ok((type_code != "AA").then(|| Self::read_as(type_code, element)))
    }

    /// The refusal of that code, with the details of the element.
    pub(super) fn read_as(type_code: &str, element: &Element) -> Self {
        let details = children(element, "acknowledgementDetail")
            .map(|detail| AcknowledgementDetail {
                code: child(detail, "code").and_then(code).map(str::to_owned),
                text: child(detail, "text").and_then(text),
            })
            .collect();
        Self { kind: AcknowledgementKind::from_code(type_code), details }
    }
}

impl fmt::Debug for AcknowledgementDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcknowledgementDetail").field("code", &self.code).finish_non_exhaustive()
    }
}
