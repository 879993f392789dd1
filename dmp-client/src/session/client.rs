//! The entry of the SDK.

use std::fmt;
use std::sync::Arc;

use dmp_protocol::rules::Strictness;
use dmp_protocol::vihf::{AuthenticationMode, Role, Stamp};
use dmp_vocabulary::identity::{IdentityProblem, Ins, InsKind};
use jiff::Timestamp;

use super::actor::{Establishment, PrimaryAuthentication, Professional, SecondFactor, Sender};
use super::air::AirSession;
use super::builder::DmpClientBuilder;
use super::cards::CardClient;
use super::cpe::AirNonPsSession;
use super::direct::{DirectSession, ProSanteConnectSession};
use super::endpoint::Endpoint;
use super::indirect::IndirectSession;
use super::patient::QualifiedPatient;
use super::roles;
use super::shared::{Acting, Circumstances, Shared};
use crate::credentials::Card;
use crate::parameters::ParameterFile;
use crate::pro_sante_connect::{AccessTokens, ProSanteConnectEndpoint};
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
        Ok(AirSession::new(Arc::clone(&self.shared), self.shared.checked(acting)?))
    }

    /// AIR: a professional of the national directory consults, who logged in to the software by `authentication`
    /// (`EX_AIR-020`, `EX_AIR-050`). The structure may be an entité juridique and needs no FINESS.
    ///
    /// # Errors
    /// What the DMP would refuse in every assertion, as in [`Self::air_simplifie`]; ACT-03: somebody who is no
    /// professionnel de santé ([`Self::air_non_ps`]).
    pub fn air(
        &self,
        professional: Professional,
        authentication: PrimaryAuthentication,
    ) -> Result<AirSession, DmpError> {
        let health = professional.is_professionnel_de_sante();
        let session = AirSession::new(Arc::clone(&self.shared), self.plain_air(professional, authentication)?);
        match health {
            true => Ok(session),
            false => Err(other_profession("somebody who is no professionnel de santé", "DmpClient::air_non_ps")),
        }
    }

    /// AIR: a professional of the national directory who is no professionnel de santé declares and lists for the
    /// structure. Whether AIR is open to them is not certain (`EX_AIR-020`): only with `Switches::air_allow_non_ps`.
    ///
    /// # Errors
    /// `EX_AIR-020` without that switch; ACT-03: a professionnel de santé ([`Self::air`]); as [`Self::air`] otherwise.
    pub fn air_non_ps(
        &self,
        professional: Professional,
        authentication: PrimaryAuthentication,
    ) -> Result<AirNonPsSession, DmpError> {
        if professional.is_professionnel_de_sante() {
            return Err(other_profession("a professionnel de santé", "DmpClient::air or DmpClient::air_simplifie"));
        }
        Ok(AirNonPsSession::new(Arc::clone(&self.shared), self.plain_air(professional, authentication)?))
    }

    fn plain_air(
        &self,
        professional: Professional,
        authentication: PrimaryAuthentication,
    ) -> Result<Arc<Acting>, DmpError> {
        self.shared.checked(Acting::Air { professional, login: authentication.login, mode: AuthenticationMode::Air })
    }

    /// INDIRECTE: the structure feeds, and answers for its users and processes.
    ///
    /// # Errors
    /// What the DMP would refuse in every assertion, as in [`Self::air_simplifie`].
    pub fn indirect(&self, sender: Sender) -> Result<IndirectSession, DmpError> {
        let acting = Acting::Indirect { sender };
        Ok(IndirectSession::new(Arc::clone(&self.shared), self.shared.checked(acting)?))
    }

    /// DIRECTE, by card: the certificates of the structure are not used.
    #[must_use]
    pub fn cards(&self) -> CardClient {
        CardClient::new(Arc::clone(&self.shared))
    }

    /// DIRECTE: the holder of a CPS feeds and consults. Other cards: [`Self::cards`].
    ///
    /// # Errors
    /// As [`CardClient::direct`].
    pub fn direct(
        &self,
        card: Card,
        establishment: Establishment,
        roles: impl IntoIterator<Item = Role>,
    ) -> Result<DirectSession, DmpError> {
        self.cards().direct(card, establishment, roles)
    }

    /// DIRECTE through Pro Santé Connect: a professional who logged in there feeds and consults, in an activity of the
    /// `userInfo` ([`UserInfo::professional`](crate::pro_sante_connect::UserInfo::professional)). The class of
    /// `authentication` is `MobileTwoFactorUnregistered` for the e-CPS, `SmartcardPki` for a card (probable).
    ///
    /// The certificates stay those of the client: the proxy e-santé is a structure. Each session has its own tokens,
    /// exchanged when they are first needed and again when they end.
    ///
    /// # Errors
    /// What the DMP would refuse in every assertion (V35: another number than `8`+RPPS or `0`+ADELI…).
    pub fn pro_sante_connect(
        &self,
        endpoint: &ProSanteConnectEndpoint,
        professional: Professional,
        authentication: PrimaryAuthentication,
        tokens: impl AccessTokens + 'static,
    ) -> Result<ProSanteConnectSession, DmpError> {
        let shared = Arc::new(self.shared.with_tokens(endpoint, Box::new(tokens)));
        let acting = shared.checked(Acting::ProSanteConnect { professional, login: authentication.login })?;
        Ok(ProSanteConnectSession::new(shared, acting))
    }

    /// The structures of the two certificates (OU, a Struct_IdNat): authentication, then signature. `None` for one that
    /// names none, or that a client of cards does not have.
    #[must_use]
    pub fn certificate_structures(&self) -> [Option<&str>; 2] {
        let authentication = self.shared.authentication.as_ref().map(|identity| identity.certificate());
        let signing = self.shared.signing.as_ref().map(|identity| identity.certificate());
        [authentication, signing].map(|certificate| certificate.and_then(|certificate| certificate.structure_id()))
    }

    /// The parameter file of the DMP, as this client knows it.
    #[must_use]
    pub fn parameters(&self) -> &ParameterFile {
        &self.shared.parameters
    }
}

/// ACT-03: who may do what follows the first role, and so does the session.
fn other_profession(found: &'static str, expected: &'static str) -> DmpError {
    failure::Local { rule: "ACT-03", kind: ErrorKind::Authorisation, found, expected }.session_error()
}

impl Shared {
    /// Every assertion of a session says the same but for time and patient: the first refusal is known now.
    pub(crate) fn checked(&self, acting: Acting) -> Result<Arc<Acting>, DmpError> {
        let now = Timestamp::now();
        let vihf = acting.vihf(&Circumstances::ORDINARY, &self.software, now);
        let checked = vihf.check(&Stamp::new(now), &self.switches);
        checked.map_err(|guarantee| failure::assertion(&guarantee.into()))?;
        Ok(Arc::new(acting))
    }

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
