//! What a client says in an assertion, typed.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::assertion::CONF_EXI_PGSSIS;
use super::{
    Access, Assertion, AssertionAttribute, AttributeValue, AuthenticationClass, AuthenticationMode, CodedElement,
    Conditions, ISSUER_FORMAT, Role, Software, Stamp, name,
};
use crate::identity::{Ins, ProfessionalId, StructureId};
use crate::switches::{AirMethodElement, Switches};

/// JDV_J61-HealthcareFacilityTypeCode-DMP.
const SECTOR_SYSTEM: &str = "1.2.250.1.71.4.2.4";

/// The content of a VIHF before it is stamped and signed.
///
/// [`Vihf::check`] says whether the DMP could accept it; [`Vihf::sign`] and [`Vihf::without_signature`] check first.
/// `Debug` shows no identity.
#[derive(Clone)]
pub struct Vihf {
    /// Authentication mode.
    pub mode: AuthenticationMode,
    /// `NameID`: who acts.
    pub holder: ProfessionalId,
    /// `subject-id`: name and given name, or the software of an automatic process.
    pub holder_name: Option<String>,
    /// `Identifiant_Structure`: the structure where the act takes place.
    pub structure: StructureId,
    /// `Secteur_Activite`: code of JDV_J61, for instance `SA01`.
    pub sector: String,
    /// Profession first, then savoir-faire, role, genre d'activité.
    pub roles: Vec<Role>,
    /// `resource-id`; none for the transactions that name no patient (TD0.4, TD0.5).
    pub patient: Option<Ins>,
    /// Access mode.
    pub access: Access,
    /// Connexion secrète of a minor: the access leaves no trace for the legal representatives.
    ///
    /// The caller has checked the age: an assertion does not know it.
    pub connexion_secrete: bool,
    /// How the user logged in to the software.
    pub authentication: AuthenticationClass,
    /// When the user logged in.
    pub authenticated_at: Timestamp,
    /// The software that speaks.
    pub software: Software,
}

impl Vihf {
    /// Whether both say the same, the software that speaks left aside: its homologation number is not compared.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.mode == other.mode
            && self.holder == other.holder
            && self.holder_name == other.holder_name
            && self.structure == other.structure
            && self.sector == other.sector
            && self.roles == other.roles
            && self.patient == other.patient
            && self.access == other.access
            && self.connexion_secrete == other.connexion_secrete
            && self.authentication == other.authentication
            && self.authenticated_at == other.authenticated_at
    }
}

impl std::fmt::Debug for Vihf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vihf")
            .field("mode", &self.mode)
            .field("roles", &self.roles)
            .field("access", &self.access)
            .field("authentication", &self.authentication)
            .finish_non_exhaustive()
    }
}

impl Vihf {
    /// The assertion that says this, issued by a distinguished name. Nothing is checked: see [`Vihf::check`].
    pub fn to_assertion(&self, stamp: &Stamp, issuer: String, switches: &Switches) -> Assertion {
        let class = self.authentication.urn();
        let method = self.primary_method(&class, switches);
        let (class, declaration) = match switches.air_method_element {
            AirMethodElement::AuthnContextDecl => (class, method),
            AirMethodElement::AuthnContextClassRef => (method.unwrap_or(class), None),
        };
        Assertion {
            id: stamp.id().to_owned(),
            issued_at: stamp.issued_at(),
            version: "2.0".to_owned(),
            issuer,
            issuer_format: Some(ISSUER_FORMAT.to_owned()),
            name_id: self.holder.as_str().to_owned(),
            conditions: switches.conditions.map(|lifetime| Conditions {
                not_before: Some(stamp.issued_at()),
                // An instant past the end of time has no end.
                not_on_or_after: stamp.issued_at().checked_add(lifetime).ok(),
                ..Conditions::default()
            }),
            authenticated_at: self.authenticated_at,
            class,
            declaration,
            attributes: self.attributes(switches),
        }
    }

    /// AIR names the method of the primary authentication (EX_AIR-050), the other modes none.
    fn primary_method(&self, class: &str, switches: &Switches) -> Option<String> {
        match self.mode {
            AuthenticationMode::Air => Some(switches.air_method_value.clone().unwrap_or_else(|| class.to_owned())),
            AuthenticationMode::AirSimplifie => Some(CONF_EXI_PGSSIS.to_owned()),
            _ => None,
        }
    }

    fn attributes(&self, switches: &Switches) -> Vec<AssertionAttribute> {
        let purpose = self.access.purpose();
        let mut attributes = vec![
            text(name::STRUCTURE, self.structure.as_str()),
            text(name::SECTOR, &format!("{}^{SECTOR_SYSTEM}", self.sector)),
        ];
        attributes.extend(self.holder_name.as_deref().map(|holder| text(name::SUBJECT_ID, holder)));
        attributes.push(AssertionAttribute {
            name: name::ROLE.to_owned(),
            values: self.roles.iter().map(|role| AttributeValue::Coded(coded_role(role))).collect(),
        });
        attributes.push(text(name::VERSION, switches.vihf_version.as_str()));
        attributes.push(text(switches.mode_attribute_spelling.as_str(), self.mode.wire_value(switches)));
        attributes.extend(self.patient.as_ref().map(|patient| text(name::RESOURCE_ID, &patient.to_cx())));
        attributes.push(text(name::RESSOURCE_URN, "urn:dmp"));
        attributes.push(AssertionAttribute {
            name: name::PURPOSE_OF_USE.to_owned(),
            values: vec![AttributeValue::Coded(CodedElement {
                element: "PurposeOfUse".to_owned(),
                code: purpose.code().to_owned(),
                code_system: switches.purpose_code_system.clone(),
                code_system_name: None,
                display: purpose.display().to_owned(),
            })],
        });
        if let (Access::BrisDeGlace { reason }, Some(attribute)) = (&self.access, &switches.bdg_reason_attribute) {
            attributes.push(text(attribute, reason));
        }
        if self.connexion_secrete {
            attributes.push(text(name::CONFIDENTIALITY_CODE, name::INVISIBLE_REPRESENTANTS_LEGAUX));
        }
        attributes.extend(self.software.instance.as_deref().map(|instance| text(name::LPS_ID, instance)));
        attributes.push(text(name::LPS_NOM, &self.software.name));
        attributes.push(text(name::LPS_VERSION, &self.software.version));
        attributes.push(text(name::LPS_HOMOLOGATION, self.software.homologation.expose_secret()));
        attributes
    }
}

fn text(name: &str, value: &str) -> AssertionAttribute {
    AssertionAttribute { name: name.to_owned(), values: vec![AttributeValue::Text(value.to_owned())] }
}

fn coded_role(role: &Role) -> CodedElement {
    CodedElement {
        element: "Role".to_owned(),
        code: role.code.clone(),
        code_system: role.code_system.clone(),
        code_system_name: role.code_system_name.clone(),
        display: role.display.clone(),
    }
}
