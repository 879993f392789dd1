//! A document of one person, fed by another of the same structure.

use cda::build::Author;
use dmp_client::*;
use dmp_mock::world::seed;
use jiff::Timestamp;

use crate::scene::writing::*;
use crate::scene::*;
use crate::support::{client, establishment};

#[tokio::test]
async fn a_2_1_900_the_secretary_feeds_the_document_of_the_medecin() {
    let mock = mock().await;
    let patient = p_open();
    let b = secretary();
    let roles = [Role::new("SECRETARIAT_MEDICAL", "1.2.250.1.213.1.1.4.6", "Secrétariat médical")];
    let sender = Sender::person(
        b.id.clone(),
        "ACCUEIL",
        "ANDREA",
        roles,
        establishment(),
        AuthenticationClass::TimeSyncToken,
        Timestamp::now(),
    );
    let record = client(&mock).indirect(sender).unwrap().record(patient.clone(), Consent::given()).unwrap();
    let mut written_by_a = header(&patient, "11488-4");
    written_by_a.authors.push(Author::from(b.clone()));
    let watch = Watch::start(&mock);
    open(&record).await;
    record.submit(&Submission::of(text(&written_by_a).await)).await.unwrap();
    watch.conforms("INDIRECTE", "normal");
    assert!(watch.exchanges().iter().all(|one| one.actor.as_deref() == Some(b.id.as_str())), "B alone in the VIHF");

    let (entry, lot, read) = mock.with_world(|world| {
        let stored = world.registry.last_version(&unique_id(&written_by_a)).unwrap();
        let read = cda::read(stored.content.reader().unwrap(), &cda::CdaLimits::default()).unwrap();
        (stored.entry.clone(), world.registry.lots().last().unwrap().set.clone(), read)
    });
    let person = |author: &xds_model::Author| author.person.as_ref().unwrap().id().into_owned();
    assert_eq!(entry.authors.iter().map(person).collect::<Vec<_>>(), [seed::MEDECIN, b.id.as_str()], "A and B");
    assert_eq!(read.header.authors.len(), 2);
    assert_eq!(lot.authors.iter().map(person).collect::<Vec<_>>(), [b.id.as_str()], "B alone in the lot");
    let institutions = entry.authors.iter().filter_map(|author| author.institution.as_ref());
    assert!(institutions.clone().any(|one| one.id() == seed::STRUCTURE_EG), "the structure is one authorInstitution");
}
