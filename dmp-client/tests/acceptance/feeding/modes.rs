//! Non regression: every authentication mode feeds, replaces, deletes; the minor with and without connexion secrète.

use cda::build::DocumentHeader;
use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use jiff::Timestamp;

use crate::modes::people::{MINOR, add_patient_of};
use crate::scene::writing::*;
use crate::scene::*;
use crate::support::{client, patient, sender};

/// Feeds one, replaces it (title, content, masking), feeds and deletes another.
async fn feeds_replaces_and_deletes<A: Feeds, X: AccessMode>(mock: &MockDmp, record: &Record<A, X>, mode: &str) {
    let watch = Watch::start(mock);
    open(record).await;
    let about = p_open();
    let first = header(&about, "11488-4");
    record.submit(&Submission::of(text(&first).await)).await.unwrap();
    let second = successor(&first);
    let masked = text(&second).await.hidden(Hidden::FromProfessionals).replacing(unique_id(&first));
    record.submit(&Submission::of(masked)).await.unwrap();
    let other = header(&about, "11488-4");
    record.submit(&Submission::of(text(&other).await)).await.unwrap();
    assert_eq!(record.delete(unique_id(&other)).await.unwrap(), Change::Done);
    watch.conforms(mode, "normal");
    assert_eq!(record.reference_of(&unique_id(&other)).await.unwrap().entry_uuid, None);
    let entry = mock.with_world(|world| world.registry.last_version(&unique_id(&second)).unwrap().entry.clone());
    assert!(entry.has_confidentiality("MASQUE_PS"));
}

/// The minor in an ordinary access, hidden from the representatives or not, and in connexion secrète.
async fn feeds_the_minor<A: Feeds>(mock: &MockDmp, session: &Session<A>, birth: &dmp_vocabulary::identity::BirthDate) {
    let minor = patient(MINOR);
    let record = session.record(minor.clone(), Consent::given()).unwrap();
    open(&record).await;
    let stored = |header: &DocumentHeader| {
        let entry = mock.with_world(|world| world.registry.last_version(&unique_id(header)).unwrap().entry.clone());
        entry.has_confidentiality("INVISIBLE_REPRESENTANTS_LEGAUX")
    };
    let ordinary = Watch::start(mock);
    let (seen, unseen) = (header(&minor, "11488-4"), header(&minor, "11488-4"));
    record.submit(&Submission::of(text(&seen).await)).await.unwrap();
    record.submit(&hidden(&unseen, Hidden::FromRepresentatives).await).await.unwrap();
    assert_eq!((stored(&seen), stored(&unseen)), (false, true));
    assert!(ordinary.exchanges().iter().all(|one| !one.connexion_secrete));

    let secret = record.connexion_secrete(birth).unwrap();
    let watch = Watch::start(mock);
    open(&secret).await;
    let (one, two) = (header(&minor, "11488-4"), header(&minor, "11488-4"));
    secret.submit(&Submission::of(text(&one).await)).await.unwrap();
    secret.submit(&hidden(&two, Hidden::FromRepresentatives).await).await.unwrap();
    assert_eq!((stored(&one), stored(&two)), (true, true), "in connexion secrète, hidden in both cases");
    assert!(watch.exchanges().iter().all(|one| one.connexion_secrete), "secret calls carry the confidentiality-code");
}

#[tokio::test]
async fn tnr_01_feeding_in_each_mode() {
    let mock = mock().await;
    feeds_replaces_and_deletes(&mock, &cps(&mock, &p_open()), "DIRECTE").await;
    feeds_replaces_and_deletes(&mock, &psc(&mock, &p_open()), "DIRECTE").await;
    feeds_replaces_and_deletes(&mock, &es(&mock, &p_open()), "INDIRECTE").await;

    let birth = add_patient_of(&mock, 14);
    feeds_the_minor(&mock, &card(&mock, seed::MEDECIN), &birth).await;
    feeds_the_minor(&mock, &psc_session(&mock), &birth).await;
    let structure = client(&mock).indirect(sender()).unwrap();
    feeds_the_minor(&mock, &structure, &birth).await;

    // Around the age of the minor, the minimum age changes the proposal and nothing else.
    let now = Timestamp::now();
    let record = structure.record(patient(MINOR), Consent::given()).unwrap();
    for (years, proposed) in [(13, true), (14, true), (15, false)] {
        assert_eq!(MinimumAge::years(years, now).proposes(&birth, now), proposed, "{years} years");
        assert!(record.connexion_secrete(&birth).unwrap().is_secret());
    }
}
