//! Documents fed masked, invisible to the patient, invisible to the representatives.

use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::*;
use dmp_mock::MockDmp;

use crate::modes::people::{MINOR, add_patient_of};
use crate::scene::writing::*;
use crate::scene::*;
use crate::support::patient;

/// Feeds one document with a flag; gives the confidentiality codes that are kept.
async fn feeds_hidden<A: Feeds, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    about: &QualifiedPatient,
    (kind, flag): (&str, Hidden),
) -> Vec<String> {
    open(record).await;
    let header = header(about, kind);
    record.submit(&hidden(&header, flag).await).await.unwrap();
    let entry = mock.with_world(|world| world.registry.last_version(&unique_id(&header)).unwrap().entry.clone());
    entry.confidentiality_codes.into_iter().map(|code| code.code).collect()
}

#[tokio::test]
async fn a_2_1_050_and_2_1_115_and_2_1_244_a_masked_document() {
    let mock = mock().await;
    let patient = p_open();
    let masked = ("34874-8", Hidden::FromProfessionals);
    let normal = Watch::start(&mock);
    let mut kept = vec![feeds_hidden(&mock, &cps(&mock, &patient), &patient, masked).await];
    normal.conforms("DIRECTE", "normal");
    kept.push(feeds_hidden(&mock, &es(&mock, &patient), &patient, masked).await);
    let regulation = Watch::start(&mock);
    kept.push(feeds_hidden(&mock, &cps_15(&mock, &patient), &patient, masked).await);
    regulation.conforms("DIRECTE", "centre_15");
    let regulation = Watch::start(&mock);
    kept.push(feeds_hidden(&mock, &es_15(&mock, &patient), &patient, masked).await);
    regulation.conforms("INDIRECTE", "centre_15");
    assert!(kept.iter().all(|codes| codes == &["N", "MASQUE_PS"]), "N is present too: {kept:?}");
}

#[tokio::test]
async fn a_2_1_116_and_2_1_245_a_document_invisible_to_the_patient_in_regulation() {
    let mock = mock().await;
    let patient = p_open();
    let invisible = ("34112-3", Hidden::FromPatient);
    let watch = Watch::start(&mock);
    let mut kept = vec![feeds_hidden(&mock, &cps_15(&mock, &patient), &patient, invisible).await];
    watch.conforms("DIRECTE", "centre_15");
    let watch = Watch::start(&mock);
    kept.push(feeds_hidden(&mock, &es_15(&mock, &patient), &patient, invisible).await);
    watch.conforms("INDIRECTE", "centre_15");
    assert!(kept.iter().all(|codes| codes == &["N", "INVISIBLE_PATIENT"]), "{kept:?}");
    let seen = mock.with_world(|world| world.documents_seen_by_holder(&id_of(&patient), false).count());
    assert_eq!(seen, 0, "the patient sees neither");
}

#[tokio::test]
async fn a_2_1_600_a_document_invisible_to_the_representatives_of_a_minor() {
    let mock = mock().await;
    add_patient_of(&mock, 12);
    let minor = patient(MINOR);
    let watch = Watch::start(&mock);
    let codes = feeds_hidden(&mock, &cps(&mock, &minor), &minor, ("11488-4", Hidden::FromRepresentatives)).await;
    watch.conforms("DIRECTE", "normal");
    assert!(watch.exchanges().iter().all(|one| !one.connexion_secrete), "in an ordinary access");
    assert_eq!(codes, ["N", "INVISIBLE_REPRESENTANTS_LEGAUX"]);
    let seen = |by_representative| {
        mock.with_world(|world| world.documents_seen_by_holder(&id_of(&minor), by_representative).count())
    };
    assert_eq!((seen(false), seen(true)), (1, 0));
}
