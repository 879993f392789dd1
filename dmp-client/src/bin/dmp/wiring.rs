//! From the configuration to a client and its sessions.

use std::path::Path;
use std::time::Duration;

use dmp_client::{
    AuthenticationClass, AuthenticationIdentity, Capture, Consent, DmpClient, DmpError, Endpoint, ErrorKind,
    Establishment, Policy, Professional, QualifiedPatient, RetryPolicy, Revocation, SigningIdentity, Software,
    Switches, Timeouts, TlsVersions, TrustAnchors, roles,
};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::rules::Strictness;
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::{
    Adeli, IdentityError, IdentityPolicy, IdentityProblem, Ins, KeyCheck, Rpps, StructureId,
};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::acting::Acting;
use crate::arguments::Shared;
use crate::config::Secret;
use crate::config::{Config, RevocationConfig, TlsConfig, default_ins_oid};
use crate::exit::Failure;
use crate::meta::Defaults;
use crate::{parameters, web_ps};

/// Only a wrong key may be left to the DMP.
fn key_hint(error: &IdentityError) -> &'static str {
    match error.problem {
        IdentityProblem::CheckDigit => " (V41: --lenient V41 accepts a wrong key, the DMP then decides)",
        _ => "",
    }
}

/// X05: a document without the patient whose record it goes to.
fn no_ins() -> DmpError {
    let refusal = LocalRefusal::new("X05")
        .kind(ErrorKind::Validation)
        .meaning("the document does not name its patient by an INS", "le document ne nomme pas son patient par un INS")
        .found("a recordTarget without INS (CDA-PAT-003)")
        .expected(
            "patientRole/id whose root is 1.2.250.1.213.1.4.8 (.10 on test platforms) and extension the matricule",
        )
        .remedy(
            "have the document produced again once the identity of the patient is qualified",
            "faire produire à nouveau le document une fois l'identité du patient qualifiée",
        );
    DmpError::local(refusal).with_transaction(Transaction::Submit)
}

/// A configuration put to work.
pub(crate) struct Wired {
    pub(crate) config: Config,
    client: DmpClient,
    pub(crate) policy: Policy,
    pub(crate) acting: Acting,
}

impl Wired {
    pub(crate) fn new(shared: &Shared) -> Result<Self, Failure> {
        let config = Config::read(&shared.config)?;
        let policy = asked(&config, shared)?;
        let client = client(&config, shared, policy.clone())?;
        Ok(Self { config, client, policy, acting: shared.acting.clone() })
    }

    pub(crate) fn client(&self) -> &DmpClient {
        &self.client
    }

    /// What the patient said, as the user of the command wrote it.
    pub(crate) fn consent(&self) -> Result<Consent, Failure> {
        let given = self.config.consent.as_ref().ok_or_else(|| {
            Failure::input(
                "configuration: fill in [consent], consultation and feeding: true or false, as the patient said; it is \
                 never pre-set (EX_0.2-1100)",
            )
        })?;
        Ok(Consent::expressed(given.consultation, given.feeding))
    }

    /// `NUMBER[@OID]`, declared qualified by the user of the command.
    pub(crate) fn patient(&self, ins: &str) -> Result<QualifiedPatient, Failure> {
        let (number, oid) = ins.split_once('@').unwrap_or((ins, self.default_ins_oid()));
        let parsed = Ins::parse(number, oid, self.identities());
        parsed
            .map(|parsed| QualifiedPatient::declared(parsed.value))
            .map_err(|error| Failure::input(format!("--ins: {error}{}", key_hint(&error))))
    }

    /// The patient that a document names, as a CX; empty if it names none.
    pub(crate) fn patient_of(&self, cx: &str) -> Result<QualifiedPatient, Failure> {
        if cx.is_empty() {
            return Err(Failure::settled(no_ins()));
        }
        let parsed = Ins::parse_cx(cx, self.identities());
        parsed
            .map(|parsed| QualifiedPatient::declared(parsed.value))
            .map_err(|error| Failure::input(format!("the patient of the document: {error}{}", key_hint(&error))))
    }

    pub(crate) fn identities(&self) -> IdentityPolicy {
        let check = match self.policy.strictness("V41") {
            Strictness::Strict => KeyCheck::Error,
            Strictness::Lenient | Strictness::Off => KeyCheck::Warn,
        };
        IdentityPolicy::from(self.config.endpoint.realm).with_ins_key_check(check)
    }

    fn default_ins_oid(&self) -> &'static str {
        default_ins_oid(self.config.endpoint.realm)
    }

    /// What stands in for what `--meta` leaves out.
    pub(crate) fn defaults(&self) -> Defaults<'_> {
        self.config.defaults(self.identities())
    }

    pub(crate) fn professional(&self) -> Result<Professional, Failure> {
        let given = &self.config.professional;
        let roles = match &given.role {
            Some(role) => roles::employee(role),
            None => roles::of_directory(&given.profession, given.specialty.as_deref()),
        };
        let refused = |error: IdentityError| Failure::input(format!("configuration [professional] id: {error}"));
        let (family, name, establishment) = (&given.family, &given.given, self.establishment()?);
        match (given.id.strip_prefix('8'), given.id.strip_prefix('0')) {
            (Some(number), _) => {
                let rpps = Rpps::parse(number, self.identities()).map_err(refused)?;
                Ok(Professional::new(&rpps.value, family, name, roles, establishment))
            }
            (_, Some(number)) => {
                let adeli = Adeli::parse(number, self.identities()).map_err(refused)?;
                Ok(Professional::by_adeli(&adeli.value, family, name, roles, establishment))
            }
            _ => Err(Failure::input(
                "configuration [professional] id: expected 8 followed by the RPPS of the person (V74), or 0 by the ADELI",
            )),
        }
    }

    pub(crate) fn establishment(&self) -> Result<Establishment, Failure> {
        let given = &self.config.structure;
        let id = StructureId::parse(&given.id, self.identities())
            .map_err(|error| Failure::input(format!("configuration [structure] id: {error}")))?;
        Ok(Establishment::new(id.value, &given.name, &given.sector))
    }

    pub(crate) fn login(&self) -> Result<(AuthenticationClass, Timestamp), Failure> {
        let given = self.config.second_factor.as_ref().ok_or_else(|| {
            Failure::input(
                "configuration: fill in [second_factor]: method, how the professional logged in with two factors, and at, \
                 when (EX_0.1-1020)",
            )
        })?;
        let class = AuthenticationClass::parse(&given.method).ok_or_else(|| {
            Failure::input(
                "configuration [second_factor] method: expected the name of a SAML class, such as TimeSyncToken",
            )
        })?;
        let at = match &given.at {
            None => Timestamp::now(),
            Some(at) => at.to_string().parse().map_err(|error| {
                Failure::input(format!("configuration [second_factor] at: {error}; expected 2026-03-02T08:12:00Z"))
            })?,
        };
        Ok((class, at))
    }
}

/// The rules that were made lenient, as far as the configuration can be read.
pub(crate) fn policy(shared: &Shared) -> Policy {
    Config::read(&shared.config).and_then(|config| asked(&config, shared)).unwrap_or_default()
}

fn switches(config: &Config) -> Switches {
    let (given, default) = (&config.switches, Switches::default());
    Switches {
        air_allow_non_ps: given.air_allow_non_ps.unwrap_or(default.air_allow_non_ps),
        air_allow_adeli: given.air_allow_adeli.unwrap_or(default.air_allow_adeli),
        air_method_value: given.air_method_value.clone().or(default.air_method_value.clone()),
        ..default
    }
}

fn asked(config: &Config, shared: &Shared) -> Result<Policy, Failure> {
    Policy::lenient(&config.rules.lenient)
        .map_err(|error| Failure::input(format!("configuration [rules] lenient: {error}")))?
        .with(shared.lenient.as_deref().unwrap_or_default(), Strictness::Lenient)
        .map_err(|error| Failure::input(format!("--lenient: {error}")))
}

fn client(config: &Config, shared: &Shared, policy: Policy) -> Result<DmpClient, Failure> {
    let mut endpoint = Endpoint::custom(&config.endpoint.url)
        .map_err(|error| Failure::input(format!("configuration [endpoint] url: {error}")))?
        .realm(config.endpoint.realm);
    for host in &config.endpoint.allowed_hosts {
        endpoint = endpoint.allow_host(host);
    }
    let anchors = anchors(config)?;
    let given = &config.software;
    let software =
        Software::new(&given.name, &given.version, &given.homologation_number).with_instance(&given.instance_oid);
    let credentials = &config.credentials;
    let authentication = credential(
        config,
        ("[credentials] authentication", &credentials.authentication, credentials.authentication_key.as_deref()),
        &credentials.secret(),
        AuthenticationIdentity::from_pkcs12_bytes,
        AuthenticationIdentity::from_pem,
    )?;
    let signing = credential(
        config,
        ("[credentials] signing", &credentials.signing, credentials.signing_key.as_deref()),
        &credentials.secret(),
        SigningIdentity::from_pkcs12_bytes,
        SigningIdentity::from_pem,
    )?;
    let mut builder = DmpClient::builder(endpoint)
        .authentication(authentication)
        .signing(signing)
        .software(software)
        .trust_anchors(anchors)
        .revocation(match config.endpoint.revocation {
            RevocationConfig::Off => Revocation::Off,
            RevocationConfig::Soft => Revocation::Soft,
            RevocationConfig::Hard => Revocation::Hard,
        })
        .tls_versions(match config.endpoint.tls {
            TlsConfig::Tls12 => TlsVersions::Tls12,
            TlsConfig::Tls12And13 => TlsVersions::Tls12And13,
        })
        .retry(retry(config))
        .parameters(parameters::kept(config))
        .timeouts(timeouts(config))
        .policy(policy)
        .web_ps(web_ps::addresses(&config.web_ps)?)
        .switches(switches(config));
    if let Some(code) = &config.document.content_type_code {
        builder = builder.default_content_type(code);
    }
    if let Some(folder) = &shared.capture {
        let capture = Capture::directory(folder)
            .map_err(|error| Failure::input(format!("--capture {}: {error}", folder.display())))?;
        builder = builder.capture(capture);
    }
    builder.build().map_err(Failure::input)
}

pub(crate) fn anchors(config: &Config) -> Result<TrustAnchors, Failure> {
    let pem = read(config, &config.endpoint.trust_anchors, "[endpoint] trust_anchors")?;
    let anchors = TrustAnchors::from_pem(&pem)
        .map_err(|error| Failure::input(format!("configuration [endpoint] trust_anchors: {error}")))?;
    match &config.endpoint.pinned {
        None => Ok(anchors),
        Some(pins) => anchors
            .pinned(pins.iter().map(String::as_str))
            .map_err(|error| Failure::input(format!("configuration [endpoint] pinned: {error}"))),
    }
}

/// PEM when a key is given beside the certificate, else PKCS#12.
pub(crate) fn credential<T, E: std::fmt::Display>(
    config: &Config,
    (field, certificate, key): (&str, &Path, Option<&Path>),
    secret: &Secret<'_>,
    from_pkcs12: impl FnOnce(&[u8], SecretString) -> Result<T, E>,
    from_pem: impl FnOnce(&[u8], &[u8]) -> Result<T, E>,
) -> Result<T, Failure> {
    let bytes = read(config, certificate, field)?;
    let read = match key {
        Some(key) => from_pem(&bytes, &read(config, key, &format!("{field}_key"))?),
        None => from_pkcs12(&bytes, password(config, secret)?),
    };
    read.map_err(|error| Failure::input(format!("configuration {field}: {}: {error}", certificate.display())))
}

/// The password of a file, or the PIN of a card.
pub(crate) fn password(config: &Config, given: &Secret<'_>) -> Result<SecretString, Failure> {
    let section = given.section;
    if let Some(name) = given.password_env {
        let value = std::env::var(name);
        return value
            .map(SecretString::from)
            .map_err(|_| Failure::input(format!("configuration {section} password_env: {name} is not set")));
    }
    if let Some(path) = given.password_file {
        let text = String::from_utf8(read(config, path, &format!("{section} password_file"))?.to_vec());
        let text = text.map_err(|_| Failure::input(format!("configuration {section} password_file: not UTF-8")))?;
        return Ok(SecretString::from(text.trim_end_matches(['\n', '\r'])));
    }
    Ok(SecretString::from(given.password.unwrap_or_default()))
}

/// The file that a field of the configuration names.
pub(crate) fn read(config: &Config, path: &Path, field: &str) -> Result<zeroize::Zeroizing<Vec<u8>>, Failure> {
    let path = config.path(path);
    let bytes = std::fs::read(&path)
        .map_err(|error| Failure::input(format!("configuration {field}: {}: {error}", path.display())))?;
    Ok(zeroize::Zeroizing::new(bytes))
}

/// Once, unless asked: who runs a command sees the failure, and runs it again.
fn retry(config: &Config) -> RetryPolicy {
    let attempts = config.retry.attempts.unwrap_or(1);
    RetryPolicy { attempts, ..RetryPolicy::default() }
}

fn timeouts(config: &Config) -> Timeouts {
    let default = Timeouts::default();
    let seconds = |given: Option<u64>, default: Duration| given.map_or(default, Duration::from_secs);
    Timeouts {
        connect: seconds(config.timeouts.connect, default.connect),
        message: seconds(config.timeouts.message, default.message),
        document: seconds(config.timeouts.document, default.document),
    }
}
