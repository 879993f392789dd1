//! The decision, before any transaction.

use std::sync::Arc;

use dmp_client::{Consent, DmpError};
use dmp_protocol::vihf::Purpose;

use super::{
    ExpressConsent, GateRefusal, Holders, LedgerKey, NoticeEvidence, NoticeMode, Scope, Stance, StanceChange,
    StanceLedger, StanceRecord,
};
use crate::clock::Clock;
use crate::context::{AccessContext, CareRole, CareTeamId, Episode, PatientKey, ProfessionalKey};
use crate::store::StoreError;
use crate::trace::{Action, Note, Notes, Tracer};

/// F01. Cheap to clone.
pub struct ConsentGate<L> {
    ledger: Arc<L>,
    clock: Arc<dyn Clock>,
    sentence: Option<Arc<str>>,
    notes: Notes,
}

impl<L> Clone for ConsentGate<L> {
    fn clone(&self) -> Self {
        let Self { ledger, clock, sentence, notes } = self;
        let (ledger, clock) = (Arc::clone(ledger), Arc::clone(clock));
        Self { ledger, clock, sentence: sentence.clone(), notes: notes.clone() }
    }
}

impl<L> std::fmt::Debug for ConsentGate<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsentGate").finish_non_exhaustive()
    }
}

/// Who asks, as far as the decision goes.
pub(crate) struct Asker {
    pub(crate) role: CareRole,
    pub(crate) purpose: Purpose,
    pub(crate) episode: Episode,
    pub(crate) team: CareTeamId,
    pub(crate) professional: Option<ProfessionalKey>,
}

impl From<&AccessContext> for Asker {
    fn from(ctx: &AccessContext) -> Self {
        Self {
            role: ctx.role,
            purpose: ctx.purpose,
            episode: ctx.episode.clone(),
            team: ctx.team.clone(),
            professional: ctx.professional_key(),
        }
    }
}

/// What the gate decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// The transaction may be sent.
    Allowed(Scope),
    /// Nothing may be sent.
    Denied(Scope, GateRefusal),
}

impl Decision {
    /// Whether the transaction may be sent.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// Why it may not.
    #[must_use]
    pub fn refusal(self) -> Option<GateRefusal> {
        match self {
            Self::Allowed(_) => None,
            Self::Denied(_, refusal) => Some(refusal),
        }
    }

    /// What a session of `dmp-client` is opened with: agreement to this scope alone.
    ///
    /// # Errors
    /// The refusal, as a call that was never sent.
    pub fn consent(self) -> Result<Consent, DmpError> {
        match self {
            Self::Allowed(scope) => Ok(Consent::expressed(scope == Scope::Consultation, scope == Scope::Feeding)),
            Self::Denied(scope, refusal) => Err(refusal.error(scope)),
        }
    }
}

/// What follows from a change of stance (rule 9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct Recorded {
    /// The acting user gives the authorisation back now (TD0.3 `SUPPRESSION`).
    pub withdraw_now: bool,
    /// How many other professionals have to, at their next session: see [`ConsentGate::pending_withdrawals`].
    pub others: usize,
    /// Queued feedings are to be looked at again.
    pub reevaluate_queue: bool,
}

/// Why a change was not recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Rule 10.
    #[error(
        "F01 rule 10: the consent sentence shown to the patient is empty; give the text of the guide to the gate before a \
         consultation is recorded as accepted"
    )]
    NoSentence,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<L: StanceLedger> ConsentGate<L> {
    /// A gate over a register.
    #[must_use]
    pub fn new(ledger: L, clock: impl Clock) -> Self {
        Self { ledger: Arc::new(ledger), clock: Arc::new(clock), sentence: None, notes: Notes::default() }
    }

    /// The sentence shown to the patient, from the guide: without it no consultation is recorded as accepted (rule 10).
    #[must_use]
    pub fn with_sentence(mut self, sentence: &str) -> Self {
        self.sentence = (!sentence.trim().is_empty()).then(|| sentence.into());
        self
    }

    /// Traces what is recorded and refused here (F14). Without it nothing is. What a session refuses is traced by the watch
    /// of that session.
    #[must_use]
    pub fn traced(mut self, tracer: Tracer) -> Self {
        self.notes = Notes::by(tracer);
        self
    }

    /// The sentence, for the screen. The box beside it is never ticked beforehand.
    #[must_use]
    pub fn sentence(&self) -> Option<&str> {
        self.sentence.as_deref()
    }

    /// Writes what the patient said down, for the whole team (rules 1, 8).
    ///
    /// # Errors
    /// [`RecordError`].
    pub async fn record(
        &self,
        ctx: &AccessContext,
        patient: &PatientKey,
        change: StanceChange,
    ) -> Result<Recorded, RecordError> {
        let StanceChange { scope, stance, notice, provenance, collected_at } = change;
        if scope == Scope::Consultation && stance == Stance::InformedNotOpposed && self.sentence.is_none() {
            return Err(RecordError::NoSentence);
        }
        let record = StanceRecord {
            key: key(ctx, patient, scope),
            stance,
            notice,
            recorded_by: ctx.user.clone(),
            recorded_at: self.clock.now(),
            collected_at,
            provenance,
        };
        self.ledger.append(record).await?;
        let words = format!("{} {}", scope.as_kept(), stance.as_kept());
        self.notes.note(ctx, Note::of(Action::StanceChange).patient(patient).detail(words)).await?;
        if stance != Stance::InformedOpposed {
            if scope == Scope::Consultation {
                self.ledger.to_keep(patient.clone(), Holders::Team(ctx.team.clone())).await?;
            }
            return Ok(Recorded { reevaluate_queue: scope == Scope::Feeding, ..Recorded::default() });
        }
        match scope {
            Scope::Feeding => Ok(Recorded { reevaluate_queue: true, ..Recorded::default() }),
            Scope::Consultation => Ok(self.give_back(ctx, patient).await?),
        }
    }

    /// Writes an express consent down, or its withdrawal (rule 6).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_consent(
        &self,
        ctx: &AccessContext,
        patient: &PatientKey,
        professional: &ProfessionalKey,
        text_version: &str,
        given: bool,
    ) -> Result<Recorded, StoreError> {
        let consent = ExpressConsent {
            patient: patient.clone(),
            professional: professional.clone(),
            collected_by: ctx.user.clone(),
            collected_at: self.clock.now(),
            text_version: text_version.to_owned(),
            given,
        };
        self.ledger.append_consent(consent).await?;
        let words = format!("{} for {}", if given { "given" } else { "taken back" }, professional.as_str());
        self.notes.note(ctx, Note::of(Action::ExpressConsent).patient(patient).detail(words)).await?;
        let whose = Holders::Professional(professional.clone());
        if given {
            self.ledger.to_keep(patient.clone(), whose).await?;
            return Ok(Recorded::default());
        }
        if self.ledger.to_withdraw(patient.clone(), whose).await?.is_empty() {
            return Ok(Recorded::default());
        }
        let own = ctx.professional_key().as_ref() == Some(professional);
        Ok(Recorded { withdraw_now: own, others: usize::from(!own), reevaluate_queue: false })
    }

    /// Whether a transaction of this scope may be sent.
    ///
    /// # Errors
    /// [`StoreError`]: what cannot be read is not presumed.
    pub async fn check(&self, scope: Scope, ctx: &AccessContext, patient: &PatientKey) -> Result<Decision, StoreError> {
        let decision = self.decide(scope, &Asker::from(ctx), patient).await?;
        if let Some(refusal) = decision.refusal() {
            let note = Note::denied(refusal.code()).patient(patient).detail(scope.as_kept());
            self.notes.note(ctx, note).await?;
        }
        Ok(decision)
    }

    pub(crate) async fn decide(&self, scope: Scope, ctx: &Asker, patient: &PatientKey) -> Result<Decision, StoreError> {
        let refusal = match ctx.role {
            CareRole::UnderResponsibility if scope == Scope::Consultation => Some(GateRefusal::Role),
            CareRole::OutsideTeam => self.outsider(ctx, patient).await?,
            CareRole::TeamMember | CareRole::UnderResponsibility => self.team(scope, ctx, patient).await?,
        };
        // The holder's own oppositions decide in an emergency; nothing lifts an opposition to feeding (rule 7).
        let emergency = ctx.purpose != Purpose::Normal && scope == Scope::Consultation;
        let lifted = emergency && refusal != Some(GateRefusal::Role);
        Ok(match refusal {
            Some(refusal) if !lifted => Decision::Denied(scope, refusal),
            _ => Decision::Allowed(scope),
        })
    }

    async fn team(&self, scope: Scope, ctx: &Asker, patient: &PatientKey) -> Result<Option<GateRefusal>, StoreError> {
        let key =
            LedgerKey { patient: patient.clone(), episode: ctx.episode.id.clone(), team: ctx.team.clone(), scope };
        let record = self.ledger.last(key).await?;
        let stance = record.as_ref().map_or(Stance::NotRecorded, |record| record.stance);
        Ok(match (scope, stance) {
            (_, Stance::InformedOpposed) => Some(GateRefusal::Opposed),
            (Scope::Feeding, _) => None,
            (Scope::Consultation, Stance::NotRecorded) => Some(GateRefusal::NotInformed),
            (Scope::Consultation, Stance::InformedNotOpposed) => {
                let notice = record.and_then(|record| record.notice);
                (!self.acquired(notice.as_ref(), ctx)).then_some(GateRefusal::NoticeNotAcquired)
            }
        })
    }

    /// Rule 5: no elapsed time makes an asynchronous notice effective.
    fn acquired(&self, notice: Option<&NoticeEvidence>, ctx: &Asker) -> bool {
        let Some(notice) = notice.filter(|notice| notice.mode == NoticeMode::Asynchronous) else { return true };
        let started = ctx.episode.started_at.is_some_and(|start| start <= self.clock.now());
        started || notice.contact_resumed_at.is_some()
    }

    async fn outsider(&self, ctx: &Asker, patient: &PatientKey) -> Result<Option<GateRefusal>, StoreError> {
        let Some(professional) = ctx.professional.clone() else { return Ok(Some(GateRefusal::NoExpressConsent)) };
        let consent = self.ledger.last_consent(patient.clone(), professional).await?;
        let given = consent.is_some_and(|consent| consent.given);
        Ok((!given).then_some(GateRefusal::NoExpressConsent))
    }

    /// The professional holds an authorisation (TD0.3), as a member of the team or from outside: what an opposition has to
    /// undo.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn authorised(&self, ctx: &AccessContext, patient: &PatientKey) -> Result<(), StoreError> {
        let team = (ctx.role != CareRole::OutsideTeam).then(|| ctx.team.clone());
        match ctx.professional_key() {
            Some(professional) => self.ledger.obtained(patient.clone(), professional, team).await,
            None => Ok(()),
        }
    }

    /// The patients whose authorisation this professional has to give back in this session (TD0.3 acts only for its
    /// caller).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pending_withdrawals(&self, professional: &ProfessionalKey) -> Result<Vec<PatientKey>, StoreError> {
        self.ledger.pending(professional.clone()).await
    }

    /// The authorisation was given back by TD0.3 `SUPPRESSION`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withdrawn(&self, professional: &ProfessionalKey, patient: &PatientKey) -> Result<(), StoreError> {
        self.ledger.withdrawn(patient.clone(), professional.clone()).await
    }

    /// Every line about a patient, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(&self, patient: &PatientKey) -> Result<Vec<StanceRecord>, StoreError> {
        self.ledger.history(patient.clone()).await
    }

    /// The stance of a team on a question in the episode of the context.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn current(&self, scope: Scope, ctx: &AccessContext, patient: &PatientKey) -> Result<Stance, StoreError> {
        Ok(self.last(scope, ctx, patient).await?.map_or(Stance::NotRecorded, |record| record.stance))
    }

    /// The line of the register that counts for a team on a question in the episode of the context.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last(
        &self,
        scope: Scope,
        ctx: &AccessContext,
        patient: &PatientKey,
    ) -> Result<Option<StanceRecord>, StoreError> {
        self.ledger.last(key(ctx, patient, scope)).await
    }

    async fn give_back(&self, ctx: &AccessContext, patient: &PatientKey) -> Result<Recorded, StoreError> {
        let holders = self.ledger.to_withdraw(patient.clone(), Holders::Team(ctx.team.clone())).await?;
        let own = ctx.professional_key().is_some_and(|own| holders.contains(&own));
        let others = holders.len() - usize::from(own);
        Ok(Recorded { withdraw_now: own, others, reevaluate_queue: false })
    }
}

fn key(ctx: &AccessContext, patient: &PatientKey, scope: Scope) -> LedgerKey {
    LedgerKey { patient: patient.clone(), episode: ctx.episode.id.clone(), team: ctx.team.clone(), scope }
}
