//! V44 to V46: why the caller comes, and whether in secret.

use dmp_protocol::switches::OnBreach;
use dmp_protocol::vihf::{AuthenticationMode, Purpose, name};

use super::Examined;
use super::attributes::{incorrect, missing};
use crate::rules::actor::class_of_role;
use crate::rules::minor::is_minor;
use crate::rules::{Denial, Hearing, breach};
use crate::world::PatientId;

/// Attribute of the reason of a bris de glace (`bdg_reason_attribute`).
const REASON: &str = "Mode_Acces_Raison";

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
            "an access mode of this actor; centre_15 only from a structure flagged centre de régulation",
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

fn is_allowed(examined: &Examined<'_>, purpose: Purpose) -> bool {
    let first = examined.assertion.roles().into_iter().next();
    let employee = examined.mode == AuthenticationMode::Directe && examined.assertion.name_id.contains('/');
    let non_ps = employee || first.is_some_and(|role| class_of_role(&role.code, &role.code_system) == Some("non_ps"));
    let structure = examined.assertion.text(name::STRUCTURE).and_then(|id| examined.world.structure(id));
    match purpose {
        Purpose::Normal => true,
        Purpose::BrisDeGlace => examined.mode != AuthenticationMode::Indirecte && !non_ps,
        Purpose::Centre15 => {
            let holder = examined.mode == AuthenticationMode::Indirecte || !non_ps;
            holder && structure.is_some_and(|structure| structure.centre_15)
        }
    }
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
        _ if known.is_some_and(|patient| is_minor(patient, examined.now)) => Ok(()),
        OnBreach::Refuse => hearing.fault(adult),
        OnBreach::Warn => {
            hearing.observe(adult);
            Ok(())
        }
        OnBreach::Ignore => Ok(()),
    }
}
