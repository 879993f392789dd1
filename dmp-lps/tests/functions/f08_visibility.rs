//! F08: rules V1 to V7, and the days of the calendars (tests T1 and T2 of its page).

use crate::support::documents::{document, letter, unique_id};
use crate::support::{consulting, feeding, qualified};
use dmp_client::*;
use dmp_lps::visibility::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::rules::calendar::Calendar;
use dmp_protocol::switches::VisibilityCalendar as ServerCalendar;
use jiff::Timestamp;
use jiff::civil::Date;

const ADULT: Holder = Holder::Adult;
const MINOR: Holder = Holder::Minor { secret: false };
const SECRET: Holder = Holder::Minor { secret: true };

fn choice(hidden: &[Hidden], holder: Holder) -> Choice<'static> {
    let wished = Visibility::of(hidden, holder);
    Choice { wished, holder, type_code: "11488-4", former: None, mask_asked_by_holder: true }
}

#[test]
fn f08_t1_the_rules_of_visibility() {
    use Hidden::{FromPatient, FromProfessionals, FromRepresentatives};
    use VisibilityRefusal::*;
    let strict = VisibilityPolicy::default();
    let former = |hidden: &[Hidden], holder| Some(Visibility::of(hidden, holder));
    let both = [FromPatient, FromProfessionals];
    let unchosen = Visibility::open(ADULT);
    let cases: Vec<(Choice<'_>, VisibilityPolicy, Vec<VisibilityRefusal>)> = vec![
        (choice(&[], ADULT), strict, vec![]),
        // V1, and the parameter that lifts it.
        (choice(&both, ADULT), strict, vec![Cumulation]),
        (choice(&both, ADULT), VisibilityPolicy { cumulation: true, ..strict }, vec![]),
        // V2, in connexion secrète too, and the policy that lifts it.
        (
            Choice { former: former(&[], ADULT), ..choice(&[FromPatient], ADULT) },
            strict,
            vec![HiddenAgain(FromPatient)],
        ),
        (
            Choice { former: former(&[], MINOR), ..choice(&[FromRepresentatives], SECRET) },
            strict,
            vec![HiddenAgain(FromRepresentatives)],
        ),
        (
            Choice { former: former(&[], ADULT), ..choice(&[FromPatient], ADULT) },
            VisibilityPolicy { irreversible: false, ..strict },
            vec![],
        ),
        (Choice { former: former(&[FromPatient], ADULT), ..choice(&[], ADULT) }, strict, vec![]),
        // V3: a mask comes and goes, at the holder's wish; one that is there was asked for.
        (Choice { mask_asked_by_holder: false, ..choice(&[FromProfessionals], ADULT) }, strict, vec![MaskNotAsked]),
        (Choice { former: former(&[], ADULT), ..choice(&[FromProfessionals], ADULT) }, strict, vec![]),
        (Choice { former: former(&[FromProfessionals], ADULT), ..choice(&[], ADULT) }, strict, vec![]),
        (
            Choice {
                former: former(&[FromProfessionals], ADULT),
                mask_asked_by_holder: false,
                ..choice(&[FromProfessionals], ADULT)
            },
            strict,
            vec![],
        ),
        // V4.
        (choice(&[], SECRET), strict, vec![SecretSeen]),
        (choice(&[FromRepresentatives], SECRET), strict, vec![]),
        (choice(&[], MINOR), strict, vec![]),
        (Choice { wished: unchosen, ..choice(&[], MINOR) }, strict, vec![MinorNotChosen]),
        (choice(&[FromRepresentatives], ADULT), strict, vec![AdultRepresented]),
        // V5.
        (Choice { type_code: "87273-9", ..choice(&[], ADULT) }, strict, vec![]),
        (Choice { type_code: "87273-9", ..choice(&[FromPatient], ADULT) }, strict, vec![Vaccination]),
        // All of them are told.
        (Choice { type_code: "87273-9", ..choice(&both, ADULT) }, strict, vec![Cumulation, Vaccination]),
    ];
    for (choice, policy, expected) in cases {
        assert_eq!(choice.refusals(policy), expected, "{choice:?}");
        let decided = choice.decide(policy).map_err(|error| (error.rule(), error.outcome()));
        match expected.first() {
            Some(refusal) => assert_eq!(decided, Err((Some(refusal.rule()), Outcome::NotSent))),
            None => assert_eq!(decided, Ok(choice.wished.hidden())),
        }
    }
}

#[tokio::test]
async fn f08_t1_a_new_version_proposes_the_visibility_of_the_former_and_defaults_are_configuration() {
    // V6: what the DMP shows of the version to be replaced, whoever changed it there.
    let mock = MockDmp::start().await.unwrap();
    let (builder, structure) = (letter(), feeding(&mock).record(qualified(), Consent::given()).unwrap());
    let hidden = document(&builder).await.hidden(Hidden::FromPatient);
    structure.submit(&Submission::of(hidden)).await.unwrap();
    let id = unique_id(&builder);
    let record = consulting(&mock).record(qualified(), Consent::given()).unwrap();
    let former = Visibility::of_entry(&record.entry(&id).await.unwrap(), ADULT);
    assert_eq!(former.hidden(), [Hidden::FromPatient]);

    // V7.
    let genetics = DefaultRule {
        types: vec!["11502-2".to_owned()],
        services: vec!["genetics".to_owned()],
        analyses: vec!["BRCA".to_owned()],
        hidden_from_patient: true,
        ..DefaultRule::default()
    };
    let paediatrics = DefaultRule {
        services: vec!["paediatrics".to_owned()],
        hidden_from_representatives: true,
        ..DefaultRule::default()
    };
    let defaults = VisibilityDefaults { rules: vec![genetics, paediatrics] };
    let brca = ["BRCA".to_owned()];
    let report = Produced { type_code: "11502-2", service: Some("genetics"), analyses: &brca };
    let propose = |produced, holder| defaults.propose(produced, holder).hidden();
    assert_eq!(propose(report, ADULT), [Hidden::FromPatient]);
    assert_eq!(propose(Produced { analyses: &[], ..report }, ADULT), []);
    assert_eq!(propose(Produced { type_code: "11488-4", ..report }, ADULT), []);
    let child = Produced { service: Some("paediatrics"), ..Produced::default() };
    assert_eq!(propose(child, MINOR), [Hidden::FromRepresentatives]);
    assert_eq!(propose(child, ADULT), []);
    assert_eq!(propose(Produced::default(), SECRET), [Hidden::FromRepresentatives]);
    // Of a minor nothing else is proposed: it must be chosen.
    let proposed = Choice { wished: defaults.propose(report, MINOR), ..choice(&[], MINOR) };
    assert_eq!(proposed.refusals(VisibilityPolicy::default()), [VisibilityRefusal::MinorNotChosen]);
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn f08_t2_the_days_of_both_calendars() {
    let deposits = ["2026-01-31T09:00:00Z", "2028-01-31T22:59:00Z", "2026-03-15T09:00:00Z", "2026-11-30T23:30:00Z"];
    for deposit in deposits.map(|text| text.parse::<Timestamp>().unwrap()) {
        for (calendar, server) in [
            (VisibilityCalendar::R1111_53, ServerCalendar::R1111_53),
            (VisibilityCalendar::Segur, ServerCalendar::Segur),
            (VisibilityCalendar::None, ServerCalendar::None),
        ] {
            let days = WorklistSettings::new(calendar).due_days(deposit);
            let dates = Calendar::of_deposit(server, deposit);
            assert_eq!(days.notify_on, dates.map(|dates| clock::day(dates.notice_at)), "{calendar:?} {deposit}");
            assert_eq!(days.auto_visible_on, dates.map(|dates| clock::day(dates.visible_at)), "{calendar:?} {deposit}");
        }
    }
    let january: Timestamp = "2026-01-31T09:00:00Z".parse().unwrap();
    let days = |calendar| WorklistSettings::new(calendar).due_days(january);
    let r1111 = days(VisibilityCalendar::R1111_53);
    assert_eq!((r1111.notify_on, r1111.auto_visible_on), (Some(day("2026-02-14")), Some(day("2026-02-28"))));
    let segur = days(VisibilityCalendar::Segur);
    assert_eq!((segur.notify_on, segur.auto_visible_on), (Some(day("2026-02-28")), Some(day("2026-04-30"))));
    for calendar in [VisibilityCalendar::R1111_53, VisibilityCalendar::Segur, VisibilityCalendar::None] {
        assert_eq!(days(calendar).duty_due_on, day("2026-02-28"));
    }
}

#[test]
fn f08_t2_the_delay_of_the_establishment_is_within_that_of_the_server() {
    use Delay::{Days, Months};
    let deposit: Timestamp = "2026-03-10T09:00:00Z".parse().unwrap();
    let cases = [
        (VisibilityCalendar::R1111_53, Days(28), Some("2026-04-07")),
        (VisibilityCalendar::R1111_53, Months(1), Some("2026-04-10")),
        (VisibilityCalendar::R1111_53, Days(29), None),
        (VisibilityCalendar::R1111_53, Months(2), None),
        (VisibilityCalendar::Segur, Months(3), Some("2026-04-10")),
        (VisibilityCalendar::Segur, Months(4), None),
        (VisibilityCalendar::Segur, Days(0), None),
        (VisibilityCalendar::None, Months(12), Some("2026-04-10")),
    ];
    for (calendar, delay, duty) in cases {
        let settings = WorklistSettings::new(calendar).establishment_after(delay);
        match duty {
            // The duty is that of one month, unless the establishment is stricter.
            Some(duty) => assert_eq!(settings.unwrap().due_days(deposit).duty_due_on, day(duty), "{delay:?}"),
            None => {
                let refused = settings.unwrap_err();
                assert_eq!((refused.kind(), refused.rule()), (ErrorKind::Validation, Some("K01")), "{delay:?}");
            }
        }
    }
}
