//! Who answers for the document, and who attests beside him.

use dmp_vocabulary::identity::Ins;
use dmp_vocabulary::nomenclature::Concept;
use dmp_xml::Writer;
use jiff::Zoned;

use super::actor::{Actor, DossierPharmaceutique, PatientActor, Professional, ServiceNumeriqueReference};
use super::entity::Entity;
use super::faults::Faults;
use super::participation::{check_time, write_time};
use super::parts::hidden;

/// Who answers for the document (responsable du document).
#[derive(Clone, PartialEq)]
pub struct LegalAuthenticator {
    /// Who.
    pub who: Responsible,
    /// When he signed; absent: the creation of the document.
    pub time: Option<Zoned>,
}

/// The kinds of actors that may answer for a document; a system of a structure may not.
#[derive(Clone, PartialEq)]
pub enum Responsible {
    /// A professional.
    Professional(Box<Professional>),
    /// The patient.
    Patient(Box<PatientActor>),
    /// A service numérique référencé.
    ServiceNumeriqueReference(Box<ServiceNumeriqueReference>),
    /// The dossier pharmaceutique.
    DossierPharmaceutique(Box<DossierPharmaceutique>),
}

/// A professional who attests without answering for the document.
#[derive(Clone, PartialEq)]
pub struct Authenticator {
    /// Who.
    pub professional: Professional,
    /// When; absent: the creation of the document.
    pub time: Option<Zoned>,
}

impl LegalAuthenticator {
    pub(super) fn check(&self, patient: &Ins, faults: &mut Faults) {
        const AT: &str = "legal_authenticator";
        check_time(AT, self.time.as_ref(), faults);
        match &self.who {
            Responsible::Professional(professional) => professional.check(AT, faults),
            Responsible::Patient(actor) => actor.check(AT, patient, faults),
            Responsible::ServiceNumeriqueReference(service) => service.check(AT, faults),
            Responsible::DossierPharmaceutique(pharmacy) => pharmacy.check(AT, faults),
        }
    }

    /// A professional bears the cadre d'exercice of the main event.
    pub(super) fn write(&self, w: &mut Writer, created: &Zoned, practice_setting: &Concept) {
        let (entity, setting) = match &self.who {
            Responsible::Professional(professional) => (Entity::from(&**professional), Some(practice_setting)),
            Responsible::Patient(patient) => ((&**patient).into(), None),
            Responsible::ServiceNumeriqueReference(service) => ((&**service).into(), None),
            Responsible::DossierPharmaceutique(pharmacy) => ((&**pharmacy).into(), None),
        };
        write_signature(w, "legalAuthenticator", self.time.as_ref(), created, |w| entity.write_signatory(w, setting));
    }
}

impl Responsible {
    /// The actor, if he may answer for a document.
    #[must_use]
    pub fn from_actor(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Professional(professional) => Some(Self::Professional(professional.clone())),
            Actor::Patient(patient) => Some(Self::Patient(patient.clone())),
            Actor::StructureSystem(_) => None,
            Actor::ServiceNumeriqueReference(service) => Some(Self::ServiceNumeriqueReference(service.clone())),
            Actor::DossierPharmaceutique(pharmacy) => Some(Self::DossierPharmaceutique(pharmacy.clone())),
        }
    }
}

impl From<Professional> for LegalAuthenticator {
    fn from(professional: Professional) -> Self {
        Self { who: Responsible::Professional(Box::new(professional)), time: None }
    }
}

impl Authenticator {
    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        check_time(at, self.time.as_ref(), faults);
        self.professional.check(at, faults);
    }

    pub(super) fn write(&self, w: &mut Writer, created: &Zoned) {
        let entity = Entity::from(&self.professional);
        write_signature(w, "authenticator", self.time.as_ref(), created, |w| entity.write_signatory(w, None));
    }
}

fn write_signature(
    w: &mut Writer,
    element: &str,
    time: Option<&Zoned>,
    created: &Zoned,
    entity: impl FnOnce(&mut Writer),
) {
    w.open(element, &[]);
    write_time(w, time, created);
    w.empty("signatureCode", &[("code", "S")]);
    entity(w);
    w.close();
}

hidden!(LegalAuthenticator, Responsible, Authenticator);
