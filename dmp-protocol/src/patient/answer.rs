//! TD0.2 answer, `PRPA_IN201308UV02`: what the DMP may say about a patient.

use std::fmt;

use super::{Authorisation, INS_C, InstanceIdentifier, Lps, PatientTraits, WireTime};

const ENS: &str = "1.2.250.1.213.4.1.2.3";
const ACCOUNT: &str = "1.2.250.1.213.4.1.2.9";

/// An answer to [`super::ExistenceRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistenceResponse {
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
    /// `administrativeObservation`s, known or not.
    pub observations: Vec<Observation>,
}

/// A coded yes or no about a DMP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// `RATTACHEMENT_ENS`, `COMPTE_INTERNET_OUVERT`, or another.
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

/// `acknowledgement` of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Kind of refusal.
    pub kind: AcknowledgementKind,
    /// Why, possibly empty.
    pub details: Vec<AcknowledgementDetail>,
}

/// `acknowledgement/@typeCode` (or the `queryResponseCode`, when that is what refuses).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcknowledgementKind {
    /// `AE`: application error.
    Error,
    /// `AR`: rejected.
    Rejected,
    /// Any other code that is not `AA`.
    Other(String),
}

/// One `acknowledgementDetail`.
#[derive(Clone, PartialEq, Eq)]
pub struct AcknowledgementDetail {
    /// DMP code.
    pub code: Option<String>,
    /// French sentence, possibly about the patient: never in `Debug`.
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

    fn observed(&self, code: &str) -> Option<bool> {
        self.observations.iter().find(|o| o.code == code).and_then(|o| o.value)
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

impl AcknowledgementKind {
    /// The code on the wire.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Error => "AE",
            Self::Rejected => "AR",
            Self::Other(code) => code,
        }
    }

    pub(super) fn from_code(code: &str) -> Self {
        match code {
            "AE" => Self::Error,
            "AR" => Self::Rejected,
            code => Self::Other(code.to_owned()),
        }
    }
}

impl Acknowledgement {
    /// An application error with one code, as the DMP refuses.
    #[must_use]
    pub fn error(code: impl Into<String>, text: impl Into<String>) -> Self {
        let detail = AcknowledgementDetail { code: Some(code.into()), text: Some(text.into()) };
        Self { kind: AcknowledgementKind::Error, details: vec![detail] }
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").field("on", &self.on).field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl fmt::Debug for AcknowledgementDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcknowledgementDetail").field("code", &self.code).finish_non_exhaustive()
    }
}
