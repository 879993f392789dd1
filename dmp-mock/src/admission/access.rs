//! V44 to V46: why the caller comes, and whether in secret.

use dmp_protocol::switches::OnBreach;
use dmp_protocol::vihf::{Purpose, name};

use super::Examined;
use super::attributes::{incorrect, missing};
use crate::rules::minor::is_minor;
use crate::rules::{Denial, Hearing, breach};
use crate::world::PatientId;

/// Attribute of the reason of a bris de glace (`bdg_reason_attribute`).
pub(crate) const REASON: &str = "Mode_Acces_Raison";

/// V44, V45.
pub(super) fn check(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let element = examined.assertion.purpose_element();
    let known_system = element.is_some_and(|element| element.code_system == PURPOSE_SYSTEM);
    let purpose = examined.assertion.purpose().filter(|_| known_system);
    let Some(purpose) = purpose else {
        return hearing.fault(incorrect(
            "V44",
            name::PURPOSE_OF_USE,
            "an unknown code or code system",
            "normal, bris_de_glace or centre_15 of 1.2.250.1.213.1.1.4.248",
        ));
    };
    if !is_allowed(examined, purpose) {
        hearing.fault(breach(
            "V44",
            "DMPAccessDeniedByRightsService",
            "Mode d'accès non autorisé pour cet acteur",
            format!("{} in {:?}", purpose.code(), examined.mode),
            "centre_15 only from a structure flagged centre de régulation",
        ))?;
    }
    let reason = examined.assertion.text(REASON).is_some_and(|reason| !reason.trim().is_empty());
    match (purpose == Purpose::BrisDeGlace, reason) {
        (true, false) => hearing.fault(missing("V45", REASON)),
        (false, true) => hearing.fault(incorrect(
            "V45",
            REASON,
            "a reason without bris de glace",
            "a reason only with bris_de_glace",
        )),
        _ => Ok(()),
    }
}

const PURPOSE_SYSTEM: &str = "1.2.250.1.213.1.1.4.248";

/// The centre 15 is a matter of the structure. Whether this actor may come in that mode at all is a column of the rights
/// matrices: FUN-01.
fn is_allowed(examined: &Examined<'_>, purpose: Purpose) -> bool {
    let structure = examined.assertion.text(name::STRUCTURE).and_then(|id| examined.world.structure(id));
    purpose != Purpose::Centre15 || structure.is_some_and(|structure| structure.centre_15)
}

/// V46, once the patient is known: connexion secrète is for minors.
pub(super) fn check_secret(
    examined: &Examined<'_>,
    patient: Option<&PatientId>,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let assertion = examined.assertion;
    if assertion.attributes_named(name::CONFIDENTIALITY_CODE).next().is_none() {
        return Ok(());
    }
    let refused = |found: &str| {
        breach(
            "V46",
            "DMPInvalidData",
            "La connexion secrète n'est pas permise : patient majeur ou code inconnu",
            found,
            "INVISIBLE_REPRESENTANTS_LEGAUX^1.2.250.1.213.1.1.4.13, for a minor",
        )
    };
    if !assertion.is_connexion_secrete() {
        return hearing.fault(refused("another code"));
    }
    let known = patient.and_then(|patient| examined.world.patient(patient));
    let adult = refused("a patient who is not a minor");
    match examined.switches.secret_on_adult {
        _ if known.is_some_and(|patient| is_minor(patient, examined.now, examined.switches)) => Ok(()),
        OnBreach::Refuse => hearing.fault(adult),
        OnBreach::Warn => {
            hearing.observe(adult);
            Ok(())
        }
        OnBreach::Ignore => Ok(()),
    }
}
