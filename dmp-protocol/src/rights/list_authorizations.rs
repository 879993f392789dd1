//! TD1.6 `listAuthorizationByPatient` and its answer (patient-and-rights-messages.md §6.2).

use std::fmt;

use dmp_xml::{Element, Writer};

use super::output::{child_text, children_text, expect_body, expect_output, optional_leaf};
use super::{HABILITATIONS, MessageError, ServiceStatus};
use crate::patient::WireTime;

const REQUEST: &str = "listAuthorizationByPatient";
const RESPONSE: &str = "listAuthorizationByPatientResponse";

/// Who is authorised on the DMP that the VIHF names, or blocked by the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAuthorizations {
    /// Whom to list.
    pub mode: AuthorizationMode,
}

/// `mode`: of the request, and of each actor listed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationMode {
    /// `ACTIVE`: authorised.
    Active,
    /// `INTERDITE`: blocked by the patient.
    Interdite,
    /// `TOUTE`: both; of a request only.
    Toute,
    /// Anything else, received only.
    Other(String),
}

impl AuthorizationMode {
    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "ACTIVE",
            Self::Interdite => "INTERDITE",
            Self::Toute => "TOUTE",
            Self::Other(text) => text,
        }
    }

    fn from_text(text: &str) -> Self {
        [Self::Active, Self::Interdite, Self::Toute]
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

/// A professional or a structure. Names and numbers are not in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizedActor {
    /// PS_IdNat or Struct_IdNat.
    pub national_id: String,
    /// `1.2.250.1.71.4.2.1` for a person, `1.2.250.1.71.4.2.2` for a structure.
    pub national_id_type: String,
    /// Given name of a person.
    pub first_name: Option<String>,
    /// Family name of a person, name of a structure.
    pub last_name: Option<String>,
    /// `G15_10/SM26`, each with its label when there is one.
    pub specialties: Vec<(String, Option<String>)>,
    /// UTC.
    pub since: Option<WireTime>,
    /// UTC.
    pub last_action: Option<WireTime>,
    /// Authorised or blocked.
    pub mode: AuthorizationMode,
    /// `MEDECIN_TRAITANT`, or others.
    pub specific_rights: Vec<String>,
}

impl AuthorizedActor {
    /// OID of PS_IdNat.
    pub const PERSON: &str = "1.2.250.1.71.4.2.1";
    /// OID of Struct_IdNat.
    pub const STRUCTURE: &str = "1.2.250.1.71.4.2.2";

    /// Whether the actor is médecin traitant in this DMP.
    #[must_use]
    pub fn is_medecin_traitant(&self) -> bool {
        self.specific_rights.iter().any(|right| right == "MEDECIN_TRAITANT")
    }

    fn write(&self, w: &mut Writer) {
        w.open("h:listOfAuthorizationByPatient", &[]);
        w.leaf("h:nationalId", &[], &self.national_id);
        w.leaf("h:nationalIdType", &[], &self.national_id_type);
        optional_leaf(w, "h:firstName", self.first_name.as_deref());
        optional_leaf(w, "h:lastName", self.last_name.as_deref());
        for (code, _) in &self.specialties {
            w.leaf("h:codeSpeciality", &[], code);
        }
        for (_, label) in &self.specialties {
            optional_leaf(w, "h:libSpeciality", label.as_deref());
        }
        optional_leaf(w, "h:startOfAuthorization", self.since.as_ref().map(WireTime::as_str));
        optional_leaf(w, "h:lastActionDate", self.last_action.as_ref().map(WireTime::as_str));
        w.leaf("h:mode", &[], self.mode.as_str());
        for right in &self.specific_rights {
            w.leaf("h:specificRight", &[], right);
        }
        w.close();
    }

    fn read(element: &Element) -> Self {
        let text = |local| child_text(element, HABILITATIONS, local);
        let time = |local| text(local).map(|time| WireTime::received(&time));
        let mut labels = children_text(element, HABILITATIONS, "libSpeciality").into_iter();
        let codes = children_text(element, HABILITATIONS, "codeSpeciality");
        Self {
            national_id: text("nationalId").unwrap_or_default(),
            national_id_type: text("nationalIdType").unwrap_or_default(),
            first_name: text("firstName"),
            last_name: text("lastName"),
            specialties: codes.into_iter().map(|code| (code, labels.next())).collect(),
            since: time("startOfAuthorization"),
            last_action: time("lastActionDate"),
            mode: AuthorizationMode::from_text(&text("mode").unwrap_or_default()),
            specific_rights: children_text(element, HABILITATIONS, "specificRight"),
        }
    }
}

impl fmt::Debug for AuthorizedActor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizedActor")
            .field("mode", &self.mode)
            .field("specific_rights", &self.specific_rights)
            .finish_non_exhaustive()
    }
}

impl ListAuthorizations {
    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        w.open(REQUEST, &[("xmlns", HABILITATIONS)]);
        w.leaf("mode", &[], self.mode.as_str());
        w.close();
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, or no mode.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        expect_body(element, HABILITATIONS, REQUEST)?;
        let mode = child_text(element, HABILITATIONS, "mode").ok_or(MessageError::Missing("mode"))?;
        Ok(Self { mode: AuthorizationMode::from_text(&mode) })
    }
}

/// Answer of TD1.6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAuthorizationsResponse {
    /// In the order of the DMP; empty when refused.
    pub actors: Vec<AuthorizedActor>,
    /// Success or refusal.
    pub output: ServiceStatus,
}

impl ListAuthorizationsResponse {
    /// A refusal.
    #[must_use]
    pub fn refused(code: impl Into<String>, context: impl Into<String>) -> Self {
        Self { actors: Vec::new(), output: ServiceStatus::refused(code, context) }
    }

    /// Writes the body element, with a prefix as the DMP does.
    pub fn write(&self, w: &mut Writer) {
        w.open("h:listAuthorizationByPatientResponse", &[("xmlns:h", HABILITATIONS)]);
        w.open("h:output", &[]);
        for actor in &self.actors {
            actor.write(w);
        }
        self.output.write(w, "h");
        w.close();
        w.close();
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, or no status.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let output = expect_output(element, HABILITATIONS, RESPONSE)?;
        Ok(Self {
            actors: output
                .children_named(HABILITATIONS, "listOfAuthorizationByPatient")
                .map(AuthorizedActor::read)
                .collect(),
            output: ServiceStatus::read(output, HABILITATIONS)?,
        })
    }
}
