//! `componentOf`: the encounter (prise en charge).

use dmp_vocabulary::nomenclature::Concept;
use dmp_xml::Writer;

use super::actor::Professional;
use super::contact::Address;
use super::entity::Entity;
use super::event::check_ids;
use super::faults::{ENCOUNTERS, FACILITIES, Faults};
use super::moment::Interval;
use super::parts::{Identifier, code_attributes, hidden, nested, write_code};

/// The encounter during which the act took place.
#[derive(Clone, PartialEq)]
pub struct Encounter {
    /// Numbers of the stay, visit or session (numéro de venue).
    pub ids: Vec<Identifier>,
    /// Type (JDV_J142): `IMP`, `AMB`, `EMER`…; may be absent.
    pub code: Option<Concept>,
    /// When; written as unknown where empty.
    pub time: Interval,
    /// How the stay ended; may be absent.
    pub discharge: Option<Concept>,
    /// Who was responsible for the patient; may be absent.
    pub responsible: Option<Professional>,
    /// Others who took part.
    pub participants: Vec<EncounterParticipant>,
    /// Secteur d'activité (JDV_J02), e.g. `SA01`.
    pub facility: Concept,
    /// Catégorie d'établissement, as translations of the sector.
    pub facility_categories: Vec<Concept>,
    /// Where; may be absent.
    pub place: Option<Place>,
}

/// A professional of the encounter.
#[derive(Clone, PartialEq)]
pub struct EncounterParticipant {
    /// What he did.
    pub kind: EncounterParticipation,
    /// When; left out where empty.
    pub time: Interval,
    /// Who.
    pub professional: Professional,
}

/// `encounterParticipant/@typeCode` (JDV_J140)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EncounterParticipation {
    /// `ADM` responsable de l'admission
    Admitter,
    /// `ATND` superviseur, responsable des soins
    Attender,
    /// `CON` consultant
    Consultant,
    /// `DIS` responsable de la sortie
    Discharger,
    /// `REF` référent, prescripteur
    Referrer,
    /// `RESP` responsable de l'acte
    Responsible,
}

/// A place by its name, its address or both.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Name.
    pub name: Option<String>,
    /// Address.
    pub address: Option<Address>,
}

/// The only code system of `dischargeDispositionCode`.
const DISCHARGES: &str = "1.2.250.1.213.2.14";

impl Encounter {
    /// An encounter of which only the sector is known.
    #[must_use]
    pub fn new(facility: Concept) -> Self {
        Self {
            ids: Vec::new(),
            code: None,
            time: Interval::default(),
            discharge: None,
            responsible: None,
            participants: Vec::new(),
            facility,
            facility_categories: Vec::new(),
            place: None,
        }
    }

    /// Faults name `encounter.` + a field.
    pub(crate) fn check(&self, faults: &mut Faults) {
        check_ids("encounter.ids", &self.ids, faults);
        Self::check_code(self.code.as_ref(), faults);
        self.time.check("encounter.", faults);
        if let Some(discharge) = &self.discharge {
            faults.concept("encounter.discharge", discharge);
            let system = discharge.system == DISCHARGES;
            faults.check("encounter.discharge", system, "CDA-ENC-006", "expected the system 1.2.250.1.213.2.14");
        }
        if let Some(responsible) = &self.responsible {
            responsible.check("encounter.responsible", faults);
        }
        for (index, participant) in self.participants.iter().enumerate() {
            let at = format!("encounter.participants[{index}]");
            participant.time.check(&format!("{at}."), faults);
            participant.professional.check(&at, faults);
        }
        faults.code("encounter.facility", &self.facility, FACILITIES);
        let categories = self.facility_categories.iter();
        categories.for_each(|category| faults.concept("encounter.facility_categories", category));
        if let Some(place) = &self.place {
            place.check("encounter.place", faults);
        }
    }

    pub(crate) fn check_code(code: Option<&Concept>, faults: &mut Faults) {
        if let Some(code) = code {
            faults.code("encounter.code", code, ENCOUNTERS);
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.open("componentOf", &[]);
        w.open("encompassingEncounter", &[]);
        self.ids.iter().for_each(|id| id.write(w, "id"));
        if let Some(code) = &self.code {
            write_code(w, "code", code);
        }
        self.time.write(w, "effectiveTime");
        if let Some(discharge) = &self.discharge {
            write_code(w, "dischargeDispositionCode", discharge);
        }
        if let Some(responsible) = &self.responsible {
            nested(w, &["responsibleParty"], |w| Entity::from(responsible).write_assigned(w, None));
        }
        self.participants.iter().for_each(|participant| participant.write(w));
        nested(w, &["location", "healthCareFacility"], |w| self.write_facility(w));
        w.close();
        w.close();
    }

    fn write_facility(&self, w: &mut Writer) {
        if self.facility_categories.is_empty() {
            write_code(w, "code", &self.facility);
        } else {
            w.open("code", &code_attributes(&self.facility));
            self.facility_categories.iter().for_each(|category| write_code(w, "translation", category));
            w.close();
        }
        if let Some(place) = &self.place {
            nested(w, &["location"], |w| {
                if let Some(name) = &place.name {
                    w.leaf("name", &[], name);
                }
                if let Some(address) = &place.address {
                    address.write(w);
                }
            });
        }
    }
}

impl EncounterParticipant {
    fn write(&self, w: &mut Writer) {
        w.open("encounterParticipant", &[("typeCode", self.kind.code())]);
        if self.time != Interval::default() {
            self.time.write(w, "time");
        }
        Entity::from(&self.professional).write_assigned(w, None);
        w.close();
    }
}

impl EncounterParticipation {
    fn code(self) -> &'static str {
        match self {
            Self::Admitter => "ADM",
            Self::Attender => "ATND",
            Self::Consultant => "CON",
            Self::Discharger => "DIS",
            Self::Referrer => "REF",
            Self::Responsible => "RESP",
        }
    }
}

impl Place {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.optional_text(&format!("{at}.name"), self.name.as_deref());
        if let Some(address) = &self.address {
            address.check(&format!("{at}.address"), faults);
        }
        let said = self.name.is_some() || self.address.is_some();
        faults.check(at, said, "CDA-TYP-013", "a place without name and address: leave it out");
    }
}

hidden!(Encounter, EncounterParticipant, Place);
