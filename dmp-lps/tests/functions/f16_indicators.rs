//! F16: the indicators, against figures counted by hand.

use std::collections::BTreeMap;

use crate::support::activity::{Register, SITE, feed_item, finess, patient_number, reading};
use crate::support::queue::{Scene, work};
use crate::support::traces::{archivist, tracer};
use crate::support::{clock, context, feeding};
use dmp_client::{AuthenticationClass, Consent, DocumentEntry, Professional, Realm, Search, SecondFactor, roles};
use dmp_lps::consent::*;
use dmp_lps::indicators::*;
use dmp_lps::outbox::{FeedItem, FeedStore, Order, State};
use dmp_lps::trace::{Action, Note, TraceExtract};
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::Fault;
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;

/// A report, and the lines of its CSV by what comes before the figures.
struct Read {
    report: IndicatorReport,
    lines: BTreeMap<String, String>,
}

/// The report of a register, with the stores of `base` and the accesses given.
async fn report(base: &Database, accesses: Vec<Access>, register: Register) -> Read {
    let reading = reading(accesses);
    let indicators = Indicators::of(base.clone(), reading, base.clone(), register);
    let report = indicators.report(Period::of_two_years(clock().now())).await.unwrap();
    Read::of(report)
}

impl Read {
    fn of(report: IndicatorReport) -> Self {
        let mut lines = BTreeMap::new();
        for line in report.to_csv().lines() {
            let fields: Vec<&str> = line.splitn(6, ';').collect();
            assert_eq!(lines.insert(fields[..5].join(";"), fields[5].to_owned()), None, "{line} twice");
        }
        Self { report, lines }
    }
}

/// `numerateur;denominateur;valeur` of one line.
fn line<'a>(read: &'a Read, month: &str, indicator: &str, kind: &str, profile: &str) -> &'a str {
    &read.lines[&format!("{};{month};{indicator};{kind};{profile}", finess(SITE))]
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The year 2025, the same every month but for what is refused: in month `m`, `m` letters are.
#[tokio::test]
async fn f16_t1_a_synthetic_year() {
    let base = Database::in_memory().unwrap();
    let gate = ConsentGate::new(base.clone(), clock()).with_sentence("Texte du guide.");
    let mut register = Register::of_one_site();
    let mut accesses = Vec::new();
    for month in 1..=12 {
        let day = at(&format!("2025-{month:02}-15T10:00:00Z"));
        // Four stays are closed: two with surgery, three with a prescription. One has not ended.
        for number in 0..4 {
            register.stay(&format!("{month}-stay-{number}"), number, Some(day), number < 2, number < 3);
        }
        register.stay(&format!("{month}-stay-open"), 4, None, true, true);
        // Two consultations, one with a report.
        register.consultation(&format!("{month}-visit-0"), 5, day, true);
        register.consultation(&format!("{month}-visit-1"), 0, day, false);
        // The letters of three stays, one of them twice; two prescriptions of one stay; the report of the operation; the
        // report of the consultation; a type that no indicator tells.
        let sent = [
            ("stay-0", "11490-0"),
            ("stay-0", "11490-0"),
            ("stay-1", "11490-0"),
            ("stay-2", "11490-0"),
            ("stay-0", "57833-6"),
            ("stay-0", "PRESC-BIO"),
            ("stay-1", "34874-8"),
            ("visit-0", "11488-4"),
            ("visit-0", "11502-2"),
        ];
        for (episode, type_code) in sent {
            base.add(feed_item(&format!("{month}-{episode}"), type_code, State::Sent, day)).await.unwrap();
        }
        for _ in 0..month {
            base.add(feed_item(&format!("{month}-stay-3"), "11490-0", State::Failed, day)).await.unwrap();
        }
        // A letter that waits counts nowhere.
        base.add(feed_item(&format!("{month}-stay-3"), "11490-0", State::Scheduled, day)).await.unwrap();

        // Two of three physicians and neither nurse consult; five documents are brought, two kept.
        let access = |user: &str, episode: &str, what| Access {
            at: day,
            user: InternalUserId::new(user).unwrap(),
            episode: EpisodeId::new(format!("{month}-{episode}")).unwrap(),
            what,
        };
        let types = |number| vec!["11490-0".to_owned(); number];
        accesses.push(access("medecin-1", "stay-0", Accessed::Searched));
        accesses.push(access("medecin-1", "stay-0", Accessed::Retrieved(types(3))));
        accesses.push(access("medecin-1", "stay-0", Accessed::Integrated(types(1))));
        accesses.push(access("medecin-2", "visit-1", Accessed::Retrieved(types(2))));
        accesses.push(access("medecin-2", "visit-1", Accessed::Integrated(types(1))));

        // By MSSanté: letters of two stays to one of two correspondents with an address, one of them twice; one is
        // refused; the patient of one stay gets the letter, another message to a patient fails.
        for (episode, to, qualified, delivered) in [
            ("stay-0", Some("doctor-1"), true, true),
            ("stay-0", Some("doctor-1"), true, true),
            ("stay-1", Some("doctor-1"), false, true),
            ("stay-2", Some("doctor-2"), true, false),
            ("stay-0", None, true, true),
            ("stay-1", None, true, false),
        ] {
            register.message(&format!("{month}-{episode}"), day, to, qualified, delivered);
        }
        for how in [Integrated::ByItself, Integrated::ByItself, Integrated::FailedByItself, Integrated::OtherByHand] {
            register.integration(day, how);
        }

        // Informed: two stays not opposed, one opposed to feeding only; one consultation not opposed.
        for (episode, number, scope, stance) in [
            ("stay-0", 0, Scope::Consultation, Stance::InformedNotOpposed),
            ("stay-0", 0, Scope::Feeding, Stance::InformedNotOpposed),
            ("stay-1", 1, Scope::Consultation, Stance::InformedNotOpposed),
            ("stay-2", 2, Scope::Consultation, Stance::InformedNotOpposed),
            ("stay-2", 2, Scope::Feeding, Stance::InformedOpposed),
            ("visit-0", 5, Scope::Consultation, Stance::InformedNotOpposed),
        ] {
            let ctx = context("alix", "team-1", &format!("{month}-{episode}"));
            let change = StanceChange::new(scope, stance);
            let _ = gate.record(&ctx, &patient_number(number), change).await.unwrap();
        }
    }
    let report = report(&base, accesses, register).await;
    assert_eq!(report.report.unplaced(), 0);
    for month in 1..=12 {
        let name = format!("2025-{month:02}");
        let (letter, surgery, prescription, visit) = ("11490-0", "34874-8", "prescriptions", "11488-4");
        let refused = format!("{month};;{month}");
        for (indicator, kind, profile, expected) in [
            ("A1", letter, "", "4;;4"),
            ("A1", surgery, "", "1;;1"),
            ("A1", prescription, "", "2;;2"),
            ("A1", visit, "", "1;;1"),
            ("A2", letter, "", refused.as_str()),
            ("A2", visit, "", "0;;0"),
            ("A3", letter, "", "0;;0"),
            ("A4", letter, "", "3;4;0.7500"),
            ("A4", surgery, "", "1;2;0.5000"),
            ("A4", prescription, "", "1;3;0.3333"),
            ("A4", visit, "", "1;1;1.0000"),
            ("C1", "", "médecin", "2;3;0.6667"),
            ("C1", "", "infirmier", "0;2;0.0000"),
            ("C2", "", "", "5;;5"),
            ("C3", "", "", "1;4;0.2500"),
            ("C4", "", "", "1;2;0.5000"),
            ("MP1", letter, "", "3;;3"),
            ("MP2", letter, "", "1;;1"),
            ("MP3", letter, "", "2;;2"),
            ("MP4", letter, "", "1;;1"),
            ("MP5", letter, "", "2;4;0.5000"),
            ("MP5", surgery, "", "0;2;0.0000"),
            ("MP6", letter, "", "1;2;0.5000"),
            ("MC1", letter, "", "1;;1"),
            ("MC2", letter, "", "1;;1"),
            ("MC3", letter, "", "1;4;0.2500"),
            // Patients 0 to 3 left, patients 0 and 5 consulted: five people.
            ("MC4", letter, "", "1;5;0.2000"),
            ("I1", "", "", "2;;2"),
            ("I2", "", "", "1;;1"),
            ("I3", "", "", "0;;0"),
            ("I4", "", "", "1;;1"),
            ("N1", "", "", "2;4;0.5000"),
            ("N2", "", "", "1;4;0.2500"),
            ("N3", "", "", "1;2;0.5000"),
            ("N4", "", "", "0;2;0.0000"),
        ] {
            assert_eq!(line(&report, &name, indicator, kind, profile), expected, "{name} {indicator} {kind} {profile}");
        }
    }
}

/// Letters are told of all stays, reports of operations of those with surgery, prescriptions of those with one, reports of
/// consultations of the consultations with one. A stay counts in the month of its exit, in Paris, and once.
#[tokio::test]
async fn f16_t2_denominators_by_type() {
    let base = Database::in_memory().unwrap();
    let mut register = Register::of_one_site();
    // 23:30 UTC on 31 May is June in Paris.
    register.stay("stay-0", 0, Some(at("2025-05-31T22:30:00Z")), true, false);
    register.stay("stay-1", 1, Some(at("2025-06-10T10:00:00Z")), false, true);
    register.stay("stay-2", 2, Some(at("2025-06-20T10:00:00Z")), false, false);
    register.consultation("visit-0", 3, at("2025-06-21T10:00:00Z"), true);
    register.consultation("visit-1", 3, at("2025-06-22T10:00:00Z"), false);
    for type_code in ["11490-0", "11490-0", "34874-8"] {
        // Fed a month after the exit: the stay stays in its month.
        base.add(feed_item("stay-0", type_code, State::Sent, at("2025-07-02T10:00:00Z"))).await.unwrap();
    }
    let report = report(&base, Vec::new(), register).await;
    for (month, kind, expected) in [
        ("2025-06", "11490-0", "1;3;0.3333"),
        ("2025-06", "34874-8", "1;1;1.0000"),
        ("2025-06", "prescriptions", "0;1;0.0000"),
        ("2025-06", "11488-4", "0;1;0.0000"),
        ("2025-05", "11490-0", "0;0;"),
        ("2025-07", "11490-0", "0;0;"),
    ] {
        assert_eq!(line(&report, month, "A4", kind, ""), expected, "{month} {kind}");
    }
    assert_eq!(line(&report, "2025-07", "A1", "11490-0", ""), "2;;2");
}

#[tokio::test]
async fn f16_t3_a_whole_of_nothing_has_no_value() {
    let base = Database::in_memory().unwrap();
    let report = report(&base, Vec::new(), Register::of_one_site()).await;
    for row in report.report.lines() {
        assert_eq!(row.numerator, 0);
        match row.denominator {
            Some(0) => assert_eq!(row.value(), "", "{row:?}"),
            // The users are there all the time.
            Some(_) => {
                assert!(matches!(row.indicator, Indicator::C1 | Indicator::Mp6) && row.value() == "0.0000", "{row:?}")
            }
            None => assert_eq!(row.value(), "0", "{row:?}"),
        }
    }
}

/// What the admissions told by IHE PAM counts as what the software recorded.
#[tokio::test]
async fn f16_t4_informed_by_a_third_system_counts() {
    let base = Database::in_memory().unwrap();
    let gate = ConsentGate::new(base.clone(), clock()).with_sentence("Texte du guide.");
    let mut register = Register::of_one_site();
    for number in 0..3 {
        register.stay(&format!("stay-{number}"), number, Some(at("2025-06-10T10:00:00Z")), false, false);
    }
    let told = [
        (0, StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed).from_third_party()),
        (1, StanceChange::new(Scope::Consultation, Stance::InformedOpposed).from_third_party()),
    ];
    for (number, change) in told {
        let ctx = context("admissions", "team-1", &format!("stay-{number}"));
        let _ = gate.record(&ctx, &patient_number(number), change).await.unwrap();
    }
    let report = report(&base, Vec::new(), register).await;
    assert_eq!(line(&report, "2025-06", "N1", "", ""), "1;3;0.3333");
    assert_eq!(line(&report, "2025-06", "N2", "", ""), "1;3;0.3333");
}

#[tokio::test]
async fn f16_t5_a_replaced_document_counts_once() {
    let base = Database::in_memory().unwrap();
    let mut register = Register::of_one_site();
    register.stay("stay-0", 0, Some(at("2025-06-10T10:00:00Z")), false, false);
    let first = feed_item("stay-0", "11490-0", State::Sent, at("2025-06-11T10:00:00Z"));
    for (state, day) in [(State::Sent, "2025-06-12T10:00:00Z"), (State::Failed, "2025-06-13T10:00:00Z")] {
        let mut correction = feed_item("stay-0", "11490-0", state, at(day));
        correction.replaces = Some(first.unique_id.clone());
        base.add(correction).await.unwrap();
    }
    base.add(first).await.unwrap();
    let report = report(&base, Vec::new(), register).await;
    assert_eq!(line(&report, "2025-06", "A1", "11490-0", ""), "1;;1");
    assert_eq!(line(&report, "2025-06", "A2", "11490-0", ""), "0;;0");
    assert_eq!(line(&report, "2025-06", "A4", "11490-0", ""), "1;1;1.0000");
}

/// The current year and the previous one, every month, every indicator, even when nothing happened; the header to the letter.
#[tokio::test]
async fn f16_t6_twenty_four_months_are_there() {
    let base = Database::in_memory().unwrap();
    let report = report(&base, Vec::new(), Register::of_one_site()).await;
    let csv = report.report.to_csv();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("finess_geo;periode;indicateur;type_document;profil;numerateur;denominateur;valeur"));
    // 14 indicators by type of 4, 11 others, and C1 by profile of 2.
    assert_eq!(lines.count(), 24 * (14 * 4 + 11 + 2));
    for month in 1..=12 {
        for year in [2025, 2026] {
            let name = format!("{year}-{month:02}");
            for indicator in Indicator::ALL {
                let kind = if indicator.by_kind() { "11490-0" } else { "" };
                let profile = if indicator == Indicator::C1 { "médecin" } else { "" };
                line(&report, &name, &indicator.id(), kind, profile);
            }
        }
    }
}

/// What no episode places is told, not lost.
#[tokio::test]
async fn f16_what_has_no_place_is_counted_apart() {
    let base = Database::in_memory().unwrap();
    base.add(feed_item("elsewhere", "11490-0", State::Sent, at("2025-06-11T10:00:00Z"))).await.unwrap();
    // An episode of former years, which the register knows when it is asked.
    base.add(feed_item("former-1", "11490-0", State::Sent, at("2025-06-11T10:00:00Z"))).await.unwrap();
    let report = report(&base, Vec::new(), Register::of_one_site()).await;
    assert_eq!((report.report.unplaced(), line(&report, "2025-06", "A1", "11490-0", "")), (1, "1;;1"));
}

/// A3: sent with success, older than its episode, and not by more than five years; it counts in A1 too. A deletion counts
/// nowhere.
#[tokio::test]
async fn f16_historical_documents_of_five_years() {
    let base = Database::in_memory().unwrap();
    let sent = at("2025-06-11T10:00:00Z");
    let rows = [
        (State::Sent, "2020-06-11T10:00:00Z", true),
        (State::Sent, "2020-06-11T09:59:00Z", true),
        (State::Sent, "2025-06-01T10:00:00Z", false),
        (State::Failed, "2024-06-01T10:00:00Z", true),
    ];
    for (state, date, historical) in rows {
        let item = feed_item("former-1", "11490-0", state, sent);
        base.add(FeedItem { documented_at: Some(at(date)), historical, ..item }).await.unwrap();
    }
    let deletion = feed_item("former-1", "11490-0", State::Sent, sent);
    base.add(FeedItem { order: Order::Delete, ..deletion }).await.unwrap();
    let report = report(&base, Vec::new(), Register::of_one_site()).await;
    for (indicator, expected) in [("A1", "3;;3"), ("A2", "1;;1"), ("A3", "1;;1")] {
        assert_eq!(line(&report, "2025-06", indicator, "11490-0", ""), expected, "{indicator}");
    }
}

/// A document whose episode nobody knows counts for the structure that answers for it, if that is a site of the report.
#[tokio::test]
async fn f16_a_document_without_a_known_episode_counts_for_its_structure() {
    let base = Database::in_memory().unwrap();
    let item = feed_item("elsewhere", "11490-0", State::Sent, at("2025-06-11T10:00:00Z"));
    base.add(FeedItem { structure: format!("1{}", finess(SITE)), ..item }).await.unwrap();
    let report = report(&base, Vec::new(), Register::of_one_site()).await;
    assert_eq!((report.report.unplaced(), line(&report, "2025-06", "A1", "11490-0", "")), (0, "1;;1"));
}

/// The traces of older months are gone: their figures come from the report that was kept.
#[tokio::test]
async fn f16_figures_of_former_traces_come_from_an_earlier_report() {
    let base = Database::in_memory().unwrap();
    let access = |month: u32, user: &str| Access {
        at: at(&format!("2025-{month:02}-15T10:00:00Z")),
        user: InternalUserId::new(user).unwrap(),
        episode: EpisodeId::new("former-1").unwrap(),
        what: Accessed::Retrieved(vec!["11490-0".to_owned(); 2]),
    };
    let earlier = report(&base, vec![access(5, "medecin-1"), access(6, "medecin-1")], Register::of_one_site()).await;
    // A letter of May is told by the queue, which forgets nothing.
    base.add(feed_item("former-1", "11490-0", State::Sent, at("2025-05-15T10:00:00Z"))).await.unwrap();
    let now = report(&base, vec![access(6, "medecin-2"), access(6, "medecin-1")], Register::of_one_site()).await;
    let june = Month::of(at("2025-06-15T10:00:00Z"));
    let now = Read::of(now.report.with_earlier(&earlier.report.to_csv(), june));
    for (month, indicator, kind, profile, expected) in [
        ("2025-05", "C1", "", "médecin", "1;3;0.3333"),
        ("2025-05", "C2", "", "", "2;;2"),
        ("2025-05", "A1", "11490-0", "", "1;;1"),
        ("2025-06", "C1", "", "médecin", "2;3;0.6667"),
        ("2025-06", "C2", "", "", "4;;4"),
    ] {
        assert_eq!(line(&now, month, indicator, kind, profile), expected, "{month} {indicator}");
    }
}

/// A month against the mock: two professionals consult in AIR, the queue feeds, patients are informed. What the traces tell
/// of the two is what the mock saw; the figures are those counted by hand.
#[tokio::test]
async fn s_10_one_month_of_mixed_activity() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let traces = tracer(&scene.clock);
    let client = crate::support::client(mock.pki(), &mock.url());
    let air = |professional: Professional, ctx: &AccessContext| {
        let factor = SecondFactor::passed_at(Timestamp::now(), AuthenticationClass::TimeSyncToken);
        client.air_simplifie(professional, factor).unwrap().watched(traces.of(ctx))
    };
    let day = jiff::SignedDuration::from_hours(24);

    // 2 and 3 March: the reports of two consultations are fed, that of a third is refused.
    let visit = context("medecin-1", "team-1", "visit-0");
    let (first, _) = scene.letter("visit-0").await;
    scene.letter("visit-1").await;
    scene.pass_delay();
    let worker = scene.queue.worker(feeding(&mock).watched(traces.of(&visit))).await.unwrap();
    work(&worker).await;
    assert_eq!(scene.state(first).await, State::Sent);
    scene.clock.advance(day);
    let inadmissible = mock.faults().add(Fault::code("XDSRegistryMetadataError").on(Transaction::Submit)).unwrap();
    let (refused, _) = scene.letter("visit-2").await;
    scene.pass_delay();
    work(&worker).await;
    assert_eq!(scene.state(refused).await, State::Failed);
    mock.faults().remove(inadmissible);

    // The patient of the first consultation does not oppose, that of the second does.
    for (episode, stance) in [("visit-0", Stance::InformedNotOpposed), ("visit-1", Stance::InformedOpposed)] {
        let ctx = context("medecin-1", "team-1", episode);
        let change = StanceChange::new(Scope::Consultation, stance);
        let _ = scene.gate.record(&ctx, &crate::support::patient(), change).await.unwrap();
    }

    // 4 March: the physician searches, brings both reports and keeps one.
    scene.clock.advance(day);
    let record = air(crate::support::medecin(), &visit).record(crate::support::qualified(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    let found = record.find(Search::approved()).await.unwrap();
    let entries: Vec<DocumentEntry> = found.iter().cloned().collect();
    assert_eq!(entries.len(), 2);
    for entry in &entries {
        record.retrieve(entry).await.unwrap();
    }
    let saved =
        Note::of(Action::Save).patient(&crate::support::patient()).document(&entries[0].unique_id, Some("11488-4"));
    traces.note(&visit, saved).await.unwrap();

    // 5 March: the pharmacist asks whether there is a DMP, and does no more.
    scene.clock.advance(day);
    let pharmacist = AccessContext {
        professional: Some(crate::support::professional(seed::PHARMACIEN)),
        ..context("pharmacien-1", "team-1", "visit-1")
    };
    let record = air(pharmacien(), &pharmacist).record(crate::support::qualified(), Consent::given()).unwrap();
    record.existence().await.unwrap();

    // The extraction of both, over the month.
    let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-03-31T21:59:59Z"));
    for id in [seed::MEDECIN, seed::PHARMACIEN] {
        let extract =
            TraceExtract::by_ps_and_period([ProfessionalKey::from(&crate::support::professional(id))], from, to);
        let lines = traces.read(&extract, &archivist()).await.unwrap();
        let traced: Vec<String> = lines.into_iter().filter_map(|line| line.transaction).collect();
        let exchanges = mock.journal().exchanges();
        let seen = exchanges.iter().filter(|one| one.actor.as_deref().is_some_and(|actor| actor.starts_with(id)));
        let seen: Vec<String> = seen.filter_map(|one| one.transaction.clone()).collect();
        assert_eq!(traced, seen, "{id}");
        assert!(!traced.is_empty());
    }

    // The figures of March, by hand.
    let mut register = Register::of_one_site();
    let visits = at("2026-03-02T08:00:00Z");
    for (number, reported) in [(0, true), (1, true), (2, true), (3, false)] {
        register.consultation_of(&format!("visit-{number}"), crate::support::patient(), visits, reported);
    }
    register.user("pharmacien-1", "pharmacien");
    let base = Database::open(scene.folder.path().join("lps.sqlite")).unwrap();
    let accesses = TracedAccesses::of(traces, archivist());
    let indicators = Indicators::of(base.clone(), accesses, base, register);
    let read = Read::of(indicators.report(Period::of_two_years(scene.clock.now())).await.unwrap());
    assert_eq!(read.report.unplaced(), 0);
    for (indicator, kind, profile, expected) in [
        ("A1", "11488-4", "", "2;;2"),
        ("A2", "11488-4", "", "1;;1"),
        ("A3", "11488-4", "", "0;;0"),
        ("A4", "11488-4", "", "2;3;0.6667"),
        ("A1", "11490-0", "", "0;;0"),
        ("C1", "", "médecin", "1;3;0.3333"),
        ("C1", "", "pharmacien", "0;1;0.0000"),
        ("C2", "", "", "2;;2"),
        ("C4", "", "", "1;4;0.2500"),
        ("N3", "", "", "1;4;0.2500"),
        ("N4", "", "", "1;4;0.2500"),
    ] {
        assert_eq!(line(&read, "2026-03", indicator, kind, profile), expected, "{indicator} {kind} {profile}");
    }
    // Nothing happened in any other month.
    let mut elsewhere = read.report.lines().iter().filter(|line| line.month.to_string() != "2026-03");
    assert!(elsewhere.all(|line| line.numerator == 0));
}

fn pharmacien() -> Professional {
    let rpps = dmp_vocabulary::identity::Rpps::parse(&seed::PHARMACIEN[1..], Realm::Test).unwrap().value;
    Professional::new(&rpps, "MODELE", "SACHA", roles::of_directory("21", Some("H")), crate::support::clinic())
}
