//! How a client is put together; everything that can be known wrong is refused here.

use std::fmt;
use std::sync::Arc;

use dmp_protocol::rules::{Policy, Strictness};
use dmp_protocol::switches::Switches;
use dmp_protocol::vihf::Software;
use dmp_vocabulary::{Oid, OidError};
use jiff::{SignedDuration, Timestamp};
use xds_model::iti18::QueryLimits;

use super::cards::CardClient;
use super::client::DmpClient;
use super::endpoint::Endpoint;
use super::reuse::Reuse;
use super::shared::Shared;
use crate::credentials::{AuthenticationIdentity, CredentialError, SigningIdentity};
use crate::parameters::ParameterFile;
use crate::retry::{Circuits, RetryPolicy};
use crate::submission::content_type;
use crate::transport::{
    AllowedHosts, Capture, Revocation, RevocationCheck, ServerTrust, Timeouts, TlsVersions, Transport, TrustAnchors,
    client_config,
};
use crate::watch::Watch;
use crate::web_ps::WebPsAddresses;

/// contentTypeCode of a submission when the encounter tells nothing: consultations, soins externes.
const DEFAULT_CONTENT_TYPE: &str = "07";

/// Puts a [`DmpClient`] together.
#[must_use]
pub struct DmpClientBuilder {
    endpoint: Endpoint,
    authentication: Option<AuthenticationIdentity>,
    signing: Option<SigningIdentity>,
    software: Option<Software>,
    trust_anchors: Option<TrustAnchors>,
    revocation: Revocation,
    retry: RetryPolicy,
    tls_versions: TlsVersions,
    switches: Switches,
    policy: Policy,
    timeouts: Timeouts,
    capture: Option<Capture>,
    content_type: String,
    parameters: ParameterFile,
    web_ps: WebPsAddresses,
    query_limits: QueryLimits,
    reuse: SignedDuration,
    watches: Vec<Arc<dyn Watch>>,
}

impl fmt::Debug for DmpClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DmpClientBuilder").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A part is missing.
    #[error(
        "{0} is missing: a DMP client needs an authentication identity, a signing identity, a software and trust anchors"
    )]
    Missing(&'static str),
    /// A key pair is refused.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The installed instance of the software has no usable OID.
    #[error("the software needs the OID of its installed instance (EX_GEN-1350): {0}")]
    Instance(OidError),
    /// The installed instance of the software has no OID.
    #[error("the software needs the OID of its installed instance (EX_GEN-1350): Software::with_instance")]
    NoInstance,
    /// An unknown default contentTypeCode.
    #[error("{0} is no contentTypeCode of JDV_J59")]
    ContentType(String),
    /// TLS cannot be set up with these keys and anchors.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

impl DmpClientBuilder {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            authentication: None,
            signing: None,
            software: None,
            trust_anchors: None,
            revocation: Revocation::default(),
            retry: RetryPolicy::default(),
            tls_versions: TlsVersions::default(),
            switches: Switches::default(),
            policy: Policy::strict(),
            timeouts: Timeouts::default(),
            capture: None,
            content_type: DEFAULT_CONTENT_TYPE.to_owned(),
            parameters: ParameterFile::default(),
            web_ps: WebPsAddresses::default(),
            query_limits: QueryLimits::default(),
            reuse: SignedDuration::ZERO,
            watches: Vec::new(),
        }
    }

    /// ORG_AUTH_CLI: opens the TLS connections.
    pub fn authentication(self, identity: AuthenticationIdentity) -> Self {
        Self { authentication: Some(identity), ..self }
    }

    /// ORG_SIGN: signs assertions and submissions.
    pub fn signing(self, identity: SigningIdentity) -> Self {
        Self { signing: Some(identity), ..self }
    }

    /// The software that speaks, with the OID of its installed instance.
    pub fn software(self, software: Software) -> Self {
        Self { software: Some(software), ..self }
    }

    /// The parameter file of the DMP. Default: the known defaults, replaced when the program reads a copy into it.
    pub fn parameters(self, parameters: ParameterFile) -> Self {
        Self { parameters, ..self }
    }

    /// Where the Web-PS is (`EX_0.9-1030`). Default: nowhere, and no page can be opened.
    pub fn web_ps(self, addresses: WebPsAddresses) -> Self {
        Self { web_ps: addresses, ..self }
    }

    /// The authorities that may vouch for the server.
    pub fn trust_anchors(self, anchors: TrustAnchors) -> Self {
        Self { trust_anchors: Some(anchors), ..self }
    }

    /// What to do about the revocation list of the server's authority (`REC_0.X-1090`). Default [`Revocation::Soft`].
    pub fn revocation(self, revocation: Revocation) -> Self {
        Self { revocation, ..self }
    }

    /// What is tried again by itself. Default [`RetryPolicy::default`].
    pub fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// Versions of TLS that are offered. Default [`TlsVersions::Tls12And13`].
    pub fn tls_versions(self, versions: TlsVersions) -> Self {
        Self { tls_versions: versions, ..self }
    }

    /// Choices where the rules of the DMP are not certain.
    pub fn switches(self, switches: Switches) -> Self {
        Self { switches, ..self }
    }

    /// Local rules (`X04`, `X10`, `V21`…) that warn instead of refusing.
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Time limits.
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Writes every exchange to disk.
    pub fn capture(self, capture: Capture) -> Self {
        Self { capture: Some(capture), ..self }
    }

    /// contentTypeCode (JDV_J59) of a submission whose encounter tells nothing. Default `07`.
    pub fn default_content_type(self, code: impl Into<String>) -> Self {
        Self { content_type: code.into(), ..self }
    }

    /// Most identifiers in one query of TD3.1 (`EX_3.1-1010`): longer lists are split. Default: those of the DMP.
    pub fn query_limits(self, query_limits: QueryLimits) -> Self {
        Self { query_limits, ..self }
    }

    /// How long one signed assertion is sent again when it says the same: same patient, same person, same access. Outside
    /// AIR only, where each serves once (V54); 50 minutes at most, the DMP taking one for an hour (V51). Default: never,
    /// each request has its own. For feedings in numbers, where signing is most of the work.
    pub fn reuse_assertions(self, during: SignedDuration) -> Self {
        Self { reuse: during, ..self }
    }

    /// Watches every transaction of every session, after the watches already added.
    pub fn watch(mut self, watch: Arc<dyn Watch>) -> Self {
        self.watches.push(watch);
        self
    }

    /// Checks and assembles.
    ///
    /// # Errors
    /// [`BuildError`]: a missing part, one certificate for both uses (`EX_GEN-1450`), a certificate that has expired
    /// (`REC_0.X-1050`), of another structure (V23) or of the other branch of the IGC-Santé (V02, V21).
    pub fn build(mut self) -> Result<DmpClient, BuildError> {
        let authentication = self.authentication.take().ok_or(BuildError::Missing("the authentication identity"))?;
        let signing = self.signing.take().ok_or(BuildError::Missing("the signing identity"))?;
        let now = Timestamp::now();
        authentication.check_validity(now)?;
        signing.check_validity(now)?;
        check_pair(&authentication, &signing, &self.endpoint, &self.policy)?;
        Ok(DmpClient::new(Arc::new(self.assemble(Some(authentication), Some(signing))?)))
    }

    /// As [`Self::build`], for a software that speaks by card only: no key pair of a structure is needed, and those that
    /// were given are left aside.
    ///
    /// # Errors
    /// [`BuildError`]: a missing part.
    pub fn build_for_cards(self) -> Result<CardClient, BuildError> {
        Ok(CardClient::new(Arc::new(self.assemble(None, None)?)))
    }

    fn assemble(
        self,
        authentication: Option<AuthenticationIdentity>,
        signing: Option<SigningIdentity>,
    ) -> Result<Shared, BuildError> {
        let software = self.software.ok_or(BuildError::Missing("the software"))?;
        let anchors = self.trust_anchors.ok_or(BuildError::Missing("the set of trust anchors"))?;
        let instance = software.instance.as_deref().ok_or(BuildError::NoInstance)?;
        let instance = Oid::parse(instance).map_err(BuildError::Instance)?;
        let content_type =
            content_type(&self.content_type).ok_or_else(|| BuildError::ContentType(self.content_type.clone()))?;
        let revocation = Arc::new(RevocationCheck::new(self.revocation, anchors.clone()));
        let anchors = ServerTrust { anchors, versions: self.tls_versions };
        let transport = Transport {
            tls: client_config(&anchors, authentication.as_ref())?,
            handshake_blocks: authentication.as_ref().is_some_and(AuthenticationIdentity::may_block),
            revocation,
            timeouts: self.timeouts,
            allowed: AllowedHosts::new(&self.endpoint.base, self.endpoint.allowed_hosts),
            capture: self.capture,
            pool: Default::default(),
        };
        Ok(Shared {
            transport,
            base: self.endpoint.base,
            realm: self.endpoint.realm,
            authentication,
            signing,
            anchors,
            software,
            instance,
            switches: self.switches,
            policy: self.policy,
            content_type,
            parameters: self.parameters,
            web_ps: self.web_ps,
            query_limits: self.query_limits,
            tokens: None,
            circuits: Arc::new(Circuits::new(&self.retry)),
            retry: self.retry,
            reuse: Arc::new(Reuse::during(self.reuse)),
            watches: self.watches.into(),
        })
    }
}

/// What can only be seen with both certificates, or with the endpoint.
fn check_pair(
    authentication: &AuthenticationIdentity,
    signing: &SigningIdentity,
    endpoint: &Endpoint,
    policy: &Policy,
) -> Result<(), CredentialError> {
    let (tls, sign) = (authentication.certificate(), signing.certificate());
    if tls == sign || tls.rsa_public_key() == sign.rsa_public_key() {
        return Err(CredentialError::SameCertificate);
    }
    let realm = Some(endpoint.realm);
    let checks = [
        tls.check_authentication_profile(realm).map_err(CredentialError::NotForAuthentication),
        sign.check_signature_profile(realm).map_err(CredentialError::NotForSignature),
        same_structure(authentication, signing),
    ];
    for check in checks {
        let Err(error) = check else { continue };
        match policy.strictness(error.rule().unwrap_or_default()) {
            Strictness::Strict => return Err(error),
            Strictness::Lenient => tracing::warn!(%error, "tolerated"),
            Strictness::Off => {}
        }
    }
    Ok(())
}

fn same_structure(authentication: &AuthenticationIdentity, signing: &SigningIdentity) -> Result<(), CredentialError> {
    let structure = |identity: Option<&str>| identity.unwrap_or("no structure").to_owned();
    let tls = structure(authentication.certificate().structure_id());
    let sign = structure(signing.certificate().structure_id());
    match tls == sign {
        true => Ok(()),
        false => Err(CredentialError::TwoStructures { authentication: tls, signing: sign }),
    }
}
