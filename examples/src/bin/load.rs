//! Benchmark: `cargo run --release --bin load -- [CLIENTS]` (default 8 at a time).
//!
//! The SDK against an in-process mock over mutual TLS on the loopback, both on the machine's cores: requests per second
//! and percentiles of each transaction, then the peak memory of the process. Once with everything as it is by default,
//! once in the conditions of a mass feeding. Then many mocks side by side.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to a person")]

use std::process::ExitCode;

use dmp_examples::bare::Failure;
use dmp_examples::load::{Conditions, Load, Measure, memory, side_by_side};

#[tokio::main]
async fn main() -> ExitCode {
    let clients = match std::env::args().nth(1).map(|text| text.parse()) {
        None => 8,
        Some(Ok(clients)) if clients > 0 => clients,
        _ => {
            eprintln!("expected a number of clients");
            return ExitCode::FAILURE;
        }
    };
    match run(clients).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(clients: usize) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{clients} requests at a time, client and server together on {cores} cores; documents are made beforehand\n"
    );
    for conditions in [Conditions::Default, Conditions::MassFeeding] {
        println!("{}", conditions.in_words());
        println!("{}", Measure::HEADER);
        let load = Load::start(conditions, clients).await?;
        println!("{}", load.existence(2_000).await?);
        println!("{}", load.feed(50 << 10, 3_000).await?);
        println!("{}", load.feed(1 << 20, 100).await?);
        println!("{}", load.search(100, None, 400).await?);
        println!("{}", load.search(10_000, Some(100), 400).await?);
        println!("{}", load.search(10_000, None, 16).await?);
        println!("{}", load.retrieve(2_000).await?);
        println!("peak memory of the process so far: {}\n", memory()?);
    }
    println!("{}", side_by_side(50).await?);
    println!("peak memory of the process: {}", memory()?);
    Ok(())
}
