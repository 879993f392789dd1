//! `dmp`: one DMP from the command line.

mod arguments;
mod cda;
mod code;
mod commands;
mod config;
mod consult;
mod dry_run;
mod exit;
mod explain;
mod init;
mod ins;
mod meta;
mod output;
mod patients;
mod wiring;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use exit::Failure;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("DMP_LOG"))
        .with_writer(io::stderr)
        .init();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let language = arguments.shared.language;
    let outcome = runtime().and_then(|runtime| runtime.block_on(commands::run(arguments)));
    match outcome {
        Ok(report) => match write!(io::stdout().lock(), "{report}") {
            Ok(()) => ExitCode::from(report.exit_code()),
            Err(_) => ExitCode::from(exit::INPUT),
        },
        Err(failure) => {
            // Where stderr is closed, the exit code still tells.
            let _ = writeln!(io::stderr().lock(), "{}", failure.explain(language));
            ExitCode::from(failure.code())
        }
    }
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
