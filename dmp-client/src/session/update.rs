//! TD3.3: who sees a document (a, b), its status (c, d). Each operation reads the current entry itself, just before.

use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::Oid;
use jiff::Timestamp;
use uuid::Uuid;
use xds_model::iti57::SubmitObjects;
use xds_model::{AvailabilityStatus, CodedValue, Cx, DocumentEntry, Dtm, SubmissionSet};

use super::answer;
use super::caller::Caller;
use super::existence::Change;
use super::search::Target;
use super::watching::About;
use crate::failure;
use crate::submission::Hidden;
use crate::watch::{Act, WatchedDocument};
use crate::{DmpError, ErrorKind};

/// What a change of TD3.3 came to; equal to its [`Change`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Updated {
    /// Whether it was done.
    pub change: Change,
    /// Codes of the warnings that came with it, those of the look-up before it first.
    pub warnings: Vec<String>,
}

impl PartialEq<Change> for Updated {
    fn eq(&self, change: &Change) -> bool {
        self.change == *change
    }
}

/// Code of a change that names another version than the current one.
const STALE_VERSION: &str = "XDSMetadataVersionError";

impl Caller {
    /// TD3.3a: adds `MASQUE_PS`.
    pub(crate) async fn mask(&self, target: &Target) -> Result<Updated, DmpError> {
        let update = Update { act: Act::Mask, transaction: Transaction::Mask };
        self.change_visibility(update, target, Visibility::Hide(Hidden::FromProfessionals)).await
    }

    /// TD3.3a or b: removes a flag.
    pub(crate) async fn show(&self, target: &Target, flag: Hidden) -> Result<Updated, DmpError> {
        let (transaction, act) = match flag {
            Hidden::FromProfessionals => (Transaction::Mask, Act::Unmask),
            Hidden::FromPatient => (Transaction::Reveal, Act::RevealToPatient),
            Hidden::FromRepresentatives => (Transaction::Reveal, Act::RevealToRepresentatives),
        };
        self.change_visibility(Update { act, transaction }, target, Visibility::Show(flag)).await
    }

    /// Reads the current entry and sends it back with other codes. When somebody changed it in between
    /// (`XDSMetadataVersionError`), once more: nothing was done, and what is asked for does not depend on the version.
    async fn change_visibility(
        &self,
        update: Update,
        target: &Target,
        wanted: Visibility,
    ) -> Result<Updated, DmpError> {
        match self.change_current_version(update, target, wanted).await {
            Err(error) if error.code().is_some_and(|code| *code == STALE_VERSION) => {
                tracing::debug!(transaction = update.transaction.td(), "changed in between: read again");
                self.change_current_version(update, target, wanted).await
            }
            result => result,
        }
    }

    async fn change_current_version(
        &self,
        update: Update,
        target: &Target,
        wanted: Visibility,
    ) -> Result<Updated, DmpError> {
        let transaction = update.transaction;
        let mut warnings = Vec::new();
        let current = self.toward(update.act).current_entry(transaction, target, &mut warnings).await?;
        let Some(codes) = wanted.codes(&current) else { return Ok(Updated { change: Change::Unchanged, warnings }) };
        if matches!(wanted, Visibility::Hide(_)) {
            let mut preflight = self.shared.preflight(transaction);
            preflight.visibility(&codes);
            preflight.verdict()?;
        }
        self.update_visibility(update, &current, codes, warnings).await
    }

    /// TD3.3d.
    pub(crate) async fn archive(&self, target: &Target, archived: bool) -> Result<Updated, DmpError> {
        let transaction = Transaction::Archive;
        let (act, from, to) = match archived {
            true => (Act::Archive, AvailabilityStatus::Approved, AvailabilityStatus::Archived),
            false => (Act::Unarchive, AvailabilityStatus::Archived, AvailabilityStatus::Approved),
        };
        let mut warnings = Vec::new();
        let current = self.toward(act).current_entry(transaction, target, &mut warnings).await?;
        if current.status.as_ref() == Some(&to) {
            return Ok(Updated { change: Change::Unchanged, warnings });
        }
        let about = About::new(act, transaction).documents([WatchedDocument::of(&current)]);
        let original = current.status.unwrap_or(from);
        self.update_status(about, &current.entry_uuid, &original, &to, warnings).await
    }

    /// TD3.3c. The reference is all that INDIRECTE may ask for: the status is that of the entry given, else Approved.
    pub(crate) async fn delete(&self, target: &Target) -> Result<Updated, DmpError> {
        let transaction = Transaction::Delete;
        target.check(transaction)?;
        let known = target.entry.as_ref().and_then(|entry| entry.status.clone());
        if known == Some(AvailabilityStatus::Deprecated) {
            return Err(failure::Local {
                rule: "LIF-02",
                kind: ErrorKind::Validation,
                found: "the entry of an obsolete version",
                expected: "the current version: its deletion takes those that it replaced along",
            }
            .error(transaction));
        }
        let reference = self.toward(Act::Delete).locate(&target.unique_id).await?;
        match (reference.entry_uuid, &target.entry) {
            (Some(entry_uuid), _) => {
                let original = known.unwrap_or(AvailabilityStatus::Approved);
                let deleted = AvailabilityStatus::Deleted;
                let about = About::new(Act::Delete, transaction).documents([target.watched()]);
                self.update_status(about, &entry_uuid, &original, &deleted, reference.warnings).await
            }
            // A search returned it: it was there.
            (None, Some(_)) => Ok(Updated { change: Change::AlreadyGone, warnings: reference.warnings }),
            (None, None) => Err(failure::Local {
                rule: "RG_3130",
                kind: ErrorKind::PatientState,
                found: "no document of this uniqueId in this DMP",
                expected: "the uniqueId of a document that was submitted and not deleted",
            }
            .conclusion(transaction)),
        }
    }

    async fn update_visibility(
        &self,
        update: Update,
        current: &DocumentEntry,
        codes: Vec<CodedValue>,
        warnings: Vec<String>,
    ) -> Result<Updated, DmpError> {
        let Update { act, transaction } = update;
        let request = SubmitObjects::update_visibility(self.submission_set(transaction), current, codes)
            .map_err(|error| failure::incomplete_entry(transaction, error))?;
        let about = About::new(act, transaction).documents([WatchedDocument::of(current)]);
        self.submit_objects(about, request, warnings).await
    }

    async fn update_status(
        &self,
        about: About,
        entry_uuid: &str,
        original: &AvailabilityStatus,
        new: &AvailabilityStatus,
        warnings: Vec<String>,
    ) -> Result<Updated, DmpError> {
        let set = self.submission_set(about.transaction);
        let request = SubmitObjects::update_status(set, entry_uuid, original, new);
        self.submit_objects(about, request, warnings).await
    }

    async fn submit_objects(
        &self,
        about: About,
        request: SubmitObjects,
        mut warnings: Vec<String>,
    ) -> Result<Updated, DmpError> {
        let mut preflight = self.shared.preflight(about.transaction);
        preflight.lengths(request.objects.submission_sets.iter().flat_map(SubmissionSet::too_long));
        preflight.verdict()?;
        warnings.extend(self.call(about, move |w| request.write(w), answer::registry).await?);
        Ok(Updated { change: Change::Done, warnings })
    }

    /// A complete submission set without document: each update has its own (`xds.md` §10).
    fn submission_set(&self, transaction: Transaction) -> SubmissionSet {
        SubmissionSet {
            entry_uuid: "SubmissionSet01".to_owned(),
            unique_id: Oid::from_uuid(Uuid::new_v4().as_u128()).to_string(),
            source_id: self.shared.instance.to_string(),
            patient_id: Cx::from(self.patient.to_cx()),
            submission_time: Some(Dtm::from_timestamp(Timestamp::now())),
            title: Some(transaction.title().to_owned()),
            authors: vec![self.acting.author()],
            content_type_code: Some(self.shared.content_type.clone()),
            ..SubmissionSet::default()
        }
    }
}

/// A change of visibility, and its transaction.
#[derive(Clone, Copy)]
struct Update {
    act: Act,
    transaction: Transaction,
}

/// What a change of visibility asks for.
#[derive(Clone, Copy)]
enum Visibility {
    Hide(Hidden),
    Show(Hidden),
}

impl Visibility {
    /// The confidentiality codes to send; `None` when the entry has them already.
    fn codes(self, current: &DocumentEntry) -> Option<Vec<CodedValue>> {
        let (Self::Hide(flag) | Self::Show(flag)) = self;
        let hides = matches!(self, Self::Hide(_));
        if current.has_confidentiality(flag.code()) == hides {
            return None;
        }
        let mut codes = current.confidentiality_codes.clone();
        codes.retain(|code| code.code != flag.code());
        codes.extend(hides.then(|| flag.coded_value()));
        Some(codes)
    }
}
