//! F34: notes de vaccination, from the professional who writes one to the vaccination history of the DMP.

use crate::support::documents::{concept, random_oid};
use crate::support::queue::{Scene, work};
use crate::support::written::{at, code, doctor};
use crate::support::{context, feeding, patient, qualified};
use cda::build::{
    CIS, Confidentiality, DocumentHeader, Name, VACCINATION_NOTE, Vaccination, VaccinationId, VaccinationNote,
    Vaccinator, Vaccine,
};
use dmp_client::{ErrorKind, Hidden, Outcome};
use dmp_lps::outbox::{NewFeed, Reason, State};
use dmp_lps::vaccination::{VaccinationError, Vaccinations};
use dmp_lps::{AccessContext, Database};
use dmp_mock::MockDmp;
use dmp_mock::world::PatientId;
use dmp_mock::world::holder::HolderAction;
use jiff::civil::date;

const PRODUCT: &str = "69999901";

fn header() -> DocumentHeader {
    crate::support::written::header(VACCINATION_NOTE, "Note de vaccination")
}

fn vaccination(day: jiff::civil::Date, vaccinator: Vaccinator) -> Vaccination {
    Vaccination {
        id: VaccinationId::from_u128(uuid()),
        act: code("INITIMMUNIZ", "1ère série vaccinante", "2.16.840.1.113883.5.4"),
        day,
        vaccine: Vaccine {
            product: code(PRODUCT, "Vaccin d'exemple", CIS),
            translations: Vec::new(),
            name: "Vaccin d'exemple, suspension injectable".to_owned(),
            lot: Some("LOT-1".to_owned()),
        },
        route: None,
        site: None,
        rank: Some(1),
        comment: None,
        vaccinator,
    }
}

/// An uniqueId of `2.25` is a UUID.
fn uuid() -> u128 {
    random_oid().to_string().trim_start_matches("2.25.").parse().unwrap()
}

fn note(vaccination: Vaccination) -> VaccinationNote {
    VaccinationNote::new(header(), vaccination)
}

fn today() -> Vaccination {
    vaccination(date(2026, 3, 2), Vaccinator::Author)
}

fn ctx() -> AccessContext {
    context("alix", "team-1", "visit-1")
}

fn vaccinations() -> Vaccinations<Database> {
    Vaccinations::new(Database::in_memory().unwrap())
}

/// Queued, and fed or not: where it stands.
async fn fed(scene: &Scene, mock: &MockDmp, cda: Vec<u8>, replaced: Option<&str>) -> dmp_lps::outbox::FeedItem {
    let feed = NewFeed::of(ctx(), patient()).validated();
    let feed = replaced.map_or(feed.clone(), |replaced| feed.replacing(replaced));
    let id = scene.queue.enqueue_bytes(feed, cda).await.unwrap();
    scene.pass_delay();
    work(&scene.queue.worker(feeding(mock)).await.unwrap()).await;
    scene.queue.get(id).await.unwrap()
}

fn in_the_dmp(mock: &MockDmp) -> Vec<dmp_mock::world::Vaccination> {
    mock.with_world(|world| world.vaccinations(&holder()).to_vec())
}

fn holder() -> PatientId {
    let ins = qualified();
    PatientId { matricule: ins.ins().matricule().to_owned(), oid: ins.ins().oid().to_owned() }
}

#[tokio::test]
async fn f34_a_note_is_fed_corrected_and_forgotten() {
    let (mock, scene, vaccinations) = (MockDmp::start().await.unwrap(), Scene::new(), vaccinations());
    let first = note(today());
    let cda = vaccinations.prepare(&ctx(), &first).await.unwrap();
    let item = fed(&scene, &mock, cda, None).await;
    assert_eq!(item.state, State::Sent, "{item:?}");
    vaccinations.published(&first).await.unwrap();
    let [known] = &*vaccinations.known(&patient()).await.unwrap() else { panic!() };
    assert_eq!((known.note.as_str(), known.product.as_str()), (item.unique_id.as_str(), PRODUCT));
    assert_eq!(in_the_dmp(&mock)[0].id.as_deref(), Some(known.id.as_str()));

    // The same vaccine on the same day is another note: refused here, and it says what to do.
    let Err(VaccinationError::Refused(again)) = vaccinations.prepare(&ctx(), &note(today())).await else { panic!() };
    assert_eq!((again.rule(), again.outcome()), (Some("X23"), Outcome::NotSent));
    assert!(again.to_string().contains("DMPFragmentCVAError"), "{again}");

    // A correction replaces it, and is of the same vaccination, as the ledger knows it.
    let mut right = Vaccination { id: known.id.clone(), ..today() };
    right.vaccine.lot = Some("LOT-2".to_owned());
    let second = first.corrected(random_oid(), at("2026-03-02T09:00:00Z"), right);
    let cda = vaccinations.prepare(&ctx(), &second).await.unwrap();
    let item = fed(&scene, &mock, cda, Some(&known.note)).await;
    assert_eq!(item.state, State::Sent, "{item:?}");
    vaccinations.published(&second).await.unwrap();
    let [now] = &*vaccinations.known(&patient()).await.unwrap() else { panic!() };
    assert_eq!((&now.id, now.note.as_str()), (&known.id, item.unique_id.as_str()));
    let [told] = &*in_the_dmp(&mock) else { panic!() };
    assert_eq!((told.id.as_deref(), told.note.as_deref()), (Some(now.id.as_str()), Some(now.note.as_str())));

    vaccinations.removed(&now.note).await.unwrap();
    assert!(vaccinations.known(&patient()).await.unwrap().is_empty());
    vaccinations.prepare(&ctx(), &note(today())).await.unwrap();
}

#[tokio::test]
async fn f34_what_another_software_told_already_is_explained() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    for state in [State::Sent, State::Failed] {
        // Neither software knows what the other fed.
        let cda = vaccinations().prepare(&ctx(), &note(today())).await.unwrap();
        let item = fed(&scene, &mock, cda, None).await;
        assert_eq!(item.state, state, "{item:?}");
        if let Some(error) = item.error {
            assert_eq!((error.kind.as_str(), error.code.as_deref()), ("Validation", Some("DMPFragmentCVAError")));
            assert!(error.line.contains("update the existing note"), "{}", error.line);
            let known = dmp_protocol::error::KnownCode::find("DMPFragmentCVAError").unwrap();
            let cause = known.entry().cause.english;
            assert!(cause.starts_with("same date and CIS code already in the vaccination history"), "{cause}");
        }
    }
    assert_eq!(in_the_dmp(&mock).len(), 1);
}

#[tokio::test]
async fn f34_what_the_patient_told_is_validated_with_a_full_or_a_partial_vaccinator() {
    let (mock, scene, vaccinations) = (MockDmp::start().await.unwrap(), Scene::new(), vaccinations());
    let noe = doctor("899999000047", "CANEVAS", "NOE");
    let cases = [
        (date(2024, 1, 5), Vaccinator::Identified(Box::new(noe)), 2),
        (date(2025, 1, 6), Vaccinator::Named(Name::new("AUTREFOIS", "CLAUDE")), 1),
    ];
    for (day, vaccinator, authors) in cases {
        let told = HolderAction::AddVaccination {
            date: day.strftime("%Y%m%d").to_string(),
            product: PRODUCT.to_owned(),
            label: "Vaccin d'exemple".to_owned(),
        };
        mock.decide(&holder(), told).unwrap();
        let one = note(vaccination(day, vaccinator));
        let item = fed(&scene, &mock, vaccinations.prepare(&ctx(), &one).await.unwrap(), None).await;
        assert_eq!(item.state, State::Sent, "{item:?}");
        vaccinations.published(&one).await.unwrap();
        let entry = mock.with_world(|world| world.registry.last_version(&item.unique_id).unwrap().entry.clone());
        assert_eq!(entry.authors.len(), authors, "the same number as in the note");
    }
    let known = in_the_dmp(&mock);
    assert!(known.len() == 2 && known.iter().all(|one| one.note.is_some()), "validated, not doubled");
    let days: Vec<_> = vaccinations.known(&patient()).await.unwrap().iter().map(|one| one.day).collect();
    assert_eq!(days, [date(2024, 1, 5), date(2025, 1, 6)]);
}

#[tokio::test]
async fn f34_no_note_in_connexion_secrete_or_hidden_from_somebody() {
    let secret = AccessContext { secret: true, ..ctx() };
    let Err(VaccinationError::Refused(refused)) = vaccinations().prepare(&secret, &note(today())).await else {
        panic!()
    };
    assert_eq!((refused.rule(), refused.kind()), (Some("EX_2.1-2005"), ErrorKind::Validation));
    let scene = Scene::new();
    for hidden in [Hidden::FromPatient, Hidden::FromProfessionals, Hidden::FromRepresentatives] {
        let feed = NewFeed::of(ctx(), patient()).hidden(hidden).validated();
        let cda = vaccinations().prepare(&ctx(), &note(today())).await.unwrap();
        let id = scene.queue.enqueue_bytes(feed, cda).await.unwrap();
        let item = scene.queue.get(id).await.unwrap();
        assert_eq!(
            (item.state, item.reasons.contains(&Reason::VaccinationRule)),
            (State::Excluded, true),
            "{hidden:?}"
        );
    }
}

#[tokio::test]
async fn f34_a_note_that_breaks_a_rule_is_not_prepared() {
    let mut restricted = header();
    restricted.confidentiality = Confidentiality::Restricted;
    let refused = vaccinations().prepare(&ctx(), &VaccinationNote::new(restricted, today())).await.unwrap_err();
    assert!(matches!(refused, VaccinationError::Build(_)), "{refused}");
    let mut of_essms = header();
    of_essms.event.practice_setting = concept("JDV_J04", "ESSMS");
    let refused = vaccinations().prepare(&ctx(), &VaccinationNote::new(of_essms, today())).await.unwrap_err();
    assert!(matches!(&refused, VaccinationError::Invalid { rules } if *rules == ["CDA-DMP-007"]), "{refused}");
}
