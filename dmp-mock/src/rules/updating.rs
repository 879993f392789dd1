//! Step 9 of the procedure: what an update of a document needs (access-rules.md §10.2, §11, §14).

use dmp_protocol::rules::Refusal;
use xds_model::{AvailabilityStatus, DocumentEntry};

use super::actor::ActorClass;
use super::author::is_holders;
use super::denial::{Carrier, Denial, Hearing, breach};
use super::functional::{Action, Cell};
use super::reading::Reader;
use super::visibility::{self, INVISIBLE_REPRESENTANTS};
use crate::world::StoredEntry;

/// LIF-03: unknown, deleted, of another patient, or not to be shown: all look the same.
#[must_use]
pub fn unresolved(rule: &'static str, found: &str) -> Denial {
    let refusal = breach(
        rule,
        "UnresolvedReferenceException",
        "Le document est introuvable",
        found,
        "a document of this patient that the caller may read: TD3.1b just before",
    );
    Denial::new(Carrier::Registry, refusal)
}

/// The target when it is of this record and not deleted (LIF-03).
///
/// # Errors
/// LIF-03.
pub fn require_target(target: Option<&StoredEntry>) -> Result<&StoredEntry, Denial> {
    target
        .filter(|stored| stored.entry.status != Some(AvailabilityStatus::Deleted))
        .ok_or_else(|| unresolved("LIF-03", "a document that is unknown, deleted or of another patient"))
}

impl Reader<'_> {
    /// TD3.3c, d: OWN-05 to OWN-08, readable, LIF-02, LIF-04. A deletion does not look at mask and matrix.
    ///
    /// # Errors
    /// The first strict rule that is broken.
    pub fn check_status_change(
        &self,
        action: Action,
        stored: &StoredEntry,
        original: Option<&AvailabilityStatus>,
        hearing: &mut Hearing<'_>,
    ) -> Result<(), Denial> {
        self.check_status_author(action, stored, hearing)?;
        if action != Action::Delete {
            self.require_shown(stored, hearing)?;
        }
        check_transition(stored, original, action, hearing)
    }

    /// OWN-05 to OWN-08.
    fn check_status_author(
        &self,
        action: Action,
        stored: &StoredEntry,
        hearing: &mut Hearing<'_>,
    ) -> Result<(), Denial> {
        if is_holders(&stored.entry) {
            return if self.class == ActorClass::MedecinTraitant {
                Ok(())
            } else {
                hearing.registry(not_allowed("OWN-08", "a document of the holder", "the médecin traitant alone"))
            };
        }
        let any_physician = self.situation.switches.archive_by_any_medecin
            && self.class == ActorClass::Medecin
            && matches!(action, Action::Archive | Action::Unarchive);
        let cell = self.situation.cell(action, self.class);
        // Without C-06, an author only, in AIR too.
        let by_author = matches!(cell, Cell::Own | Cell::OwnStructure)
            || (self.class == ActorClass::Medecin && matches!(action, Action::Archive | Action::Unarchive));
        if any_physician || !by_author || self.owns(stored) {
            return Ok(());
        }
        let rule = match (action, cell) {
            (Action::Delete, Cell::OwnStructure) => "OWN-07",
            (Action::Delete, _) => "OWN-06",
            _ => "OWN-05",
        };
        let found = "a document of which the caller is not an author";
        hearing.registry(not_allowed(rule, found, "an author of the document"))
    }

    /// TD3.3a, b, what depends on the caller: OWN-04, MIN-07, and a document that he may read.
    ///
    /// # Errors
    /// The first strict rule that is broken.
    pub fn check_visibility_author(
        &self,
        actions: &[Action],
        stored: &StoredEntry,
        after: &DocumentEntry,
        hearing: &mut Hearing<'_>,
    ) -> Result<(), Denial> {
        if actions.contains(&Action::Unmask) {
            let cell = self.situation.cell(Action::Unmask, self.class);
            let by_author = self.situation.switches.unmask_by_author && self.owns(stored);
            if cell != Cell::Yes && !(cell == Cell::Own && by_author) {
                hearing.registry(not_allowed(
                    "OWN-04",
                    "unmasking by somebody who is neither the médecin traitant nor an author",
                    "the médecin traitant, or an author",
                ))?;
            }
        }
        self.require_shown(stored, hearing)?;
        let shown_to_representatives = stored.entry.has_confidentiality(INVISIBLE_REPRESENTANTS)
            && !after.has_confidentiality(INVISIBLE_REPRESENTANTS);
        if self.situation.secret && shown_to_representatives {
            hearing.registry(breach(
                "MIN-07",
                "LocalPolicyRestrictionError",
                "Un document n'est pas rendu visible aux représentants légaux en connexion secrète",
                "making visible to the representatives during a connexion secrète",
                "an ordinary session",
            ))?;
        }
        Ok(())
    }

    /// TD3.3a, b, what depends on the codes: DOC-04, VIS-08, VIS-09, VIS-07.
    ///
    /// # Errors
    /// The first strict rule that is broken.
    pub fn check_new_codes(
        &self,
        before: &DocumentEntry,
        after: &DocumentEntry,
        hearing: &mut Hearing<'_>,
    ) -> Result<(), Denial> {
        let switches = self.situation.switches;
        for checked in [
            visibility::check_codes(&after.confidentiality_codes),
            visibility::check_irreversible(before, after, switches),
            visibility::check_cumul(after, switches),
        ] {
            if let Err(refusal) = checked {
                hearing.registry(refusal)?;
            }
        }
        Ok(())
    }

    fn require_shown(&self, stored: &StoredEntry, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
        match self.check_shown(stored, self.owns(stored), hearing) {
            Ok(()) => Ok(()),
            Err(rule) => hearing.weigh(self.hidden_target(rule)),
        }
    }

    /// A target that `rule` hides: as if it did not exist, or why (`denied_retrieve`).
    fn hidden_target(&self, rule: &'static str) -> Denial {
        let mut denial = unresolved(rule, "a document that this caller may not read");
        let explicit = self.situation.switches.explicit_denied_retrieve;
        denial.refusal.code = super::reading::code_of_hidden(rule, explicit, denial.refusal.code);
        denial
    }
}

/// OWN-04 to OWN-08.
fn not_allowed(rule: &'static str, found: &str, expected: &str) -> Refusal {
    breach(rule, "DMPAccessDeniedByRightsService", "Action non autorisée sur ce document", found, expected)
}

/// LIF-02, LIF-04.
fn check_transition(
    stored: &StoredEntry,
    original: Option<&AvailabilityStatus>,
    action: Action,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let current = stored.entry.status.as_ref();
    if current == Some(&AvailabilityStatus::Deprecated) && action == Action::Delete {
        return hearing.registry(breach(
            "LIF-02",
            "XDSMetadataUpdateError",
            "Une version obsolète ne peut pas être supprimée",
            "a Deprecated version",
            "the current version of the document: TD3.1b just before",
        ));
    }
    let legal = match action {
        Action::Archive => current == Some(&AvailabilityStatus::Approved),
        Action::Unarchive => current == Some(&AvailabilityStatus::Archived),
        _ => true,
    };
    if legal && original == current {
        return Ok(());
    }
    hearing.weigh(illegal_transition(if legal {
        "an OriginalStatus that is not the current one"
    } else {
        "an illegal change"
    }))
}

/// LIF-04.
#[must_use]
pub fn illegal_transition(found: &str) -> Denial {
    let refusal = breach(
        "LIF-04",
        "XDSMetadataUpdateError",
        "Changement de statut impossible",
        found,
        "Approved to Archived, Archived to Approved, either to Deleted, with OriginalStatus = current status",
    );
    Denial::new(Carrier::Registry, refusal)
}
