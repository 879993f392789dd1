//! V33, V34, V40: the structure, its certificate, its sector.

use dmp_protocol::identity::StructureId;
use dmp_protocol::vihf::{AuthenticationMode, name};
use dmp_vocabulary::Realm;

use super::Examined;
use super::attributes::{incorrect, incorrect_value};
use crate::rules::{Denial, Hearing, breach};

pub(super) const STRUCTURE_TEXT: &str =
    "Erreur d'authentification de la personne morale (structure) : les certificats ne correspondent pas";

const SECTOR_SYSTEM: &str = "1.2.250.1.71.4.2.4";
/// Officines: an EJ is never the structure there.
const SECTOR_REFUSING_EJ: &str = "SA17";

pub(super) fn check(examined: &Examined<'_>, asks_existence: bool, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let structure_id = examined.assertion.text(name::STRUCTURE).unwrap_or_default();
    let sector = sector_of(examined);
    let structure = examined.world.structure(structure_id).filter(|structure| structure.active);
    if StructureId::parse(structure_id, Realm::Test).is_err() || structure.is_none() {
        let prefix = if asks_existence { "Impossible d'effectuer un test d'existence : " } else { "" };
        hearing.fault(breach(
            "V33",
            "DMPActorNotFound",
            format!("{prefix}Structure introuvable ou Inactive"),
            "a structure that is malformed, unknown or inactive",
            "a structure of the directory, as Struct_IdNat (1 + FINESS…)",
        ))?;
    }
    // Through Pro Santé Connect the certificate is that of the proxy, the structure that of the activity.
    if !matches!(examined.mode, AuthenticationMode::Directe | AuthenticationMode::ProSanteConnect) {
        agrees_with_certificate(examined, structure_id, sector, hearing)?;
    }
    let known_sector = sector.is_some_and(|sector| examined.nomenclatures.contains(SECTORS, sector, SECTOR_SYSTEM));
    if !known_sector {
        hearing.fault(incorrect_value(
            "V40",
            name::SECTOR,
            examined.assertion.text(name::SECTOR),
            "a sector outside JDV_J61, or not code^OID",
            "SAxx^1.2.250.1.71.4.2.4 of JDV_J61",
        ))?;
    }
    if let (Some(structure), Some(sector)) = (structure, sector)
        && structure.sector != sector
    {
        hearing.observe(incorrect(
            "V40",
            name::SECTOR,
            "a sector other than the structure's in the directory",
            "the sector of the cadre d'exercice",
        ));
    }
    Ok(())
}

/// Value set of the sectors.
const SECTORS: &str = "JDV_J61";

fn sector_of<'a>(examined: &Examined<'a>) -> Option<&'a str> {
    let (code, system) = examined.assertion.text(name::SECTOR)?.split_once('^')?;
    (system == SECTOR_SYSTEM).then_some(code)
}

/// V34: the OU of the certificates, or an EG of that EJ.
fn agrees_with_certificate(
    examined: &Examined<'_>,
    structure_id: &str,
    sector: Option<&str>,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let certificate = examined.signer.unwrap_or(examined.tls);
    let unit = certificate.structure_id().unwrap_or_default();
    if unit != structure_id && !examined.world.belongs_to(structure_id, unit) {
        return hearing.fault(breach(
            "V34",
            "DMPInvalidData",
            STRUCTURE_TEXT,
            "Identifiant_Structure that is not the certificate's OU nor an EG of it",
            "the certificate's structure, or one of its entités géographiques",
        ));
    }
    if !examined.world.is_legal_entity(structure_id) {
        return Ok(());
    }
    let alone = breach(
        "V34",
        "DMPInvalidData",
        STRUCTURE_TEXT,
        "an entité juridique as Identifiant_Structure",
        "the entité géographique where the act takes place",
    );
    if sector == Some(SECTOR_REFUSING_EJ) || examined.mode == AuthenticationMode::AirSimplifie {
        hearing.fault(alone)
    } else {
        // `ej_alone`: tolerated but discouraged.
        hearing.observe(alone);
        Ok(())
    }
}
