//! What only the software knows: staff, planning, appointments.

use std::future::Future;

use super::Observation;
use crate::context::CareRole;

/// Why a patient is not like another to the actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// On the list of the staff.
    Colleague,
    /// Bears the same surname.
    SameSurname,
    /// Has the same address.
    SameAddress,
}

/// Whether the actor was to work then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Planning {
    /// On duty, on call, or within the planned hours.
    Working,
    /// Outside the planned hours.
    Off,
    /// No planning is known: the hours of the night count as unusual (22 h to 6 h in Paris).
    Unknown,
}

/// What the software knows of an act beside its trace. Asked for each consultation. What the software does not know it leaves as it is: `None` raises nothing.
pub trait Surroundings: Send + Sync + 'static {
    /// What the actor is to the équipe de soins, for rules of some roles: `None` is looked at by all rules. Asked for every
    /// act.
    fn role(&self, act: &Observation) -> impl Future<Output = Option<CareRole>> + Send {
        let _ = act;
        std::future::ready(None)
    }

    /// SV03: what the patient is to the actor.
    fn relation(&self, act: &Observation) -> impl Future<Output = Option<Relation>> + Send {
        let _ = act;
        std::future::ready(None)
    }

    /// SV04: the planning of the actor at that time.
    fn planning(&self, act: &Observation) -> impl Future<Output = Planning> + Send {
        let _ = act;
        std::future::ready(Planning::Unknown)
    }

    /// SV07: whether the patient has an active episode or an appointment here.
    fn in_care(&self, act: &Observation) -> impl Future<Output = Option<bool>> + Send {
        let _ = act;
        std::future::ready(None)
    }
}

/// Knows nothing: SV03 and SV07 raise nothing, SV04 looks at the night.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingKnown;

impl Surroundings for NothingKnown {}
