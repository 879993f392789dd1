//! The note de vaccination (`87273-9`, volet VAC-NOTE 2023.01), F34: one vaccination that was given, which everybody who
//! reads the record sees (`EX_2.1-2005`, `-2010`, `-2035`).
//!
//! What is written is the section FR-Vaccinations with one entry FR-Vaccination: the vaccine by its code CIS, its lot, the
//! day, kind of act, route, site, rank and comment, who vaccinated and who wrote. Reactions to the vaccine and
//! vaccinations that were not given are not written: only the schematron of the volet describes them.

mod entry;
mod narrative;

use dmp_vocabulary::nomenclature::Concept;
use dmp_vocabulary::{Oid, oids};
use jiff::Zoned;
use jiff::civil::Date;

use super::actor::{Actor, Name, Professional};
use super::error::BuildError;
use super::faults::Faults;
use super::header::{Confidentiality, DocumentHeader, WriteOptions};
use super::participation::Author;
use super::parts::{hidden, loinc};
use super::structured::{Entry, Section, StructuredBody, Template};

/// typeCode of a note de vaccination (LOINC).
pub const VACCINATION_NOTE: &str = "87273-9";
/// Code système des médicaments (CIS): the DMP knows a vaccine by it.
pub const CIS: &str = "1.2.250.1.213.2.3.1";

/// PCC Immunization Content, then the French model and its only version (`EX_2.1-2035`).
const MODELS: [(&str, Option<&str>); 2] =
    [("1.3.6.1.4.1.19376.1.5.3.1.1.18.1.2", None), ("1.2.250.1.213.1.1.1.46", Some("2023.01"))];
/// FR-Vaccinations: CCD, PCC, French.
const SECTION: [&str; 3] = ["2.16.840.1.113883.10.20.1.6", "1.3.6.1.4.1.19376.1.5.3.1.3.23", "1.2.250.1.213.1.1.2.147"];
const TITLE: &str = "Note de vaccination";

/// `substanceAdministration/id` (`EX_2.1-2030`): a UUID in upper case. Keep it: a correction of the note bears the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VaccinationId(String);

impl VaccinationId {
    /// From the 128 bits of a UUID that the software drew.
    #[must_use]
    pub fn from_u128(bits: u128) -> Self {
        let hex = format!("{bits:032X}");
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        Self(parts.join("-"))
    }

    /// From the text of a UUID, whatever its case; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let groups: Vec<&str> = text.trim().split('-').collect();
        let sizes = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]);
        let hex = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
        (sizes && hex).then(|| Self(text.trim().to_ascii_uppercase()))
    }

    /// `5D8A1C52-04D9-4B60-8E21-5C9A1F3B7E10`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A vaccine that was given.
#[derive(Clone, PartialEq)]
pub struct Vaccine {
    /// Its code CIS (`1.2.250.1.213.2.3.1`) and name.
    pub product: Concept,
    /// The same in other systems: ATC, CIP. May be empty.
    pub translations: Vec<Concept>,
    /// What it is called.
    pub name: String,
    /// Number of the lot; may be absent.
    pub lot: Option<String>,
}

/// Who gave the vaccine.
#[derive(Clone, PartialEq)]
pub enum Vaccinator {
    /// The first author of the note.
    Author,
    /// Another professional, fully identified: an author of the note too, and the performer (`EX_2.1-2020`).
    Identified(Box<Professional>),
    /// Somebody known by name only, as told by the patient whose entry is validated: named, no author (M13).
    Named(Name),
}

/// One vaccination. Two of the same vaccine on the same day are one for the DMP, which refuses the second note with
/// `DMPFragmentCVAError` (X23).
#[derive(Clone, PartialEq)]
pub struct Vaccination {
    /// Its identifier.
    pub id: VaccinationId,
    /// Kind of act: `INITIMMUNIZ`, `BOOSTER`… (`2.16.840.1.113883.5.4`).
    pub act: Concept,
    /// The day it was given, in the calendar of where it was.
    pub day: Date,
    /// The vaccine.
    pub vaccine: Vaccine,
    /// Route (EDQM); may be absent.
    pub route: Option<Concept>,
    /// Where on the body (SNOMED CT); may be absent.
    pub site: Option<Concept>,
    /// Which injection of the series, from 1; may be absent.
    pub rank: Option<u16>,
    /// Comment; may be absent.
    pub comment: Option<String>,
    /// Who gave it.
    pub vaccinator: Vaccinator,
}

/// A note to write. `Debug` shows nothing of the vaccination.
///
/// ```
/// # use cda::build::*;
/// # fn note(header: DocumentHeader, vaccination: Vaccination) -> Result<(), BuildError> {
/// // `header`: type 87273-9, its first author the professional who writes the note.
/// let note = VaccinationNote::new(header, vaccination);
/// let bytes = note.write(&WriteOptions::default())?;
/// # let _ = bytes;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VaccinationNote {
    header: DocumentHeader,
    vaccination: Vaccination,
}

impl VaccinationNote {
    /// A note: `header` as of any document, of type [`VACCINATION_NOTE`] and confidentiality `N`, its first author the
    /// professional who answers for the vaccination. A sender who is another one comes after.
    #[must_use]
    pub fn new(header: DocumentHeader, vaccination: Vaccination) -> Self {
        Self { header, vaccination }
    }

    /// The vaccination.
    #[must_use]
    pub fn vaccination(&self) -> &Vaccination {
        &self.vaccination
    }

    /// The header that is written: an identified vaccinator is an author and the performer of the act (`EX_2.1-2020`).
    #[must_use]
    pub fn header(&self) -> DocumentHeader {
        let mut header = self.header.clone();
        if let Vaccinator::Identified(vaccinator) = &self.vaccination.vaccinator {
            let same = |author: &Author| matches!(&author.actor, Actor::Professional(one) if one.id == vaccinator.id);
            if !header.authors.iter().any(same) {
                header.authors.push(Author::from((**vaccinator).clone()));
            }
            header.event.performer = Some(Actor::Professional(vaccinator.clone()));
        }
        header.event.code.get_or_insert_with(|| loinc(VACCINATION_NOTE, TITLE).into());
        header
    }

    /// The next version of the note, with what is right now; the vaccination keeps its identifier, whatever `now` says
    /// (`EX_2.1-2030`).
    #[must_use]
    pub fn corrected(&self, unique_id: Oid, created: Zoned, now: Vaccination) -> Self {
        let vaccination = Vaccination { id: self.vaccination.id.clone(), ..now };
        Self { header: self.header.successor(unique_id, created), vaccination }
    }

    /// Writes the note.
    ///
    /// # Errors
    /// As [`DocumentHeader::write_structured`]; fields of the vaccination are named `vaccination…`.
    pub fn write(&self, options: &WriteOptions) -> Result<Vec<u8>, BuildError> {
        let header = self.header();
        let mut faults = Faults::default();
        self.check(&mut faults);
        header.check(&mut faults);
        faults.finish(Some(()))?;
        header.write_structured(&self.body()?, options)
    }

    fn body(&self) -> Result<StructuredBody, BuildError> {
        let templates = SECTION.iter().map(|root| template(root, None)).collect();
        let kind = loinc("11369-6", "Historique des vaccinations");
        let mut section = Section::new(templates, kind, TITLE, self.narrative());
        section.entries = vec![Entry::parse(&self.entry()?)?];
        let models = MODELS.iter().map(|(root, version)| template(root, *version)).collect();
        Ok(StructuredBody { models, sections: vec![section], added_documents: Vec::new(), pdf_copy: None })
    }

    /// The professional who answers for the vaccination.
    fn author(&self) -> Option<&Professional> {
        match self.header.authors.first().map(|author| &author.actor) {
            Some(Actor::Professional(author)) => Some(author),
            _ => None,
        }
    }

    fn check(&self, faults: &mut Faults) {
        let Self { header, vaccination } = self;
        let kind = header.document_type.code == VACCINATION_NOTE && header.document_type.system == oids::LOINC;
        faults.check("document_type", kind, "EX_2.1-2035", "expected 87273-9, note de vaccination (LOINC)");
        let normal = header.confidentiality == Confidentiality::Normal;
        faults.check("confidentiality", normal, "CDA-DMP-009", "a note de vaccination takes only N");
        let professional = self.author().is_some();
        faults.check("authors[0]", professional, "EX_2.1-2020", "a professional answers for a vaccination");
        vaccination.check(header.created.date(), faults);
    }
}

impl Vaccination {
    fn check(&self, written: Date, faults: &mut Faults) {
        faults.concept("vaccination.act", &self.act);
        let day = self.day <= written && self.day.year() >= 1;
        faults.check("vaccination.day", day, "F34", "a day not after that of the note: it was given");
        faults.concept("vaccination.vaccine.product", &self.vaccine.product);
        let cis = self.vaccine.product.system == CIS;
        faults.check(
            "vaccination.vaccine.product",
            cis,
            "X23",
            "expected a code CIS, by which the DMP tells vaccines apart",
        );
        self.vaccine.translations.iter().for_each(|one| faults.concept("vaccination.vaccine.translations", one));
        faults.text("vaccination.vaccine.name", &self.vaccine.name);
        faults.optional_text("vaccination.vaccine.lot", self.vaccine.lot.as_deref());
        for (field, code) in [("vaccination.route", &self.route), ("vaccination.site", &self.site)] {
            code.iter().for_each(|code| faults.concept(field, code));
        }
        faults.check("vaccination.rank", self.rank != Some(0), "F34", "ranks are counted from 1");
        faults.optional_text("vaccination.comment", self.comment.as_deref());
        match &self.vaccinator {
            Vaccinator::Author => {}
            Vaccinator::Identified(professional) => professional.check("vaccination.vaccinator", faults),
            Vaccinator::Named(name) => name.check("vaccination.vaccinator.", faults),
        }
    }
}

#[expect(clippy::expect_used, reason = "constants of this file, which its tests write")]
fn template(root: &str, version: Option<&str>) -> Template {
    Template { root: Oid::parse(root).expect("an OID"), version: version.map(str::to_owned) }
}

hidden!(Vaccine, Vaccinator, Vaccination);
