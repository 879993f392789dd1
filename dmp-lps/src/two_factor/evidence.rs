//! How the professional proved who they are, before any request.

use std::fmt;

use dmp_client::AuthenticationClass;
use dmp_vocabulary::identity::ProfessionalId;
use jiff::Timestamp;

use super::AirRefusal;
use crate::user_session::UserSession;

/// Nature of a factor: two of one nature are one factor (EXI 21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactorKind {
    /// What one knows: a password, a PIN.
    Knowledge,
    /// What one has: a card, a telephone, a token.
    Possession,
    /// What one is: a fingerprint, a face.
    Inherence,
}

/// A factor that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its nature.
    pub kind: FactorKind,
    /// What it is in the software, for the traces: `mot de passe`, `OTP SMS`. Never the secret.
    pub label: String,
    /// When, UTC.
    pub verified_at: Timestamp,
}

/// Where the professional logged in (EXI 21: the software, or the session of the system).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginPlace {
    /// In the software.
    Application,
    /// In the session of the workstation.
    OsSession,
    /// At an identity provider.
    IdentityProvider,
}

/// A login, as the software saw it. `Debug` does not tell who.
#[derive(Clone, PartialEq, Eq)]
pub struct PrimaryAuthEvidence {
    /// Who logged in, by PS_IdNat. The internal user is that of the session.
    pub professional: ProfessionalId,
    /// What was verified.
    pub factors: Vec<Factor>,
    /// Where.
    pub place: LoginPlace,
    /// The session that the login opened.
    pub session: UserSession,
    /// When the last factor was passed, UTC; goes into each assertion.
    pub authenticated_at: Timestamp,
    /// The class that goes into each assertion; agrees with the factors (`EX_0.1-1020`).
    pub class: AuthenticationClass,
}

impl PrimaryAuthEvidence {
    /// Rule 1: two factors of different kinds, both in this session.
    pub(super) fn check_factors(&self, now: Timestamp) -> Result<(), AirRefusal> {
        let in_session = |factor: &&Factor| factor.verified_at >= self.session.began_at() && factor.verified_at <= now;
        let differ = |factors: &[&Factor]| factors.iter().any(|factor| factor.kind != factors[0].kind);
        let all: Vec<&Factor> = self.factors.iter().collect();
        if all.len() < 2 {
            return Err(AirRefusal::OneFactor);
        }
        if !differ(&all) {
            return Err(AirRefusal::SameKindOfFactor);
        }
        let current: Vec<&Factor> = self.factors.iter().filter(in_session).collect();
        match current.len() >= 2 && differ(&current) {
            true => Ok(()),
            false => Err(AirRefusal::FactorOutsideSession),
        }
    }
}

impl fmt::Debug for PrimaryAuthEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrimaryAuthEvidence")
            .field("factors", &self.factors)
            .field("place", &self.place)
            .field("session", &self.session)
            .field("authenticated_at", &self.authenticated_at)
            .finish_non_exhaustive()
    }
}
