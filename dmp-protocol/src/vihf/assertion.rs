//! The assertion as it travels: every value as text, nothing judged.

use std::fmt;

use jiff::Timestamp;

use super::{Purpose, Role, WireMode};

/// Names of the SAML attributes.
pub mod name {
    /// Struct_IdNat of the structure.
    pub const STRUCTURE: &str = "Identifiant_Structure";
    /// `code^1.2.250.1.71.4.2.4`.
    pub const SECTOR: &str = "Secteur_Activite";
    /// Name of the person.
    pub const SUBJECT_ID: &str = "urn:oasis:names:tc:xspa:1.0:subject:subject-id";
    /// Profession, savoir-faire, role.
    pub const ROLE: &str = "urn:oasis:names:tc:xacml:2.0:subject:role";
    /// `3.0` or `4.0`.
    pub const VERSION: &str = "VIHF_Version";
    /// Authentication mode; the DMP also reads it with a capital M.
    pub const MODE: &str = "Authentification_mode";
    /// CX of the patient.
    pub const RESOURCE_ID: &str = "urn:oasis:names:tc:xacml:2.0:resource:resource-id";
    /// `urn:dmp`.
    pub const RESSOURCE_URN: &str = "Ressource_URN";
    /// Access mode.
    pub const PURPOSE_OF_USE: &str = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse";
    /// Connexion secrète.
    pub const CONFIDENTIALITY_CODE: &str = "urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code";
    /// OID of the installed instance.
    pub const LPS_ID: &str = "LPS_ID";
    /// Name of the software.
    pub const LPS_NOM: &str = "LPS_Nom";
    /// Version of the software.
    pub const LPS_VERSION: &str = "LPS_Version";
    /// Certification number of the software: secret.
    pub const LPS_HOMOLOGATION: &str = "LPS_ID_HOMOLOGATION_DMP";
    /// The one value of [`CONFIDENTIALITY_CODE`].
    pub const INVISIBLE_REPRESENTANTS_LEGAUX: &str = "INVISIBLE_REPRESENTANTS_LEGAUX^1.2.250.1.213.1.1.4.13";
}

/// One SAML assertion, in the order of the page. `Debug` shows the id only.
#[derive(Clone, PartialEq, Eq)]
pub struct Assertion {
    /// `@ID`.
    pub id: String,
    /// `@IssueInstant`.
    pub issued_at: Timestamp,
    /// `@Version`, `2.0`.
    pub version: String,
    /// `Issuer`: a distinguished name.
    pub issuer: String,
    /// `Issuer/@Format`.
    pub issuer_format: Option<String>,
    /// `Subject/NameID`.
    pub name_id: String,
    /// `Conditions`.
    pub conditions: Option<Conditions>,
    /// `AuthnStatement/@AuthnInstant`.
    pub authenticated_at: Timestamp,
    /// `AuthnContextClassRef`.
    pub class: String,
    /// `AuthnContextDecl`: primary authentication method of AIR.
    pub declaration: Option<String>,
    /// The attributes, in document order, repetitions included.
    pub attributes: Vec<AssertionAttribute>,
}

/// Limits in time and audience.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// `@NotBefore`.
    pub not_before: Option<Timestamp>,
    /// `@NotOnOrAfter`, or the variant `@NotAfter`.
    pub not_on_or_after: Option<Timestamp>,
    /// Whether the variant `@NotAfter`, unknown to SAML, was used.
    pub not_after_variant: bool,
    /// Whether anything is inside (an `AudienceRestriction`, for instance).
    pub restricted: bool,
}

/// One `saml2:Attribute`.
#[derive(Clone, PartialEq, Eq)]
pub struct AssertionAttribute {
    /// `@Name`.
    pub name: String,
    /// The `AttributeValue`s, in order.
    pub values: Vec<AttributeValue>,
}

/// One `saml2:AttributeValue`.
#[derive(Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// Plain text.
    Text(String),
    /// One HL7 element.
    Coded(CodedElement),
}

/// `<Role …/>` or `<PurposeOfUse …/>` in `urn:hl7-org:v3`; absent attributes are empty.
#[derive(Clone, PartialEq, Eq)]
pub struct CodedElement {
    /// Local name of the element.
    pub element: String,
    /// `@code`.
    pub code: String,
    /// `@codeSystem`.
    pub code_system: String,
    /// `@codeSystemName`.
    pub code_system_name: Option<String>,
    /// `@displayName`.
    pub display: String,
}

impl Assertion {
    /// Every attribute of that name; the mode is compared without case.
    pub fn attributes_named<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a AssertionAttribute> + use<'a, 'n> {
        self.attributes.iter().filter(move |attribute| attribute.is(name))
    }

    /// The first text value of the first attribute of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes_named(name).next().and_then(|attribute| attribute.values.first()).and_then(AttributeValue::text)
    }

    /// The authentication mode, if the value is a known one.
    pub fn mode(&self) -> Option<WireMode> {
        self.text(name::MODE).and_then(WireMode::from_value)
    }

    /// The `purposeofuse` element.
    pub fn purpose_element(&self) -> Option<&CodedElement> {
        self.coded(name::PURPOSE_OF_USE).next()
    }

    /// The access mode, if the code is a known one.
    pub fn purpose(&self) -> Option<Purpose> {
        self.purpose_element().and_then(|element| Purpose::from_code(&element.code))
    }

    /// The roles, in order.
    pub fn roles(&self) -> Vec<Role> {
        let roles = self.coded(name::ROLE).map(|element| Role {
            code: element.code.clone(),
            code_system: element.code_system.clone(),
            code_system_name: element.code_system_name.clone(),
            display: element.display.clone(),
        });
        roles.collect()
    }

    /// Whether `AuthnContextDecl` or the class holds the method of AIR simplifié, `CONF_EXI_PGSSIS`.
    pub fn claims_air_simplifie(&self) -> bool {
        let method = [self.declaration.as_deref(), Some(&self.class)];
        self.mode() == Some(WireMode::IndirecteRenforcee) && method.contains(&Some(CONF_EXI_PGSSIS))
    }

    /// Whether the access is secret for the legal representatives of a minor (connexion secrète).
    pub fn is_connexion_secrete(&self) -> bool {
        self.text(name::CONFIDENTIALITY_CODE) == Some(name::INVISIBLE_REPRESENTANTS_LEGAUX)
    }

    fn coded<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a CodedElement> + use<'a, 'n> {
        let values = self.attributes_named(name).flat_map(|attribute| &attribute.values);
        values.filter_map(|value| match value {
            AttributeValue::Coded(element) => Some(element),
            AttributeValue::Text(_) => None,
        })
    }
}

/// The primary authentication method of AIR simplifié.
pub(crate) const CONF_EXI_PGSSIS: &str = "CONF_EXI_PGSSIS";

impl AssertionAttribute {
    /// Whether the attribute has that name; only the mode has two spellings, so only it is compared without case.
    pub fn is(&self, name: &str) -> bool {
        self.name == name || name == name::MODE && self.name.eq_ignore_ascii_case(name)
    }
}

impl AttributeValue {
    /// The text, if it is text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Coded(_) => None,
        }
    }
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assertion").field("id", &self.id).field("issued_at", &self.issued_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for AssertionAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({} values)", self.name, self.values.len())
    }
}

impl fmt::Debug for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("text"),
            Self::Coded(element) => element.fmt(f),
        }
    }
}

impl fmt::Debug for CodedElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({} of {})", self.element, self.code, self.code_system)
    }
}
