//! What the document is about: events, orders, other documents, the encounter.

use dmp_xml::Element;

use super::participant::AssignedActor;
use crate::HL7;
use crate::data_types::{CodedElement, InstanceIdentifier, child};
use crate::timestamp::TimeText;

/// Namespace of `accessionNumber`.
const DICOM_PS3_20: &str = "urn:dicom-org:ps3-20";

/// `documentationOf/serviceEvent` (évènement documenté). `Debug` shows no code and no date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ServiceEvent {
    /// `id`; the studyInstanceUID of an imaging report.
    pub ids: Vec<InstanceIdentifier>,
    /// `code` and its translations.
    pub code: Option<CodedElement>,
    /// Whether a valued `effectiveTime` is there at all.
    pub has_time: bool,
    /// Start: `low`, else `@value`, else `center`.
    pub start: Option<TimeText>,
    /// End: `high`.
    pub stop: Option<TimeText>,
    /// `performer/assignedEntity`.
    pub performers: Vec<AssignedActor>,
}

impl ServiceEvent {
    pub(crate) fn read(element: &Element) -> Self {
        let time = child(element, "effectiveTime");
        let (start, stop) = time.map(read_interval).unwrap_or_default();
        let performers = element.children_named(HL7, "performer").filter_map(|p| child(p, "assignedEntity"));
        Self {
            ids: InstanceIdentifier::read_all(element, "id"),
            code: child(element, "code").and_then(CodedElement::read),
            has_time: time.is_some(),
            start,
            stop,
            performers: performers.map(AssignedActor::read).collect(),
        }
    }

    /// `standardIndustryClassCode` of the first performer who bears one (cadre d'exercice).
    #[must_use]
    pub fn practice_setting(&self) -> Option<&CodedElement> {
        self.performers.iter().find_map(|performer| performer.organization.as_ref()?.practice_setting.as_ref())
    }
}

/// `IVL_TS`: start and stop.
fn read_interval(element: &Element) -> (Option<TimeText>, Option<TimeText>) {
    let bound = |name| child(element, name).and_then(|bound| bound.attr("value"));
    let start = bound("low").or_else(|| element.attr("value")).or_else(|| bound("center"));
    (start.map(TimeText::new), bound("high").map(TimeText::new))
}

/// `inFulfillmentOf/order`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Order {
    /// `id`: Order Placer Number.
    pub ids: Vec<InstanceIdentifier>,
    /// `ps3-20:accessionNumber` of imaging documents.
    pub accession_numbers: Vec<InstanceIdentifier>,
}

impl Order {
    pub(crate) fn read(element: &Element) -> Self {
        let accessions = element.children_named(DICOM_PS3_20, "accessionNumber");
        Self {
            ids: InstanceIdentifier::read_all(element, "id"),
            accession_numbers: accessions.filter_map(InstanceIdentifier::read).collect(),
        }
    }
}

/// `relatedDocument`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RelatedDocument {
    /// `@typeCode`: `RPLC`, `XFRM`.
    pub kind: String,
    /// `parentDocument/id`.
    pub parent_ids: Vec<InstanceIdentifier>,
    /// `parentDocument/setId`.
    pub parent_set_id: Option<InstanceIdentifier>,
    /// `parentDocument/versionNumber/@value` where it is a number.
    pub parent_version: Option<u64>,
}

impl RelatedDocument {
    pub(crate) fn read(element: &Element) -> Self {
        let parent = child(element, "parentDocument");
        let version = parent.and_then(|p| child(p, "versionNumber")).and_then(|version| version.attr("value"));
        Self {
            kind: element.attr("typeCode").unwrap_or_default().to_owned(),
            parent_ids: parent.map(|p| InstanceIdentifier::read_all(p, "id")).unwrap_or_default(),
            parent_set_id: parent.and_then(|p| child(p, "setId")).and_then(InstanceIdentifier::read),
            parent_version: version.and_then(|value| value.trim().parse().ok()),
        }
    }
}

/// `componentOf/encompassingEncounter` (prise en charge).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Encounter {
    /// `id`: number of the stay or visit (numéro de venue).
    pub ids: Vec<InstanceIdentifier>,
    /// `code` (JDV_J142): `IMP`, `AMB`, `EMER`…
    pub code: Option<CodedElement>,
    /// Start.
    pub start: Option<TimeText>,
    /// End.
    pub stop: Option<TimeText>,
    /// `location/healthCareFacility/code` (secteur d'activité, JDV_J02).
    pub facility: Option<CodedElement>,
}

impl Encounter {
    pub(crate) fn read(element: &Element) -> Self {
        let (start, stop) = child(element, "effectiveTime").map(read_interval).unwrap_or_default();
        let facility = child(element, "location").and_then(|location| child(location, "healthCareFacility"));
        Self {
            ids: InstanceIdentifier::read_all(element, "id"),
            code: child(element, "code").and_then(CodedElement::read),
            start,
            stop,
            facility: facility.and_then(|facility| child(facility, "code")).and_then(CodedElement::read),
        }
    }
}
