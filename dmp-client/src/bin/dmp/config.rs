//! The configuration file; `template.toml` explains each field to its user.

use std::path::{Path, PathBuf};

use dmp_client::Realm;
use dmp_vocabulary::identity::IdentityPolicy;
use dmp_vocabulary::oids;
use serde::Deserialize;

use crate::exit::Failure;
use crate::meta::Defaults;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) endpoint: EndpointConfig,
    pub(crate) credentials: CredentialsConfig,
    pub(crate) card: Option<CardConfig>,
    pub(crate) software: SoftwareConfig,
    pub(crate) structure: StructureConfig,
    pub(crate) professional: ProfessionalConfig,
    /// Never there by itself: what a patient said is written by who asked (EX_0.2-1100).
    pub(crate) consent: Option<ConsentConfig>,
    pub(crate) second_factor: Option<SecondFactorConfig>,
    #[serde(default)]
    pub(crate) document: DocumentConfig,
    #[serde(default)]
    pub(crate) timeouts: TimeoutsConfig,
    #[serde(default)]
    pub(crate) retry: RetryConfig,
    #[serde(default)]
    pub(crate) parameters: ParametersConfig,
    #[serde(default)]
    pub(crate) web_ps: WebPsConfig,
    #[serde(default)]
    pub(crate) rules: RulesConfig,
    #[serde(default)]
    pub(crate) switches: SwitchesConfig,
    /// Folder of the file: what relative paths start from.
    #[serde(skip)]
    folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointConfig {
    pub(crate) url: String,
    pub(crate) realm: Realm,
    pub(crate) trust_anchors: PathBuf,
    /// SHA-256 fingerprints; every root of the trust anchors must have one of them.
    pub(crate) pinned: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) revocation: RevocationConfig,
    #[serde(default)]
    pub(crate) tls: TlsConfig,
    #[serde(default)]
    pub(crate) allowed_hosts: Vec<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RevocationConfig {
    Off,
    #[default]
    Soft,
    Hard,
}

#[derive(Deserialize, Default, Clone, Copy)]
pub(crate) enum TlsConfig {
    #[serde(rename = "1.2")]
    Tls12,
    #[default]
    #[serde(rename = "1.2+1.3")]
    Tls12And13,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CredentialsConfig {
    pub(crate) authentication: PathBuf,
    pub(crate) authentication_key: Option<PathBuf>,
    pub(crate) signing: PathBuf,
    pub(crate) signing_key: Option<PathBuf>,
    pub(crate) password: Option<String>,
    pub(crate) password_env: Option<String>,
    pub(crate) password_file: Option<PathBuf>,
}

/// How a section gives a password or a PIN.
pub(crate) struct Secret<'a> {
    pub(crate) section: &'static str,
    pub(crate) password: Option<&'a str>,
    pub(crate) password_env: Option<&'a str>,
    pub(crate) password_file: Option<&'a Path>,
}

impl CredentialsConfig {
    pub(crate) fn secret(&self) -> Secret<'_> {
        let (password, env, file) = (&self.password, &self.password_env, &self.password_file);
        Secret::of("[credentials]", password.as_deref(), env.as_deref(), file.as_deref())
    }
}

impl CardConfig {
    pub(crate) fn secret(&self) -> Secret<'_> {
        let (password, env, file) = (&self.password, &self.password_env, &self.password_file);
        Secret::of("[card]", password.as_deref(), env.as_deref(), file.as_deref())
    }
}

impl<'a> Secret<'a> {
    fn of(
        section: &'static str,
        password: Option<&'a str>,
        password_env: Option<&'a str>,
        password_file: Option<&'a Path>,
    ) -> Self {
        Self { section, password, password_env, password_file }
    }
}

/// A CPx card: two pairs in files, or a token behind its driver.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardConfig {
    pub(crate) authentication: Option<PathBuf>,
    pub(crate) authentication_key: Option<PathBuf>,
    pub(crate) signing: Option<PathBuf>,
    pub(crate) signing_key: Option<PathBuf>,
    pub(crate) pkcs11: Option<PathBuf>,
    #[cfg_attr(not(feature = "pkcs11"), expect(dead_code, reason = "read by the driver only"))]
    pub(crate) token: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) service: Option<String>,
    #[serde(default)]
    pub(crate) in_training: bool,
    pub(crate) until: Option<Moment>,
    pub(crate) password: Option<String>,
    pub(crate) password_env: Option<String>,
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SoftwareConfig {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) instance_oid: String,
    pub(crate) homologation_number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StructureConfig {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) sector: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfessionalConfig {
    pub(crate) id: String,
    pub(crate) family: String,
    pub(crate) given: String,
    pub(crate) profession: String,
    pub(crate) specialty: Option<String>,
    /// TRE_R85, of who is no professionnel de santé.
    pub(crate) role: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentConfig {
    pub(crate) consultation: bool,
    pub(crate) feeding: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactorConfig {
    pub(crate) method: String,
    pub(crate) at: Option<Moment>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentConfig {
    pub(crate) content_type_code: Option<String>,
    pub(crate) type_code: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) practice_setting: Option<String>,
    pub(crate) facility: Option<String>,
    pub(crate) encounter: Option<String>,
    pub(crate) confidentiality: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeoutsConfig {
    pub(crate) connect: Option<u64>,
    pub(crate) message: Option<u64>,
    pub(crate) document: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetryConfig {
    pub(crate) attempts: Option<usize>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParametersConfig {
    pub(crate) url: Option<String>,
    /// The copy on disk.
    pub(crate) file: Option<PathBuf>,
    /// Those of the services when absent.
    pub(crate) trust_anchors: Option<PathBuf>,
    #[serde(default)]
    pub(crate) allowed_hosts: Vec<String>,
}

/// Bases of the Web-PS (`EX_0.9-1030`).
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebPsConfig {
    pub(crate) cps: Option<String>,
    pub(crate) air: Option<String>,
    pub(crate) air_path: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesConfig {
    #[serde(default)]
    pub(crate) lenient: String,
}

/// Choices where the rules of AIR are not certain: the fields of `Switches`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwitchesConfig {
    pub(crate) air_allow_non_ps: Option<bool>,
    pub(crate) air_allow_adeli: Option<bool>,
    pub(crate) air_method_value: Option<String>,
}

/// A date or an instant, quoted or as TOML writes it.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(crate) enum Moment {
    Text(String),
    Toml(toml::value::Datetime),
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text.trim()),
            Self::Toml(datetime) => datetime.fmt(f),
        }
    }
}

impl Config {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let advice = "write one with `dmp init -o FILE` and give it with --config";
            Failure::input(format!("configuration {}: {error}; {advice}", path.display()))
        })?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|error| Failure::input(format!("configuration {}: {error}", path.display())))?;
        config.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(config)
    }

    /// What stands in for what `--meta` leaves out.
    pub(crate) fn defaults(&self, identities: IdentityPolicy) -> Defaults<'_> {
        Defaults {
            document: &self.document,
            structure: Some(&self.structure),
            professional: Some(&self.professional),
            identities,
            ins_oid: default_ins_oid(self.endpoint.realm),
        }
    }

    /// A path of the file, relative to the file.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

/// OID of an INS that is given without one.
pub(crate) fn default_ins_oid(realm: Realm) -> &'static str {
    match realm {
        Realm::Production => oids::INS_NIR,
        Realm::Test => oids::INS_NIR_TEST,
    }
}
