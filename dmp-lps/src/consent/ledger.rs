//! The register of stances: append-only, the last record counts.

use std::future::Future;

use jiff::Timestamp;

use super::{NoticeEvidence, Provenance, Scope, Stance};
use crate::context::{CareTeamId, EpisodeId, InternalUserId, PatientKey, ProfessionalKey};
use crate::store::StoreError;

/// What a stance is about: it serves a whole team, in one episode (rule 1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LedgerKey {
    /// The patient.
    pub patient: PatientKey,
    /// The episode.
    pub episode: EpisodeId,
    /// The team.
    pub team: CareTeamId,
    /// The question.
    pub scope: Scope,
}

/// One line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StanceRecord {
    /// About what.
    pub key: LedgerKey,
    /// The patient's will.
    pub stance: Stance,
    /// How the patient was informed.
    pub notice: Option<NoticeEvidence>,
    /// Who wrote it.
    pub recorded_by: InternalUserId,
    /// When.
    pub recorded_at: Timestamp,
    /// When the patient said so, if that was earlier.
    pub collected_at: Option<Timestamp>,
    /// Which system said so first.
    pub provenance: Provenance,
}

impl StanceRecord {
    /// When the patient said so, as far as is known.
    #[must_use]
    pub fn collected_at(&self) -> Timestamp {
        self.collected_at.unwrap_or(self.recorded_at)
    }
}

/// The patient's express consent for a professional outside the team, valid until withdrawn (K13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressConsent {
    /// The patient.
    pub patient: PatientKey,
    /// The professional, by RPPS or ADELI.
    pub professional: ProfessionalKey,
    /// Who collected it: the professional, or a member of a team on their behalf.
    pub collected_by: InternalUserId,
    /// When.
    pub collected_at: Timestamp,
    /// Version of the text that was shown.
    pub text_version: String,
    /// Whether it is given, or taken back.
    pub given: bool,
}

/// Whose authorisations a change of will is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holders {
    /// The members of a team: its stance says nothing of the other teams, nor of who is outside.
    Team(CareTeamId),
    /// One professional, by an express consent.
    Professional(ProfessionalKey),
}

/// Keeps stances and consents; nothing is ever changed or removed but by the retention of the establishment.
pub trait StanceLedger: Send + Sync + 'static {
    /// Adds one line.
    fn append(&self, record: StanceRecord) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The last line of a key.
    fn last(&self, key: LedgerKey) -> impl Future<Output = Result<Option<StanceRecord>, StoreError>> + Send;

    /// Every line of a patient, oldest first.
    fn history(&self, patient: PatientKey) -> impl Future<Output = Result<Vec<StanceRecord>, StoreError>> + Send;

    /// Adds a consent, or its withdrawal.
    fn append_consent(&self, consent: ExpressConsent) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The last consent of a patient for a professional.
    fn last_consent(
        &self,
        patient: PatientKey,
        professional: ProfessionalKey,
    ) -> impl Future<Output = Result<Option<ExpressConsent>, StoreError>> + Send;

    /// Remembers that a professional holds an authorisation (TD0.3), to be given back on opposition (rule 9); of which
    /// team, or of none. One that waits to be given back goes on waiting.
    fn obtained(
        &self,
        patient: PatientKey,
        professional: ProfessionalKey,
        team: Option<CareTeamId>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Marks authorisations as to be given back; whose they are.
    fn to_withdraw(
        &self,
        patient: PatientKey,
        of: Holders,
    ) -> impl Future<Output = Result<Vec<ProfessionalKey>, StoreError>> + Send;

    /// The patient agrees again: what was marked under this stance or this consent is not given back.
    fn to_keep(&self, patient: PatientKey, of: Holders) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The patients whose authorisation this professional has to give back.
    fn pending(
        &self,
        professional: ProfessionalKey,
    ) -> impl Future<Output = Result<Vec<PatientKey>, StoreError>> + Send;

    /// The authorisation was given back: the DMP knows one for each professional, whatever the team.
    fn withdrawn(
        &self,
        patient: PatientKey,
        professional: ProfessionalKey,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
