//! N1 letters of the invented clinic, as its software writes them.

use cda::n1::{N1Author, N1Builder, N1Content, N1Encounter, N1Event, N1Patient, N1Professional, N1Structure, Sex};
use dmp_client::Document;
use dmp_mock::world::seed;
use dmp_vocabulary::identity::{BirthDate, Ins, ProfessionalId, StructureId};
use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};
use dmp_vocabulary::{Oid, Realm};
use uuid::Uuid;

use crate::bare::Failure;

/// A consultation report (`11488-4`) by médecin MODELE ALIX about Camille EXEMPLE, of now; ids are drawn.
///
/// # Errors
/// The constants of this project no longer fit its value sets.
pub fn letter(title: &str) -> Result<N1Builder, Failure> {
    let now = jiff::Timestamp::now().to_zoned(dmp_protocol::paris());
    let start = now.checked_sub(jiff::Span::new().minutes(30))?;
    let structure = N1Structure {
        id: Some(StructureId::parse(seed::STRUCTURE_EG, Realm::Test)?.value),
        name: Some("CLINIQUE DU MODELE".into()),
    };
    let medecin = N1Professional {
        id: Some(ProfessionalId::parse(seed::MEDECIN, Realm::Test)?.value),
        family: Some("MODELE".into()),
        given: Some("ALIX".into()),
        prefix: None,
        suffix: Some("DR".into()),
        specialty: concept("JDV_J01", "G15_10/SM26", "1.2.250.1.213.1.1.4.5"),
        structure: structure.clone(),
    };
    Ok(N1Builder {
        unique_id: Some(random_oid()),
        set_id: Some(random_oid()),
        version: Some(1),
        document_type: concept("JDV_J66", "11488-4", "2.16.840.1.113883.6.1"),
        title: Some(title.into()),
        created: Some(now.clone()),
        patient: camille()?,
        authors: vec![N1Author { professional: medecin.clone(), function: None, time: Some(now.clone()) }],
        custodian: Some(structure),
        legal_authenticator: Some(medecin.clone()),
        authenticated: Some(now.clone()),
        event: N1Event {
            start: Some(start.clone()),
            stop: Some(now),
            practice_setting: concept("JDV_J62", "ETABLISSEMENT", "1.2.250.1.213.1.1.4.9"),
            performer: Some(medecin),
            ..N1Event::default()
        },
        encounter: N1Encounter {
            code: concept("JDV_J142", "AMB", "2.16.840.1.113883.5.4"),
            start: Some(start),
            facility: concept("JDV_J61", "SA01", "1.2.250.1.71.4.2.4"),
            ..N1Encounter::default()
        },
        ..N1Builder::default()
    })
}

/// The bytes of a letter with this text.
///
/// # Errors
/// A letter that is not complete.
pub fn written(letter: &N1Builder, text: &str) -> Result<Vec<u8>, Failure> {
    Ok(letter.build(N1Content::text(text))?)
}

/// The document of a letter with this text.
///
/// # Errors
/// A letter that is not complete.
pub async fn document(letter: &N1Builder, text: &str) -> Result<Document, Failure> {
    Ok(Document::from_cda_bytes(written(letter, text)?).await?)
}

/// The uniqueId of a letter.
///
/// # Errors
/// The letter has none.
pub fn unique_id(letter: &N1Builder) -> Result<String, Failure> {
    Ok(letter.unique_id.as_ref().ok_or("a letter without id")?.to_string())
}

/// A type of document, by its LOINC code.
#[must_use]
pub fn kind(loinc: &str) -> Option<Concept> {
    concept("JDV_J66", loinc, "2.16.840.1.113883.6.1")
}

/// Camille EXEMPLE, the patient whom the clinic follows.
///
/// # Errors
/// As [`letter`].
pub fn camille() -> Result<N1Patient, Failure> {
    Ok(N1Patient {
        ins: Some(Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test)?.value),
        birth_family: Some("EXEMPLE".into()),
        birth_given: Some("CAMILLE".into()),
        birth_given_list: Some("CAMILLE ANNE".into()),
        sex: Some(Sex::Female),
        birth_date: Some(BirthDate::parse_hl7("19800514")?),
        birth_place: Some("75999".into()),
        ..N1Patient::default()
    })
}

fn concept(set: &str, code: &str, system: &str) -> Option<Concept> {
    Nomenclatures::embedded().value_set(set)?.get(code, system).cloned()
}

/// An OID drawn for a document.
#[must_use]
pub fn random_oid() -> Oid {
    Oid::from_uuid(Uuid::new_v4().as_u128())
}
