//! TD1.3a: what a caller gets of an answer.

use super::answer::{Closing, Dmp, Existence};
use super::{CivilData, InstanceIdentifier, Observation, PatientTraits};

/// Administrative data of a patient who has, or had, a DMP.
///
/// Kept mainly for the two oppositions; traits and civil data are hidden by default from users \[EX_1.3-1020\], and
/// only the traits of the INS are authoritative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdministrativeData {
    dmp: Dmp,
    closing: Option<Closing>,
}

impl AdministrativeData {
    /// What an answer says of the patient; `None` when there is no DMP.
    #[must_use]
    pub fn of(existence: Existence) -> Option<Self> {
        let (dmp, closing) = match existence {
            Existence::Absent => return None,
            Existence::Active(dmp) | Existence::Unknown { dmp, .. } => (dmp, None),
            Existence::Closed(dmp, closing) => (dmp, Some(closing)),
        };
        Some(Self { dmp: *dmp, closing })
    }

    /// When and why the DMP was closed; `None` when it is not.
    #[must_use]
    pub fn closing(&self) -> Option<&Closing> {
        self.closing.as_ref()
    }

    /// INS and INS-C.
    #[must_use]
    pub fn identifiers(&self) -> &[InstanceIdentifier] {
        &self.dmp.identifiers
    }

    /// Name, contacts, gender, birth.
    #[must_use]
    pub fn traits(&self) -> &PatientTraits {
        &self.dmp.traits
    }

    /// Death, addresses, legal representatives, birth place.
    #[must_use]
    pub fn civil(&self) -> &CivilData {
        &self.dmp.civil
    }

    /// Every coded yes or no, known or not.
    #[must_use]
    pub fn observations(&self) -> &[Observation] {
        &self.dmp.observations
    }

    /// Whether the patient is opposed to bris de glace; `None` when the DMP does not say, which is not "no".
    #[must_use]
    pub fn opposes_bris_de_glace(&self) -> Option<bool> {
        self.dmp.opposes_bris_de_glace()
    }

    /// Whether the patient is opposed to régulation (centre 15); `None` when the DMP does not say, which is not "no".
    #[must_use]
    pub fn opposes_centre_15(&self) -> Option<bool> {
        self.dmp.opposes_centre_15()
    }
}
