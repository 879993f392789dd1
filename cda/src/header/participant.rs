//! Authors, the legal authenticator, performers: who they are and what kind of actor they make.

use dmp_vocabulary::oids;
use dmp_xml::Element;

use crate::data_types::{CodedElement, InstanceIdentifier, PersonName, child, text_of};
use crate::timestamp::TimeText;

/// Root of the SIREN of the publisher of a service numérique référencé.
pub(crate) const SIREN: &str = "1.3.2";
/// End of the identifier of the dossier pharmaceutique.
const DOSSIER_PHARMACEUTIQUE_SUFFIX: &str = "/1.2.250.1.176.1";

/// Whether a root is that of an INS: NIR `.8`, NIA `.9`, test `.10`, demonstration `.11`. The legacy INS-C `.2` is none.
#[must_use]
pub fn is_ins_root(root: &str) -> bool {
    [oids::INS_NIR, oids::INS_NIA, oids::INS_NIR_TEST, oids::INS_NIR_DEMO].contains(&root)
}

/// One `author`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Author {
    /// `functionCode` (JDV_J47).
    pub function: Option<CodedElement>,
    /// `time/@value`.
    pub time: Option<TimeText>,
    /// `assignedAuthor`.
    pub assigned: AssignedActor,
}

impl Author {
    pub(crate) fn read(element: &Element) -> Self {
        Self {
            function: child(element, "functionCode").and_then(CodedElement::read),
            time: child(element, "time").and_then(|time| time.attr("value")).map(TimeText::new),
            assigned: child(element, "assignedAuthor").map(AssignedActor::read).unwrap_or_default(),
        }
    }
}

/// `legalAuthenticator` (responsable du document).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LegalAuthenticator {
    /// `time/@value`.
    pub time: Option<TimeText>,
    /// `assignedEntity`.
    pub assigned: AssignedActor,
}

impl LegalAuthenticator {
    pub(crate) fn read(element: &Element) -> Option<Self> {
        Some(Self {
            time: child(element, "time").and_then(|time| time.attr("value")).map(TimeText::new),
            assigned: child(element, "assignedEntity").map(AssignedActor::read)?,
        })
    }
}

/// `assignedAuthor` or `assignedEntity`: the same content but for the device. `Debug` shows the kind only.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AssignedActor {
    /// Valued identifiers, in document order.
    pub ids: Vec<InstanceIdentifier>,
    /// Profession and savoir-faire (JDV_J01).
    pub specialty: Option<CodedElement>,
    /// `assignedPerson/name`.
    pub person: Option<PersonName>,
    /// `assignedAuthoringDevice`.
    pub device: Option<Device>,
    /// `representedOrganization`.
    pub organization: Option<Organization>,
}

/// `assignedAuthoringDevice`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// `softwareName`.
    pub software: Option<String>,
    /// `manufacturerModelName`.
    pub model: Option<String>,
}

/// An organisation: `representedOrganization`, or that of the custodian. `Debug` shows the roots of its identifiers.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Organization {
    /// Valued identifiers, in document order.
    pub ids: Vec<InstanceIdentifier>,
    /// First name, `None` when null.
    pub name: Option<String>,
    /// `standardIndustryClassCode` (cadre d'exercice, JDV_J04).
    pub practice_setting: Option<CodedElement>,
}

impl Organization {
    pub(crate) fn read(element: &Element) -> Self {
        Self {
            ids: InstanceIdentifier::read_all(element, "id"),
            name: child(element, "name").and_then(text_of),
            practice_setting: child(element, "standardIndustryClassCode").and_then(CodedElement::read),
        }
    }
}

impl std::fmt::Debug for Organization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Organization({:?})", self.ids)
    }
}

/// What an actor is; decides the form of its identity in the metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActorKind {
    /// Professional (professionnel), under a PS_IdNat.
    Professional,
    /// The patient, under an INS.
    Patient,
    /// A machine or software of a structure (système de structure).
    StructureSystem,
    /// The dossier pharmaceutique (DP).
    DossierPharmaceutique,
    /// A service numérique référencé (SNR).
    ServiceNumeriqueReference,
    /// None of these; kept as it is.
    Unknown,
}

/// An actor with its kind and the identifier of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The kind.
    pub kind: ActorKind,
    /// First identifier of the kind.
    pub id: Option<&'a InstanceIdentifier>,
}

impl AssignedActor {
    pub(crate) fn read(element: &Element) -> Self {
        Self {
            ids: InstanceIdentifier::read_all(element, "id"),
            specialty: child(element, "code").and_then(CodedElement::read),
            person: child(element, "assignedPerson").and_then(|p| child(p, "name")).and_then(PersonName::read),
            device: child(element, "assignedAuthoringDevice").map(|device| Device {
                software: child(device, "softwareName").and_then(text_of),
                model: child(device, "manufacturerModelName").and_then(text_of),
            }),
            organization: child(element, "representedOrganization").map(Organization::read),
        }
    }

    /// The kind, first match: an INS makes a patient; a PS_IdNat root makes the dossier pharmaceutique, a system (with
    /// a device) or a professional; the organisation root of a SIREN, or a device under another root, makes a SNR.
    #[must_use]
    pub fn actor(&self) -> Actor<'_> {
        let ins = self.ids.iter().find(|id| is_ins_root(&id.root));
        let national = |id: &&InstanceIdentifier| id.root == oids::PS_ID_NAT;
        let pharmacy = |id: &&InstanceIdentifier| {
            national(id) && id.extension.as_deref().is_some_and(|e| e.ends_with(DOSSIER_PHARMACEUTIQUE_SUFFIX))
        };
        let siren = self.organization.iter().flat_map(|o| &o.ids).any(|id| id.root == SIREN);
        if let Some(id) = ins {
            Actor { kind: ActorKind::Patient, id: Some(id) }
        } else if let Some(id) = self.ids.iter().find(pharmacy) {
            Actor { kind: ActorKind::DossierPharmaceutique, id: Some(id) }
        } else if let Some(id) = self.ids.iter().find(national) {
            let kind = if self.device.is_some() { ActorKind::StructureSystem } else { ActorKind::Professional };
            Actor { kind, id: Some(id) }
        } else {
            let snr = siren || self.device.is_some();
            let kind = if snr { ActorKind::ServiceNumeriqueReference } else { ActorKind::Unknown };
            Actor { kind, id: self.ids.first() }
        }
    }
}

impl std::fmt::Debug for AssignedActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AssignedActor({:?})", self.actor().kind)
    }
}
