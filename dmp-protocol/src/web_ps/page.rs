//! The pages that a software may open.

/// A page of the Web-PS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Page {
    /// Dashboard of the professional; with a patient, the result of the existence test.
    TableauDeBord,
    /// Home page of the patient's record.
    DossierPatient,
    /// Management of the patient's DMP.
    GestionDmpPatient,
    /// Documents of the patient.
    Documents,
    /// Parcours de soins.
    ParcoursDeSoins,
    /// History of accesses.
    HistoriqueAcces,
    /// Volontés et droits of the patient.
    VolontesEtDroits,
    /// Carnet de vaccination.
    CarnetVaccination,
    /// Settings of the professional.
    Parametrages,
}

/// Whether a page is about a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatientUse {
    /// With or without.
    Optional,
    /// Never without.
    Mandatory,
    /// Never with.
    None,
}

impl Page {
    /// Every page.
    pub const ALL: [Self; 9] = [
        Self::TableauDeBord,
        Self::DossierPatient,
        Self::GestionDmpPatient,
        Self::Documents,
        Self::ParcoursDeSoins,
        Self::HistoriqueAcces,
        Self::VolontesEtDroits,
        Self::CarnetVaccination,
        Self::Parametrages,
    ];

    /// Segment of the address.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::TableauDeBord => "TableauDeBord",
            Self::DossierPatient => "DossierPatient",
            Self::GestionDmpPatient => "GestionDMPPatient",
            Self::Documents => "Documents",
            Self::ParcoursDeSoins => "ParcoursDeSoins",
            Self::HistoriqueAcces => "HistoriqueAcces",
            Self::VolontesEtDroits => "VolontesEtDroits",
            Self::CarnetVaccination => "CarnetVaccination",
            Self::Parametrages => "Parametrages",
        }
    }

    /// The page of a segment, compared exactly.
    #[must_use]
    pub fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.segment() == segment)
    }

    /// Whether it is about a patient.
    #[must_use]
    pub fn patient_use(self) -> PatientUse {
        match self {
            Self::TableauDeBord => PatientUse::Optional,
            Self::Parametrages => PatientUse::None,
            _ => PatientUse::Mandatory,
        }
    }

    /// Whether TD0.10 opens it: `TableauDeBord` and `DossierPatient` only (probable).
    #[must_use]
    pub fn opens_in_air(self) -> bool {
        matches!(self, Self::TableauDeBord | Self::DossierPatient)
    }

    /// Whether a segment asks for the creation of a DMP (`CreationDMP…`), which the Web-PS no longer offers.
    #[must_use]
    pub fn is_creation(segment: &str) -> bool {
        segment.starts_with("CreationDMP")
    }
}
