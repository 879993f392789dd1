//! What is never done by itself: searches without a user, acts without a confirmation.

use crate::support::consult::act;
use crate::support::{acceptance_world, clock, consulting, count, qualified, role};
use dmp_client::*;
use dmp_lps::Confirmed;
use dmp_lps::acts::{self, Deletion, Masking, RevealToPatient, RevealToRepresentatives};
use dmp_lps::searches::RecordSearches;
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::BirthDate;

fn policy(error: &DmpError) -> (Option<&str>, Outcome) {
    (error.rule(), error.outcome())
}

#[tokio::test]
async fn a_3_1_010_one_search_at_the_opening_and_none_while_moving_about() {
    let mock = acceptance_world().await;
    let record = consulting(&mock).record(role(&mock, "P-RICH"), Consent::given()).unwrap();
    record.existence().await.unwrap();
    record.authorise().await.unwrap();
    let searches = RecordSearches::of(record.clone());
    let found = searches.at_opening(Search::approved()).await.unwrap();
    assert!(!found.is_empty());
    // Moving about: the same entries, no request.
    for _ in 0..3 {
        assert_eq!(searches.shown().unwrap().len(), found.len());
    }
    assert_eq!(count(&mock, "TD3.1"), 1);
    // Documents are asked for by 20 at most, on request.
    let ids: Vec<String> = found.iter().take(45).map(|entry| entry.unique_id.clone()).collect();
    let queries = ids.len().div_ceil(20);
    record.with_links(ids).await.unwrap();
    assert_eq!(count(&mock, "TD3.1"), 1 + queries);
    searches.asked(Search::approved_or_archived(), &act(0)).await.unwrap();
    assert_eq!(count(&mock, "TD3.1"), 2 + queries);

    // A minor in connexion secrète: every search says so.
    let id = mock.labelled("P-MINOR").unwrap();
    let birth = mock.with_world(|world| world.patient(&id).unwrap().birth_date.clone().unwrap());
    let minor = consulting(&mock).record(role(&mock, "P-MINOR"), Consent::given()).unwrap();
    minor.authorise().await.unwrap();
    let secret = minor.connexion_secrete(&BirthDate::parse_hl7(&birth.to_string()).unwrap()).unwrap();
    RecordSearches::of(secret).at_opening(Search::approved()).await.unwrap();
    let last = mock.journal().exchanges().into_iter().next_back().unwrap();
    assert_eq!((last.transaction.as_deref(), last.connexion_secrete), (Some("TD3.1"), true));
}

#[tokio::test]
async fn e3_09_no_search_after_a_feeding_no_second_one_by_itself_and_no_loop() {
    let mock = MockDmp::start().await.unwrap();
    let record = consulting(&mock).record(qualified(), Consent::given()).unwrap();
    let searches = RecordSearches::of(record.clone());
    searches.at_opening(Search::approved()).await.unwrap();
    let again = searches.at_opening(Search::approved()).await.unwrap_err();
    assert_eq!(policy(&again), (Some("SEARCH_POLICY"), Outcome::NotSent));

    // One query for each type, for one act of the user.
    searches.asked(Search::approved().type_codes([("11488-4", "2.16.840.1.113883.6.1")]), &act(0)).await.unwrap();
    let looped = searches.asked(Search::approved().type_codes([("11490-0", "2.16.840.1.113883.6.1")]), &act(0)).await;
    assert_eq!(policy(&looped.unwrap_err()), (Some("SEARCH_POLICY"), Outcome::NotSent));
    searches.asked(Search::approved(), &act(1)).await.unwrap();

    let after_feeding = RecordSearches::of(record);
    after_feeding.fed();
    let refused = after_feeding.at_opening(Search::approved()).await.unwrap_err();
    assert_eq!(policy(&refused), (Some("SEARCH_POLICY"), Outcome::NotSent));
    assert_eq!(count(&mock, "TD3.1"), 3);
}

#[tokio::test]
async fn e5_05_and_f26_an_act_without_a_fresh_confirmation_is_not_sent() {
    let mock = MockDmp::start().await.unwrap();
    let record = consulting(&mock).record(qualified(), Consent::given()).unwrap();
    let now = clock();
    let id = "2.25.42";
    let refusals = [
        acts::delete(&record, id, Confirmed::<Deletion>::by(act(-121)), &now).await,
        acts::reveal_to_patient(&record, id, Confirmed::<RevealToPatient>::by(act(-121)), &now).await,
        acts::reveal_to_representatives(&record, id, Confirmed::<RevealToRepresentatives>::by(act(-121)), &now).await,
        acts::mask(&record, id, Confirmed::<Masking>::by(act(-121)), &now).await,
        acts::unmask(&record, id, Confirmed::<Masking>::by(act(-121)), &now).await,
    ];
    for refusal in refusals {
        assert_eq!(policy(&refusal.unwrap_err()), (Some("F26"), Outcome::NotSent));
    }
    assert_eq!(mock.journal().exchanges().len(), 0);
    // A fresh one is spent, and the DMP is asked.
    let answer = acts::delete(&record, id, Confirmed::<Deletion>::by(act(0)), &now).await.unwrap_err();
    assert_eq!(answer.rule(), Some("RG_3130"));
    assert_eq!(count(&mock, "TD3.1b"), 1);
}
