//! TD0.3 `setAuthorization` and its answer (patient-and-rights-messages.md §6.1).

use dmp_xml::{Element, Writer};

use super::output::{child_text, expect_body, expect_output};
use super::{HABILITATIONS, MessageError, ServiceStatus};

/// Adds or removes the authorisation of the caller on the DMP that the VIHF names. Idempotent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAuthorization {
    /// What to do.
    pub action: AuthorizationAction,
    /// A role instead of the authorisation itself.
    pub role: Option<AuthorizationRole>,
}

/// `action`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationAction {
    /// `AJOUT`: only with the patient's consent \[EX_0.3-1010\].
    Ajout,
    /// `SUPPRESSION`.
    Suppression,
    /// Anything else, received only: a refusal of the server, never of the reader.
    Other(String),
}

/// `role`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationRole {
    /// `MEDECIN_TRAITANT`.
    MedecinTraitant,
    /// Anything else, received only.
    Other(String),
}

impl AuthorizationAction {
    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ajout => "AJOUT",
            Self::Suppression => "SUPPRESSION",
            Self::Other(text) => text,
        }
    }
}

impl AuthorizationRole {
    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::MedecinTraitant => "MEDECIN_TRAITANT",
            Self::Other(text) => text,
        }
    }
}

impl SetAuthorization {
    /// The caller declares to be authorised.
    #[must_use]
    pub fn add() -> Self {
        Self { action: AuthorizationAction::Ajout, role: None }
    }

    /// The caller gives the authorisation back.
    #[must_use]
    pub fn remove() -> Self {
        Self { action: AuthorizationAction::Suppression, role: None }
    }

    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        w.open("setAuthorization", &[("xmlns", HABILITATIONS)]);
        w.leaf("action", &[], self.action.as_str());
        if let Some(role) = &self.role {
            w.leaf("role", &[], role.as_str());
        }
        w.close();
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, or no action.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        expect_body(element, HABILITATIONS, "setAuthorization")?;
        let action = match child_text(element, HABILITATIONS, "action").ok_or(MessageError::Missing("action"))?.as_str()
        {
            "AJOUT" => AuthorizationAction::Ajout,
            "SUPPRESSION" => AuthorizationAction::Suppression,
            other => AuthorizationAction::Other(other.to_owned()),
        };
        let role = child_text(element, HABILITATIONS, "role").map(|role| match role.as_str() {
            "MEDECIN_TRAITANT" => AuthorizationRole::MedecinTraitant,
            _ => AuthorizationRole::Other(role),
        });
        Ok(Self { action, role })
    }
}

/// Answer of TD0.3. With `DMPOk`, a context says that nothing had to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAuthorizationResponse {
    /// Success or refusal.
    pub output: ServiceStatus,
}

impl SetAuthorizationResponse {
    /// Success.
    #[must_use]
    pub fn ok(context: impl Into<String>) -> Self {
        Self { output: ServiceStatus::ok().with_context(context) }
    }

    /// A refusal.
    #[must_use]
    pub fn refused(code: impl Into<String>, context: impl Into<String>) -> Self {
        Self { output: ServiceStatus::refused(code, context) }
    }

    /// Writes the body element, with a prefix as the DMP does.
    pub fn write(&self, w: &mut Writer) {
        w.open("h:setAuthorizationResponse", &[("xmlns:h", HABILITATIONS)]);
        w.open("h:output", &[]);
        self.output.write(w, "h");
        w.close();
        w.close();
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, or no status, which is an answer that cannot be understood.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let output = expect_output(element, HABILITATIONS, "setAuthorizationResponse")?;
        Ok(Self { output: ServiceStatus::read(output, HABILITATIONS)? })
    }
}
