//! An order, the report that answers it, the reference of its images; the links between them.

use cda::build::DocumentHeader;
use dmp_client::mode::Direct;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_vocabulary::Oid;

use crate::scene::writing::*;
use crate::scene::{imaging, *};
use crate::support::documents::random_oid;

/// What one examination gives.
struct Examination {
    order: DocumentHeader,
    report: DocumentHeader,
    kos: Oid,
}

impl Examination {
    fn new() -> Self {
        let patient = p_mt();
        Self { order: imaging::request(&patient), report: imaging::report(&patient), kos: random_oid() }
    }

    fn ids(&self) -> [String; 3] {
        [unique_id(&self.order), self.kos.to_string(), unique_id(&self.report)]
    }
}

fn stored(mock: &MockDmp, unique_id: &str) -> DocumentEntry {
    mock.with_world(|world| world.registry.last_version(unique_id).unwrap().entry.clone())
}

#[tokio::test]
async fn a_2_1_800_and_2_1_810_an_examination_is_one_lot_of_linked_documents() {
    let mock = mock().await;
    let record = cps(&mock, &p_mt());
    for with_order in [false, true] {
        let one = Examination::new();
        let watch = Watch::start(&mock);
        open(&record).await;
        let kos = imaging::kos(&one.kos, &one.report).await;
        let mut lot = Submission::of(kos).and(text(&one.report).await);
        if with_order {
            lot = lot.and(text(&one.order).await);
        }
        assert!(record.preflight(&lot).await.unwrap().is_empty());
        record.submit(&lot).await.unwrap();
        watch.conforms("DIRECTE", "normal");
        let (kos, report) = (stored(&mock, one.kos.as_str()), stored(&mock, &unique_id(&one.report)));
        assert_eq!(kos.mime_type, "application/dicom");
        assert_eq!(kos.type_code.as_ref().unwrap().code, "IMG-KOS");
        assert_eq!(kos.class_code.as_ref().unwrap().code, "31");
        assert_eq!(kos.event_codes.len(), 2, "modality and region");
        assert_eq!(kos.reference_ids, report.reference_ids);
        assert_eq!(kos.reference_ids.len(), 3, "order, accession and study");
        if with_order {
            assert!(stored(&mock, &unique_id(&one.order)).shares_reference_with(&kos), "links kept");
        }
    }
}

async fn feed(record: &Record<Direct>, one: &Examination) {
    let order = text(&one.order).await.hidden(Hidden::FromProfessionals);
    let kos = imaging::kos(&one.kos, &one.report).await.hidden(Hidden::FromProfessionals);
    let report = text(&one.report).await.hidden(Hidden::FromProfessionals);
    record.submit(&Submission::of(order).and(kos).and(report)).await.unwrap();
}

#[tokio::test]
async fn a_2_1_820_masked_imaging_is_replaced_and_unmasked() {
    let mock = mock().await;
    let record = cps(&mock, &p_mt());
    let one = Examination::new();
    let watch = Watch::start(&mock);
    open(&record).await;
    feed(&record, &one).await;

    let next = Examination { order: successor(&one.order), report: successor(&one.report), kos: random_oid() };
    let [order, kos, report] = one.ids();
    let replacements = [
        text(&next.order).await.replacing(&order),
        imaging::kos(&next.kos, &next.report).await.replacing(&kos),
        text(&next.report).await.replacing(&report),
    ];
    for replacement in replacements {
        record.submit(&Submission::of(replacement)).await.unwrap();
    }
    watch.conforms("DIRECTE", "normal");
    assert_eq!(watch.count("TD3.1b"), 3);
    let entries: Vec<DocumentEntry> = next.ids().iter().map(|id| stored(&mock, id)).collect();
    assert!(entries.iter().all(|entry| !entry.has_confidentiality("MASQUE_PS")), "unmasked");
    assert!(entries.iter().all(|entry| entry.shares_reference_with(&entries[1])), "links kept");

    // The patient has seen the report: LOCAL(VISIBILITY).
    let sent = mock.journal().exchanges().len();
    let hidden = text(&successor(&next.report)).await.hidden(Hidden::FromPatient).replacing(&entries[2]);
    let refused = record.submit(&Submission::of(hidden)).await.unwrap_err();
    assert_eq!((refused.rule(), refused.outcome()), (Some("X20"), Outcome::NotSent));
    assert_eq!(mock.journal().exchanges().len(), sent);
}

#[tokio::test]
async fn a_3_3_800_a_reference_is_deleted_and_what_is_linked_is_proposed() {
    let mock = mock().await;
    let record = cps(&mock, &p_mt());
    let one = Examination::new();
    open(&record).await;
    feed(&record, &one).await;
    let found = record.find(Search::approved()).await.unwrap();
    let kos = found.iter().find(|entry| entry.unique_id == one.kos.as_str()).unwrap();
    let mut proposed: Vec<String> = found.linked_to(kos).map(|entry| entry.unique_id.clone()).collect();
    proposed.sort();
    let mut linked = vec![unique_id(&one.order), unique_id(&one.report)];
    linked.sort();
    assert_eq!(proposed, linked);
    // No confirmation is asked for a KOS.
    assert_eq!(record.delete(kos).await.unwrap(), Change::Done);
    let left = record.find(Search::approved()).await.unwrap();
    assert_eq!(left.len(), 2);
    for id in proposed {
        assert_eq!(record.delete(&id).await.unwrap(), Change::Done);
    }
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
}
