//! Rules about the record itself: its state, the holder's choices, the individual authorisation
//! (access-rules.md §5, §7.3, §8).

use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::Purpose;
use jiff::Timestamp;

use super::actor::{ActorClass, Caller};
use super::denial::breach;
use super::functional::Action;
use crate::world::{Authorisation, Patient, RecordState};

/// PAT-02 and PAT-03: the record exists and is open; for every patient transaction but TD0.2.
///
/// # Errors
/// PAT-02 `XDSUnknownPatientId` (`DMPInvalidRequest` on `habilitations`), PAT-03 `DMPClosed`.
pub fn require_open<'a>(patient: Option<&'a Patient>, absent_code: &'static str) -> Result<&'a Patient, Refusal> {
    let patient = patient.ok_or_else(|| {
        breach(
            "PAT-02",
            absent_code,
            "Le patient n'a pas de DMP",
            "no record for this number",
            "an existing record: TD0.2 first",
        )
    })?;
    match patient.record {
        RecordState::Active => Ok(patient),
        RecordState::Closed(_) => Err(breach(
            "PAT-03",
            "DMPClosed",
            "Le DMP du patient est fermé",
            "a closed record",
            "an open record: TD0.2 first, and stop feeding and searching this one",
        )),
    }
}

/// EMG-01, EMG-02 (V81): the holder's oppositions to emergency accesses. TD0.2, reference searches and deletions pass.
///
/// # Errors
/// `DMPAccessForbidden`.
pub fn require_no_opposition(patient: &Patient, purpose: Purpose, action: Action) -> Result<(), Refusal> {
    if matches!(action, Action::Exists | Action::SearchReference | Action::Delete) {
        return Ok(());
    }
    let opposed = |rule| {
        breach(
            rule,
            "DMPAccessForbidden",
            "Le patient s'est opposé à ce mode d'accès",
            "an opposition of the holder to this access mode",
            "normal access, with the patient's consent",
        )
    };
    match purpose {
        Purpose::Centre15 if patient.opposes_centre_15 => Err(opposed("EMG-01")),
        Purpose::BrisDeGlace if patient.opposes_bris_de_glace => Err(opposed("EMG-02")),
        _ => Ok(()),
    }
}

/// Effective authorisation of the caller on the record.
#[must_use]
pub fn authorisation(patient: &Patient, caller: &Caller, class: ActorClass, now: Timestamp) -> Authorisation {
    let person = (!class.acts_as_structure()).then_some(caller.name_id.as_str());
    patient.authorisation(person, &caller.structure, now)
}

/// AUT-01, AUT-02: consultation and visibility updates in normal mode need a valid authorisation.
/// AUT-03, AUT-05, EMG-04: a blocked caller is refused, except (OWN-09) a reference search or a deletion, and
/// reading what he wrote, which the caller of this function decides by `owns_target`.
///
/// # Errors
/// `DMPAuthorizationNotFound`, `DMPAccessForbidden`.
pub fn require_authorisation(
    state: Authorisation,
    purpose: Purpose,
    action: Action,
    owns_target: bool,
) -> Result<(), Refusal> {
    if state == Authorisation::Interdit {
        return if keeps_own_when_blocked(action) && (owns_target || action == Action::SearchReference) {
            Ok(())
        } else {
            Err(breach(
                if action == Action::Feed {
                    "AUT-05"
                } else if purpose == Purpose::Normal {
                    "AUT-03"
                } else {
                    "EMG-04"
                },
                "DMPAccessForbidden",
                "Accès interdit par le patient",
                "a caller blocked by the patient",
                "the patient's decision: do not try again in another mode",
            ))
        };
    }
    if purpose != Purpose::Normal || !needs_authorisation(action) || state == Authorisation::Valide {
        return Ok(());
    }
    Err(breach(
        if state == Authorisation::Expire { "AUT-02" } else { "AUT-01" },
        "DMPAuthorizationNotFound",
        "Aucune autorisation d'accès pour cet utilisateur",
        format!("authorisation {}", state.code()),
        "VALIDE: with the patient's consent, TD0.3 AJOUT first",
    ))
}

/// The transactions of AUT-01; archiving needs none (`archive_needs_grant` off).
fn needs_authorisation(action: Action) -> bool {
    !matches!(
        action,
        Action::Exists
            | Action::AuthoriseSelf
            | Action::RemoveOwnAuthorisation
            | Action::ResignAsMt
            | Action::Feed
            | Action::SearchReference
            | Action::Delete
            | Action::Archive
            | Action::Unarchive
    )
}

/// OWN-09 (`blocked_author = keeps_own`).
fn keeps_own_when_blocked(action: Action) -> bool {
    matches!(
        action,
        Action::SearchReference
            | Action::Delete
            | Action::ReadUnmasked
            | Action::ReadMasked
            | Action::ReadInvisible
            | Action::ReadArchived
            | Action::ReadObsolete
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::PatientId;

    fn record() -> Patient {
        Patient::active(PatientId::new("280057599900151", "1.2.250.1.213.1.4.10"), "X", "Y")
    }

    #[test]
    fn absent_and_closed_records_are_refused() {
        let mut closed = record();
        closed.record = RecordState::Closed(Timestamp::UNIX_EPOCH);
        let refused = |patient| require_open(patient, "XDSUnknownPatientId").err().map(|one| (one.rule, one.code));
        assert_eq!(refused(None), Some(("PAT-02", "XDSUnknownPatientId")));
        assert_eq!(refused(Some(&closed)), Some(("PAT-03", "DMPClosed")));
        assert_eq!(refused(Some(&record())), None);
    }

    #[test]
    fn the_two_oppositions_are_independent_and_spare_existence_references_and_deletion() {
        use Purpose::{BrisDeGlace, Centre15, Normal};
        let cases = [
            (true, false, Centre15, Action::SearchMetadata, Some("EMG-01")),
            (true, false, BrisDeGlace, Action::SearchMetadata, None),
            (false, true, BrisDeGlace, Action::Feed, Some("EMG-02")),
            (false, true, Centre15, Action::ReadUnmasked, None),
            (true, true, Normal, Action::SearchMetadata, None),
            (true, true, BrisDeGlace, Action::Archive, Some("EMG-02")),
            (true, true, BrisDeGlace, Action::Exists, None),
            (true, true, Centre15, Action::SearchReference, None),
            (true, true, Centre15, Action::Delete, None),
        ];
        for (centre_15, bris_de_glace, purpose, action, expected) in cases {
            let mut patient = record();
            patient.opposes_centre_15 = centre_15;
            patient.opposes_bris_de_glace = bris_de_glace;
            let rule = require_no_opposition(&patient, purpose, action).err().map(|refusal| refusal.rule);
            assert_eq!(rule, expected, "{purpose:?} {action:?}");
        }
    }

    #[test]
    fn who_needs_an_authorisation() {
        use Authorisation::{Expire, Interdit, NonExiste, Valide};
        use Purpose::{BrisDeGlace, Centre15, Normal};
        let cases = [
            (Valide, Normal, Action::SearchMetadata, false, None),
            (NonExiste, Normal, Action::SearchMetadata, false, Some("AUT-01")),
            (Expire, Normal, Action::ReadUnmasked, false, Some("AUT-02")),
            (NonExiste, Normal, Action::ReadUnmasked, true, Some("AUT-01")),
            (NonExiste, BrisDeGlace, Action::SearchMetadata, false, None),
            (NonExiste, Normal, Action::Feed, false, None),
            (NonExiste, Normal, Action::SearchReference, false, None),
            (NonExiste, Normal, Action::Delete, true, None),
            (NonExiste, Normal, Action::Archive, true, None),
            (NonExiste, Normal, Action::Mask, true, Some("AUT-01")),
            (Interdit, Normal, Action::SearchMetadata, false, Some("AUT-03")),
            (Interdit, Normal, Action::Feed, false, Some("AUT-05")),
            (Interdit, Centre15, Action::SearchMetadata, false, Some("EMG-04")),
            (Interdit, Normal, Action::SearchReference, false, None),
            (Interdit, Normal, Action::ReadMasked, true, None),
            (Interdit, Normal, Action::ReadUnmasked, false, Some("AUT-03")),
            (Interdit, Normal, Action::Delete, true, None),
            (Interdit, Normal, Action::MakeVisible, true, Some("AUT-03")),
        ];
        for (state, purpose, action, owns, expected) in cases {
            let rule = require_authorisation(state, purpose, action, owns).err().map(|refusal| refusal.rule);
            assert_eq!(rule, expected, "{state:?} {purpose:?} {action:?} {owns}");
        }
    }
}
