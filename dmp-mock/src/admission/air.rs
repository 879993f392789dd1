//! V70 to V74: what AIR and AIR simplifié add.

use dmp_protocol::vihf::{AuthenticationClass, AuthenticationMode, name};

use super::Examined;
use super::structure::STRUCTURE_TEXT;
use crate::rules::{Denial, Hearing, breach};

/// In the order of errors.md §11: V70, V73, V74, then V71, V72.
pub(super) fn check(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    if examined.mode.is_air() {
        in_the_directory(examined, hearing)?;
    }
    method(examined, hearing)?;
    if examined.mode == AuthenticationMode::AirSimplifie {
        named_person(examined, hearing)?;
        two_factors(examined, hearing);
        finess(examined, hearing)?;
        white_list(examined, hearing)?;
    }
    Ok(())
}

fn in_the_directory(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    if examined.world.professional(&examined.assertion.name_id).is_some() {
        return Ok(());
    }
    hearing.fault(breach(
        "V70",
        "DMPActorNotFound",
        "PS introuvable",
        "a NameID that is not in the directory",
        "a professional of the national directory",
    ))
}

/// V73. The value that tells AIR simplifié has already decided the mode.
fn method(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let declared = examined.assertion.declaration.as_deref().is_some_and(|method| !method.trim().is_empty());
    let refused = |found: &str, expected: &str| {
        breach("V73", "DMPInvalidData", "La méthode d'authentification primaire est incorrecte", found, expected)
    };
    match (examined.mode.is_air(), declared) {
        (true, false) => hearing.fault(refused(
            "no AuthnContextDecl",
            "CONF_EXI_PGSSIS in AIR simplifié, the primary authentication method in AIR",
        )),
        (true, true) if !known_method(examined) => {
            hearing.fault(refused("a method outside `air_methods`", "CONF_EXI_PGSSIS, or a method of the list"))
        }
        (false, true) => {
            hearing.observe(refused("an AuthnContextDecl outside AIR", "AuthnContextDecl only in AIR"));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The list of plain AIR is not public: any, unless `air_methods` gives one.
fn known_method(examined: &Examined<'_>) -> bool {
    let methods = &examined.switches.air_methods;
    let said = examined.assertion.declaration.as_deref().unwrap_or_default();
    examined.mode == AuthenticationMode::AirSimplifie || methods.is_empty() || methods.iter().any(|one| one == said)
}

/// V74.
fn named_person(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let name_id = &examined.assertion.name_id;
    let rpps = name_id.len() == 12 && name_id.starts_with('8') && name_id.bytes().all(|byte| byte.is_ascii_digit());
    let generic = examined.world.professional(name_id).is_none_or(|professional| professional.generic);
    if rpps && !generic {
        return Ok(());
    }
    hearing.fault(breach(
        "V74",
        "DMPInvalidData",
        "Identifiant RPPS non nominatif ou inconnu",
        "a NameID that is not the RPPS of a named person",
        "8 + RPPS of the person behind the transaction, or responsible for the care",
    ))
}

/// EXI 21: a class of one factor contradicts AIR simplifié; the client refuses it, the server warns.
fn two_factors(examined: &Examined<'_>, hearing: &mut Hearing<'_>) {
    if AuthenticationClass::parse(&examined.assertion.class).is_some_and(AuthenticationClass::is_one_factor) {
        hearing.observe(breach(
            "V73",
            "DMPInvalidData",
            "",
            "a class of one factor in AIR simplifié",
            "a class that says two factors (EXI 21)",
        ));
    }
}

/// V71.
fn finess(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let certificates = [Some(examined.tls), examined.signer];
    let all = certificates
        .into_iter()
        .flatten()
        .all(|certificate| certificate.structure_id().is_some_and(|unit| unit.len() == 10 && unit.starts_with('1')));
    if all {
        return Ok(());
    }
    hearing.fault(breach(
        "V71",
        "DMPInvalidData",
        STRUCTURE_TEXT,
        "a certificate whose OU is not 1 + FINESS",
        "certificates that carry a FINESS (EXI 22)",
    ))
}

/// V72.
fn white_list(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let structure = examined.assertion.text(name::STRUCTURE).unwrap_or_default();
    let unit = examined.tls.structure_id().unwrap_or_default();
    if examined.world.white_list_admits(unit, structure, examined.now) {
        return Ok(());
    }
    hearing.fault(breach(
        "V72",
        "DMPAccessDeniedByRightsService",
        "Structure non autorisée en mode AIR simplifié",
        "a certificate and a structure that are not together on the white list, or no longer",
        "an auto-homologated structure on the white list (EXI 27)",
    ))
}
