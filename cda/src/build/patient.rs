//! `recordTarget`: the patient.

use dmp_vocabulary::identity::status::QualifiedIdentity;
use dmp_vocabulary::identity::traits::{self, StrictTraits};
use dmp_vocabulary::identity::{BirthDate, Ins};
use dmp_xml::Writer;

use super::actor::Structure;
use super::contact::Contact;
use super::entity::write_structure;
use super::faults::Faults;
use super::moment::Moment;
use super::parts::{Identifier, hidden, nested};

/// Namespace of the extensions of HL7 for death and multiple births.
const SDTC: (&str, &str) = ("xmlns:sdtc", "urn:hl7-org:sdtc");

/// The patient, with the strict traits (traits stricts) that an INS makes mandatory.
#[derive(Clone, PartialEq)]
pub struct Patient {
    /// INS, written first.
    pub ins: Ins,
    /// Identifiers of structures for this patient (IPP), each under the OID of the structure.
    pub local_ids: Vec<Identifier>,
    /// Where to reach him.
    pub contact: Contact,
    /// Nom de naissance.
    pub birth_family: String,
    /// Premier prénom de naissance.
    pub birth_given: String,
    /// Whole list of birth given names, space separated.
    pub birth_given_list: String,
    /// Nom utilisé; may be absent.
    pub used_family: Option<String>,
    /// Prénom utilisé; may be absent.
    pub used_given: Option<String>,
    /// Sex as INSi gives it.
    pub sex: Sex,
    /// Birth date as INSi gives it: `AAAAMMJJ`, not always a calendar date.
    pub birth_date: BirthDate,
    /// Where he was born.
    pub birth_place: BirthPlace,
    /// Death, when it is known.
    pub deceased: Option<Deceased>,
    /// Rank among the children of a multiple birth, from 1.
    pub multiple_birth_rank: Option<u8>,
    /// Representatives (représentants) of a minor or a protected adult.
    pub guardians: Vec<Guardian>,
}

/// Place of birth.
#[derive(Clone, PartialEq, Eq)]
pub struct BirthPlace {
    /// COG code, 5 characters: a commune, or `99` and a country.
    pub cog: String,
    /// City; may be absent.
    pub city: Option<String>,
    /// Country in capitals, for a birth abroad; may be absent.
    pub country: Option<String>,
}

/// Administrative sex (JDV_J143).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// `M`
    Male,
    /// `F`
    Female,
    /// `UN`
    Unknown,
}

/// A death.
#[derive(Clone, PartialEq, Eq)]
pub struct Deceased {
    /// When, if known.
    pub time: Option<Moment>,
}

/// A representative of the patient.
#[derive(Clone, PartialEq)]
pub struct Guardian {
    /// Where to reach him.
    pub contact: Contact,
    /// Who.
    pub who: GuardianKind,
}

/// A person or an organisation, never both.
#[derive(Clone, PartialEq)]
pub enum GuardianKind {
    /// A person.
    Person {
        /// Name.
        family: String,
        /// What the name is.
        qualifier: FamilyQualifier,
        /// Given name; may be absent.
        given: Option<String>,
    },
    /// An organisation.
    Organization(Structure),
}

/// `family/@qualifier`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FamilyQualifier {
    /// `BR` nom de naissance
    Birth,
    /// `CL` nom utilisé
    Used,
}

impl Patient {
    /// A patient by his INS and strict traits.
    ///
    /// The sex `I` of local files is written as unknown: no document has a code for it.
    #[must_use]
    pub fn new(ins: Ins, strict: &StrictTraits) -> Self {
        Self {
            ins,
            local_ids: Vec::new(),
            contact: Contact::default(),
            birth_family: strict.birth_name.as_str().to_owned(),
            birth_given: strict.given_names.first().to_owned(),
            birth_given_list: strict.given_names.all().to_owned(),
            used_family: None,
            used_given: None,
            sex: match strict.sex {
                traits::Sex::Male => Sex::Male,
                traits::Sex::Female => Sex::Female,
                traits::Sex::Undifferentiated | traits::Sex::Indeterminate => Sex::Unknown,
            },
            birth_date: strict.birth_date,
            birth_place: BirthPlace::cog(strict.birth_place.as_str()),
            deceased: None,
            multiple_birth_rank: None,
            guardians: Vec::new(),
        }
    }

    /// The patient of a qualified identity, the only one whose documents may go to the DMP (EXI 06).
    #[must_use]
    pub fn qualified(identity: &QualifiedIdentity) -> Self {
        Self::new(identity.ins().clone(), identity.traits())
    }

    /// Faults name `patient.` + a field.
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.check("patient.ins", self.ins.opens_dmp(), "CDA-PAT-008", "a NIA is never sent to the DMP");
        self.local_ids.iter().for_each(|id| id.check("patient.local_ids", faults));
        faults.distinct("patient.local_ids", &self.local_ids);
        self.contact.check("patient.", faults);
        let mut matricules = self.contact.telecoms.iter().filter_map(|telecom| telecom.patient_matricule());
        let own = matricules.all(|matricule| matricule == self.ins.matricule());
        faults.check("patient.telecoms", own, "CDA-PAT-030", "an MSSanté address of another patient");
        faults.text("patient.birth_family", &self.birth_family);
        faults.text("patient.birth_given", &self.birth_given);
        faults.text("patient.birth_given_list", &self.birth_given_list);
        let rest = self.birth_given_list.trim_start().strip_prefix(self.birth_given.trim());
        let head = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        faults.check("patient.birth_given", head, "CDA-PAT-018", "not the head of the list of given names");
        let full = self.birth_date.to_hl7().len() == 8;
        faults.check("patient.birth_date", full, "CDA-PAT-023", "expected AAAAMMJJ as INSi gives it");
        faults.text("patient.birth_place", &self.birth_place.cog);
        let cog = self.birth_place.cog.trim().is_empty() || is_cog(&self.birth_place.cog);
        faults.check("patient.birth_place", cog, "CDA-PAT-019", "expected a COG code of 5 characters");
        if let Some(time) = self.deceased.as_ref().and_then(|deceased| deceased.time.as_ref()) {
            time.check("patient.deceased", faults);
        }
        let rank = self.multiple_birth_rank != Some(0);
        faults.check("patient.multiple_birth_rank", rank, "CDA-PAT-029", "ranks are counted from 1");
        let guardians = self.guardians.iter().enumerate();
        guardians.for_each(|(index, guardian)| guardian.check(&format!("patient.guardians[{index}]"), faults));
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.open("recordTarget", &[]);
        w.open("patientRole", &[]);
        w.empty("id", &[("root", self.ins.oid()), ("extension", self.ins.matricule())]);
        self.local_ids.iter().for_each(|id| id.write(w, "id"));
        self.contact.write(w);
        w.open("patient", &[]);
        self.write_name(w);
        let (code, label) = self.sex.code();
        let sex = [("code", code), ("displayName", label), ("codeSystem", "2.16.840.1.113883.5.1")];
        w.empty("administrativeGenderCode", &sex);
        w.empty("birthTime", &[("value", &self.birth_date.to_hl7())]);
        self.write_extensions(w);
        self.guardians.iter().for_each(|guardian| guardian.write(w));
        nested(w, &["birthplace", "place", "addr"], |w| {
            w.leaf("county", &[], &self.birth_place.cog);
            for (element, text) in [("city", &self.birth_place.city), ("country", &self.birth_place.country)] {
                if let Some(text) = not_blank(text) {
                    w.leaf(element, &[], text);
                }
            }
        });
        w.close();
        w.close();
        w.close();
    }

    fn write_name(&self, w: &mut Writer) {
        w.open("name", &[]);
        w.leaf("family", &[("qualifier", "BR")], &self.birth_family);
        w.leaf("given", &[("qualifier", "BR")], &self.birth_given);
        w.leaf("given", &[], &self.birth_given_list);
        for (part, text) in [("family", &self.used_family), ("given", &self.used_given)] {
            if let Some(text) = not_blank(text) {
                w.leaf(part, &[("qualifier", "CL")], text);
            }
        }
        w.close();
    }

    fn write_extensions(&self, w: &mut Writer) {
        if let Some(deceased) = &self.deceased {
            w.empty("sdtc:deceasedInd", &[SDTC, ("value", "true")]);
            if let Some(time) = &deceased.time {
                w.empty("sdtc:deceasedTime", &[SDTC, ("value", &time.to_hl7())]);
            }
        }
        if let Some(rank) = self.multiple_birth_rank {
            w.empty("sdtc:multipleBirthInd", &[SDTC, ("value", "true")]);
            w.empty("sdtc:multipleBirthOrderNumber", &[SDTC, ("value", &rank.to_string())]);
        }
    }
}

impl BirthPlace {
    /// A code without names.
    #[must_use]
    pub fn cog(code: impl Into<String>) -> Self {
        Self { cog: code.into(), city: None, country: None }
    }
}

impl Sex {
    fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Male => ("M", "Masculin"),
            Self::Female => ("F", "Féminin"),
            Self::Unknown => ("UN", "Inconnu"),
        }
    }
}

impl Guardian {
    /// A person without contact.
    #[must_use]
    pub fn person(family: impl Into<String>, qualifier: FamilyQualifier, given: impl Into<String>) -> Self {
        let who = GuardianKind::Person { family: family.into(), qualifier, given: Some(given.into()) };
        Self { contact: Contact::default(), who }
    }

    fn check(&self, at: &str, faults: &mut Faults) {
        self.contact.check(&format!("{at}."), faults);
        match &self.who {
            GuardianKind::Person { family, given, .. } => {
                faults.text(format!("{at}.family"), family);
                faults.optional_text(&format!("{at}.given"), given.as_deref());
            }
            GuardianKind::Organization(structure) => structure.check(at, faults),
        }
    }

    fn write(&self, w: &mut Writer) {
        w.open("guardian", &[]);
        self.contact.write(w);
        match &self.who {
            GuardianKind::Person { family, qualifier, given } => nested(w, &["guardianPerson", "name"], |w| {
                w.leaf("family", &[("qualifier", qualifier.code())], family);
                if let Some(given) = given {
                    w.leaf("given", &[], given);
                }
            }),
            GuardianKind::Organization(structure) => write_structure(w, "guardianOrganization", structure),
        }
        w.close();
    }
}

impl FamilyQualifier {
    fn code(self) -> &'static str {
        match self {
            Self::Birth => "BR",
            Self::Used => "CL",
        }
    }
}

/// `^([0-9]{2}|2[AB])[0-9]{3}$`
fn is_cog(text: &str) -> bool {
    let (department, rest) = text.split_at_checked(2).unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    rest.len() == 3 && digits(rest) && (digits(department) || department == "2A" || department == "2B")
}

fn not_blank(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.trim().is_empty())
}

hidden!(Patient, BirthPlace, Deceased, Guardian, GuardianKind);
