//! Coded values of patient messages; a code outside the lists is kept, never refused \[REC_GEN-1370\].

use dmp_vocabulary::identity::{Ins, InsKind};

/// AUTORISATION of the caller on a DMP (`1.2.250.1.213.4.1.2.6.2`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Authorisation {
    /// `VALIDE`.
    Valide,
    /// `EXPIRE`.
    Expire,
    /// `INTERDIT`: the patient has blocked the caller.
    Interdit,
    /// `NON_EXISTE`.
    NonExiste,
    /// Any other code.
    Other(String),
}

impl Authorisation {
    /// The code on the wire.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Valide => "VALIDE",
            Self::Expire => "EXPIRE",
            Self::Interdit => "INTERDIT",
            Self::NonExiste => "NON_EXISTE",
            Self::Other(code) => code,
        }
    }

    /// The value of a code, compared case-sensitively.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        [Self::Valide, Self::Expire, Self::Interdit, Self::NonExiste]
            .into_iter()
            .find(|value| value.code() == code)
            .unwrap_or_else(|| Self::Other(code.to_owned()))
    }
}

/// `administrativeGenderCode`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gender {
    /// `F`.
    Female,
    /// `M`.
    Male,
    /// `U`.
    Unknown,
    /// Any other code.
    Other(String),
}

impl Gender {
    /// The code on the wire.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Female => "F",
            Self::Male => "M",
            Self::Unknown => "U",
            Self::Other(code) => code,
        }
    }

    /// The value of a code, compared case-sensitively.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        [Self::Female, Self::Male, Self::Unknown]
            .into_iter()
            .find(|value| value.code() == code)
            .unwrap_or_else(|| Self::Other(code.to_owned()))
    }
}

/// What is asked about a patient: `reasonCode` of the messages that TD0.2 and TD1.3a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// TD0.2, `TEST_EXST`: is there a DMP, and is the caller authorised on it?
    Existence,
    /// TD1.3a, `CNSLT_DATA`: address, contacts, legal representative, oppositions.
    AdministrativeData,
}

impl Question {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Existence, Self::AdministrativeData];

    /// The code on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Existence => "TEST_EXST",
            Self::AdministrativeData => "CNSLT_DATA",
        }
    }

    /// The label that goes with it.
    pub(super) fn display(self) -> &'static str {
        match self {
            Self::Existence => "Test d'existence de dossier",
            Self::AdministrativeData => "Consultation des données de gestion de dossier",
        }
    }

    /// The question of a code, compared case-sensitively.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.code() == code)
    }
}

/// `processingCode` of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProcessingCode {
    /// `P`.
    Production,
    /// `D`: test platforms.
    Test,
}

impl ProcessingCode {
    /// It follows the nature of the INS.
    pub(super) fn of(patient: &Ins) -> Self {
        match patient.kind() {
            InsKind::Nir | InsKind::Nia => Self::Production,
            InsKind::NirTest | InsKind::NirDemo => Self::Test,
        }
    }

    /// Whatever a received request says that is not `P` is a test.
    pub(super) fn received(code: Option<&str>) -> Self {
        if code == Some("P") { Self::Production } else { Self::Test }
    }

    /// The code on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Production => "P",
            Self::Test => "D",
        }
    }
}
