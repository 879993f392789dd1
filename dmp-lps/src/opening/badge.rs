//! What the software shows beside a patient.

use dmp_client::{Authorisation, Existence};
use dmp_protocol::patient::{Dmp, PatientTraits};
use dmp_vocabulary::identity::traits::{StrictTrait, StrictTraits};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::consent::GateRefusal;
use crate::identity_gap::gap_of_dmp;

/// The state of a record, at the time it was asked for (SC.DMP/UX.12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBadge {
    /// Whether there is a DMP.
    pub existence: BadgeExistence,
    /// The authorisation of this user; `None` when there is no open DMP, and the question does not apply.
    pub authorisation: Option<Authorisation>,
    /// Whether this user is médecin traitant in the DMP.
    pub medecin_traitant: bool,
    /// Whether the DMP belongs to Mon espace santé, when the DMP says so.
    pub linked_to_mes: Option<bool>,
    /// When the DMP was asked, UTC.
    pub checked_at: Timestamp,
    /// Last day of an authorisation that was given just now, for display.
    pub expected_end: Option<Date>,
    /// The traits that the DMP holds: hidden unless the user asked to see them (`EX_0.2-1020`); only those of INSi count.
    pub traits: Option<Box<PatientTraits>>,
    /// Which traits the DMP writes otherwise than INSi; empty as long as those of INSi were not given.
    pub gap: Vec<StrictTrait>,
}

/// Whether there is a DMP.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadgeExistence {
    /// None.
    NoDmp,
    /// Open.
    Open,
    /// Closed.
    Closed {
        /// When, as the DMP writes it.
        on: Option<String>,
        /// Why, as the DMP says.
        reason: Option<String>,
    },
    /// A state that this version does not know.
    Unknown(String),
    /// The DMP was not asked, or did not answer in time: the local record stays usable.
    NotQueried(NotQueried),
}

/// Why nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotQueried {
    /// The patient, or the role of the user.
    Gate(GateRefusal),
    /// No answer in time.
    Timeout,
}

/// What of the traits goes on a badge.
#[derive(Debug, Clone, Default)]
pub(super) struct TraitsPolicy {
    pub(super) shown: bool,
    pub(super) ins: Option<Box<StrictTraits>>,
}

impl RecordBadge {
    pub(super) fn new(existence: BadgeExistence, checked_at: Timestamp) -> Self {
        Self {
            existence,
            authorisation: None,
            medecin_traitant: false,
            linked_to_mes: None,
            checked_at,
            expected_end: None,
            traits: None,
            gap: Vec::new(),
        }
    }

    /// What TD0.2 answered. Values that are not known never fail.
    pub(super) fn of(answer: &Existence, checked_at: Timestamp, policy: &TraitsPolicy) -> Self {
        match answer {
            Existence::Absent => Self::new(BadgeExistence::NoDmp, checked_at),
            Existence::Closed(_, closing) => {
                let on = closing.on.as_ref().map(|on| on.as_str().to_owned());
                Self::new(BadgeExistence::Closed { on, reason: closing.reason.clone() }, checked_at)
            }
            Existence::Active(dmp) => Self::new(BadgeExistence::Open, checked_at).with(dmp, policy),
            Existence::Unknown { status, .. } => Self::new(BadgeExistence::Unknown(status.clone()), checked_at),
            _ => Self::new(BadgeExistence::Unknown(String::new()), checked_at),
        }
    }

    fn with(self, dmp: &Dmp, policy: &TraitsPolicy) -> Self {
        Self {
            authorisation: Some(dmp.authorisation()),
            medecin_traitant: dmp.medecin_traitant.unwrap_or(false),
            linked_to_mes: dmp.attached_to_ens(),
            traits: policy.shown.then(|| Box::new(dmp.traits.clone())),
            gap: policy.ins.as_deref().map(|ins| gap_of_dmp(&dmp.traits, ins)).unwrap_or_default(),
            ..self
        }
    }

    /// Whether this user may consult now.
    #[must_use]
    pub fn is_authorised(&self) -> bool {
        self.existence == BadgeExistence::Open && self.authorisation == Some(Authorisation::Valide)
    }
}
