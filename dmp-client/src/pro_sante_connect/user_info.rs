//! `userInfo` of Pro Santé Connect: who logged in, and where that person may act.

use std::fmt;

use dmp_vocabulary::identity::{IdentityError, IdentityPolicy, ProfessionalId, StructureId};
use serde_json::Value;

use crate::session::{Establishment, Professional, roles};

/// What Pro Santé Connect says of the person who logged in. Unknown fields are ignored, empty strings are absent.
#[derive(Clone)]
pub struct UserInfo {
    id: ProfessionalId,
    family: String,
    given: String,
    activities: Vec<Activity>,
}

/// One situation d'exercice: a profession in a structure. The professional chooses one (`EX_GEN-1370`).
#[derive(Clone)]
pub struct Activity {
    profession: String,
    savoir_faire: Option<String>,
    structure: StructureId,
    name: String,
    sector: String,
}

/// Why a `userInfo` cannot open a session. Holds no value of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UserInfoError {
    /// Not JSON.
    #[error("userInfo is not a JSON object")]
    Syntax,
    /// No usable national number.
    #[error("userInfo names no professional: {0}")]
    Subject(IdentityError),
    /// A field that a VIHF cannot do without.
    #[error("userInfo has no {0}")]
    Missing(&'static str),
}

impl UserInfo {
    /// Reads the JSON. Activities whose structure has no Struct_IdNat (`ancienIdentifiantDeLaStructure`), no sector or no
    /// profession cannot be named in a VIHF and are left out.
    ///
    /// # Errors
    /// [`UserInfoError`].
    pub fn from_json(json: &[u8], policy: impl Into<IdentityPolicy>) -> Result<Self, UserInfoError> {
        let policy = policy.into();
        let json: Value = serde_json::from_slice(json).map_err(|_| UserInfoError::Syntax)?;
        let subject = text(&json, "SubjectNameID").or_else(|| text(&json, "preferred_username"));
        let subject = subject.ok_or(UserInfoError::Missing("SubjectNameID"))?;
        let id = ProfessionalId::parse(subject, policy).map_err(UserInfoError::Subject)?.value;
        let family = text(&json, "family_name").ok_or(UserInfoError::Missing("family_name"))?;
        let given = text(&json, "given_name").ok_or(UserInfoError::Missing("given_name"))?;
        let exercices = list(json.get("SubjectRefPro"), "exercices");
        let activities = exercices.iter().flat_map(|exercice| {
            list(Some(exercice), "activities")
                .iter()
                .filter_map(move |activity| Activity::read(exercice, activity, policy))
        });
        Ok(Self { id, family: family.to_owned(), given: given.to_owned(), activities: activities.collect() })
    }

    /// Where the professional may act.
    #[must_use]
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// The professional, in the activity that was chosen.
    #[must_use]
    pub fn professional(&self, activity: &Activity) -> Professional {
        let establishment = Establishment::new(activity.structure.clone(), &activity.name, &activity.sector);
        let roles = roles::of_directory(&activity.profession, activity.savoir_faire.as_deref());
        Professional::numbered(self.id.clone(), &self.family, &self.given, roles, establishment)
    }
}

impl Activity {
    fn read(exercice: &Value, activity: &Value, policy: IdentityPolicy) -> Option<Self> {
        let profession = text(exercice, "codeProfession")?;
        // The second role of a pharmacien is the section, which belongs to the activity.
        let second = match profession {
            "21" => text(activity, "codeSectionPharmacien"),
            "10" => text(exercice, "codeSavoirFaire"),
            _ => None,
        };
        let structure = StructureId::parse(text(activity, "ancienIdentifiantDeLaStructure")?, policy).ok()?.value;
        Some(Self {
            profession: profession.to_owned(),
            savoir_faire: second.map(str::to_owned),
            structure,
            name: text(activity, "raisonSocialeSite").unwrap_or_default().to_owned(),
            sector: text(activity, "codeSecteurDactivite")?.to_owned(),
        })
    }

    /// Name of the structure, to be chosen among.
    #[must_use]
    pub fn structure_name(&self) -> &str {
        &self.name
    }

    /// Struct_IdNat.
    #[must_use]
    pub fn structure(&self) -> &StructureId {
        &self.structure
    }

    /// Secteur d'activité, `SA01`.
    #[must_use]
    pub fn sector(&self) -> &str {
        &self.sector
    }
}

fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

fn list<'a>(object: Option<&'a Value>, name: &str) -> &'a [Value] {
    object.and_then(|object| object.get(name)).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl fmt::Debug for UserInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserInfo").field("activities", &self.activities.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activity")
            .field("profession", &self.profession)
            .field("sector", &self.sector)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use dmp_vocabulary::Realm;

    use super::*;

    fn info(exercices: &str) -> Result<UserInfo, UserInfoError> {
        let json = format!(
            r#"{{"SubjectNameID": "899999000013", "family_name": "MODELE", "given_name": "ALIX", "new": [1],
                "SubjectRefPro": {{"exercices": [{exercices}]}}}}"#
        );
        UserInfo::from_json(json.as_bytes(), Realm::Test)
    }

    #[test]
    fn an_activity_gives_structure_sector_and_roles() {
        let medecin = r#"{"codeProfession": "10", "codeSavoirFaire": "SM26", "activities": [
            {"ancienIdentifiantDeLaStructure": "10B0990008", "codeSecteurDactivite": "SA01", "raisonSocialeSite": "CLINIQUE"},
            {"ancienIdentifiantDeLaStructure": "", "identifiantTechniqueDeLaStructure": "F0B0990008", "codeSecteurDactivite": "SA01"}]}"#;
        let pharmacien = r#"{"codeProfession": "21", "codeSavoirFaire": "", "activities": [
            {"ancienIdentifiantDeLaStructure": "10B0990016", "codeSecteurDactivite": "SA01", "codeSectionPharmacien": "H"}]}"#;
        let info = info(&format!("{medecin},{pharmacien}")).unwrap();
        let [first, second] = info.activities() else { panic!("{info:?}") };
        assert_eq!((first.structure().as_str(), first.sector()), ("10B0990008", "SA01"));
        let codes = |activity: &Activity| -> Vec<String> {
            info.professional(activity).person.roles.iter().map(|role| role.code.clone()).collect()
        };
        assert_eq!(codes(first), ["10", "SM26"]);
        assert_eq!(codes(second), ["21", "H"]);
        assert_eq!(info.professional(first).person.id.as_str(), "899999000013");
        assert!(!format!("{info:?}{first:?}").contains("MODELE"));
    }

    #[test]
    fn what_names_nobody_is_refused_without_its_values() {
        for (json, expected) in [
            ("[", UserInfoError::Syntax),
            ("{}", UserInfoError::Missing("SubjectNameID")),
            (r#"{"SubjectNameID": " "}"#, UserInfoError::Missing("SubjectNameID")),
            (r#"{"preferred_username": "899999000013"}"#, UserInfoError::Missing("family_name")),
        ] {
            assert_eq!(UserInfo::from_json(json.as_bytes(), Realm::Test).unwrap_err(), expected, "{json}");
        }
        let wrong = UserInfo::from_json(br#"{"SubjectNameID": "12345"}"#, Realm::Test).unwrap_err();
        assert!(matches!(wrong, UserInfoError::Subject(_)) && !wrong.to_string().contains("12345"), "{wrong}");
        assert!(info(r#"{"codeProfession": "10"}"#).unwrap().activities().is_empty());
    }
}
