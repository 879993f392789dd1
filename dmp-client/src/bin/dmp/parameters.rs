//! `dmp parameters`: what the parameter file of the DMP says, how old the copy is, and its refresh.

use clap::Args;
use dmp_client::{ParameterFile, ParameterSource, TrustAnchors};
use jiff::Timestamp;
use serde_json::json;

use crate::arguments::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::output::Report;
use crate::wiring;

/// `dmp parameters`.
#[derive(Debug, Args)]
pub(crate) struct ParametersArguments {
    /// Fetch the file first, from `url` of the section parameters, and keep it in its `file`.
    #[arg(long)]
    refresh: bool,
}

pub(crate) async fn run(shared: &Shared, arguments: &ParametersArguments) -> Result<Report, Failure> {
    let config = Config::read(&shared.config)?;
    let copy = match arguments.refresh {
        true => refreshed(&config).await?,
        false => kept(&config),
    };
    let values = copy.current();
    let age = copy.age().map(|age| age.as_hours());
    let first = match age {
        None => "no copy of the parameter file: the known defaults are in force; fetch it with --refresh".to_owned(),
        Some(hours) => {
            let stale = if copy.is_stale() { ": more than a week, refresh it (EX_GEN-1540)" } else { "" };
            format!("copy of {hours} hours ago{stale}")
        }
    };
    let rows = [
        ("fonctions-gestion-mineurs", json!(values.gestion_mineurs)),
        ("age-majorite", json!(values.age_majorite)),
        ("cumul-invisible_patient-masque_ps", json!(values.cumul_invisible_patient_masque_ps)),
        ("hr-periode-max-mois", json!(values.hr_periode_max_mois)),
    ];
    let report = Report::line(first).with("age_hours", age).with("stale", copy.is_stale());
    Ok(rows.into_iter().fold(report, |report, (name, value)| report.and(format!("{name}: {value}")).with(name, value)))
}

/// The copy that the configuration names; the defaults when there is none.
pub(crate) fn kept(config: &Config) -> ParameterFile {
    let copy = ParameterFile::default();
    if let Some(file) = config.parameters.file.as_ref().map(|file| config.path(file)).filter(|file| file.exists())
        && let Err(error) = copy.read_file(&file)
    {
        tracing::warn!(file = %file.display(), %error, "the kept parameter file is left aside");
    }
    copy
}

async fn refreshed(config: &Config) -> Result<ParameterFile, Failure> {
    let settings = &config.parameters;
    let url = settings.url.as_ref().ok_or_else(|| {
        let known = dmp_client::parameters::KNOWN_ADDRESS;
        Failure::input(format!(
            "configuration [parameters] url: nothing to fetch; the DMP is thought to publish it at {known}"
        ))
    })?;
    let anchors = match &settings.trust_anchors {
        None => wiring::anchors(config)?,
        Some(path) => {
            let pem = wiring::read(config, path, "[parameters] trust_anchors")?;
            TrustAnchors::from_pem(&pem)
                .map_err(|error| Failure::input(format!("configuration [parameters] trust_anchors: {error}")))?
        }
    };
    let source = ParameterSource::new(url, &anchors)
        .map_err(|error| Failure::input(format!("configuration [parameters] url: {error}")))?;
    let source = settings.allowed_hosts.iter().fold(source, |source, host| source.allow_host(host));
    let xml = source.download().await.map_err(|error| Failure::Unreached(error.to_string()))?;
    let copy = ParameterFile::default();
    copy.read(&xml, Timestamp::now()).map_err(|error| Failure::Unreached(error.to_string()))?;
    if let Some(file) = &settings.file {
        let file = config.path(file);
        std::fs::write(&file, &xml).map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
    }
    Ok(copy)
}
