//! Roles of a subject, by the codes a directory gives, with the labels of the nomenclatures.

use dmp_protocol::vihf::{Role, RoleKind};
use dmp_vocabulary::identity::{ProfessionalId, ProfessionalIdKind};
use dmp_vocabulary::nomenclature::Nomenclatures;
use xds_model::CodedValue;

/// TRE_G15, professions de santé.
const PROFESSIONS: &str = "1.2.250.1.71.1.2.7";
/// TRE_G16, professions de santé en formation.
const PROFESSIONS_IN_TRAINING: &str = "1.2.250.1.71.1.2.8";
/// TRE_R01, savoir-faire of a médecin.
const SAVOIR_FAIRE: &str = "1.2.250.1.71.4.2.5";
/// TRE_G05, sections of the Ordre des pharmaciens.
const SECTIONS_CNOP: &str = "1.2.250.1.71.4.2.6";
/// TRE_A00, producers who are not professionnels de santé.
const NOT_PROFESSIONALS: &str = "1.2.250.1.213.1.1.4.6";
/// TRE_R291, other professions: `99` alone.
const OTHER_PROFESSIONS: &str = "1.2.250.1.213.1.6.1.140";
/// TRE_R85, roles in a structure.
const ROLES_IN_STRUCTURE: &str = "1.2.250.1.213.1.6.1.107";
/// TRE_A02, specialties of authors.
const SPECIALTIES: &str = "1.2.250.1.213.1.1.4.5";

/// A profession de santé: `10` médecin, `21` pharmacien, `60` infirmier…
#[must_use]
pub fn profession(code: &str) -> Role {
    labelled(code, PROFESSIONS)
}

/// Savoir-faire of a médecin: `SM26`…
#[must_use]
pub fn savoir_faire(code: &str) -> Role {
    labelled(code, SAVOIR_FAIRE)
}

/// Section of a pharmacien: `A` to `H`.
#[must_use]
pub fn section_cnop(code: &str) -> Role {
    labelled(code, SECTIONS_CNOP)
}

/// Profession and, where the profession has one, savoir-faire, from two codes of the directory.
#[must_use]
pub fn of_directory(profession_code: &str, savoir_faire_code: Option<&str>) -> Vec<Role> {
    let second = savoir_faire_code.map(|code| match profession_code {
        "21" => section_cnop(code),
        _ => savoir_faire(code),
    });
    std::iter::once(profession(profession_code)).chain(second).collect()
}

/// A professionnel de santé en formation, the holder of a CPF: as [`of_directory`], in TRE_G16.
#[must_use]
pub fn in_training(profession_code: &str, savoir_faire_code: Option<&str>) -> Vec<Role> {
    let second = of_directory(profession_code, savoir_faire_code).into_iter().skip(1);
    std::iter::once(labelled(profession_code, PROFESSIONS_IN_TRAINING)).chain(second).collect()
}

/// Somebody characterised by a role in the structure (TRE_R85): `331` secrétaire médicale… (PSMS, RPPS+).
#[must_use]
pub fn employee(role_code: &str) -> Vec<Role> {
    vec![labelled("99", OTHER_PROFESSIONS), labelled(role_code, ROLES_IN_STRUCTURE)]
}

/// Somebody who is no professionnel de santé, by a code of TRE_A00: `SECRETARIAT_MEDICAL`…
#[must_use]
pub fn not_professional(code: &str) -> Vec<Role> {
    vec![labelled(code, NOT_PROFESSIONALS)]
}

/// An automatic process.
pub(crate) fn automate() -> Role {
    labelled("AUTOMATE", NOT_PROFESSIONALS)
}

/// The label is for people: a code without one is its own label.
fn labelled(code: &str, system: &str) -> Role {
    let nomenclatures = Nomenclatures::embedded();
    Role::new(code, system, nomenclatures.display(code, system).unwrap_or(code))
}

/// `authorSpecialty` of a professional: `G15_10/SM26`, when the nomenclature has it.
pub(crate) fn author_specialty(roles: &[Role]) -> Option<CodedValue> {
    let profession = roles.first().filter(|role| role.code_system == PROFESSIONS)?;
    let second = roles.iter().find(|role| role.kind() == RoleKind::SavoirFaire);
    let code = match second {
        Some(second) => format!("G15_{}/{}", profession.code, second.code),
        None => format!("G15_{}", profession.code),
    };
    let display = Nomenclatures::embedded().display(&code, SPECIALTIES)?;
    Some(CodedValue { display: Some(display.to_owned()), code, system: SPECIALTIES.to_owned() })
}

/// Whether the identifier is a number of the national directory.
pub(crate) fn is_rpps(id: &ProfessionalId) -> bool {
    id.kind() == ProfessionalIdKind::Rpps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specialties_follow_the_nomenclature() {
        for (profession, second, expected) in [
            ("10", Some("SM26"), Some("G15_10/SM26")),
            ("21", Some("H"), Some("G15_21/H")),
            ("60", None, Some("G15_60")),
            ("10", Some("SM99999"), None),
        ] {
            let specialty = author_specialty(&of_directory(profession, second));
            assert_eq!(specialty.map(|code| code.code).as_deref(), expected);
        }
        assert_eq!(author_specialty(&[automate()]), None);
    }

    #[test]
    fn the_second_role_belongs_to_the_profession() {
        let pharmacist = of_directory("21", Some("H"));
        assert_eq!(pharmacist.get(1).map(|role| role.code_system.as_str()), Some(SECTIONS_CNOP));
        let doctor = of_directory("10", Some("SM26"));
        assert_eq!(doctor.get(1).map(|role| role.code_system.as_str()), Some(SAVOIR_FAIRE));
        assert_eq!(doctor.first().map(|role| role.display.as_str()), Some("Médecin"));
    }
}
