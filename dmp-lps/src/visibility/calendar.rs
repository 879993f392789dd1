//! When a document that is invisible to the patient is announced, and becomes visible by itself (K01).

use dmp_client::DmpError;
use dmp_protocol::error::LocalRefusal;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::{day, days_later, months_later};

/// A length of the calendar, counted in Paris.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delay {
    /// Days.
    Days(i32),
    /// Calendar months, ending on the last day of a shorter one: 31 January + 1 month is 28 or 29 February.
    Months(i32),
}

impl Delay {
    /// The day that lies so far after `from`.
    #[must_use]
    pub fn after(self, from: Timestamp) -> Date {
        day(match self {
            Self::Days(days) => days_later(from, days),
            Self::Months(months) => months_later(from, months),
        })
    }

    /// Whether it never ends after `other`, whichever day both begin.
    fn is_within(self, other: Self) -> bool {
        match (self, other) {
            (Self::Days(own), Self::Days(other)) | (Self::Months(own), Self::Months(other)) => own <= other,
            (Self::Days(own), Self::Months(other)) => own <= other.saturating_mul(SHORTEST_MONTH),
            (Self::Months(own), Self::Days(other)) => own.saturating_mul(LONGEST_MONTH) <= other,
        }
    }
}

const SHORTEST_MONTH: i32 = 28;
const LONGEST_MONTH: i32 = 31;

/// What the server does with a document that is invisible to the patient. The texts disagree (K01): an establishment
/// chooses, and nothing is chosen for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VisibilityCalendar {
    /// R. 1111-53 CSP and référentiel: notice after 14 days, visible after 1 month.
    R1111_53,
    /// DSR: notice after 1 month, visible after 3 months.
    Segur,
    /// The server does nothing: only a professional makes the document visible.
    None,
}

/// The professional's own duty (EXI 08), in every calendar.
const DUTY: Delay = Delay::Months(1);

impl VisibilityCalendar {
    /// When the patient is told that there is a document, without its title.
    #[must_use]
    pub fn notice(self) -> Option<Delay> {
        match self {
            Self::R1111_53 => Some(Delay::Days(14)),
            Self::Segur => Some(Delay::Months(1)),
            Self::None => None,
        }
    }

    /// When the server makes the document visible.
    #[must_use]
    pub fn automatic(self) -> Option<Delay> {
        match self {
            Self::R1111_53 => Some(Delay::Months(1)),
            Self::Segur => Some(Delay::Months(3)),
            Self::None => None,
        }
    }
}

/// How an establishment follows its invisible documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorklistSettings {
    pub(super) calendar: VisibilityCalendar,
    pub(super) establishment_after: Option<Delay>,
    pub(super) announcement_types: Vec<String>,
    pub(super) confirm_visibility: bool,
}

/// The days of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDays {
    /// The patient is told that there is a document.
    pub notify_on: Option<Date>,
    /// It has to be visible.
    pub duty_due_on: Date,
    /// The establishment wants it made visible: an action in the author's list.
    pub establishment_on: Option<Date>,
    /// The server makes it visible.
    pub auto_visible_on: Option<Date>,
}

impl WorklistSettings {
    /// With the calendar that the establishment chose.
    #[must_use]
    pub fn new(calendar: VisibilityCalendar) -> Self {
        Self { calendar, establishment_after: None, announcement_types: Vec::new(), confirm_visibility: true }
    }

    /// The establishment wants its documents made visible so long after the deposit: never later than the server would.
    ///
    /// # Errors
    /// `K01`: no length, or one that may end after the automatic one.
    pub fn establishment_after(self, delay: Delay) -> Result<Self, DmpError> {
        let (Delay::Days(length) | Delay::Months(length)) = delay;
        let within = self.calendar.automatic().is_none_or(|automatic| delay.is_within(automatic));
        if length > 0 && within {
            return Ok(Self { establishment_after: Some(delay), ..self });
        }
        let refusal = LocalRefusal::new("K01")
            .meaning(
                "the delay of the establishment is not shorter than the automatic one",
                "le délai de l'établissement n'est pas plus court que le délai automatique",
            )
            .found(format!("{delay:?} with the calendar {:?}", self.calendar))
            .expected("more than nothing, and never past the day on which the server makes the document visible")
            .remedy(
                "shorten the delay, or choose the other calendar",
                "raccourcir le délai, ou choisir l'autre calendrier",
            );
        Err(DmpError::local(refusal))
    }

    /// typeCodes of the reports of an announcement: producing one proposes the patient's open entries.
    #[must_use]
    pub fn announcement_types(self, types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { announcement_types: types.into_iter().map(Into::into).collect(), ..self }
    }

    /// Whether the screen shows its warning before a document is made visible. Default: yes; it can be disabled (K17):
    /// then the click that asks is the confirmation.
    #[must_use]
    pub fn confirm_visibility(self, shown: bool) -> Self {
        Self { confirm_visibility: shown, ..self }
    }

    /// The warning to show before a document is made visible; `None` when it is disabled.
    #[must_use]
    pub fn warning(&self) -> Option<&'static str> {
        self.confirm_visibility.then_some(
            "Ce document va devenir visible par le patient ou ses représentants légaux. Cette action est irréversible.",
        )
    }

    /// The days of a document that was deposited then.
    #[must_use]
    pub fn due_days(&self, deposited_at: Timestamp) -> DueDays {
        let on = |delay: Delay| delay.after(deposited_at);
        let establishment_on = self.establishment_after.map(on);
        DueDays {
            notify_on: self.calendar.notice().map(on),
            duty_due_on: establishment_on.map_or(on(DUTY), |own| own.min(on(DUTY))),
            establishment_on,
            auto_visible_on: self.calendar.automatic().map(on),
        }
    }
}
