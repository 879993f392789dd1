//! Benchmark: `cargo run --release --bin large_document -- [MEGABYTES]` (default 200).
//!
//! Sends a large opaque document, then a CDA just under the reader's limit, to a mock in another process, gets both
//! back, and prints by how much the resident memory of each process grew at its peak. Linux only: it reads `/proc`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to a person")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use dmp_client::{Document, Submission};
use dmp_examples::bare::Failure;
use dmp_examples::tour::{Tour, big};

/// What either process may grow by, whatever the document's size.
const ALLOWED_KIB: u64 = 64 * 1024;
const MOCK: &str = "--as-mock";

#[tokio::main]
async fn main() -> ExitCode {
    let argument = std::env::args().nth(1);
    let done = match argument.as_deref() {
        Some(MOCK) => be_the_mock().await.map(|()| true),
        Some(size) => match size.parse() {
            Ok(megabytes) => measure(megabytes).await,
            Err(_) => Err(format!("{size} is not a number of megabytes").into()),
        },
        None => measure(200).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// The other process: a mock until its input is closed.
async fn be_the_mock() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::args().nth(2).ok_or("no folder given")?);
    let mock = Tour::mock().await?;
    mock.pki().write_to(&folder)?;
    println!("{}", mock.url());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

async fn measure(megabytes: u64) -> Result<bool, Failure> {
    let folder = tempfile::tempdir()?;
    let mut other = OtherProcess::start(folder.path())?;
    let tour = Tour::of_other_process(&other.url, folder.path())?;

    println!("{:<34}{:>10}{:>10}{:>14}{:>14}", "document", "up", "down", "client peak", "mock peak");
    // The first exchange pays for what every process pays once: TLS, thread stacks, allocator arenas.
    exchange(&tour, &mut other, "warm-up, 1 MB opaque", &big::opaque(folder.path(), 1).await?, None).await?;
    let limit = Some(ALLOWED_KIB);
    let label = format!("{megabytes} MB opaque");
    let opaque = big::opaque(folder.path(), megabytes).await?;
    let first = exchange(&tour, &mut other, &label, &opaque, limit).await?;
    let cda = big::cda(folder.path()).await?;
    let second = exchange(&tour, &mut other, "CDA of 49 MiB, one base64 text", &cda, limit).await?;
    println!("\nallowed growth of either process: {} MiB", ALLOWED_KIB / 1024);
    Ok(first && second)
}

/// Feeds and retrieves one document; whether memory stayed within `limit`.
async fn exchange(
    tour: &Tour,
    other: &mut OtherProcess,
    label: &str,
    (path, document): &(PathBuf, Document),
    limit: Option<u64>,
) -> Result<bool, Failure> {
    let own = Memory::of("self")?;
    let theirs = Memory::of(&other.child.id().to_string())?;

    let feeding = tour.feeding_of(document)?;
    let started = Instant::now();
    feeding.submit(&Submission::of(document.clone())).await?;
    let up = started.elapsed();

    let consulting = tour.consulting_of(document)?;
    consulting.authorise().await?;
    let entry = consulting.entry(&document.entry().unique_id).await?;
    let back = path.with_extension("back");
    let started = Instant::now();
    let retrieved = consulting.retrieve_to_file(&entry, &back).await?;
    let down = started.elapsed();

    let growth = (own.growth()?, theirs.growth()?);
    let same = Some(&retrieved.sha1) == document.entry().hash.as_ref() && retrieved.verified;
    std::fs::remove_file(&back)?;
    println!(
        "{label:<34}{:>8.2} s{:>8.2} s{:>10.1} MiB{:>10.1} MiB{}",
        up.as_secs_f64(),
        down.as_secs_f64(),
        growth.0 as f64 / 1024.0,
        growth.1 as f64 / 1024.0,
        if same { "" } else { "  NOT THE SAME BYTES" }
    );
    Ok(same && limit.is_none_or(|limit| growth.0 <= limit && growth.1 <= limit))
}

/// The mock, in a process of its own.
struct OtherProcess {
    child: Child,
    url: String,
}

impl OtherProcess {
    fn start(folder: &Path) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(MOCK)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        let stdout = child.stdout.take().ok_or("no output of the mock")?;
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        // Closing its input ends it; there is nothing to do if it has ended already.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Resident memory of a process from a moment on.
struct Memory {
    folder: PathBuf,
    at_start: u64,
}

impl Memory {
    /// Starts a measure: forgets the peak so far.
    fn of(process: &str) -> Result<Self, Failure> {
        let folder = PathBuf::from("/proc").join(process);
        std::fs::OpenOptions::new().write(true).open(folder.join("clear_refs"))?.write_all(b"5")?;
        let at_start = field(&folder, "VmRSS:")?;
        Ok(Self { folder, at_start })
    }

    /// KiB by which the peak since then exceeds the start.
    fn growth(&self) -> Result<u64, Failure> {
        Ok(field(&self.folder, "VmHWM:")?.saturating_sub(self.at_start))
    }
}

fn field(folder: &Path, name: &str) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(folder.join("status"))?;
    let line = status.lines().find(|line| line.starts_with(name)).ok_or("no such field in /proc")?;
    Ok(line.split_whitespace().nth(1).unwrap_or_default().parse()?)
}
