//! What a day brings.

use jiff::civil::Date;

use super::calendar::DueDays;
use super::entry::WorklistEntry;

/// What is due; each is told once for a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Due {
    /// The patient is told today that there is a document.
    Notify,
    /// The establishment wants it made visible: an action in the list of the responsible.
    Establishment,
    /// Last day of the professional's duty (EXI 08).
    Duty,
    /// The duty is past; the entry stays in the report until the document is visible.
    Overdue,
    /// The server makes the document visible today, if it keeps its calendar: a search and
    /// [`Worklist::reconcile`](super::Worklist::reconcile) tell.
    Automatic,
}

impl Due {
    pub(super) const ALL: [(Self, &'static str); 5] = [
        (Self::Notify, "notify"),
        (Self::Establishment, "establishment"),
        (Self::Duty, "duty"),
        (Self::Overdue, "overdue"),
        (Self::Automatic, "automatic"),
    ];

    fn is_due(self, days: &DueDays, today: Date) -> bool {
        let reached = |on: Option<Date>| on.is_some_and(|on| on <= today);
        match self {
            Self::Notify => reached(days.notify_on),
            Self::Establishment => reached(days.establishment_on),
            Self::Duty => days.duty_due_on <= today,
            Self::Overdue => days.duty_due_on < today,
            Self::Automatic => reached(days.auto_visible_on),
        }
    }
}

/// Something is due for a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorklistEvent {
    /// What.
    pub due: Due,
    /// The document.
    pub entry: WorklistEntry,
}

/// What is due for an entry and was not told yet.
pub(super) fn untold(entry: &WorklistEntry, days: &DueDays, today: Date) -> Vec<Due> {
    // The calendar of the server is about the patient alone.
    let concerns = |due: Due| entry.targets.patient || !matches!(due, Due::Notify | Due::Automatic);
    let all = Due::ALL.iter().map(|(due, _)| *due);
    all.filter(|due| concerns(*due) && due.is_due(days, today) && !entry.told.contains(due)).collect()
}
