//! Deferred feeding: what is validated during the day goes to the DMP by itself, later, once.
//!
//! `cargo run --bin nightly_feed`. Uses F01 (consent), F09 (queue), F10 (exclusions).

#![allow(clippy::print_stdout, reason = "a program that talks to a person")]

use dmp_client::{Language, QualifiedPatient};
use dmp_examples::bare::Failure;
use dmp_examples::clinic::{Clinic, camille, somebody};
use dmp_examples::letter::{self, letter};
use dmp_lps::consent::{Scope, Stance, StanceChange};
use dmp_lps::outbox::{FeedEvent, FeedId, NewFeed, Outbox, OutboxSettings, PatientFacts, Spool, Step};
use dmp_lps::{AccessContext, Database, PatientKey};
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_protocol::transaction::Transaction;
use jiff::SignedDuration;
use tokio::sync::broadcast::Receiver;

/// The register of patients of the software: here everybody is qualified and alive.
type Register = fn(&PatientKey) -> PatientFacts;
type Queue = Outbox<Database, Database, Register>;

fn register(_: &PatientKey) -> PatientFacts {
    PatientFacts { qualified: true, deceased: false }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let clinic = Clinic::open().await?;
    let alix = clinic.alix("sejour-2026-112")?;
    let (camille, claude) = (camille()?, somebody(1_790_175_999_002)?);
    for patient in [&camille, &claude] {
        clinic.inform(&alix, &PatientKey::from(patient)).await?;
    }

    // The queue lives in the base of the software, the bytes in a folder beside it: both survive a power cut.
    let spool = Spool::open(clinic.folder().join("spool"))?;
    let settings = OutboxSettings { pace: std::time::Duration::ZERO, ..OutboxSettings::default() };
    let queue: Queue =
        Outbox::new(clinic.base.clone(), spool, clinic.gate.clone(), register, clinic.clock.clone(), settings);
    let mut events = queue.events();

    // 1. The day: letters are validated, each begins its delay. Until then any of them can be held or withdrawn.
    let report = put(&queue, &alix, &camille, "Compte rendu de consultation").await?;
    let echo = put(&queue, &alix, &camille, "Échographie cardiaque").await?;
    let draft = put(&queue, &alix, &camille, "Lettre à relire").await?;
    let opposed = put(&queue, &alix, &claude, "Compte rendu de consultation").await?;
    // The screen says what will happen, and why.
    println!("report: {}", first_sentence(&queue.explain(report, Language::English).await?));
    queue.hold(draft).await?;
    println!("the letter to read again is held back");
    // Claude changes his mind: his letter is excluded at once.
    let key = PatientKey::from(&claude);
    let _ = clinic.gate.record(&alix, &key, StanceChange::new(Scope::Feeding, Stance::InformedOpposed)).await?;
    queue.reevaluate(&key).await?;

    // 2. The evening: a worker runs beside the screens, `worker.run(stop)`. Here it makes its steps one by one, and the
    //    clock is moved instead of waiting.
    let worker = queue.worker(clinic.feeding(&alix)?).await?;
    println!("before the delay: {}", step(&worker.step().await?));
    clinic.clock.advance(SignedDuration::from_mins(16));

    // 3. The DMP goes away after it has stored the lot: nobody knows what became of it. It is not sent again: the DMP is
    //    asked for each document by its uniqueId (TD3.1b), which finds them.
    let fault = Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Submit).processed(true).times(1);
    clinic.dmp()?.faults().add(fault)?;
    println!("at night: {}", step(&worker.step().await?));
    println!("the connection was cut: {}", tell(&mut events, &[(report, "report"), (echo, "echo")]).join(", "));
    clinic.clock.advance(SignedDuration::from_mins(5));
    println!("then: {}", step(&worker.step().await?));
    println!("the DMP has: {}", tell(&mut events, &[(report, "report"), (echo, "echo")]).join(", "));

    // 4. The morning: what the screens show.
    for (name, id) in
        [("report", report), ("echo", echo), ("letter to read again", draft), ("letter of Claude", opposed)]
    {
        let item = queue.get(id).await?;
        let badge = queue.badge(&item.patient, &item.unique_id).await?;
        println!(
            "{name}: {badge:?}{}",
            item.reasons.iter().map(|reason| format!(" ({})", reason.code())).collect::<String>()
        );
    }
    let sent =
        clinic.dmp()?.journal().exchanges().iter().filter(|one| one.transaction.as_deref() == Some("TD2.1")).count();
    println!("TD2.1 sent: {sent}, one lot of two documents");
    println!("at last: {}", step(&worker.step().await?));
    Ok(())
}

/// A letter that was just validated.
async fn put(queue: &Queue, ctx: &AccessContext, patient: &QualifiedPatient, title: &str) -> Result<FeedId, Failure> {
    let mut letter = letter(title)?;
    letter.patient.ins = Some(patient.ins().clone());
    let bytes = letter::written(&letter, "Tout va bien.")?;
    let feed = NewFeed::of(ctx.clone(), PatientKey::from(patient)).validated();
    Ok(queue.enqueue_bytes(feed, bytes).await?)
}

/// What became of documents since the last time.
fn tell(events: &mut Receiver<FeedEvent>, names: &[(FeedId, &str)]) -> Vec<String> {
    let all: Vec<FeedEvent> = std::iter::from_fn(|| events.try_recv().ok()).collect();
    let last = |id: FeedId| all.iter().rev().find(|event| event.id == id);
    names.iter().filter_map(|(id, name)| Some(format!("{name} {:?}", last(*id)?.what))).collect()
}

fn step(step: &Step) -> String {
    match step {
        Step::Fed(count) => format!("a lot of {count} documents"),
        Step::Asked(count) => format!("the DMP was asked for {count} documents"),
        Step::Idle(None) => "nothing waits".to_owned(),
        Step::Idle(Some(_)) => "nothing is due yet".to_owned(),
        Step::Blocked(error) => format!("the DMP refuses this installation: {error}"),
    }
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first)
}
