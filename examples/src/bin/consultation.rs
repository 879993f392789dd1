//! A consultation: the local record of a patient opens, and the doctor looks at what others put into the DMP.
//!
//! `cargo run --bin consultation`. Uses F01 (consent), F03 (opening), F04 (count), F05 (search), F06 (import), F14 (traces).

#![allow(clippy::print_stdout, reason = "a program that talks to a person")]

use dmp_client::{Document, QualifiedPatient};
use dmp_examples::bare::Failure;
use dmp_examples::clinic::Clinic;
use dmp_lps::counter::{CountRequest, CountResult, CounterSettings, EncounterKind, NewDocumentCounter, SinceEvent};
use dmp_lps::document_search::{DocumentSearch, DocumentSearcher, SearchSettings};
use dmp_lps::import::{Import, ImportFolder, ImportPatient, Importer, Placement, Selected};
use dmp_lps::opening::{BadgeExistence, Entry, Opening};
use dmp_lps::searches::RecordSearches;
use dmp_lps::{Confirmed, PatientKey, display};
use dmp_vocabulary::identity::Ins;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let clinic = Clinic::open().await?;
    let alix = clinic.alix("consultation-2026-031")?;
    // Another practice has put a letter into the DMP of this patient.
    let patient = QualifiedPatient::declared(
        Ins::parse("284063599941750", "1.2.250.1.213.1.4.10", dmp_client::Realm::Test)?.value,
    );
    let key = PatientKey::from(&patient);
    for letter in ["n1-consultation-v1.xml", "n3-autopresentable.xml"] {
        let path = format!("{}/../testdata/cda/{letter}", env!("CARGO_MANIFEST_DIR"));
        clinic.fed_elsewhere(Document::from_cda_file(path).await?).await?;
    }

    // 1. The local record opens. Nobody has informed the patient in this episode: the DMP is not even asked (EXI 01).
    let session = clinic.consulting(&alix)?;
    let opening = Opening::new(&clinic.gate, clinic.clock.clone(), alix.clone(), &patient);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await?;
    println!("before the notice: {}", if opened.is_none() { "nothing was sent" } else { "the DMP was asked" });

    // 2. The doctor informs the patient, who does not oppose. One TD0.2 gives the badge beside the name.
    clinic.inform(&alix, &key).await?;
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await?.ok_or("not allowed")?;
    println!("badge: {}", if opened.badge().existence == BadgeExistence::Open { "DMP open" } else { "no DMP" });

    // 3. The doctor opens the view of the DMP: where there is no authorisation yet, TD0.3 follows without a click.
    let Entry::Entered { authorised_now } = opened.enter().await? else { return Err("no open DMP".into()) };
    println!("view of the DMP: authorisation {}", if authorised_now { "added" } else { "already there" });

    // 4. What is new, in one automatic group of requests and no more (EX_3.1-2030). The own documents of the clinic, and
    //    those of the patient, are counted apart.
    let counter = NewDocumentCounter::new(clinic.base.clone(), clinic.clock.clone(), CounterSettings::default());
    let searches = RecordSearches::of(opened.record().clone());
    let request = CountRequest::new(&alix, &key, SinceEvent::LastDmpConsultation);
    let counted = counter.at_opening(&searches, &request, EncounterKind::ExternalConsultation, &opened.badge()).await?;
    if let CountResult::Counted(count) = counted {
        println!(
            "new documents of others: {}, of which {} the patient does not see",
            count.total, count.invisible_patient
        );
        counter.acknowledge(&searches, &request, &count).await?;
    }

    // 5. The doctor searches. One act of the user is one query: the patient may be told of it.
    let searcher = DocumentSearcher::new(clinic.clock.clone(), SearchSettings::default());
    let click = clinic.click(&alix, "recherche DMP");
    let found = searcher.run(&searches, &alix, &DocumentSearch::all_active(), &click).await?;
    for entry in &found.entries {
        println!("- {} · {}", display::type_label(entry), entry.title.as_deref().unwrap_or("(sans titre)"));
    }

    // 6. The doctor ticks both lines: each has its own confirmation, there is no "import all". The documents are read,
    //    checked against the patient and their hash, compared with the local record, and kept with where they come from.
    let folder = ImportFolder::open(clinic.folder().join("imports"))?;
    let importer = Importer::new(clinic.base.clone(), folder, clinic.clock.clone()).traced(clinic.tracer.clone());
    let whose = ImportPatient::new(&patient);
    let ticked = |item| {
        let placement =
            Placement { date: jiff::civil::date(2026, 3, 9), kind: "courrier".into(), unit: "cardiologie".into() };
        Selected::new(item, Confirmed::<Import>::by(clinic.click(&alix, "import")), placement)
    };
    let plan = importer.plan(&whose, &found.entries).await?;
    let report = importer.import_selected(&alix, opened.record(), &whose, plan.into_iter().map(ticked)).await;
    for document in report.imported() {
        println!("imported from {}: {}", document.provenance.origin(), document.provenance.author());
    }
    for (_, error) in report.failed() {
        println!("not imported: {error}");
    }
    // Once more: the local record has them, nothing is downloaded.
    let again = importer.plan(&whose, &found.entries).await?;
    println!("the second time: {}", again.iter().map(|item| hint(&item.hint)).collect::<Vec<_>>().join(", "));

    // 7. What the law wants known later (EXI 16).
    println!("traces:");
    for line in clinic.traced().await? {
        println!("  {line}");
    }
    Ok(())
}

fn hint(hint: &dmp_lps::import::PlanHint) -> &'static str {
    use dmp_lps::import::PlanHint::{AlreadyLocal, OwnDocument, ToRead};
    match hint {
        AlreadyLocal(_) => "already local",
        OwnDocument(_) => "our own",
        ToRead => "to read",
    }
}
