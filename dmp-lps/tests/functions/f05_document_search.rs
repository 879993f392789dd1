//! F05, the tests of its page by number.

use crate::support::consult::{act, consultation_world, record, requests, searches};
use crate::support::{acceptance_world, clock, context, count, role};
use dmp_client::*;
use dmp_lps::display::type_label;
use dmp_lps::document_search::*;
use dmp_lps::searches::RecordSearches;
use dmp_lps::{AccessContext, ManualClock};
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_protocol::transaction::Transaction;
use jiff::civil::{Date, date};

fn ctx() -> AccessContext {
    context("alix", "team-1", "visit-1")
}

fn searcher() -> DocumentSearcher {
    DocumentSearcher::new(clock(), SearchSettings::default())
}

/// One search of a record that has just been opened.
async fn run(mock: &MockDmp, label: &str, search: DocumentSearch) -> SearchOutcome {
    searcher().run(&searches(mock, label), &ctx(), &search, &act(0)).await.unwrap()
}

fn ids(outcome: &SearchOutcome) -> Vec<&str> {
    outcome.entries.iter().map(|entry| entry.unique_id.as_str()).collect()
}

fn days(from: Date, to: Date) -> Period {
    Period::between(Moment::Day(from), Moment::Day(to))
}

/// The parameters of a query: name, then its values as they are written.
fn parameters(request: &str) -> Vec<(String, String)> {
    let slots = request.split("name=\"$").skip(1);
    let value = |slot: &str| {
        let values = slot.split("</").next().unwrap_or_default();
        values.rsplit('>').next().unwrap_or_default().to_owned()
    };
    slots.map(|slot| (slot.split('"').next().unwrap().to_owned(), value(slot))).collect()
}

#[tokio::test]
async fn f05_t1_each_server_criterion_is_on_the_wire() {
    let one = || [SearchCode::new("c", "1.2"), SearchCode::new("l'autre", "1.2")];
    let both = "('c^^1.2','l''autre^^1.2')";
    let june = days(date(2025, 6, 1), date(2025, 6, 30));
    let (first, end) = ("20250531220000", "20250630220000");
    let search = DocumentSearch::all_active;
    let cases: [(DocumentSearch, &[(&str, &str)]); 14] = [
        (search(), &[("XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')")]),
        (
            search().with_archived().with_deprecated(),
            &[(
                "XDSDocumentEntryStatus",
                "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved','urn:asip:ci-sis:2010:StatusType:Archived',\
                 'urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated')",
            )],
        ),
        (search().types(one()), &[("XDSDocumentEntryTypeCode", both)]),
        (search().classes(one()), &[("XDSDocumentEntryClassCode", both)]),
        (search().formats(one()), &[("XDSDocumentEntryFormatCode", both)]),
        (search().practice_settings(one()), &[("XDSDocumentEntryPracticeSettingCode", both)]),
        (search().facility_types(one()), &[("XDSDocumentEntryHealthcareFacilityTypeCode", both)]),
        (search().events(one()), &[("XDSDocumentEntryEventCodeList", both)]),
        (
            search().acts_began(june),
            &[("XDSDocumentEntryServiceStartTimeFrom", first), ("XDSDocumentEntryServiceStartTimeTo", end)],
        ),
        (
            search().acts_ended(june),
            &[("XDSDocumentEntryServiceStopTimeFrom", first), ("XDSDocumentEntryServiceStopTimeTo", end)],
        ),
        (
            search().created(june),
            &[("XDSDocumentEntryCreationTimeFrom", first), ("XDSDocumentEntryCreationTimeTo", end)],
        ),
        (
            search().visibility([Visibility::Masked, Visibility::InvisibleToPatient]),
            &[(
                "XDSDocumentEntryConfidentialityCode",
                "('MASQUE_PS^^1.2.250.1.213.1.1.4.13','INVISIBLE_PATIENT^^1.2.250.1.213.1.1.4.13')",
            )],
        ),
        (search().author_person("%D'EXEMPLE%"), &[("XDSDocumentEntryAuthorPerson", "('%D''EXEMPLE%')")]),
        (
            search().references([ReferenceId::Exact("a^^^^k".to_owned()), ReferenceId::Like("b%".to_owned())]),
            &[("XDSDocumentEntryReferenceIdList", "('a^^^^k','b%')")],
        ),
    ];
    for (search, expected) in cases {
        let mock = consultation_world().await;
        run(&mock, "P-MIX", search).await;
        let sent = requests(&mock, "TD3.1");
        assert_eq!(sent.len(), 1, "one query for {expected:?}");
        let sent = parameters(&sent[0]);
        for (name, value) in expected {
            let found = sent.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.as_str());
            assert_eq!(found, Some(*value), "{name}");
        }
    }
}

#[tokio::test]
async fn f05_t2_reimbursements_keep_to_the_longest_period() {
    let mock = acceptance_world().await;
    let half = days(date(2025, 1, 1), date(2025, 6, 30));
    assert_eq!(ids(&run(&mock, "P-REMB", DocumentSearch::reimbursements(half)).await), ["2.25.9906001"]);
    let sent = mock.journal().exchanges().len();
    let months = Parameters::default().hr_periode_max_mois;
    let now = jiff::Timestamp::now().to_zoned(dmp_protocol::paris()).date();
    let back = |months: u32, days: i32| now.saturating_sub(jiff::Span::new().months(months).days(days));
    let refused = [
        Period::default(),
        Period::until(Moment::Day(date(2025, 6, 30))),
        days(date(2020, 1, 1), date(2025, 6, 30)),
        // No end: it lasts until today.
        Period::since(Moment::Day(back(months, 2))),
    ];
    for period in refused {
        let search = DocumentSearch::reimbursements(period);
        let refusal = searcher().run(&searches(&mock, "P-REMB"), &ctx(), &search, &act(0)).await.unwrap_err();
        assert_eq!((refusal.rule(), refusal.outcome()), (Some("EX_3.1-1015"), Outcome::NotSent), "{period:?}");
    }
    assert_eq!(mock.journal().exchanges().len(), sent);
    run(&mock, "P-REMB", DocumentSearch::reimbursements(Period::since(Moment::Day(back(months, -1))))).await;
}

#[tokio::test]
async fn f05_t3_a_matricule_of_corsica_is_searched_as_it_is() {
    let mock = acceptance_world().await;
    mock.journal().keep_raw(true);
    let outcome = run(&mock, "P-2B", DocumentSearch::all_active()).await;
    assert!(outcome.entries.is_empty());
    let sent = parameters(&requests(&mock, "TD3.1")[0]);
    let cx = role(&mock, "P-2B").ins().to_cx().replace('&', "&amp;");
    assert!(cx.starts_with("262032B99902786^^^"));
    // Without parentheses (rule 2).
    assert!(sent.contains(&("XDSDocumentEntryPatientId".to_owned(), format!("'{cx}'"))), "{sent:?}");
}

#[tokio::test]
async fn f05_t4_a_type_that_nobody_knows_is_shown() {
    let mock = consultation_world().await;
    let edits = vec![("\"34112-3\"".to_owned(), "\"00000-0\"".to_owned())];
    mock.faults().add(Fault::new(Effect::Rewrite { edits }).on(Transaction::Search)).unwrap();
    let outcome = run(&mock, "P-MIX", DocumentSearch::all_active()).await;
    let unknown = outcome.entries.iter().find(|entry| entry.unique_id == "2.25.9920005").unwrap();
    assert_eq!(unknown.type_code.as_ref().unwrap().code, "00000-0");
    assert!(!type_label(unknown).is_empty());
}

#[tokio::test]
async fn f05_t5_nothing_found_is_no_error() {
    let mock = consultation_world().await;
    let outcome = run(&mock, "P-MIX", DocumentSearch::all_active().types([SearchCode::loinc("18748-4")])).await;
    assert_eq!(outcome, SearchOutcome { entries: Vec::new(), partial: false, notes: Vec::new() });
    assert_eq!(count(&mock, "TD3.1"), 1);
}

#[tokio::test]
async fn f05_t6_days_of_a_change_of_time_are_whole() {
    let time = |month, day, hour, minute| Moment::Time(date(2025, month, day).at(hour, minute, 0, 0));
    let cases = [
        // 23 hours, then 25.
        (days(date(2025, 3, 30), date(2025, 3, 30)), "20250329230000", "20250330220000"),
        (days(date(2025, 10, 26), date(2025, 10, 26)), "20251025220000", "20251026230000"),
        // The hour that exists twice is in from its first to its second coming.
        (Period::between(time(10, 26, 2, 30), time(10, 26, 2, 30)), "20251026003000", "20251026013001"),
        // The hour that does not exist.
        (Period::between(time(3, 30, 1, 59), time(3, 30, 3, 0)), "20250330005900", "20250330010001"),
        (Period::between(Moment::MonthsAgo(24), Moment::MonthsAgo(0)), "20240301230000", "20260302230000"),
    ];
    for (period, from, to) in cases {
        let mock = consultation_world().await;
        run(&mock, "P-MIX", DocumentSearch::all_active().acts_began(period)).await;
        let sent = parameters(&requests(&mock, "TD3.1")[0]);
        let value = |name: &str| sent.iter().find(|(sent, _)| sent.ends_with(name)).map(|(_, value)| value.as_str());
        assert_eq!((value("StartTimeFrom"), value("StartTimeTo")), (Some(from), Some(to)), "{period:?}");
    }
}

#[tokio::test]
async fn f05_criteria_of_the_answer_and_the_order_of_the_list() {
    let mock = consultation_world().await;
    let search = DocumentSearch::all_active;
    let cases: [(DocumentSearch, &[&str]); 6] = [
        (search().third_party_only(), &["2.25.9920005", "2.25.9920003", "2.25.9920002", "2.25.9920001"]),
        (search().patient_documents_only(), &["2.25.9920006"]),
        (
            search().author_institution("des exemples").types([SearchCode::loinc("11502-2")]),
            &["2.25.9920003", "2.25.9920002"],
        ),
        (
            search().author_institution("1990000010").with_deprecated().types([SearchCode::loinc("34112-3")]),
            &["2.25.9920005", "2.25.9920004"],
        ),
        (DocumentSearch::invisible_to_the_patient(), &["2.25.9920002"]),
        (search().title_contains("TITRE QUI N'EXISTE PAS"), &[]),
    ];
    for (search, expected) in cases {
        assert_eq!(ids(&run(&mock, "P-MIX", search).await), expected);
    }
    // In the query or on the answer: the same.
    let settings = SearchSettings { visibility: VisibilityCriterion::OnAnswer, ..SearchSettings::default() };
    let locally = DocumentSearcher::new(clock(), settings);
    let preset = DocumentSearch::invisible_to_the_patient();
    let outcome = locally.run(&searches(&mock, "P-MIX"), &ctx(), &preset, &act(0)).await.unwrap();
    assert_eq!(ids(&outcome), ["2.25.9920002"]);
    assert!(!requests(&mock, "TD3.1").last().unwrap().contains("ConfidentialityCode"));
}

#[tokio::test]
async fn f05_dates_of_submission_and_what_fails_of_them() {
    let mock = consultation_world().await;
    let submitted = DocumentSearch::all_active().submitted(days(date(2025, 6, 3), date(2025, 6, 4)));
    assert_eq!(ids(&run(&mock, "P-MIX", submitted.clone()).await), ["2.25.9920003", "2.25.9920002"]);
    let preset = DocumentSearch::since_last_visit(date(2025, 6, 6));
    assert_eq!(ids(&run(&mock, "P-MIX", preset).await), ["2.25.9920006", "2.25.9920005"]);
    // The second query fails: what the first one found is shown, and said to be partial.
    mock.faults().add(Fault::http(503).on(Transaction::Search).skipping(1)).unwrap();
    let outcome = run(&mock, "P-MIX", submitted).await;
    assert_eq!((outcome.entries.len(), outcome.partial), (7, true));
    assert!(matches!(outcome.notes[..], [SearchNote::SubmissionDatesNotApplied(_)]), "{:?}", outcome.notes);
}

#[tokio::test]
async fn f05_references_exact_like_or() {
    let mock = acceptance_world().await;
    let found = run(&mock, "P-IMG", DocumentSearch::all_active()).await;
    let of = |id: &str, kind: &str| {
        let entry = found.entries.iter().find(|entry| entry.unique_id == id).unwrap();
        entry.reference_ids.iter().find(|one| one.as_str().ends_with(kind)).unwrap().as_str().to_owned()
    };
    let study = of("2.25.9908002", "studyInstanceUID");
    let order = of("2.25.9908001", "order");
    // As an exact identifier, a pattern is only itself.
    let pattern = study.replace("2.999.35", "2_999.35");
    let cases: [(Vec<ReferenceId>, &[&str]); 4] = [
        (vec![ReferenceId::Exact(study.clone())], &["2.25.9908002", "2.25.9908003"]),
        (vec![ReferenceId::Exact(pattern)], &[]),
        (vec![ReferenceId::Like("ACC-2026-%".to_owned())], &["2.25.9908002", "2.25.9908003", "2.25.9908004"]),
        (vec![ReferenceId::Exact(study), ReferenceId::Exact(order)], &["2.25.9908001", "2.25.9908002", "2.25.9908003"]),
    ];
    for (references, expected) in cases {
        let outcome = run(&mock, "P-IMG", DocumentSearch::all_active().references(references)).await;
        let mut found = ids(&outcome);
        found.sort_unstable();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn f05_one_act_of_the_user_is_one_search_and_an_ins_c_is_shown_too() {
    let mock = acceptance_world().await;
    let searches = RecordSearches::of(record(&mock, "P-AUTH"));
    let outcome = searcher().run(&searches, &ctx(), &DocumentSearch::all_active(), &act(0)).await.unwrap();
    // Rule 7: deposited under an INS-C.
    assert!(ids(&outcome).contains(&"2.25.9901003"));
    let refused = searcher().run(&searches, &ctx(), &DocumentSearch::all_active(), &act(0)).await.unwrap_err();
    assert_eq!((refused.rule(), count(&mock, "TD3.1")), (Some("SEARCH_POLICY"), 1));
}

#[tokio::test]
async fn f05_presets_are_saved_and_stay_up_to_date() {
    let search = DocumentSearch::last_two_years()
        .types([SearchCode::loinc("11488-4")])
        .author_person("%MODELE%")
        .references([ReferenceId::Like("ACC%".to_owned())])
        .submitted(Period::since(Moment::Day(date(2025, 6, 3))));
    let saved = SavedSearch { name: "Mes consultations".to_owned(), search };
    let text = serde_json::to_string(&saved).unwrap();
    let read: SavedSearch = serde_json::from_str(&text).unwrap();
    assert_eq!(read, saved);
    assert!(!format!("{saved:?}{:?}", saved.search).contains("MODELE"));
    // What a later version saves besides, or an earlier one did not, does no harm.
    let earlier: SavedSearch = serde_json::from_str(r#"{"name":"n","search":{"archived":true,"later":1}}"#).unwrap();
    assert_eq!(earlier.search, DocumentSearch::all_active().with_archived());
    // Two years before the day of the run, whatever the day of the saving.
    for (now, from) in [("2026-03-02T08:00:00Z", "20240301230000"), ("2026-07-14T08:00:00Z", "20240713220000")] {
        let mock = consultation_world().await;
        let clock = ManualClock::at(now.parse().unwrap());
        let searcher = DocumentSearcher::new(clock, SearchSettings::default());
        let preset = DocumentSearch::last_two_years();
        searcher.run(&searches(&mock, "P-MIX"), &ctx(), &preset, &act(0)).await.unwrap();
        assert!(requests(&mock, "TD3.1")[0].contains(&format!(">{from}<")), "{now}");
    }
    assert_ne!(DocumentSearch::vaccination(), DocumentSearch::all_active());
}
