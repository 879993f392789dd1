//! F20, the tests of its page by number, and the scenario 0.1-300.

use crate::support::documents::{bytes, concept, document, unique_id};
use crate::support::minor::{action, letter_about, minor, sessions};
use crate::support::{acceptance_world, cards, client, context, qualified};
use cda::n1::N1Builder;
use dmp_client::*;
use dmp_lps::guard::{Guards, Intent, MinorGuard};
use dmp_lps::minors::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::{BirthDate, UnknownBirthday};
use jiff::{SignedDuration, Timestamp};

/// The minor of the book, the connexions secrètes of a software, and a card under the guard of F20.
struct Scene {
    mock: MockDmp,
    sessions: SecretSessions,
    clock: ManualClock,
    patient: QualifiedPatient,
    birth: BirthDate,
    ctx: AccessContext,
}

impl Scene {
    async fn new() -> Self {
        let mock = acceptance_world().await;
        let (sessions, clock) = sessions(&client(mock.pki(), &mock.url()));
        let (patient, birth) = minor(&mock);
        Self { mock, sessions, clock, patient, birth, ctx: context("alix", "team-1", "visit-1") }
    }

    fn record(&self) -> DirectRecord {
        let guards = Guards::new().with(MinorGuard::new(self.sessions.clone()));
        let session = cards::card_of_alix(&self.mock).watched(guards.of(self.ctx.clone(), Intent::ByMode));
        session.record(self.patient.clone(), Consent::given()).unwrap()
    }

    async fn open(&self, scope: SecretScope) -> Result<SecretSession<mode::Direct, mode::Normal>, DmpError> {
        let confirmed = Confirmed::by(action(self.clock.now()));
        self.sessions.open(&self.ctx, &self.record(), Some(&self.birth), scope, confirmed).await
    }

    fn letter(&self) -> N1Builder {
        letter_about(&self.patient)
    }

    fn next_version(&self, of: &N1Builder, number: u32) -> N1Builder {
        N1Builder { replaces: of.unique_id.clone(), version: Some(number), ..self.letter() }
    }

    /// Whether each request since `from` was in connexion secrète.
    fn secret_since(&self, from: usize) -> Vec<bool> {
        self.mock.journal().exchanges().iter().skip(from).map(|one| one.connexion_secrete).collect()
    }

    fn sent(&self) -> usize {
        self.mock.journal().exchanges().len()
    }
}

fn rule(error: &DmpError) -> (&str, Outcome) {
    (error.rule().unwrap_or_default(), error.outcome())
}

#[test]
fn f20_t1_a_minor_is_one_until_the_birthday() {
    let file = ParameterFile::default();
    let parameters = file.current();
    let on = |day: &str| day.parse().unwrap();
    use Majority::{Adult, Minor, Unknown};
    use UnknownBirthday::{Older, Younger};
    for (birth, day, partial, expected) in [
        ("20080302", "2026-03-01", Younger, Minor),
        ("20080302", "2026-03-02", Younger, Adult),
        ("20080229", "2026-02-28", Younger, Minor),
        ("20080229", "2026-03-01", Younger, Adult),
        // A birthday that nobody knows is not yet reached, unless the setting says otherwise.
        ("20080300", "2026-03-31", Younger, Minor),
        ("20080300", "2026-04-01", Younger, Adult),
        ("20080000", "2026-12-31", Younger, Minor),
        ("20080000", "2027-01-01", Younger, Adult),
        ("20080000", "2026-01-01", Older, Adult),
        ("2008", "2025-12-31", Older, Minor),
        // Born tomorrow: a mistake.
        ("20260303", "2026-03-02", Younger, Unknown),
    ] {
        let birth = BirthDate::parse_hl7(birth).unwrap();
        assert_eq!(is_minor(Some(&birth), on(day), &parameters, partial), expected, "{} {day}", birth.to_hl7());
    }
    assert_eq!(is_minor(None, on("2026-03-02"), &parameters, Younger), Unknown);
    let child = BirthDate::parse_hl7("20200302").unwrap();
    for (xml, expected) in [
        ("<p><fonctions-gestion-mineurs>false</fonctions-gestion-mineurs></p>", Adult),
        ("<p><age-majorite>6</age-majorite></p>", Adult),
        ("<p><age-majorite>7</age-majorite></p>", Minor),
    ] {
        let parameters = file.read(xml.as_bytes(), Timestamp::now()).unwrap();
        assert_eq!(is_minor(Some(&child), on("2026-03-02"), &parameters, Younger), expected, "{xml}");
    }
}

#[tokio::test]
async fn f20_t2_an_adult_has_no_connexion_secrete() {
    let scene = Scene::new().await;
    let confirmed = || Confirmed::by(action(scene.clock.now()));
    let adult = BirthDate::parse_hl7("19800514").unwrap();
    for (birth, code) in [(Some(&adult), "NOT_MINOR"), (None, "BIRTH_UNKNOWN")] {
        let opened =
            scene.sessions.open(&scene.ctx, &scene.record(), birth, SecretScope::Visit, confirmed()).await.unwrap_err();
        assert_eq!(rule(&opened), (code, Outcome::NotSent));
    }
    // The text beside the button is not optional, and the user confirmed just now.
    let parameters = ParameterFile::default();
    assert_eq!(SecretSessions::new(parameters, SystemClock, "  ").unwrap_err(), NoExplanation);
    assert_eq!(scene.sessions.explanation(), "Texte du guide.");
    let old = Confirmed::by(action(scene.clock.now() - SignedDuration::from_mins(3)));
    let opened = scene
        .sessions
        .open(&scene.ctx, &scene.record(), Some(&scene.birth), SecretScope::Visit, old)
        .await
        .unwrap_err();
    assert_eq!(rule(&opened), ("F26", Outcome::NotSent));
    // A minor who comes of age during a stay is one no more.
    let secret = scene.open(SecretScope::Visit).await.unwrap();
    scene.clock.advance(SignedDuration::from_hours(24 * 366));
    let error = secret.record().unwrap().existence().await.unwrap_err();
    assert_eq!(rule(&error), ("NOT_MINOR", Outcome::NotSent));
    assert_eq!(scene.sent(), 0, "nothing was sent");
}

#[tokio::test]
async fn f20_t3_the_attribute_is_on_all_calls_then_on_none() {
    let scene = Scene::new().await;
    let open = scene.record();
    open.existence().await.unwrap();
    let secret = scene.open(SecretScope::Visit).await.unwrap();
    let letter = scene.letter();
    let record = secret.record().unwrap().clone();
    record.existence().await.unwrap();
    record.submit(&Submission::of(document(&letter).await)).await.unwrap();
    record.find(Search::approved()).await.unwrap();
    record.retrieve(unique_id(&letter).as_str()).await.unwrap();
    record.delete(unique_id(&letter)).await.unwrap();
    // An ordinary request of this user on this patient does not slip in between.
    assert_eq!(rule(&open.existence().await.unwrap_err()), ("SECRET_OPEN", Outcome::NotSent));
    assert!(secret.is_open());
    secret.close();
    let closed = scene.sent();
    open.existence().await.unwrap();
    open.find(Search::approved()).await.unwrap();
    // Nor does the record of a connexion secrète that is over.
    assert_eq!(rule(&record.existence().await.unwrap_err()), ("SECRET_CLOSED", Outcome::NotSent));
    let (before, after) =
        scene.secret_since(1).split_at_checked(closed - 1).map(|(a, b)| (a.to_vec(), b.to_vec())).unwrap();
    assert!(before.len() >= 5 && before.iter().all(|secret| *secret), "{before:?}");
    assert_eq!(after, [false, false]);
}

#[tokio::test]
async fn f20_t4_nothing_visible_to_the_representatives_is_fed_in_secret() {
    let scene = Scene::new().await;
    let secret = scene.open(SecretScope::Visit).await.unwrap();
    let (record, letter) = (secret.record().unwrap(), scene.letter());
    let submission = Submission::of(document(&letter).await);
    let error = submit(record, &submission, Representatives::See).await.unwrap_err();
    assert_eq!(rule(&error), ("VISIBILITY", Outcome::NotSent));
    let note = concept("JDV_J07", "87273-9");
    let mut entry = document(&letter).await.entry().clone();
    entry.type_code = Some(xds_model::CodedValue::new(&note.code, &note.display, &note.system));
    let note = Submission::of(Document::from_opaque_bytes(bytes(&scene.letter()), entry).await.unwrap());
    assert_eq!(rule(&record.submit(&note).await.unwrap_err()), ("X23", Outcome::NotSent), "a vaccination note");
    assert_eq!(scene.sent(), 0, "nothing was sent");
    let _ = submit(record, &submission, Representatives::DoNotSee).await.unwrap();
    let entry = record.entry(unique_id(&letter)).await.unwrap();
    assert!(entry.has_confidentiality("INVISIBLE_REPRESENTANTS_LEGAUX"));
    // In an ordinary access both are said, and both are possible.
    secret.close();
    for (representatives, hidden) in [(Representatives::See, false), (Representatives::DoNotSee, true)] {
        let letter = scene.letter();
        let _ = submit(&scene.record(), &Submission::of(document(&letter).await), representatives).await.unwrap();
        let entry = scene.record().entry(unique_id(&letter)).await.unwrap();
        assert_eq!(entry.has_confidentiality("INVISIBLE_REPRESENTANTS_LEGAUX"), hidden, "{representatives:?}");
    }
}

#[tokio::test]
async fn f20_t5_a_minimum_age_proposes_and_never_forbids() {
    let scene = Scene::new().await;
    // The minor of the book is 17; nothing is proposed under 18.
    let policy = AgePolicy::set(18, InternalUserId::new("alix").unwrap(), &scene.clock);
    assert!(!policy.proposes(&scene.birth, &scene.clock));
    assert!(
        AgePolicy::set(17, InternalUserId::new("alix").unwrap(), &scene.clock).proposes(&scene.birth, &scene.clock)
    );
    let secret = scene.open(SecretScope::Visit).await.unwrap();
    secret.record().unwrap().existence().await.unwrap();
    assert_eq!(scene.secret_since(0), [true]);
}

#[test]
fn f20_t6_a_minimum_age_is_asked_for_again_after_six_months() {
    let clock = ManualClock::at("2026-03-02T08:00:00Z".parse().unwrap());
    let policy = AgePolicy::set(14, InternalUserId::new("alix").unwrap(), &clock);
    assert_eq!((policy.set_by().as_str(), policy.set_at()), ("alix", clock.now()));
    clock.set("2026-09-02T06:59:00Z".parse().unwrap());
    assert!(!policy.to_be_reviewed(&clock));
    clock.set("2026-09-02T07:00:00Z".parse().unwrap());
    assert!(policy.to_be_reviewed(&clock));
    let again = AgePolicy::set(15, InternalUserId::new("sacha").unwrap(), &clock);
    assert!(!again.to_be_reviewed(&clock));
}

/// Steps of the book in the comments.
#[tokio::test]
async fn f20_t7_and_a_0_1_300_a_connexion_secrete_from_its_start_to_its_end() {
    let scene = Scene::new().await;
    let open = scene.record();
    // (1-2) Open, then start.
    assert!(matches!(open.existence().await.unwrap(), Existence::Active(_)));
    let secret = scene.open(SecretScope::Visit).await.unwrap();
    // (3) Four fed, the second replaced, the third deleted, then a search.
    let before = scene.sent();
    let letters: Vec<_> = (0..4).map(|_| scene.letter()).collect();
    let record = secret.record().unwrap();
    for letter in &letters {
        let _ = submit(record, &Submission::of(document(letter).await), Representatives::DoNotSee).await.unwrap();
    }
    let second = scene.next_version(&letters[1], 2);
    let replacement = Submission::of(document(&second).await.replacing(unique_id(&letters[1])));
    let _ = submit(record, &replacement, Representatives::DoNotSee).await.unwrap();
    assert_eq!(record.delete(unique_id(&letters[2])).await.unwrap(), Change::Done);
    assert!(!record.find(Search::approved()).await.unwrap().is_empty());
    assert!(scene.secret_since(before).iter().all(|secret| *secret), "on every call of (3)");
    // (4) Close it. (5) The fourth becomes visible, and stays so; a fifth is fed normally.
    secret.close();
    let before = scene.sent();
    let fourth = open.entry(unique_id(&letters[3])).await.unwrap();
    assert!(fourth.has_confidentiality("INVISIBLE_REPRESENTANTS_LEGAUX"));
    let visible = scene.next_version(&letters[3], 2);
    let shown = Submission::of(document(&visible).await.replacing(&fourth));
    let _ = submit(&open, &shown, Representatives::See).await.unwrap();
    let fourth = open.entry(unique_id(&visible)).await.unwrap();
    assert!(!fourth.has_confidentiality("INVISIBLE_REPRESENTANTS_LEGAUX"));
    let hidden_again = Submission::of(document(&scene.next_version(&visible, 3)).await.replacing(&fourth));
    let error = submit(&open, &hidden_again, Representatives::DoNotSee).await.unwrap_err();
    assert_eq!(rule(&error), ("X20", Outcome::NotSent));
    let fifth = scene.letter();
    let _ = submit(&open, &Submission::of(document(&fifth).await), Representatives::See).await.unwrap();
    let fifth_entry = open.entry(unique_id(&fifth)).await.unwrap();
    assert!(scene.secret_since(before).iter().all(|secret| !secret), "on none of (5)");
    // (6) Start again: a replacement would hide the fifth.
    let secret = scene.open(SecretScope::Visit).await.unwrap();
    let before = scene.sent();
    let hiding = Submission::of(document(&scene.next_version(&fifth, 2)).await.replacing(&fifth_entry));
    let error = submit(secret.record().unwrap(), &hiding, Representatives::DoNotSee).await.unwrap_err();
    assert_eq!(rule(&error), ("X20", Outcome::NotSent));
    assert_eq!(scene.sent(), before, "nothing was sent");
    // (7) TD3.3 hides from professionals only: no call would hide the fourth from the representatives. What is secret is
    // not shown from inside the secret (MIN-07).
    let error = secret.record().unwrap().reveal_to_representatives(unique_id(&second)).await.unwrap_err();
    assert_eq!(rule(&error), ("MIN-07", Outcome::NotSent));
    assert_eq!(scene.sent(), before, "nothing was sent");
}

#[tokio::test]
async fn a_scope_ends_with_its_visit_its_stay_or_its_act() {
    let mut scene = Scene::new().await;
    let resumed =
        async |scene: &Scene| scene.sessions.resume(&scene.ctx, &scene.record()).await.map(|one| one.is_some());
    // A visit is asked for anew each time.
    drop(scene.open(SecretScope::Visit).await.unwrap());
    assert!(!resumed(&scene).await.unwrap());
    // A stay lasts until it is closed.
    let stay = EpisodeId::new("visit-1").unwrap();
    drop(scene.open(SecretScope::Stay(stay.clone())).await.unwrap());
    let secret = scene.sessions.resume(&scene.ctx, &scene.record()).await.unwrap().unwrap();
    secret.record().unwrap().existence().await.unwrap();
    scene.ctx.episode.id = EpisodeId::new("visit-2").unwrap();
    assert_eq!(rule(&resumed(&scene).await.unwrap_err()), ("OTHER_EPISODE", Outcome::NotSent));
    assert_eq!(
        rule(&scene.open(SecretScope::Stay(stay.clone())).await.unwrap_err()),
        ("OTHER_EPISODE", Outcome::NotSent)
    );
    scene.sessions.episode_closed(&stay);
    assert!(!secret.is_open() && secret.record().is_err());
    assert!(!resumed(&scene).await.unwrap());
    // An act of several days lasts until it is done.
    let act = ActId::new("ivg-1").unwrap();
    drop(scene.open(SecretScope::Act(act.clone())).await.unwrap());
    assert!(resumed(&scene).await.unwrap());
    scene.sessions.act_done(&act);
    assert!(!resumed(&scene).await.unwrap());
    // Another patient, another user: not concerned.
    let _open = scene.open(SecretScope::Visit).await.unwrap();
    let guards = Guards::new().with(MinorGuard::new(scene.sessions.clone()));
    let card = cards::card_of_alix(&scene.mock);
    let other_patient = card.clone().watched(guards.of(scene.ctx.clone(), Intent::ByMode));
    other_patient.record(qualified_role(&scene.mock), Consent::given()).unwrap().existence().await.unwrap();
    let other_user = card.watched(guards.of(context("sacha", "team-1", "visit-1"), Intent::ByMode));
    other_user.record(scene.patient.clone(), Consent::given()).unwrap().existence().await.unwrap();
}

fn qualified_role(mock: &MockDmp) -> QualifiedPatient {
    let other = crate::support::role(mock, "P-OPEN");
    assert_ne!(other, qualified());
    other
}
