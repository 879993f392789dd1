//! Documents of one examination, by the identifiers that link them.

use dmp_client::*;

use crate::scene::book::*;
use crate::scene::{Watch, open};

const ORDER: &str = "2.25.9908001";
const KOS: &str = "2.25.9908002";
const REPORT: &str = "2.25.9908003";
const OTHER_REPORT: &str = "2.25.9908004";

#[tokio::test]
async fn a_3_1_800_and_3_1_810_and_3_1_820_documents_by_reference() {
    let mock = book().await;
    let record = tester(&mock, "P-IMG");
    let found = record.find(Search::approved()).await.unwrap();
    let of = |id: &str, kind: &str| {
        let entry = found.iter().find(|entry| entry.unique_id == id).unwrap();
        entry.reference_ids.iter().find(|one| one.as_str().ends_with(kind)).unwrap().as_str().to_owned()
    };
    let study = of(KOS, "studyInstanceUID");
    let (accession, order) = (of(REPORT, "accession"), of(ORDER, "order"));
    let rows = [
        ("3.1-800 exact study", Search::by_reference([study.as_str()]), vec![KOS, REPORT]),
        ("3.1-810 accession LIKE", Search::by_reference(["ACC-2026-%"]), vec![KOS, REPORT, OTHER_REPORT]),
        (
            "3.1-820 accession OR order OR study",
            Search::by_reference([accession.as_str(), order.as_str(), study.as_str()]),
            vec![ORDER, KOS, REPORT],
        ),
        ("no such study", Search::by_reference(["2.999.1^^^^urn:ihe:iti:xds:2016:studyInstanceUID"]), vec![]),
    ];
    for (name, search, expected) in rows {
        let watch = Watch::start(&mock);
        open(&record).await;
        let found = record.find(search).await.unwrap();
        watch.conforms("DIRECTE", "normal");
        assert_eq!(ids(&found), expected, "{name}: a union without duplicate");
    }
}
