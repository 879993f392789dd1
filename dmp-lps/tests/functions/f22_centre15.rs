//! F22, the tests of its page by number; T1 is in `f22_secrecy.rs`.

use crate::support::minor::action;
use crate::support::{cards, client, context, regulation_centre};
use dmp_client::*;
use dmp_lps::centre15::{Candidates, Found, Regulation};
use dmp_lps::guard::{AccessRules, ConsentGuard, Guards, Intent, MinorGuard};
use dmp_lps::minors::SecretScope;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{Patient, PatientId, seed};
use dmp_vocabulary::identity::BirthDate;
use jiff::Timestamp;

fn regulation(mock: &MockDmp) -> Regulation<mode::Direct> {
    Regulation::of(SoftwareKind::Regulation, cards::card_of_alix(mock)).unwrap()
}

async fn found(regulation: &Regulation<mode::Direct>) -> Candidates {
    match regulation.find_patient(PatientCriteria::named("SPECIMEN")).await.unwrap() {
        Found::Candidates(candidates) => candidates,
        Found::RefineSearch => panic!("more than ten"),
    }
}

#[tokio::test]
async fn f22_t2_choosing_one_drops_the_others() {
    let mock = regulation_centre().await;
    mock.with_world(|world| {
        let id = PatientId::new("175119999901076", seed::TEST_NIR_OID);
        world.add_patient(Patient::active(id, "SPECIMEN", "AUTRE"));
    });
    let regulation = regulation(&mock);
    let candidates = found(&regulation).await;
    assert_eq!(candidates.len(), 2);
    let wanted = candidates.iter().position(|one| one.traits().given.iter().any(|name| name == "AUTRE")).unwrap();
    // `choose` takes the list: what is left is the one, which is used up by its record.
    let chosen = candidates.choose(wanted).unwrap();
    assert!(chosen.traits().given.iter().any(|name| name == "AUTRE"));
    let record = regulation.record(chosen, Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    assert!(found(&regulation).await.choose(7).is_none());
    let nobody = regulation.find_patient(PatientCriteria::named("INTROUVABLE")).await.unwrap();
    assert!(matches!(nobody, Found::Candidates(nobody) if nobody.is_empty()));
}

#[tokio::test]
async fn f22_t3_more_than_ten_ask_for_a_finer_search() {
    let mock = regulation_centre().await;
    mock.with_world(|world| {
        for number in 0..11 {
            let id = PatientId::new(&format!("1751199999{number:05}"), seed::TEST_NIR_OID);
            world.add_patient(Patient::active(id, "NOMBREUX", &format!("PRENOM{number}")));
        }
    });
    let regulation = regulation(&mock);
    let found = regulation.find_patient(PatientCriteria::named("NOMBREUX")).await.unwrap();
    assert!(matches!(found, Found::RefineSearch));
    let finer = PatientCriteria { given: Some("PRENOM3".to_owned()), ..PatientCriteria::named("NOMBREUX") };
    assert!(matches!(regulation.find_patient(finer).await.unwrap(), Found::Candidates(one) if one.len() == 1));
    // Too little is refused before it is sent.
    let sent = mock.journal().exchanges().len();
    assert_eq!(regulation.find_patient(PatientCriteria::named("N")).await.unwrap_err().outcome(), Outcome::NotSent);
    assert_eq!(mock.journal().exchanges().len(), sent);
}

#[tokio::test]
async fn f22_t4_normal_mode_finds_nobody_and_regulation_has_no_other_mode() {
    let mock = regulation_centre().await;
    let refused = |error: DmpError| (error.rule().unwrap(), error.outcome());
    let error = Regulation::of(SoftwareKind::Care, cards::card_of_alix(&mock)).unwrap_err();
    assert_eq!((refused(error), mock.journal().exchanges().len()), (("NOT_REGULATION", Outcome::NotSent), 0));
    // Whichever call makes it, in a software of care; and the other way round.
    let worn = |software| {
        let guards = Guards::new().with(AccessRules::new(software));
        cards::card_of_alix(&mock).watched(guards.of(context("alix", "team-1", "visit-1"), Intent::ByMode))
    };
    let criteria = || PatientCriteria::named("SPECIMEN");
    let error = worn(SoftwareKind::Care).centre_15().search_patients(criteria()).await.unwrap_err();
    assert_eq!(refused(error), ("NOT_REGULATION", Outcome::NotSent));
    let record = worn(SoftwareKind::Regulation).record(crate::support::qualified(), Consent::given()).unwrap();
    assert_eq!(refused(record.existence().await.unwrap_err()), ("LDRM-01", Outcome::NotSent));
    assert_eq!(mock.journal().exchanges().len(), 0, "nothing was sent");
    worn(SoftwareKind::Regulation).centre_15().search_patients(criteria()).await.unwrap();
}

#[tokio::test]
async fn f22_t5_connexion_secrete_in_regulation() {
    let mock = regulation_centre().await;
    let number = "109119999904673";
    let birth = (Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date() - jiff::Span::new().years(15)).to_string();
    mock.with_world(|world| {
        let mut minor = Patient::active(PatientId::new(number, seed::TEST_NIR_OID), "JEUNE", "SOLAL");
        minor.birth_date = Some(birth.replace('-', ""));
        world.add_patient(minor);
    });
    let (sessions, clock) = crate::support::minor::sessions(&client(mock.pki(), &mock.url()));
    let gate = consent::ConsentGate::new(Database::in_memory().unwrap(), clock.clone());
    let ctx = context("alix", "team-1", "visit-1");
    let guards = Guards::new()
        .with(MinorGuard::new(sessions.clone()))
        .with(ConsentGuard::new(gate))
        .with(AccessRules::new(SoftwareKind::Regulation));
    let session = cards::card_of_alix(&mock).watched(guards.of(ctx.clone(), Intent::ByMode));
    let regulation = Regulation::of(SoftwareKind::Regulation, session).unwrap();
    let Found::Candidates(found) = regulation.find_patient(PatientCriteria::named("JEUNE")).await.unwrap() else {
        panic!("one")
    };
    let record = regulation.record(found.choose(0).unwrap(), Consent::given()).unwrap();
    let birth = BirthDate::parse_insi(&birth).unwrap();
    let confirmed = Confirmed::by(action(clock.now()));
    let secret = sessions.open(&ctx, &record, Some(&birth), SecretScope::Visit, confirmed).await.unwrap();
    secret.record().unwrap().find(Search::approved()).await.unwrap();
    let last = mock.journal().last().unwrap();
    assert_eq!((last.access.as_deref(), last.connexion_secrete), (Some("centre_15"), true));
    // The ordinary record of the same patient, whose number nobody knows, is not used in between.
    assert_eq!(record.existence().await.unwrap_err().rule(), Some("SECRET_OPEN"));
}
