//! F15: one fixture per criterion, above and below its threshold; blocks; the review.

use crate::support::{clock, consulting, context, feeding, professional, traces};
use cda::n1::{N1Builder, N1Patient};
use dmp_client::*;
use dmp_lps::guard::{Guards, Intent};
use dmp_lps::supervision::*;
use dmp_lps::trace::{Action, Tracer};
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use jiff::{SignedDuration, Timestamp};

/// A working day at ten in Paris.
const MORNING: &str = "2026-03-03T09:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An invented patient.
fn qualified_of(number: u32) -> QualifiedPatient {
    let base = 2_800_575_999_100 + u64::from(number);
    traces::patient_of(&format!("{base}{:02}", 97 - base % 97))
}

/// The record of an invented patient.
fn record(number: u32) -> PatientKey {
    PatientKey::from(&qualified_of(number))
}

/// A search in a record, done by a member of the team.
fn search(seq: u64, when: Timestamp, patient: u32) -> Observation {
    Observation {
        seq,
        at: when,
        actor: InternalUserId::new("alix").unwrap(),
        professional: Some(ProfessionalKey::from(&professional("899999000013"))),
        structure: Some("10B0990008".to_owned()),
        workstation: Some("poste-1".to_owned()),
        patient: Some(record(patient)),
        episode: EpisodeId::new("visit-1"),
        deed: Deed::Listed,
        ending: Ending::Done,
        bris_de_glace: false,
        listed: 0,
        read: Vec::new(),
    }
}

fn documents(patient: u32, count: u32) -> Vec<String> {
    (0..count).map(|number| format!("1.2.{patient}.{number}")).collect()
}

/// What the software of these tests knows.
struct Known {
    role: Option<CareRole>,
    relation: Option<Relation>,
    planning: Planning,
    in_care: Option<bool>,
}

impl Surroundings for Known {
    async fn role(&self, _: &Observation) -> Option<CareRole> {
        self.role
    }

    async fn relation(&self, _: &Observation) -> Option<Relation> {
        self.relation
    }

    async fn planning(&self, _: &Observation) -> Planning {
        self.planning
    }

    async fn in_care(&self, _: &Observation) -> Option<bool> {
        self.in_care
    }
}

const QUIET: Known = Known { role: None, relation: None, planning: Planning::Working, in_care: Some(true) };

/// The rules that raised an alert over these acts, each once per alert.
async fn raised_with(known: Known, acts: Vec<Observation>) -> Vec<RuleId> {
    let supervisor = Supervisor::with(Database::in_memory().unwrap(), clock(), Rule::defaults(), known);
    let mut raised = Vec::new();
    for act in acts {
        raised.extend(supervisor.observe(act).await.unwrap().into_iter().map(|alert| alert.rule));
    }
    raised
}

async fn raised(acts: Vec<Observation>) -> Vec<RuleId> {
    raised_with(QUIET, acts).await
}

/// So many records, a minute apart, from that number on.
fn many(records: u32, from: Timestamp, first: u64) -> Vec<Observation> {
    let minutes = |number: u32| from + SignedDuration::from_mins(i64::from(number));
    (0..records).map(|number| search(first + u64::from(number), minutes(number), number)).collect()
}

#[tokio::test]
async fn f15_sv01_more_records_in_a_day_than_thirty_and_than_three_times_the_mean() {
    assert_eq!(raised(many(30, at(MORNING), 1)).await, []);
    assert_eq!(raised(many(31, at(MORNING), 1)).await, [RuleId::ManyRecords]);
    // The same record again and again is one record.
    let one: Vec<Observation> =
        many(40, at(MORNING), 1).into_iter().map(|act| Observation { patient: Some(record(0)), ..act }).collect();
    assert_eq!(raised(one).await, []);
    // Somebody who reads twelve a day on each of three days reads 36 without alert, not 37.
    let usual = |today: u32| {
        let mut acts: Vec<Observation> = Vec::new();
        for day in 1..=3_u32 {
            let from = at(MORNING) - SignedDuration::from_hours(24 * i64::from(day));
            acts.splice(0..0, many(12, from, u64::from((3 - day) * 12 + 1)));
        }
        acts.extend(many(today, at(MORNING), 37));
        acts
    };
    // The window is a day: yesterday's last records are out of it at ten.
    assert_eq!(raised(usual(36)).await, []);
    assert_eq!(raised(usual(37)).await, [RuleId::ManyRecords]);
}

#[tokio::test]
async fn f15_sv02_more_than_four_fifths_of_what_was_listed_over_more_than_five_records() {
    let reading = |records: u32, read: u32| {
        let mut acts = Vec::new();
        for patient in 0..records {
            let (seq, when) = (u64::from(patient) * 2 + 1, at(MORNING) + SignedDuration::from_mins(i64::from(patient)));
            acts.push(Observation { listed: 10, ..search(seq, when, patient) });
            let read = documents(patient, read);
            acts.push(Observation { read, deed: Deed::Read, ..search(seq + 1, when, patient) });
        }
        acts
    };
    assert_eq!(raised(reading(6, 8)).await, [], "exactly four fifths");
    assert_eq!(raised(reading(5, 10)).await, [], "five records");
    assert_eq!(raised(reading(6, 9)).await, [RuleId::SystematicRetrieval]);
}

#[tokio::test]
async fn f15_sv03_a_colleague_a_namesake_or_a_neighbour() {
    for relation in [Relation::Colleague, Relation::SameSurname, Relation::SameAddress] {
        let known = Known { relation: Some(relation), ..QUIET };
        assert_eq!(raised_with(known, vec![search(1, at(MORNING), 1)]).await, [RuleId::Relation], "{relation:?}");
    }
    let known = Known { relation: Some(Relation::Colleague), ..QUIET };
    let refused = Observation { ending: Ending::Refused, ..search(1, at(MORNING), 1) };
    assert_eq!(raised_with(known, vec![refused]).await, [], "nothing was consulted");
}

#[tokio::test]
async fn f15_sv04_hours_outside_the_planning_or_of_the_night() {
    // 22:00 and 06:00 in Paris, winter and summer.
    let cases = [
        (Planning::Unknown, "2026-03-03T20:59:59Z", false),
        (Planning::Unknown, "2026-03-03T21:00:00Z", true),
        (Planning::Unknown, "2026-03-03T04:59:59Z", true),
        (Planning::Unknown, "2026-03-03T05:00:00Z", false),
        (Planning::Unknown, "2026-07-03T20:00:00Z", true),
        (Planning::Working, "2026-03-03T02:00:00Z", false),
        (Planning::Off, MORNING, true),
    ];
    for (planning, when, expected) in cases {
        let found = raised_with(Known { planning, ..QUIET }, vec![search(1, at(when), 1)]).await;
        assert_eq!(found == [RuleId::UnusualHours], expected, "{planning:?} {when}: {found:?}");
    }
}

#[tokio::test]
async fn f15_sv05_more_than_three_uses_of_bris_de_glace_in_a_week() {
    let uses = |days: &[i64]| -> Vec<Observation> {
        let mut acts = Vec::new();
        for (seq, day) in (1..).step_by(2).zip(days) {
            let when = at(MORNING) + SignedDuration::from_hours(24 * day);
            // One use is several requests.
            for seq in [seq, seq + 1] {
                acts.push(Observation { bris_de_glace: true, ..search(seq, when, u32::try_from(*day).unwrap()) });
            }
        }
        acts
    };
    assert_eq!(raised(uses(&[0, 1, 2])).await, []);
    assert_eq!(raised(uses(&[0, 1, 2, 3])).await, [RuleId::BrisDeGlace]);
    assert_eq!(raised(uses(&[0, 1, 2, 8])).await, [], "the first is over a week old");
}

#[tokio::test]
async fn f15_sv06_more_than_five_refusals_in_an_hour() {
    let refusals = |count: u32, apart: i64| -> Vec<Observation> {
        let when = |number: u32| at(MORNING) + SignedDuration::from_mins(i64::from(number) * apart);
        (0..count)
            .map(|number| Observation {
                ending: Ending::Refused,
                ..search(u64::from(number) + 1, when(number), number)
            })
            .collect()
    };
    assert_eq!(raised(refusals(5, 1)).await, []);
    assert_eq!(raised(refusals(6, 1)).await, [RuleId::RepeatedRefusals]);
    assert_eq!(raised(refusals(12, 12)).await, [], "five in each hour");
}

#[tokio::test]
async fn f15_sv07_no_episode_and_no_appointment() {
    for (in_care, expected) in [(Some(false), true), (Some(true), false), (None, false)] {
        let found = raised_with(Known { in_care, ..QUIET }, vec![search(1, at(MORNING), 1)]).await;
        assert_eq!(found == [RuleId::NoCare], expected, "{in_care:?}");
    }
}

#[tokio::test]
async fn f15_sv08_one_rpps_in_several_places() {
    let placed = |places: &[(&str, &str, &str)]| -> Vec<Observation> {
        (1..)
            .zip(places)
            .map(|(seq, (user, structure, workstation))| Observation {
                actor: InternalUserId::new(*user).unwrap(),
                structure: Some((*structure).to_owned()),
                workstation: Some((*workstation).to_owned()),
                ..search(seq, at(MORNING) + SignedDuration::from_mins(i64::try_from(seq).unwrap()), 1)
            })
            .collect()
    };
    let one = |workstation| ("alix", "10B0990008", workstation);
    assert_eq!(raised(placed(&[one("a"), one("b"), one("c")])).await, [], "somebody who walks");
    let few = placed(&[one("a"), one("b"), one("a"), one("b"), one("a")]);
    assert_eq!(raised(few).await, [], "three returns");
    let to_and_fro = placed(&[one("a"), one("b"), one("a"), one("b"), one("a"), one("b")]);
    assert_eq!(raised(to_and_fro).await, [RuleId::SeveralPlaces]);
    // Two users of the software, one RPPS.
    let two_houses = placed(&[one("a"), ("camille", "10B0990016", "z")]);
    assert_eq!(raised(two_houses.clone()).await, [RuleId::SeveralPlaces]);
    let mut later = two_houses;
    later[1].at = at(MORNING) + SignedDuration::from_mins(90);
    assert_eq!(raised(later).await, [], "an hour later");
}

#[tokio::test]
async fn f15_sv09_the_dmp_slows_down() {
    assert_eq!(raised(vec![search(1, at(MORNING), 1)]).await, []);
    let slowed = Observation { ending: Ending::Throttled, ..search(1, at(MORNING), 1) };
    assert_eq!(raised(vec![slowed]).await, [RuleId::Throttled]);
}

#[tokio::test]
async fn f15_rules_are_data() {
    let read: Vec<Rule> = serde_json::from_str(
        r#"[{"id":"SV01","enabled":true,"threshold":{"above":2,"percent":100},"window":"PT24H",
             "roles":["outside-team"],"response":"Log"}]"#,
    )
    .unwrap();
    let found = async |role, enabled| {
        let rules = read.iter().cloned().map(|rule| Rule { enabled, ..rule }).collect();
        let supervisor = Supervisor::with(Database::in_memory().unwrap(), clock(), rules, Known { role, ..QUIET });
        let mut events = supervisor.events();
        let mut count = 0;
        for act in many(3, at(MORNING), 1) {
            count += supervisor.observe(act).await.unwrap().len();
        }
        assert!(events.try_recv().is_err(), "a rule that only logs tells nobody");
        count
    };
    assert_eq!(found(Some(CareRole::OutsideTeam), true).await, 1);
    assert_eq!(found(None, true).await, 1, "nobody escapes because the software does not know");
    assert_eq!(found(Some(CareRole::TeamMember), true).await, 0, "other roles");
    assert_eq!(found(Some(CareRole::OutsideTeam), false).await, 0, "disabled");
    let defaults = Rule::defaults();
    assert!(defaults.iter().all(|rule| rule.enabled && rule.response == Response::Notify && rule.roles.is_empty()));
    assert_eq!(serde_json::from_str::<Vec<Rule>>(&serde_json::to_string(&defaults).unwrap()).unwrap(), defaults);
}

#[tokio::test]
async fn f15_an_alert_that_runs_grows_and_one_trace_counts_once() {
    let store = Database::in_memory().unwrap();
    let supervisor = Supervisor::with(store, clock(), Rule::defaults(), Known { planning: Planning::Off, ..QUIET });
    let mut events = supervisor.events();
    let first = supervisor.observe(search(1, at(MORNING), 1)).await.unwrap();
    assert_eq!(supervisor.observe(search(1, at(MORNING), 1)).await.unwrap(), [], "fed before");
    let within = at(MORNING) + SignedDuration::from_hours(23);
    assert_eq!(supervisor.observe(search(2, within, 2)).await.unwrap(), []);
    let after = at(MORNING) + SignedDuration::from_hours(25);
    assert_eq!(supervisor.observe(search(3, after, 3)).await.unwrap().len(), 1);
    assert_eq!(supervisor.last_fed().await.unwrap(), 3);
    assert_eq!(events.try_recv().unwrap(), SupervisionEvent::Raised(first[0].clone()));

    let report = supervisor.review_report(at(MORNING), after).await.unwrap();
    let evidence: Vec<&[u64]> = report.alerts.iter().map(|alert| alert.evidence.as_slice()).collect();
    assert_eq!(evidence, [&[1, 2][..]], "the last was raised at the end of the period, which is not in it");
    assert_eq!(report.criteria.len(), 9);
}

#[tokio::test]
async fn f15_the_review_lists_criteria_alerts_and_incidents() {
    let supervisor = Supervisor::with(
        Database::in_memory().unwrap(),
        clock(),
        Rule::defaults(),
        Known { relation: Some(Relation::Colleague), ..QUIET },
    );
    let [alert] = supervisor.observe(search(7, at(MORNING), 1)).await.unwrap().try_into().unwrap();
    let head = InternalUserId::new("responsable; DPO").unwrap();
    let settled = supervisor.settle(alert.id, AlertState::Incident, &head).await.unwrap().unwrap();
    assert_eq!((settled.state, settled.moved), (AlertState::Incident, Some((head.clone(), clock().now()))));
    assert_eq!(supervisor.settle(AlertId(99), AlertState::Justified, &head).await.unwrap(), None);

    let report = supervisor.review_report(Timestamp::MIN, Timestamp::MAX).await.unwrap();
    assert_eq!((report.incidents().count(), report.open().count()), (1, 0));
    assert_eq!((report.count(RuleId::Relation), report.count(RuleId::NoCare)), ((1, 1), (0, 0)));
    let csv = report.to_csv();
    assert_eq!(csv.lines().count(), 1 + 9, "{csv}");
    assert!(
        csv.contains("SV03;0;0;PT24H;true;notify;1;alix;2026-03-03T09:00:00Z;2026-03-03T09:00:00Z;incident;7\n"),
        "{csv}"
    );
    assert!(!csv.contains("2800575"), "no patient is named");
}

/// Patient 99 is a colleague.
struct Hospital;

impl Surroundings for Hospital {
    async fn relation(&self, act: &Observation) -> Option<Relation> {
        (act.patient == Some(record(99))).then_some(Relation::Colleague)
    }
}

/// The doctor's session under trace and guards, in a world where any patient has a DMP.
struct Ward {
    mock: MockDmp,
    clock: ManualClock,
    tracer: Tracer,
    supervisor: Supervisor<Database, Hospital>,
    /// The doctor, before trace and guards.
    doctor: AirSession,
}

impl Ward {
    async fn new(rules: Vec<Rule>) -> Self {
        let mock = MockDmp::builder().open_world().start().await.unwrap();
        let clock = ManualClock::at(at(MORNING));
        let tracer = traces::tracer(&clock);
        let supervisor = Supervisor::with(Database::in_memory().unwrap(), clock.clone(), rules, Hospital);
        let supervisor = supervisor.traced(tracer.clone());
        let doctor = consulting(&mock);
        Self { mock, clock, tracer, supervisor, doctor }
    }

    fn guarded<A: dmp_client::mode::Authentication, X: dmp_client::mode::AccessMode>(
        &self,
        session: Session<A, X>,
        intent: Intent,
    ) -> Session<A, X> {
        let ctx = context("alix", "team-1", "visit-1");
        let guards = Guards::new().with(SupervisionGuard::new(self.supervisor.clone()));
        session.watched(self.tracer.of(&ctx)).watched(guards.of(ctx, intent))
    }

    fn air(&self) -> AirSession {
        self.guarded(self.doctor.clone(), Intent::Consulting)
    }

    fn feeding(&self) -> IndirectSession {
        self.guarded(feeding(&self.mock), Intent::Feeding)
    }

    /// A letter about this patient, in the DMP.
    async fn feed(&self, patient: u32) -> String {
        let ins = Some(qualified_of(patient).ins().clone());
        let letter = crate::support::documents::letter();
        let letter = N1Builder { patient: N1Patient { ins, ..letter.patient.clone() }, ..letter };
        let record = self.feeding().record(qualified_of(patient), Consent::given()).unwrap();
        record.submit(&Submission::of(crate::support::documents::document(&letter).await)).await.unwrap();
        crate::support::documents::unique_id(&letter)
    }

    async fn find(&self, patient: u32) -> Result<Found, DmpError> {
        self.air().record(qualified_of(patient), Consent::given()).unwrap().find(Search::approved()).await
    }

    /// Searches a record and reads all that it has.
    async fn read_all(&self, patient: u32) {
        let record = self.air().record(qualified_of(patient), Consent::given()).unwrap();
        record.authorise().await.unwrap();
        for entry in record.find(Search::approved()).await.unwrap().iter() {
            record.retrieve(entry).await.unwrap();
        }
    }

    /// A patient on whom nobody is authorised, in bris de glace: the open world has none, so in another.
    async fn emergency(&self) {
        let (mock, patient) = (MockDmp::start().await.unwrap(), traces::patient_of(seed::PATIENT_UNKNOWN_TO_ALL));
        let session = self.guarded(consulting(&mock), Intent::Consulting);
        let record = session.bris_de_glace(patient, Consent::given(), REASON).await.unwrap();
        record.find(Search::approved()).await.unwrap();
    }

    async fn rules(&self) -> Vec<RuleId> {
        self.supervisor.follow(&self.tracer).await.unwrap().into_iter().map(|alert| alert.rule).collect()
    }

    /// Requests that the mock has seen.
    fn seen(&self) -> usize {
        self.mock.journal().exchanges().len()
    }
}

const REASON: &str = "patient inconscient, antécédents inconnus";

#[tokio::test]
async fn s_12_a_series_of_misuses_raises_sv01_to_sv05() {
    let ward = Ward::new(Rule::defaults()).await;
    // Mass reading: six records of which everything is read, then so many that thirty are passed.
    for patient in 0..6 {
        ward.feed(patient).await;
        ward.read_all(patient).await;
    }
    assert_eq!(ward.rules().await, [RuleId::SystematicRetrieval]);
    for patient in 6..31 {
        ward.find(patient).await.unwrap();
    }
    assert_eq!(ward.rules().await, [RuleId::ManyRecords]);
    // A colleague.
    ward.find(99).await.unwrap();
    assert_eq!(ward.rules().await, [RuleId::Relation]);
    // The night: 23:30 in Paris.
    ward.clock.set(at("2026-03-03T22:30:00Z"));
    ward.find(7).await.unwrap();
    assert_eq!(ward.rules().await, [RuleId::UnusualHours]);
    // A series of bris de glace, in the days after.
    for _ in 0..4 {
        ward.clock.advance(SignedDuration::from_hours(24));
        ward.emergency().await;
    }
    let last: Vec<RuleId> = ward.rules().await.into_iter().filter(|rule| *rule != RuleId::UnusualHours).collect();
    assert_eq!(last, [RuleId::BrisDeGlace]);
    let report = ward.supervisor.review_report(Timestamp::MIN, Timestamp::MAX).await.unwrap();
    assert_eq!(report.open().count(), report.alerts.len());
    assert_eq!(ward.rules().await, [], "each trace is looked at once");
}

#[tokio::test]
async fn f15_a_block_stops_consultation_alone_until_it_is_lifted() {
    let rules = Rule::defaults().into_iter().map(|rule| match rule.id {
        RuleId::Relation => Rule { response: Response::Block, ..rule },
        _ => rule,
    });
    let ward = Ward::new(rules.collect()).await;
    let (mut events, document) = (ward.supervisor.events(), ward.feed(1).await);
    let open = ward.air().record(qualified_of(1), Consent::given()).unwrap();
    open.authorise().await.unwrap();
    ward.find(99).await.unwrap();
    assert_eq!(ward.rules().await, [RuleId::Relation]);
    let SupervisionEvent::Raised(alert) = events.try_recv().unwrap() else { panic!("the alert comes first") };
    let SupervisionEvent::Blocked(block) = events.try_recv().unwrap() else { panic!("then the block") };
    assert_eq!((alert.response, block.alert, &block.lifted), (Response::Block, alert.id, &None));

    // Nothing is consulted any more, also through a record that was open, or as another user with the same RPPS.
    let before = ward.seen();
    let refused = [
        ward.find(1).await.unwrap_err(),
        open.find(Search::approved()).await.unwrap_err(),
        open.retrieve(document.clone()).await.unwrap_err(),
        open.administrative_data().await.unwrap_err(),
        open.existence().await.unwrap_err(),
    ];
    for error in &refused {
        assert_eq!(
            (error.rule(), error.kind(), error.outcome()),
            (Some("SUPERVISION"), ErrorKind::Authorisation, Outcome::NotSent)
        );
    }
    let text = refused[0].explain(Language::French).to_string();
    assert!(text.contains("suspendu") && text.contains("alimentation"), "{text}");
    assert_eq!(ward.seen(), before, "nothing was sent");
    let professional = ProfessionalKey::from(&professional("899999000013"));
    let other = InternalUserId::new("alix-2").unwrap();
    assert!(ward.supervisor.check(&other, Some(&professional)).await.is_err());
    ward.supervisor.check(&other, None).await.unwrap();

    // Feeding, deletion and bris de glace go on.
    ward.feed(2).await;
    let feeding = ward.guarded(feeding(&ward.mock), Intent::Feeding).record(qualified_of(1), Consent::given()).unwrap();
    feeding.existence().await.unwrap();
    feeding.delete(document).await.unwrap();
    ward.emergency().await;

    let head = InternalUserId::new("responsable").unwrap();
    let alix = InternalUserId::new("alix").unwrap();
    assert!(ward.supervisor.lift(&alix, &head).await.unwrap());
    assert!(!ward.supervisor.lift(&alix, &head).await.unwrap(), "none stands");
    open.find(Search::approved()).await.unwrap();
    let report = ward.supervisor.review_report(Timestamp::MIN, Timestamp::MAX).await.unwrap();
    assert_eq!(report.blocks[0].lifted.as_ref().map(|(by, _)| by), Some(&head));
    let lines = traces::lines(&ward.tracer).await;
    let told = lines.iter().filter(|line| line.action == Action::Alert).filter_map(|line| line.detail.as_deref());
    assert_eq!(told.collect::<Vec<_>>(), ["alert 1 raised", "alert 1 blocks", "alert 1 lifted"]);
    let lifted = std::iter::from_fn(|| events.try_recv().ok()).last();
    assert!(matches!(lifted, Some(SupervisionEvent::Lifted(block)) if block.actor == alix));
}

#[tokio::test]
async fn f15_a_rule_that_only_notifies_blocks_nobody() {
    let ward = Ward::new(Rule::defaults()).await;
    ward.find(99).await.unwrap();
    assert_eq!(ward.rules().await, [RuleId::Relation]);
    ward.find(1).await.unwrap();
}
