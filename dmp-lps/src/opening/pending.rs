//! F01 rule 9 for the others: TD0.3 acts only for its caller, so each gives back at their next session.

use dmp_client::mode::Consults;
use dmp_client::{DmpError, QualifiedPatient, Session};
use dmp_vocabulary::identity::Ins;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;

use super::store_failed;
use crate::consent::{ConsentGate, StanceLedger};
use crate::context::{AccessContext, PatientKey};
use crate::store::StoreError;

/// What came of the authorisations to give back.
#[derive(Debug, Default)]
#[must_use]
pub struct GivenBack {
    /// How many were given back (TD0.3 SUPPRESSION), or were there no longer.
    pub done: usize,
    /// Those that stay to be given back, and why.
    pub failed: Vec<(PatientKey, DmpError)>,
}

/// Gives back, when a professional logs in, every authorisation that a patient withdrew meanwhile: one TD0.3
/// SUPPRESSION for each. What fails stays for the next session.
///
/// # Errors
/// The register of consents cannot be used.
pub async fn give_back_pending<A: Consults, L: StanceLedger>(
    gate: &ConsentGate<L>,
    ctx: &AccessContext,
    session: &Session<A>,
) -> Result<GivenBack, DmpError> {
    let mut given_back = GivenBack::default();
    let Some(professional) = ctx.professional_key() else { return Ok(given_back) };
    for patient in gate.pending_withdrawals(&professional).await.map_err(store_failed)? {
        match remove(session, &patient).await {
            Ok(()) => {
                gate.withdrawn(&professional, &patient).await.map_err(store_failed)?;
                given_back.done += 1;
            }
            Err(error) => given_back.failed.push((patient, error)),
        }
    }
    Ok(given_back)
}

async fn remove<A: Consults>(session: &Session<A>, patient: &PatientKey) -> Result<(), DmpError> {
    let patient = patient_of(patient).map_err(store_failed)?;
    session.withdraw(patient)?.remove_authorisation().await.map(drop)
}

/// A key was made from a qualified patient; the session checks the number again by its own policy.
fn patient_of(key: &PatientKey) -> Result<QualifiedPatient, StoreError> {
    let text: StrDeserializer<'_, serde::de::value::Error> = key.as_str().into_deserializer();
    let ins = Ins::deserialize(text).map_err(|_| StoreError::Unreadable { what: "patient" })?;
    Ok(QualifiedPatient::declared(ins))
}
