//! The guards before every transaction: their order, their refusals, and what F01 asks of each transaction.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::air::{self, Air, Notebook};
use crate::support::documents::{document, letter, unique_id};
use crate::support::queue::Register;
use crate::support::{acceptance_world, cards, client, consulting, context, minor, qualified};
use dmp_client::watch::{Act, Step};
use dmp_client::*;
use dmp_lps::bris_de_glace::{BrisDeGlace, BrisDeGlaceSettings};
use dmp_lps::consent::{ConsentGate, Scope, Stance, StanceChange};
use dmp_lps::guard::*;
use dmp_lps::minors::SecretScope;
use dmp_lps::trace::TraceOutcome;
use dmp_lps::two_factor::FactorKind;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_protocol::error::LocalRefusal;

const PLACES: [Place; 7] = [
    Place::LocalRights,
    Place::PatientIdentity,
    Place::Minor,
    Place::Consent,
    Place::TwoFactor,
    Place::Block,
    Place::Rules,
];

/// A guard that writes down that it was asked.
struct Probe {
    place: Place,
    asked: Arc<Mutex<Vec<Place>>>,
    refuses: bool,
}

impl Guard for Probe {
    fn place(&self) -> Place {
        self.place
    }

    fn check<'a>(&'a self, _: Asked<'a>) -> Step<'a, Result<(), DmpError>> {
        self.asked.lock().unwrap().push(self.place);
        let answer = if self.refuses { Err(DmpError::local(LocalRefusal::new("PROBE"))) } else { Ok(()) };
        Box::pin(async { answer })
    }
}

#[tokio::test]
async fn guards_are_asked_in_their_order_and_the_first_refusal_stops() {
    let mock = MockDmp::start().await.unwrap();
    let record = |guards: &Guards| {
        let session = consulting(&mock).watched(guards.of(context("alix", "team-1", "visit-1"), Intent::ByMode));
        session.record(qualified(), Consent::given()).unwrap()
    };
    for (index, refusing) in PLACES.into_iter().enumerate() {
        let asked = Arc::default();
        // Added in the wrong order.
        let guards = PLACES.into_iter().rev().fold(Guards::new(), |guards, place| {
            guards.with(Probe { place, asked: Arc::clone(&asked), refuses: place == refusing })
        });
        let error = record(&guards).existence().await.unwrap_err();
        assert_eq!((error.rule(), error.td(), error.outcome()), (Some("PROBE"), "TD0.2", Outcome::NotSent));
        assert_eq!(*asked.lock().unwrap(), PLACES[..=index]);
    }
    assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
    record(&Guards::new()).existence().await.unwrap();
}

/// The rights of a test.
#[derive(Clone, Default)]
struct Rights(Arc<AtomicBool>);

impl LocalRights for Rights {
    async fn may(&self, actor: &AccessContext, _: Act, patient: Option<&PatientKey>) -> bool {
        assert_eq!(actor.user.as_str(), "alix");
        assert!(patient.is_some());
        self.0.load(Ordering::SeqCst)
    }
}

/// Everything is wrong at first, and put right in the order of the page: each refusal is the next one.
#[tokio::test]
async fn each_guard_refuses_before_the_network_whatever_those_after_it_would_say() {
    let mock = acceptance_world().await;
    let client = client(mock.pki(), &mock.url());
    let mut air = Air::of(client.clone()).await;
    air.evidence.factors.retain(|factor| factor.kind == FactorKind::Possession);
    let (rights, register) = (Rights::default(), Register::default());
    register.unqualified.store(true, Ordering::SeqCst);
    let (patient, birth) = minor::minor(&mock);
    let (secret_sessions, clock) = minor::sessions(&client);
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock.clone()).with_sentence("Texte du guide.");
    let guards = |air: &Air, software| {
        Guards::new()
            .with(AccessRules::new(software))
            .with(TwoFactorGuard::new(air.gate.clone(), air.evidence.clone()))
            .with(ConsentGuard::new(gate.clone()))
            .with(MinorGuard::new(secret_sessions.clone()))
            .with(IdentityGuard::new(register.clone()))
            .with(RightsGuard::new(rights.clone()))
            .of(air.ctx.clone(), Intent::ByMode)
    };
    // Not through the door of F02: the guards alone.
    let asked = async |air: &Air, software| {
        let session = consulting(&mock).watched(guards(air, software));
        let record = session.record(patient.clone(), Consent::given()).unwrap();
        let secret = record.connexion_secrete(&birth).unwrap();
        secret.existence().await.err().map(|error| (error.rule().unwrap(), error.outcome()))
    };
    let refused = |code| Some((code, Outcome::NotSent));

    assert_eq!(asked(&air, SoftwareKind::Regulation).await, refused("LOCAL_RIGHTS"));
    rights.0.store(true, Ordering::SeqCst);
    assert_eq!(asked(&air, SoftwareKind::Regulation).await, refused("INS_NOT_QUALIFIED"));
    register.unqualified.store(false, Ordering::SeqCst);
    assert_eq!(asked(&air, SoftwareKind::Regulation).await, refused("SECRET_CLOSED"));
    let open = consulting(&mock).record(patient.clone(), Consent::given()).unwrap();
    let confirmed = Confirmed::by(minor::action(clock.now()));
    let secret = secret_sessions.open(&air.ctx, &open, Some(&birth), SecretScope::Visit, confirmed).await.unwrap();
    assert_eq!(asked(&air, SoftwareKind::Regulation).await, refused("NOT_INFORMED"));
    let informed = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed);
    let _ = gate.record(&air.ctx, &PatientKey::from(&patient), informed).await.unwrap();
    assert_eq!(asked(&air, SoftwareKind::Regulation).await, refused("ONE_FACTOR"));
    air.evidence = air::evidence(air.clock.now());
    assert_eq!(asked(&air, SoftwareKind::Regulation).await, refused("LDRM-01"));
    assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
    assert_eq!(asked(&air, SoftwareKind::Care).await, None);
    secret.close();
}

#[tokio::test]
async fn each_refusal_is_traced_and_nothing_is_sent() {
    let mock = acceptance_world().await;
    let client = client(mock.pki(), &mock.url());
    let mut air = Air::of(client.clone()).await;
    let tracer = crate::support::traces::tracer(&air.clock);
    // By a guard of a session.
    let gate = ConsentGate::new(Database::in_memory().unwrap(), air.clock.clone());
    let guards = Guards::new().with(ConsentGuard::new(gate)).of(air.ctx.clone(), Intent::ByMode);
    let session = consulting(&mock).watched(tracer.of(&air.ctx)).watched(guards);
    let record = session.record(qualified(), Consent::given()).unwrap();
    record.existence().await.unwrap_err();
    // By the door of F02, by F20 and by F21, before there is a transaction.
    air.evidence.factors.truncate(1);
    let door = air.gate.clone().traced(tracer.clone());
    door.session(&air.ctx, &air.evidence, air.professional.clone()).await.unwrap_err();
    let (sessions, confirmed) = (minor::sessions(&client).0.traced(tracer.clone()), minor::action(air.clock.now()));
    sessions.open(&air.ctx, &record, None, SecretScope::Visit, Confirmed::by(confirmed.clone())).await.unwrap_err();
    let emergencies = BrisDeGlace::new(air.clock.clone(), BrisDeGlaceSettings::default()).traced(tracer.clone());
    let login = &air.evidence.session;
    login.end();
    let (patient, reason) = (qualified(), "Patient inconscient");
    let confirmed = Confirmed::by(confirmed);
    emergencies.open(&air.ctx, login, &session, &patient, Consent::given(), reason, confirmed).await.unwrap_err();
    let traced: Vec<_> = crate::support::traces::lines(&tracer)
        .await
        .iter()
        .map(|line| (line.outcome, line.code.clone().unwrap(), line.transaction.clone(), line.ins.is_some()))
        .collect();
    let denied =
        |code: &str, td: Option<&str>, patient| (TraceOutcome::Denied, code.to_owned(), td.map(str::to_owned), patient);
    let expected = [
        denied("NOT_INFORMED", Some("TD0.2"), true),
        denied("ONE_FACTOR", None, false),
        denied("BIRTH_UNKNOWN", None, false),
        denied("BRIS_DE_GLACE", None, true),
    ];
    assert_eq!(traced, expected);
    assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn guards_made_for_somebody_else_open_nothing() {
    let mock = MockDmp::start().await.unwrap();
    let mut other_professional = context("sacha", "team-1", "visit-1");
    other_professional.professional = Some(crate::support::professional("899999000021"));
    let mut other_structure = context("alix", "team-1", "visit-1");
    other_structure.structure = dmp_vocabulary::identity::StructureId::parse("1990000010", Realm::Test).unwrap().value;
    for ctx in [other_professional, other_structure] {
        let session = consulting(&mock).watched(Guards::new().of(ctx, Intent::ByMode));
        let error = session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap_err();
        assert_eq!((error.rule(), error.outcome()), (Some("CONTEXT"), Outcome::NotSent));
    }
    assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
}

/// Each transaction of a professional with a card, and the question that F01 asks of it.
#[tokio::test]
async fn the_table_of_f01_by_transaction() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let addresses = WebPsAddresses::new().cps("https://wps-cps.exemple.test").unwrap();
    let session = cards::card_of_alix_with(&mock, addresses).watched(Arc::new(notebook.clone()));
    let record = session.record(qualified(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    record.authorise().await.unwrap();
    session.authorised(AuthorisedList::all()).await.unwrap();
    session.web_ps(web_ps::Page::TableauDeBord).await.unwrap();
    record.web_ps(web_ps::Page::DossierPatient).await.unwrap();
    record.administrative_data().await.unwrap();
    record.authorisations(AuthorizationMode::Toute).await.unwrap();
    let first = letter();
    record.submit(&Submission::of(document(&first).await).hidden(Hidden::FromPatient)).await.unwrap();
    record.find(Search::approved()).await.unwrap();
    record.retrieve(unique_id(&first).as_str()).await.unwrap();
    record.reveal_to_patient(unique_id(&first)).await.unwrap();
    record.mask(unique_id(&first)).await.unwrap();
    record.unmask(unique_id(&first)).await.unwrap();
    record.archive(unique_id(&first)).await.unwrap();
    record.unarchive(unique_id(&first)).await.unwrap();
    record.reference_of(&unique_id(&first)).await.unwrap();
    let mut second = letter();
    (second.replaces, second.version) = (first.unique_id.clone(), Some(2));
    record.submit(&Submission::of(document(&second).await.replacing(unique_id(&first)))).await.unwrap();
    record.delete(unique_id(&second)).await.unwrap();
    record.remove_authorisation().await.unwrap();

    let (consults, feeds) = (Some(Scope::Consultation), Some(Scope::Feeding));
    let begun = notebook.begun.lock().unwrap().clone();
    let found: BTreeMap<String, Option<Scope>> = begun
        .iter()
        .map(|attempt| {
            let toward = attempt.toward.map(|act| format!(" toward {act:?}")).unwrap_or_default();
            let about = if attempt.patient.is_some() { "" } else { ", nobody" };
            (format!("{:?}{toward}{about}", attempt.act), scope_of(attempt, Intent::ByMode))
        })
        .collect();
    let expected = [
        ("AdministrativeData", consults),
        ("Archive", consults),
        ("Authorise", consults),
        ("Delete", None),
        ("Existence", consults),
        ("ListAuthorisations", consults),
        ("ListAuthorised, nobody", None),
        ("Locate", None),
        ("Locate toward Delete", None),
        ("Locate toward Submit", feeds),
        ("Mask", consults),
        ("RemoveAuthorisation", None),
        ("Retrieve", consults),
        ("RevealToPatient", consults),
        ("Search", consults),
        ("Search toward Archive", consults),
        ("Search toward Mask", consults),
        ("Search toward RevealToPatient", consults),
        ("Search toward Unarchive", consults),
        ("Search toward Unmask", consults),
        ("Submit", feeds),
        ("Unarchive", consults),
        ("Unmask", consults),
        ("WebPs(DossierPatient)", consults),
        ("WebPs(TableauDeBord), nobody", None),
    ];
    let expected = expected.map(|(act, scope)| (act.to_owned(), scope));
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);

    // What a TD0.2 is for, and a correction that the establishment allows (F12 rule 7).
    let of = |act| begun.iter().filter(move |attempt| attempt.act == act);
    let existence = of(Act::Existence).next().unwrap();
    for (intent, scope) in [
        (Intent::Consulting, consults),
        (Intent::Feeding, feeds),
        (Intent::Correcting, None),
        (Intent::ByMode, consults),
    ] {
        assert_eq!(scope_of(existence, intent), scope, "{intent:?}");
    }
    let corrected: Vec<_> = of(Act::Submit).map(|attempt| scope_of(attempt, Intent::Correcting)).collect();
    assert_eq!(corrected, [feeds, None], "a new document, then a replacement");
}

/// What a record says that it prepares opens nothing else.
#[tokio::test]
async fn only_what_prepares_is_judged_as_what_it_prepares() {
    let (mock, ctx) = (acceptance_world().await, context("alix", "team-1", "visit-1"));
    let gate = ConsentGate::new(Database::in_memory().unwrap(), crate::support::clock());
    let session = consulting(&mock).watched(Guards::new().with(ConsentGuard::new(gate)).of(ctx, Intent::ByMode));
    let record = session.record(qualified(), Consent::given()).unwrap();
    for act in [Act::Delete, Act::Submit, Act::BrisDeGlace, Act::Close] {
        let toward = record.toward(act);
        let refused = [
            toward.find(Search::approved()).await.unwrap_err(),
            toward.retrieve("2.25.1").await.unwrap_err(),
            toward.administrative_data().await.unwrap_err(),
        ];
        for error in refused {
            assert_eq!((error.rule(), error.outcome()), (Some("NOT_INFORMED"), Outcome::NotSent), "{act:?}");
        }
    }
    assert!(mock.journal().exchanges().is_empty());
}
