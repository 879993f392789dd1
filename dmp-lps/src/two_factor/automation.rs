//! Rule 10: calls that nobody makes at a screen.

use std::fmt;

use dmp_client::{AirSession, DmpError, Professional};
use dmp_vocabulary::identity::ProfessionalId;

use super::gate::Origin;
use super::{AirRefusal, AwarenessStore, PrimaryAuthEvidence, TwoFactorGate};
use crate::context::{AccessContext, ProfessionalKey};

/// A session of a process, under the professional responsible for the episode. What it brings is readable by that
/// professional only (`EX_AIR-085`).
#[derive(Debug)]
pub struct AutomatedSession {
    session: AirSession,
    responsible: ProfessionalKey,
}

impl<S: AwarenessStore> TwoFactorGate<S> {
    /// A session of a process. `responsible` is whom the establishment designated for the episode of the context; the
    /// evidence is their last login, which may be over.
    ///
    /// # Errors
    /// [`AirRefusal::AutomationForbidden`] unless the settings allow it, [`AirRefusal::NotResponsible`]; and as
    /// [`Self::session`].
    pub async fn automated(
        &self,
        ctx: &AccessContext,
        evidence: &PrimaryAuthEvidence,
        responsible: ProfessionalId,
        professional: Professional,
    ) -> Result<AutomatedSession, DmpError> {
        let key = ProfessionalKey::from(&responsible);
        let opened = self.open(ctx, evidence, professional, Origin::Automated { responsible }).await;
        let session = self.notes.refused(ctx, None, opened).await?;
        Ok(AutomatedSession { session, responsible: key })
    }
}

impl AutomatedSession {
    /// Does the work of the process, and keeps what it brought for the one responsible.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn run<T, F: Future<Output = Result<T, DmpError>>>(
        &self,
        work: impl FnOnce(AirSession) -> F,
    ) -> Result<ReadableBy<T>, DmpError> {
        let content = work(self.session.clone()).await?;
        Ok(ReadableBy { content, reader: self.responsible.clone() })
    }
}

/// What one professional alone may read. `Debug` shows nothing of it.
pub struct ReadableBy<T> {
    content: T,
    reader: ProfessionalKey,
}

impl<T> ReadableBy<T> {
    /// Gives the content to its reader.
    ///
    /// # Errors
    /// [`AirRefusal::NotResponsible`] for everybody else.
    pub fn read_by(&self, reader: &ProfessionalId) -> Result<&T, AirRefusal> {
        match self.reader == ProfessionalKey::from(reader) {
            true => Ok(&self.content),
            false => Err(AirRefusal::NotResponsible),
        }
    }
}

impl<T> fmt::Debug for ReadableBy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadableBy(…)")
    }
}
