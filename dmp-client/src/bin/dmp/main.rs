//! `dmp`: one DMP from the command line.

mod acting;
mod arguments;
mod cda;
mod code;
mod commands;
mod config;
mod consult;
mod doctor;
mod dry_run;
mod exit;
mod explain;
mod init;
mod ins;
mod meta;
mod opened;
mod output;
mod parameters;
mod patients;
mod private_file;
mod sessions;
mod terminal;
mod web_ps;
mod wiring;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use arguments::Arguments;
use exit::Failure;

fn main() -> ExitCode {
    log();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let shared = arguments.shared.clone();
    let outcome = runtime().and_then(|runtime| runtime.block_on(commands::run(arguments)));
    match outcome {
        Ok(report) => match write!(io::stdout().lock(), "{report}") {
            Ok(()) => ExitCode::from(report.exit_code()),
            Err(_) => ExitCode::from(exit::INPUT),
        },
        Err(failure) => {
            let explanation = failure.explain(shared.language, &wiring::policy(&shared));
            // Where stdout or stderr is closed, the exit code still tells.
            if shared.json {
                let _ = writeln!(io::stdout().lock(), "{}", failure.as_json(&explanation));
            }
            let _ = writeln!(io::stderr().lock(), "{explanation}");
            ExitCode::from(failure.code())
        }
    }
}

/// Warnings, tolerated rules among them, on stderr unless `DMP_LOG` says otherwise: one line each.
fn log() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).with_env_var("DMP_LOG");
    tracing_subscriber::fmt()
        .with_env_filter(filter.from_env_lossy())
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .init();
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::input(format!("the program cannot start: {error}")))
}

/// Help and version are answers; anything else is bad input.
fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(exit::INPUT) } else { ExitCode::SUCCESS }
}
