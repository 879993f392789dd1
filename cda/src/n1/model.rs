//! What an unstructured document says. Every field is optional so that all that is missing can be named at once.

use dmp_vocabulary::Oid;
use dmp_vocabulary::identity::{BirthDate, Ins, ProfessionalId, StructureId};
use dmp_vocabulary::nomenclature::Concept;
use jiff::Zoned;

use crate::build::{Sex, hidden};

/// The patient, with the strict traits (traits stricts) that an INS makes mandatory. `Debug` shows nothing of him.
#[derive(Clone, Default, PartialEq)]
pub struct N1Patient {
    /// INS, written first.
    pub ins: Option<Ins>,
    /// Identifier of the structure for this patient (IPP) under the structure's OID; may be absent.
    pub local_id: Option<(Oid, String)>,
    /// Nom de naissance.
    pub birth_family: Option<String>,
    /// Premier prénom de naissance.
    pub birth_given: Option<String>,
    /// Whole list of birth given names, space separated.
    pub birth_given_list: Option<String>,
    /// Nom utilisé; may be absent.
    pub used_family: Option<String>,
    /// Prénom utilisé; may be absent.
    pub used_given: Option<String>,
    /// Sex as INSi gives it.
    pub sex: Option<Sex>,
    /// Birth date as INSi gives it: `AAAAMMJJ`, not always a calendar date.
    pub birth_date: Option<BirthDate>,
    /// COG code of the place of birth, 5 characters.
    pub birth_place: Option<String>,
}

hidden!(N1Patient);

/// A professional: author, legal authenticator or performer. `Debug` shows nothing of him.
#[derive(Clone, Default, PartialEq)]
pub struct N1Professional {
    /// PS_IdNat.
    pub id: Option<ProfessionalId>,
    /// Nom d'exercice.
    pub family: Option<String>,
    /// Prénom d'exercice; may be absent.
    pub given: Option<String>,
    /// Civilité, code of JDV_J245: `M`, `MME`; may be absent.
    pub prefix: Option<String>,
    /// Titre, code of JDV_J246: `DR`, `PR`, `MC`, `MG`, `PC`, `PG`; may be absent.
    pub suffix: Option<String>,
    /// Profession and savoir-faire (JDV_J01).
    pub specialty: Option<Concept>,
    /// Where he practises.
    pub structure: N1Structure,
}

hidden!(N1Professional);

/// A structure.
#[derive(Clone, Default, PartialEq)]
pub struct N1Structure {
    /// Struct_IdNat.
    pub id: Option<StructureId>,
    /// Its name.
    pub name: Option<String>,
}

hidden!(N1Structure);

/// An author: a professional, with his role towards the patient.
#[derive(Clone, Default, PartialEq)]
pub struct N1Author {
    /// Who.
    pub professional: N1Professional,
    /// Functional role (JDV_J47), e.g. `PCP` Médecin traitant; may be absent.
    pub function: Option<Concept>,
    /// When he took part; absent: the creation of the document.
    pub time: Option<Zoned>,
}

hidden!(N1Author);

/// The documented act (évènement principal).
#[derive(Clone, Default, PartialEq)]
pub struct N1Event {
    /// Code of the act (CCAM, LOINC, CIM-10); required for some types of document only.
    pub code: Option<Concept>,
    /// Modalities of an imaging report (DICOM codes).
    pub modalities: Vec<Concept>,
    /// Anatomical regions of an imaging report.
    pub regions: Vec<Concept>,
    /// studyInstanceUID of an imaging report.
    pub study: Option<Oid>,
    /// Start of the act.
    pub start: Option<Zoned>,
    /// End of the act; may be absent.
    pub stop: Option<Zoned>,
    /// Cadre d'exercice (JDV_J04), e.g. `AMBULATOIRE`.
    pub practice_setting: Option<Concept>,
    /// Who performed it; absent: the first author.
    pub performer: Option<N1Professional>,
}

hidden!(N1Event);

/// The encounter (prise en charge).
#[derive(Clone, Default, PartialEq)]
pub struct N1Encounter {
    /// Type (JDV_J142): `IMP`, `AMB`, `EMER`…; may be absent.
    pub code: Option<Concept>,
    /// Start; absent: written as unknown.
    pub start: Option<Zoned>,
    /// End; may be absent.
    pub stop: Option<Zoned>,
    /// Secteur d'activité (JDV_J02), e.g. `SA01`.
    pub facility: Option<Concept>,
}

hidden!(N1Encounter);

/// An order that the document answers.
#[derive(Clone, PartialEq)]
pub struct N1Order {
    /// Order Placer Number under the OID of who gave it.
    pub id: (Oid, String),
    /// Accession number of imaging.
    pub accession_number: Option<(Oid, String)>,
}

impl std::fmt::Debug for N1Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "N1Order({})", self.id.0)
    }
}
