//! What the world knows of a patient, as the patient messages say it.

use dmp_protocol::patient::{
    Acknowledgement, Address, Answer, CivilData, Gender, InstanceIdentifier, LegalRepresentative, PatientQueryResponse,
    PatientTraits, Question, Telecom, WireTime,
};
use dmp_protocol::xml::WriteError;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Asked, Said, serialise};
use crate::world::{Patient, PostalAddress, Representative, Sex};

/// The message of TD0.2 and TD1.3a.
pub(super) fn response(question: Question, asked: Asked, answer: Answer, now: Timestamp) -> PatientQueryResponse {
    PatientQueryResponse {
        question,
        id: InstanceIdentifier::bare(Uuid::new_v4().to_string()),
        creation_time: WireTime::at(now),
        lps: asked.lps,
        request_id: Some(asked.id),
        query_id: asked.query_id,
        answer,
    }
}

/// C4.
pub(super) fn refusal(said: Said<'_>, question: Question, asked: Asked, now: Timestamp) -> Result<String, WriteError> {
    let response = response(question, asked, Answer::Refused(Acknowledgement::error(said.code, said.text)), now);
    serialise(|w| response.write(w))
}

pub(super) fn traits(patient: &Patient) -> PatientTraits {
    PatientTraits {
        prefix: patient.administrative.civility.clone(),
        given: patient.given_names.clone(),
        used_name: patient.used_name.clone(),
        birth_name: Some(patient.birth_name.clone()),
        telecoms: telecoms(&patient.administrative.telecoms),
        gender: patient.sex.map(gender),
        birth_time: patient.birth_date.clone(),
    }
}

pub(super) fn gender(sex: Sex) -> Gender {
    match sex {
        Sex::M => Gender::Male,
        Sex::F => Gender::Female,
    }
}

/// What TD1.3a adds.
pub(super) fn civil(patient: &Patient) -> CivilData {
    let known = &patient.administrative;
    CivilData {
        deceased: Some(patient.deceased_on.is_some()),
        addresses: known.address.iter().map(address).collect(),
        representatives: known.representatives.iter().map(representative).collect(),
        birth_place: known.birth_place.as_ref().map(address),
    }
}

/// What TD0.5 shows of an address: city and postal code.
pub(super) fn town(patient: &Patient) -> CivilData {
    let known = patient.administrative.address.as_ref();
    let town = known.map(|known| Address {
        postal_code: known.postal_code.clone(),
        city: known.city.clone(),
        ..Address::default()
    });
    CivilData { addresses: town.into_iter().collect(), ..CivilData::default() }
}

fn address(known: &PostalAddress) -> Address {
    Address {
        lines: known.lines.clone(),
        locators: Vec::new(),
        postal_code: known.postal_code.clone(),
        city: known.city.clone(),
        country: known.country.clone(),
    }
}

fn representative(known: &Representative) -> LegalRepresentative {
    LegalRepresentative {
        relationship: known.relationship.clone(),
        prefix: known.civility.clone(),
        given: known.given_name.iter().cloned().collect(),
        family: known.name.clone(),
        addresses: known.address.iter().map(address).collect(),
        telecoms: telecoms(&known.telecoms),
    }
}

fn telecoms(urls: &[String]) -> Vec<Telecom> {
    urls.iter().map(|url| Telecom { purpose: purpose(url).map(str::to_owned), url: url.clone() }).collect()
}

fn purpose(url: &str) -> Option<&'static str> {
    let number = url.strip_prefix("tel:")?;
    let is_mobile = ["06", "07", "+336", "+337"].iter().any(|prefix| number.starts_with(prefix));
    Some(if is_mobile { "MC" } else { "HP" })
}
