//! TD3.3: who sees a document (a, b), its status (c, d). Each operation reads the current entry itself, just before.

use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::Oid;
use jiff::Timestamp;
use uuid::Uuid;
use xds_model::iti57::SubmitObjects;
use xds_model::{AvailabilityStatus, CodedValue, Cx, DocumentEntry, Dtm, RegistryResponse, SubmissionSet};

use super::caller::Caller;
use super::existence::Change;
use super::search::Target;
use crate::failure;
use crate::submission::Hidden;
use crate::{DmpError, ErrorKind};

impl Caller {
    /// TD3.3a: adds `MASQUE_PS`.
    pub(crate) async fn mask(&self, target: &Target) -> Result<Change, DmpError> {
        let transaction = Transaction::Mask;
        let current = self.current_entry(transaction, target).await?;
        let flag = Hidden::FromProfessionals;
        if current.has_confidentiality(flag.code()) {
            return Ok(Change::Unchanged);
        }
        let mut codes = current.confidentiality_codes.clone();
        codes.push(flag.coded_value());
        let mut preflight = self.shared.preflight(transaction);
        preflight.visibility(&codes);
        preflight.verdict()?;
        self.update_visibility(transaction, &current, codes).await
    }

    /// TD3.3a or b: removes a flag.
    pub(crate) async fn show(&self, target: &Target, flag: Hidden) -> Result<Change, DmpError> {
        let transaction = match flag {
            Hidden::FromProfessionals => Transaction::Mask,
            Hidden::FromPatient | Hidden::FromRepresentatives => Transaction::Reveal,
        };
        let current = self.current_entry(transaction, target).await?;
        if !current.has_confidentiality(flag.code()) {
            return Ok(Change::Unchanged);
        }
        let mut codes = current.confidentiality_codes.clone();
        codes.retain(|code| code.code != flag.code());
        self.update_visibility(transaction, &current, codes).await
    }

    /// TD3.3d.
    pub(crate) async fn archive(&self, target: &Target, archived: bool) -> Result<Change, DmpError> {
        let transaction = Transaction::Archive;
        let (from, to) = match archived {
            true => (AvailabilityStatus::Approved, AvailabilityStatus::Archived),
            false => (AvailabilityStatus::Archived, AvailabilityStatus::Approved),
        };
        let current = self.current_entry(transaction, target).await?;
        if current.status.as_ref() == Some(&to) {
            return Ok(Change::Unchanged);
        }
        let original = current.status.unwrap_or(from);
        self.update_status(transaction, &current.entry_uuid, &original, &to).await
    }

    /// TD3.3c. The reference is all that INDIRECTE may ask for: the status is that of the entry given, else Approved.
    pub(crate) async fn delete(&self, target: &Target) -> Result<Change, DmpError> {
        let transaction = Transaction::Delete;
        target.check(transaction)?;
        let entry_uuid = self.locate(&target.unique_id).await?.ok_or_else(|| {
            failure::Local {
                rule: "RG_3130",
                kind: ErrorKind::Validation,
                found: "no document of this uniqueId in this DMP",
                expected: "the uniqueId of a document that was submitted and not deleted",
            }
            .error(transaction)
        })?;
        let known = target.entry.as_ref().and_then(|entry| entry.status.clone());
        let original = known.unwrap_or(AvailabilityStatus::Approved);
        self.update_status(transaction, &entry_uuid, &original, &AvailabilityStatus::Deleted).await
    }

    async fn update_visibility(
        &self,
        transaction: Transaction,
        current: &DocumentEntry,
        codes: Vec<CodedValue>,
    ) -> Result<Change, DmpError> {
        let request = SubmitObjects::update_visibility(self.submission_set(transaction), current, codes)
            .map_err(|error| failure::incomplete_entry(transaction, error))?;
        self.submit_objects(transaction, request).await
    }

    async fn update_status(
        &self,
        transaction: Transaction,
        entry_uuid: &str,
        original: &AvailabilityStatus,
        new: &AvailabilityStatus,
    ) -> Result<Change, DmpError> {
        let set = self.submission_set(transaction);
        let request = SubmitObjects::update_status(set, entry_uuid, original, new);
        self.submit_objects(transaction, request).await
    }

    async fn submit_objects(&self, transaction: Transaction, request: SubmitObjects) -> Result<Change, DmpError> {
        let mut preflight = self.shared.preflight(transaction);
        preflight.lengths(request.objects.submission_sets.iter().flat_map(SubmissionSet::too_long));
        preflight.verdict()?;
        let answered = self.call(transaction, move |w| request.write(w)).await?;
        let response =
            RegistryResponse::read(answered.body()).map_err(|error| failure::unreadable(&answered.origin, error))?;
        failure::registry(&answered.origin, &response)?;
        Ok(Change::Done)
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
