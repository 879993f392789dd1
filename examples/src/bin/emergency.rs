//! An emergency: the patient cannot express a will, the doctor breaks the glass, and everybody can see that it is broken.
//!
//! `cargo run --bin emergency`. Uses F21 (bris de glace), F14 (traces), F15 (supervision).

#![allow(clippy::print_stdout, reason = "a program that talks to a person")]

use dmp_client::{Consent, Search};
use dmp_examples::bare::Failure;
use dmp_examples::clinic::Clinic;
use dmp_examples::letter::{self, letter};
use dmp_lps::bris_de_glace::{Banner, BrisDeGlace, BrisDeGlaceSettings};
use dmp_lps::supervision::{Rule, RuleId, Supervisor, Threshold};
use dmp_lps::{Clock, Confirmed, UserSession};
use dmp_mock::world::seed;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::Ins;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    // A DMP on which nobody of this clinic is authorised.
    let clinic = Clinic::in_closed_world().await?;
    let alix = clinic.alix("urgences-2026-007")?;
    let session = clinic.consulting(&alix)?;
    let unconscious = Ins::parse(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID, Realm::Test)?.value;
    let patient = dmp_client::QualifiedPatient::declared(unconscious);
    // Their own doctor had put a letter there.
    let mut letter = letter("Compte rendu de consultation")?;
    letter.patient.ins = Some(patient.ins().clone());
    clinic.fed_elsewhere(letter::document(&letter, "Allergie à la pénicilline.").await?).await?;
    let login = UserSession::begin("session-12", alix.user.clone(), clinic.clock.now());
    let emergencies =
        BrisDeGlace::new(clinic.clock.clone(), BrisDeGlaceSettings::default()).traced(clinic.tracer.clone());

    // 1. Normal access: the patient was not informed, and cannot be. Nothing leaves (EXI 01).
    let normal = session.record(patient.clone(), Consent::given())?;
    let refused = normal.find(Search::approved()).await.err().ok_or("it was not refused")?;
    println!("normal access: {}", refused.rule().unwrap_or_default());

    // 2. Bris de glace wants a reason, typed by the user, and a confirmation that says what it is. There is no setting for
    //    it, and a short reason is none.
    let consent = || Consent::expressed(false, false);
    let confirmed = || Confirmed::by(clinic.click(&alix, "bris de glace"));
    let short = emergencies.open(&alix, &login, &session, &patient, consent(), "urgent", confirmed()).await;
    println!("a short reason: {}", short.err().and_then(|error| error.rule()).unwrap_or_default());
    let reason = "Patient inconscient, antécédents inconnus";
    let guard = emergencies.open(&alix, &login, &session, &patient, consent(), reason, confirmed()).await?;

    // 3. The banner stays on every screen as long as it lasts (EX_0.2-1050).
    let banner = guard.banner();
    show(&banner);
    let found = guard.record()?.find(Search::approved()).await?;
    let bytes = guard.record()?.retrieve(found.first().ok_or("nothing is there")?).await?;
    println!("documents: {}, and it is read: {}", found.len(), !bytes.is_empty());
    // What an emergency does not have is not there to be called: `guard.record()?.authorise()` does not compile.

    // 4. The doctor turns to another patient: over, also for whoever kept the record.
    let kept = guard.record()?.clone();
    emergencies.patient_shown(&login, &dmp_examples::clinic::camille()?);
    show(&banner);
    let late = kept.find(Search::approved()).await.err().ok_or("it was not refused")?;
    println!("a record that was kept: {}", late.rule().unwrap_or_default());
    drop(guard);

    // 5. Who looks at the traces sees it; the supervision counts (SV05; here from the first use on, not from the fourth).
    println!("traces:");
    for line in clinic.traced().await? {
        println!("  {line}");
    }
    let strict = |rule: Rule| match rule.id {
        RuleId::BrisDeGlace => Rule { threshold: Threshold { above: 0, percent: 0 }, ..rule },
        _ => Rule { enabled: false, ..rule },
    };
    let rules = Rule::defaults().into_iter().map(strict).collect();
    let nothing = dmp_lps::supervision::NothingKnown;
    let supervisor = Supervisor::with(clinic.base.clone(), clinic.clock.clone(), rules, nothing);
    for alert in supervisor.follow(&clinic.tracer).await? {
        println!("alert {} about {}: {:?}", alert.rule.as_str(), alert.actor.as_str(), alert.response);
    }
    Ok(())
}

fn show(banner: &Banner) {
    match banner.over() {
        None => println!("banner: BRIS DE GLACE, this access is traced and the patient will know"),
        Some(cause) => println!("banner: none ({cause:?})"),
    }
}
