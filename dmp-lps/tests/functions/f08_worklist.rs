//! F08: the worklist (tests T3 to T8 of its page), S-06, S-07 and 2.1-060.

use crate::support::cards::{card_of_alix, employee};
use crate::support::documents::{concept, document, letter, unique_id};
use crate::support::{acceptance_world, consulting, count, feeding, patient, qualified, role};
use dmp_client::mode::{Air, Feeds};
use dmp_client::*;
use dmp_lps::acts::{RevealToPatient, RevealToRepresentatives};
use dmp_lps::visibility::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{EventKind, PatientId};
use jiff::civil::Date;
use jiff::{Span, Timestamp};

const CALENDARS: [(VisibilityCalendar, &str); 3] = [
    (VisibilityCalendar::R1111_53, "R1111_53"),
    (VisibilityCalendar::Segur, "Segur"),
    (VisibilityCalendar::None, "None"),
];

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A list over an empty base, whose clock stands at the time of the machine.
fn worklist(settings: WorklistSettings) -> (Worklist<Database>, ManualClock) {
    let clock = ManualClock::at(Timestamp::now());
    (Worklist::new(Database::in_memory().unwrap(), clock.clone(), settings), clock)
}

fn hide(document: Document, hidden: &[Hidden]) -> Document {
    hidden.iter().fold(document, |document, hidden| document.hidden(*hidden))
}

/// Feeds a letter about the followed patient; its uniqueId.
async fn fed(mock: &MockDmp, hidden: &[Hidden]) -> String {
    let builder = letter();
    let record = feeding(mock).record(qualified(), Consent::given()).unwrap();
    record.submit(&Submission::of(hide(document(&builder).await, hidden))).await.unwrap();
    unique_id(&builder)
}

/// Feeds a letter of a type, and lists it.
async fn fed_and_listed<A: Feeds>(
    record: &Record<A>,
    about: &QualifiedPatient,
    type_code: &str,
    hidden: &[Hidden],
    list: &Worklist<Database>,
) -> String {
    let mut builder = letter();
    builder.patient.ins = Some(about.ins().clone());
    builder.document_type = Some(concept("JDV_J07", type_code));
    let document = hide(document(&builder).await, hidden);
    record.submit(&Submission::of(document.clone())).await.unwrap();
    let invisible = InvisibleDocument::of(&PatientKey::from(about), document.entry(), Some(Timestamp::now())).unwrap();
    assert!(list.add(invisible).await.unwrap());
    unique_id(&builder)
}

async fn all(list: &Worklist<Database>) -> Vec<WorklistEntry> {
    let filter = WorklistFilter { closed: true, ..WorklistFilter::default() };
    list.list(filter).await.unwrap().into_iter().map(|listed| listed.entry).collect()
}

fn confirmed<A>(clock: &ManualClock) -> Confirmed<A> {
    let user = InternalUserId::new("alix").unwrap();
    Confirmed::by(UserAction { user, screen: "worklist".to_owned(), at: clock.now() })
}

fn to_patient(clock: &ManualClock) -> Reveal {
    Reveal::ToPatient(confirmed::<RevealToPatient>(clock))
}

fn to_representatives(clock: &ManualClock) -> Reveal {
    Reveal::ToRepresentatives(confirmed::<RevealToRepresentatives>(clock))
}

/// The médecin in AIR, authorised.
async fn entered(mock: &MockDmp, about: &QualifiedPatient) -> Record<Air> {
    let record = consulting(mock).record(about.clone(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    record.authorise().await.unwrap();
    record
}

fn hidden_in_the_dmp(mock: &MockDmp, unique_id: &str) -> Vec<Hidden> {
    mock.with_world(|world| Hidden::of(&world.registry.last_version(unique_id).unwrap().entry))
}

#[tokio::test]
async fn f08_t3_making_visible_to_one_keeps_the_other() {
    let mock = acceptance_world().await;
    let minor = role(&mock, "P-MINOR");
    let both = [Hidden::FromPatient, Hidden::FromRepresentatives];
    for first_to_patient in [true, false] {
        let (list, clock) = worklist(WorklistSettings::new(VisibilityCalendar::Segur));
        let record = feeding(&mock).record(minor.clone(), Consent::given()).unwrap();
        let id = fed_and_listed(&record, &minor, "11488-4", &both, &list).await;
        let record = entered(&mock, &minor).await;
        let acts = [to_patient(&clock), to_representatives(&clock)];
        let (first, second) = match (first_to_patient, acts) {
            (true, [patient, representatives]) => (patient, representatives),
            (false, [patient, representatives]) => (representatives, patient),
        };
        let entry = list.make_visible(&record, &id, [first]).await.unwrap();
        let kept = Targets { patient: !first_to_patient, representatives: first_to_patient };
        assert_eq!((entry.targets, entry.state), (kept, EntryState::Open));
        assert_eq!(Targets::of(&hidden_in_the_dmp(&mock, &id)), kept);
        let entry = list.make_visible(&record, &id, [second]).await.unwrap();
        assert_eq!((entry.targets.is_empty(), entry.state), (true, EntryState::MadeVisible));
        assert_eq!(hidden_in_the_dmp(&mock, &id), []);
    }
}

#[tokio::test]
async fn f08_t4_what_was_made_visible_is_never_hidden_again() {
    let mock = MockDmp::start().await.unwrap();
    let (list, clock) = worklist(WorklistSettings::new(VisibilityCalendar::Segur));
    let builder = letter();
    let feeder = feeding(&mock).record(qualified(), Consent::given()).unwrap();
    let hidden = document(&builder).await.hidden(Hidden::FromPatient);
    feeder.submit(&Submission::of(hidden.clone())).await.unwrap();
    let id = unique_id(&builder);
    let invisible = || InvisibleDocument::of(&patient(), hidden.entry(), Some(Timestamp::now())).unwrap();
    assert!(list.add(invisible()).await.unwrap());
    let record = entered(&mock, &qualified()).await;
    list.make_visible(&record, &id, [to_patient(&clock)]).await.unwrap();

    // The entry is closed for good, and no act or listing opens it again.
    let closed = list.make_visible(&record, &id, [to_patient(&clock)]).await.unwrap_err();
    assert!(matches!(closed, MakeVisibleError::Worklist(WorklistError::Closed { state: EntryState::MadeVisible })));
    assert!(!list.add(invisible()).await.unwrap());
    assert!(matches!(list.plan_announcement(&id).await, Err(WorklistError::Closed { .. })));

    // Nor does a replacement hide it: the software says so, then the checks before the network do.
    let visible = record.entry(&id).await.unwrap();
    let again = Choice {
        wished: Visibility::of(&[Hidden::FromPatient], Holder::Adult),
        holder: Holder::Adult,
        type_code: "11488-4",
        former: Some(Visibility::of_entry(&visible, Holder::Adult)),
        mask_asked_by_holder: false,
    };
    assert_eq!(again.decide(VisibilityPolicy::default()).unwrap_err().rule(), Some("X20"));
    let mut newer = letter();
    newer.replaces = builder.unique_id.clone();
    newer.version = Some(2);
    let newer = document(&newer).await.hidden(Hidden::FromPatient).replacing(&visible);
    let sent = mock.journal().exchanges().len();
    assert_eq!(feeder.submit(&Submission::of(newer)).await.unwrap_err().rule(), Some("X20"));
    assert_eq!(mock.journal().exchanges().len(), sent);

    // An old confirmation is none.
    let other = fed_and_listed(&feeder, &qualified(), "11488-4", &[Hidden::FromPatient], &list).await;
    let old = to_patient(&clock);
    clock.advance(jiff::SignedDuration::from_secs(121));
    let refused = list.make_visible(&record, &other, [old]).await.unwrap_err();
    assert!(matches!(&refused, MakeVisibleError::Dmp(error) if error.rule() == Some("F26")), "{refused}");
    assert_eq!(hidden_in_the_dmp(&mock, &other), [Hidden::FromPatient]);
}

#[tokio::test]
async fn f08_t5_a_fresh_list_closes_what_it_shows_visible_and_adds_what_it_shows_hidden() {
    let mock = MockDmp::start().await.unwrap();
    let (list, clock) = worklist(WorklistSettings::new(VisibilityCalendar::Segur));
    let feeder = feeding(&mock).record(qualified(), Consent::given()).unwrap();
    let invisible = [Hidden::FromPatient];
    let by_other = fed_and_listed(&feeder, &qualified(), "11488-4", &invisible, &list).await;
    let by_server = fed_and_listed(&feeder, &qualified(), "11488-4", &invisible, &list).await;
    let still = fed_and_listed(&feeder, &qualified(), "11488-4", &invisible, &list).await;
    let unlisted = fed(&mock, &invisible).await;
    let record = entered(&mock, &qualified()).await;
    record.reveal_to_patient(&by_other).await.unwrap();
    let find = || async { record.find(Search::approved()).await.unwrap().into_entries() };

    let closed = list.reconcile(&patient(), &find().await).await.unwrap();
    let told: Vec<_> = closed.iter().map(|entry| (entry.unique_id.clone(), entry.state)).collect();
    assert_eq!(told, [(by_other, EntryState::MadeVisible)]);
    let open = list.list(WorklistFilter::default()).await.unwrap();
    let found = open.iter().find(|listed| listed.entry.unique_id == unlisted).expect("seen, so listed");
    // A search does not tell the deposit: the creation of the document stands for it.
    assert_eq!(found.entry.deposited_at, "2026-03-02T09:15:00Z".parse().unwrap());
    assert_eq!(found.entry.responsible, Responsible::Professional(found.entry.author.clone().unwrap()));

    // On the day of the server, what is visible became so by itself.
    record.reveal_to_patient(&by_server).await.unwrap();
    let paris = clock.now().to_zoned(dmp_protocol::paris());
    clock.set(paris.checked_add(Span::new().months(3)).unwrap().timestamp());
    let closed = list.reconcile(&patient(), &find().await).await.unwrap();
    let told: Vec<_> = closed.iter().map(|entry| (entry.unique_id.clone(), entry.state)).collect();
    assert_eq!(told, [(by_server, EntryState::AutoVisible)]);
    // Nothing follows from an empty list.
    assert!(list.reconcile(&patient(), &[]).await.unwrap().is_empty());
    let open: Vec<_> = list.list(WorklistFilter::default()).await.unwrap();
    assert!(open.iter().any(|listed| listed.entry.unique_id == still));
}

#[tokio::test]
async fn f08_t6_who_has_no_td3_3b_is_told_to_replace() {
    let mock = MockDmp::start().await.unwrap();
    let (list, clock) = worklist(WorklistSettings::new(VisibilityCalendar::Segur));
    let structure = feeding(&mock).record(qualified(), Consent::given()).unwrap();
    let cpe = employee(&mock).record(qualified(), Consent::given()).unwrap();
    let id = fed_and_listed(&structure, &qualified(), "11488-4", &[Hidden::FromPatient], &list).await;
    let sent = mock.journal().exchanges().len();
    let refusals = [
        list.make_visible(&structure, &id, [to_patient(&clock)]).await.unwrap_err(),
        list.make_visible(&cpe, &id, [to_patient(&clock)]).await.unwrap_err(),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, MakeVisibleError::UseReplacement), "{refusal}");
        assert!(refusal.to_string().contains("VisibilityByReplacement"));
    }
    // Nor is it made visible in the record of somebody else.
    let stranger = QualifiedPatient::declared(
        dmp_vocabulary::identity::Ins::parse("175112A99901005", "1.2.250.1.213.1.4.10", Realm::Test).unwrap().value,
    );
    let other = card_of_alix(&mock).record(stranger, Consent::given()).unwrap();
    let refusal = list.make_visible(&other, &id, [to_patient(&clock)]).await.unwrap_err();
    assert!(matches!(refusal, MakeVisibleError::OtherPatient), "{refusal}");
    assert_eq!(mock.journal().exchanges().len(), sent, "nothing is sent");
    assert_eq!(all(&list).await[0].state, EntryState::Open);
}

#[tokio::test]
async fn f08_t7_the_report_of_what_is_overdue_by_service_and_responsible() {
    let (list, clock) = worklist(WorklistSettings::new(VisibilityCalendar::Segur));
    clock.set("2026-03-31T10:00:00Z".parse().unwrap());
    let mut ids = Vec::new();
    for (deposit, service) in
        [("2026-02-20T09:00:00Z", "onco"), ("2026-02-28T09:00:00Z", "onco"), ("2026-02-10T09:00:00Z", "gen")]
    {
        let builder = letter();
        let hidden = document(&builder).await.hidden(Hidden::FromPatient);
        let invisible = InvisibleDocument::of(&patient(), hidden.entry(), Some(deposit.parse().unwrap())).unwrap();
        list.add(invisible.in_service(ServiceId::new(service).unwrap())).await.unwrap();
        ids.push(unique_id(&builder));
    }
    let overdue = WorklistFilter { overdue: true, ..WorklistFilter::default() };
    let report = |filter: WorklistFilter| {
        let list = &list;
        async move {
            let listed = list.list(filter).await.unwrap();
            listed.into_iter().map(|listed| (listed.entry.unique_id, listed.days.duty_due_on)).collect::<Vec<_>>()
        }
    };
    // Oldest deposit first; 28 February + 1 month is 28 March, which is past too.
    let due =
        [(ids[2].clone(), day("2026-03-10")), (ids[0].clone(), day("2026-03-20")), (ids[1].clone(), day("2026-03-28"))];
    assert_eq!(report(overdue.clone()).await, due);
    clock.set("2026-03-28T10:00:00Z".parse().unwrap());
    assert_eq!(report(overdue.clone()).await, due[..2], "its last day is not past");
    let onco = WorklistFilter { service: ServiceId::new("onco"), ..overdue.clone() };
    assert_eq!(report(onco).await, due[1..2]);

    // Reassigned: in the list of the service now.
    let service = Responsible::Service(ServiceId::new("gen").unwrap());
    list.reassign(&ids[2], service.clone()).await.unwrap();
    let own = WorklistFilter { responsible: Some(service), ..overdue.clone() };
    assert_eq!(report(own).await, due[..1]);
    list.deleted(&ids[2]).await.unwrap();
    assert_eq!(report(overdue).await, due[1..2]);
}

/// What the list tells and what the mock does, day by day since the deposit.
#[derive(Debug, Default, PartialEq)]
struct Course {
    told: Vec<(i32, Due)>,
    noticed: Option<i32>,
    visible: Option<i32>,
}

/// Lets the days of both clocks pass; the clocks stand at the last of them then.
async fn lives(mock: &MockDmp, list: &Worklist<Database>, clock: &ManualClock, id: &PatientId, days: i32) -> Course {
    let mut course = Course::default();
    let deposit = mock.clock().now();
    for number in 0..=days {
        mock.clock().set(clock::days_later(deposit, number));
        clock.set(mock.clock().now());
        let told = mock.notifications(id);
        if told.iter().any(|event| event.kind == EventKind::HiddenDocumentNotice) {
            course.noticed.get_or_insert(number);
        }
        if mock.with_world(|world| world.documents_seen_by_holder(id, false).next().is_some()) {
            course.visible.get_or_insert(number);
        }
        course.told.extend(list.tick().await.unwrap().into_iter().map(|event| (number, event.due)));
    }
    course
}

#[tokio::test]
async fn f08_t8_and_s_06_the_days_after_an_invisible_deposit_under_each_calendar() {
    for (calendar, switch) in CALENDARS {
        let mock = MockDmp::builder().switch("visibility_calendar", switch).start().await.unwrap();
        let id = PatientId::new("280057599900151", "1.2.250.1.213.1.4.10");
        let (list, clock) = worklist(WorklistSettings::new(calendar));
        let structure = feeding(&mock).record(qualified(), Consent::given()).unwrap();
        fed_and_listed(&structure, &qualified(), "11488-4", &[Hidden::FromPatient], &list).await;
        let deposit = all(&list).await[0].deposited_at;
        let after = |span: Span| {
            let date = |at: Timestamp| at.to_zoned(dmp_protocol::paris()).date();
            let due = deposit.to_zoned(dmp_protocol::paris()).checked_add(span).unwrap().date();
            (due - date(deposit)).get_days()
        };
        let (month, three) = (after(Span::new().months(1)), after(Span::new().months(3)));
        let course = lives(&mock, &list, &clock, &id, three + 5).await;

        let mut expected: Vec<(i32, Due)> = vec![(month, Due::Duty), (month + 1, Due::Overdue)];
        let (notice, automatic) = match calendar {
            VisibilityCalendar::R1111_53 => (Some(14), Some(month)),
            VisibilityCalendar::Segur => (Some(month), Some(three)),
            VisibilityCalendar::None => (None, None),
        };
        expected.extend(notice.map(|day| (day, Due::Notify)));
        expected.extend(automatic.map(|day| (day, Due::Automatic)));
        let mut told = course.told.clone();
        told.sort_by_key(|(day, due)| (*day, format!("{due:?}")));
        expected.sort_by_key(|(day, due)| (*day, format!("{due:?}")));
        assert_eq!(told, expected, "{calendar:?}: each once, on its day");
        // A notice is told as long as the document is hidden.
        assert_eq!((course.noticed, course.visible), (notice, automatic), "{calendar:?}: the mock does what is told");

        // A list that was read after the last day, by a request at the time of the machine.
        mock.clock().set(Timestamp::now());
        let record = entered(&mock, &qualified()).await;
        let found = record.find(Search::approved()).await.unwrap().into_entries();
        let closed = list.reconcile(&patient(), &found).await.unwrap();
        let states: Vec<_> = closed.iter().map(|entry| entry.state).collect();
        let overdue = list.list(WorklistFilter { overdue: true, ..WorklistFilter::default() }).await.unwrap();
        match calendar {
            VisibilityCalendar::None => {
                assert!(states.is_empty());
                assert_eq!(overdue.len(), 1, "nothing happened, and the entry stays in the report");
            }
            _ => assert_eq!((states.as_slice(), overdue.len()), (&[EntryState::AutoVisible][..], 0)),
        }
    }
}

#[tokio::test]
async fn f08_the_delay_of_the_establishment_is_an_action_and_sends_nothing() {
    let mock = MockDmp::start().await.unwrap();
    let settings = WorklistSettings::new(VisibilityCalendar::Segur).establishment_after(Delay::Days(7)).unwrap();
    let (list, clock) = worklist(settings);
    let structure = feeding(&mock).record(qualified(), Consent::given()).unwrap();
    fed_and_listed(&structure, &qualified(), "11488-4", &[Hidden::FromPatient], &list).await;
    let sent = mock.journal().exchanges().len();
    assert!(list.tick().await.unwrap().is_empty());
    clock.set(clock::days_later(clock.now(), 7));
    let due: Vec<_> = list.tick().await.unwrap().into_iter().map(|event| event.due).collect();
    assert_eq!(due, [Due::Establishment, Due::Duty]);
    assert!(list.list(WorklistFilter::default()).await.unwrap()[0].to_do);
    assert_eq!(mock.journal().exchanges().len(), sent);
    // The warning is shown unless it is disabled (K17).
    assert!(list.settings().warning().unwrap().contains("irréversible"));
    assert_eq!(WorklistSettings::new(VisibilityCalendar::None).confirm_visibility(false).warning(), None);
}

#[tokio::test]
async fn s_07_the_report_of_an_announcement_leads_to_visible_documents() {
    let mock = MockDmp::start().await.unwrap();
    let (list, clock) = worklist(WorklistSettings::new(VisibilityCalendar::Segur).announcement_types(["11488-4"]));
    let structure = feeding(&mock).record(qualified(), Consent::given()).unwrap();
    let mut fed = Vec::new();
    for type_code in ["11506-3", "34112-3"] {
        fed.push(fed_and_listed(&structure, &qualified(), type_code, &[Hidden::FromPatient], &list).await);
    }
    list.plan_announcement(&fed[0]).await.unwrap();
    assert!(list.on_document_produced(&patient(), "11505-5").await.unwrap().is_empty());
    let proposed = list.on_document_produced(&patient(), "11488-4").await.unwrap();
    assert_eq!(proposed.len(), 2);

    let record = entered(&mock, &qualified()).await;
    for listed in proposed {
        let announced = list.mark_announced(&listed.entry.unique_id).await.unwrap();
        assert_eq!((announced.state, announced.targets.patient), (EntryState::Announced, true));
        let entry = list.make_visible(&record, &announced.unique_id, [to_patient(&clock)]).await.unwrap();
        assert_eq!(entry.state, EntryState::MadeVisible);
    }
    assert_eq!(count(&mock, "TD3.3b"), 2);
    assert!(list.list(WorklistFilter::default()).await.unwrap().is_empty());
    let seen = mock.with_world(|world| {
        let id = PatientId::new("280057599900151", "1.2.250.1.213.1.4.10");
        world.documents_seen_by_holder(&id, false).count()
    });
    assert_eq!(seen, 2);
}

#[tokio::test]
async fn a_2_1_060_an_invisible_document_enters_the_worklist() {
    let mock = acceptance_world().await;
    let open = role(&mock, "P-OPEN");
    let (list, _) = worklist(WorklistSettings::new(VisibilityCalendar::Segur));
    let by_card = card_of_alix(&mock).record(open.clone(), Consent::given()).unwrap();
    let by_structure = feeding(&mock).record(open.clone(), Consent::given()).unwrap();
    let fed = [
        fed_and_listed(&by_card, &open, "34112-3", &[Hidden::FromPatient], &list).await,
        fed_and_listed(&by_structure, &open, "34112-3", &[Hidden::FromPatient], &list).await,
    ];
    for id in &fed {
        assert_eq!(hidden_in_the_dmp(&mock, id), [Hidden::FromPatient]);
    }
    let listed = all(&list).await;
    assert_eq!(listed.len(), 2);
    for entry in listed {
        assert!(fed.contains(&entry.unique_id));
        assert_eq!((entry.type_code.as_str(), entry.state), ("34112-3", EntryState::Open));
        assert_eq!(entry.targets, Targets { patient: true, representatives: false });
        assert!(!format!("{entry:?}").contains("consultation"), "no title in what is printed");
    }
}
