//! Who may not see a document: the rules that hold whoever sends it, as pure functions. The pre-flight refuses by them
//! before the network; a software may ask them while the user still chooses.

use xds_model::DocumentEntry;

use super::document::Hidden;

/// typeCode of a note de vaccination (LOINC).
pub const VACCINATION_NOTE: &str = "87273-9";

impl Hidden {
    /// Every restriction.
    pub const ALL: [Self; 3] = [Self::FromProfessionals, Self::FromPatient, Self::FromRepresentatives];

    /// The restriction of a confidentialityCode; `None` for a level (N, R, V) and for any other code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hidden| hidden.code() == code)
    }

    /// The restrictions of a document.
    #[must_use]
    pub fn of(entry: &DocumentEntry) -> Vec<Self> {
        Self::ALL.into_iter().filter(|hidden| entry.has_confidentiality(hidden.code())).collect()
    }
}

/// X21: hidden from the patient and from professionals at once, a document would be seen by nobody.
#[must_use]
pub fn hides_from_everybody(hidden: &[Hidden]) -> bool {
    hidden.contains(&Hidden::FromPatient) && hidden.contains(&Hidden::FromProfessionals)
}

/// X20: what the patient or the representatives could see of the former version, and no longer would of the new one.
/// Masking to professionals comes and goes.
pub fn hidden_again(former: &[Hidden], new: &[Hidden]) -> impl Iterator<Item = Hidden> {
    let again =
        [Hidden::FromPatient, Hidden::FromRepresentatives].map(|one| (one, former.contains(&one), new.contains(&one)));
    again.into_iter().filter(|(_, before, after)| *after && !before).map(|(one, ..)| one)
}

/// X23: a note de vaccination is seen by all.
#[must_use]
pub fn hides_vaccination(type_code: &str, hidden: &[Hidden]) -> bool {
    type_code == VACCINATION_NOTE && !hidden.is_empty()
}
