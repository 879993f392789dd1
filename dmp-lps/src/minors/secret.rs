//! Opening, using and closing a connexion secrète.

use std::fmt;
use std::sync::Arc;

use dmp_client::mode::{AccessMode, Authentication};
use dmp_client::{DmpError, ParameterFile, Record, Subject};
use dmp_vocabulary::identity::{BirthDate, UnknownBirthday};

use super::open::OpenOnes;
use super::{Majority, SecretRefusal, is_minor};
use crate::clock::{Clock, day};
use crate::confirmed::{Confirmed, spent};
use crate::context::{AccessContext, EpisodeId, InternalUserId};
use crate::trace::{Notes, Tracer};

/// The act that a user confirms: the minor asked for the secret, now.
#[derive(Debug, Clone, Copy)]
pub enum ConnexionSecrete {}

/// An act of several days, by the software's own identifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ActId(String);

impl ActId {
    /// `None` when the text is blank.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(Self(text))
    }
}

/// How long a connexion secrète may last (M04). A later visit asks again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretScope {
    /// Until it is closed, or dropped.
    Visit,
    /// Until the stay ends: [`SecretSessions::episode_closed`].
    Stay(EpisodeId),
    /// Until the act of several days is done: [`SecretSessions::act_done`].
    Act(ActId),
}

/// `EX_0.1-1100` asks for an explanatory text beside the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("F20: the explanatory text of the connexion secrète is empty; give the text of the guide (EX_0.1-1100)")]
pub struct NoExplanation;

/// The connexions secrètes of a software. Cheap to clone; clones know the same ones.
#[derive(Clone)]
pub struct SecretSessions {
    parameters: ParameterFile,
    clock: Arc<dyn Clock>,
    explanation: Arc<str>,
    partial: UnknownBirthday,
    open: OpenOnes,
    notes: Notes,
}

impl fmt::Debug for SecretSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretSessions").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

impl SecretSessions {
    /// None open yet. `parameters` is that of the client; `explanation` the text shown beside the button.
    ///
    /// # Errors
    /// [`NoExplanation`].
    pub fn new(parameters: ParameterFile, clock: impl Clock, explanation: &str) -> Result<Self, NoExplanation> {
        if explanation.trim().is_empty() {
            return Err(NoExplanation);
        }
        let (partial, notes) = (UnknownBirthday::default(), Notes::default());
        let (clock, open) = (Arc::new(clock), OpenOnes::default());
        Ok(Self { parameters, clock, explanation: explanation.into(), partial, open, notes })
    }

    /// Traces the openings that are refused (F14); the transactions are traced by their session. Without it a refusal
    /// leaves no trace.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// How a birthday without month or day counts (`partial_birth_age`). Default: not yet reached.
    #[must_use]
    pub fn partial_birth(self, partial: UnknownBirthday) -> Self {
        Self { partial, ..self }
    }

    /// The explanatory text, for the screen.
    #[must_use]
    pub fn explanation(&self) -> &str {
        &self.explanation
    }

    /// Whether a patient is a minor today.
    #[must_use]
    pub fn majority(&self, birth: Option<&BirthDate>) -> Majority {
        is_minor(birth, day(self.clock.now()), &self.parameters.current(), self.partial)
    }

    /// Opens a record in connexion secrète, as the minor asked: each request says so until it is closed, and each
    /// document is hidden from the legal representatives. The record may be one of bris de glace, or of centre 15.
    ///
    /// # Errors
    /// [`SecretRefusal`]: not a minor, an unknown year of birth, a stay other than that of the context;
    /// F26 when the confirmation is too old.
    pub async fn open<A: Authentication, X: AccessMode>(
        &self,
        ctx: &AccessContext,
        record: &Record<A, X>,
        birth: Option<&BirthDate>,
        scope: SecretScope,
        confirmed: Confirmed<ConnexionSecrete>,
    ) -> Result<SecretSession<A, X>, DmpError> {
        self.notes.refused(ctx, None, self.opened(ctx, record, birth, scope, confirmed)).await
    }

    fn opened<A: Authentication, X: AccessMode>(
        &self,
        ctx: &AccessContext,
        record: &Record<A, X>,
        birth: Option<&BirthDate>,
        scope: SecretScope,
        confirmed: Confirmed<ConnexionSecrete>,
    ) -> Result<SecretSession<A, X>, DmpError> {
        let birth = self.require_minor(birth)?;
        if matches!(&scope, SecretScope::Stay(stay) if *stay != ctx.episode.id) {
            return Err(SecretRefusal::OtherEpisode.error());
        }
        let secret = record.connexion_secrete(birth)?;
        spent(confirmed, &self.clock)?;
        let number = self.open.add(&ctx.user, &record.subject(), *birth, scope.clone());
        Ok(SecretSession { record: secret, sessions: self.clone(), number, scope })
    }

    /// The connexion secrète of a stay, or of an act of several days, that this user opened before and that is not over:
    /// nobody is asked again. `None` when there is none.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn resume<A: Authentication, X: AccessMode>(
        &self,
        ctx: &AccessContext,
        record: &Record<A, X>,
    ) -> Result<Option<SecretSession<A, X>>, DmpError> {
        self.notes.refused(ctx, None, self.resumed(ctx, record)).await
    }

    fn resumed<A: Authentication, X: AccessMode>(
        &self,
        ctx: &AccessContext,
        record: &Record<A, X>,
    ) -> Result<Option<SecretSession<A, X>>, DmpError> {
        let known = self.open.of(&ctx.user, &record.subject());
        let Some(one) = known.filter(|one| one.scope != SecretScope::Visit) else { return Ok(None) };
        if matches!(&one.scope, SecretScope::Stay(stay) if *stay != ctx.episode.id) {
            return Err(SecretRefusal::OtherEpisode.error());
        }
        self.require_minor(Some(&one.birth))?;
        let secret = record.connexion_secrete(&one.birth)?;
        Ok(Some(SecretSession { record: secret, sessions: self.clone(), number: one.number, scope: one.scope }))
    }

    /// A stay ended: so do its connexions secrètes.
    pub fn episode_closed(&self, episode: &EpisodeId) {
        self.open.close_episode(episode);
    }

    /// An act of several days is done: so are its connexions secrètes.
    pub fn act_done(&self, act: &ActId) {
        self.open.close_act(act);
    }

    /// Whether a request of this user on this patient may be sent: one in connexion secrète while one is open on a
    /// minor, an ordinary one while none is.
    pub(crate) fn check(&self, user: &InternalUserId, patient: &Subject, is_secret: bool) -> Result<(), SecretRefusal> {
        match (self.open.of(user, patient), is_secret) {
            (None, false) => Ok(()),
            (None, true) => Err(SecretRefusal::Closed),
            (Some(_), false) => Err(SecretRefusal::Open),
            (Some(one), true) => match self.majority(Some(&one.birth)) {
                Majority::Minor => Ok(()),
                Majority::Adult | Majority::Unknown => Err(SecretRefusal::NotMinor),
            },
        }
    }

    fn require_minor<'a>(&self, birth: Option<&'a BirthDate>) -> Result<&'a BirthDate, DmpError> {
        match (self.majority(birth), birth) {
            (Majority::Minor, Some(birth)) => Ok(birth),
            (Majority::Adult, _) => Err(SecretRefusal::NotMinor.error()),
            _ => Err(SecretRefusal::BirthUnknown.error()),
        }
    }
}

/// A record in connexion secrète. One of a visit ends when it is dropped; one of a stay or of an act when that ends.
pub struct SecretSession<A, X> {
    record: Record<A, X>,
    sessions: SecretSessions,
    number: u64,
    scope: SecretScope,
}

impl<A, X> SecretSession<A, X> {
    /// The record, of which each request is in connexion secrète. Take it anew for each act: once closed there is none.
    ///
    /// # Errors
    /// [`SecretRefusal::Closed`].
    pub fn record(&self) -> Result<&Record<A, X>, DmpError> {
        match self.is_open() {
            true => Ok(&self.record),
            false => Err(SecretRefusal::Closed.error()),
        }
    }

    /// Whether it is open: what the screen shows all the time.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.sessions.open.is_open(self.number)
    }

    /// How long it lasts.
    #[must_use]
    pub fn scope(&self) -> &SecretScope {
        &self.scope
    }

    /// Ends it, whatever its scope.
    pub fn close(self) {
        self.sessions.open.close(self.number);
    }
}

impl<A, X> Drop for SecretSession<A, X> {
    fn drop(&mut self) {
        if self.scope == SecretScope::Visit {
            self.sessions.open.close(self.number);
        }
    }
}

impl<A, X> fmt::Debug for SecretSession<A, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretSession").field("open", &self.is_open()).finish_non_exhaustive()
    }
}
