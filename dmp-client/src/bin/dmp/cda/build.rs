//! `dmp cda build`.

use std::path::{Path, PathBuf};

use cda::check::{self, CheckOptions};
use cda::n1::N1MediaType;
use clap::Args;
use dmp_client::Realm;
use dmp_vocabulary::identity::{IdentityPolicy, InsKind};
use dmp_vocabulary::oids::{INS_NIR, INS_NIR_TEST};
use serde_json::json;

use super::check::Profile;
use super::refused;
use crate::arguments::{RealmChoice, Shared};
use crate::config::{Config, DocumentConfig, default_ins_oid};
use crate::exit::{Failure, REFUSED};
use crate::meta::{Defaults, Meta};
use crate::output::Report;

/// Name of the configuration when `--config` is not given.
const CONFIGURATION: &str = "dmp.toml";

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The PDF to wrap, which should be PDF/A-1.
    #[arg(long, value_name = "FILE", required_unless_present = "text", conflicts_with = "text")]
    pdf: Option<PathBuf>,
    /// The text to wrap, UTF-8.
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Patient, type, title, author, dates (TOML, as for `send`). What it leaves out comes from the configuration,
    /// where there is one.
    #[arg(long, value_name = "FILE.toml")]
    meta: PathBuf,
    /// Where to write.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// World of the identities; default: that of the configuration, else the one that the OID of the INS tells.
    #[arg(long, value_enum)]
    realm: Option<RealmChoice>,
    /// What the document is checked for.
    #[arg(long, value_enum, default_value_t = Profile::Dmp)]
    profile: Profile,
}

pub(super) fn run(shared: &Shared, build: &Build) -> Result<Report, Failure> {
    let (file, media_type) = match (&build.pdf, &build.text) {
        (Some(pdf), _) => (pdf, N1MediaType::Pdf),
        (None, Some(text)) => (text, N1MediaType::Text),
        (None, None) => return Err(Failure::input("give --pdf FILE or --text FILE")),
    };
    let content = std::fs::read(file).map_err(|error| refused(file, error))?;
    let meta = Meta::read(&build.meta)?;
    let config = configuration(&shared.config)?;
    let realm = realm(build, config.as_ref(), &meta)?;
    let identities = IdentityPolicy::from(realm.unwrap_or(Realm::Test));
    let ins_oid = realm.map(default_ins_oid).unwrap_or_default();
    let document = DocumentConfig::default();
    let defaults = match &config {
        Some(config) => Defaults { ins_oid, ..config.defaults(identities) },
        None => Defaults { document: &document, structure: None, professional: None, identities, ins_oid },
    };
    let wrapped = meta.wrap(&defaults, &content, media_type);
    let bytes = wrapped.map_err(|failure| failure.about([file.as_path()]))?;

    let report = check::check(&bytes, &options(build, realm));
    if !report.is_valid() {
        let lines = vec![format!("not written, the document would have faults:\n{report}")];
        return Ok(Report::of(lines, &report).with("status", "refused").ending_with(REFUSED));
    }
    std::fs::write(&build.output, &bytes).map_err(|error| refused(&build.output, error))?;
    let lines = vec![format!("wrote {} ({} bytes)", build.output.display(), bytes.len())];
    let lines = lines.into_iter().chain(report.findings.iter().map(ToString::to_string)).collect();
    Ok(Report::of(lines, &json!({}))
        .with("status", "written")
        .with("file", build.output.display().to_string())
        .with("size", bytes.len())
        .with("warnings", json!(report.findings)))
}

/// None is needed; one that is named must be there.
fn configuration(path: &Path) -> Result<Option<Config>, Failure> {
    if path == Path::new(CONFIGURATION) && !path.exists() { Ok(None) } else { Config::read(path).map(Some) }
}

/// `None` only for a meta without INS, which cannot be wrapped: the fields that it lacks are told.
fn realm(build: &Build, config: Option<&Config>, meta: &Meta) -> Result<Option<Realm>, Failure> {
    if let Some(known) = build.realm.map(Realm::from).or_else(|| config.map(|config| config.endpoint.realm)) {
        return Ok(Some(known));
    }
    let Some(ins) = meta.ins() else { return Ok(None) };
    match ins.split_once('@').and_then(|(_, oid)| InsKind::from_oid(oid.trim())) {
        Some(InsKind::Nir | InsKind::Nia) => Ok(Some(Realm::Production)),
        Some(InsKind::NirTest | InsKind::NirDemo) => Ok(Some(Realm::Test)),
        None => Err(Failure::input(format!(
            "patient.ins: nothing tells its kind: give --realm production or --realm test, or write NUMBER@OID with \
             {INS_NIR} (production) or {INS_NIR_TEST} (test)"
        ))),
    }
}

fn options(build: &Build, realm: Option<Realm>) -> CheckOptions {
    let mut options = CheckOptions::produce();
    options.dmp = build.profile == Profile::Dmp;
    options.realm = realm;
    options
}
