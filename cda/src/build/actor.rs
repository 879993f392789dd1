//! Who acts: professionals, patients, systems. What each kind writes is in [`super::entity`].

use dmp_vocabulary::Oid;
use dmp_vocabulary::identity::{Ins, ProfessionalId, Siren, StructureId};
use dmp_vocabulary::nomenclature::Concept;

use super::contact::Contact;
use super::faults::{Faults, SPECIALTIES};
use super::parts::hidden;

/// A name of someone who acts or is named in a document.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// Nom d'exercice, or name in use.
    pub family: String,
    /// Prénom d'exercice; may be absent.
    pub given: Option<String>,
    /// Civilité, code of JDV_J245: `M`, `MME`; may be absent.
    pub prefix: Option<String>,
    /// Titre, code of JDV_J246: `DR`, `PR`, `MC`, `MG`, `PC`, `PG`; may be absent.
    pub suffix: Option<String>,
}

/// A professional, known by his PS_IdNat.
#[derive(Clone, PartialEq)]
pub struct Professional {
    /// PS_IdNat.
    pub id: ProfessionalId,
    /// Profession and savoir-faire (JDV_J01).
    pub specialty: Concept,
    /// Nom d'exercice.
    pub name: Name,
    /// Where to reach him; unknown where empty.
    pub contact: Contact,
    /// Where he practises.
    pub structure: Structure,
}

/// A structure, known by its Struct_IdNat.
#[derive(Clone, PartialEq)]
pub struct Structure {
    /// Struct_IdNat.
    pub id: StructureId,
    /// Its name.
    pub name: String,
    /// Where to reach it.
    pub contact: Contact,
}

/// The patient as an actor.
#[derive(Clone, PartialEq)]
pub struct PatientActor {
    /// INS, the same as that of the patient of the document.
    pub ins: Ins,
    /// Name in use.
    pub name: Name,
    /// Where to reach him; unknown where empty.
    pub contact: Contact,
}

/// A machine or software of a structure (système de structure).
#[derive(Clone, PartialEq)]
pub struct StructureSystem {
    /// The structure under its prefix of persons, `/`, and the identifier of the system:
    /// [`ProfessionalId::internal`].
    pub id: ProfessionalId,
    /// What it is (JDV_J01): `AUTOMATE`, `DISPOSITIF`, `LOGICIEL_DUI`.
    pub specialty: Concept,
    /// The device.
    pub device: Device,
    /// Where to reach who runs it; may be empty.
    pub contact: Contact,
    /// The structure.
    pub structure: Structure,
}

/// What a system is made of.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    /// `manufacturerModelName`; `.` when there is none.
    pub model: String,
    /// `softwareName`.
    pub software: String,
}

/// A service numérique référencé (SNR).
#[derive(Clone, PartialEq)]
pub struct ServiceNumeriqueReference {
    /// OID of the publisher.
    pub publisher: Oid,
    /// OID of the instance, under that of the publisher.
    pub instance: Oid,
    /// The software.
    pub device: Device,
    /// SIREN of the publisher.
    pub siren: Siren,
    /// Name of the publisher.
    pub publisher_name: String,
}

/// The dossier pharmaceutique (DP); its identifiers and organisation are fixed.
#[derive(Clone, PartialEq)]
pub struct DossierPharmaceutique {
    /// What it is (JDV_J01).
    pub specialty: Concept,
    /// The software.
    pub device: Device,
}

/// An author, or who performed an act.
#[derive(Clone, PartialEq)]
pub enum Actor {
    /// A professional.
    Professional(Box<Professional>),
    /// The patient himself.
    Patient(Box<PatientActor>),
    /// A system of a structure.
    StructureSystem(Box<StructureSystem>),
    /// A service numérique référencé.
    ServiceNumeriqueReference(Box<ServiceNumeriqueReference>),
    /// The dossier pharmaceutique.
    DossierPharmaceutique(Box<DossierPharmaceutique>),
}

impl Name {
    /// A family name and a given name.
    #[must_use]
    pub fn new(family: impl Into<String>, given: impl Into<String>) -> Self {
        Self { family: family.into(), given: Some(given.into()), ..Self::default() }
    }

    /// Faults name `prefix` + `family`, `prefix`, `suffix`.
    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(format!("{at}family"), &self.family);
        faults.optional_text(&format!("{at}given"), self.given.as_deref());
        let prefix = self.prefix.as_deref().is_none_or(|code| ["M", "MME"].contains(&code));
        faults.check(format!("{at}prefix"), prefix, "CDA-AUT-021", "expected M or MME (JDV_J245)");
        let suffix = self.suffix.as_deref().is_none_or(|code| ["DR", "MC", "MG", "PC", "PG", "PR"].contains(&code));
        faults.check(format!("{at}suffix"), suffix, "CDA-AUT-022", "expected DR, MC, MG, PC, PG or PR (JDV_J246)");
    }
}

impl Professional {
    /// A professional without contact.
    #[must_use]
    pub fn new(id: ProfessionalId, specialty: Concept, name: Name, structure: Structure) -> Self {
        Self { id, specialty, name, contact: Contact::default(), structure }
    }

    /// Faults name `at.` + a field.
    pub(crate) fn check(&self, at: &str, faults: &mut Faults) {
        faults.code(&format!("{at}.specialty"), &self.specialty, SPECIALTIES);
        self.name.check(&format!("{at}."), faults);
        self.contact.check(&format!("{at}."), faults);
        self.structure.check(&format!("{at}.structure"), faults);
    }
}

impl Structure {
    /// A structure without contact.
    #[must_use]
    pub fn new(id: StructureId, name: impl Into<String>) -> Self {
        Self { id, name: name.into(), contact: Contact::default() }
    }

    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(format!("{at}.name"), &self.name);
        self.contact.check(&format!("{at}."), faults);
    }
}

impl PatientActor {
    pub(super) fn check(&self, at: &str, patient: &Ins, faults: &mut Faults) {
        faults.check(format!("{at}.ins"), self.ins == *patient, "CDA-AUT-016", "not the INS of the patient");
        self.name.check(&format!("{at}."), faults);
        self.contact.check(&format!("{at}."), faults);
    }
}

impl StructureSystem {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.check(format!("{at}.id"), self.id.internal_id().is_some(), "CDA-AUT-006", "expected structure/system");
        faults.code(&format!("{at}.specialty"), &self.specialty, SPECIALTIES);
        self.device.check(at, faults);
        self.contact.check(&format!("{at}."), faults);
        self.structure.check(&format!("{at}.structure"), faults);
    }
}

impl Device {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(format!("{at}.model"), &self.model);
        faults.text(format!("{at}.software"), &self.software);
    }
}

impl ServiceNumeriqueReference {
    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        faults.oid(&format!("{at}.publisher"), &self.publisher);
        self.device.check(at, faults);
        faults.text(format!("{at}.publisher_name"), &self.publisher_name);
    }
}

impl DossierPharmaceutique {
    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        faults.code(&format!("{at}.specialty"), &self.specialty, SPECIALTIES);
        self.device.check(at, faults);
    }
}

impl Actor {
    pub(super) fn check(&self, at: &str, patient: &Ins, faults: &mut Faults) {
        match self {
            Self::Professional(professional) => professional.check(at, faults),
            Self::Patient(actor) => actor.check(at, patient, faults),
            Self::StructureSystem(system) => system.check(at, faults),
            Self::ServiceNumeriqueReference(service) => service.check(at, faults),
            Self::DossierPharmaceutique(pharmacy) => pharmacy.check(at, faults),
        }
    }

    /// The structure of a professional or of a system.
    #[must_use]
    pub fn structure(&self) -> Option<&Structure> {
        match self {
            Self::Professional(professional) => Some(&professional.structure),
            Self::StructureSystem(system) => Some(&system.structure),
            _ => None,
        }
    }
}

impl From<Professional> for Actor {
    fn from(professional: Professional) -> Self {
        Self::Professional(Box::new(professional))
    }
}

impl From<PatientActor> for Actor {
    fn from(patient: PatientActor) -> Self {
        Self::Patient(Box::new(patient))
    }
}

impl From<StructureSystem> for Actor {
    fn from(system: StructureSystem) -> Self {
        Self::StructureSystem(Box::new(system))
    }
}

impl From<ServiceNumeriqueReference> for Actor {
    fn from(service: ServiceNumeriqueReference) -> Self {
        Self::ServiceNumeriqueReference(Box::new(service))
    }
}

impl From<DossierPharmaceutique> for Actor {
    fn from(pharmacy: DossierPharmaceutique) -> Self {
        Self::DossierPharmaceutique(Box::new(pharmacy))
    }
}

hidden!(Name, Professional, Structure, PatientActor, StructureSystem, Device);
hidden!(ServiceNumeriqueReference, DossierPharmaceutique, Actor);
