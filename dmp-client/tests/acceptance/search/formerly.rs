//! Documents deposited under an INS-C, before the INS was known.

use dmp_client::*;

use crate::scene::book::*;
use crate::scene::{Watch, open, retrieved};

#[tokio::test]
async fn a_3_1_030_and_3_2_070_a_document_under_an_ins_c() {
    let mock = book().await;
    let record = tester(&mock, "P-AUTH");
    let watch = Watch::start(&mock);
    open(&record).await;
    let found = record.find(Search::approved()).await.unwrap();
    let formerly = found.iter().find(|entry| entry.unique_id == "2.25.9901003").unwrap();
    assert_eq!((formerly.patient_id.id_type(), formerly.patient_id.id().len()), ("INS-C", 22), "not filtered out");
    let (bytes, retrieved) = retrieved(&record, formerly).await;
    assert!(retrieved.verified && !bytes.is_empty());
    watch.conforms("DIRECTE", "normal");
}
