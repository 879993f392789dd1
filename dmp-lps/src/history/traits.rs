//! Whether a document was made with the traits that the patient has now.

use cda::n1::{N1Patient, Sex};
use cda::{CdaError, CdaLimits};

/// Compares the strict traits of a header with those of now; what the register does not know is not compared.
pub(super) fn traits_differ(bytes: &[u8], now: &N1Patient) -> Result<bool, CdaError> {
    let header = cda::read(bytes, &CdaLimits::default())?.header;
    let Some(patient) = header.patient else { return Ok(false) };
    let birth = Some("BR");
    let sex = now.sex.map(|sex| match sex {
        Sex::Male => "M",
        Sex::Female => "F",
        Sex::Unknown => "UN",
    });
    let birth_date = now.birth_date.as_ref().map(|date| date.to_hl7());
    let pairs = [
        (patient.name.family(birth), now.birth_family.as_deref()),
        (patient.name.given(birth), now.birth_given.as_deref()),
        (patient.gender.as_deref(), sex),
        (patient.birth_time.as_ref().map(|time| time.as_str()), birth_date.as_deref()),
    ];
    Ok(pairs.iter().any(|(then, now)| now.is_some() && then != now))
}
