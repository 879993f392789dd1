//! Who a trace names.

use std::fmt;

use dmp_protocol::vihf::Purpose;

use crate::context::{AccessContext, EpisodeId, InternalUserId, ProfessionalKey};

/// Who acts, as far as a trace tells; made from an [`AccessContext`]. `Debug` shows no identity.
#[derive(Clone, PartialEq, Eq)]
pub struct TraceActor {
    pub(super) user: Option<InternalUserId>,
    pub(super) professional: Option<ProfessionalKey>,
    pub(super) structure: Option<String>,
    pub(super) episode: Option<EpisodeId>,
    pub(super) purpose: Purpose,
    pub(super) secret: bool,
}

impl TraceActor {
    /// The software itself: a purge, a task at night.
    #[must_use]
    pub fn software() -> Self {
        Self { user: None, professional: None, structure: None, episode: None, purpose: Purpose::Normal, secret: false }
    }

    /// A user outside any care: an administrator who extracts traces.
    #[must_use]
    pub fn user(user: InternalUserId) -> Self {
        Self { user: Some(user), ..Self::software() }
    }

    /// In that episode.
    #[must_use]
    pub fn in_episode(self, episode: EpisodeId) -> Self {
        Self { episode: Some(episode), ..self }
    }
}

impl From<&AccessContext> for TraceActor {
    fn from(ctx: &AccessContext) -> Self {
        Self {
            user: Some(ctx.user.clone()),
            professional: ctx.professional_key(),
            structure: Some(ctx.structure.as_str().to_owned()),
            episode: Some(ctx.episode.id.clone()),
            purpose: ctx.purpose,
            secret: ctx.secret,
        }
    }
}

impl fmt::Debug for TraceActor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceActor")
            .field("purpose", &self.purpose)
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}
