//! Corrections: a letter that is wrong is replaced, one that its patient no longer wants is deleted, and one that went to
//! the record of somebody else is put where it belongs.
//!
//! `cargo run --bin correction`. Uses F12 (corrections, ledger, register of errors), F26 (confirmation). EXI 09 and 10.

#![allow(clippy::print_stdout, reason = "a program that talks to a person")]

use cda::n1::N1Builder;
use dmp_client::{Consent, IndirectSession, QualifiedPatient, Submission};
use dmp_examples::bare::Failure;
use dmp_examples::clinic::{Clinic, camille, somebody};
use dmp_examples::letter::{self, letter, random_oid, unique_id};
use dmp_lps::correction::{
    CorrectionCause, CorrectionEvent, CorrectionSettings, Corrections, PublicationLedger, WrongPatient,
};
use dmp_lps::error_record::{BreachAssessment, ErrorRegister};
use dmp_lps::{AccessContext, Clock, Confirmed, Database, PatientKey};
use jiff::SignedDuration;

/// One base holds the queue, the corrections and the consents.
type Flow = Corrections<Database, Database, Database>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let clinic = Clinic::open().await?;
    let alix = clinic.alix("consultation-2026-031")?;
    let (camille, claude) = (camille()?, somebody(1_790_175_999_002)?);
    for patient in [&camille, &claude] {
        clinic.inform(&alix, &PatientKey::from(patient)).await?;
    }
    let session = clinic.feeding(&alix)?;
    let ledger = PublicationLedger::new(clinic.base.clone(), clinic.base.clone());
    let corrections =
        Corrections::new(ledger, clinic.gate.clone(), clinic.clock.clone(), CorrectionSettings::default());
    // An MSSanté client would listen here, to tell those who received the letter.
    let mut events = corrections.events();
    let key = PatientKey::from(&camille);
    let record = session.record(camille.clone(), Consent::given())?;

    // 1. A letter with a wrong dose. The ledger says what its next version has to be: same setId, next number.
    let first = letter("Ordonnance de sortie")?;
    feed(&corrections, &alix, &session, &camille, &first, "Dose : 100 mg").await?;
    let next = corrections.ledger().next_version(&key, &unique_id(&first)?).await?.ok_or("not fed")?;
    let second = N1Builder {
        unique_id: Some(random_oid()),
        set_id: first.set_id.clone(),
        version: u32::try_from(next.number).ok(),
        replaces: first.unique_id.clone(),
        ..first.clone()
    };
    let corrected = letter::document(&second, "Dose : 10 mg").await?;
    let cause = CorrectionCause::ContentError;
    let replaced = corrections.replace(&alix, &record, cause, unique_id(&first)?, corrected.clone()).await?;
    println!("replaced: version {}", replaced.version.unwrap_or_default());
    // A second click, or a retry after a lost answer, replaces nothing twice.
    corrections.replace(&alix, &record, cause, unique_id(&first)?, corrected).await?;
    for (name, letter) in [("first", &first), ("second", &second)] {
        println!("{name} letter: {:?}", corrections.ledger().badge(&key, &unique_id(letter)?).await?.badge);
    }

    // 2. The patient asks for it to be taken out (EXI 10). With a confirmation: it cannot be undone, and takes all its
    //    versions. The local copy stays, tagged, and is never fed again.
    let confirmed = Confirmed::by(clinic.click(&alix, "suppression"));
    let cause = CorrectionCause::PatientRequest;
    let removed = corrections.delete(&alix, &record, cause, unique_id(&second)?, confirmed).await?;
    println!("deleted: {:?}, local copy {:?}", removed.change, removed.local_copy);
    println!("second letter: {:?}", corrections.ledger().badge(&key, &unique_id(&second)?).await?.badge);

    // 3. A letter about Claude was written into the file of Camille. A line of the register of errors is opened before
    //    anything else; then out of the wrong record, and as a new document, about Claude, into the right one.
    let misfiled = letter("Résultat de biologie")?;
    feed(&corrections, &alix, &session, &camille, &misfiled, "Glycémie : 1,1 g/l").await?;
    let mut about_claude = letter("Résultat de biologie")?;
    about_claude.patient.ins = Some(claude.ins().clone());
    let register = ErrorRegister::new(clinic.base.clone(), clinic.clock.clone());
    let right = session.record(claude, Consent::given())?;
    let error = WrongPatient {
        wrong: &record,
        right: &right,
        unique_id: &unique_id(&misfiled)?,
        document: letter::document(&about_claude, "Glycémie : 1,1 g/l").await?,
        detected_at: clinic.clock.now(),
    };
    let confirmed = Confirmed::by(clinic.click(&alix, "erreur de patient"));
    let line = corrections.wrong_patient(&alix, &register, error, confirmed).await?;
    let done: Vec<String> = line.actions.iter().map(|one| format!("{:?}", one.action)).collect();
    println!("wrong patient: {}", done.join(", "));

    // 4. The establishment has 72 hours to decide whether the CNIL is told (GDPR art. 33): it is reminded until it has.
    clinic.clock.advance(SignedDuration::from_hours(48));
    println!("reminders: {}", register.reminders(SignedDuration::from_hours(24)).await?.len());
    register.told(line.id, "le délégué à la protection des données", &alix.user).await?;
    register.assess(line.id, BreachAssessment::NoRisk, &alix.user).await?;
    println!("reminders once it was decided: {}", register.reminders(SignedDuration::from_hours(24)).await?.len());
    while let Ok(event) = events.try_recv() {
        match event {
            CorrectionEvent::DocumentCorrected { cause, .. } => println!("to tell: corrected ({cause:?})"),
            CorrectionEvent::DocumentRemoved { cause, .. } => println!("to tell: removed ({cause:?})"),
            // A later version may tell more.
            _ => {}
        }
    }
    Ok(())
}

/// Feeds a letter at once, as a button does; the ledger is told.
async fn feed(
    corrections: &Flow,
    ctx: &AccessContext,
    session: &IndirectSession,
    patient: &QualifiedPatient,
    letter: &N1Builder,
    text: &str,
) -> Result<(), Failure> {
    let document = letter::document(letter, text).await?;
    let record = session.record(patient.clone(), Consent::given())?;
    record.submit(&Submission::of(document.clone())).await?;
    Ok(corrections.fed(ctx, &PatientKey::from(patient), &document).await?)
}
