//! `dmp web-ps`: what a browser, or the proxy of the structure, opens to enter the DMP (TD0.9, TD0.10).

use std::path::{Path, PathBuf};

use clap::Args;
use dmp_client::web_ps::Page;
use dmp_client::{WebAccess, WebPsAddresses};

use crate::acting::{Actor, Purpose};
use crate::arguments::Shared;
use crate::config::WebPsConfig;
use crate::exit::Failure;
use crate::opened::{cannot, on};
use crate::output::Report;
use crate::private_file;
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(crate) struct WebPs {
    /// TableauDeBord, DossierPatient, GestionDMPPatient, Documents, ParcoursDeSoins, HistoriqueAcces, VolontesEtDroits,
    /// CarnetVaccination or Parametrages; in air the first two only.
    #[arg(value_name = "PAGE", value_parser = page)]
    page: Page,
    /// INS of the patient that the page is about, whose identity you declare qualified.
    #[arg(long, value_name = "NUMBER[@OID]")]
    ins: Option<String>,
    /// Where to write, readable by the owner only: the page that posts the form of air, which holds an assertion and is
    /// never printed; or the address of a card.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn page(text: &str) -> Result<Page, String> {
    Page::from_segment(text).ok_or_else(|| {
        let pages: Vec<&str> = Page::ALL.into_iter().map(Page::segment).collect();
        format!("expected one of {}", pages.join(", "))
    })
}

pub(crate) async fn run(shared: &Shared, arguments: &WebPs) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let actor = wired.acting.actor.unwrap_or(Actor::Air);
    require_address(&wired.config.web_ps, actor)?;
    // Before anything is signed.
    if actor != Actor::Card && arguments.output.is_none() {
        return Err(Failure::input(
            "-o FILE: missing; the form of TD0.10 holds an assertion: it is written to a file, never printed",
        ));
    }
    let access = match &arguments.ins {
        Some(ins) => {
            let opened = wired.open(Actor::Air, wired.patient(ins)?).await?;
            on!(
                opened,
                [Air AirCentre15 AirBrisDeGlace AirNonPs Card CardCentre15 CardBrisDeGlace Cpe],
                "the Web-PS", record => record.web_ps(arguments.page).await?
            )?
        }
        None => without_patient(&wired, actor, arguments.page).await?,
    };
    report(&access, arguments.output.as_deref())
}

/// The dashboard or the settings: no record, so no reason and no connexion secrète.
async fn without_patient(wired: &Wired, actor: Actor, page: Page) -> Result<WebAccess, Failure> {
    if wired.acting.secret.is_some() {
        return Err(Failure::input("--secret: a connexion secrète is that of a patient; give --ins"));
    }
    Ok(match (actor, wired.acting.access) {
        (Actor::Air, Purpose::Normal) => wired.air()?.web_ps(page).await?,
        (Actor::Air, Purpose::Centre15) => wired.air()?.centre_15().web_ps(page).await?,
        (Actor::PlainAir, Purpose::Normal) => wired.plain_air()?.web_ps(page).await?,
        (Actor::PlainAir, Purpose::Centre15) => wired.plain_air()?.centre_15().web_ps(page).await?,
        (Actor::AirNonPs, Purpose::Normal) => wired.air_non_ps()?.web_ps(page).await?,
        (Actor::Card, Purpose::Normal) if wired.card()?.is_cpe() => wired.cpe()?.web_ps(page).await?,
        (Actor::Card, Purpose::Normal) => wired.direct()?.web_ps(page).await?,
        (Actor::Card, Purpose::Centre15) => wired.direct()?.centre_15().web_ps(page).await?,
        _ => return Err(cannot("the Web-PS")),
    })
}

fn report(access: &WebAccess, output: Option<&Path>) -> Result<Report, Failure> {
    let report = match (access.html(), output) {
        (Some(html), Some(file)) => {
            write(file, html)?;
            let advice = "its token lives 30 seconds and serves once; remove the file then";
            Report::line(format!("{}: wrote {}: {advice}", access.td(), file.display()))
                .with("file", file.display().to_string())
        }
        (None, Some(file)) => {
            write(file, &format!("{}\n", access.url()))?;
            Report::line(format!("{}: wrote {}", access.td(), file.display())).with("file", file.display().to_string())
        }
        // The address of a form says nothing without its fields; that of a card is the whole entry.
        (_, None) => Report::line(access.url()).with("url", access.url()),
    };
    let report = report.with("transaction", access.td());
    Ok(match access.token_trace() {
        // EX_AIR-070: what is not in the configuration already.
        Some(trace) => report.with("vihf_id", trace.vihf_id.clone()).with("at", trace.at.to_string()),
        None => report,
    })
}

/// Never into a file that exists: its rights would stay as they are.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let written = private_file::write(path, text, false);
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::input(format!("-o {}: exists already: remove it, or choose another name", path.display()))
        }
        _ => Failure::input(format!("-o {}: {error}", path.display())),
    })
}

/// The bases of the configuration, as the client wants them.
pub(crate) fn addresses(given: &WebPsConfig) -> Result<WebPsAddresses, Failure> {
    let refused =
        |name: &str, error: &dyn std::fmt::Display| Failure::input(format!("configuration [web_ps] {name}: {error}"));
    let mut addresses = WebPsAddresses::new();
    if let Some(base) = &given.cps {
        addresses = addresses.cps(base).map_err(|error| refused("cps", &error))?;
    }
    if let Some(base) = &given.air {
        addresses = addresses.air(base).map_err(|error| refused("air", &error))?;
    }
    Ok(match &given.air_path {
        Some(path) => addresses.air_path(path),
        None => addresses,
    })
}

fn require_address(given: &WebPsConfig, actor: Actor) -> Result<(), Failure> {
    let (name, base) = match actor {
        Actor::Card => ("cps", &given.cps),
        Actor::Air | Actor::PlainAir | Actor::AirNonPs => ("air", &given.air),
        Actor::Indirect => return Err(cannot("the Web-PS")),
    };
    if base.is_some() {
        return Ok(());
    }
    Err(Failure::input(format!(
        "configuration: fill in [web_ps] {name}: the base of the Web-PS, such as https://wps.example.test (EX_0.9-1030)"
    )))
}
