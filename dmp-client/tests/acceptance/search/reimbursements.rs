//! Reimbursements, over a period that the DMP accepts.

use dmp_client::*;

use crate::scene::book::*;
use crate::scene::{Watch, open, retrieved};

#[tokio::test]
async fn a_3_1_145_and_3_2_551_reimbursements_of_half_a_year() {
    let mock = book().await;
    let record = tester(&mock, "P-REMB");
    let watch = Watch::start(&mock);
    open(&record).await;
    let found = record.find(Search::reimbursements("20250101", "20250630235959")).await.unwrap();
    assert_eq!(ids(&found), ["2.25.9906001"]);
    let (bytes, retrieved) = retrieved(&record, &found[0]).await;
    assert!(retrieved.verified && !bytes.is_empty());
    watch.conforms("DIRECTE", "normal");

    let sent = mock.journal().exchanges().len();
    let refused = record.find(Search::reimbursements("20230101", "20250630")).await.unwrap_err();
    assert_eq!((refused.rule(), refused.outcome()), (Some("EX_3.1-1015"), Outcome::NotSent), "LOCAL(REMB_PERIOD)");
    assert_eq!(mock.journal().exchanges().len(), sent);
}
