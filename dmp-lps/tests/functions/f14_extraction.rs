//! F14: what comes out of the traces, for whom, and the proof that it can.

use crate::support::documents::{document, letter};
use crate::support::traces::*;
use crate::support::{client, clock, consulting, context, feeding, patient, professional, qualified};
use dmp_client::*;
use dmp_lps::trace::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::journal::Exchange;
use dmp_mock::world::seed;
use dmp_vocabulary::identity::{ProfessionalId, Rpps, StructureId};
use jiff::Timestamp;

/// One exchange, as both ends tell it: actor, patient, transaction.
type Told = (String, String, String);

fn told_by_the_mock(exchanges: &[Exchange], actors: &[&str], from: Timestamp, to: Timestamp) -> Vec<Told> {
    let mine = |one: &&Exchange| actors.contains(&one.actor.as_deref().unwrap_or_default());
    let within = |one: &&Exchange| one.at >= from && one.at <= to;
    let exchanges = exchanges.iter().filter(mine).filter(within);
    let tell = |one: &Exchange| {
        let patient = one.patient.as_ref().map_or(String::new(), |patient| patient.matricule.clone());
        (one.actor.clone().unwrap_or_default(), patient, one.transaction.clone().unwrap_or_default())
    };
    exchanges.map(tell).collect()
}

/// The same from the rows of an extraction, for those that were sent.
fn told_by_the_extraction(csv: &str) -> Vec<Told> {
    let rows = csv.lines().skip(1).map(|row| row.split(';').map(str::to_owned).collect::<Vec<_>>());
    let sent = rows.filter(|row| !row[13].is_empty());
    sent.map(|row| (row[3].clone(), row[6].split('^').next().unwrap_or_default().to_owned(), row[10].clone())).collect()
}

/// Pharmacien PATRON SACHA in AIR simplifié.
fn second(mock: &MockDmp) -> AirSession {
    let rpps = Rpps::parse("99999000021", Realm::Test).unwrap().value;
    let structure = StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value;
    let clinic = Establishment::new(structure, "CLINIQUE DU MODELE", "SA01");
    let sacha = Professional::new(&rpps, "PATRON", "SACHA", roles::of_directory("21", Some("H")), clinic);
    let factor = SecondFactor::passed_at(Timestamp::now(), AuthenticationClass::TimeSyncToken);
    client(mock.pki(), &mock.url()).air_simplifie(sacha, factor).unwrap()
}

fn context_of(user: &str, id: &str) -> AccessContext {
    let professional: Option<ProfessionalId> = Some(professional(id));
    AccessContext { professional, ..context(user, "team-1", "visit-1") }
}

#[tokio::test]
async fn f14_t6_the_extraction_of_two_professionals_over_a_month_equals_the_log_of_the_mock() {
    // The clock of the mock is moved: assertions are stamped by the machine.
    let mock = MockDmp::builder().lenient("V51,V52,V53").start().await.unwrap();
    let clock = clock();
    let tracer = tracer(&clock);
    let alix = consulting(&mock).watched(tracer.of(&context_of("alix", seed::MEDECIN)));
    let sacha = second(&mock).watched(tracer.of(&context_of("sacha", seed::PHARMACIEN)));
    let process = ProfessionalId::parse("30B0990008/ANALYSEUR", Realm::Test).unwrap().value;
    let structure = StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value;
    let clinic = Establishment::new(structure, "CLINIQUE DU MODELE", "SA01");
    let machine = Sender::system(process.clone(), "ANALYSEUR", "AX-100", clinic);
    let machine = client(mock.pki(), &mock.url()).indirect(machine).unwrap();
    let machine_ctx = AccessContext { professional: Some(process), ..context("automate", "team-1", "visit-1") };
    let machine = machine.watched(tracer.of(&machine_ctx));

    // From the day after tomorrow on: the certificates of the mock are not older than today.
    let today: Timestamp = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let (from, to) = (clock::days_later(today, 2), clock::days_later(today, 32));
    let seconds = jiff::SignedDuration::from_secs;
    let days = [from - seconds(30), from, clock::days_later(from, 14), to - seconds(30), to + seconds(1)];
    let other = patient_of(seed::PATIENT_UNKNOWN_TO_ALL);
    for day in days {
        clock.set(day);
        mock.clock().set(day);
        let record = alix.record(qualified(), Consent::given()).unwrap();
        record.existence().await.unwrap();
        record.find(Search::approved()).await.unwrap();
        // Refused by the DMP: no authorisation.
        let refused = sacha.record(other.clone(), Consent::given()).unwrap();
        refused.find(Search::approved()).await.unwrap_err();
        sacha.record(qualified(), Consent::given()).unwrap().existence().await.unwrap();
        alix.authorised(AuthorisedList::authorised_since(today)).await.unwrap();
        // Somebody else, not asked for.
        machine.record(qualified(), Consent::given()).unwrap().existence().await.unwrap();
    }

    let folder = tempfile::tempdir().unwrap();
    let both = [seed::MEDECIN, seed::PHARMACIEN];
    let keys = both.map(|id| ProfessionalKey::from(&professional(id)));
    let extract = TraceExtract::by_ps_and_period(keys, from, to);
    let signer: &ManifestSigner = &|bytes| Ok(bytes.len().to_be_bytes().to_vec());
    let manifest =
        tracer.extract_to_folder(TraceKind::Access, &extract, &archivist(), folder.path(), Some(signer)).await.unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let (csv, json_lines) = (read("traces.csv"), read("traces.jsonl"));

    let expected = told_by_the_mock(&mock.journal().exchanges(), &both, from, to);
    assert_eq!(expected.len(), 15, "three days of five exchanges");
    assert_eq!(told_by_the_extraction(&csv), expected);
    assert_eq!((manifest.rows, json_lines.lines().count()), (15, 15));
    let names = "seq;dateTime;actor_local;actor_national;structure;patient_local;ins;episode;action;documents;\
                 transaction;outcome;code;vihfId;detail";
    assert_eq!(csv.lines().next(), Some(names));
    let refused = csv.lines().find(|row| row.contains(";search;") && row.contains("sacha")).unwrap();
    assert!(refused.contains(";TD3.1;refused;DMP") && refused.contains(&format!(";{from} 20")), "{refused}");
    for line in json_lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["seq"].as_u64().is_some() && line["at_local"].as_str().unwrap().contains("+0"), "{line}");
    }
    let digest = |bytes: &str| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes.as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!((manifest.csv_sha256.clone(), manifest.json_lines_sha256.clone()), (digest(&csv), digest(&json_lines)));
    assert_eq!(read("manifest.json"), manifest.to_json());
    assert!(!read("manifest.sig").is_empty());
    // Nothing of what came before is overwritten.
    let again = tracer.extract_to_folder(TraceKind::Access, &extract, &archivist(), folder.path(), None).await;
    assert!(matches!(again, Err(TraceError::Destination(_))));

    // Every assertion that the mock saw in AIR is in the other trace, generated then used.
    let air = tracer.read_air(&extract, &archivist()).await.unwrap();
    let of = |event: AirEvent| air.iter().filter(move |line| line.statut == event).map(|line| line.vihf_id.clone());
    let generated: Vec<String> = of(AirEvent::Generated).collect();
    assert_eq!((generated.len(), of(AirEvent::Used).collect::<Vec<_>>()), (15, generated.clone()));
    assert!(generated.iter().all(|id| csv.contains(id.as_str())));
    let mut out = (Vec::new(), Vec::new());
    let sinks = ExtractSinks { csv: &mut out.0, json_lines: &mut out.1 };
    let manifest = tracer.extract(TraceKind::Air, &extract, &archivist(), sinks).await.unwrap();
    let rows = String::from_utf8(out.0).unwrap();
    assert!(rows.starts_with("seq;dateTime;vihfId;idNatStruct;idNatPs;statut;transactionId;samlAuthContext;ins;"));
    assert_eq!((manifest.trace, manifest.rows, rows.lines().count()), ("air", 30, 31));
}

#[tokio::test]
async fn lines_are_found_by_patient_document_and_user_and_each_reading_is_traced() {
    let (mock, clock) = (MockDmp::start().await.unwrap(), clock());
    let tracer = tracer(&clock);
    let ctx = context("alix", "team-1", "visit-1");
    let fed = letter();
    let record = feeding(&mock).watched(tracer.of(&ctx)).record(qualified(), Consent::given()).unwrap();
    record.submit(&Submission::of(document(&fed).await)).await.unwrap();
    let unique_id = crate::support::documents::unique_id(&fed);
    let other = PatientKey::from(&patient_of(seed::PATIENT_UNKNOWN_TO_ALL));
    tracer.note(&context("nour", "team-1", "visit-2"), Note::of(Action::View).patient(&other)).await.unwrap();

    let actions = async |extract: TraceExtract| {
        let lines = tracer.read(&extract, &archivist()).await.unwrap();
        lines.iter().map(|line| line.action).filter(|one| *one != Action::ReadTraces).collect::<Vec<_>>()
    };
    assert_eq!(actions(TraceExtract::by_patient(&patient())).await, [Action::Feed]);
    assert_eq!(actions(TraceExtract::by_patient(&other)).await, [Action::View]);
    assert_eq!(actions(TraceExtract::by_document(unique_id.as_str())).await, [Action::Feed]);
    assert_eq!(actions(TraceExtract::by_users([InternalUserId::new("nour").unwrap()])).await, [Action::View]);
    assert_eq!(actions(TraceExtract::by_users([])).await, [], "nobody is not everybody");
    assert_eq!(actions(TraceExtract::all().between(clock.now(), clock.now())).await, [Action::Feed, Action::View]);

    let readings = tracer.read(&TraceExtract::by_patient(&patient()), &archivist()).await.unwrap();
    let reading = readings.iter().find(|line| line.action == Action::ReadTraces).unwrap();
    assert_eq!(reading.user.as_deref(), Some("archivist"));
    assert_eq!(reading.ins.as_deref(), Some(patient().as_str()));
    let shown = format!("{readings:?} {:?} {tracer:?}", TraceExtract::by_patient(&patient()));
    assert!(!shown.contains("280057599900151") && !shown.contains("alix"), "{shown}");
}

#[tokio::test]
async fn what_is_done_in_connexion_secrete_is_for_restricted_readers() {
    let (mock, clock) = (MockDmp::start().await.unwrap(), clock());
    let tracer = tracer(&clock);
    let ctx = AccessContext { secret: true, ..context("alix", "team-1", "visit-1") };
    tracer.note(&ctx, Note::of(Action::View).patient(&patient())).await.unwrap();
    let reader = TraceReader::ordinary(TraceActor::user(InternalUserId::new("clerk").unwrap()));
    let seen = async |reader: &TraceReader| {
        let mut lines = tracer.read(&TraceExtract::by_patient(&patient()), reader).await.unwrap();
        lines.retain(|line| line.action == Action::View);
        lines.len()
    };
    assert_eq!((seen(&reader).await, seen(&archivist()).await), (0, 1));
    let mut out = (Vec::new(), Vec::new());
    let sinks = ExtractSinks { csv: &mut out.0, json_lines: &mut out.1 };
    let extract = TraceExtract::by_ps_and_period([ctx.professional_key().unwrap()], clock.now(), clock.now());
    let manifest = tracer.extract(TraceKind::Access, &extract, &reader, sinks).await.unwrap();
    assert_eq!((manifest.rows, manifest.withheld), (0, 1), "the manifest says that something is missing");
    drop(mock);
}

#[tokio::test]
async fn f14_t8_a_drill_is_asked_for_three_months_before_three_years_are_over() {
    let clock = clock();
    let done: Timestamp = clock.now();
    let drills = ExtractionDrills::new(Database::in_memory().unwrap(), clock.clone());
    assert_eq!(drills.drill_due().await.unwrap(), DrillDue::Now, "never done");
    let drill = |success: bool| ExtractionDrill {
        at: clock.now(),
        by: InternalUserId::new("archivist").unwrap(),
        scope: "two professionals over a month".to_owned(),
        rows: 15,
        success,
    };
    drills.record(drill(false)).await.unwrap();
    assert_eq!(drills.drill_due().await.unwrap(), DrillDue::Now, "it failed");
    drills.record(drill(true)).await.unwrap();
    let (warns, ends) = (clock::months_later(done, 33), clock::months_later(done, 36));
    let second = jiff::SignedDuration::from_secs(1);
    for (now, expected) in [
        (done, DrillDue::NotBefore(warns)),
        (warns - second, DrillDue::NotBefore(warns)),
        (warns, DrillDue::Before(ends)),
        (ends, DrillDue::Before(ends)),
        (ends + second, DrillDue::Now),
    ] {
        clock.set(now);
        assert_eq!(drills.drill_due().await.unwrap(), expected, "{now}");
    }
    drills.record(drill(true)).await.unwrap();
    assert!(matches!(drills.drill_due().await.unwrap(), DrillDue::NotBefore(_)));
    assert_eq!(drills.all().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_professional_is_told_of_the_accesses_of_a_month() {
    let clock = clock();
    let tracer = tracer(&clock);
    let ctx = context("alix", "team-1", "visit-1");
    let other = PatientKey::from(&patient_of(seed::PATIENT_UNKNOWN_TO_ALL));
    for (at, note) in [
        ("2026-02-28T22:59:59Z", Note::of(Action::View).patient(&patient())),
        ("2026-02-28T23:00:00Z", Note::of(Action::View).patient(&patient())),
        ("2026-03-10T10:00:00Z", Note::of(Action::View).patient(&other)),
        ("2026-03-10T10:00:01Z", Note::denied("OPPOSED").patient(&other)),
        ("2026-03-31T21:59:59Z", Note::of(Action::Save).patient(&patient())),
        ("2026-03-31T22:00:00Z", Note::of(Action::Save).patient(&patient())),
    ] {
        clock.set(at.parse().unwrap());
        tracer.note(&ctx, note).await.unwrap();
    }
    let month = "2026-03-15".parse().unwrap();
    let key = ctx.professional_key().unwrap();
    let summary = tracer.periodic_summary(&key, month, &archivist()).await.unwrap();
    let counted: Vec<(Action, u64)> = summary.actions.iter().map(|(action, count)| (*action, *count)).collect();
    assert_eq!(counted, [(Action::View, 2), (Action::Save, 1), (Action::Denied, 1)]);
    assert_eq!((summary.refused, summary.bris_de_glace), (1, 0));
    let record = &summary.records[&patient()];
    assert_eq!((record.accesses, record.first), (2, "2026-02-28T23:00:00Z".parse().unwrap()));
    assert_eq!(summary.records[&other].accesses, 2);
}

#[tokio::test]
async fn nobody_reads_the_traces_when_the_reading_cannot_be_traced() {
    let base = || Database::in_memory().unwrap();
    let tracer = over(FullDisk(SqliteTraces::access(base())), SqliteTraces::air(base()), &clock());
    let all = TraceExtract::all();
    tracer.read(&all, &archivist()).await.unwrap_err();
    tracer.read_air(&all, &archivist()).await.unwrap_err();
}
