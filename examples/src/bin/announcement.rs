//! An announcement: a result that the patient must not discover alone, told in a consultation, then made visible.
//!
//! `cargo run --bin announcement`. Uses F08 (visibility, worklist), F26 (confirmation). EXI 07 and 08.

#![allow(clippy::print_stdout, reason = "a program that talks to a person")]

use dmp_client::{AirRecord, Consent, Hidden, Search, Submission};
use dmp_examples::bare::Failure;
use dmp_examples::clinic::{Clinic, camille};
use dmp_examples::letter::{self, kind, letter};
use dmp_lps::visibility::{
    Choice, Holder, InvisibleDocument, PatientSight, Reveal, Visibility, VisibilityCalendar, VisibilityPolicy,
    Worklist, WorklistSettings,
};
use dmp_lps::{Clock, Confirmed, PatientKey, display};
use jiff::SignedDuration;

/// Compte rendu d'anatomie pathologique.
const RESULT: &str = "60568-3";
/// CR ou fiche de consultation: what the announcement consultation produces here.
const ANNOUNCEMENT: &str = "11488-4";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let clinic = Clinic::open().await?;
    let (alix, patient) = (clinic.alix("suivi-2026-054")?, camille()?);
    let key = PatientKey::from(&patient);
    clinic.inform(&alix, &key).await?;

    // 1. The physician decides, document by document, before it is sent (V7). The rules are checked here: what has once
    //    been visible cannot be hidden again, masking and invisibility do not add up (V1, V2).
    let adult = Visibility::open(Holder::Adult);
    let choice = Choice {
        wished: Visibility { patient: PatientSight::Invisible, ..adult },
        holder: Holder::Adult,
        type_code: RESULT,
        former: None,
        mask_asked_by_holder: false,
    };
    let hidden = choice.decide(VisibilityPolicy::default())?;
    let again = Choice { former: Some(adult), ..choice };
    let too_late = again.decide(VisibilityPolicy::default()).err().ok_or("it was not refused")?;
    println!("hiding what was visible: refused by {}", too_late.rule().unwrap_or_default());

    // 2. The structure feeds the result, invisible to the patient. Professionals see it.
    let mut result = letter("Résultat d'anatomie pathologique")?;
    result.document_type = kind(RESULT);
    let unique_id = letter::unique_id(&result)?;
    let document = letter::document(&result, "Conclusion à annoncer au patient.").await?;
    let document = hidden.into_iter().fold(document, |document, from: Hidden| document.hidden(from));
    let entry = document.entry().clone();
    clinic.feeding(&alix)?.record(patient.clone(), Consent::given())?.submit(&Submission::of(document)).await?;
    println!("fed: {}", display::type_label(&entry));

    // 3. It goes on the worklist of its author, with the calendar that the establishment chose: none is a default (K01).
    let settings = WorklistSettings::new(VisibilityCalendar::Segur).announcement_types([ANNOUNCEMENT]);
    let worklist = Worklist::new(clinic.base.clone(), clinic.clock.clone(), settings);
    let invisible = InvisibleDocument::of(&key, &entry, Some(clinic.clock.now())).ok_or("everybody sees it")?;
    worklist.add(invisible).await?;
    println!("on the worklist: {}", worklist.list(Default::default()).await?.len());

    // 4. Nobody announces it: the reminders of the texts come, each once. Nothing is ever made visible by a timer.
    for days in [13, 27] {
        clinic.clock.advance(SignedDuration::from_hours(24 * days));
        let due: Vec<String> = worklist.tick().await?.iter().map(|event| format!("{:?}", event.due)).collect();
        println!("{days} days later: {}", if due.is_empty() { "nothing is due".to_owned() } else { due.join(", ") });
    }

    // 5. The consultation. Its report is what proposes the open entries of the patient to the physician.
    let proposed = worklist.on_document_produced(&key, ANNOUNCEMENT).await?;
    println!("the report of the consultation proposes {} document", proposed.len());
    let announced = worklist.mark_announced(&unique_id).await?;
    println!("state: {:?}", announced.state);

    // 6. The warning of the référentiel, a confirmation, and TD3.3b: it cannot be undone. By a professional in normal
    //    access, who consults; the structure that fed cannot do it.
    let record = clinic.consulting(&alix)?.record(patient, Consent::given())?;
    println!("before: {}", sight(&record, &unique_id).await?);
    println!("{}", worklist.settings().warning().unwrap_or_default());
    let confirmed = Confirmed::by(clinic.click(&alix, "rendre visible"));
    let shown = worklist.make_visible(&record, &unique_id, [Reveal::ToPatient(confirmed)]).await?;
    println!("state: {:?}", shown.state);
    println!("after: {}", sight(&record, &unique_id).await?);
    println!("on the worklist: {}", worklist.list(Default::default()).await?.len());
    Ok(())
}

/// What the DMP says of the document.
async fn sight(record: &AirRecord, unique_id: &str) -> Result<String, Failure> {
    let found = record.find(Search::approved()).await?;
    let entry = found.iter().find(|entry| entry.unique_id == unique_id).ok_or("the DMP does not list it")?;
    let labels = display::state_labels(entry);
    Ok(if labels.is_empty() { "visible to the patient".to_owned() } else { labels.join(", ") })
}
