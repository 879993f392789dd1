//! F06, the tests of its page by number, and S-05.

use crate::support::consult::{act, deposit};
use crate::support::documents::{bytes, letter, random_oid, unique_id};
use crate::support::traces::{acts, tracer};
use crate::support::{acceptance_world, clock, consulting, context, count, patient, qualified, role};
use cda::n1::N1Builder;
use dmp_client::*;
use dmp_lps::import::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTraits};
use dmp_vocabulary::identity::{BirthDate, Ins};
use dmp_vocabulary::oids;
use jiff::civil::date;

/// A local record, the record of its patient in the mock, and what is needed to import from one into the other.
struct Scene {
    mock: MockDmp,
    base: Database,
    importer: Importer<Database>,
    tracer: trace::Tracer,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let (folder, base) = (tempfile::tempdir().unwrap(), Database::in_memory().unwrap());
        let (tracer, files) = (tracer(&clock()), ImportFolder::open(folder.path()).unwrap());
        let importer = Importer::new(base.clone(), files, clock()).traced(tracer.clone());
        Self { mock: MockDmp::start().await.unwrap(), base, importer, tracer, folder }
    }

    fn record(&self) -> AirRecord {
        consulting(&self.mock).record(qualified(), Consent::given()).unwrap()
    }

    /// A document of the DMP.
    async fn remote(&self, builder: &N1Builder) -> DocumentEntry {
        deposit(&self.mock, bytes(builder), bytes(builder)).await
    }

    /// A document that the local record has, of that uniqueId and version.
    async fn local(&self, unique_id: &str, set_id: Option<&str>, version_number: Option<u64>, produced_here: bool) {
        let document = LocalDocument {
            id: LocalDocumentId::new(format!("local-{unique_id}")),
            unique_id: unique_id.to_owned(),
            logical_id: None,
            set_id: set_id.map(str::to_owned),
            version_number,
            sha1: None,
            produced_here,
        };
        self.base.declare_local(patient(), document).await.unwrap();
    }

    async fn selected(&self, entry: &DocumentEntry) -> Selected {
        let plan = self.importer.plan(&whom(), std::slice::from_ref(entry)).await.unwrap();
        Selected::new(plan[0].clone(), Confirmed::by(act(0)), placement())
    }

    async fn import(&self, entry: &DocumentEntry) -> Result<ImportOutcome, DmpError> {
        let selected = self.selected(entry).await;
        self.importer.import(&ctx(), &self.record(), &whom(), selected).await
    }

    async fn imported(&self) -> Vec<ImportedDocument> {
        self.base.imported(Some(patient())).await.unwrap()
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.folder.path()).unwrap().count()
    }
}

fn ctx() -> AccessContext {
    context("alix", "team-1", "visit-1")
}

fn whom() -> ImportPatient {
    ImportPatient::new(&qualified())
}

fn placement() -> Placement {
    Placement { date: date(2026, 3, 2), kind: "CR".to_owned(), unit: "cardiologie".to_owned() }
}

/// A letter of that setId and version.
fn version(set_id: &str, number: u64) -> N1Builder {
    let mut builder = letter();
    builder.set_id = Some(set_id.parse().unwrap());
    builder.version = Some(number.try_into().unwrap());
    // A version that nobody here has.
    builder.replaces = (number > 1).then(random_oid);
    builder
}

fn local_id(unique_id: &str) -> LocalDocumentId {
    LocalDocumentId::new(format!("local-{unique_id}"))
}

fn kept(outcome: ImportOutcome) -> ImportedDocument {
    match outcome {
        ImportOutcome::Imported(document) => *document,
        other => panic!("{other:?}"),
    }
}

fn skipped(outcome: ImportOutcome) -> Decision {
    match outcome {
        ImportOutcome::Skipped(decision) => decision,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn f06_t1_each_row_of_the_table() {
    let scene = Scene::new().await;

    // Same id, and the software's own: told by the entry, and nothing is downloaded.
    let (known, own) = (scene.remote(&letter()).await, scene.remote(&letter()).await);
    scene.local(&known.unique_id, None, None, false).await;
    scene.local(&own.unique_id, None, None, true).await;
    let plan = scene.importer.plan(&whom(), &[known.clone(), own.clone()]).await.unwrap();
    assert_eq!(plan[0].hint, PlanHint::AlreadyLocal(local_id(&known.unique_id)));
    assert_eq!(plan[1].hint, PlanHint::OwnDocument(local_id(&own.unique_id)));
    let duplicate = Decision::SkipDuplicate { local: local_id(&known.unique_id) };
    assert_eq!(skipped(scene.import(&known).await.unwrap()), duplicate);
    let original = Decision::OwnDocument { local: local_id(&own.unique_id) };
    assert_eq!(skipped(scene.import(&own).await.unwrap()), original);
    assert_eq!((count(&scene.mock, "TD3.2"), scene.files()), (0, 0));

    // Same setId: higher, lower, lower as history, the same number.
    let set_id = random_oid().to_string();
    let [second, third, other_third, first] = [
        scene.remote(&version(&set_id, 2)).await,
        scene.remote(&version(&set_id, 3)).await,
        scene.remote(&version(&set_id, 3)).await,
        scene.remote(&version(&set_id, 1)).await,
    ];
    let second = kept(scene.import(&second).await.unwrap());
    assert_eq!(second.decision, Decision::New);
    let third = kept(scene.import(&third).await.unwrap());
    assert_eq!(third.decision, Decision::NewVersion { of: second.id.clone() });
    let older = Decision::SkipOlder { newer: third.id.clone() };
    assert_eq!(skipped(scene.import(&first).await.unwrap()), older);
    let asked = scene.selected(&first).await.as_history();
    let history = kept(scene.importer.import(&ctx(), &scene.record(), &whom(), asked).await.unwrap());
    assert_eq!(history.decision, Decision::History { newer: third.id.clone() });
    assert_eq!(history.superseded_by, Some(third.id.clone()));
    let conflict = kept(scene.import(&other_third).await.unwrap());
    assert_eq!(conflict.decision, Decision::Conflict { with: third.id.clone() });
    assert_eq!(conflict.warnings, [ImportWarning::SameVersion]);
    // The older one is linked, and can be viewed.
    let stored = scene.imported().await;
    let superseded = stored.iter().find(|document| document.id == second.id).unwrap();
    assert_eq!(superseded.superseded_by, Some(third.id));
    assert!(superseded.files.document.exists());

    // An explicit replacement, whatever the setId.
    scene.local("2.25.4242", Some("2.25.1"), Some(9), false).await;
    let mut replacing = version("2.25.2", 2);
    replacing.replaces = Some("2.25.4242".parse().unwrap());
    let replacing = kept(scene.import(&scene.remote(&replacing).await).await.unwrap());
    assert_eq!(replacing.decision, Decision::NewVersion { of: local_id("2.25.4242") });
    assert!(scene.base.locals(patient()).await.unwrap().iter().any(|local| local.unique_id == "2.25.4242"));
}

#[tokio::test]
async fn f06_t1_without_set_id_bytes_tell_and_a_structured_document_comes_with_its_pdf() {
    let scene = Scene::new().await;
    let without_set_id = |builder: &N1Builder| {
        let text = String::from_utf8(bytes(builder)).unwrap();
        let (start, rest) = text.split_once("<setId").unwrap();
        format!("{start}{}", rest.split_once("/>").unwrap().1).into_bytes()
    };
    let (first, second) = (letter(), letter());
    let new = deposit(&scene.mock, without_set_id(&first), bytes(&first)).await;
    let new = kept(scene.import(&new).await.unwrap());
    assert_eq!((new.decision, new.provenance.set_id()), (Decision::New, None));
    // The same bytes under another uniqueId of the entry: the hash tells.
    let mut local = new_local(&without_set_id(&second));
    local.unique_id = "2.25.777".to_owned();
    scene.base.declare_local(patient(), local.clone()).await.unwrap();
    let alike = deposit(&scene.mock, without_set_id(&second), bytes(&second)).await;
    assert_eq!(skipped(scene.import(&alike).await.unwrap()), Decision::SkipDuplicate { local: local.id });

    let structured = include_str!("../../../testdata/cda/n3-lettre-liaison-pdf-copie.xml");
    let structured = structured.replace("284063599941750", "280057599900151").into_bytes();
    let entry = deposit(&scene.mock, structured.clone(), structured.clone()).await;
    let group = kept(scene.import(&entry).await.unwrap()).files;
    assert_eq!(std::fs::read(&group.document).unwrap(), structured);
    assert_eq!(Some(group.shown_first()), group.pdf_copy.as_deref());
    assert!(std::fs::read(group.shown_first()).unwrap().starts_with(b"%PDF-"));
    // One document of the local record, of two files.
    assert_eq!((scene.imported().await.len(), scene.files()), (2, 3));
}

fn new_local(bytes: &[u8]) -> LocalDocument {
    let fingerprint = cda::read(bytes, &cda::CdaLimits::default()).unwrap().fingerprint;
    LocalDocument {
        id: LocalDocumentId::new("received-by-messaging"),
        unique_id: String::new(),
        logical_id: None,
        set_id: None,
        version_number: None,
        sha1: Some(fingerprint.sha1_hex().to_uppercase()),
        produced_here: false,
    }
}

/// The letter, with another text in place of one of its header.
fn altered(builder: &N1Builder, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes(builder)).unwrap();
    assert!(text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

#[tokio::test]
async fn f06_t2_a_document_about_somebody_else_is_refused() {
    let scene = Scene::new().await;
    let traits = StrictTraits {
        birth_name: BirthName::parse("EXEMPLE").unwrap(),
        given_names: GivenNames::parse("CAMILLE").unwrap(),
        birth_date: BirthDate::parse_hl7("19800514").unwrap(),
        sex: Sex::Female,
        birth_place: BirthPlace::unknown(),
    };
    let whom = whom().traits(traits);
    let builder = letter();
    let others = [
        altered(&builder, "280057599900151", "175112A99901005"),
        // The same matricule under another OID.
        altered(&builder, oids::INS_NIR_TEST, oids::INS_NIR_DEMO),
        altered(&builder, "19800514", "19810514"),
        altered(&builder, ">EXEMPLE<", ">MODELE<"),
    ];
    for other in others {
        let builder = letter();
        let entry = deposit(&scene.mock, other, bytes(&builder)).await;
        let selected = scene.selected(&entry).await;
        let refused = scene.importer.import(&ctx(), &scene.record(), &whom, selected).await.unwrap_err();
        assert_eq!(refused.rule(), Some("PATIENT_MISMATCH"));
        for hidden in ["280057599900151", "175112A99901005", "EXEMPLE", "MODELE", "1980"] {
            assert!(!format!("{refused:?} {refused}").contains(hidden), "{hidden}");
        }
    }
    assert_eq!((scene.imported().await.len(), scene.files()), (0, 0));

    // A former number, and an INS-C: the user decides.
    let former = Ins::parse("175112A99901005", oids::INS_NIR_TEST, Realm::Test).unwrap().value;
    let whom = whom.former([former]);
    let cases = [
        ("280057599900151", "175112A99901005", IdentityDoubt::FormerIns),
        (oids::INS_NIR_TEST, oids::INS_C, IdentityDoubt::InsC),
    ];
    for (written, instead, doubt) in cases {
        let builder = letter();
        let entry = deposit(&scene.mock, altered(&builder, written, instead), bytes(&builder)).await;
        let before = scene.files();
        let selected = scene.selected(&entry).await;
        let asked = scene.importer.import(&ctx(), &scene.record(), &whom, selected).await.unwrap();
        assert_eq!((asked, scene.files()), (ImportOutcome::AskUser(doubt), before));
        let accepted = scene.selected(&entry).await.accepting(doubt);
        let document = kept(scene.importer.import(&ctx(), &scene.record(), &whom, accepted).await.unwrap());
        assert_eq!(document.warnings, [ImportWarning::Identity(doubt)]);
    }
}

#[tokio::test]
async fn f06_t3_bytes_that_are_not_those_of_the_entry_are_not_kept() {
    let scene = Scene::new().await;
    let entry = scene.remote(&letter()).await;
    mock_alters_bytes(&scene.mock);
    let refused = scene.import(&entry).await.unwrap_err();
    assert_eq!(refused.rule(), Some("X07"));
    assert_eq!((scene.imported().await.len(), scene.files()), (0, 0));
    scene.mock.faults().clear();
    kept(scene.import(&entry).await.unwrap());
}

fn mock_alters_bytes(mock: &MockDmp) {
    mock.faults().add(Fault::new(Effect::WrongBytes).on(Transaction::Retrieve)).unwrap();
}

/// That an import without `Confirmed` does not compile is an example of the module, which the documentation tests run.
#[tokio::test]
async fn f06_t4_an_import_takes_a_confirmation_that_is_fresh() {
    let scene = Scene::new().await;
    // The only way to select a document.
    let select: fn(PlanItem, Confirmed<Import>, Placement) -> Selected = Selected::new;
    let entry = scene.remote(&letter()).await;
    let plan = scene.importer.plan(&whom(), &[entry]).await.unwrap();
    for seconds in [-121, 1] {
        let stale = select(plan[0].clone(), Confirmed::by(act(seconds)), placement());
        let refused = scene.importer.import(&ctx(), &scene.record(), &whom(), stale).await.unwrap_err();
        assert_eq!((refused.rule(), refused.outcome()), (Some("F26"), Outcome::NotSent));
    }
    assert_eq!(scene.mock.journal().exchanges().len(), 0);
    let fresh = select(plan[0].clone(), Confirmed::by(act(-120)), placement());
    kept(scene.importer.import(&ctx(), &scene.record(), &whom(), fresh).await.unwrap());
}

#[tokio::test]
async fn f06_t5_five_selected_and_the_third_fails() {
    let scene = Scene::new().await;
    let mut selection = Vec::new();
    for _ in 0..5 {
        let entry = scene.remote(&letter()).await;
        selection.push(scene.selected(&entry).await);
    }
    scene.mock.faults().add(Fault::http(503).on(Transaction::Retrieve).skipping(2).times(1)).unwrap();
    let report = scene.importer.import_selected(&ctx(), &scene.record(), &whom(), selection).await;
    assert_eq!((report.imported().count(), report.failed().count()), (4, 1));
    assert!(report.outcomes[2].1.is_err());
    assert_eq!((scene.imported().await.len(), scene.files()), (4, 4));
    assert_eq!(acts(&scene.tracer).await, ["save done"; 4]);
}

#[tokio::test]
async fn f06_t6_an_imaging_reference_is_kept_as_it_is() {
    for (compatible, warnings) in
        [("true", vec![ImportWarning::NoHeader]), ("false", vec![ImportWarning::NoHeader, ImportWarning::Substitute])]
    {
        let scene = Scene { mock: acceptance_world().await, ..Scene::new().await };
        scene.mock.set_switch("imaging_compatible", compatible).unwrap();
        let (patient, imaged) = (role(&scene.mock, "P-IMG"), ImportPatient::new(&role(&scene.mock, "P-IMG")));
        let record = consulting(&scene.mock).record(patient, Consent::given()).unwrap();
        let entry = record.entry("2.25.9908002").await.unwrap();
        let plan = scene.importer.plan(&imaged, &[entry]).await.unwrap();
        let selected = Selected::new(plan[0].clone(), Confirmed::by(act(0)), placement());
        let document = kept(scene.importer.import(&ctx(), &record, &imaged, selected).await.unwrap());
        assert_eq!(
            (document.kind, document.decision, document.warnings),
            (DocumentKind::Other, Decision::New, warnings)
        );
        let bytes = std::fs::read(document.files.shown_first()).unwrap();
        assert_eq!(bytes.get(128..132) == Some(b"DICM"), compatible == "true");
    }
}

#[tokio::test]
async fn f06_provenance_and_visibility_stay_with_the_copy() {
    let scene = Scene::new().await;
    let builder = letter();
    let hidden = crate::support::documents::document(&builder).await.hidden(Hidden::FromPatient);
    let feeding = crate::support::feeding(&scene.mock).record(qualified(), Consent::given()).unwrap();
    feeding.submit(&Submission::of(hidden)).await.unwrap();
    let entry = scene.record().entry(unique_id(&builder)).await.unwrap();
    let document = kept(scene.import(&entry).await.unwrap());
    assert_eq!(document.alerts(), [DocumentState::InvisibleToPatient]);
    let provenance = &document.provenance;
    assert_eq!(provenance.origin(), "DMP / Mon espace santé");
    assert_eq!((provenance.imported_at(), provenance.imported_by().as_str()), (clock().now(), "alix"));
    assert_eq!((provenance.unique_id(), provenance.version_number()), (unique_id(&builder).as_str(), Some(1)));
    assert_eq!(provenance.author(), "ALIX MODELE, CLINIQUE DU MODELE");
    assert_eq!(provenance.repository(), "1.2.250.1.213.4.1.1.1.2");
    assert_eq!(Some(provenance.hash()), entry.hash.as_deref());
    // The store gives back what was kept, and shows nothing of it.
    assert_eq!(scene.imported().await, std::slice::from_ref(&document));
    let shown = format!("{document:?}");
    assert!(!shown.contains("MODELE") && !shown.contains("cardiologie") && !shown.contains("280057599900151"));
    // Viewing imports nothing.
    scene.record().retrieve(&scene.remote(&letter()).await).await.unwrap();
    assert_eq!((scene.imported().await.len(), scene.files()), (1, 1));
    // What a crash left behind goes; what is kept, and what is not of this folder, stays.
    std::fs::write(scene.folder.path().join("left.document"), "half").unwrap();
    std::fs::write(scene.folder.path().join("left.document.1.part"), "half").unwrap();
    std::fs::write(scene.folder.path().join("notes.txt"), "of somebody else").unwrap();
    assert_eq!((scene.importer.recover().await.unwrap(), scene.files()), (2, 2));
    assert!(document.files.document.exists());
}

/// Without being declared: the queue of the same base fed it.
#[tokio::test]
async fn f06_what_the_queue_fed_is_the_softwares_own() {
    let (mock, queue) = (MockDmp::start().await.unwrap(), crate::support::queue::Scene::new());
    let (id, unique_id) = queue.letter("visit-1").await;
    queue.pass_delay();
    crate::support::queue::work(&queue.queue.worker(crate::support::feeding(&mock)).await.unwrap()).await;
    assert_eq!(queue.state(id).await, outbox::State::Sent);
    let base = Database::open(queue.folder.path().join("lps.sqlite")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let importer = Importer::new(base, ImportFolder::open(folder.path()).unwrap(), clock());
    let record = consulting(&mock).record(qualified(), Consent::given()).unwrap();
    let entry = record.entry(unique_id.as_str()).await.unwrap();
    let plan = importer.plan(&whom(), &[entry]).await.unwrap();
    assert_eq!(plan[0].hint, PlanHint::OwnDocument(LocalDocumentId::new(unique_id)));
    assert_eq!(count(&mock, "TD3.2"), 0);
}

#[tokio::test]
async fn s_05_five_remote_documents_are_selected_and_imported() {
    let scene = Scene::new().await;
    let set_id = random_oid().to_string();
    let local = scene.remote(&letter()).await;
    scene.local(&local.unique_id, None, None, false).await;
    let old = kept(scene.import(&scene.remote(&version(&set_id, 1)).await).await.unwrap());
    let other = letter();
    let stranger = altered(&other, "280057599900151", "175112A99901005");
    let entries = [
        local,
        scene.remote(&version(&set_id, 2)).await,
        deposit(&scene.mock, stranger, bytes(&other)).await,
        scene.remote(&letter()).await,
        scene.remote(&letter()).await,
    ];
    let plan = scene.importer.plan(&whom(), &entries).await.unwrap();
    let downloads = count(&scene.mock, "TD3.2");
    let ticked = plan.into_iter().map(|item| Selected::new(item, Confirmed::by(act(0)), placement()));
    let report = scene.importer.import_selected(&ctx(), &scene.record(), &whom(), ticked).await;
    let [duplicate, newer, mismatch, first, second] = &report.outcomes[..] else { panic!("{report:?}") };
    assert!(matches!(duplicate.1, Ok(ImportOutcome::Skipped(Decision::SkipDuplicate { .. }))));
    let Ok(ImportOutcome::Imported(newer)) = &newer.1 else { panic!("{newer:?}") };
    assert_eq!(newer.decision, Decision::NewVersion { of: old.id.clone() });
    assert_eq!(mismatch.1.as_ref().unwrap_err().rule(), Some("PATIENT_MISMATCH"));
    for (unique_id, outcome) in [first, second] {
        let Ok(ImportOutcome::Imported(document)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(
            (document.provenance.unique_id(), document.provenance.origin()),
            (unique_id.as_str(), display::DMP_LABEL)
        );
    }
    assert_eq!(count(&scene.mock, "TD3.2") - downloads, 4, "what is there already is not downloaded");
    let traced = ["save done", "save done", "denied denied", "save done", "save done"];
    assert_eq!(acts(&scene.tracer).await, traced);
    let stored = scene.imported().await;
    assert_eq!(stored.len(), 4);
    assert_eq!(stored.iter().find(|document| document.id == old.id).unwrap().superseded_by, Some(newer.id.clone()));
}
