//! Answer of TD0.5: the candidates.

use crate::patient::answer::CENTRE_15;
use crate::patient::{
    Acknowledgement, CivilData, INS_C, InstanceIdentifier, Lps, Observation, PatientCriteria, PatientTraits, WireTime,
};

/// An answer to a [`super::PatientSearch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientSearchResponse {
    /// Identifier of the message: a bare UUID.
    pub id: InstanceIdentifier,
    /// UTC.
    pub creation_time: WireTime,
    /// The software that asked.
    pub lps: Lps,
    /// Identifier of the request answered.
    pub request_id: Option<InstanceIdentifier>,
    /// Identifier of the query; may be a foreign value: never correlate on it.
    pub query_id: Option<InstanceIdentifier>,
    /// The criteria, repeated.
    pub criteria: Option<PatientCriteria>,
    /// What is answered.
    pub answer: Candidates,
}

/// The candidates, or a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidates {
    /// At most ten; none is a success.
    Found(Vec<Candidate>),
    /// Refused: `DMPTooManyResult` beyond ten.
    Refused(Acknowledgement),
}

/// A patient who may be the one searched. Number and traits are never in `Debug`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidate {
    /// INS and INS-C; without INS, the candidate opens no DMP. Neither displayed nor stored \[EX_0.5-1020, EX_0.5-1030\].
    pub identifiers: Vec<InstanceIdentifier>,
    /// Names, gender, birth.
    pub traits: PatientTraits,
    /// Addresses: city and postal code.
    pub civil: CivilData,
    /// POURCENTAGE, 0 to 100; `None` when absent or no such number.
    pub match_percentage: Option<u8>,
    /// Coded yes or no of the DMP.
    pub observations: Vec<Observation>,
}

impl Candidate {
    /// The identifier that opens a DMP.
    #[must_use]
    pub fn ins(&self) -> Option<&InstanceIdentifier> {
        self.identifiers.iter().find(|id| id.root != INS_C)
    }

    /// OPPOSITION_ACCES_URGENCE; `None` when the DMP does not say.
    #[must_use]
    pub fn opposes_centre_15(&self) -> Option<bool> {
        Observation::value_of(&self.observations, CENTRE_15)
    }
}
