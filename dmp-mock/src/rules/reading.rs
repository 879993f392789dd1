//! Step 10 of the procedure: which documents a caller may find and read, one by one (access-rules.md §9, §10, §14).

use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::Purpose;
use xds_model::{AvailabilityStatus, DocumentEntry};

use super::actor::ActorClass;
use super::author;
use super::denial::{Hearing, breach};
use super::functional::{Action, Cell};
use super::gates::Aim;
use super::matrix::Reading;
use super::situation::Situation;
use super::visibility::{INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS, MASQUE_PS};
use crate::world::{Authorisation, Patient, StoredEntry};
use dmp_protocol::switches::{DeletedDocuments, MaskedEmergency, MatrixDenied, MatrixUnknown};

/// An admitted caller in front of the documents of one record.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Who, when, under which switches.
    pub situation: Situation<'a>,
    /// Class of the caller on this record.
    pub class: ActorClass,
    /// The record.
    pub patient: &'a Patient,
}

impl Reader<'_> {
    /// OWN-03: whether the caller is an author of the document.
    #[must_use]
    pub fn owns(&self, stored: &StoredEntry) -> bool {
        author::owns(self.situation.caller, self.class, stored, self.situation.switches)
    }

    /// What the gates need to know of a request on these documents.
    #[must_use]
    pub fn aim<'s>(&self, targets: impl IntoIterator<Item = Option<&'s StoredEntry>>) -> Aim {
        let mut aim = Aim::Record;
        for target in targets {
            let Some(stored) = target.filter(|stored| self.owns(stored)) else { return Aim::OthersDocument };
            let masked = matches!(aim, Aim::OwnDocument { masked: true });
            aim = Aim::OwnDocument { masked: masked || stored.entry.has_confidentiality(MASQUE_PS) };
        }
        aim
    }

    /// Whether a search shows the document; what it hides is counted by rule. `search_cell` is the right of a
    /// reference search, `None` for a search of metadata.
    pub fn may_find(&self, stored: &StoredEntry, search_cell: Option<Cell>, hearing: &mut Hearing<'_>) -> bool {
        match self.check_find(stored, search_cell, hearing) {
            Ok(()) => true,
            Err(rule) => !hearing.hide(rule),
        }
    }

    fn check_find(
        &self,
        stored: &StoredEntry,
        search_cell: Option<Cell>,
        hearing: &mut Hearing<'_>,
    ) -> Result<(), &'static str> {
        let deleted = stored.entry.status == Some(AvailabilityStatus::Deleted);
        if deleted && self.situation.switches.deleted_documents != DeletedDocuments::Listed {
            return Err("LIF-05");
        }
        let owned = self.owns(stored);
        if search_cell.is_some() && !owned {
            // OWN-10: a structure, and a blocked professional (OWN-09), find the references of their own documents.
            let state = self.situation.authorisation(self.patient, self.class);
            if search_cell == Some(Cell::ReferenceOnly) || state == Authorisation::Interdit {
                return Err("OWN-10");
            }
        }
        self.check_mask(&stored.entry, owned)?;
        match self.check_matrix(&stored.entry, owned, hearing) {
            Err(_) if self.situation.switches.matrix_denied_search == MatrixDenied::ListMetadata => Ok(()),
            checked => checked,
        }
    }

    /// Whether the bytes may be read: one right for each state of the document, then mask and matrix.
    ///
    /// # Errors
    /// The rule that hides it: LIF-06, FUN-01, VIS-01, VIS-02, MAT-01 to MAT-03.
    pub fn check_read(&self, stored: &StoredEntry, hearing: &mut Hearing<'_>) -> Result<(), &'static str> {
        let entry = &stored.entry;
        let invisible = [("VIS-04", INVISIBLE_PATIENT), ("VIS-05", INVISIBLE_REPRESENTANTS)]
            .into_iter()
            .filter(|(_, flag)| entry.has_confidentiality(flag));
        let state = match entry.status {
            Some(AvailabilityStatus::Archived) => Some(Action::ReadArchived),
            Some(AvailabilityStatus::Deprecated) => Some(Action::ReadObsolete),
            Some(AvailabilityStatus::Deleted)
                if self.situation.switches.deleted_documents == DeletedDocuments::Hidden =>
            {
                return Err("LIF-06");
            }
            Some(AvailabilityStatus::Deleted) => Some(Action::ReadDeleted),
            _ => None,
        };
        let mut actions = state.into_iter().chain(invisible.clone().map(|_| Action::ReadInvisible));
        if actions.any(|action| self.situation.cell(action, self.class) == Cell::No) {
            return Err("FUN-01");
        }
        self.check_shown(stored, self.owns(stored), hearing)?;
        for (rule, flag) in invisible {
            let found = format!("a document with {flag} was read");
            hearing.observe(breach(rule, "", "", found, "not to be shown to those from whom it is hidden"));
        }
        Ok(())
    }

    /// Mask and matrix together.
    ///
    /// # Errors
    /// The rule that hides the document.
    pub fn check_shown(
        &self,
        stored: &StoredEntry,
        owned: bool,
        hearing: &mut Hearing<'_>,
    ) -> Result<(), &'static str> {
        self.check_mask(&stored.entry, owned)?;
        self.check_matrix(&stored.entry, owned, hearing)
    }

    /// VIS-01 to VIS-03, OWN-03.
    fn check_mask(&self, entry: &DocumentEntry, owned: bool) -> Result<(), &'static str> {
        if !entry.has_confidentiality(MASQUE_PS) || owned {
            return Ok(());
        }
        let cell = self.situation.cell(Action::ReadMasked, self.class);
        if self.situation.caller.purpose == Purpose::Normal {
            let reads_all = self.class == ActorClass::MedecinTraitant || self.situation.is_administrator();
            return if cell != Cell::No && reads_all { Ok(()) } else { Err("VIS-01") };
        }
        let allowed = match self.situation.switches.masked_emergency_policy {
            MaskedEmergency::HolderConsent => self.patient.masked_in_emergency,
            MaskedEmergency::Always => true,
            MaskedEmergency::Never => false,
        };
        if cell != Cell::No && allowed { Ok(()) } else { Err("VIS-02") }
    }

    /// MAT-01 to MAT-03; authors and the médecin traitant are exempt.
    fn check_matrix(&self, entry: &DocumentEntry, owned: bool, hearing: &mut Hearing<'_>) -> Result<(), &'static str> {
        if owned || self.class == ActorClass::MedecinTraitant || entry.is_signature() {
            return Ok(());
        }
        // A structure finds references of its own documents only.
        if self.class == ActorClass::StructureCertificate {
            return Ok(());
        }
        let column = self.situation.caller.matrix_column(self.class);
        let kind = entry.type_code.as_ref().map(|kind| kind.code.as_str()).unwrap_or_default();
        let rule = match column.and_then(|column| self.situation.matrix.reading(column, kind)) {
            Some(Reading::Yes) => return Ok(()),
            Some(Reading::No) => return Err("MAT-01"),
            Some(Reading::Unknown) => "MAT-02",
            None => "MAT-03",
        };
        match self.situation.switches.matrix_unknown {
            MatrixUnknown::Allow => Ok(()),
            MatrixUnknown::Deny => Err(rule),
            MatrixUnknown::AllowWarn => {
                hearing.observe_once(unknown_reading(rule, column, kind));
                Ok(())
            }
        }
    }
}

fn unknown_reading(rule: &'static str, column: Option<&str>, kind: &str) -> Refusal {
    let kind: String = kind.chars().take(64).collect();
    breach(
        rule,
        "DMPAccessDeniedByRightsService",
        "",
        format!("type {kind} read by {}", column.unwrap_or("somebody without a column")),
        "a known cell of the reading matrix; matrix_unknown decides",
    )
}

/// The code that TD3.2 gives for a document that `rule` hides, with `denied_retrieve`: as if it did not exist, or why.
#[must_use]
pub fn code_of_hidden(rule: &str, explicit: bool, unknown: &'static str) -> &'static str {
    match rule {
        _ if !explicit => unknown,
        "VIS-01" | "VIS-02" => "DMPAccessForbidden",
        "FUN-01" | "MAT-01" | "MAT-02" | "MAT-03" => "DMPAccessDeniedByRightsService",
        _ => unknown,
    }
}
