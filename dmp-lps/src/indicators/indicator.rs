//! The 26 indicators, and the four kinds of documents.

use std::collections::BTreeSet;

/// An indicator of SC.STAT/ES.01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Indicator {
    /// Documents of the type sent to the DMP with success.
    A1,
    /// The same, refused for good.
    A2,
    /// « Historical » documents sent with success; they count in A1 too.
    A3,
    /// Closed stays with the type fed.
    A4,
    /// Users with at least one consultation of the DMP, by profile.
    C1,
    /// Documents that TD3.2 brought.
    C2,
    /// Closed stays where a user integrated a type of the matrice d'habilitation.
    C3,
    /// Consultations where a user integrated such a type.
    C4,
    /// Documents sent by MSSanté to correspondents with success.
    Mp1,
    /// The same, failed.
    Mp2,
    /// As MP1, with a qualified INS.
    Mp3,
    /// As MP2, with a qualified INS.
    Mp4,
    /// Closed stays with the type sent by MSSanté to a correspondent.
    Mp5,
    /// Correspondents with an MSSanté address to whom the type was sent.
    Mp6,
    /// Documents sent to the patient by MSSanté citoyenne with success.
    Mc1,
    /// The same, failed.
    Mc2,
    /// Closed stays with the type sent to the patient.
    Mc3,
    /// Patients to whom the type was sent.
    Mc4,
    /// CDA integrated by themselves with success.
    I1,
    /// The same, failed.
    I2,
    /// CDA integrated by hand with success.
    I3,
    /// Other documents integrated by hand.
    I4,
    /// Closed stays whose patient was informed and not opposed.
    N1,
    /// Closed stays whose patient was informed and opposed.
    N2,
    /// Consultations whose patient was informed and not opposed.
    N3,
    /// Consultations whose patient was informed and opposed.
    N4,
}

/// How an indicator is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// A number.
    Count,
    /// A part of a whole.
    Share,
}

impl Indicator {
    /// Every indicator, in the order of the text.
    pub const ALL: [Self; 26] = [
        Self::A1,
        Self::A2,
        Self::A3,
        Self::A4,
        Self::C1,
        Self::C2,
        Self::C3,
        Self::C4,
        Self::Mp1,
        Self::Mp2,
        Self::Mp3,
        Self::Mp4,
        Self::Mp5,
        Self::Mp6,
        Self::Mc1,
        Self::Mc2,
        Self::Mc3,
        Self::Mc4,
        Self::I1,
        Self::I2,
        Self::I3,
        Self::I4,
        Self::N1,
        Self::N2,
        Self::N3,
        Self::N4,
    ];

    /// `A1`, `MP3`…
    #[must_use]
    pub fn id(self) -> String {
        format!("{self:?}").to_uppercase()
    }

    /// A number, or a part of a whole.
    #[must_use]
    pub fn measure(self) -> Measure {
        match self {
            Self::A4
            | Self::C1
            | Self::C3
            | Self::C4
            | Self::Mp5
            | Self::Mp6
            | Self::Mc3
            | Self::Mc4
            | Self::N1
            | Self::N2
            | Self::N3
            | Self::N4 => Measure::Share,
            _ => Measure::Count,
        }
    }

    /// Whether it is told for each kind of documents.
    #[must_use]
    pub fn by_kind(self) -> bool {
        (Self::A1..=Self::A4).contains(&self) || (Self::Mp1..=Self::Mc4).contains(&self)
    }
}

/// A kind of documents that the indicators tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKind {
    /// Lettre de liaison à la sortie.
    DischargeLetter,
    /// Compte rendu opératoire.
    OperativeReport,
    /// All prescriptions, whatever their codes.
    Prescription,
    /// Compte rendu ou fiche de consultation ou de visite.
    ConsultationReport,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::DischargeLetter, Self::OperativeReport, Self::Prescription, Self::ConsultationReport];

    /// Column `type_document`: the typeCode, or `prescriptions` for the kind that has several.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DischargeLetter => "11490-0",
            Self::OperativeReport => "34874-8",
            Self::Prescription => "prescriptions",
            Self::ConsultationReport => "11488-4",
        }
    }
}

/// What the establishment decides of its indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorSettings {
    /// typeCodes that are prescriptions. Default: those that the value set of the DMP names so (project default).
    pub prescriptions: BTreeSet<String>,
    /// typeCodes of the matrice d'habilitation, for C3 and C4. Default `None`: every type, for the matrice names almost all.
    pub habilitated: Option<BTreeSet<String>>,
}

impl Default for IndicatorSettings {
    fn default() -> Self {
        let prescriptions = [
            "57828-6",
            "57832-8",
            "57833-6",
            "PRESC-AAT",
            "PRESC-BIO",
            "PRESC-INF",
            "PRESC-KINE",
            "PRESC-ORTHOPHO",
            "PRESC-ORTHOPTIE",
            "PRESC-PEDI",
        ];
        Self { prescriptions: prescriptions.map(str::to_owned).into(), habilitated: None }
    }
}

impl IndicatorSettings {
    /// The kind of a typeCode; `None` for the types that no indicator tells.
    #[must_use]
    pub fn kind(&self, type_code: &str) -> Option<DocumentKind> {
        if self.prescriptions.contains(type_code) {
            return Some(DocumentKind::Prescription);
        }
        DocumentKind::ALL.into_iter().find(|kind| kind.as_str() == type_code && *kind != DocumentKind::Prescription)
    }

    pub(super) fn is_habilitated(&self, type_code: &str) -> bool {
        self.habilitated.as_ref().is_none_or(|types| types.contains(type_code))
    }
}
