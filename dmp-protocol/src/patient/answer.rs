//! Answer of TD0.2 and TD1.3a, `PRPA_IN201308UV02`: what the DMP may say about a patient.

use std::fmt;

use super::{
    Acknowledgement, Authorisation, CivilData, INS_C, InstanceIdentifier, Lps, PatientTraits, Question, WireTime,
};

const ENS: &str = "1.2.250.1.213.4.1.2.3";
pub(super) const CENTRE_15: &str = "OPPOSITION_ACCES_URGENCE";
pub(super) const BRIS_DE_GLACE: &str = "OPPOSITION_BRIS_DE_GLACE";
const ACCOUNT: &str = "1.2.250.1.213.4.1.2.9";

/// An answer to a [`super::PatientQuery`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientQueryResponse {
    /// What was asked.
    pub question: Question,
    /// Identifier of the message: a bare UUID.
    pub id: InstanceIdentifier,
    /// UTC.
    pub creation_time: WireTime,
    /// The software that asked.
    pub lps: Lps,
    /// Identifier of the request answered.
    pub request_id: Option<InstanceIdentifier>,
    /// Identifier of the query answered.
    pub query_id: Option<InstanceIdentifier>,
    /// What is answered.
    pub answer: Answer,
}

/// The request was processed, or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Processed.
    Existence(Existence),
    /// Refused: `AE`, `AR`, or a query response that is an error.
    Refused(Acknowledgement),
}

/// State of a patient's DMP.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Existence {
    /// No DMP (`NF`).
    Absent,
    /// Active: read [`Dmp::authorisation`].
    Active(Box<Dmp>),
    /// Closed (`terminated`): neither feed nor search; the authorisation means nothing.
    Closed(Box<Dmp>, Closing),
    /// A `statusCode` that is none of the known ones.
    Unknown {
        /// The code; empty when absent.
        status: String,
        /// What came with it.
        dmp: Box<Dmp>,
    },
}

/// What is said of a DMP that exists or existed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dmp {
    /// INS and INS-C, in any order.
    pub identifiers: Vec<InstanceIdentifier>,
    /// AUTORISATION as sent.
    pub authorisation: Option<Authorisation>,
    /// STATUT_MT: whether the caller is médecin traitant in this DMP.
    pub medecin_traitant: Option<bool>,
    /// Traits, hidden by default from users \[EX_0.2-1020\].
    pub traits: PatientTraits,
    /// What TD1.3a adds.
    pub civil: CivilData,
    /// `administrativeObservation`s, known or not.
    pub observations: Vec<Observation>,
}

/// A coded yes or no about a DMP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// `RATTACHEMENT_ENS`, `COMPTE_INTERNET_OUVERT`, `OPPOSITION_…`, or another.
    pub code: String,
    /// OID of the code system.
    pub system: Option<String>,
    /// Free text.
    pub display: Option<String>,
    /// `None` when the value is not a boolean.
    pub value: Option<bool>,
}

/// When and why a DMP was closed, as far as is said.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Closing {
    /// UTC.
    pub on: Option<WireTime>,
    /// `FERMETURE_DEMANDE_PATIENT` or another code.
    pub reason: Option<String>,
    /// Free French text, possibly about the patient: never in `Debug`.
    pub text: Option<String>,
}

impl Dmp {
    /// AUTORISATION; [`Authorisation::NonExiste`] when the DMP says nothing (our reading, the texts are silent).
    #[must_use]
    pub fn authorisation(&self) -> Authorisation {
        self.authorisation.clone().unwrap_or(Authorisation::NonExiste)
    }

    /// The identifiers that are not an INS-C.
    pub fn ins(&self) -> impl Iterator<Item = &InstanceIdentifier> {
        self.identifiers.iter().filter(|id| id.root != INS_C)
    }

    /// RATTACHEMENT_ENS: whether the DMP belongs to a Mon espace santé profile.
    #[must_use]
    pub fn attached_to_ens(&self) -> Option<bool> {
        self.observed("RATTACHEMENT_ENS")
    }

    /// COMPTE_INTERNET_OUVERT.
    #[must_use]
    pub fn internet_account_open(&self) -> Option<bool> {
        self.observed("COMPTE_INTERNET_OUVERT")
    }

    /// OPPOSITION_BRIS_DE_GLACE (TD1.3a); `None` when the DMP does not say, which is not "no".
    #[must_use]
    pub fn opposes_bris_de_glace(&self) -> Option<bool> {
        self.observed(BRIS_DE_GLACE)
    }

    /// OPPOSITION_ACCES_URGENCE (TD1.3a, TD0.5): opposed to régulation; `None` when the DMP does not say.
    #[must_use]
    pub fn opposes_centre_15(&self) -> Option<bool> {
        self.observed(CENTRE_15)
    }

    fn observed(&self, code: &str) -> Option<bool> {
        Observation::value_of(&self.observations, code)
    }
}

impl Observation {
    /// RATTACHEMENT_ENS, as the DMP writes it.
    #[must_use]
    pub fn attached_to_ens(value: bool) -> Self {
        Self {
            code: "RATTACHEMENT_ENS".to_owned(),
            system: Some(ENS.to_owned()),
            display: Some("DMP rattaché à un espace numérique de santé".to_owned()),
            value: Some(value),
        }
    }

    /// OPPOSITION_BRIS_DE_GLACE, as the DMP writes it.
    #[must_use]
    pub fn opposes_bris_de_glace(value: bool) -> Self {
        Self {
            code: BRIS_DE_GLACE.to_owned(),
            system: Some(ENS.to_owned()),
            display: Some("Opposition à l'accès bris de glace".to_owned()),
            value: Some(value),
        }
    }

    /// OPPOSITION_ACCES_URGENCE, as the DMP writes it.
    #[must_use]
    pub fn opposes_centre_15(value: bool) -> Self {
        Self {
            code: CENTRE_15.to_owned(),
            system: Some(ENS.to_owned()),
            display: Some("Opposition à l'accès en urgence".to_owned()),
            value: Some(value),
        }
    }

    pub(super) fn value_of(observations: &[Self], code: &str) -> Option<bool> {
        observations.iter().find(|observation| observation.code == code).and_then(|observation| observation.value)
    }

    /// COMPTE_INTERNET_OUVERT, as the DMP writes it.
    #[must_use]
    pub fn internet_account_open(value: bool) -> Self {
        Self {
            code: "COMPTE_INTERNET_OUVERT".to_owned(),
            system: Some(ACCOUNT.to_owned()),
            display: None,
            value: Some(value),
        }
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").field("on", &self.on).field("reason", &self.reason).finish_non_exhaustive()
    }
}
