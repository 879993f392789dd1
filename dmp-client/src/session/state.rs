//! What a screen says of a document beside its title.

use dmp_protocol::error::Language;
use xds_model::{AvailabilityStatus, DocumentEntry};

use crate::submission::Hidden;

/// A state of a document that its reader must see (`EX_3.1-1080`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentState {
    /// Hidden from professionals other than its authors and the médecin traitant.
    MaskedFromProfessionals,
    /// Not yet visible to the patient: say nothing of it before it was announced (`EX_3.2-1025`).
    InvisibleToPatient,
    /// Not visible to the legal representatives of a minor (`EX_3.2-1025`).
    InvisibleToRepresentatives,
    /// Archived.
    Archived,
    /// A former version, of the document or of its metadata.
    Obsolete,
}

impl DocumentState {
    /// The states of an entry, in the order of this type; none for a current document that everybody sees.
    #[must_use]
    pub fn of(entry: &DocumentEntry) -> Vec<Self> {
        let hidden = |hidden: Hidden| entry.has_confidentiality(hidden.code());
        let states = [
            (Self::MaskedFromProfessionals, hidden(Hidden::FromProfessionals)),
            (Self::InvisibleToPatient, hidden(Hidden::FromPatient)),
            (Self::InvisibleToRepresentatives, hidden(Hidden::FromRepresentatives)),
            (Self::Archived, entry.status == Some(AvailabilityStatus::Archived)),
            (Self::Obsolete, entry.status == Some(AvailabilityStatus::Deprecated)),
        ];
        states.into_iter().filter(|(_, holds)| *holds).map(|(state, _)| state).collect()
    }

    /// Those that must alert whoever opens the document: somebody in the room may not know of it (`EX_3.2-1025`).
    #[must_use]
    pub fn alerts(entry: &DocumentEntry) -> Vec<Self> {
        let mut states = Self::of(entry);
        states.retain(|state| matches!(state, Self::InvisibleToPatient | Self::InvisibleToRepresentatives));
        states
    }

    /// The label; the French one is that of the DMP.
    #[must_use]
    pub fn label(self, language: Language) -> &'static str {
        let (english, french) = match self {
            Self::MaskedFromProfessionals => ("hidden from professionals", "masqué aux professionnels"),
            Self::InvisibleToPatient => ("not visible to the patient", "non visible par le patient"),
            Self::InvisibleToRepresentatives => {
                ("not visible to the legal representatives", "non visible par les représentants légaux")
            }
            Self::Archived => ("archived", "archivé"),
            Self::Obsolete => ("former, obsolete version", "ancienne version obsolète"),
        };
        match language {
            Language::English => english,
            Language::French => french,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_an_entry() {
        let entry = |status, hidden: &[Hidden]| DocumentEntry {
            status: Some(status),
            confidentiality_codes: hidden.iter().map(|hidden| hidden.coded_value()).collect(),
            ..DocumentEntry::default()
        };
        use AvailabilityStatus::{Approved, Archived, Deprecated};
        use DocumentState::{InvisibleToPatient, InvisibleToRepresentatives, MaskedFromProfessionals, Obsolete};
        let both = [Hidden::FromRepresentatives, Hidden::FromPatient];
        for (entry, states, alerts) in [
            (entry(Approved, &[]), vec![], vec![]),
            (entry(Archived, &[]), vec![DocumentState::Archived], vec![]),
            (entry(Deprecated, &[Hidden::FromProfessionals]), vec![MaskedFromProfessionals, Obsolete], vec![]),
            (
                entry(Approved, &both),
                vec![InvisibleToPatient, InvisibleToRepresentatives],
                vec![InvisibleToPatient, InvisibleToRepresentatives],
            ),
        ] {
            assert_eq!((DocumentState::of(&entry), DocumentState::alerts(&entry)), (states, alerts));
        }
        assert_eq!(Obsolete.label(Language::French), "ancienne version obsolète");
    }
}
