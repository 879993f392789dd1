//! One document that somebody does not see yet.

use std::fmt;

use dmp_client::{DocumentEntry, Hidden};
use jiff::Timestamp;
use jiff::civil::Date;
use xds_model::Dtm;

use super::calendar::DueDays;
use super::due::Due;
use crate::context::{PatientKey, ProfessionalKey, ServiceId};
use crate::outbox::FeedItem;

/// From whom a document is still hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Targets {
    /// From the patient.
    pub patient: bool,
    /// From the legal representatives.
    pub representatives: bool,
}

impl Targets {
    /// Those of restrictions; a mask to professionals is none.
    #[must_use]
    pub fn of(hidden: &[Hidden]) -> Self {
        Self {
            patient: hidden.contains(&Hidden::FromPatient),
            representatives: hidden.contains(&Hidden::FromRepresentatives),
        }
    }

    /// Whether everybody sees the document.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// What both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { patient: self.patient && other.patient, representatives: self.representatives && other.representatives }
    }
}

/// Who has to announce a document and make it visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Responsible {
    /// A professional: the author, unless somebody else was named.
    Professional(ProfessionalKey),
    /// A service: that of an author whom no directory knows.
    Service(ServiceId),
    /// Neither is known: to be assigned.
    Unassigned,
}

impl Responsible {
    fn of(author: Option<&ProfessionalKey>, service: Option<&ServiceId>) -> Self {
        let service = || service.map_or(Self::Unassigned, |service| Self::Service(service.clone()));
        author.map_or_else(service, |author| Self::Professional(author.clone()))
    }
}

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// Nothing is planned.
    Open,
    /// The announcement is planned.
    AnnouncementPlanned,
    /// Announced; still to be made visible.
    Announced,
    /// A professional made it visible.
    MadeVisible,
    /// The server did.
    AutoVisible,
    /// No longer in the DMP.
    Deleted,
}

impl EntryState {
    pub(super) const ALL: [(Self, &'static str); 6] = [
        (Self::Open, "open"),
        (Self::AnnouncementPlanned, "announcement-planned"),
        (Self::Announced, "announced"),
        (Self::MadeVisible, "made-visible"),
        (Self::AutoVisible, "auto-visible"),
        (Self::Deleted, "deleted"),
    ];

    /// Whether something remains to be done.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::AnnouncementPlanned | Self::Announced)
    }
}

/// A document that was fed, or seen in the DMP, with a restriction.
#[derive(Clone)]
pub struct InvisibleDocument {
    pub(super) entry: WorklistEntry,
}

impl InvisibleDocument {
    /// A document that was just fed, or that a search returned; `None` when patient and representatives see it.
    ///
    /// `deposited_at` is when it was submitted. A search does not say: the creation of the document then stands for it,
    /// so that the duty is never late.
    #[must_use]
    pub fn of(patient: &PatientKey, document: &DocumentEntry, deposited_at: Option<Timestamp>) -> Option<Self> {
        let targets = Targets::of(&Hidden::of(document));
        let created = || document.creation_time.as_ref().and_then(Dtm::timestamp);
        let deposited_at = deposited_at.or_else(created).filter(|_| !targets.is_empty())?;
        let person = document.authors.iter().find_map(|author| author.person.as_ref());
        let author = person.map(|person| ProfessionalKey::stored(person.id().into_owned()));
        let entry = WorklistEntry {
            title: document.title.clone().unwrap_or_default(),
            type_code: document.type_code.as_ref().map(|code| code.code.clone()).unwrap_or_default(),
            responsible: Responsible::of(author.as_ref(), None),
            author,
            ..WorklistEntry::opened(patient, &document.unique_id, targets, deposited_at)
        };
        Some(Self { entry })
    }

    /// A document that the queue sent; the queue keeps no title. `None` when patient and representatives see it, or when it
    /// is not in the DMP.
    #[must_use]
    pub fn of_queue(item: &FeedItem, title: &str) -> Option<Self> {
        let targets = Targets::of(&item.hidden);
        let deposited_at = item.sent_at.filter(|_| item.is_published() && !targets.is_empty())?;
        let entry = WorklistEntry {
            title: title.to_owned(),
            type_code: item.type_code.clone(),
            responsible: Responsible::of(item.professional.as_ref(), item.service.as_ref()),
            author: item.professional.clone(),
            service: item.service.clone(),
            ..WorklistEntry::opened(&item.patient, &item.unique_id, targets, deposited_at)
        };
        Some(Self { entry })
    }

    /// The service that it comes from; responsible for it when the author is not known by a directory.
    #[must_use]
    pub fn in_service(mut self, service: ServiceId) -> Self {
        self.entry.responsible = Responsible::of(self.entry.author.as_ref(), Some(&service));
        self.entry.service = Some(service);
        self
    }
}

impl fmt::Debug for InvisibleDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entry.fmt(f)
    }
}

/// One document of the list. `Debug` shows neither identity nor title.
#[derive(Clone, PartialEq, Eq)]
pub struct WorklistEntry {
    /// uniqueId; that of the current version when it was replaced.
    pub unique_id: String,
    /// Whose it is.
    pub patient: PatientKey,
    /// Title.
    pub title: String,
    /// typeCode.
    pub type_code: String,
    /// First author who is a person.
    pub author: Option<ProfessionalKey>,
    /// Service that it comes from.
    pub service: Option<ServiceId>,
    /// When the first version with the restriction was submitted, UTC.
    pub deposited_at: Timestamp,
    /// From whom it is still hidden.
    pub targets: Targets,
    /// Who has to act.
    pub responsible: Responsible,
    /// Where it stands.
    pub state: EntryState,
    /// What [`Worklist::tick`](super::Worklist::tick) has told already.
    pub told: Vec<Due>,
    /// Counts the writes of this row: a store writes back only what nobody else has written since it was read.
    pub revision: u64,
}

impl WorklistEntry {
    fn opened(patient: &PatientKey, unique_id: &str, targets: Targets, deposited_at: Timestamp) -> Self {
        Self {
            unique_id: unique_id.to_owned(),
            patient: patient.clone(),
            title: String::new(),
            type_code: String::new(),
            author: None,
            service: None,
            deposited_at,
            targets,
            responsible: Responsible::Unassigned,
            state: EntryState::Open,
            told: Vec::new(),
            revision: 0,
        }
    }
}

impl fmt::Debug for WorklistEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorklistEntry")
            .field("type_code", &self.type_code)
            .field("deposited_at", &self.deposited_at)
            .field("targets", &self.targets)
            .field("state", &self.state)
            .field("told", &self.told)
            .finish_non_exhaustive()
    }
}

/// An entry with its days, as the settings give them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The entry.
    pub entry: WorklistEntry,
    /// Its days.
    pub days: DueDays,
    /// The duty of the professional is past (EXI 08).
    pub overdue: bool,
    /// The establishment wants it made visible now: an action of the responsible, never sent by itself.
    pub to_do: bool,
}

impl Listed {
    pub(super) fn new(entry: WorklistEntry, days: DueDays, today: Date) -> Self {
        let open = entry.state.is_open();
        let overdue = open && days.duty_due_on < today;
        let to_do = open && days.establishment_on.is_some_and(|on| on <= today);
        Self { entry, days, overdue, to_do }
    }
}

/// Which entries are listed; an empty filter lists what is open.
#[derive(Debug, Clone, Default)]
pub struct WorklistFilter {
    /// Of this patient.
    pub patient: Option<PatientKey>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// Of this responsible.
    pub responsible: Option<Responsible>,
    /// Overdue ones only: the report of EXI 08.
    pub overdue: bool,
    /// Closed ones too.
    pub closed: bool,
}

impl WorklistFilter {
    pub(super) fn takes(&self, listed: &Listed) -> bool {
        let entry = &listed.entry;
        self.service.as_ref().is_none_or(|service| entry.service.as_ref() == Some(service))
            && self.responsible.as_ref().is_none_or(|responsible| entry.responsible == *responsible)
            && (listed.overdue || !self.overdue)
    }
}
