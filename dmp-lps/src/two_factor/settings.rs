//! What the establishment decides of AIR.

use dmp_client::Establishment;
use dmp_vocabulary::identity::{GenericNumbers, StructureId};
use jiff::SignedDuration;
use jiff::civil::Date;

use crate::dossier::ProcesVerbal;

/// Which AIR the establishment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AirMode {
    /// AIR simplifié: on the white list by an auto-homologation (EXI 27), whose procès-verbal holds up to and including
    /// that day in Paris.
    Simplifie {
        /// Last day of the procès-verbal.
        homologated_until: Date,
    },
    /// Plain AIR.
    Air,
}

impl AirMode {
    /// AIR simplifié under a procès-verbal (F17), until its last day.
    #[must_use]
    pub fn homologated(by: &ProcesVerbal) -> Self {
        Self::Simplifie { homologated_until: by.last_day() }
    }
}

/// Automated calls under the name of a professional (rule 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AirAutomation {
    /// None.
    #[default]
    Forbidden,
    /// Under the professional designated responsible for the episode, who is aware, and has logged in within
    /// [`AirSettings::max_evidence_age`]; what they bring is readable by that professional only.
    ResponsibleAware,
}

/// Settings of the gate. What has no safe default is asked for.
#[derive(Debug, Clone)]
pub struct AirSettings {
    /// Plain or simplifié.
    pub mode: AirMode,
    /// The établissements géographiques from which AIR is used: those of the procès-verbal (`air_structures`).
    pub structures: Vec<Establishment>,
    /// The RPPS that name a function and no person (EXI 24); the list of the establishment.
    pub generic_numbers: GenericNumbers,
    /// Version of the text that tells professionals that their RPPS is sent (EXI 25).
    pub awareness_text: String,
    /// How old a login may be. Default 12 h (project default).
    pub max_evidence_age: SignedDuration,
    /// Whether an ADELI number stands for a professional. Default no (K11).
    pub allow_adeli: bool,
    /// EJ/EG option: the entités juridiques whose certificates serve for [`Self::structures`]. Default none: the
    /// certificates bear the FINESS of the structure itself.
    pub legal_entities: Vec<StructureId>,
    /// Automated calls. Default forbidden.
    pub automation: AirAutomation,
}

impl AirSettings {
    /// The decisions that nobody can take for the establishment.
    #[must_use]
    pub fn new(
        mode: AirMode,
        structures: impl IntoIterator<Item = Establishment>,
        generic_numbers: GenericNumbers,
        awareness_text: impl Into<String>,
    ) -> Self {
        Self {
            mode,
            structures: structures.into_iter().collect(),
            generic_numbers,
            awareness_text: awareness_text.into(),
            max_evidence_age: SignedDuration::from_hours(12),
            allow_adeli: false,
            legal_entities: Vec::new(),
            automation: AirAutomation::Forbidden,
        }
    }
}
