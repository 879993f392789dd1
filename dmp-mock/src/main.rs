//! `dmp-mock serve`: the mock as a process, with its certificates in a folder and one line of JSON when it is ready.

use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use dmp_mock::pki::{PKCS12_PASSWORD, samples};
use dmp_mock::world::seed;
use dmp_mock::{MockBuilder, MockDmp, WebAddresses};
use serde::Serialize;

#[derive(Parser)]
#[command(name = "dmp-mock", version, about = "A DMP on a laptop that says no with the real codes")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Listens until interrupted.
    Serve(Serve),
}

#[derive(clap::Args)]
struct Serve {
    /// Address of the services; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// A name or address of this machine to add to the server certificate; may be repeated.
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
    /// Patients, professionals, structures, authorisations and documents in TOML, instead of the seeded world.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Keeps the whole state in this file, made if needed; what it holds takes the place of the world.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Every well-formed INS has an active DMP on which the caller is authorised.
    #[arg(long)]
    open_world: bool,
    /// Rules that warn instead of refusing, separated by commas: X09,V41.
    #[arg(long, value_name = "RULES")]
    lenient: Vec<String>,
    /// Rules that refuse, among those that only warn by default: X14,CDA-XDS-005.
    #[arg(long, value_name = "RULES")]
    strict: Vec<String>,
    /// Rules that are not looked at.
    #[arg(long, value_name = "RULES")]
    off: Vec<String>,
    /// A choice where the texts are silent, docs/choices.md: matrix_unknown=deny; may be repeated.
    #[arg(long = "switch", value_name = "NAME=VALUE", value_parser = name_and_value)]
    switches: Vec<(String, String)>,
    /// Reading matrix in TSV, of the form of the embedded one.
    #[arg(long, value_name = "FILE")]
    reading_matrix: Option<PathBuf>,
    /// Folder with another edition of the value sets.
    #[arg(long, value_name = "DIR")]
    value_sets: Option<PathBuf>,
    /// Faults in TOML, armed from the first request on (docs/mock-control.md).
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Append each exchange to FILE, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Write matricules and NameIDs in the journal: health data, keep it as such.
    #[arg(long)]
    journal_clear: bool,
    /// Keep the bytes of requests and answers for the control port: health data, keep it as such.
    #[arg(long)]
    journal_raw: bool,
    /// Folder for the certificates and keys; a temporary one, removed at the end, if absent.
    #[arg(long, value_name = "DIR")]
    pki_dir: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Command::Serve(serve) = Cli::parse().command;
    match run(serve).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run(serve: Serve) -> Result<(), Box<dyn Error>> {
    let mut builder = serve.configure(MockDmp::builder()).listen(serve.listen);
    if let Some(file) = &serve.world {
        builder = builder.world_file(file);
    }
    if let Some(file) = &serve.state {
        builder = builder.state(file);
    }
    for name in &serve.names {
        builder = builder.server_name(name);
    }
    if serve.open_world {
        builder = builder.open_world();
    }
    let mock = builder.start().await?;
    mock.journal().keep_raw(serve.journal_raw);
    mock.journal().show_people(serve.journal_clear);
    if let Some(file) = &serve.journal {
        mock.journal().export_to(file)?;
    }
    if let Some(file) = &serve.faults {
        mock.faults().add_file(file)?;
    }

    let temporary;
    let folder = match &serve.pki_dir {
        Some(folder) => folder.as_path(),
        None => {
            temporary = tempfile::Builder::new().prefix("dmp-mock-pki-").tempdir()?;
            temporary.path()
        }
    };
    mock.pki().write_to(folder)?;
    let samples = mock.pki().samples()?;
    mock.pki().write_samples(&samples, folder)?;
    for revoked in samples.iter().filter(|sample| sample.name.starts_with("bad_revoked")) {
        mock.revoke(revoked.identity.certificate_der())?;
    }
    mock.with_world(samples::add_structures);

    let ready = Ready::of(&mock, std::path::absolute(folder)?.display().to_string(), serve.open_world);
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", serde_json::to_string(&ready)?)?;
    stdout.flush()?;
    drop(stdout);

    interrupted().await?;
    Ok(())
}

impl Serve {
    /// Rules, switches and tables.
    fn configure(&self, mut builder: MockBuilder) -> MockBuilder {
        for rules in &self.strict {
            builder = builder.strict(rules);
        }
        for rules in &self.lenient {
            builder = builder.lenient(rules);
        }
        for rules in &self.off {
            builder = builder.off(rules);
        }
        for (name, value) in &self.switches {
            builder = builder.switch(name, value);
        }
        if let Some(file) = &self.reading_matrix {
            builder = builder.reading_matrix(file);
        }
        if let Some(folder) = &self.value_sets {
            builder = builder.value_sets(folder);
        }
        builder
    }
}

fn name_and_value(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, such as matrix_unknown=deny")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// One line of JSON, for a program that started the mock and waits for it.
#[derive(Serialize)]
struct Ready {
    event: &'static str,
    url: String,
    admin: String,
    /// Parameter file of this DMP.
    parameters: String,
    #[serde(flatten)]
    web: WebAddresses,
    pki: String,
    p12_password: &'static str,
    structure: Option<String>,
    professional: Option<String>,
    patients: Vec<String>,
    /// Told to `dmp init`: a client of an open world leaves to the mock what only the mock can tolerate.
    open_world: bool,
}

impl Ready {
    fn of(mock: &MockDmp, folder: String, open_world: bool) -> Self {
        mock.with_world(|world| {
            // A world file may not know the seeded ones: then its first of each kind.
            let structure = world.structure(seed::STRUCTURE_EG).or_else(|| world.structures().next());
            let professional = world.professional(seed::MEDECIN).or_else(|| world.professionals().next());
            Ready {
                event: "ready",
                url: mock.url(),
                admin: mock.admin_url(),
                parameters: mock.parameters_url(),
                web: mock.web_addresses(),
                pki: folder,
                p12_password: PKCS12_PASSWORD,
                structure: structure.map(|structure| structure.id.clone()),
                professional: professional.map(|professional| professional.id.clone()),
                patients: world.patients().map(|patient| patient.id.matricule.clone()).collect(),
                open_world,
            }
        })
    }
}

/// Until SIGINT or SIGTERM.
async fn interrupted() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
