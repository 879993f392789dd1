//! Replacements: title, content, visibility; what was seen is never hidden again.

use cda::build::{DocumentHeader, StructuredBody};
use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_vocabulary::identity::StructureId;

use crate::modes::people::ej_client;
use crate::scene::writing::*;
use crate::scene::*;
use crate::support::{internal_id, sender};

/// Title; content; both, made visible; then hidden again: the last is refused before the network.
async fn replaces_an_invisible_document<A: Feeds, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    mode: &str,
    access: &str,
) {
    let watch = Watch::start(mock);
    open(record).await;
    let first = header(&p_open(), "11488-4");
    record.submit(&hidden(&first, Hidden::FromPatient).await).await.unwrap();

    let mut second = successor(&first);
    second.title = "Compte rendu, autre titre".to_owned();
    let renamed = text(&second).await.hidden(Hidden::FromPatient).replacing(unique_id(&first));
    record.submit(&Submission::of(renamed)).await.unwrap();

    let third = DocumentHeader { title: second.title.clone(), ..successor(&second) };
    let bytes = structured(&third, &body("1.2.250.1.213.1.1.1.29", "2022.01"));
    let rewritten = document(&bytes).await.hidden(Hidden::FromPatient).replacing(unique_id(&second));
    record.submit(&Submission::of(rewritten)).await.unwrap();

    let fourth = successor(&third);
    record.submit(&Submission::of(text(&fourth).await.replacing(unique_id(&third)))).await.unwrap();
    watch.conforms(mode, access);
    let transactions = watch.transactions();
    let located = transactions.windows(2).filter(|pair| pair[0] == "TD3.1b" && pair[1].starts_with("TD2.")).count();
    assert_eq!(located, 3, "its reference before each replacement: {transactions:?}");
    assert_eq!(watch.count("TD2.1") + watch.count("TD2.2"), 4);

    let statuses: Vec<_> = [&first, &second, &third, &fourth]
        .iter()
        .map(|version| mock.with_world(|world| world.registry.last_version(&unique_id(version)).unwrap().entry.clone()))
        .collect();
    assert!(statuses[..3].iter().all(|entry| entry.status == Some(AvailabilityStatus::Deprecated)));
    assert_eq!(DocumentState::of(&statuses[3]), [], "approved and visible");
    assert_eq!(statuses[1].title.as_deref(), Some("Compte rendu, autre titre"));
    assert_ne!(statuses[2].format_code, statuses[1].format_code);

    // What the software submitted last is what it knows of the document: LOCAL(VISIBILITY).
    let sent = mock.journal().exchanges().len();
    let again = text(&successor(&fourth)).await.hidden(Hidden::FromPatient).replacing(&statuses[3]);
    let refused = record.submit(&Submission::of(again)).await.unwrap_err();
    assert_eq!((refused.rule(), refused.outcome()), (Some("X20"), Outcome::NotSent));
    assert_eq!(mock.journal().exchanges().len(), sent, "nothing is sent");
}

#[tokio::test]
async fn a_2_1_140_and_2_1_205_and_2_2_140_replacements_of_an_invisible_document() {
    let mock = mock().await;
    let patient = p_open();
    replaces_an_invisible_document(&mock, &cps(&mock, &patient), "DIRECTE", "normal").await;
    replaces_an_invisible_document(&mock, &psc(&mock, &patient), "DIRECTE", "normal").await;
    authorise(&mock, &patient, seed::MEDECIN);
    replaces_an_invisible_document(&mock, &cps(&mock, &patient), "DIRECTE", "normal").await;
    replaces_an_invisible_document(&mock, &psc(&mock, &patient), "DIRECTE", "normal").await;
    replaces_an_invisible_document(&mock, &es(&mock, &patient), "INDIRECTE", "normal").await;
    replaces_an_invisible_document(&mock, &cpe(&mock, &patient), "DIRECTE", "normal").await;
}

#[tokio::test]
async fn a_2_1_117_and_2_1_246_a_replacement_in_regulation() {
    let mock = mock().await;
    let patient = p_open();
    replaces_an_invisible_document(&mock, &cps_15(&mock, &patient), "DIRECTE", "centre_15").await;
    replaces_an_invisible_document(&mock, &es_15(&mock, &patient), "INDIRECTE", "centre_15").await;
}

/// Title and content of a document of an establishment.
async fn replaces<A: Feeds, X: AccessMode>(mock: &MockDmp, record: &Record<A, X>, first: &DocumentHeader) {
    let watch = Watch::start(mock);
    open(record).await;
    record.submit(&Submission::of(text(first).await)).await.unwrap();
    let second = successor(first);
    let body: StructuredBody = body("1.2.250.1.213.1.1.1.29", "2022.01");
    let replacing = document(&structured(&second, &body)).await.replacing(unique_id(first));
    record.submit(&Submission::of(replacing)).await.unwrap();
    watch.conforms("INDIRECTE", "normal");
    let status = |header: &DocumentHeader| {
        mock.with_world(|world| world.registry.last_version(&unique_id(header)).unwrap().entry.status.clone())
    };
    assert_eq!(
        (status(first), status(&second)),
        (Some(AvailabilityStatus::Deprecated), Some(AvailabilityStatus::Approved))
    );
}

/// The cases of 2.1-180: geographic certificate; juridical certificate for its establishment; juridical alone.
#[tokio::test]
async fn a_2_1_210_replacements_by_each_certificate() {
    let mock = mock().await;
    let patient = p_open();
    let report = header(&patient, "11488-4");
    replaces(&mock, &es(&mock, &patient), &report).await;

    let for_its_establishment =
        ej_client(&mock).indirect(sender()).unwrap().record(patient.clone(), Consent::given()).unwrap();
    replaces(&mock, &for_its_establishment, &header(&patient, "11488-4")).await;

    let entity = StructureId::parse(seed::STRUCTURE_EJ, Realm::Test).unwrap().value;
    let establishment = Establishment::new(entity.clone(), "GROUPE DU MODELE", "SA01");
    let number = internal_id(&format!("3{}/000017", &seed::STRUCTURE_EJ[1..]));
    let alone = Sender::system(number, "LPS Exemple", "4.2", establishment);
    let alone = ej_client(&mock).indirect(alone).unwrap().record(patient.clone(), Consent::given()).unwrap();
    let mut of_the_group = header(&patient, "11488-4");
    let mut author = alix();
    author.structure = cda::build::Structure::new(entity, "GROUPE DU MODELE");
    of_the_group.authors = vec![author.into()];
    replaces(&mock, &alone, &of_the_group).await;
}
