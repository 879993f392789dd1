//! `participant`: prescribers, correspondents and others.

use dmp_vocabulary::identity::ProfessionalId;
use dmp_vocabulary::nomenclature::Concept;
use dmp_vocabulary::oids;
use dmp_xml::Writer;

use super::actor::{Name, Professional, Structure};
use super::contact::Contact;
use super::entity::{write_person, write_structure};
use super::faults::{Allowed, Faults, SPECIALTIES};
use super::moment::Interval;
use super::parts::{hidden, write_code};

/// Another participant: prescriber, correspondent… Must repeat none of the participations above.
#[derive(Clone, PartialEq)]
pub struct Participant {
    /// How he takes part.
    pub kind: ParticipationKind,
    /// Functional role (JDV_J47); may be absent.
    pub function: Option<Concept>,
    /// When; unknown where empty. The end of a `Referrer` is the date of prescription.
    pub time: Interval,
    /// PS_IdNat: makes a professional (`PROV`); absent: someone in a role (`AGNT`).
    pub id: Option<ProfessionalId>,
    /// Profession (JDV_J01); may be absent.
    pub specialty: Option<Concept>,
    /// Where to reach him.
    pub contact: Contact,
    /// Name; may be absent.
    pub name: Option<Name>,
    /// Structure; may be absent.
    pub structure: Option<Structure>,
}

/// `participant/@typeCode` (JDV_J144)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParticipationKind {
    /// `REF` référent, prescripteur
    Referrer,
    /// `REFB` who sent the patient (adresseur)
    ReferredBy,
    /// `INF` informateur; médecin traitant, correspondant
    Informant,
    /// `RESP` responsable
    Responsible,
    /// `PRF` exécutant
    Performer,
    /// `CON` consultant
    Consultant,
    /// `VRF` vérificateur
    Verifier,
}

const ROLES: Allowed = ("JDV_J47", "CDA-PRT-010", "expected a functional role of JDV_J47");

impl Participant {
    /// A participation of which nothing else is known.
    #[must_use]
    pub fn new(kind: ParticipationKind) -> Self {
        Self {
            kind,
            function: None,
            time: Interval::default(),
            id: None,
            specialty: None,
            contact: Contact::default(),
            name: None,
            structure: None,
        }
    }

    /// A professional.
    #[must_use]
    pub fn professional(kind: ParticipationKind, professional: Professional) -> Self {
        Self {
            id: Some(professional.id),
            specialty: Some(professional.specialty),
            contact: professional.contact,
            name: Some(professional.name),
            structure: Some(professional.structure),
            ..Self::new(kind)
        }
    }

    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        if let Some(function) = &self.function {
            faults.code(&format!("{at}.function"), function, ROLES);
        }
        self.time.check(&format!("{at}."), faults);
        if let Some(specialty) = &self.specialty {
            faults.code(&format!("{at}.specialty"), specialty, SPECIALTIES);
        }
        self.contact.check(&format!("{at}."), faults);
        if let Some(name) = &self.name {
            name.check(&format!("{at}."), faults);
        }
        if let Some(structure) = &self.structure {
            structure.check(&format!("{at}.structure"), faults);
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.open("participant", &[("typeCode", self.kind.code())]);
        if let Some(function) = &self.function {
            write_code(w, "functionCode", function);
        }
        self.time.write(w, "time");
        w.open("associatedEntity", &[("classCode", if self.id.is_some() { "PROV" } else { "AGNT" })]);
        if let Some(id) = &self.id {
            w.empty("id", &[("root", oids::PS_ID_NAT), ("extension", id.as_str())]);
        }
        if let Some(specialty) = &self.specialty {
            write_code(w, "code", specialty);
        }
        self.contact.write_expected(w);
        if let Some(name) = &self.name {
            write_person(w, "associatedPerson", name);
        }
        if let Some(structure) = &self.structure {
            write_structure(w, "scopingOrganization", structure);
        }
        w.close();
        w.close();
    }
}

impl ParticipationKind {
    fn code(self) -> &'static str {
        match self {
            Self::Referrer => "REF",
            Self::ReferredBy => "REFB",
            Self::Informant => "INF",
            Self::Responsible => "RESP",
            Self::Performer => "PRF",
            Self::Consultant => "CON",
            Self::Verifier => "VRF",
        }
    }
}

hidden!(Participant);
