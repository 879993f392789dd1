//! V41 and V43: the patient that `resource-id` names.

use dmp_protocol::identity::{Ins, InsKind};
use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::name;
use dmp_vocabulary::Realm;

use super::Examined;
use crate::rules::{Denial, Hearing, breach};
use crate::world::PatientId;

const MATRICULE_LENGTH: usize = 15;
/// A test world takes test and demonstration numbers.
const PLATFORM_KINDS: [Option<InsKind>; 2] = [Some(InsKind::NirTest), Some(InsKind::NirDemo)];

/// The patient, when the transaction concerns one.
pub(super) fn check(
    examined: &Examined<'_>,
    concerns_a_patient: bool,
    hearing: &mut Hearing<'_>,
) -> Result<Option<PatientId>, Denial> {
    if !concerns_a_patient {
        return Ok(None);
    }
    let Some(text) = examined.assertion.text(name::RESOURCE_ID) else {
        hearing.fault(refused("V41", "no resource-id"))?;
        return Ok(None);
    };
    let Some(patient) = read(text) else {
        // Even lenient: without a number there is no patient to serve.
        return Err(Denial::new(
            crate::rules::Carrier::Fault,
            refused("V41", "not a CX of 15 characters with an INS OID and ISO^NH"),
        ));
    };
    if InsKind::from_oid(&patient.oid) == Some(InsKind::Nia) {
        hearing.fault(refused("V43", "a numéro identifiant d'attente (NIA)"))?;
    } else if !PLATFORM_KINDS.contains(&InsKind::from_oid(&patient.oid)) {
        hearing.fault(refused("V41", "an INS OID of another platform"))?;
    } else if let Err(error) = Ins::parse(&patient.matricule, &patient.oid, Realm::Test) {
        hearing.fault(refused("V41", &error.to_string()))?;
    }
    Ok(Some(patient))
}

fn refused(rule: &'static str, found: &str) -> Refusal {
    breach(
        rule,
        "DMPInvalidData",
        "Le champ Resource_id est incorrect : INS attendu sur 15 caractères avec l'OID de la plateforme",
        found,
        "<15 characters>^^^&<OID .10 or .11 on a test platform>&ISO^NH",
    )
}

/// The CX without judging its key and its OID; what older producers write after the type is left aside.
pub(crate) fn read(cx: &str) -> Option<PatientId> {
    let mut components = cx.trim().split('^');
    let matricule = components.next()?;
    if !components.next()?.is_empty() || !components.next()?.is_empty() {
        return None;
    }
    let oid = components.next()?.strip_prefix('&')?.strip_suffix("&ISO")?;
    let is_typed = components.next().is_some_and(|kind| kind.eq_ignore_ascii_case("NH"));
    let is_sound = matricule.len() == MATRICULE_LENGTH
        && matricule.bytes().enumerate().all(|(at, byte)| {
            // Corsican départements: 2A, 2B.
            byte.is_ascii_digit() || (at == 6 && matches!(byte, b'A' | b'B'))
        });
    (is_typed && is_sound && InsKind::from_oid(oid).is_some()).then(|| PatientId::new(matricule, oid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_id_is_read_or_not() {
        let good = "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH";
        assert_eq!(read(good), Some(PatientId::new("280057599900151", "1.2.250.1.213.1.4.10")));
        assert!(read(&format!("{good}^^20260302")).is_some(), "CX.7 of older producers");
        assert!(read("175112A99901005^^^&1.2.250.1.213.1.4.8&ISO^NH").is_some(), "production OID: V41's business");
        for bad in [
            "",
            "2800575999001^^^&1.2.250.1.213.1.4.10&ISO^NH",
            "280057599900151",
            "280057599900151^^^&1.2.3&ISO^NH",
            "280057599900151^^^1.2.250.1.213.1.4.10^NH",
            "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^PI",
            "28005759990015X^^^&1.2.250.1.213.1.4.10&ISO^NH",
            "280057599900151^x^^&1.2.250.1.213.1.4.10&ISO^NH",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
