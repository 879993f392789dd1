//! Authors, who typed or told what is in the document, who keeps it, who receives it.

use dmp_vocabulary::identity::{Ins, ProfessionalId};
use dmp_vocabulary::nomenclature::Concept;
use dmp_vocabulary::oids;
use dmp_xml::Writer;
use jiff::Zoned;

use super::actor::{Actor, Name, Structure};
use super::contact::Contact;
use super::entity::{Entity, write_person, write_structure};
use super::faults::{Allowed, Faults, RELATIONS};
use super::parts::{check_instant, hidden, nested, second, write_code};

/// Who wrote the document, or a part of it.
#[derive(Clone, PartialEq)]
pub struct Author {
    /// Who.
    pub actor: Actor,
    /// Functional role of a professional (JDV_J47), e.g. `PCP` médecin traitant; may be absent.
    pub function: Option<Concept>,
    /// When he took part; absent: the creation of the document.
    pub time: Option<Zoned>,
}

/// Who typed the document (opérateur de saisie).
#[derive(Clone, PartialEq)]
pub struct DataEnterer {
    /// Who.
    pub actor: Actor,
    /// When; absent: the creation of the document.
    pub time: Option<Zoned>,
}

/// Who gave information (informateur), or is to be called.
#[derive(Clone, PartialEq)]
pub enum Informant {
    /// A professional, the patient.
    Actor(Actor),
    /// Someone around the patient.
    Related(RelatedPerson),
}

/// Someone around the patient.
#[derive(Clone, PartialEq)]
pub struct RelatedPerson {
    /// What he is in this document.
    pub class: RelationClass,
    /// What he is to the patient (JDV_J11), e.g. `MTH` Mère; may be absent.
    pub relation: Option<Concept>,
    /// Where to reach him.
    pub contact: Contact,
    /// Family name.
    pub family: String,
    /// Given name; may be absent.
    pub given: Option<String>,
}

/// `relatedEntity/@classCode`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationClass {
    /// `CON` informateur
    Informant,
    /// `NOK` personne de confiance
    TrustedPerson,
    /// `ECON` personne à prévenir en cas d'urgence
    EmergencyContact,
    /// `CAREGIVER` aidant
    Caregiver,
    /// `PAT` aidé
    CaredFor,
}

/// Who keeps the document (structure chargée de la conservation).
#[derive(Clone, PartialEq)]
pub enum Custodian {
    /// A structure; the first telecom and the first address are written, there is no place for more.
    Structure(Structure),
    /// The DMP, for documents of a patient or of a service numérique référencé.
    Dmp,
}

/// A recipient known at the creation; proves no sending.
#[derive(Clone, Default, PartialEq)]
pub struct Recipient {
    /// PS_IdNat; may be absent.
    pub id: Option<ProfessionalId>,
    /// Where to reach him.
    pub contact: Contact,
    /// Name; may be absent.
    pub name: Option<Name>,
    /// Structure; may be absent.
    pub structure: Option<Structure>,
}

const ROLES: Allowed = ("JDV_J47", "CDA-AUT-020", "expected a functional role of JDV_J47");
const DMP: &str = "1.2.250.1.213.4.1";

impl<T: Into<Actor>> From<T> for Author {
    fn from(actor: T) -> Self {
        Self { actor: actor.into(), function: None, time: None }
    }
}

impl Author {
    pub(crate) fn check(&self, at: &str, patient: &Ins, faults: &mut Faults) {
        Self::check_function(self.function.as_ref(), at, faults);
        let professional = self.function.is_none() || matches!(self.actor, Actor::Professional(_));
        faults.check(format!("{at}.function"), professional, "CDA-AUT-019", "only a professional has a function");
        check_time(at, self.time.as_ref(), faults);
        self.actor.check(at, patient, faults);
    }

    pub(crate) fn check_function(function: Option<&Concept>, at: &str, faults: &mut Faults) {
        if let Some(function) = function {
            faults.code(&format!("{at}.function"), function, ROLES);
        }
    }

    pub(super) fn write(&self, w: &mut Writer, created: &Zoned) {
        w.open("author", &[]);
        if let Some(function) = &self.function {
            write_code(w, "functionCode", function);
        }
        write_time(w, self.time.as_ref(), created);
        Entity::from(&self.actor).write_author(w);
        w.close();
    }
}

impl DataEnterer {
    pub(super) fn check(&self, patient: &Ins, faults: &mut Faults) {
        check_time("data_enterer", self.time.as_ref(), faults);
        self.actor.check("data_enterer", patient, faults);
    }

    pub(super) fn write(&self, w: &mut Writer, created: &Zoned) {
        w.open("dataEnterer", &[]);
        write_time(w, self.time.as_ref(), created);
        Entity::from(&self.actor).write_assigned(w, None);
        w.close();
    }
}

impl Informant {
    pub(super) fn check(&self, at: &str, patient: &Ins, faults: &mut Faults) {
        match self {
            Self::Actor(actor) => actor.check(at, patient, faults),
            Self::Related(person) => {
                if let Some(relation) = &person.relation {
                    faults.code(&format!("{at}.relation"), relation, RELATIONS);
                }
                person.contact.check(&format!("{at}."), faults);
                faults.text(format!("{at}.family"), &person.family);
                faults.optional_text(&format!("{at}.given"), person.given.as_deref());
            }
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        nested(w, &["informant"], |w| match self {
            Self::Actor(actor) => Entity::from(actor).write_assigned(w, None),
            Self::Related(person) => person.write(w),
        });
    }
}

impl RelatedPerson {
    fn write(&self, w: &mut Writer) {
        let class = match self.class {
            RelationClass::Informant => "CON",
            RelationClass::TrustedPerson => "NOK",
            RelationClass::EmergencyContact => "ECON",
            RelationClass::Caregiver => "CAREGIVER",
            RelationClass::CaredFor => "PAT",
        };
        w.open("relatedEntity", &[("classCode", class)]);
        if let Some(relation) = &self.relation {
            write_code(w, "code", relation);
        }
        self.contact.write_expected(w);
        nested(w, &["relatedPerson", "name"], |w| {
            w.leaf("family", &[], &self.family);
            if let Some(given) = &self.given {
                w.leaf("given", &[], given);
            }
        });
        w.close();
    }
}

impl Custodian {
    pub(super) fn check(&self, faults: &mut Faults) {
        if let Self::Structure(structure) = self {
            structure.check("custodian", faults);
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        nested(w, &["custodian", "assignedCustodian", "representedCustodianOrganization"], |w| match self {
            Self::Structure(structure) => {
                w.empty("id", &[("root", oids::STRUCT_ID_NAT), ("extension", structure.id.as_str())]);
                w.leaf("name", &[], &structure.name);
                structure.contact.write_first(w);
            }
            Self::Dmp => {
                w.empty("id", &[("root", DMP)]);
                w.leaf("name", &[], "DMP");
            }
        });
    }
}

impl Recipient {
    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        self.contact.check(&format!("{at}."), faults);
        if let Some(name) = &self.name {
            name.check(&format!("{at}."), faults);
        }
        if let Some(structure) = &self.structure {
            structure.check(&format!("{at}.structure"), faults);
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        nested(w, &["informationRecipient", "intendedRecipient"], |w| {
            if let Some(id) = &self.id {
                w.empty("id", &[("root", oids::PS_ID_NAT), ("extension", id.as_str())]);
            }
            self.contact.write(w);
            if let Some(name) = &self.name {
                write_person(w, "informationRecipient", name);
            }
            if let Some(structure) = &self.structure {
                write_structure(w, "receivedOrganization", structure);
            }
        });
    }
}

pub(super) fn check_time(at: &str, time: Option<&Zoned>, faults: &mut Faults) {
    if let Some(time) = time {
        check_instant(&format!("{at}.time"), time, faults);
    }
}

pub(super) fn write_time(w: &mut Writer, time: Option<&Zoned>, created: &Zoned) {
    w.empty("time", &[("value", &second(time.unwrap_or(created)))]);
}

hidden!(Author, DataEnterer, Informant, RelatedPerson, Custodian, Recipient);
