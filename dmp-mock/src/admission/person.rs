//! V35 to V39: the person and the roles.

use dmp_protocol::identity::{ProfessionalId, ProfessionalIdKind};
use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::{AuthenticationMode, Role, RoleKind, name};
use dmp_vocabulary::Realm;

use super::Examined;
use crate::rules::actor::{class_of_role, is_known_role};
use crate::rules::{Denial, Hearing, breach};

pub(super) fn check(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    name_id(examined, hearing)?;
    if examined.mode == AuthenticationMode::Directe {
        let holder = examined.tls.holder_id();
        if holder != Some(examined.assertion.name_id.as_str()) {
            hearing.fault(breach(
                "V36",
                "DMPAuthenticationError",
                "Le porteur de la carte n'est pas l'utilisateur du VIHF",
                "a NameID other than the CN of the card",
                "the holder of the card",
            ))?;
        }
    }
    if examined.mode == AuthenticationMode::ProSanteConnect
        && examined.token_subject != Some(examined.assertion.name_id.as_str())
    {
        hearing.fault(breach(
            "V36",
            "DMPAuthenticationError",
            "L'utilisateur du VIHF n'est pas celui du jeton",
            "a NameID other than the subject of the token",
            "the professional who is logged in at Pro Santé Connect",
        ))?;
    }
    eligible(examined, hearing)?;
    linked(examined, hearing)?;
    roles(&examined.assertion.roles(), examined.nomenclatures, hearing)
}

/// V35: national number in AIR; elsewhere also an internal number of the same structure.
fn name_id(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let text = examined.assertion.name_id.as_str();
    let structure = examined.assertion.text(name::STRUCTURE).unwrap_or_default();
    let refused = |found: &str| {
        breach(
            "V35",
            "DMPInvalidData",
            "Le champ NameID est incorrect : forme non autorisée dans ce mode",
            found,
            "a national number (8 + RPPS), or outside AIR an internal number of the structure (3 + FINESS/…)",
        )
    };
    // Built with the structure's own prefix: accepted by the DMP though never right.
    if !examined.mode.is_air() && text.split_once('/').is_some_and(|(before, id)| before == structure && !id.is_empty())
    {
        hearing.observe(refused("a structure's prefix in front of an internal number"));
        return Ok(());
    }
    let Ok(person) = ProfessionalId::parse(text, Realm::Test) else {
        return hearing.fault(refused("a number that has none of the forms"));
    };
    let person = person.value;
    match person.kind() {
        ProfessionalIdKind::Rpps | ProfessionalIdKind::Adeli if person.internal_id().is_none() => Ok(()),
        _ if examined.mode.is_air() => hearing.fault(refused("an internal number in AIR")),
        _ => match person.structure() {
            Some(of) if of.as_str() == structure => Ok(()),
            _ => hearing.fault(refused("an internal number of another structure")),
        },
    }
}

/// V70, the other half: the directory knows the professional, and the DMP is not open to him.
fn eligible(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    if examined.world.is_eligible(&examined.assertion.name_id) {
        return Ok(());
    }
    hearing.fault(breach(
        "V70",
        "NON_ELLIGIBLE",
        "PS non éligible",
        "a professional to whom the DMP is not open",
        "an eligible professional of the national directory",
    ))
}

/// V37, lenient by default.
fn linked(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let structure = examined.assertion.text(name::STRUCTURE).unwrap_or_default();
    match examined.world.professional(&examined.assertion.name_id) {
        Some(professional) if !professional.structures.iter().any(|one| one == structure) => hearing.fault(breach(
            "V37",
            "DMPInvalidData",
            "PS et Structure non liés",
            "a professional whom the directory does not attach to the structure",
            "structure and sector of one and the same situation d'exercice",
        )),
        _ => Ok(()),
    }
}

/// V38, V39.
fn roles(roles: &[Role], nomenclatures: &Nomenclatures, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let first_is_profession = roles.first().is_some_and(is_profession);
    let all_known = roles.iter().all(|role| is_known_role(&role.code, &role.code_system, nomenclatures));
    if !first_is_profession || !all_known {
        hearing.fault(incorrect_roles(if first_is_profession {
            "a role outside JDV_J65"
        } else {
            "a first value that is not a profession"
        }))?;
    }
    let Some(first) = roles.first() else { return Ok(()) };
    if first.needs_savoir_faire() && !roles.iter().skip(1).any(|role| role.kind() == RoleKind::SavoirFaire) {
        hearing.fault(breach(
            "V39",
            "DMPInvalidData",
            "Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins et les Pharmaciens",
            "profession 10 or 21 without a second role",
            "the savoir-faire (TRE_R01) of a physician, the section (TRE_G05) of a pharmacist",
        ))?;
    }
    if first.code == "99"
        && first.needs_role_in_structure()
        && !roles.iter().skip(1).any(|role| role.code_system == ROLE_IN_STRUCTURE)
    {
        hearing.fault(breach(
            "V39",
            "DMPInvalidData",
            "Le champ subject:role est incorrect : rôle obligatoire",
            "profession 99 without a role",
            "a role of TRE_R85",
        ))?;
    }
    Ok(())
}

/// TRE_R85.
const ROLE_IN_STRUCTURE: &str = "1.2.250.1.213.1.6.1.107";

fn is_profession(role: &Role) -> bool {
    class_of_role(&role.code, &role.code_system).is_some_and(|class| class != "-" && class != "medecin_du_travail")
}

fn incorrect_roles(found: &str) -> Refusal {
    breach(
        "V38",
        "DMPInvalidData",
        "Le champ subject:role est incorrect : valeur hors du jeu de valeurs",
        found,
        "codes of JDV_J65, a profession first",
    )
}
