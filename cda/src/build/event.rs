//! `inFulfillmentOf`, `documentationOf` and `authorization`: orders, documented acts, consents.

use dmp_vocabulary::identity::Ins;
use dmp_vocabulary::nomenclature::Concept;
use dmp_vocabulary::oids;
use dmp_xml::Writer;
use jiff::Zoned;

use super::actor::Actor;
use super::entity::Entity;
use super::faults::{Faults, PRACTICE_SETTINGS};
use super::moment::{Interval, Moment};
use super::parts::{Identifier, code_attributes, hidden, nested, write_code};

/// An order that the document answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Order Placer Number.
    pub id: Identifier,
    /// Accession number of imaging.
    pub accession_number: Option<Identifier>,
}

/// The documented act (évènement principal); written first.
#[derive(Clone, PartialEq)]
pub struct MainEvent {
    /// studyInstanceUID (complete) of an imaging report, order number of an imaging request…
    pub ids: Vec<Identifier>,
    /// What was done; required for some types of document only.
    pub code: Option<EventCode>,
    /// Start.
    pub start: Zoned,
    /// End; may be absent.
    pub stop: Option<Zoned>,
    /// Who performed it; absent: the first author.
    pub performer: Option<Actor>,
    /// Cadre d'exercice (JDV_J04), e.g. `AMBULATOIRE`.
    pub practice_setting: Concept,
}

/// Another act of the same document.
#[derive(Clone, Default, PartialEq)]
pub struct SecondaryEvent {
    /// Identifiers.
    pub ids: Vec<Identifier>,
    /// What was done.
    pub code: Option<EventCode>,
    /// When; an end needs a start.
    pub time: Interval,
    /// Who performed it, in which cadre d'exercice (JDV_J04).
    pub performer: Option<(Actor, Concept)>,
}

/// Code of an act: CCAM, LOINC, CIM-10…
#[derive(Clone, PartialEq)]
pub struct EventCode {
    /// The code.
    pub concept: Concept,
    /// The same, or a part of it, in other systems.
    pub translations: Vec<EventTranslation>,
}

/// A translation of the code of an act.
#[derive(Clone, PartialEq)]
pub struct EventTranslation {
    /// The code.
    pub concept: Concept,
    /// What the translation is about, in an imaging report.
    pub about: Option<TranslationAbout>,
}

/// What a translation says of an imaging act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TranslationAbout {
    /// The modality (DICOM code).
    Modality,
    /// The anatomical region.
    Region,
}

/// A consent that was obtained.
#[derive(Clone, PartialEq)]
pub struct Consent {
    /// Identifiers; may be empty.
    pub ids: Vec<Identifier>,
    /// What was consented.
    pub code: Concept,
}

/// Types of document whose rules ask for more (cda §3.6).
const IMAGING_REPORT: &str = "18748-4";
const BIOLOGY_REPORT: &str = "11502-2";
const IMAGING_REQUEST: &str = "55115-0";
const CHILD_EXAMINATION: &str = "59283-2";
/// Code of the act of a child examination (SNOMED CT), and that of a document that a patient writes alone.
const EXAMINATION: &str = "11429006";
const PATIENT_EVENT: &str = "EXP_PATIENT";

/// Namespace of `accessionNumber`.
const DICOM: (&str, &str) = ("xmlns:ps3-20", "urn:dicom-org:ps3-20");

impl Order {
    pub(crate) fn check_all(orders: &[Self], document_type: &str, faults: &mut Faults) {
        if orders.is_empty() && matches!(document_type, IMAGING_REPORT | BIOLOGY_REPORT) {
            faults.missing("orders");
        }
        for (index, order) in orders.iter().enumerate() {
            let at = format!("orders[{index}]");
            order.id.check(&format!("{at}.id"), faults);
            match &order.accession_number {
                Some(accession) => accession.check(&format!("{at}.accession_number"), faults),
                None if document_type == IMAGING_REPORT => faults.missing(format!("{at}.accession_number")),
                None => {}
            }
            let numbers = [Some(&order.id), order.accession_number.as_ref()];
            let complete = numbers.into_iter().flatten().all(|id| id.extension.is_some());
            let needed = document_type == IMAGING_REPORT;
            faults.check(at, complete || !needed, "CDA-EVT-011", "a number under the OID of who gave it");
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        nested(w, &["inFulfillmentOf", "order"], |w| {
            self.id.write(w, "id");
            if let Some(accession) = &self.accession_number {
                accession.write_with(w, "ps3-20:accessionNumber", &[DICOM]);
            }
        });
    }
}

impl MainEvent {
    /// An act without code, performed by the first author.
    #[must_use]
    pub fn new(start: Zoned, practice_setting: Concept) -> Self {
        Self { ids: Vec::new(), code: None, start, stop: None, performer: None, practice_setting }
    }

    pub(crate) fn interval(&self) -> Interval {
        let stop = self.stop.clone().map(Moment::Second);
        Interval { start: Some(Moment::Second(self.start.clone())), stop }
    }

    /// Faults name `event.` + a field.
    pub(crate) fn check(&self, document_type: &str, patient: &Ins, faults: &mut Faults) {
        let code = self.code.as_ref();
        let translations = code.map_or(&[][..], |code| &code.translations);
        Self::check_code(&self.ids, code.map(|code| &code.concept), translations, document_type, faults);
        self.interval().check("event.", faults);
        if let Some(performer) = &self.performer {
            performer.check("event.performer", patient, faults);
        }
        faults.code("event.practice_setting", &self.practice_setting, PRACTICE_SETTINGS);
    }

    /// A document that a patient writes alone has a code of its own.
    pub(super) fn check_patients_own(&self, faults: &mut Faults) {
        match &self.code {
            None => faults.missing("event.code"),
            Some(code) => {
                let own = code.concept.code == PATIENT_EVENT;
                faults.check("event.code", own, "CDA-EVT-008", "expected EXP_PATIENT in a document of a patient");
            }
        }
    }

    /// What the type of the document asks of the code of its main event.
    pub(crate) fn check_code(
        ids: &[Identifier],
        code: Option<&Concept>,
        translations: &[EventTranslation],
        document_type: &str,
        faults: &mut Faults,
    ) {
        if code.is_none() && matches!(document_type, IMAGING_REPORT | IMAGING_REQUEST | CHILD_EXAMINATION) {
            faults.missing("event.code");
        }
        if document_type == IMAGING_REPORT {
            for (about, field) in
                [(TranslationAbout::Modality, "event.modalities"), (TranslationAbout::Region, "event.regions")]
            {
                if !translations.iter().any(|translation| translation.about == Some(about)) {
                    faults.missing(field);
                }
            }
            if ids.is_empty() {
                faults.missing("event.study");
            }
            let bare = ids.iter().all(|id| id.extension.is_none());
            faults.check("event.study", bare, "CDA-EVT-010", "a studyInstanceUID is an OID without extension");
        }
        check_ids("event.ids", ids, faults);
        if let Some(code) = code {
            faults.concept("event.code", code);
            let prescribed = match document_type {
                IMAGING_REQUEST => code.code == IMAGING_REQUEST,
                CHILD_EXAMINATION => code.code == EXAMINATION,
                _ => true,
            };
            faults.check("event.code", prescribed, "CDA-EVT-008", "the code prescribed for this type of document");
        }
        translations.iter().for_each(|translation| faults.concept("event.code", &translation.concept));
    }

    pub(super) fn write(&self, w: &mut Writer, first_author: Option<&Actor>) {
        let performer = self.performer.as_ref().or(first_author).map(|actor| (actor, &self.practice_setting));
        write_event(w, &self.ids, self.code.as_ref(), &self.interval(), performer);
    }
}

impl SecondaryEvent {
    pub(super) fn check(&self, at: &str, patient: &Ins, faults: &mut Faults) {
        check_ids(&format!("{at}.ids"), &self.ids, faults);
        if let Some(code) = &self.code {
            code.check(&format!("{at}.code"), faults);
        }
        self.time.check(&format!("{at}."), faults);
        let started = self.time.start.is_some() || self.time.stop.is_none();
        faults.check(format!("{at}.start"), started, "CDA-EVT-002", "an end needs a start");
        if let Some((performer, practice_setting)) = &self.performer {
            performer.check(&format!("{at}.performer"), patient, faults);
            faults.code(&format!("{at}.practice_setting"), practice_setting, PRACTICE_SETTINGS);
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        let performer = self.performer.as_ref().map(|(actor, practice_setting)| (actor, practice_setting));
        write_event(w, &self.ids, self.code.as_ref(), &self.time, performer);
    }
}

impl EventCode {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.concept(at, &self.concept);
        self.translations.iter().for_each(|translation| faults.concept(at, &translation.concept));
    }

    fn write(&self, w: &mut Writer) {
        if self.translations.is_empty() {
            return write_code(w, "code", &self.concept);
        }
        w.open("code", &code_attributes(&self.concept));
        for translation in &self.translations {
            match translation.about {
                None => write_code(w, "translation", &translation.concept),
                Some(about) => {
                    w.open("translation", &code_attributes(&translation.concept));
                    nested(w, &["qualifier"], |w| w.empty("name", &about.code()));
                    w.close();
                }
            }
        }
        w.close();
    }
}

impl From<Concept> for EventCode {
    fn from(concept: Concept) -> Self {
        Self { concept, translations: Vec::new() }
    }
}

impl TranslationAbout {
    fn code(self) -> [(&'static str, &'static str); 3] {
        let (code, label, system) = match self {
            Self::Modality => ("121139", "Modalité d'imagerie", "1.2.840.10008.2.16.4"),
            Self::Region => ("39111-0", "Localisation anatomique", oids::LOINC),
        };
        [("code", code), ("displayName", label), ("codeSystem", system)]
    }
}

impl Consent {
    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        check_ids(&format!("{at}.ids"), &self.ids, faults);
        faults.concept(&format!("{at}.code"), &self.code);
    }

    pub(super) fn write(&self, w: &mut Writer) {
        nested(w, &["authorization", "consent"], |w| {
            self.ids.iter().for_each(|id| id.write(w, "id"));
            write_code(w, "code", &self.code);
            w.empty("statusCode", &[("code", "completed")]);
        });
    }
}

pub(super) fn check_ids(field: &str, ids: &[Identifier], faults: &mut Faults) {
    ids.iter().for_each(|id| id.check(field, faults));
    faults.distinct(field, ids);
}

fn write_event(
    w: &mut Writer,
    ids: &[Identifier],
    code: Option<&EventCode>,
    time: &Interval,
    performer: Option<(&Actor, &Concept)>,
) {
    w.open("documentationOf", &[]);
    w.open("serviceEvent", &[]);
    ids.iter().for_each(|id| id.write(w, "id"));
    if let Some(code) = code {
        code.write(w);
    }
    // A null time is for the main event only, which always has one.
    if *time != Interval::default() {
        time.write(w, "effectiveTime");
    }
    if let Some((performer, practice_setting)) = performer {
        w.open("performer", &[("typeCode", "PRF")]);
        Entity::from(performer).write_assigned(w, Some(practice_setting));
        w.close();
    }
    w.close();
    w.close();
}

hidden!(MainEvent, SecondaryEvent, EventCode, EventTranslation, Consent);
