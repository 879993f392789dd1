//! The header of a document, typed as far as the XDS metadata and a sender need it.

mod event;
mod participant;
mod patient;
mod related;

pub use event::{Encounter, Order, RelatedDocument, ServiceEvent};
pub(crate) use participant::SIREN;
pub use participant::{Actor, ActorKind, AssignedActor, Author, Device, LegalAuthenticator, Organization, is_ins_root};
pub use patient::Patient;
pub use related::RelatedPerson;

use dmp_xml::Element;

use crate::data_types::{self, CodedElement, InstanceIdentifier, child};
use crate::timestamp::TimeText;

/// What a `ClinicalDocument` says before its body. Elements that are absent, null or unknown are absent here:
/// nothing in a header is refused by the reader.
///
/// `Debug` shows counts and codes of the document type only.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Header {
    /// `templateId`, in document order.
    pub template_ids: Vec<InstanceIdentifier>,
    /// `id`: the identifier of this version.
    pub id: Option<InstanceIdentifier>,
    /// `code`: type of the document.
    pub code: Option<CodedElement>,
    /// `title`, white space collapsed.
    pub title: Option<String>,
    /// `effectiveTime/@value`: creation.
    pub effective_time: Option<TimeText>,
    /// `confidentialityCode`.
    pub confidentiality: Option<CodedElement>,
    /// `languageCode/@code`.
    pub language: Option<String>,
    /// `setId`: common to all versions; may be missing before the end of 2024.
    pub set_id: Option<InstanceIdentifier>,
    /// `versionNumber/@value` where it is a number.
    pub version_number: Option<u64>,
    /// `recordTarget/patientRole`.
    pub patient: Option<Patient>,
    /// `author`, all of them, in document order.
    pub authors: Vec<Author>,
    /// `informant/relatedEntity`, in document order: who is to be called, who is trusted.
    pub related_persons: Vec<RelatedPerson>,
    /// `custodian/…/representedCustodianOrganization`.
    pub custodian: Option<Organization>,
    /// `legalAuthenticator`.
    pub legal_authenticator: Option<LegalAuthenticator>,
    /// `inFulfillmentOf/order`.
    pub orders: Vec<Order>,
    /// `documentationOf/serviceEvent`, in document order.
    pub events: Vec<ServiceEvent>,
    /// `relatedDocument`.
    pub related_documents: Vec<RelatedDocument>,
    /// `componentOf/encompassingEncounter`.
    pub encounter: Option<Encounter>,
}

/// How one child of `ClinicalDocument` goes into the header.
type Taker = fn(&mut Header, &Element);

/// The children that are kept.
const TAKERS: [(&str, Taker); 18] = [
    ("templateId", |header, element| header.template_ids.extend(InstanceIdentifier::read(element))),
    ("id", |header, element| first(&mut header.id, || InstanceIdentifier::read(element))),
    ("code", |header, element| first(&mut header.code, || CodedElement::read(element))),
    ("title", |header, element| first(&mut header.title, || data_types::text_of(element))),
    ("effectiveTime", |header, element| first(&mut header.effective_time, || element.attr("value").map(TimeText::new))),
    ("confidentialityCode", |header, element| first(&mut header.confidentiality, || CodedElement::read(element))),
    ("languageCode", |header, element| first(&mut header.language, || CodedElement::read(element)?.code)),
    ("setId", |header, element| first(&mut header.set_id, || InstanceIdentifier::read(element))),
    ("versionNumber", |header, element| {
        first(&mut header.version_number, || element.attr("value")?.trim().parse().ok());
    }),
    ("recordTarget", |header, element| {
        first(&mut header.patient, || child(element, "patientRole").map(Patient::read));
    }),
    ("author", |header, element| header.authors.push(Author::read(element))),
    ("informant", |header, element| {
        header.related_persons.extend(child(element, "relatedEntity").map(RelatedPerson::read));
    }),
    ("custodian", |header, element| {
        first(&mut header.custodian, || {
            child(child(element, "assignedCustodian")?, "representedCustodianOrganization").map(Organization::read)
        });
    }),
    ("legalAuthenticator", |header, element| {
        first(&mut header.legal_authenticator, || LegalAuthenticator::read(element));
    }),
    ("inFulfillmentOf", |header, element| header.orders.extend(child(element, "order").map(Order::read))),
    ("documentationOf", |header, element| header.events.extend(child(element, "serviceEvent").map(ServiceEvent::read))),
    ("relatedDocument", |header, element| header.related_documents.push(RelatedDocument::read(element))),
    ("componentOf", |header, element| {
        first(&mut header.encounter, || child(element, "encompassingEncounter").map(Encounter::read));
    }),
];

impl Header {
    /// Whether this child of `ClinicalDocument` is kept; the others are read past.
    pub(crate) fn keeps(local: &str) -> bool {
        TAKERS.iter().any(|(name, _)| *name == local)
    }

    /// Takes in one child of `ClinicalDocument`. What may occur once is taken from its first valued occurrence.
    pub(crate) fn take(&mut self, element: &Element) {
        let Some(element) = data_types::valued(element) else {
            // A null author still counts: the entry has as many authors as the header.
            if element.name.local == "author" {
                self.authors.push(Author::read(element));
            }
            return;
        };
        if let Some((_, take)) = TAKERS.iter().find(|(name, _)| *name == element.name.local) {
            take(self, element);
        }
    }

    /// The main event (évènement principal) and its position, from 0: the first with a time and a performer who bears
    /// a `standardIndustryClassCode`; failing that, the first with a performer.
    #[must_use]
    pub fn main_event(&self) -> Option<(usize, &ServiceEvent)> {
        let complete = |event: &ServiceEvent| event.has_time && event.practice_setting().is_some();
        let position = self.events.iter().position(complete);
        let position = position.or_else(|| self.events.iter().position(|event| !event.performers.is_empty()))?;
        Some((position, &self.events[position]))
    }

    /// Code of the encounter (`IMP`, `AMB`, `EMER`…), from which the contentTypeCode of a lot is chosen.
    #[must_use]
    pub fn encounter_code(&self) -> Option<&str> {
        self.encounter.as_ref()?.code.as_ref()?.code.as_deref()
    }

    /// `relatedDocument[@typeCode="RPLC"]`: the version that this document replaces.
    #[must_use]
    pub fn replaced(&self) -> Option<&RelatedDocument> {
        self.related_documents.iter().find(|related| related.kind == "RPLC")
    }

    /// The first identifier of the patient that is an INS (OIDs `.8`, `.9`, `.10`, `.11` of `1.2.250.1.213.1.4`).
    #[must_use]
    pub fn ins(&self) -> Option<&InstanceIdentifier> {
        self.patient.as_ref()?.ids.iter().find(|id| is_ins_root(&id.root))
    }
}

fn first<T>(slot: &mut Option<T>, read: impl FnOnce() -> Option<T>) {
    if slot.is_none() {
        *slot = read();
    }
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Header")
            .field("code", &self.code.as_ref().and_then(|code| code.code.as_deref()))
            .field("authors", &self.authors.len())
            .field("events", &self.events.len())
            .field("version_number", &self.version_number)
            .finish_non_exhaustive()
    }
}
