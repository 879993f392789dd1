//! Connexion secrète, and what the parameter file decides.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::BirthDate;
use jiff::{SignedDuration, Timestamp};

use super::people::*;
use crate::support::documents::{bytes, concept, document, letter, unique_id};
use crate::support::*;

#[tokio::test]
async fn a_0_1_300_connexion_secrete_of_a_minor() {
    let mock = MockDmp::start().await.unwrap();
    let birth = add_patient_of(&mock, 14);
    let feeding = client(&mock).indirect(sender()).unwrap().record(patient(MINOR), Consent::given()).unwrap();
    let secret = feeding.connexion_secrete(&birth).unwrap();
    assert!(secret.is_secret() && !feeding.is_secret());

    let first = letter_about_the_minor();
    secret.submit(&Submission::of(document(&first).await)).await.unwrap();
    let id = unique_id(&first);
    secret.submit(&Submission::of(document(&letter_about_the_minor()).await)).await.unwrap();
    assert!(mock.journal().exchanges().iter().all(|one| one.connexion_secrete), "on every call");

    let consulting = air(&mock).record(patient(MINOR), Consent::given()).unwrap();
    let entry = consulting.entry(id.as_str()).await.unwrap();
    assert!(entry.has_confidentiality("INVISIBLE_REPRESENTANTS_LEGAUX"));
    assert!(!mock.journal().last().unwrap().connexion_secrete, "on none of an ordinary record");

    // MIN-07: what is secret is not shown from inside the secret.
    let seen_in_secret = consulting.connexion_secrete(&birth).unwrap();
    let error = seen_in_secret.reveal_to_representatives(id.as_str()).await.unwrap_err();
    assert_eq!(rule(&error), "MIN-07");
    // 3.3-061, in an ordinary access.
    assert_eq!(consulting.reveal_to_representatives(id.as_str()).await.unwrap(), Change::Done);
    assert_eq!(secret.delete(id.as_str()).await.unwrap(), Change::Done);
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
