//! Connexion secrète, and what the parameter file decides.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::BirthDate;
use jiff::{SignedDuration, Timestamp};

use super::people::*;
use crate::support::documents::{bytes, concept, document, letter, unique_id};
use crate::support::*;

/// Steps of the book in the comments. TD3.3 has no way to hide: its methods mask from professionals or reveal (7).
#[tokio::test]
async fn a_0_1_300_connexion_secrete_of_a_minor() {
    let mock = MockDmp::start().await.unwrap();
    let birth = add_patient_of(&mock, 14);
    let sent = || mock.journal().exchanges().len();
    let secret_since =
        |from: usize| mock.journal().exchanges().iter().skip(from).map(|one| one.connexion_secrete).collect::<Vec<_>>();
    // (1-2) Open, then start.
    let open = direct(&mock).record(patient(MINOR), Consent::given()).unwrap();
    assert!(matches!(open.existence().await.unwrap(), Existence::Active(_)));
    let secret = open.connexion_secrete(&birth).unwrap();
    assert!(secret.is_secret() && !open.is_secret());
    // (3) Four fed, the second replaced, the third deleted, one searched.
    let before = sent();
    let letters: Vec<_> = (0..4).map(|_| letter_about_the_minor()).collect();
    for letter in &letters {
        secret.submit(&Submission::of(document(letter).await)).await.unwrap();
    }
    let second = next_version(&letters[1], 2);
    let replacement = document(&second).await.replacing(unique_id(&letters[1]));
    secret.submit(&Submission::of(replacement)).await.unwrap();
    assert_eq!(secret.delete(unique_id(&letters[2])).await.unwrap(), Change::Done);
    let found = secret.find(Search::approved()).await.unwrap();
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|entry| entry.has_confidentiality("INVISIBLE_REPRESENTANTS_LEGAUX")));
    assert!(secret_since(before).iter().all(|secret| *secret), "the attribute on every call");
    // (4) Close it. (5) The fourth becomes visible, and stays so; a fifth is fed normally.
    drop(secret);
    let before = sent();
    let fourth = open.entry(unique_id(&letters[3])).await.unwrap();
    let visible = next_version(&letters[3], 2);
    open.submit(&Submission::of(document(&visible).await.replacing(&fourth))).await.unwrap();
    let fourth = open.entry(unique_id(&visible)).await.unwrap();
    assert!(!fourth.has_confidentiality("INVISIBLE_REPRESENTANTS_LEGAUX"));
    let again = document(&next_version(&visible, 3)).await.hidden(Hidden::FromRepresentatives).replacing(&fourth);
    assert_eq!(rule(&open.submit(&Submission::of(again)).await.unwrap_err()), "X20", "LOCAL(VISIBILITY)");
    let fifth = letter_about_the_minor();
    open.submit(&Submission::of(document(&fifth).await)).await.unwrap();
    let fifth_entry = open.entry(unique_id(&fifth)).await.unwrap();
    assert!(secret_since(before).iter().all(|secret| !secret), "on none of an ordinary access");
    // (6) Start again: a replacement would hide the fifth.
    let secret = open.connexion_secrete(&birth).unwrap();
    let before = sent();
    let hiding = document(&next_version(&fifth, 2)).await.replacing(&fifth_entry);
    assert_eq!(rule(&secret.submit(&Submission::of(hiding)).await.unwrap_err()), "X20", "LOCAL(VISIBILITY)");
    assert_eq!(sent(), before, "nothing was sent");
    // MIN-07: what is secret is not shown from inside the secret; in an ordinary access it is (3.3-061).
    let error = secret.reveal_to_representatives(unique_id(&second)).await.unwrap_err();
    assert_eq!(rule(&error), "MIN-07");
    assert_eq!(open.reveal_to_representatives(unique_id(&second)).await.unwrap(), Change::Done);
}

fn next_version(of: &cda::n1::N1Builder, number: u32) -> cda::n1::N1Builder {
    cda::n1::N1Builder { replaces: of.unique_id.clone(), version: Some(number), ..letter_about_the_minor() }
}

#[tokio::test]
async fn e2_16_no_vaccination_note_in_connexion_secrete() {
    let mock = MockDmp::start().await.unwrap();
    let birth = add_patient_of(&mock, 14);
    let record = client(&mock).indirect(sender()).unwrap().record(patient(MINOR), Consent::given()).unwrap();
    let mut entry = document(&letter_about_the_minor()).await.entry().clone();
    let note = concept("JDV_J07", "87273-9");
    entry.type_code = Some(xds_model::CodedValue::new(&note.code, &note.display, &note.system));
    let note = Document::from_opaque_bytes(bytes(&letter_about_the_minor()), entry).await.unwrap();
    let error = record.connexion_secrete(&birth).unwrap().submit(&Submission::of(note)).await.unwrap_err();
    assert_eq!(rule(&error), "X23");
}

#[tokio::test]
async fn v_16_connexion_secrete_is_for_minors_by_the_parameter_file() {
    let mock = MockDmp::start().await.unwrap();
    let parameters = ParameterFile::default();
    let client = builder(&mock).parameters(parameters.clone()).build().unwrap();
    let record = client.indirect(sender()).unwrap().record(patient(MINOR), Consent::given()).unwrap();
    let file = |age: u16, minors: &str| {
        let xml = format!(
            "<p><age-majorite>{age}</age-majorite><fonctions-gestion-mineurs>{minors}</fonctions-gestion-mineurs></p>"
        );
        parameters.read(xml.as_bytes(), Timestamp::now()).unwrap();
    };
    for (years, majority, minors, allowed) in [
        (17, 18, "true", true),
        (18, 18, "true", false),
        (15, 15, "oui", false),
        (15, 16, "1", true),
        (3, 18, "non", false),
    ] {
        file(majority, minors);
        let secret = record.connexion_secrete(&add_patient_of(&mock, years));
        match secret {
            Ok(_) => assert!(allowed, "{years} years"),
            Err(error) => assert!(!allowed && rule(&error) == "V46", "{years} years: {error}"),
        }
    }
    assert!(mock.journal().last().is_none(), "nothing was sent");
}

#[tokio::test]
async fn v_16_the_dmp_refuses_connexion_secrete_for_an_adult() {
    let mock = MockDmp::start().await.unwrap();
    add_patient_of(&mock, 40);
    // The software believes in another birth date than the DMP.
    let believed =
        BirthDate::parse_hl7(&format!("{}0101", Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year() - 5));
    let record = client(&mock).indirect(sender()).unwrap().record(patient(MINOR), Consent::given()).unwrap();
    let error = record.connexion_secrete(&believed.unwrap()).unwrap().existence().await.unwrap_err();
    assert_eq!(code(&error), "DMPInvalidData");
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V46");
}

#[tokio::test]
async fn e2_11_cumulation_follows_the_parameter_file() {
    let mut switches = Switches::default();
    switches.server.cumul_invisible_patient_masque_ps = true;
    let mock = MockDmp::builder().switches(switches).start().await.unwrap();
    let parameters = ParameterFile::default();
    let client = builder(&mock).parameters(parameters.clone()).build().unwrap();
    let record = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let submission =
        Submission::of(document(&letter()).await).hidden(Hidden::FromPatient).hidden(Hidden::FromProfessionals);
    assert_eq!(rule(&record.submit(&submission).await.unwrap_err()), "X21");
    let file = b"<p><cumul-invisible_patient-masque_ps>true</cumul-invisible_patient-masque_ps></p>";
    parameters.read(file, Timestamp::now()).unwrap();
    record.submit(&submission).await.unwrap();
}

#[test]
fn a_week_old_parameter_file_is_stale() {
    let file = ParameterFile::default();
    file.read(b"<p><age-majorite>17</age-majorite></p>", Timestamp::now() - SignedDuration::from_hours(24 * 8))
        .unwrap();
    assert!(file.is_stale() && file.age().is_some());
    assert_eq!(file.current().age_majorite, 17);
}
