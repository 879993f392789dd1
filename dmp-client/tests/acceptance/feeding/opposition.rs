//! A patient who opposes feeding: nothing new; what is there may be corrected (K09) and deleted.

use dmp_client::mode::Feeds;
use dmp_client::*;
use dmp_mock::MockDmp;

use crate::scene::writing::*;
use crate::scene::*;
use crate::support::{client, sender};

async fn opposes_feeding<A: Feeds>(mock: &MockDmp, session: &Session<A>, mode: &str) {
    let patient = p_open();
    let watch = Watch::start(mock);
    let record = session.record(patient.clone(), Consent::given()).unwrap();
    open(&record).await;
    let (first, second) = (header(&patient, "11488-4"), header(&patient, "11488-4"));
    for one in [&first, &second] {
        record.submit(&Submission::of(text(one).await)).await.unwrap();
    }

    let opposed = session.record(patient.clone(), Consent::expressed(true, false)).unwrap();
    let sent = mock.journal().exchanges().len();
    let third = Submission::of(text(&header(&patient, "11488-4")).await);
    let refused = opposed.submit(&third).await.unwrap_err();
    assert_eq!((refused.rule(), refused.outcome()), (Some("EXI 02"), Outcome::NotSent), "LOCAL(OPPOSED)");
    // A new document does not pass behind a replacement.
    let behind = Submission::of(text(&successor(&first)).await.replacing(unique_id(&first)))
        .and(text(&header(&patient, "11488-4")).await);
    assert_eq!(opposed.submit(&behind).await.unwrap_err().rule(), Some("EXI 02"));
    assert_eq!(mock.journal().exchanges().len(), sent, "nothing is sent");

    open(&opposed).await;
    let corrected = text(&successor(&first)).await.replacing(unique_id(&first));
    opposed.submit(&Submission::of(corrected)).await.unwrap();
    assert_eq!(opposed.delete(unique_id(&second)).await.unwrap(), Change::Done);
    watch.conforms(mode, "normal");
}

#[tokio::test]
async fn a_2_1_970_and_2_2_980_opposition_leaves_corrections_and_deletions() {
    let mock = mock().await;
    opposes_feeding(&mock, &card(&mock, dmp_mock::world::seed::MEDECIN), "DIRECTE").await;
    opposes_feeding(&mock, &client(&mock).indirect(sender()).unwrap(), "INDIRECTE").await;
    opposes_feeding(&mock, &crate::modes::people::cpe_of(&mock, true), "DIRECTE").await;
}

/// K09 the other way: deletion only.
#[tokio::test]
async fn a_replacement_after_opposition_may_be_refused() {
    let switches = Switches { replace_after_opposition: false, ..Switches::default() };
    let mock = mock().await;
    let client = crate::support::builder(&mock).switches(switches).build().unwrap();
    let session = client.indirect(sender()).unwrap();
    let first = header(&p_open(), "11488-4");
    let record = session.record(p_open(), Consent::given()).unwrap();
    record.submit(&Submission::of(text(&first).await)).await.unwrap();
    let opposed = session.record(p_open(), Consent::expressed(true, false)).unwrap();
    let corrected = text(&successor(&first)).await.replacing(unique_id(&first));
    assert_eq!(opposed.submit(&Submission::of(corrected)).await.unwrap_err().rule(), Some("EXI 02"));
    assert_eq!(opposed.delete(unique_id(&first)).await.unwrap(), Change::Done);
}
