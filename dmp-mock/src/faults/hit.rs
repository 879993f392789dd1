//! One request that a fault hits.

use super::code::CodeAnswer;
use super::effect::Effect;

/// A request that a fault hits.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    /// Number of the fault.
    pub(crate) number: u64,
    pub(crate) effect: Effect,
    /// Whether the request is processed all the same.
    pub(crate) processed: bool,
    /// Who is concerned, as far as the request says: it may never be admitted.
    pub(crate) patient: Option<crate::world::PatientId>,
    pub(crate) actor: Option<String>,
}

impl Hit {
    /// Whether the request ends before the DMP looks at it; a delay only postpones it.
    pub(crate) fn replaces_processing(&self) -> bool {
        !self.processed && !self.waits()
    }

    /// Whether the request or its answer only waits.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.effect, Effect::Delay { .. } | Effect::Hold { .. })
    }

    /// The code that is answered.
    pub(crate) fn code(&self) -> Option<&CodeAnswer> {
        match &self.effect {
            Effect::Code(code) => Some(code),
            _ => None,
        }
    }
}
