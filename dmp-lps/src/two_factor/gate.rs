//! The decision, before each request.

use std::fmt;
use std::sync::Arc;

use dmp_client::DmpClient;
use dmp_vocabulary::identity::{NotNominative, ProfessionalId, ProfessionalIdKind, StructureIdKind};

use super::{AirAutomation, AirCall, AirMode, AirPermit, AirRefusal, AirSettings};
use super::{AwarenessStore, PrimaryAuthEvidence, PsAwareness};
use crate::clock::{Clock, day};
use crate::context::{AccessContext, ProfessionalKey};
use crate::store::StoreError;
use crate::trace::{Notes, Tracer};

/// The sector in which an entité juridique is never a structure of its own.
const SECTOR_WITHOUT_LEGAL_ENTITY: &str = "SA17";

/// F02, for the certificates of one client. Cheap to clone.
pub struct TwoFactorGate<S> {
    pub(super) inner: Arc<Inner<S>>,
    pub(super) notes: Notes,
}

pub(super) struct Inner<S> {
    pub(super) client: DmpClient,
    pub(super) settings: AirSettings,
    store: S,
    pub(super) clock: Arc<dyn Clock>,
}

impl<S> Clone for TwoFactorGate<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), notes: self.notes.clone() }
    }
}

impl<S> fmt::Debug for TwoFactorGate<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwoFactorGate").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

/// Who makes a call.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// The professional, logged in.
    User,
    /// A process, under the professional designated responsible for the episode.
    Automated { responsible: ProfessionalId },
}

impl<S: AwarenessStore> TwoFactorGate<S> {
    /// A gate before the AIR sessions of a client.
    #[must_use]
    pub fn new(client: DmpClient, settings: AirSettings, store: S, clock: impl Clock) -> Self {
        let inner = Arc::new(Inner { client, settings, store, clock: Arc::new(clock) });
        Self { inner, notes: Notes::default() }
    }

    /// Traces what the door refuses (F14). Without it nothing of that is traced; what is refused to a session is, by the
    /// trace that the session wears.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &AirSettings {
        &self.inner.settings
    }

    /// The professional read the text in force, and accepts that their identifier is sent (EXI 25).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn acknowledge(&self, professional: &ProfessionalId) -> Result<(), StoreError> {
        let awareness = PsAwareness {
            professional: ProfessionalKey::from(professional),
            text_version: self.inner.settings.awareness_text.clone(),
            at: self.inner.clock.now(),
        };
        self.inner.store.keep_awareness(awareness).await
    }

    /// Whether the professional accepted the text in force: a screen asks when not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_aware(&self, professional: &ProfessionalId) -> Result<bool, StoreError> {
        let last = self.inner.store.awareness_of(ProfessionalKey::from(professional)).await?;
        Ok(last.is_some_and(|last| last.text_version == self.inner.settings.awareness_text))
    }

    /// The right to one request of the user of the context, or the first element that is missing.
    ///
    /// # Errors
    /// [`AirRefusal`].
    pub async fn permit(
        &self,
        ctx: &AccessContext,
        evidence: &PrimaryAuthEvidence,
        call: impl Into<AirCall>,
    ) -> Result<AirPermit, AirRefusal> {
        self.decide(ctx, evidence, &Origin::User, call.into()).await
    }

    pub(super) async fn decide(
        &self,
        ctx: &AccessContext,
        evidence: &PrimaryAuthEvidence,
        origin: &Origin,
        call: AirCall,
    ) -> Result<AirPermit, AirRefusal> {
        call.check(ctx.purpose)?;
        self.check_homologation()?;
        let professional = self.check_professional(ctx, evidence)?;
        self.check_origin(ctx, evidence, origin)?;
        self.check_age(evidence)?;
        evidence.check_factors(self.inner.clock.now())?;
        match self.is_aware(professional).await {
            Ok(true) => {}
            Ok(false) => return Err(AirRefusal::NotAware),
            Err(error) => {
                tracing::error!(%error, "F02: the register of awareness cannot be read");
                return Err(AirRefusal::AwarenessUnreadable);
            }
        }
        self.check_structure(ctx)?;
        Ok(AirPermit::new(call, self.inner.clock.now()))
    }

    fn check_homologation(&self) -> Result<(), AirRefusal> {
        match self.inner.settings.mode {
            AirMode::Simplifie { homologated_until } if homologated_until < day(self.inner.clock.now()) => {
                Err(AirRefusal::HomologationEnded)
            }
            _ => Ok(()),
        }
    }

    /// Rules 3 and 4.
    fn check_professional<'a>(
        &self,
        ctx: &'a AccessContext,
        evidence: &PrimaryAuthEvidence,
    ) -> Result<&'a ProfessionalId, AirRefusal> {
        let professional = ctx.professional.as_ref().ok_or(AirRefusal::NoProfessional)?;
        if evidence.professional != *professional {
            return Err(AirRefusal::OtherProfessional);
        }
        if self.inner.settings.allow_adeli && professional.kind() == ProfessionalIdKind::Adeli {
            return Ok(professional);
        }
        match self.inner.settings.generic_numbers.named(professional) {
            Ok(_) => Ok(professional),
            Err(NotNominative::Generic) => Err(AirRefusal::GenericRpps),
            Err(_) => Err(AirRefusal::NotRpps),
        }
    }

    /// Rules 2 and 10: a process may go on after the logout of the one responsible, within the same age.
    fn check_origin(
        &self,
        ctx: &AccessContext,
        evidence: &PrimaryAuthEvidence,
        origin: &Origin,
    ) -> Result<(), AirRefusal> {
        match (origin, self.inner.settings.automation) {
            (Origin::User, _) if *evidence.session.user() != ctx.user => Err(AirRefusal::OtherProfessional),
            (Origin::User, _) if evidence.session.is_open() => Ok(()),
            (Origin::User, _) => Err(AirRefusal::SessionEnded),
            (Origin::Automated { .. }, AirAutomation::Forbidden) => Err(AirRefusal::AutomationForbidden),
            (Origin::Automated { responsible }, _) if *responsible == evidence.professional => Ok(()),
            (Origin::Automated { .. }, _) => Err(AirRefusal::NotResponsible),
        }
    }

    fn check_age(&self, evidence: &PrimaryAuthEvidence) -> Result<(), AirRefusal> {
        let age = self.inner.clock.now().duration_since(evidence.authenticated_at);
        match !age.is_negative() && age <= self.inner.settings.max_evidence_age {
            true => Ok(()),
            false => Err(AirRefusal::EvidenceTooOld),
        }
    }

    /// Rule 6.
    fn check_structure(&self, ctx: &AccessContext) -> Result<(), AirRefusal> {
        let Inner { settings, client, .. } = self.inner.as_ref();
        let (structure, simplifie) = (&ctx.structure, matches!(settings.mode, AirMode::Simplifie { .. }));
        if simplifie && structure.kind() != StructureIdKind::Finess {
            return Err(AirRefusal::NoFiness);
        }
        let listed = settings.structures.iter().find(|listed| listed.id() == structure);
        let sector = listed.map(dmp_client::Establishment::sector);
        if settings.legal_entities.contains(structure) && (simplifie || sector == Some(SECTOR_WITHOUT_LEGAL_ENTITY)) {
            return Err(AirRefusal::LegalEntityAlone);
        }
        if listed.is_none() {
            return Err(AirRefusal::FinessNotListed);
        }
        let [authentication, signing] = client.certificate_structures();
        let owner = authentication.filter(|owner| signing == Some(owner));
        let agrees = |owner: &str| {
            owner == structure.as_str() || settings.legal_entities.iter().any(|entity| entity.as_str() == owner)
        };
        match owner.is_some_and(agrees) {
            true => Ok(()),
            false => Err(AirRefusal::CertificateOfOtherStructure),
        }
    }
}
