//! What should be known of a document before it is sent; nothing is refused for it (F10).

use std::collections::{BTreeMap, BTreeSet};

use dmp_protocol::error::Language;
use serde::{Deserialize, Serialize};
use xds_model::DocumentEntry;

/// What should be known of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Warning {
    /// Secteur d'activité and cadre d'exercice do not go together (`EX_GEN-1377`).
    SectorSettingIncoherent,
    /// The header has no place of birth of the patient.
    BirthplaceMissing,
    /// A type that must be fed is held back (EXI 05).
    MandatoryTypeHeld,
}

impl Warning {
    /// `SECTOR_SETTING_INCOHERENT`…
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SectorSettingIncoherent => "SECTOR_SETTING_INCOHERENT",
            Self::BirthplaceMissing => "BIRTHPLACE_MISSING",
            Self::MandatoryTypeHeld => "MANDATORY_TYPE_HELD",
        }
    }

    /// What it means, for a user.
    #[must_use]
    pub fn meaning(self, language: Language) -> &'static str {
        let (english, french) = match self {
            Self::SectorSettingIncoherent => (
                "the sector of activity does not go with the practice setting",
                "le secteur d'activité ne va pas avec le cadre d'exercice",
            ),
            Self::BirthplaceMissing => {
                ("the place of birth of the patient is missing", "le lieu de naissance du patient manque")
            }
            Self::MandatoryTypeHeld => (
                "the regulation wants documents of this type fed, and it is held back",
                "la réglementation impose l'alimentation de ce type de document, qui est bloqué",
            ),
        };
        match language {
            Language::English => english,
            Language::French => french,
        }
    }
}

/// The tables are not what they must be.
#[derive(Debug, thiserror::Error)]
#[error("F10: a table of warnings cannot be read ({0}); compare with the one that comes with the library")]
pub struct TableError(#[from] serde_json::Error);

/// Which cadres d'exercice (JDV_J04) go with which secteurs d'activité (JDV_J02). A sector without a line goes with all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectorSettings {
    /// Where the table comes from, for whoever replaces it.
    pub source: String,
    /// Settings by sector.
    pub settings: BTreeMap<String, BTreeSet<String>>,
}

/// The types that the regulation wants fed (EXI 05, `EX_GEN-1070`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MandatoryDocumentList {
    /// Where the list comes from, for whoever replaces it.
    pub source: String,
    /// typeCode to its label.
    pub types: BTreeMap<String, String>,
}

/// The tables behind the warnings. The defaults come with the library (project default): an establishment replaces them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningTables {
    /// Coherence of sectors and settings.
    pub sectors: SectorSettings,
    /// Types that must be fed.
    pub mandatory: MandatoryDocumentList,
}

const SECTORS: &str = include_str!("../../data/sector-settings.json");
const MANDATORY: &str = include_str!("../../data/mandatory-documents.json");

impl WarningTables {
    /// From two JSON files of the form of `data/sector-settings.json` and `data/mandatory-documents.json`.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn from_json(sectors: &str, mandatory: &str) -> Result<Self, TableError> {
        Ok(Self { sectors: serde_json::from_str(sectors)?, mandatory: serde_json::from_str(mandatory)? })
    }

    pub(super) fn of(&self, entry: &DocumentEntry, has_birth_place: bool) -> Vec<Warning> {
        let sector = entry.healthcare_facility_type_code.as_ref().map(|code| &code.code);
        let setting = entry.practice_setting_code.as_ref().map(|code| &code.code);
        let allowed = sector.and_then(|sector| self.sectors.settings.get(sector));
        let incoherent = matches!((allowed, setting), (Some(allowed), Some(setting)) if !allowed.contains(setting));
        let found = [(incoherent, Warning::SectorSettingIncoherent), (!has_birth_place, Warning::BirthplaceMissing)];
        found.into_iter().filter(|(there, _)| *there).map(|(_, warning)| warning).collect()
    }

    pub(super) fn is_mandatory(&self, type_code: &str) -> bool {
        self.mandatory.types.contains_key(type_code)
    }
}

impl Default for WarningTables {
    #[expect(clippy::expect_used, reason = "the files are part of the library, and a test reads them")]
    fn default() -> Self {
        Self::from_json(SECTORS, MANDATORY).expect("the tables that come with the library")
    }
}
