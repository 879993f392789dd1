//! The entry of the SDK.

use std::fmt;
use std::sync::Arc;

use dmp_protocol::rules::Strictness;
use dmp_protocol::vihf::{AuthenticationClass, AuthenticationMode, Role, Stamp};
use dmp_vocabulary::identity::{IdentityProblem, Ins, InsKind};
use jiff::Timestamp;

use super::actor::{Establishment, Login, PrimaryAuthentication, Professional, SecondFactor, Sender};
use super::air::AirSession;
use super::builder::DmpClientBuilder;
use super::direct::DirectSession;
use super::endpoint::Endpoint;
use super::indirect::IndirectSession;
use super::patient::QualifiedPatient;
use super::roles;
use super::shared::{Acting, Circumstances, Shared};
use crate::credentials::Card;
use crate::parameters::ParameterFile;
use crate::{DmpError, ErrorKind, failure};

/// One software of one structure, talking to one DMP. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct DmpClient {
    shared: Arc<Shared>,
}

impl fmt::Debug for DmpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DmpClient").field("base", &self.shared.base.as_str()).finish_non_exhaustive()
    }
}

impl DmpClient {
    /// Starts to put a client together.
    pub fn builder(endpoint: Endpoint) -> DmpClientBuilder {
        DmpClientBuilder::new(endpoint)
    }

    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// AIR simplifié: a named professional who has passed two factors consults (`EX_AIR-010`: no feeding).
    ///
    /// # Errors
    /// What the DMP would refuse in every assertion: an identifier that is no RPPS (V74), a structure that is no
    /// FINESS (EXI 24), a single factor (EXI 21), a profession without its savoir-faire (V39)…
    pub fn air_simplifie(&self, professional: Professional, factor: SecondFactor) -> Result<AirSession, DmpError> {
        if !roles::is_rpps(&professional.person.id) {
            let refusal = failure::Local {
                rule: "V74",
                kind: ErrorKind::Authentication,
                found: "an identifier that is no RPPS",
                expected: "8 + RPPS of the named professional behind the request",
            };
            return Err(refusal.session_error());
        }
        let acting = Acting::Air { professional, login: factor.login, mode: AuthenticationMode::AirSimplifie };
        Ok(AirSession::new(Arc::clone(&self.shared), self.checked(acting)?))
    }

    /// AIR: a professional of the national directory consults, who logged in to the software by `authentication`
    /// (`EX_AIR-020`, `EX_AIR-050`). The structure may be an entité juridique and needs no FINESS.
    ///
    /// # Errors
    /// What the DMP would refuse in every assertion, as in [`Self::air_simplifie`].
    pub fn air(
        &self,
        professional: Professional,
        authentication: PrimaryAuthentication,
    ) -> Result<AirSession, DmpError> {
        let acting = Acting::Air { professional, login: authentication.login, mode: AuthenticationMode::Air };
        Ok(AirSession::new(Arc::clone(&self.shared), self.checked(acting)?))
    }

    /// INDIRECTE: the structure feeds, and answers for its users and processes.
    ///
    /// # Errors
    /// What the DMP would refuse in every assertion, as in [`Self::air_simplifie`].
    pub fn indirect(&self, sender: Sender) -> Result<IndirectSession, DmpError> {
        let acting = Acting::Indirect { sender };
        Ok(IndirectSession::new(Arc::clone(&self.shared), self.checked(acting)?))
    }

    /// DIRECTE: the holder of a card feeds and consults, in an establishment, with the profession first in `roles`.
    ///
    /// The connections of this session are the card's own; the certificates of the structure are not used. A CPF or
    /// the card of a remplaçant tells no activity: ask the holder where and as what.
    ///
    /// # Errors
    /// What the DMP would refuse in every assertion (V35: a CPE is not served here), or TLS refuses the keys.
    pub fn direct(
        &self,
        card: Card,
        establishment: Establishment,
        roles: impl IntoIterator<Item = Role>,
    ) -> Result<DirectSession, DmpError> {
        let professional = Professional::of_card(&card, roles, establishment);
        let login = Login { class: AuthenticationClass::SmartcardPki, at: Timestamp::now() };
        let shared = self.shared.with_card(card).map_err(|error| failure::card(&error))?;
        let client = Self::new(Arc::new(shared));
        let acting = client.checked(Acting::Direct { professional, login })?;
        Ok(DirectSession::new(client.shared, acting))
    }

    /// The parameter file of the DMP, as this client knows it.
    #[must_use]
    pub fn parameters(&self) -> &ParameterFile {
        &self.shared.parameters
    }

    /// Every assertion of a session says the same but for time and patient: the first refusal is known now.
    fn checked(&self, acting: Acting) -> Result<Arc<Acting>, DmpError> {
        let now = Timestamp::now();
        let vihf = acting.vihf(&Circumstances::ORDINARY, &self.shared.software, now);
        let checked = vihf.check(&Stamp::new(now), &self.shared.switches);
        checked.map_err(|guarantee| failure::assertion(&guarantee.into()))?;
        Ok(Arc::new(acting))
    }
}

impl Shared {
    /// Whether this INS may be sent to this DMP (test 0.2-080; the OID follows the world of the endpoint).
    pub(crate) fn admit(&self, patient: &QualifiedPatient) -> Result<Ins, DmpError> {
        let ins = patient.ins();
        if ins.kind() == InsKind::Nia {
            let refusal = failure::Local {
                rule: "0.2-080",
                kind: ErrorKind::Validation,
                found: "an INS of kind NIA",
                expected: "an INS-NIR: a NIA opens no DMP",
            };
            return Err(refusal.session_error());
        }
        let problem = match ins.check(self.identities()) {
            Ok(tolerated) => tolerated.into_iter().next(),
            Err(refused) => Some(refused),
        };
        let Some(problem) = problem else { return Ok(ins.clone()) };
        // A wrong key or a production OID on a test platform is a matter of policy; a test OID in production is not.
        let is_settled = matches!(problem.problem, IdentityProblem::KindRefused { .. });
        if !is_settled && self.policy.strictness("V41") != Strictness::Strict {
            tracing::warn!(%problem, "tolerated");
            return Ok(ins.clone());
        }
        let refusal = failure::Local {
            rule: "platform",
            kind: ErrorKind::Validation,
            found: "an INS that this platform refuses (V41)",
            expected: "15 characters with a right key, and OID .8 in production, .10 or .11 in test",
        };
        Err(refusal.session_error().with_source(problem))
    }
}
