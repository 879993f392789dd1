//! Notes de vaccination, one vaccination each.

use cda::build::{CIS, DocumentHeader, VaccinationId, VaccinationNote, Vaccine, WriteOptions};
use dmp_client::QualifiedPatient;

pub(crate) use cda::build::Vaccinator;

use super::writing::{code, header};

/// CIS of an invented vaccine.
pub(crate) const PRODUCT: &str = "69999901";
/// `substanceAdministration/id` of the notes of these scenarios.
pub(crate) const ACT: &str = "5D8A1C52-04D9-4B60-8E21-5C9A1F3B7E10";

/// What a note says.
#[derive(Clone)]
pub(crate) struct Vaccination {
    pub(crate) day: &'static str,
    pub(crate) lot: &'static str,
    pub(crate) vaccinator: Vaccinator,
}

impl Vaccination {
    pub(crate) fn on(day: &'static str, vaccinator: Vaccinator) -> Self {
        Self { day, lot: "LOT-1", vaccinator }
    }

    fn built(&self) -> cda::build::Vaccination {
        cda::build::Vaccination {
            id: VaccinationId::parse(ACT).unwrap(),
            act: code("INITIMMUNIZ", "1ère série vaccinante", "2.16.840.1.113883.5.4"),
            day: jiff::civil::Date::strptime("%Y%m%d", self.day).unwrap(),
            vaccine: Vaccine {
                product: code(PRODUCT, "Vaccin d'exemple", CIS),
                translations: Vec::new(),
                name: "Vaccin d'exemple, suspension injectable".to_owned(),
                lot: Some(self.lot.to_owned()),
            },
            route: None,
            site: None,
            rank: None,
            comment: None,
            vaccinator: self.vaccinator.clone(),
        }
    }
}

/// The header of a note: a vaccinator who is identified is an author and the performer.
pub(crate) fn note_header(about: &QualifiedPatient, told: &Vaccination) -> DocumentHeader {
    VaccinationNote::new(header(about, "87273-9"), told.built()).header()
}

/// The note, in the volet of 2023.01.
pub(crate) fn note(header: &DocumentHeader, told: &Vaccination) -> Vec<u8> {
    VaccinationNote::new(header.clone(), told.built()).write(&WriteOptions::default()).unwrap()
}
