//! How long an extraction takes: writes lines of the local trace in a folder, then extracts and verifies them.
//!
//! `cargo run --release -p dmp-lps --example extract_traces -- 1000000 /var/tmp/traces`

#![allow(clippy::print_stdout, reason = "a program for a terminal")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use dmp_lps::trace::{
    Action, KEY_LENGTH, Note, SqliteTraces, TraceActor, TraceExtract, TraceKeys, TraceKind, TraceReader, TraceSettings,
    Tracer,
};
use dmp_lps::{Database, InternalUserId, SystemClock};

/// Lines of one commit; an act of a user is one.
const BATCH: u64 = 500;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let lines: u64 = arguments.next().map_or(Ok(10_000), |lines| lines.parse())?;
    let folder = PathBuf::from(arguments.next().ok_or("usage: extract_traces LINES FOLDER (a new one)")?);
    std::fs::create_dir(&folder)?;
    let base = |name: &str| Database::open(folder.join(name));
    let (access, air) = (SqliteTraces::access(base("traces.db")?), SqliteTraces::air(base("traces-air.db")?));
    // A key that protects nothing.
    let keys = TraceKeys::new(1, &[0; KEY_LENGTH])?;
    let tracer = Tracer::new(access, air, keys, SystemClock, TraceSettings::default());

    let users: Vec<InternalUserId> = (0..50).filter_map(|user| InternalUserId::new(format!("user-{user}"))).collect();
    let begun = Instant::now();
    for (batch, user) in (0..lines.div_ceil(BATCH)).zip(users.iter().cycle()) {
        let batch = batch * BATCH..lines.min((batch + 1) * BATCH);
        let view = |line| Note::of(Action::View).document(format!("2.25.{line}"), Some("11488-4")).detail("screen dmp");
        tracer.note_all(TraceActor::user(user.clone()), batch.map(view)).await?;
    }
    println!("written: {lines} lines, {BATCH} at a time, in {:.1} s", begun.elapsed().as_secs_f64());

    let reader = TraceReader::restricted(TraceActor::software());
    let begun = Instant::now();
    let all = TraceExtract::all();
    let manifest = tracer.extract_to_folder(TraceKind::Access, &all, &reader, &folder, None).await?;
    println!("extracted: {} rows in {:.1} s", manifest.rows, begun.elapsed().as_secs_f64());

    let begun = Instant::now();
    let two = TraceExtract::by_users(users.into_iter().take(2));
    let found = tracer.read(&two, &reader).await?.len();
    println!("two users: {found} rows in {:.1} s", begun.elapsed().as_secs_f64());

    let begun = Instant::now();
    let verified = tracer.verify(TraceKind::Access, &[]).await?;
    let sound = if verified.is_sound() { "sound" } else { "NOT SOUND" };
    println!("verified: {} lines in {:.1} s, {sound}", verified.lines, begun.elapsed().as_secs_f64());
    Ok(())
}
